//! The designs' words in Polish, Turkish, Arabic, Hebrew, Persian and Urdu.

use super::Words;

pub(super) const PL: Words = Words {
    tag: "pl",
    dear: "Dzień dobry, {},",
    hello: "Dzień dobry,",
    by: "autor:",
    contents: "W tym liście",
    ask: "Czy chcą Państwo o coś zapytać?",
    reply: "Wystarczy odpowiedzieć na ten list; czyta go człowiek.",
    write_to_us: "Napisz do nas",
    why: "Ten list przychodzi, ponieważ poprosili Państwo nas o niego.",
    unsubscribe: "Wypisz się",
    no_more: "Nie będziemy wtedy więcej pisać.",
    unsubscribe_by_mail: "Aby się wypisać, proszę napisać na ten adres:",
};

pub(super) const TR: Words = Words {
    tag: "tr",
    dear: "Merhaba {},",
    hello: "Merhaba,",
    by: "yazan:",
    contents: "Bu mektupta",
    ask: "Sormak istediğiniz bir şey var mı?",
    reply: "Bu mektubu yanıtlamanız yeterli; yanıtınızı bir insan okur.",
    write_to_us: "Bize yazın",
    why: "Bu mektubu, bizden istediğiniz için alıyorsunuz.",
    unsubscribe: "Abonelikten çık",
    no_more: "Bundan sonra size bir daha yazmayız.",
    unsubscribe_by_mail: "Abonelikten çıkmak için bu adrese yazın:",
};

pub(super) const AR: Words = Words {
    tag: "ar",
    dear: "مرحبًا {}،",
    hello: "مرحبًا،",
    by: "بقلم",
    contents: "في هذه الرسالة",
    ask: "هل لديك ما تودّ أن تسألنا عنه؟",
    reply: "ما عليك إلا أن تردّ على هذه الرسالة، وسيقرأ ردّك إنسان.",
    write_to_us: "اكتب إلينا",
    why: "تصلك هذه الرسالة لأنك طلبتها منّا.",
    unsubscribe: "إلغاء الاشتراك",
    no_more: "لن نكتب إليك بعد ذلك.",
    unsubscribe_by_mail: "لإلغاء الاشتراك، اكتب إلى هذا العنوان:",
};

pub(super) const HE: Words = Words {
    tag: "he",
    dear: "שלום {},",
    hello: "שלום,",
    by: "מאת",
    contents: "במכתב הזה",
    ask: "יש משהו שתרצו לשאול אותנו?",
    reply: "פשוט השיבו למכתב הזה; אדם קורא את התשובות.",
    write_to_us: "כתבו לנו",
    why: "המכתב הזה נשלח אליכם כי ביקשתם אותו מאיתנו.",
    unsubscribe: "הסרה מרשימת התפוצה",
    no_more: "לא נכתוב לכם שוב לאחר מכן.",
    unsubscribe_by_mail: "להסרה מרשימת התפוצה, כתבו לכתובת הזאת:",
};

pub(super) const FA: Words = Words {
    tag: "fa",
    dear: "سلام {}،",
    hello: "سلام،",
    by: "نوشتهٔ",
    contents: "در این نامه",
    ask: "آیا چیزی هست که بخواهید از ما بپرسید؟",
    reply: "کافی است به همین نامه پاسخ دهید؛ یک انسان آن را می‌خواند.",
    write_to_us: "به ما بنویسید",
    why: "این نامه را دریافت می‌کنید چون آن را از ما خواسته‌اید.",
    unsubscribe: "لغو اشتراک",
    no_more: "پس از آن دیگر به شما نامه نمی‌نویسیم.",
    unsubscribe_by_mail: "برای لغو اشتراک، به این نشانی بنویسید:",
};

pub(super) const UR: Words = Words {
    tag: "ur",
    dear: "السلام علیکم {}،",
    hello: "السلام علیکم،",
    by: "تحریر:",
    contents: "اس خط میں",
    ask: "کیا آپ ہم سے کچھ پوچھنا چاہتے ہیں؟",
    reply: "بس اس خط کا جواب دے دیں؛ اسے ایک انسان پڑھتا ہے۔",
    write_to_us: "ہمیں لکھیں",
    why: "آپ کو یہ خط اس لیے ملا ہے کہ آپ نے ہم سے اس کی درخواست کی تھی۔",
    unsubscribe: "رکنیت ختم کریں",
    no_more: "اس کے بعد ہم آپ کو دوبارہ نہیں لکھیں گے۔",
    unsubscribe_by_mail: "رکنیت ختم کرنے کے لیے اس پتے پر لکھیں:",
};

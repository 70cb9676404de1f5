//! The designs' words in English, German, Dutch, Swedish and Danish.

use super::Words;

pub(super) const EN: Words = Words {
    tag: "en",
    dear: "Dear {},",
    hello: "Hello,",
    by: "by",
    contents: "In this letter",
    ask: "Is there something you would like to ask?",
    reply: "Simply reply to this letter; a person reads it.",
    write_to_us: "Write to us",
    why: "You get this letter because you asked us for it.",
    unsubscribe: "Unsubscribe",
    no_more: "Then we will not write again.",
    unsubscribe_by_mail: "To unsubscribe, write to this address:",
};

pub(super) const DE: Words = Words {
    tag: "de",
    dear: "Guten Tag {},",
    hello: "Guten Tag,",
    by: "von",
    contents: "In diesem Brief",
    ask: "Möchten Sie uns etwas fragen?",
    reply: "Antworten Sie einfach auf diesen Brief; ein Mensch liest ihn.",
    write_to_us: "Schreiben Sie uns",
    why: "Sie bekommen diesen Brief, weil Sie uns darum gebeten haben.",
    unsubscribe: "Abmelden",
    no_more: "Dann schreiben wir Ihnen nicht mehr.",
    unsubscribe_by_mail: "Zum Abmelden schreiben Sie an diese Adresse:",
};

pub(super) const NL: Words = Words {
    tag: "nl",
    dear: "Beste {},",
    hello: "Goedendag,",
    by: "door",
    contents: "In deze brief",
    ask: "Wilt u ons iets vragen?",
    reply: "Beantwoord gewoon deze brief; een mens leest hem.",
    write_to_us: "Schrijf ons",
    why: "U krijgt deze brief omdat u erom hebt gevraagd.",
    unsubscribe: "Afmelden",
    no_more: "Dan schrijven we u niet meer.",
    unsubscribe_by_mail: "Schrijf om u af te melden naar dit adres:",
};

pub(super) const SV: Words = Words {
    tag: "sv",
    dear: "Hej {},",
    hello: "Hej,",
    by: "av",
    contents: "I det här brevet",
    ask: "Är det något du vill fråga om?",
    reply: "Svara helt enkelt på det här brevet; en människa läser svaret.",
    write_to_us: "Skriv till oss",
    why: "Du får det här brevet för att du har bett oss om det.",
    unsubscribe: "Avsluta breven",
    no_more: "Då skriver vi inte till dig igen.",
    unsubscribe_by_mail: "För att avsluta breven, skriv till den här adressen:",
};

pub(super) const DA: Words = Words {
    tag: "da",
    dear: "Kære {},",
    hello: "Hej,",
    by: "af",
    contents: "I dette brev",
    ask: "Er der noget, du gerne vil spørge om?",
    reply: "Svar blot på dette brev; et menneske læser svaret.",
    write_to_us: "Skriv til os",
    why: "Du får dette brev, fordi du har bedt os om det.",
    unsubscribe: "Afmeld brevene",
    no_more: "Så skriver vi ikke til dig igen.",
    unsubscribe_by_mail: "Skriv til denne adresse for at afmelde brevene:",
};

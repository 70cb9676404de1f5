//! What mail programs write around a text, in the languages they speak: the lines of a mail's head, and the line above a quoted mail.
//!
//! Promises: a head is only one that names its sender and says what it is about, or whom it is for; a sentence is none. Knows nothing
//! of the form that the text comes in.

/// What a line of a mail's head names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Who sent it.
    From,
    /// Who got it.
    To,
    /// What it is about.
    Subject,
    /// When it was sent.
    Date,
    /// Something else that no reader needs.
    Other,
}

/// The names of the lines, in small letters.
#[rustfmt::skip]
const NAMES: [(Field, &[&str]); 5] = [
    (Field::From, &[
        "from", "von", "de", "da", "od", "van", "fra", "från", "lähettäjä", "gönderen", "kimden", "от", "від", "от кого", "من", "מאת",
        "expéditeur", "remitente", "mittente", "remetente", "afzender", "nadawca", "expeditor", "de la", "отправитель", "відправник",
        "absender", "avsändare", "afsender", "المرسل", "השולח", "odesílatel", "feladó", "από", "差出人", "发件人",
    ]),
    (Field::To, &[
        "to", "an", "à", "para", "a", "aan", "do", "către", "catre", "kime", "alıcı", "кому", "إلى", "الى", "אל", "til", "till",
        "vastaanottaja", "komu", "pour", "destinatario", "destinataire", "empfänger", "cc", "bcc", "cci", "cco", "ccn", "kopie", "kopia",
        "kopi", "kopio", "bilgi", "копия", "копія", "نسخة", "עותק", "dw", "udw", "copie à", "copia", "cópia", "címzett",
        "προς", "宛先", "收件人", "reply-to", "antwort an", "répondre à", "responder a", "rispondi a",
    ]),
    (Field::Subject, &[
        "subject", "betreff", "betrifft", "objet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "subiect", "konu", "тема",
        "الموضوع", "נושא", "הנדון", "emne", "ämne", "aihe", "předmět", "predmet", "tárgy", "θέμα", "件名", "主题",
    ]),
    (Field::Date, &[
        "date", "sent", "gesendet", "datum", "envoyé", "envoyé le", "fecha", "enviado", "enviado el", "enviado em", "enviada em", "data",
        "inviato", "data invio", "verzonden", "wysłano", "wysłane", "dată", "trimis", "gönderildi", "gönderilme tarihi", "tarih", "дата",
        "отправлено", "надіслано", "التاريخ", "تاريخ الإرسال", "تم الإرسال", "תאריך", "נשלח", "sendt", "dato", "skickat",
        "lähetetty", "päivämäärä", "päiväys", "odesláno", "dátum", "ημερομηνία", "送信日時", "日期",
    ]),
    (Field::Other, &[
        "attachments", "anlagen", "anhänge", "pièces jointes", "adjuntos", "datos adjuntos", "allegati", "anexos", "bijlagen", "załączniki",
        "atașamente", "ekler", "вложения", "вкладення", "المرفقات", "קבצים מצורפים", "vedhæftede filer", "bifogade filer", "liitteet",
        "importance", "wichtigkeit", "priorität", "priority", "importancia", "priorité", "message-id",
    ]),
];

/// What stands between dashes above a mail that was quoted or sent on, in small letters.
#[rustfmt::skip]
const QUOTED: [&str; 41] = [
    "original message", "original appointment", "forwarded message", "ursprüngliche nachricht", "originalnachricht", "original-nachricht",
    "weitergeleitete nachricht", "message d'origine", "message original", "message transféré", "mensaje original", "mensaje reenviado",
    "messaggio originale", "messaggio inoltrato", "mensagem original", "mensagem encaminhada", "oorspronkelijk bericht",
    "doorgestuurd bericht", "wiadomość oryginalna", "oryginalna wiadomość", "przekazana wiadomość", "wiadomość przekazana",
    "mesaj original", "mesajul original", "mesaj redirecționat", "orijinal mesaj", "özgün ileti", "iletilmiş mesaj",
    "oprindelig meddelelse", "videresendt meddelelse", "ursprungligt meddelande", "vidarebefordrat meddelande", "alkuperäinen viesti",
    "välitetty viesti", "исходное сообщение", "пересылаемое сообщение", "вихідне повідомлення", "הודעה מקורית", "הודעה שהועברה",
    "الرسالة الأصلية", "رسالة معاد توجيهها",
];

/// The same without dashes, as Apple writes it.
const SENT_ON: [&str; 7] = [
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "début du message réexpédié :",
    "début du message transféré :",
    "inicio del mensaje reenviado:",
    "inizio messaggio inoltrato:",
    "begin doorgestuurd bericht:",
];

/// The verb of a line such as `On 5 January 2026 at 9:00 Ann Lee wrote:`.
#[rustfmt::skip]
const WROTE: [&str; 21] = [
    "wrote", "schrieb", "a écrit", "escribió", "ha scritto", "escreveu", "schreef", "napisał", "a scris", "yazdı", "skrev", "kirjoitti",
    "пишет", "написал", "писал", "пише", "написав", "כתב", "כתבה", "كتب", "geschreven",
];

/// The head of a mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its subject, without `Re:`.
    pub(crate) subject: Option<String>,
    /// Its sender's name.
    pub(crate) sender: Option<String>,
    /// How many lines it has.
    pub(crate) n_lines: usize,
}

/// The head of a mail that `lines` begin with.
pub(crate) fn head(lines: &[&str]) -> Option<Head> {
    let mut found: Vec<(Field, String)> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        match field(line) {
            Some((kind, value)) => {
                // A name alone: its value stands in the line below.
                let below = lines.get(at + 1).filter(|next| value.is_empty() && field(next).is_none());
                at += 1 + usize::from(below.is_some());
                found.push((kind, below.map_or(value, |next| *next).trim().to_owned()));
            }
            // Long lists of people go on in the next line.
            None if !found.is_empty() && line.contains('@') && line.split_whitespace().count() <= 12 => at += 1,
            None => break,
        }
    }
    let value = |kind: Field| {
        found
            .iter()
            .find(|(other, _)| *other == kind)
            .map(|(_, value)| value.as_str())
    };
    let has_address = found.iter().any(|(_, value)| value.contains('@'));
    let says = value(Field::Subject).is_some() || (has_address && (value(Field::To).is_some() || value(Field::Date).is_some()));
    let from = value(Field::From).filter(|_| says && found.len() >= 2)?;
    Some(Head {
        subject: value(Field::Subject)
            .map(|subject| without_reply(subject).to_owned())
            .filter(|subject| !subject.is_empty()),
        sender: sender(from),
        n_lines: at,
    })
}

/// A line such as `Subject: News`.
fn field(line: &str) -> Option<(Field, &str)> {
    let (name, value) = line.split_once([':', '：'])?;
    let name = name
        .trim_matches(|character: char| character.is_whitespace() || character == '*')
        .to_lowercase();
    let known = NAMES.iter().find(|(_, names)| names.contains(&name.as_str()));
    known.map(|(kind, _)| {
        (
            *kind,
            value.trim_matches(|character: char| character.is_whitespace() || character == '*'),
        )
    })
}

/// A subject without the marks of an answer or of a mail sent on.
pub(crate) fn without_reply(subject: &str) -> &str {
    const MARKS: [&str; 20] = [
        "re", "fw", "fwd", "aw", "wg", "tr", "rv", "r", "i", "enc", "res", "odp", "pd", "sv", "vs", "vl", "ynt", "ilt", "antw",
        "doorst",
    ];
    let mut subject = subject;
    while let Some((head, rest)) = subject.split_once(':') {
        if !MARKS.contains(&head.trim().to_lowercase().as_str()) {
            break;
        }
        subject = rest.trim();
    }
    subject
}

/// `"Lee, Ann" <ann@…>` as `Ann Lee`.
fn sender(value: &str) -> Option<String> {
    let name = value
        .split(['<', '[', '('])
        .next()
        .unwrap_or("")
        .trim()
        .trim_matches(['"', '\''])
        .trim();
    if name.is_empty() || name.contains('@') {
        return None;
    }
    match name.split_once(", ") {
        Some((last, first)) if !first.contains(',') && first.split_whitespace().count() <= 3 => Some(format!("{first} {last}")),
        _ => Some(name.to_owned()),
    }
}

/// Where a quoted mail, or one that was sent on, begins in `lines`.
pub(crate) fn quoted_at(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).find(|at| {
        let line = lines[*at];
        let wrapped = || {
            lines
                .get(at + 1)
                .is_some_and(|next| attributes(&format!("{line} {next}")) && names_time(line))
        };
        marks_quoted(line) || attributes(line) || wrapped() || is_inner_head(&lines[*at..])
    })
}

/// How many lines only say that a mail is quoted below: its head is another matter.
pub(crate) fn n_marking(lines: &[&str]) -> usize {
    match lines {
        [first, ..] if marks_quoted(first) || attributes(first) => 1,
        [first, second, ..] if attributes(&format!("{first} {second}")) => 2,
        _ => 0,
    }
}

/// `-----Original Message-----`.
fn marks_quoted(line: &str) -> bool {
    let lower = line.trim().to_lowercase().replace('’', "'");
    let inner = lower.trim_matches(|character: char| matches!(character, '-' | '–' | '—' | '_' | ' ' | ':'));
    (lower.starts_with("--") && QUOTED.contains(&inner)) || SENT_ON.contains(&lower.as_str())
}

/// `On 5 January 2026 at 9:00 Ann Lee wrote:` A sentence of a story names no time to the minute, and no address.
fn attributes(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let ends = lower.ends_with(':') && lower.chars().count() < 250;
    ends && (names_time(&lower) || lower.contains('@')) && WROTE.iter().any(|verb| lower.contains(verb)) && has_digit(&lower)
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|character| character.is_ascii_digit())
}

/// Whether a text holds a time such as `9:05`.
fn names_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (1..bytes.len()).any(|at| bytes[at] == b':' && is_digit(at - 1) && is_digit(at + 1) && is_digit(at + 2))
}

/// The head of a mail inside the text: at least three lines, the sender's first.
fn is_inner_head(lines: &[&str]) -> bool {
    let opens = lines
        .first()
        .and_then(|line| field(line))
        .is_some_and(|(kind, _)| kind == Field::From);
    opens && head(lines).is_some_and(|head| head.n_lines >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_in_all_languages_and_sentences_are_not() {
        for lines in [
            ["From: Ann Lee <ann@a.example>", "Subject: Re: Warm hands"],
            ["Von: Ann Lee <ann@a.example>", "Betreff: AW: WG: Warm hands"],
            ["De : Ann Lee <ann@a.example>", "Objet : TR: Warm hands"],
            ["De: Ann Lee [ann@a.example]", "Asunto: RV: Warm hands"],
            ["Da: Ann Lee", "Oggetto: R: Warm hands"],
            ["De: Ann Lee", "Assunto: ENC: Warm hands"],
            ["Van: Ann Lee", "Onderwerp: Warm hands"],
            ["Od: Ann Lee", "Temat: Odp: Warm hands"],
            ["De la: Ann Lee", "Subiect: Warm hands"],
            ["Kimden: Ann Lee", "Konu: Ynt: Warm hands"],
            ["Gönderen: Ann Lee", "Konu: Warm hands"],
            ["من: Ann Lee", "الموضوع: Warm hands"],
            ["מאת: Ann Lee", "נושא: Warm hands"],
            ["От: Ann Lee", "Тема: Warm hands"],
            ["Від: Ann Lee", "Тема: Warm hands"],
            ["Fra: Ann Lee", "Emne: SV: Warm hands"],
            ["Från: Ann Lee", "Ämne: Warm hands"],
            ["Lähettäjä: Ann Lee", "Aihe: VS: Warm hands"],
            ["From: \"Lee, Ann\" <ann@a.example>", "Subject: Warm hands"],
        ] {
            let head = head(&lines).unwrap_or_else(|| panic!("{lines:?}"));
            assert_eq!((head.subject.as_deref(), head.n_lines), (Some("Warm hands"), 2), "{lines:?}");
            assert_eq!(head.sender.as_deref(), Some("Ann Lee"), "{lines:?}");
        }
        let tall = [
            "From:",
            "Ann <ann@a.example>",
            "To:",
            "bob@b.example;",
            "cy@c.example",
            "Date:",
            "Monday",
            "Dear Bob,",
        ];
        assert_eq!(head(&tall).map(|head| head.n_lines), Some(7));
        for lines in [
            &["From: the heart", "To: you", "Date: Sunday"][..],
            &["Subject: massage", "We look at it."],
            &["From here it is a short walk.", "Subject to change."],
        ] {
            assert_eq!(head(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn a_quoted_mail_begins_where_its_mark_stands() {
        for line in [
            "-----Original Message-----",
            "-----Ursprüngliche Nachricht-----",
            "---------- Forwarded message ---------",
            "Begin forwarded message:",
            "Am 05.01.2026 um 09:00 schrieb Ann Lee:",
            "On Mon, Jan 5, 2026 at 9:00 AM Ann Lee <ann@a.example> wrote:",
            "Le lun. 5 janv. 2026 à 09:00, Ann Lee a écrit :",
            "W dniu 05.01.2026 o 09:00, Ann Lee napisał(a):",
            "05.01.2026 09:00, Ann Lee пишет:",
        ] {
            assert_eq!(quoted_at(&["Words.", line, "More."]), Some(1), "{line}");
        }
        assert_eq!(
            quoted_at(&["a", "On Mon, Jan 5, 2026 at 9:00 AM Ann Lee <", "ann@a.example> wrote:"]),
            Some(1)
        );
        assert_eq!(
            quoted_at(&["a", "From: Ann", "Sent: Monday", "To: Bob", "Subject: x"]),
            Some(1)
        );
        for line in [
            "On 3 May 1878 she wrote:",
            "The original message was love.",
            "She wrote at 9:00.",
            "-----",
        ] {
            assert_eq!(quoted_at(&["Words.", line, "More."]), None, "{line}");
        }
    }
}

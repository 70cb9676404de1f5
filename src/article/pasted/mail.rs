//! What a mail program adds around a text: the lines of the mail's head, the mail that was quoted below, and the signature.

use super::lines::Line;
use super::words;
use crate::article::mail;
use crate::article::note::{Note, shown};

/// A mail that was sent on and on has no more heads than these.
const MOST_HEADS: usize = 5;

/// What the head of a mail told.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// Its subject.
    pub(super) subject: Option<(usize, String)>,
    /// Its sender's name.
    pub(super) sender: Option<String>,
    /// What was done.
    pub(super) notes: Vec<Note>,
}

/// Takes the head and the signature of a mail off the lines, where there are any.
pub(super) fn take_off(lines: &mut Vec<Line>) -> Mail {
    let mut mail = Mail::default();
    take_head(lines, &mut mail);
    take_quoted(lines, &mut mail);
    take_signature(lines, &mut mail);
    mail
}

fn take_head(lines: &mut Vec<Line>, mail: &mut Mail) {
    let Some(head) = mail::head(&texts(lines)) else { return };
    let first = lines[0].number;
    let about = match &head.subject {
        Some(subject) => {
            mail.subject = Some((first, subject.clone()));
            "; its subject is the title"
        }
        None => "",
    };
    mail.notes.push(Note::done(
        first,
        format!("left out {} lines of a mail's head{about}", head.n_lines),
    ));
    if let Some(sender) = head.sender {
        mail.notes.push(Note::unsure(
            first,
            format!("`{sender}` sent the mail and is taken for the author"),
        ));
        mail.sender = Some(sender);
    }
    lines.drain(..head.n_lines);
}

fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

/// The mail that was answered goes; where nothing stands above it, the mail was sent on, and it is the text.
fn take_quoted(lines: &mut Vec<Line>, mail: &mut Mail) {
    for _ in 0..MOST_HEADS {
        let Some(at) = mail::quoted_at(&texts(lines)) else { return };
        if at > 0 {
            let text = format!(
                "left out the quoted mail from `{}` on, {} lines",
                shown(&lines[at].text),
                lines.len() - at
            );
            mail.notes.push(Note::unsure(lines[at].number, text));
            lines.truncate(at);
            return;
        }
        let n_marking = mail::n_marking(&texts(lines));
        lines.drain(..n_marking);
        take_head(lines, mail);
    }
}

/// RFC 3676 section 4.3: a line of two dashes opens the signature.
fn take_signature(lines: &mut Vec<Line>, mail: &mut Mail) {
    const LONGEST: usize = 12;
    let Some(start) = lines.iter().rposition(|line| line.text == "--") else {
        return;
    };
    if lines.len() - start > LONGEST || start == 0 {
        return;
    }
    let said: Vec<&str> = lines[start + 1..]
        .iter()
        .map(|line| line.text.as_str())
        .filter(|text| words::count(text) > 0)
        .collect();
    mail.notes.push(Note::done(
        lines[start].number,
        format!("left out the signature `{}`", shown(&said.join(", "))),
    ));
    lines.truncate(start);
}

#[cfg(test)]
mod tests {
    use super::super::{lines, read};

    #[test]
    fn the_mail_that_was_answered_does_not_come() {
        let text = "Von: Petra Lang <petra@a.example>\nGesendet: Montag, 5. Januar 2026 09:00\nAn: liste@a.example\nBetreff: WG: Warme Hände\n\n\
                    Liebe Leserinnen,\n\nim Winter sind die Hände kalt.\n\n-----Ursprüngliche Nachricht-----\nVon: Chef\nAn: Petra\n\nGeheim.\n";
        let pasted = read(text);
        assert_eq!(pasted.title.as_deref(), Some("Warme Hände"));
        assert_eq!(pasted.author.as_deref(), Some("Petra Lang"));
        assert_eq!(pasted.markdown, "Liebe Leserinnen,\n\nim Winter sind die Hände kalt.");
        let said: Vec<String> = pasted.notes.iter().map(ToString::to_string).collect();
        assert!(said[0].contains("4 lines of a mail's head"), "{said:?}");
        assert!(
            said[2].contains("left out the quoted mail from `-----Ursprüngliche"),
            "{said:?}"
        );
    }

    #[test]
    fn a_mail_that_was_sent_on_is_the_text() {
        let mut lines =
            lines::of("Begin forwarded message:\n\nFrom: Ann Lee\nSubject: Warm hands\nDate: Monday\n\nWords to keep.\n");
        let mail = super::take_off(&mut lines);
        assert_eq!(mail.subject.map(|(_, subject)| subject).as_deref(), Some("Warm hands"));
        assert_eq!(
            lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["Words to keep."]
        );
    }
}

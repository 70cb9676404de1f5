//! mbox: mails one after the other in one file, each behind a line `From ADDRESS DAY`, as mail servers write it (mboxrd, mboxo).
//!
//! Promises: the file is never written to. It is read in portions, each under locks, which are given back while somebody acts on the
//! portion, so that new mail can come in. A file that is not what it was then is read from its beginning again, and a last mail of which
//! only a part is there yet is looked at as it is: whoever takes them knows by their hashes what they have seen.

use super::Take;
use super::dotlock::Hold;
use super::error::MailboxError;
use super::mail::{Gathering, Mail};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// How the line before a mail begins.
pub(super) const FROM: &[u8] = b"From ";

/// A portion ends after the mail with which it reaches one of these.
const PORTION_BYTES: usize = 8 * 1024 * 1024;
const PORTION_MAILS: usize = 500;

/// A line is read in pieces of so many bytes at most.
const PIECE: u64 = 64 * 1024;

/// How often the file is read from its beginning because it was written anew meanwhile.
const BEGINNINGS: usize = 3;

/// Gives every mail to `take`; see [`super::read`].
pub(super) fn read<E: From<MailboxError>>(path: &Path, take: Take<'_, E>) -> Result<u64, E> {
    let at = |error| MailboxError::at(path, "read", error);
    let (mut looked_at, mut from, mut beginnings) = (0, 0, 1);
    loop {
        // Opened anew for each portion: mail programs put another file in its place.
        let file = File::open(path).map_err(at)?;
        let hold = Hold::on(path, &file)?;
        let portion = portion(file, from).map_err(at)?;
        drop(hold);
        match portion {
            Some((mails, _)) if mails.is_empty() => return Ok(looked_at),
            Some((mails, end)) => {
                for mail in &mails {
                    looked_at += 1;
                    // Nothing is marked here: the file belongs to the mail server.
                    take(mail)?;
                }
                from = end;
            }
            None if from == 0 => return Err(MailboxError::NoMbox { path: path.to_owned() }.into()),
            None if beginnings < BEGINNINGS => (from, beginnings) = (0, beginnings + 1),
            None => return Ok(looked_at),
        }
    }
}

/// Some mails from there on, and where the next one begins; `None` where no mail begins there.
fn portion(file: File, from: u64) -> io::Result<Option<(Vec<Mail>, u64)>> {
    if file.metadata()?.len() < from {
        return Ok(None);
    }
    let mut lines = Lines::at(file, from)?;
    let (mut mails, mut bytes) = (Vec::new(), 0);
    let mut line = Vec::new();
    if !lines.next(&mut line)? {
        return Ok(Some((mails, from)));
    }
    if !line.starts_with(FROM) {
        return Ok(None);
    }
    while bytes < PORTION_BYTES && mails.len() < PORTION_MAILS {
        let mut mail = Gathering::new();
        let more = lines.mail(&mut line, &mut mail)?;
        bytes += mail.len();
        mails.push(mail.finish());
        if !more {
            break;
        }
    }
    Ok(Some((mails, lines.line_began)))
}

/// A file, line by line, however long its lines are.
struct Lines {
    file: BufReader<File>,
    read: u64,
    line_began: u64,
    /// Whether the last piece ended its line.
    whole: bool,
}

impl Lines {
    fn at(mut file: File, from: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(from))?;
        Ok(Self {
            file: BufReader::with_capacity(PIECE as usize, file),
            read: from,
            line_began: from,
            whole: true,
        })
    }

    /// The next line, or the next piece of one; `false` at the end.
    fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        if self.whole {
            self.line_began = self.read;
        }
        let read = (&mut self.file).take(PIECE).read_until(b'\n', line)?;
        self.read += read as u64;
        if read == 0 {
            self.line_began = self.read;
        }
        self.whole = line.ends_with(b"\n");
        Ok(read > 0)
    }

    /// The mail behind the line `From …` that was read last, up to the next one; `false` at the end of the file.
    fn mail(&mut self, line: &mut Vec<u8>, mail: &mut Gathering) -> io::Result<bool> {
        // The rest of a very long line before the mail.
        while !self.whole && self.next(line)? {}
        loop {
            let begins = self.whole;
            if !self.next(line)? {
                return Ok(false);
            }
            if begins && is_envelope(line) {
                return Ok(true);
            }
            mail.push(if begins { unescaped(line) } else { line });
        }
    }
}

/// Whether the line stands before a mail: it ends in a day, which a sentence that begins with `From` hardly does, so that a body which
/// somebody forgot to escape tears no mail apart.
fn is_envelope(line: &[u8]) -> bool {
    let is_hour = |word: &[u8]| word.len() >= 4 && word.contains(&b':') && word[0].is_ascii_digit();
    let is_year = |word: &[u8]| word.len() >= 4 && word[..4].iter().all(u8::is_ascii_digit);
    let words = || line.split(u8::is_ascii_whitespace).skip(2).filter(|word| !word.is_empty());
    line.starts_with(FROM) && words().any(is_hour) && words().any(is_year)
}

/// A line of a mail as it was before `>` was put in front of it.
fn unescaped(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|&&byte| byte == b'>').count();
    match marks > 0 && line[marks..].starts_with(FROM) {
        true => &line[1..],
        false => line,
    }
}

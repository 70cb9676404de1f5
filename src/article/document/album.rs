//! The pictures of an article: which come along, under which names, with which words, and which stay behind and why.
//!
//! Promises: every picture that comes along is one that mail programs show and has words; two never share a name; each that stays
//! behind is named in a note. Does not look for files: it asks the [`Desk`].

use super::link::Links;
use super::{Block, Body, From, Picture};
use crate::article::desk::{Absent, Desk, host_of};
use crate::article::html::picture::percent_decoded;
use crate::article::image::{self, Image, LARGEST_CARRIED, LARGEST_READ, LARGEST_TOGETHER};
use crate::article::note::{Note, shown};
use crate::article::slug;

/// So many pictures that stay behind are told with their reasons; of more, the names are.
const MOST_NAMED: usize = 40;

/// A picture that is written beside the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// The file's name in the campaign's folder.
    pub file: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Collects the pictures of one article.
#[derive(Debug)]
pub(crate) struct Album<'a> {
    desk: Desk<'a>,
    /// What the document knows of its own place on the web.
    web: Option<Links>,
    /// What comes along.
    pub(crate) enclosed: Vec<Enclosed>,
    /// What is to be said.
    pub(crate) notes: Vec<Note>,
    /// Where the sources that came along were found.
    known: Vec<(String, String)>,
    left: Vec<String>,
}

/// What became of a picture.
pub(crate) enum Fate {
    /// It is a file beside the article, by this name.
    Comes(String),
    /// It stays on the clinic's own web site.
    Stays(String),
    /// It is left out.
    Out,
}

impl<'a> Album<'a> {
    /// An empty album.
    pub(crate) fn new(desk: Desk<'a>, web: Option<Links>) -> Self {
        Self {
            desk,
            web,
            enclosed: Vec::new(),
            notes: Vec::new(),
            known: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Settles every picture of `blocks`; `title` gives words to those that have none.
    pub(crate) fn take(&mut self, blocks: &mut Vec<Block>, title: &str) {
        let mut heading = title.to_owned();
        self.walk(blocks, &mut heading);
    }

    fn walk(&mut self, blocks: &mut Vec<Block>, heading: &mut String) {
        for block in blocks.iter_mut() {
            if let Body::Heading(..) = block.body {
                *heading = block.plain();
            }
            let line = block.line;
            match &mut block.body {
                Body::Picture(picture) => self.picture(picture, line, heading),
                Body::Quote(inner) => self.walk(inner, heading),
                Body::List(_, items) => items.iter_mut().for_each(|item| self.walk(item, heading)),
                _ => {}
            }
        }
        blocks.retain(
            |block| !matches!(&block.body, Body::Picture(picture) if matches!(picture.from, From::Inside(..) | From::Beside(_))),
        );
    }

    fn picture(&mut self, picture: &mut Picture, line: Option<usize>, heading: &str) {
        let from = std::mem::replace(&mut picture.from, From::Beside(String::new()));
        let fate = self.fate(from, line);
        picture.from = match fate {
            Fate::Comes(file) => From::Taken(file),
            Fate::Stays(address) => From::Web(address),
            Fate::Out => return,
        };
        let name = match &picture.from {
            From::Taken(name) | From::Web(name) => name.clone(),
            From::Inside(..) | From::Beside(_) => String::new(),
        };
        let own = picture.words.take();
        picture.words = Some(self.words(own.as_deref(), picture.caption.as_deref(), &name, line, heading));
    }

    /// Words for a picture: its own, its caption's, or made ones with a note.
    pub(crate) fn words(
        &mut self,
        own: Option<&str>,
        caption: Option<&str>,
        file: &str,
        line: Option<usize>,
        heading: &str,
    ) -> String {
        let good = |words: &str| one_line(words).filter(|words| !is_name_of_file(words, file));
        if let Some(words) = own.and_then(good).or_else(|| caption.and_then(good)) {
            return words;
        }
        let made = one_line(heading).unwrap_or_else(|| "Picture".to_owned());
        let text = format!(
            "nothing says what the picture `{}` shows, for those who do not see it; `{}` is written between its brackets: say it better",
            shown(file),
            shown(&made)
        );
        self.note(Note::unsure(line.unwrap_or(1), text), line);
        made
    }

    /// What becomes of a picture from there.
    pub(crate) fn fate(&mut self, from: From, line: Option<usize>) -> Fate {
        match from {
            From::Taken(file) => Fate::Comes(file),
            From::Web(address) => self.on_the_web(address, line),
            From::Inside(name, bytes) => self.enclose(&name, &bytes, line),
            From::Beside(path) => self.beside(&path, line),
        }
    }

    fn on_the_web(&mut self, address: String, line: Option<usize>) -> Fate {
        let is_own = host_of(&address).is_some_and(|host| self.desk.owns(&host));
        if is_own && address.starts_with("https://") {
            return Fate::Stays(address);
        }
        let why = "it lies on another web site, and nothing is fetched from there";
        self.leave_out(&address, why, line)
    }

    fn beside(&mut self, path: &str, line: Option<usize>) -> Fate {
        if let Some((_, file)) = self.known.iter().find(|(known, _)| known == path) {
            return Fate::Comes(file.clone());
        }
        let plain = path.split(['?', '#']).next().unwrap_or(path);
        let plain = String::from_utf8_lossy(&percent_decoded(plain)).into_owned();
        let found = (self.desk.beside)(path).or_else(|_| (self.desk.beside)(&plain));
        let why = match found {
            Ok(bytes) => {
                let name = plain.rsplit(['/', '\\']).next().unwrap_or(&plain);
                let fate = self.enclose(name, &bytes, line);
                if let Fate::Comes(file) = &fate {
                    self.known.push((path.to_owned(), file.clone()));
                }
                return fate;
            }
            Err(Absent::Missing) => match self
                .web
                .as_ref()
                .filter(|web| web.has_base())
                .and_then(|web| web.picture(path))
            {
                Some(address) => return self.on_the_web(address, line),
                None => "there is no such file beside the article",
            },
            Err(Absent::Outside) => "it lies outside the folder of the article",
            Err(Absent::TooLarge) => "it is larger than 10 MB",
        };
        self.leave_out(path, why, line)
    }

    fn enclose(&mut self, name: &str, bytes: &[u8], line: Option<usize>) -> Fate {
        if bytes.len() > LARGEST_READ {
            return self.leave_out(name, "it is larger than 10 MB", line);
        }
        let image = match Image::read(name, bytes) {
            Ok(image) => image,
            Err(finding) => {
                let why = finding.text.split_once("` ").map_or(finding.text.as_str(), |(_, why)| why);
                let hint = finding.hint.as_deref().unwrap_or("save it as a PNG or JPEG file");
                return self.leave_out(name, &format!("it {why}; {hint}"), line);
            }
        };
        // One pixel shows nothing: it only tells a server who opened the page.
        if image.width <= 2 || image.height <= 2 {
            return self.leave_out(name, "it is a dot that nobody sees", line);
        }
        let bytes = image::without_traces(bytes);
        if let Some(same) = self.enclosed.iter().find(|enclosed| enclosed.bytes == bytes) {
            return Fate::Comes(same.file.clone());
        }
        let file = self.free_name(name, image.kind);
        self.enclosed.push(Enclosed {
            file: file.clone(),
            bytes,
        });
        Fate::Comes(file)
    }

    fn free_name(&self, name: &str, kind: image::Kind) -> String {
        let ending = match kind {
            image::Kind::Png => "png",
            image::Kind::Jpeg => "jpg",
            image::Kind::Gif => "gif",
        };
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let stem = Some(slug::of(stem, "en"))
            .filter(|stem| !stem.is_empty())
            .unwrap_or_else(|| "picture".to_owned());
        let mut file = format!("{stem}.{ending}");
        let mut number = 2;
        while self.enclosed.iter().any(|enclosed| enclosed.file == file) {
            file = format!("{stem}-{number}.{ending}");
            number += 1;
        }
        file
    }

    fn leave_out(&mut self, name: &str, why: &str, line: Option<usize>) -> Fate {
        let name = shown_address(name);
        if !self.left.contains(&name) {
            self.left.push(name.clone());
            if self.left.len() <= MOST_NAMED {
                self.note(
                    Note::done(line.unwrap_or(1), format!("left out the picture `{name}`: {why}")),
                    line,
                );
            }
        }
        Fate::Out
    }

    fn note(&mut self, note: Note, line: Option<usize>) {
        self.notes.push(match line {
            Some(_) => note,
            None => note.about_all(),
        });
    }

    /// The album closed: what comes along, and everything to say.
    pub(crate) fn close(mut self) -> (Vec<Enclosed>, Vec<Note>) {
        if let Some(more) = self.left.get(MOST_NAMED..).filter(|more| !more.is_empty()) {
            let names: Vec<String> = more.iter().map(|name| format!("`{name}`")).collect();
            let text = format!("left out {} more pictures in the same way: {}", more.len(), names.join(", "));
            self.notes.push(Note::done(1, text).about_all());
        }
        let sizes: Vec<usize> = self.enclosed.iter().map(|enclosed| enclosed.bytes.len()).collect();
        for enclosed in self.enclosed.iter().filter(|enclosed| enclosed.bytes.len() > LARGEST_CARRIED) {
            let text = format!(
                "the picture `{}` has {} KB, and a letter carries pictures up to {} KB: make it smaller, or see `look` in `tidings.yaml`",
                enclosed.file,
                enclosed.bytes.len().div_ceil(1024),
                LARGEST_CARRIED / 1024
            );
            self.notes.push(Note::unsure(1, text).about_all());
        }
        if sizes.iter().filter(|size| **size <= LARGEST_CARRIED).sum::<usize>() > LARGEST_TOGETHER {
            let text = format!(
                "the pictures have more than {} KB together, which is much for a letter",
                LARGEST_TOGETHER / 1024
            );
            self.notes.push(Note::unsure(1, text).about_all());
        }
        (self.enclosed, self.notes)
    }
}

/// An address short enough for a note, with its end: there stands the file's name.
fn shown_address(address: &str) -> String {
    const LONGEST: usize = 90;
    let characters: Vec<char> = address.chars().filter(|character| !character.is_control()).collect();
    match characters.len() > LONGEST {
        true => {
            let (start, end): (String, String) = (
                characters[..40].iter().collect(),
                characters[characters.len() - 40..].iter().collect(),
            );
            format!("{start}…{end}")
        }
        false => characters.into_iter().collect(),
    }
}

fn one_line(words: &str) -> Option<String> {
    const LONGEST: usize = 200;
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    cut.chars().any(char::is_alphanumeric).then_some(cut)
}

/// `IMG_2034.jpg`, `hands`, `image1`: what a camera or a program wrote, not a person.
fn is_name_of_file(words: &str, file: &str) -> bool {
    const NOTHING: [&str; 12] = [
        "image",
        "picture",
        "photo",
        "img",
        "bild",
        "foto",
        "grafik",
        "screenshot",
        "untitled",
        "logo",
        "placeholder",
        "thumbnail",
    ];
    let lower = words.to_lowercase();
    let stem = file
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(file)
        .rsplit_once('.')
        .map_or(file, |(stem, _)| stem)
        .to_lowercase();
    let has_ending = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".heic"]
        .iter()
        .any(|ending| lower.ends_with(ending));
    let bare = lower.trim_end_matches(|character: char| character.is_numeric() || matches!(character, ' ' | '-' | '_'));
    let is_camera =
        lower.starts_with("img_") || lower.starts_with("dsc") && lower.chars().any(char::is_numeric) || lower.starts_with("pxl_");
    (has_ending && !words.contains(' '))
        || (lower.contains(['-', '_']) && !words.contains(' ') && lower == stem)
        || NOTHING.contains(&bare)
        || is_camera
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOT: &[u8] = b"GIF89a\x10\0\x10\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02";

    fn picture(from: From, words: Option<&str>) -> Block {
        let picture = Picture {
            from,
            words: words.map(str::to_owned),
            caption: None,
        };
        Block::new(Some(3), Body::Picture(picture))
    }

    fn taken(blocks: &mut Vec<Block>) -> (Vec<String>, Vec<String>) {
        let beside = |path: &str| match path {
            "a b.gif" | "x/A b.gif" => Ok(DOT.to_vec()),
            "c.gif" => Ok([DOT, b"c"].concat()),
            "one.gif" => Ok(b"GIF89a\x01\0\x01\0\0\0\0\x2c\0\0\0\0\x20\0\x10\0\0\x02".to_vec()),
            _ => Err(Absent::Missing),
        };
        let own = ["own.example".to_owned()];
        let desk = Desk {
            beside: &beside,
            own_hosts: &own,
        };
        let mut album = Album::new(desk, None);
        album.take(blocks, "Calm");
        let (enclosed, notes) = album.close();
        (
            enclosed.into_iter().map(|enclosed| enclosed.file).collect(),
            notes.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn pictures_come_once_under_names_of_their_own() {
        let beside = |path: &str| picture(From::Beside(path.to_owned()), Some("words"));
        let mut blocks = vec![
            beside("a%20b.gif"),
            beside("x/A b.gif"),
            beside("c.gif?v=2"),
            picture(From::Inside("a-b.png".to_owned(), [DOT, b"d"].concat()), Some("w")),
        ];
        let (files, notes) = taken(&mut blocks);
        assert_eq!(
            (files, notes),
            (
                vec!["a-b.gif".to_owned(), "c.gif".to_owned(), "a-b-2.gif".to_owned()],
                Vec::new()
            )
        );
        assert_eq!(blocks.len(), 4);
    }

    #[test]
    fn every_picture_that_stays_behind_is_named() {
        let mut blocks = (0..90)
            .map(|n| picture(From::Beside(format!("gone-{n}.gif")), Some("w")))
            .collect();
        let said = taken(&mut blocks).1.join("\n");
        assert!((0..90).all(|n| said.contains(&format!("`gone-{n}.gif`"))), "{said}");
    }

    #[test]
    fn what_stays_behind_is_named() {
        let mut blocks = vec![
            picture(From::Web("https://own.example/a.png".to_owned()), Some("words")),
            picture(From::Web("https://x.example/a.png".to_owned()), Some("words")),
            picture(From::Beside("gone.gif".to_owned()), Some("words")),
            picture(From::Beside("one.gif".to_owned()), Some("words")),
        ];
        let (files, notes) = taken(&mut blocks);
        assert_eq!((files.len(), notes.len(), blocks.len()), (0, 3, 1), "{notes:?}");
    }

    #[test]
    fn words_are_made_where_a_camera_wrote_them() {
        for words in [None, Some("IMG_2034"), Some("hands-1.jpg"), Some("image1"), Some("  ")] {
            let mut blocks = vec![picture(From::Beside("c.gif".to_owned()), words)];
            let (_, notes) = taken(&mut blocks);
            assert!(notes.len() == 1 && notes[0].contains("`Calm`"), "{words:?} {notes:?}");
        }
    }
}

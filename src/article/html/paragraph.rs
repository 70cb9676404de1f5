//! The paragraph that is being read: words gather in it until a block or a second line break ends it.

use crate::article::document::raised::Shift;
use crate::article::document::{Block, Body, Inline, Line, Picture, Run, Style, is_blank};

/// The blocks being made, and the line that is not finished.
#[derive(Default)]
pub(super) struct Making {
    pub(super) blocks: Vec<Block>,
    pub(super) line: Line,
    pub(super) begun: Option<usize>,
}

/// What holds where the reading is.
#[derive(Clone, Default)]
pub(super) struct Here {
    pub(super) style: Style,
    pub(super) link: Option<String>,
    pub(super) depth: usize,
    pub(super) in_heading: bool,
    /// Above or below the line, where all words here have characters that stand there.
    pub(super) shift: Option<Shift>,
}

impl Making {
    pub(super) fn text(&mut self, text: &str, here: &Here, line: usize) {
        if self.line.is_empty() && text.trim().is_empty() {
            return;
        }
        self.begun.get_or_insert(line);
        self.line.push(Inline::Text(Run {
            text: here.shift.and_then(|shift| shift.of(text)).unwrap_or_else(|| text.to_owned()),
            style: here.style,
            link: here.link.clone(),
        }));
    }

    /// Two breaks in a row are how some programs write a new paragraph.
    pub(super) fn line_break(&mut self) {
        let is_second = self
            .line
            .iter()
            .rev()
            .find(|piece| !matches!(piece, Inline::Text(run) if run.text.trim().is_empty()))
            .is_some_and(|piece| *piece == Inline::Break);
        match is_second {
            true => self.flush(),
            false if is_blank(&self.line) => {}
            false => self.line.push(Inline::Break),
        }
    }

    pub(super) fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        let begun = self.begun.take();
        if !is_blank(&line) {
            self.blocks.push(Block::new(begun, Body::Paragraph(line)));
        }
    }

    pub(super) fn block(&mut self, line: Option<usize>, body: Body) {
        self.flush();
        self.blocks.push(Block::new(line, body));
    }

    /// A picture parts its paragraph, unless that has not begun.
    pub(super) fn pictures_wait(&mut self, line: usize, picture: Picture, in_heading: bool) {
        if !in_heading {
            self.flush();
        }
        self.blocks.push(Block::new(Some(line), Body::Picture(picture)));
    }
}

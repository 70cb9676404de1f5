//! The size of a letter: what mail programs hide of a long one, and what its pictures weigh.

use crate::article::Article;
use crate::article::image::{LARGEST_TOGETHER, Way};
use crate::finding::{Finding, Place};

/// Gmail hides what lies beyond about 102 KB, the way out included.
pub(crate) const LARGEST_HTML: usize = 100 * 1024;
const LARGE_HTML: usize = 80 * 1024;

/// What a person with far too large a letter, and everybody else, has to be told.
pub(crate) fn too_large(size: usize) -> String {
    format!(
        "the letter has {} KB of HTML, mail programs hide what is beyond 100 KB, the way to unsubscribe included",
        size.div_ceil(1024)
    )
}

/// A letter that is near to what mail programs hide.
pub(super) fn of_letter(file: &str, html: &str) -> Option<Finding> {
    let warning = || Finding::warning(file, too_large(html.len())).called("size");
    (html.len() > LARGE_HTML).then(|| warning().hint("shorten the article, or put a part of it on a page and link to it"))
}

/// Pictures that every letter carries: with a thousand people they travel a thousand times.
pub(super) fn of_pictures(article: &Article) -> Option<Finding> {
    let carried = article.images.iter().filter_map(|image| match &image.way {
        Way::Carried(base64) => Some(base64.len() / 4 * 3),
        Way::Hosted(_) => None,
    });
    let weight: usize = carried.sum();
    let text = format!(
        "every letter carries {} KB of pictures; above {} KB together none can be sent",
        weight.div_ceil(1024),
        LARGEST_TOGETHER / 1024
    );
    (weight > LARGEST_TOGETHER / 2).then(|| {
        Finding::warning(&article.file, text)
            .at(Place::new(article.body_line, 1))
            .called("pictures-heavy")
            .hint("save them smaller (600 pixels wide is enough), or put them on your web site and name it in tidings.yaml: `look: {images: https://…/}`")
    })
}

//! Names that tell others what the people have who get a campaign: warnings, since who may know is the clinic's to judge.
//!
//! Promises: each warning stands where the name was written, says who gets to see it, and offers a neutral one. An article that goes to
//! everybody on a list tells nobody's illness, whatever it is about: articles are looked at only where the campaign is for some.

use super::Campaign;
use crate::article::Article;
use crate::finding::yaml::Source;
use crate::finding::{Finding, Place};
use crate::subscriber::segment::Segment;
use crate::subscriber::sensitive;

/// The names that a campaign gives.
pub(super) struct Names<'a> {
    pub(super) folder: &'a str,
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) lists: &'a [String],
    pub(super) only: &'a Segment,
}

impl Names<'_> {
    /// A warning for each name that tells a condition, in the order of the text.
    pub(super) fn telling(&self, source: &Source<'_>) -> Vec<Finding> {
        let first_line = || Some(Place::new(1, 1));
        let mut findings: Vec<Finding> = [
            self.folder().map(|text| (text, FOLDER, first_line())),
            self.id().map(|text| (text, ID, source.place(&["id"]))),
            self.title().map(|text| (text, TITLE, source.place(&["title"]))),
        ]
        .into_iter()
        .flatten()
        .map(|(text, hint, place)| warning(source.file, text, hint, place))
        .collect();
        for (position, list) in self.lists.iter().enumerate() {
            let place = || source.place(&["audience", "lists", &position.to_string()]);
            let told = sensitive::condition(list);
            let text = |word: String| format!("the list's name `{list}` tells that its people have to do with `{word}`");
            findings.extend(told.map(|word| warning(source.file, text(word), LIST, place())));
        }
        findings.extend(self.columns(source.file));
        findings.sort_by_key(|finding| finding.place);
        findings
    }

    fn folder(&self) -> Option<String> {
        let word = sensitive::condition(self.folder)?;
        Some(format!(
            "the campaign's folder `{}` tells that it is about `{word}`",
            self.folder
        ))
    }

    fn id(&self) -> Option<String> {
        let word = sensitive::condition(self.id)?;
        Some(format!("the id `{}` tells that the letters are about `{word}`", self.id))
    }

    fn title(&self) -> Option<String> {
        let word = sensitive::condition(self.title)?;
        Some(format!(
            "the title `{}` tells that the letters are about `{word}`",
            self.title
        ))
    }

    /// Conditions on columns whose very name tells.
    fn columns(&self, file: &str) -> Vec<Finding> {
        let named = self.only.named_columns().into_iter();
        let telling = named.filter(|(column, _)| sensitive::is_sensitive_column(column));
        let text = |column: &str| {
            format!("`only` chooses people by `{column}`: whoever sees that somebody got this letter learns it of them")
        };
        telling
            .map(|(column, place)| warning(file, text(column), COLUMN, place))
            .collect()
    }
}

const FOLDER: &str = "it is shown by `plan`, `log` and the preview's file names, and in a backup; call the folder by season or number, such as \
    `autumn-tips`: the `id` keeps sent letters recognised";
const ID: &str = "it stands in the List-Id of every letter, where mail providers and filters read it; as long as no letter has left, write any short \
    word that says nothing, such as `k7f2m9`";
const TITLE: &str = "templates can show it, and everybody who looks over a shoulder reads it; a title such as `Autumn tips` says as much to those \
    who know";
const LIST: &str = "it is a file name in `subscribers/`, and everybody who sees the folder or a backup reads it; call the list by a number or a \
    letter, such as `group-a`";
const COLUMN: &str = "keep Subject, title, file names and links of this campaign as neutral as `Autumn tips`, or choose by a column that says nothing, \
    such as `wave: a`";
const SUBJECT: &str = "the Subject is read on locked screens and by mail providers; write one that says nothing of the reader, such as `Tips for \
    November`";
const ARTICLE: &str =
    "it is shown by `plan` and `log` and in the preview's file names; call it by season or number, such as `tips-3`";

fn warning(file: &str, text: String, hint: &str, place: Option<Place>) -> Finding {
    let finding = Finding::warning(file, text).hint(hint);
    match place {
        Some(place) => finding.at(place),
        None => finding,
    }
}

/// What the articles of a campaign for some tell of those who get them.
pub fn of_articles(campaign: &Campaign, articles: &[Article]) -> Vec<Finding> {
    // To be chosen at all says something where people are chosen, or where the names have said it already.
    if campaign.only.is_everybody() && campaign.telling.is_empty() {
        return Vec::new();
    }
    let of = |article: &Article| {
        let file = format!("campaigns/{}/{}", campaign.name, article.file);
        let subject = sensitive::condition(&article.subject).map(|word| {
            let text = format!(
                "the subject `{}` tells that its readers have to do with `{word}`",
                article.subject
            );
            warning(&file, text, SUBJECT, Some(Place::new(1, 1)))
        });
        let name = [&article.id, &article.file].into_iter().find_map(|name| {
            let word = sensitive::condition(name)?;
            let text = format!("the article's name `{name}` tells that its readers have to do with `{word}`");
            Some(warning(&file, text, ARTICLE, Some(Place::new(1, 1))))
        });
        [subject, name]
    };
    articles.iter().flat_map(of).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::of_articles;
    use crate::article::Article;
    use crate::campaign::{Campaign, file};

    const NEUTRAL: &str =
        "id: k7f2m9\ntitle: Autumn tips\naudience: {lists: [patients]}\ntemplate: letter\narticles: [{file: one.md}]\n";

    fn campaign(folder: &str, text: &str) -> Campaign {
        let (campaign, findings) = file::check("campaign.yaml", folder, text);
        assert_eq!(findings, []);
        campaign.unwrap()
    }

    fn told(campaign: &Campaign) -> Vec<String> {
        let told = campaign.telling.iter();
        told.map(|finding| format!("{}: {}", finding.place.unwrap(), finding.text))
            .collect()
    }

    fn article(id: &str, subject: &str) -> Article {
        Article {
            file: "one.md".to_owned(),
            id: id.to_owned(),
            title: String::new(),
            subject: subject.to_owned(),
            preheader: String::new(),
            author: None,
            language: "en".to_owned(),
            markdown: String::new(),
            body_line: 1,
            images: Vec::new(),
            places: std::collections::BTreeMap::new(),
            variants: Vec::new(),
        }
    }

    #[test]
    fn every_name_that_tells_is_named_at_its_place() {
        assert_eq!(told(&campaign("autumn-tips", NEUTRAL)), [""; 0]);
        let text = NEUTRAL
            .replace("k7f2m9", "hiv-care")
            .replace("Autumn tips", "Living with diabetes")
            .replace("[patients]", "[patients, pregnant-2026]")
            + "only: {diagnosis: x, city: Bath}\n";
        assert_eq!(
            told(&campaign("depression-group", &text)),
            [
                "1:1: the campaign's folder `depression-group` tells that it is about `depression`",
                "1:5: the id `hiv-care` tells that the letters are about `hiv`",
                "2:8: the title `Living with diabetes` tells that the letters are about `diabetes`",
                "3:30: the list's name `pregnant-2026` tells that its people have to do with `pregnant`",
                "6:8: `only` chooses people by `diagnosis`: whoever sees that somebody got this letter learns it of them",
            ]
        );
        assert!(
            campaign("depression-group", &text)
                .telling
                .iter()
                .all(|finding| !finding.is_error() && finding.hint.is_some())
        );
    }

    #[test]
    fn an_article_tells_only_where_its_readers_are_chosen() {
        let articles = [
            article("diabetes-feet", "Diabetes and your feet"),
            article("walks", "Short walks"),
        ];
        assert_eq!(of_articles(&campaign("autumn-tips", NEUTRAL), &articles), []);
        let chosen = campaign("autumn-tips", &format!("{NEUTRAL}only: {{city: Bath}}\n"));
        let told = of_articles(&chosen, &articles);
        let texts: Vec<&str> = told.iter().map(|finding| finding.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "the subject `Diabetes and your feet` tells that its readers have to do with `diabetes`",
                "the article's name `diabetes-feet` tells that its readers have to do with `diabetes`",
            ]
        );
        assert_eq!(told[0].file, "campaigns/autumn-tips/one.md");
    }
}

//! The stage: what the files say at this moment, who may look at it, and the letter that somebody asks to see.
//!
//! Promises: the letter is composed by the code that composes every letter, and read back out of its bytes; an address is named in a link
//! by a word that means something to this process alone. Knows nothing of connections.

use super::asked::Wanted;
use super::catalogue::{ArticleOnShow, CampaignOnShow, Catalogue, Made};
use super::invented::Invented;
use super::people::{People, Person, Standing};
use super::reading::{self, Reading};
use crate::address::Address;
use crate::clock::Clock;
use crate::finding::Finding;
use crate::letter::Stamp;
use crate::letter::lint::names::is_accepted;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::watch;

/// More people than anybody looks at in one sitting.
const MOST_KNOWN: usize = 50_000;

/// Everything that is shown, at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    pub(super) catalogue: Catalogue,
    /// When the files were read.
    pub(super) at: Timestamp,
    /// What `check` says of these files, once it has.
    pub(super) checked: Option<Vec<Finding>>,
}

/// What is shown, and to whom.
pub struct Stage {
    /// The word in the path that proves who asks.
    token: String,
    /// What makes words of addresses.
    secret: hmac::Key,
    known: Mutex<HashMap<String, Address>>,
    scene: RwLock<Arc<Scene>>,
    version: watch::Sender<u64>,
    start: Wanted,
    clock: Clock,
}

/// A letter that somebody asked to see.
#[derive(Debug)]
pub struct Chosen {
    /// What was asked for, in the names of what is there.
    pub wanted: Wanted,
    /// The campaign.
    pub campaign: CampaignOnShow,
    /// The article.
    pub article: ArticleOnShow,
    /// Who reads it.
    pub person: Person,
    /// What was asked for and is not there.
    pub(super) missing: Vec<&'static str>,
    /// The letter; none where none could ever be made.
    pub(super) letter: Option<Result<Composed, Box<Finding>>>,
}

/// A letter, composed and read back.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) bytes: Vec<u8>,
    pub(super) reading: Reading,
    pub(super) preheader: String,
    /// When its files were like this, where they are no longer.
    pub(super) old: Option<Timestamp>,
    /// What deserves a look in it.
    pub(super) warnings: Vec<Finding>,
}

/// The next version; after the last one, with which the stage has closed, there is none.
fn next(version: &mut u64) {
    *version = version.saturating_add(1);
}

impl Stage {
    /// A stage with nothing on it yet; whoever asks for nothing else is shown `start`.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn build(start: Wanted, clock: Clock) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let (mut token, mut secret) = ([0; 20], [0; 32]);
        SystemRandom::new().fill(&mut token)?;
        SystemRandom::new().fill(&mut secret)?;
        Ok(Self {
            token: BASE32_NOPAD.encode(&token).to_lowercase(),
            secret: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            known: Mutex::default(),
            scene: RwLock::default(),
            version: watch::Sender::new(0),
            start,
            clock,
        })
    }

    /// The word in the path that proves who asks.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether this is that word; the time that it takes tells nothing of how much of it was right.
    pub(super) fn is_token(&self, told: &str) -> bool {
        let own = hmac::sign(&self.secret, self.token.as_bytes());
        hmac::verify(&self.secret, told.as_bytes(), own.as_ref()).is_ok()
    }

    /// The same stage, which shows this person to whoever asks for nobody else.
    #[must_use]
    pub fn beginning_with(mut self, person: &Address) -> Self {
        self.start.person = Some(self.mark(person));
        self
    }

    /// Shows this from now on; what can no longer be shown stays as it was.
    pub fn set(&self, catalogue: Catalogue) {
        let mut scene = self.scene.write().unwrap_or_else(PoisonError::into_inner);
        *scene = Arc::new(Scene {
            catalogue: catalogue.keeping(&scene.catalogue),
            at: self.clock.now(),
            checked: None,
        });
        drop(scene);
        self.version.send_modify(next);
    }

    /// Adds what `check` says of what is shown.
    pub fn add_findings(&self, findings: Vec<Finding>) {
        let mut scene = self.scene.write().unwrap_or_else(PoisonError::into_inner);
        let checked = Some(findings);
        *scene = Arc::new(Scene {
            checked,
            ..Scene::clone(&scene)
        });
        drop(scene);
        self.version.send_modify(next);
    }

    /// How often what is shown has changed.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Nothing changes any more.
    pub(crate) fn close(&self) {
        self.version.send_replace(u64::MAX);
    }

    /// Waits until something else is shown than at `seen`.
    pub(super) async fn changed_since(&self, seen: u64) {
        // The sender lives as long as the stage.
        let _ = self.version.subscribe().wait_for(|version| *version != seen).await;
    }

    pub(super) fn scene(&self) -> Arc<Scene> {
        Arc::clone(&self.scene.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn start(&self) -> &Wanted {
        &self.start
    }

    /// The word for an address in links.
    pub(super) fn mark(&self, address: &Address) -> String {
        let tag = hmac::sign(&self.secret, address.identity().as_bytes());
        let mark = HEXLOWER.encode(&tag.as_ref()[..8]);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(mark.clone(), address.clone());
        mark
    }

    /// The word for a person in links.
    pub(super) fn key_of(&self, person: &Person) -> String {
        let invented = Invented::ALL
            .into_iter()
            .find(|one| person.standing == Standing::Invented && one.is(&person.recipient.address));
        invented.map_or_else(|| self.mark(&person.recipient.address), |one| one.key().to_owned())
    }

    /// The letter that is asked for; none where there is no article at all.
    pub(super) fn choose(&self, scene: &Scene, wanted: &Wanted) -> Option<Chosen> {
        let catalogue = &scene.catalogue;
        let mut missing = Vec::new();
        let asked = wanted.letter.as_ref().and_then(|(campaign, file)| {
            let campaign = catalogue.campaign(campaign)?;
            Some((campaign, campaign.article(file).or(campaign.articles.first())?))
        });
        let first = || {
            catalogue
                .campaigns
                .iter()
                .find_map(|campaign| Some((campaign, campaign.articles.first()?)))
        };
        let (campaign, article) = asked.or_else(first)?;
        let is_other = |(name, file): &(String, String)| *name != campaign.name || (!file.is_empty() && *file != article.file);
        if wanted.letter.as_ref().is_some_and(is_other) {
            missing.push("The article that was shown here is no longer in its campaign.");
        }
        let person = self.person(&campaign.people, wanted.person.as_deref(), &mut missing)?;
        let language = wanted.language.clone();
        let language = language.filter(|tag| article.languages.iter().any(|language| language.tag == *tag));
        let letter = article
            .shown()
            .map(|made| self.compose(made, article.made.is_err(), &person, language.as_deref()));
        Some(Chosen {
            wanted: Wanted {
                letter: Some((campaign.name.clone(), article.file.clone())),
                person: Some(self.key_of(&person)),
                language,
                ..wanted.clone()
            },
            campaign: campaign.clone(),
            article: article.clone(),
            person,
            missing,
            letter,
        })
    }

    fn person(&self, people: &People, key: Option<&str>, missing: &mut Vec<&'static str>) -> Option<Person> {
        if let Some(invented) = key.and_then(Invented::parse) {
            return invented.person(people);
        }
        let known = key.and_then(|key| {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(key).cloned()
        });
        let named = known.and_then(|address| people.named(&address).ok().flatten());
        if named.is_none() && key.is_some() && people.count() > 0 {
            missing.push("The person that was shown here is not on this campaign's lists: this is the first one who is.");
        }
        named
            .or_else(|| people.at(0).ok().flatten())
            .or_else(|| Invented::Ordinary.person(people))
    }

    fn compose(&self, made: &Made, is_old: bool, person: &Person, language: Option<&str>) -> Result<Composed, Box<Finding>> {
        let mut recipient = person.recipient.clone();
        if let Some(language) = language {
            // What the person's own column would say.
            recipient.attributes.insert("language".to_owned(), language.to_owned());
        }
        let stamp = Stamp {
            message_id: "preview".to_owned(),
            date: self.clock.now(),
        };
        let rendered = made.compiled.render(&recipient).map_err(|error| error.finding)?;
        let letter = made.compiled.compose(&recipient, &stamp).map_err(|error| error.finding)?;
        let version = made.compiled.for_reader(&recipient);
        let mut reading = reading::read(&letter.bytes);
        for picture in &mut reading.pictures {
            // In the letter it has no name that says anything; beside the article it has.
            if let Some(carried) = version.carried().iter().find(|carried| carried.content_id == picture.id) {
                picture.name.clone_from(&carried.file);
            }
        }
        let mut warnings = version.lint(&rendered);
        warnings.extend(version.misses(&recipient));
        warnings.retain(|finding| !is_accepted(finding, &made.accept));
        Ok(Composed {
            reading,
            bytes: letter.bytes,
            warnings,
            preheader: rendered.preheader,
            old: is_old.then_some(made.at),
        })
    }
}

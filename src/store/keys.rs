//! The keys of a store: they hash addresses and make Message-IDs, and stand in a file of their own beside it.
//!
//! Without them nobody can be recognised and no second attempt would carry the first one's Message-ID, so a store whose key file is
//! gone is refused instead of given new keys.

use super::create::into_place;
use super::{DeliveryId, StoreError};
use crate::address::Address;
use crate::delivery::token::KeyId;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The keyed hash of a person's normalised address.
pub type PersonHash = [u8; 32];

/// The secret of a store.
#[derive(Clone)]
pub struct Keys {
    secret: [u8; 32],
    person: hmac::Key,
    message: hmac::Key,
    relay: hmac::Key,
    token: hmac::Key,
    id: KeyId,
    /// Keys of a store that was lost, which stand below its successor's: letters made with them are still in mailboxes.
    retired: Vec<Keys>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

impl Keys {
    /// New keys from the system's randomness.
    ///
    /// # Errors
    /// When the system has none.
    pub fn random() -> Result<Self, StoreError> {
        Ok(Self::from_secret(random()?))
    }

    /// The keys in `dir`; new ones where it has none.
    pub(super) fn read_or_create(dir: &Path) -> Result<Self, StoreError> {
        if !file(dir).exists() {
            match Self::random()?.write(dir) {
                // Somebody else made them meanwhile: of two that make a store, both go by the same keys.
                Err(error) if error.is_there_already() => {}
                written => written?,
            }
        }
        Self::read(dir)
    }

    /// The keys in `dir`.
    pub(super) fn read(dir: &Path) -> Result<Self, StoreError> {
        super::protect(&file(dir), 0o600)?;
        Self::as_they_are(dir)
    }

    /// The same, without closing the file to others: nothing is changed.
    pub(super) fn as_they_are(dir: &Path) -> Result<Self, StoreError> {
        let path = file(dir);
        let text = fs::read_to_string(&path).map_err(|source| StoreError::File {
            doing: "read",
            path: path.clone(),
            source,
        })?;
        Self::parse(&text).ok_or_else(|| StoreError::Damaged {
            what: format!("`{}` holds no key", path.display()),
        })
    }

    /// The keys that [`Self::text`] wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let secrets = text.lines().filter_map(|line| line.strip_prefix("v1 "));
        let keys = secrets.map(|hex| {
            let secret = HEXLOWER.decode(hex.trim().as_bytes()).ok()?;
            secret.try_into().ok().map(Self::from_secret)
        });
        let mut keys = keys.collect::<Option<Vec<_>>>()?.into_iter();
        let first = keys.next()?;
        Some(Self {
            retired: keys.collect(),
            ..first
        })
    }

    /// The keys as they stand in their file, and in a backup.
    pub(super) fn text(&self) -> String {
        let lines = std::iter::once(self).chain(&self.retired);
        let lines: String = lines.map(|keys| format!("v1 {}\n", HEXLOWER.encode(&keys.secret))).collect();
        format!("# The keys of this store. Keep them with it; never in git.\n{lines}")
    }

    /// Writes the keys into `dir`, whole or not at all; an existing key file is never overwritten.
    pub(super) fn write(&self, dir: &Path) -> Result<(), StoreError> {
        let text = self.text();
        into_place(&file(dir), |path| {
            let write = || {
                let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(text.as_bytes())?;
                file.sync_all()
            };
            write().map_err(|source| StoreError::File {
                doing: "write",
                path: path.to_owned(),
                source,
            })
        })
    }

    /// Who an address is, without saying so.
    pub fn person(&self, address: &Address) -> PersonHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.person, address.identity().as_bytes()).as_ref());
        hash
    }

    /// Which keys these are, without saying what they are.
    pub(super) fn id(&self) -> KeyId {
        self.id
    }

    /// These keys, or those of a lost store, by their id.
    pub(super) fn of(&self, id: KeyId) -> Option<&Self> {
        std::iter::once(self).chain(&self.retired).find(|keys| keys.id() == id)
    }

    /// The tag of what a token says, for `purpose`.
    pub(super) fn tag(&self, purpose: &str, said: &[u8]) -> [u8; 16] {
        let mut text = Vec::with_capacity(purpose.len() + 1 + said.len());
        text.extend_from_slice(purpose.as_bytes());
        text.push(0);
        text.extend_from_slice(said);
        let mut tag = [0; 16];
        tag.copy_from_slice(&hmac::sign(&self.token, &text).as_ref()[..16]);
        tag
    }

    /// Whether two tags are equal, in a time that tells nothing of where they differ: their own tags are compared.
    pub(super) fn are_equal(&self, one: &[u8; 16], other: &[u8; 16]) -> bool {
        hmac::verify(&self.token, one, hmac::sign(&self.token, other).as_ref()).is_ok()
    }

    /// The Message-ID's opaque part (law 11): equal over automatic attempts, new for each order of a person to send again, and another
    /// one in each generation of the store: a restored one gives the numbers of letters that it does not know once more.
    pub fn message_id(&self, delivery: DeliveryId, generation: u32, orders: u32) -> String {
        let mut text = Vec::with_capacity(24);
        text.extend_from_slice(&delivery.0.to_be_bytes());
        text.extend_from_slice(&generation.to_be_bytes());
        text.extend_from_slice(&orders.to_be_bytes());
        let mut id = BASE32_NOPAD.encode(hmac::sign(&self.message, &text).as_ref()).to_lowercase();
        id.truncate(26);
        id
    }

    /// Which relay, spoken with how, without saying so.
    pub(super) fn mark(&self, text: &str) -> String {
        mark(&self.relay, text)
    }

    fn from_secret(secret: [u8; 32]) -> Self {
        let derived = |purpose: &[u8]| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), purpose);
            hmac::Key::new(hmac::HMAC_SHA256, tag.as_ref())
        };
        let relay = derived(b"relay");
        Self {
            person: derived(b"person"),
            message: derived(b"message-id"),
            // Base 32 in small letters is what a key's id is made of.
            id: KeyId::parse(&mark(&relay, "tokens")[..4]).unwrap_or(KeyId::UNKNOWN),
            relay,
            token: derived(b"token"),
            secret,
            retired: Vec::new(),
        }
    }
}

fn mark(key: &hmac::Key, text: &str) -> String {
    let mut mark = BASE32_NOPAD.encode(hmac::sign(key, text.as_bytes()).as_ref()).to_lowercase();
    mark.truncate(26);
    mark
}

/// A random id for a store, a campaign: ten letters and digits that cannot be misread.
///
/// # Errors
/// When the system has no randomness.
pub fn random_id() -> Result<String, StoreError> {
    let bytes: [u8; 32] = random()?;
    Ok(BASE32_NOPAD.encode(&bytes).to_lowercase().chars().take(10).collect())
}

fn random() -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError::Damaged {
        what: "the system gives no random bytes".to_owned(),
    })?;
    Ok(bytes)
}

pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join("keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_and_a_letter_are_recognised_and_not_readable() {
        let keys = Keys::from_secret([7; 32]);
        let ann = |text| keys.person(&Address::parse(text).unwrap());
        assert_eq!(ann("Ann@Example.org"), ann("ann@example.ORG"));
        assert_ne!(ann("ann@example.org"), ann("bob@example.org"));
        let first = keys.message_id(DeliveryId(1), 1, 0);
        assert_eq!(first, keys.message_id(DeliveryId(1), 1, 0));
        assert_eq!(first.len(), 26);
        let others =
            [(1, 1, 1), (2, 1, 0), (1, 2, 0)].map(|(id, generation, orders)| keys.message_id(DeliveryId(id), generation, orders));
        assert!(!others.contains(&first));
        assert_eq!(format!("{keys:?}"), "Keys(***)");
    }
}

//! The keys that letters are signed with: read from a PEM file or a seed, judged, and put to use.
//!
//! Promises: a key that is read can sign; one that receivers would not count is refused with its reason; nothing of the secret is ever
//! shown. Knows nothing of letters or of where files lie.

use crate::encoding::der::{SEQUENCE, inside, next, wrapped};
use data_encoding::{BASE64, BASE64_MIME_PERMISSIVE};
// PKCS#1 v1.5 needs no chance, so a signature follows from the letter alone; AWS-LC asks for a source of it all the same.
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use std::fmt;

/// What receivers count at all (RFC 8301 §3.2).
const FEWEST_BITS: usize = 1024;
/// What signers should have, and what AWS-LC signs with.
const BITS: usize = 2048;
const MOST_BITS: usize = 4096;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
/// 1.2.840.113549.1.1.1 and 1.3.101.112.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// `rsaEncryption` with its NULL, as it stands in front of a public key.
const RSA_ALGORITHM: [u8; 15] = [SEQUENCE, 13, OBJECT, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RFC 6376.
    Rsa,
    /// RFC 8463.
    Ed25519,
}

impl Algorithm {
    /// As in `a=`.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "ed25519-sha256",
        }
    }

    /// As in `k=` of the record.
    pub fn record_tag(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// Why a file holds no key to sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing that looks like a key.
    #[error("there is no private key in it")]
    NoKey,
    /// The other half.
    #[error("it holds the public half of a key, and letters are signed with the private one")]
    Public,
    /// Locked with a password.
    #[error("the key in it is locked with a password")]
    Locked,
    /// Written by `ssh-keygen`.
    #[error("it holds a key for SSH")]
    Ssh,
    /// Elliptic curves other than Ed25519, DSA and others.
    #[error("it holds a key of a kind that no mail receiver knows")]
    OtherKind,
    /// No receiver counts it.
    #[error("the key has {bits} bits, and receivers count none below 1024")]
    TooSmall {
        /// How many it has.
        bits: usize,
    },
    /// Receivers would count it; this program does not sign with it.
    #[error("the key has {bits} bits, and letters are signed with 2048 or more (RFC 8301)")]
    Small {
        /// How many it has.
        bits: usize,
    },
    /// No receiver has to count it.
    #[error("the key has {bits} bits, and many receivers read none above 4096")]
    TooLarge {
        /// How many it has.
        bits: usize,
    },
    /// Made many years ago.
    #[error("the key in it was made in an old way (its public exponent is {exponent} instead of 65537), which is easier to break")]
    OldExponent {
        /// Which one.
        exponent: u8,
    },
    /// Cut, mixed up, or made in an unusual way.
    #[error("the key in it is damaged or unusual, and cannot sign")]
    Damaged,
}

/// How a key is made, for messages.
pub const MAKE_RSA: &str = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out";
/// The same for the other kind.
pub const MAKE_ED25519: &str = "openssl genpkey -algorithm ed25519 -out";

impl KeyError {
    /// The next step.
    pub fn hint(self, file: &str) -> String {
        // Never into the very file: what is in it may be of use for something else.
        let another = another_name(file);
        let anew = format!("`(umask 077; {MAKE_RSA} {another})` makes a new one; name `{another}` under `dkim.keys` then");
        match self {
            Self::Locked => {
                format!(
                    "`(umask 077; openssl pkey -in {file} -out {another})` writes it without; name `{another}` under `dkim.keys` then"
                )
            }
            Self::Public => "name the file of the private key, which begins with `-----BEGIN PRIVATE KEY-----`".to_owned(),
            Self::TooSmall { .. } | Self::Small { .. } | Self::TooLarge { .. } | Self::OldExponent { .. } => {
                format!("{anew}; give it a new selector, and publish the record that `tidings doctor` shows")
            }
            Self::NoKey | Self::Ssh | Self::OtherKind | Self::Damaged => anew,
        }
    }
}

/// A name for another key beside the one in `file`.
pub fn another_name(file: &str) -> String {
    let folder = file.rfind('/').map_or("", |slash| &file[..=slash]);
    let names = ["dkim-2026b.pem", "dkim-2026c.pem"].map(|name| format!("{folder}{name}"));
    let [one, other] = names;
    if one == file { other } else { one }
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// A private key.
pub struct Key(Pair);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?})", self.algorithm())
    }
}

impl Key {
    /// The key in a file: PKCS#1 or PKCS#8 as PEM, or the 32 bytes of an Ed25519 seed in base64.
    ///
    /// # Errors
    /// When there is none that receivers would count.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        match pem(text)? {
            Some((label, der)) => match label {
                "RSA PRIVATE KEY" => rsa(&der, RsaKeyPair::from_der(&der).ok()),
                "PRIVATE KEY" => pkcs8(&der),
                "ENCRYPTED PRIVATE KEY" => Err(KeyError::Locked),
                "OPENSSH PRIVATE KEY" => Err(KeyError::Ssh),
                label if label.ends_with("PUBLIC KEY") || label == "CERTIFICATE" => Err(KeyError::Public),
                label if label.ends_with("PRIVATE KEY") => Err(KeyError::OtherKind),
                _ => Err(KeyError::NoKey),
            },
            None => seed(text),
        }
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Pair::Rsa(_) => Algorithm::Rsa,
            Pair::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The public half, as it stands in `p=` of the record.
    pub fn public(&self) -> String {
        match &self.0 {
            Pair::Rsa(pair) => {
                let bits = [&[0], pair.public_key().as_ref()].concat();
                let whole = [&RSA_ALGORITHM[..], &wrapped(BIT_STRING, &bits)].concat();
                BASE64.encode(&wrapped(SEQUENCE, &whole))
            }
            Pair::Ed25519(pair) => BASE64.encode(pair.public_key().as_ref()),
        }
    }

    /// The signature of what a letter's headers come to; `None` where the machine fails.
    pub(super) fn sign(&self, headers: &[u8]) -> Option<Vec<u8>> {
        match &self.0 {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), headers, &mut signature)
                    .ok()?;
                Some(signature)
            }
            // RFC 8463 §3: Ed25519 signs the hash, not the text.
            Pair::Ed25519(pair) => {
                let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, headers);
                Some(pair.sign(hash.as_ref()).as_ref().to_vec())
            }
        }
    }
}

/// The first private key of a PEM file, or else the first of anything; `None` where the text is no PEM.
fn pem(text: &str) -> Result<Option<(&str, Vec<u8>)>, KeyError> {
    let blocks: Vec<(&str, &str)> = text
        .split("-----BEGIN ")
        .skip(1)
        .filter_map(|block| block.split_once("-----"))
        .collect();
    let is_key = |(label, _): &&(&str, &str)| label.ends_with("PRIVATE KEY");
    let Some((label, rest)) = blocks.iter().find(is_key).or_else(|| blocks.first()) else {
        return Ok(None);
    };
    let (inside, _) = rest.split_once("-----END ").ok_or(KeyError::Damaged)?;
    if inside.contains("ENCRYPTED") {
        return Err(KeyError::Locked);
    }
    let der = BASE64_MIME_PERMISSIVE.decode(inside.trim().as_bytes());
    Ok(Some((label, der.map_err(|_| KeyError::Damaged)?)))
}

fn pkcs8(der: &[u8]) -> Result<Key, KeyError> {
    let parts = || {
        let (_, _, rest) = next(inside(der, SEQUENCE)?)?;
        let (_, algorithm, rest) = next(rest)?;
        Some((inside(algorithm, OBJECT)?, inside(rest, OCTET_STRING)?))
    };
    let (algorithm, key) = parts().ok_or(KeyError::Damaged)?;
    match algorithm {
        RSA => rsa(key, RsaKeyPair::from_pkcs8(der).ok()),
        ED25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der);
            Ok(Key(Pair::Ed25519(pair.map_err(|_| KeyError::Damaged)?)))
        }
        _ => Err(KeyError::OtherKind),
    }
}

/// An RSA key by its PKCS#1 form, and as AWS-LC has read it.
fn rsa(pkcs1: &[u8], pair: Option<RsaKeyPair>) -> Result<Key, KeyError> {
    let (bits, exponent) = rsa_numbers(pkcs1).ok_or(KeyError::Damaged)?;
    match bits {
        bits @ ..FEWEST_BITS => Err(KeyError::TooSmall { bits }),
        bits @ FEWEST_BITS..BITS => Err(KeyError::Small { bits }),
        bits if bits > MOST_BITS => Err(KeyError::TooLarge { bits }),
        _ if exponent != 0 => Err(KeyError::OldExponent { exponent }),
        _ => pair.map(|pair| Key(Pair::Rsa(Box::new(pair)))).ok_or(KeyError::Damaged),
    }
}

/// Of a private key the length of the modulus, and its public exponent where that is of one byte, else 0 (RFC 8017 §A.1.2).
fn rsa_numbers(pkcs1: &[u8]) -> Option<(usize, u8)> {
    let (_, _, rest) = next(inside(pkcs1, SEQUENCE)?)?;
    let (_, digits, rest) = next(rest).filter(|(tag, _, _)| *tag == INTEGER)?;
    let first = digits.iter().position(|digit| *digit != 0)?;
    let exponent = match inside(rest, INTEGER)? {
        [exponent] => *exponent,
        _ => 0,
    };
    Some(((digits.len() - first) * 8 - digits[first].leading_zeros() as usize, exponent))
}

fn seed(text: &str) -> Result<Key, KeyError> {
    let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| KeyError::NoKey)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&bytes).map_err(|_| KeyError::NoKey)?;
    Ok(Key(Pair::Ed25519(pair)))
}

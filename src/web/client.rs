//! Whoever asks, as far as a limit needs to know: an address, and how many wrong tokens it has tried.
//!
//! Promises: only wrong tokens count, so that a mail provider whose one machine presses the button for a million people is never turned
//! away; what is remembered is bounded, and forgotten with the process. Knows nothing of tokens.

use axum::http::HeaderMap;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use tokio::time::Instant;

/// So many wrong tokens an address may try at once.
const BURST: f64 = 30.0;
/// So many more for every second that passes.
const PER_SECOND: f64 = 0.5;
/// So many addresses are remembered.
const MOST: usize = 4096;

/// Whose wrong tokens are counted together: one address, or the network of one household (IPv6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Client(IpAddr);

impl Client {
    /// Who asks: whoever is connected or, behind a proxy on this machine, whom the proxy saw last.
    pub(super) fn of(peer: IpAddr, headers: &HeaderMap, is_behind_proxy: bool) -> Self {
        let told = match is_behind_proxy && peer.to_canonical().is_loopback() {
            true => told_by_proxy(headers),
            false => None,
        };
        Self(match told.unwrap_or(peer).to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & (u128::MAX << 64))),
        })
    }
}

/// The last address of the last field: what stands before it is what the proxy was told, by anybody.
fn told_by_proxy(headers: &HeaderMap) -> Option<IpAddr> {
    let last = |name: &str| headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next();
    let told = last("x-forwarded-for").or_else(|| last("x-real-ip"))?;
    told.trim().trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Counts wrong tokens.
#[derive(Debug, Default)]
pub(super) struct Tries {
    buckets: HashMap<Client, (f64, Instant)>,
}

impl Tries {
    /// Counts one wrong token; whether that was one too many.
    pub(super) fn is_one_too_many(&mut self, client: Client, now: Instant) -> bool {
        let left = |(left, since): (f64, Instant)| (left + now.duration_since(since).as_secs_f64() * PER_SECOND).min(BURST);
        if self.buckets.len() >= MOST && !self.buckets.contains_key(&client) {
            self.buckets.retain(|_, bucket| left(*bucket) < BURST);
            if self.buckets.len() >= MOST {
                self.buckets.clear();
            }
        }
        let bucket = self.buckets.entry(client).or_insert((BURST, now));
        let left = left(*bucket);
        *bucket = ((left - 1.0).max(0.0), now);
        left < 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::{BURST, Client, MOST, Tries};
    use axum::http::HeaderMap;
    use std::net::IpAddr;
    use std::time::Duration;
    use tokio::time::Instant;

    fn client(peer: &str, headers: &[(&'static str, &str)], is_behind_proxy: bool) -> Client {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Client::of(peer.parse().unwrap(), &map, is_behind_proxy)
    }

    fn address(text: &str) -> Client {
        Client(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_proxy_on_this_machine_is_believed_if_it_is_said_to_be_there() {
        const TOLD: &[(&str, &str)] = &[
            ("x-forwarded-for", "198.51.100.9, 203.0.113.7"),
            ("x-real-ip", "198.51.100.9"),
        ];
        assert_eq!(client("127.0.0.1", TOLD, true), address("203.0.113.7"));
        assert_eq!(client("::ffff:127.0.0.1", TOLD, true), address("203.0.113.7"));
        assert_eq!(client("127.0.0.1", TOLD, false), address("127.0.0.1"));
        assert_eq!(client("192.0.2.1", TOLD, true), address("192.0.2.1"));
        assert_eq!(
            client("127.0.0.1", &[("x-real-ip", "203.0.113.8")], true),
            address("203.0.113.8")
        );
        assert_eq!(
            client("127.0.0.1", &[("x-forwarded-for", "anybody")], true),
            address("127.0.0.1")
        );
        assert_eq!(client("2001:db8::1:2:3:4", &[], false), address("2001:db8::"));
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let (mut tries, began) = (Tries::default(), Instant::now());
        let one = address("203.0.113.7");
        for _ in 0..BURST as u32 {
            assert!(!tries.is_one_too_many(one, began));
        }
        assert!(tries.is_one_too_many(one, began));
        assert!(
            !tries.is_one_too_many(address("203.0.113.8"), began),
            "others are not held to it"
        );
        assert!(!tries.is_one_too_many(one, began + Duration::from_secs(2)));
        assert!(tries.is_one_too_many(one, began + Duration::from_secs(2)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut tries, began) = (Tries::default(), Instant::now());
        for number in 0..3 * MOST as u32 {
            tries.is_one_too_many(Client(IpAddr::V4(number.into())), began);
            assert!(tries.buckets.len() <= MOST);
        }
    }
}

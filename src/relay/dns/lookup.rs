//! Asks name servers about a sender's domain.
//!
//! Promises: "there is no such record" and "nobody answers" are never mistaken for each other; each question has its time.

use super::{Remark, dkim, dmarc, mail_exchange, spf};
use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

/// Somebody who asks name servers.
pub struct Resolver(TokioResolver);

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

impl Resolver {
    /// Asks whom this machine asks.
    ///
    /// # Errors
    /// When this machine's settings for that cannot be read.
    pub fn of_this_machine() -> Result<Self, String> {
        let mut builder = TokioResolver::builder_tokio().map_err(|error| error.to_string())?;
        builder.options_mut().timeout = PATIENCE;
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    /// Everything worth saying about letters from `domain` that `signer` signs with these selectors.
    ///
    /// # Errors
    /// When a name server does not answer: what it would say is not known then.
    pub async fn examine(&self, domain: &str, signer: &str, selectors: &[String]) -> Result<Vec<Remark>, String> {
        let mut remarks = spf::examine(&self.texts(domain).await?);
        let mut policies = Vec::new();
        for name in dmarc::names(domain) {
            policies = self.texts(&name).await?;
            if !policies.is_empty() {
                break;
            }
        }
        remarks.extend(dmarc::examine(domain, &policies));
        for selector in selectors {
            remarks.extend(dkim::examine(selector, &self.texts(&dkim::name(selector, signer)).await?));
        }
        let exchanges = self.ask(domain, RecordType::MX).await?;
        let has_address = exchanges.is_empty() && self.has_address(domain).await?;
        remarks.push(mail_exchange(&exchanges, has_address));
        Ok(remarks)
    }

    /// Whether DNS has, under this name, the key that we sign with: `wanted` is the record as we would write it.
    ///
    /// # Errors
    /// When a name server does not answer.
    pub async fn compare(&self, selector: &str, name: &str, wanted: &str) -> Result<Vec<Remark>, String> {
        Ok(dkim::compare(selector, name, &self.texts(name).await?, wanted))
    }

    async fn has_address(&self, domain: &str) -> Result<bool, String> {
        Ok(!self.ask(domain, RecordType::A).await?.is_empty() || !self.ask(domain, RecordType::AAAA).await?.is_empty())
    }

    async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        self.ask(name, RecordType::TXT).await
    }

    /// The records of this kind as texts; none where there are none.
    async fn ask(&self, name: &str, kind: RecordType) -> Result<Vec<String>, String> {
        // The final dot keeps this machine's own domain out of it.
        match self.0.lookup(format!("{name}."), kind).await {
            Ok(found) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(NetError::Timeout) => Err(format!("no name server answers about `{name}`")),
            Err(error) => Err(format!("`{name}` cannot be asked about: {error}")),
        }
    }
}

fn text(data: &RData) -> Option<String> {
    match data {
        // A long text comes in pieces that belong together without a blank (RFC 7208 §3.3).
        RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
        RData::MX(mx) => Some(mx.exchange.to_string()),
        RData::A(address) => Some(address.to_string()),
        RData::AAAA(address) => Some(address.to_string()),
        // The way there, such as a CNAME.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::dns::Grade;
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use std::collections::HashMap;
    use tokio::net::UdpSocket;

    const TXT: u16 = 16;
    const MX: u16 = 15;

    /// A name server on loopback that knows these records; what it does not know does not exist, and `silent.example` gets no answer.
    async fn name_server(records: HashMap<(&'static str, u16), Vec<Vec<u8>>>) -> Resolver {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut packet = [0; 1500];
            while let Ok((octets, asker)) = socket.recv_from(&mut packet).await {
                if let Some(answer) = answer(&packet[..octets], &records) {
                    socket.send_to(&answer, asker).await.unwrap();
                }
            }
        });
        let mut connection = ConnectionConfig::udp();
        connection.port = address.port();
        let server = NameServerConfig::new(address.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().timeout = Duration::from_millis(300);
        builder.options_mut().attempts = 1;
        Resolver(builder.build().unwrap())
    }

    fn answer(question: &[u8], records: &HashMap<(&'static str, u16), Vec<Vec<u8>>>) -> Option<Vec<u8>> {
        let (mut name, mut at) = (String::new(), 12);
        while question[at] > 0 {
            let label = &question[at + 1..at + 1 + usize::from(question[at])];
            name = format!("{name}{}.", String::from_utf8_lossy(label).to_lowercase());
            at += 1 + label.len();
        }
        let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
        let name = name.trim_end_matches('.');
        if name.ends_with("silent.example") {
            return None;
        }
        let found = records
            .iter()
            .find(|((known, of), _)| *known == name && *of == kind)
            .map(|(_, found)| found);
        let (flags, count) = found.map_or((0x8183_u16, 0), |found| (0x8180, found.len()));
        let mut answer = question[..2].to_vec();
        for number in [flags, 1, u16::try_from(count).unwrap(), 0, 0] {
            answer.extend(number.to_be_bytes());
        }
        answer.extend(&question[12..at + 5]);
        for data in found.into_iter().flatten() {
            answer.extend([0xc0, 12]);
            answer.extend(kind.to_be_bytes());
            answer.extend([0, 1, 0, 0, 0, 60]);
            answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            answer.extend(data);
        }
        Some(answer)
    }

    fn txt(text: &str) -> Vec<u8> {
        let pieces = text.as_bytes().chunks(40);
        pieces
            .flat_map(|piece| [&[u8::try_from(piece.len()).unwrap()], piece].concat())
            .collect()
    }

    #[tokio::test]
    async fn a_domain_is_asked_about() {
        let mx = [&[0, 10][..], b"\x02mx\x06clinic\x07example\x00"].concat();
        let records = HashMap::from([
            (
                ("clinic.example", TXT),
                vec![
                    txt("verification=1"),
                    txt("v=spf1 include:_spf.relay.example ip4:192.0.2.0/24 -all"),
                ],
            ),
            (
                ("_dmarc.clinic.example", TXT),
                vec![txt("v=DMARC1; p=reject; rua=mailto:dmarc@clinic.example")],
            ),
            (("s1._domainkey.clinic.example", TXT), vec![txt("v=DKIM1; p=")]),
            (("clinic.example", MX), vec![mx]),
        ]);
        let resolver = name_server(records).await;
        let told = async |domain: &str, selectors: &[&str]| {
            let selectors: Vec<String> = selectors.iter().map(|selector| (*selector).to_owned()).collect();
            let remarks = resolver.examine(domain, "clinic.example", &selectors).await?;
            Ok::<_, String>(
                remarks
                    .into_iter()
                    .map(|remark| (remark.grade, remark.text))
                    .collect::<Vec<_>>(),
            )
        };
        let well = |text: &str| (Grade::Well, text.to_owned());
        let whole = told("clinic.example", &["s1", "s2"]).await.unwrap();
        assert_eq!(
            whole,
            [
                well("SPF names who may send, and refuses others (`-all`)"),
                well("DMARC refuses what nobody vouches for (`p=reject`)"),
                well("DMARC's reports go to its own mailbox"),
                (Grade::Ill, "the key of `s1` is revoked (`p=` is empty)".to_owned()),
                (
                    Grade::Ill,
                    "no DKIM key under the selector `s2`: its signatures count for nothing".to_owned()
                ),
                well("mail to it goes to mx.clinic.example."),
            ]
        );
        let child = told("mail.clinic.example", &[]).await.unwrap();
        assert_eq!(child[0].0, Grade::Doubtful, "no SPF of its own: {child:?}");
        assert_eq!(
            child[1],
            well("DMARC refuses what nobody vouches for (`p=reject`)"),
            "its parent's DMARC"
        );
        assert_eq!(child[3].1, "nothing takes mail for it (no MX, no address)");
        let silent = told("silent.example", &[]).await.unwrap_err();
        assert!(silent.contains("silent.example"), "{silent}");
    }
}

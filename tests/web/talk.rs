//! Talk with the page over a socket, byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer takes, the store's patience included.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// 0 where the connection ended without one.
    pub(super) status: u16,
    /// The head, in small letters.
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    /// The answers in what came over a connection, one after another.
    pub(super) fn all_in(mut bytes: &[u8]) -> Vec<Self> {
        let mut replies = Vec::new();
        while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let status = head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .unwrap_or_default();
            bytes = &bytes[end + 4..];
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length
                .and_then(|length| length.parse().ok())
                .unwrap_or(bytes.len())
                .min(bytes.len());
            let body = String::from_utf8_lossy(&bytes[..length]).into_owned();
            bytes = &bytes[length..];
            replies.push(Self { status, head, body });
        }
        replies
    }

    /// The answer has this status.
    #[track_caller]
    pub(super) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "wanted {status}: {self:?}");
        self
    }

    /// The page says this.
    #[track_caller]
    pub(super) fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "`{words}` is not in {self:?}");
        self
    }

    /// The page does not say this, in no case of letters.
    #[track_caller]
    pub(super) fn never_says(self, words: &str) -> Self {
        assert!(
            !self.body.to_lowercase().contains(&words.to_lowercase()),
            "`{words}` is in {self:?}"
        );
        self
    }

    /// The value of a field of the head.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The value of the first control with this name.
    pub(super) fn value(&self, name: &str) -> String {
        let rest = self.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
        rest.unwrap_or_else(|| panic!("no `{name}` in {self:?}"))
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The forms of the page as a robot sends them that fills nothing in: what each control says by itself.
    pub(super) fn forms(&self) -> Vec<String> {
        let forms = self
            .body
            .split("<form ")
            .skip(1)
            .map(|form| form.split("</form>").next().unwrap().to_owned());
        forms
            .map(|form| {
                let hidden = form.split("type=\"hidden\" name=\"").skip(1);
                let pairs = hidden.map(|rest| {
                    let mut quoted = rest.split('"');
                    (quoted.next().unwrap().to_owned(), quoted.nth(1).unwrap().to_owned())
                });
                pairs
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
                    .join("&")
            })
            .collect()
    }
}

/// A connection.
pub(super) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Everything that comes until the other side ends it, which it must in time. A signal on the way (a machine that was frozen for a
/// moment) is no end: the library reads on.
pub(super) fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // Cut off while we had something to say still: what came before counts.
        Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {}
        Err(error) => panic!("no end after {} bytes: {error}", bytes.len()),
    }
    bytes
}

/// Sends one request that closes its connection; gives the answer, or an empty one.
pub(super) fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> Reply {
    let mut stream = connect(address);
    // Where it is cut off in the middle there may be an answer all the same.
    drop(stream.write_all(request.as_ref()));
    Reply::all_in(&read_to_end(&mut stream)).into_iter().next().unwrap_or(Reply {
        status: 0,
        head: String::new(),
        body: String::new(),
    })
}

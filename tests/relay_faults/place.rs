//! Where the program finds the relay: straight at the judge, behind TLS, or nowhere.

use super::front::{Front, Tls};
use super::strait::Strait;
use crate::support::judge::Judge;
use std::path::Path;
use std::process::{Command, Stdio};
use tokio::net::{TcpSocket, TcpStream};

/// How the relay is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// In clear text.
    Clear,
    /// Nobody listens on its port.
    Closed,
    /// Its port swallows every call and never answers one.
    BlackHole,
    /// Under a name, with such name servers.
    Named(Names),
    /// In clear text, for so many connections at a time.
    AtMost(usize),
    /// In clear text, through buffers so small that a long letter does not fit in.
    Narrow,
    /// Over TLS.
    Secure(Tls),
}

/// What becomes of the relay's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// There is no host of that name.
    Unknown,
    /// No name server answers.
    Unanswered,
    /// Two addresses, of which the first is dead.
    OneDead,
    /// One address at first, and another one as soon as somebody has called there.
    Moves,
}

/// Runs a command where the files below the first argument lie over those of `/etc`.
const UNDER_OTHER_NAMES: &str = "for file in hosts nsswitch.conf resolv.conf host.conf; do
  mount --bind \"$1/$file\" \"/etc/$file\" || exit 70; done; shift; exec \"$@\"";

/// Ways into a namespace of one's own.
const WAYS: [&[&str]; 2] = [&["--user", "--map-root-user", "--mount"], &["--mount"]];

/// A line that is laid; it ends when dropped.
pub(super) struct Laid {
    host: &'static str,
    port: u16,
    tls: &'static str,
    front: Option<Front>,
    _hole: Option<BlackHole>,
    names: Option<NameFiles>,
    #[expect(dead_code, reason = "kept for as long as the port must be closed")]
    silent: Option<SilentPort>,
    strait: Option<Strait>,
}

impl Line {
    /// Lays the line to the judge.
    pub(super) fn lay(self, judge: &Judge) -> Laid {
        let laid = |host, port, tls| Laid {
            host,
            port,
            tls,
            front: None,
            _hole: None,
            names: None,
            silent: None,
            strait: None,
        };
        match self {
            Line::Clear => laid("127.0.0.1", judge.port(), "none"),
            Line::Closed => {
                let silent = SilentPort::take();
                Laid {
                    silent: Some(silent.1),
                    ..laid("127.0.0.1", silent.0, "none")
                }
            }
            Line::Narrow => {
                let strait = Strait::that_is_narrow(judge.port());
                Laid {
                    strait: Some(strait),
                    ..laid("127.0.0.1", 0, "none")
                }
                .at_its_strait()
            }
            Line::AtMost(most) => {
                let strait = Strait::for_at_most(most, judge.port());
                Laid {
                    strait: Some(strait),
                    ..laid("127.0.0.1", 0, "none")
                }
                .at_its_strait()
            }
            Line::Named(Names::Moves) => {
                let names = NameFiles::write(Names::Moves);
                let hosts = names.as_ref().map(|names| names.folder.path().join("hosts"));
                Laid {
                    strait: hosts.map(|hosts| Strait::that_moves(judge.port(), hosts)),
                    names,
                    ..laid("localhost", 0, "none")
                }
                .at_its_strait()
            }
            Line::Named(names) => Laid {
                names: NameFiles::write(names),
                ..laid("localhost", judge.port(), "none")
            },
            Line::BlackHole => {
                let hole = BlackHole::dig();
                Laid {
                    _hole: Some(hole.1),
                    ..laid("127.0.0.1", hole.0, "none")
                }
            }
            Line::Secure(tls) => {
                let front = Front::before(judge.port(), tls);
                let port = front.port();
                Laid {
                    front: Some(front),
                    ..laid("localhost", port, tls.way.setting())
                }
            }
        }
    }

    /// The line when its trouble is over.
    pub(super) fn healed(self) -> Self {
        match self {
            Line::Clear | Line::Closed | Line::BlackHole | Line::Named(_) | Line::AtMost(_) | Line::Narrow => Line::Clear,
            Line::Secure(tls) => Line::Secure(tls.healed()),
        }
    }
}

impl Laid {
    fn at_its_strait(self) -> Self {
        let port = self.strait.as_ref().map_or(self.port, Strait::port);
        Self { port, ..self }
    }

    /// What stands under `relay:` for it.
    pub(super) fn setting(&self) -> String {
        let roots = self.front.as_ref().map_or("", |_| ", roots: authority.pem");
        format!(
            "host: {}, port: {}, tls: {}, test: true{roots}",
            self.host, self.port, self.tls
        )
    }

    /// What the program is run through.
    pub(super) fn through(&self) -> Vec<String> {
        self.names.as_ref().map(NameFiles::wrapper).unwrap_or_default()
    }

    /// The authority that the program shall trust.
    pub(super) fn authority(&self) -> Option<String> {
        let front = self.front.as_ref()?;
        Some(std::fs::read_to_string(front.certificate().authority()).unwrap())
    }
}

/// A port that is taken, so that nobody else gets it, and at which nobody listens.
struct SilentPort {
    _socket: TcpSocket,
}

impl SilentPort {
    fn take() -> (u16, Self) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        (port, Self { _socket: socket })
    }
}

/// A port whose queue is full and stays so: the kernel lets further calls wait.
struct BlackHole {
    _runtime: tokio::runtime::Runtime,
    _listener: tokio::net::TcpListener,
    _callers: Vec<TcpStream>,
}

impl BlackHole {
    fn dig() -> (u16, Self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (listener, callers) = runtime.block_on(async {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let listener = socket.listen(1).unwrap();
            let mut callers = Vec::new();
            for _ in 0..8 {
                let call = TcpStream::connect(listener.local_addr().unwrap());
                match tokio::time::timeout(std::time::Duration::from_millis(200), call).await {
                    Ok(caller) => callers.push(caller.unwrap()),
                    Err(_) => break,
                }
            }
            (listener, callers)
        });
        assert!(callers.len() < 8, "the kernel keeps more callers waiting than it was told to");
        let port = listener.local_addr().unwrap().port();
        let hole = Self {
            _runtime: runtime,
            _listener: listener,
            _callers: callers,
        };
        (port, hole)
    }
}

/// The files in which a machine's names stand, for one program only.
struct NameFiles {
    folder: tempfile::TempDir,
    way: &'static [&'static str],
}

impl NameFiles {
    /// Names that lead where the test wants; only [`can_rename`] machines come here.
    fn write(names: Names) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (hosts, services) = match names {
            Names::Unknown => ("", "hosts: files\n"),
            Names::Unanswered => ("", "hosts: dns\n"),
            Names::Moves => ("", "hosts: files\n"),
            Names::OneDead => ("127.0.0.9 localhost\n127.0.0.1 localhost\n", "hosts: files\n"),
        };
        let files = [
            ("hosts", hosts),
            ("nsswitch.conf", services),
            ("resolv.conf", "nameserver 127.0.0.9\noptions timeout:1 attempts:1\n"),
            ("host.conf", "multi on\n"),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let way = WAYS.into_iter().find(|way| is_open(way, folder.path()))?;
        Some(Self { folder, way })
    }

    fn wrapper(&self) -> Vec<String> {
        let folder = self.folder.path().to_str().unwrap();
        let words = [&["unshare"], self.way, &["sh", "-c", UNDER_OTHER_NAMES, "sh", folder]].concat();
        words.into_iter().map(str::to_owned).collect()
    }
}

fn is_open(way: &[&str], folder: &Path) -> bool {
    let tried = Command::new("unshare")
        .args(way)
        .args(["sh", "-c", UNDER_OTHER_NAMES, "sh"])
        .args([folder.as_os_str(), "true".as_ref()])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// Whether a test may give names to addresses here.
pub(super) fn can_rename() -> bool {
    NameFiles::write(Names::Unknown).is_some()
}

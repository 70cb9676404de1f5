//! One run of the program: started, waited for or killed, and what it said.

use super::Workspace;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longer than any test run takes on a slow machine; a run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(180);
const GLANCE: Duration = Duration::from_millis(5);

/// A run that has not ended yet; dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
    told: String,
}

/// What a run left behind.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The exit code; `None` where a signal ended the run.
    pub(crate) status: Option<i32>,
    /// The data.
    pub(crate) stdout: String,
    /// The talk.
    pub(crate) stderr: String,
    told: String,
}

impl Workspace {
    /// Runs the program with these arguments to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.spawn(arguments).wait()
    }

    /// Starts the program with these arguments.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        let mut command = self.command();
        command.args(arguments);
        Running::start(command, format!("tidings {}", arguments.join(" ")))
    }

    /// Starts the program with these arguments through one more command, such as `sh -c 'ulimit -n 16; exec "$@"' sh`.
    pub(crate) fn spawn_through(&self, wrapper: &[&str], arguments: &[&str]) -> Running {
        let mut command = self.wrapped(wrapper);
        command.args(arguments);
        let told = format!("{} tidings {}", wrapper.join(" "), arguments.join(" "));
        Running::start(command, told)
    }

    /// The program in this workspace, with an environment of its own; for tests that wrap it, as with a tracer.
    pub(crate) fn command(&self) -> Command {
        self.wrapped(&[])
    }

    fn wrapped(&self, inner: &[&str]) -> Command {
        let wrapper = self.wrapper.iter().map(String::as_str).chain(inner.iter().copied());
        let words: Vec<&str> = wrapper.chain([env!("CARGO_BIN_EXE_tidings")]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command.env_clear().current_dir(self.root());
        command
            .env("PATH", "/usr/bin:/bin")
            .env("LANG", "C")
            .env("HOME", self.home.path());
        command.envs(self.environment.iter().cloned());
        command
    }
}

impl Running {
    /// Starts any command; `told` is what failures call it.
    pub(crate) fn start(mut command: Command, told: String) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = Some(listen(child.stdout.take().unwrap()));
        let stderr = Some(listen(child.stderr.take().unwrap()));
        Self {
            child,
            stdout,
            stderr,
            told,
        }
    }

    /// The process's number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the kernel says in this file of each thread at work in it (proc_pid_task(5)), without the line's end.
    pub(crate) fn of_each_thread(&self, file: &str) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).into_iter().flatten();
        // A thread may end between the two readings.
        let texts = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join(file)).ok());
        texts.map(|text| text.trim_end().to_owned()).collect()
    }

    /// Whether the run has not ended yet.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Kills the run as a power cut would: no signal handler is asked.
    pub(crate) fn kill(mut self) -> Output {
        self.child.kill().unwrap();
        self.wait()
    }

    /// Sends a signal by its name, such as `TERM`, `INT`, `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .args(["-s", name, &self.pid().to_string()])
            .status()
            .unwrap();
        assert!(done.success(), "no signal {name} for `{}`", self.told);
    }

    /// Waits for the end of the run.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Output {
        let status = self.ended();
        let said = |listener: Option<JoinHandle<String>>| listener.map_or_else(String::new, |listener| listener.join().unwrap());
        let (stdout, stderr) = (said(self.stdout.take()), said(self.stderr.take()));
        let output = Output {
            status: status.and_then(|status| status.code()),
            stdout,
            stderr,
            told: self.told.clone(),
        };
        assert!(
            status.is_some(),
            "the run hangs and was killed after {} s\n{output}",
            PATIENCE.as_secs()
        );
        output
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(GLANCE);
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A run that has ended cannot be killed any more, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn listen(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Output {
    /// The run ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.status, Some(code), "wanted exit code {code}\n{self}");
        self
    }

    /// The data holds these words.
    #[track_caller]
    pub(crate) fn prints(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "`{words}` is not in the data\n{self}");
        self
    }

    /// The talk holds these words.
    #[track_caller]
    pub(crate) fn tells(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "`{words}` is not in the talk\n{self}");
        self
    }

    /// Neither data nor talk holds these words.
    #[track_caller]
    pub(crate) fn never_says(self, words: &str) -> Self {
        assert!(
            !self.stdout.contains(words) && !self.stderr.contains(words),
            "`{words}` was said\n{self}"
        );
        self
    }

    /// Nothing at all was said: what cron expects of a run with nothing to do.
    #[track_caller]
    pub(crate) fn says_nothing(self) -> Self {
        assert!(self.stdout.is_empty() && self.stderr.is_empty(), "wanted silence\n{self}");
        self
    }

    /// The data as JSON, one value a line.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        let value = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}\n{self}"));
        self.stdout.lines().map(value).collect()
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let status = self.status.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        write!(
            f,
            "$ {}\nended with {status}\n── stdout\n{}── stderr\n{}",
            self.told, self.stdout, self.stderr
        )
    }
}

fn shell(script: &str) -> Running {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Running::start(command, format!("sh -c {script:?}"))
}

#[test]
fn a_run_is_told_with_all_it_said() {
    let output = shell("echo '{\"a\": 1}'; echo talk >&2; exit 3")
        .wait()
        .exits(3)
        .prints("\"a\"")
        .tells("talk")
        .never_says("x");
    assert_eq!(output.json(), [serde_json::json!({"a": 1})]);
    assert!(
        output
            .to_string()
            .contains("ended with 3\n── stdout\n{\"a\": 1}\n── stderr\ntalk\n"),
        "{output}"
    );
    shell("exit 0").wait().exits(0).says_nothing();
}

#[test]
fn a_run_can_be_killed_and_signalled() {
    assert_eq!(shell("exec sleep 100").kill().status, None);
    let mut running = shell("exec sleep 100");
    assert!(running.is_alive());
    running.signal("TERM");
    assert_eq!(running.wait().status, None);
}

#[test]
fn the_program_sees_only_its_own_environment() {
    let workspace = Workspace::empty().environment("SSL_CERT_FILE", "ca.pem");
    let command = workspace.command();
    let names: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| value.and(name.to_str()))
        .collect();
    assert_eq!(names, ["HOME", "LANG", "PATH", "SSL_CERT_FILE"]);
    assert_eq!(command.get_current_dir(), Some(workspace.root()));
}

#[test]
fn the_program_can_be_run_through_others() {
    let mut workspace = Workspace::empty();
    workspace.run_through(vec!["env".to_owned(), "LANG=C".to_owned()]);
    let output = workspace
        .spawn_through(&["sh", "-c", "echo wrapped; exec \"$@\"", "sh"], &["--version"])
        .wait();
    output.exits(0).prints("wrapped").prints("tidings 0");
}

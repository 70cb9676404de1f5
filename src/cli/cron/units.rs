//! The two units for systemd: a service that runs once, and the timer that starts it.
//!
//! Promises: the service may write in the workspace and where log and status files are, and nowhere else; it is given the time to hear
//! the relay's last answers out before it is killed. A second run never begins beside the first.

use super::job::Job;
use super::quoted::{for_shell, for_unit, for_unit_text};
use crate::cli::failure::{Failure, Kind};
use crate::relay::server::Deadlines;
use std::path::Path;

/// What a system's service can be locked with; nothing of it keeps a run from reading its files and calling its relay.
const LOCKED: &str = "\
NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=read-only
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RemoveIPC=true
";

/// The same for a user's own service, which cannot have the file system locked for it everywhere.
const LOCKED_EVERYWHERE: &str = "\
LockPersonality=true
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077
";

/// Folders that are another one for a service with `PrivateTmp=`.
const TEMPORARY: [&str; 2] = ["/tmp", "/var/tmp"];

/// Which of the two is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Part {
    /// The service.
    Service,
    /// The timer.
    Timer,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Timer => "timer",
        }
    }
}

/// The units of one job.
pub(super) struct Units<'a> {
    /// The job.
    pub(super) job: &'a Job,
    /// Whether they are for a user's own systemd.
    pub(super) is_users: bool,
}

impl Units<'_> {
    /// Systemd starts no program with a quote in its path, however it is told.
    pub(super) fn refuse_unsayable(&self) -> Result<(), Failure> {
        let program = &self.job.program;
        match program.contains(['"', '\'']) {
            true => Err(Failure::new(
                Kind::Usage,
                format!("systemd starts no program with a quote in its path: {program}"),
            )
            .hint("call this program by a link without one, and it prints that")),
            false => Ok(()),
        }
    }

    /// The unit's file name.
    pub(super) fn file_name(&self, part: Part) -> String {
        format!("{}.{}", self.job.name, part.word())
    }

    /// The unit's text.
    pub(super) fn text(&self, part: Part) -> String {
        match part {
            Part::Service => self.service(),
            Part::Timer => self.timer(),
        }
    }

    /// The three commands that install them, as comments.
    pub(super) fn commands(&self) -> String {
        let folder = match self.is_users {
            true => "~/.config/systemd/user",
            false => "/etc/systemd/system",
        };
        let timer = self.file_name(Part::Timer);
        let (sudo, save) = if self.is_users { ("", ">") } else { ("sudo ", "| sudo tee") };
        let end = if self.is_users { "" } else { " >/dev/null" };
        let user = if self.is_users { " --user" } else { "" };
        let print = |part: Part| {
            let (prepare, file) = match (self.is_users, part) {
                (true, Part::Service) => (format!("mkdir -p {folder} && "), self.file_name(part)),
                (_, _) => (String::new(), self.file_name(part)),
            };
            let command = self.own_command();
            format!("#   {prepare}{command} --part {} {save} {folder}/{file}{end}", part.word())
        };
        let mut lines = vec![
            "# Two files follow, a service and its timer. Nothing is installed yet; these three commands do it:".to_owned(),
            print(Part::Service),
            print(Part::Timer),
            format!("#   {sudo}systemctl{user} daemon-reload && {sudo}systemctl{user} enable --now {timer}"),
            format!(
                "# `systemctl{user} list-timers {timer}` tells when it beats next, `journalctl{user} -u {}` what was said.",
                self.file_name(Part::Service)
            ),
        ];
        if self.is_users {
            lines.push("# `loginctl enable-linger` keeps it going while you are not logged in.".to_owned());
        }
        lines.join("\n")
    }

    /// The command line that prints these units.
    fn own_command(&self) -> String {
        let job = self.job;
        let mut words = vec![job.program.as_str(), "-C", &job.workspace, "cron", "--every"];
        let every = job.rhythm.typed();
        words.push(&every);
        for (flag, file) in [("--log-file", &job.log_file), ("--status-file", &job.status_file)] {
            words.extend(file.iter().flat_map(|file| [flag, file.as_str()]));
        }
        words.push("--systemd");
        words.extend(self.is_users.then_some("--user"));
        let words: Vec<String> = words.into_iter().map(for_shell).collect();
        words.join(" ")
    }

    fn service(&self) -> String {
        let job = self.job;
        let mut text = format!("[Unit]\nDescription=Tidings for {}\n", for_unit_text(&job.workspace));
        if !self.is_users {
            text.push_str("Wants=network-online.target\nAfter=network-online.target nss-lookup.target time-sync.target\n");
        }
        let mounts: Vec<String> = job.folders().into_iter().map(for_unit).collect();
        text.push_str(&format!(
            "RequiresMountsFor={}\n\n[Service]\nType=oneshot\n",
            mounts.join(" ")
        ));
        if let (false, Some(owner)) = (self.is_users, &job.owner) {
            text.push_str(&format!("User={}\n", owner.user));
        }
        text.push_str(&format!("ExecStart={}\n", self.exec_start()));
        text.push_str(
            "# 75: stopped for now, and the next run goes on. Every other code but 0 needs a person.\nSuccessExitStatus=75\n",
        );
        text.push_str("# As long as it takes: a large list goes out over hours.\nTimeoutStartSec=infinity\n");
        text.push_str("# Asked to stop, a run begins no letter more and hears the relay out on those that are under way.\n");
        text.push_str("KillMode=mixed\nKillSignal=SIGTERM\n");
        text.push_str(&format!("TimeoutStopSec={}min\n\n", minutes_to_hear_out()));
        if !self.is_users {
            text.push_str(LOCKED);
            text.push_str(&format!("ReadWritePaths={}\n", mounts.join(" ")));
            text.push_str(self.private_tmp());
        } else {
            text.push_str("NoNewPrivileges=true\n");
        }
        text.push_str(LOCKED_EVERYWHERE);
        text
    }

    fn exec_start(&self) -> String {
        let mut words = self.job.words();
        // Without the colon, `$` would begin a variable.
        if words.iter().any(|word| word.contains('$'))
            && let Some(program) = words.first_mut()
        {
            program.insert(0, ':');
        }
        let words: Vec<String> = words.iter().map(|word| for_unit(word)).collect();
        words.join(" ")
    }

    fn private_tmp(&self) -> &'static str {
        let is_temporary = |folder: &&str| TEMPORARY.iter().any(|temporary| Path::new(folder).starts_with(temporary));
        match self.job.folders().iter().any(is_temporary) {
            true => "# Not PrivateTmp=: what is written lies in a temporary folder.\n",
            false => "PrivateTmp=true\n",
        }
    }

    fn timer(&self) -> String {
        let job = self.job;
        format!(
            "[Unit]\nDescription=Tidings for {}, every {}\n\n[Timer]\nOnCalendar={}\n\
             # After a time without power or awake, one run at once makes up for all that were missed.\nPersistent=true\n\
             AccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n",
            for_unit_text(&job.workspace),
            job.rhythm.words(),
            job.rhythm.on_calendar()
        )
    }
}

/// How long the relay's answers to a letter that has just begun may take altogether.
fn minutes_to_hear_out() -> u64 {
    let Deadlines {
        reply,
        data,
        block,
        end_of_data,
        quit,
        ..
    } = Deadlines::default();
    (reply + data + block + end_of_data + quit).as_secs().div_ceil(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_is_asked_to_stop_is_given_the_time_for_the_relays_last_answer() {
        let deadlines = Deadlines::default();
        assert!(minutes_to_hear_out() * 60 > deadlines.end_of_data.as_secs());
        assert!(minutes_to_hear_out() < 30, "a machine that shuts down waits so long at most");
    }
}

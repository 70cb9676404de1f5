//! What logrotate has to be told of the log.

use super::job::Job;
use super::owner::Owner;
use crate::cli::failure::{Failure, Kind};
use std::path::Path;

/// Logrotate takes the name for a pattern; these would be more than themselves in it.
const PATTERN: &str = "*?[]{}'\"";

/// The snippet. A run opens its log anew for each line, so the file may be moved at any time and nobody has to be told.
pub(super) fn rotation(job: &Job) -> Result<String, Failure> {
    let Some(log) = &job.log_file else {
        return Err(Failure::new(Kind::Usage, "which file is to be rotated?").hint("name it as for `run`: `--log-file FILE`"));
    };
    if log.contains(|c| PATTERN.contains(c)) {
        let text = format!("logrotate would take `{log}` for a pattern");
        return Err(Failure::new(Kind::Usage, text).hint("give the log a name without quotes, brackets, `*` and `?`"));
    }
    let name = &job.name;
    let mut lines = vec![
        format!("# Save this as /etc/logrotate.d/{name}; `logrotate --debug /etc/logrotate.d/{name}` tells what it would do."),
        "# A run opens its log anew for each line it writes: nobody has to be told that the file was moved.".to_owned(),
        format!("\"{log}\" {{"),
    ];
    // Where others than root can write in the folder, logrotate works as one of them or not at all.
    let owner = Path::new(log)
        .parent()
        .and_then(Owner::of)
        .filter(|owner| owner.user != "root");
    lines.extend(owner.map(|Owner { user, group }| format!("    su {user} {group}")));
    let rest = [
        "monthly",
        "rotate 12",
        "missingok",
        "notifempty",
        "compress",
        "delaycompress",
        "nocreate",
    ];
    lines.extend(rest.map(|line| format!("    {line}")));
    lines.push("}".to_owned());
    Ok(lines.join("\n"))
}

//! Words as sh, cron, systemd and logrotate have to be told them, so that a path comes out as it went in.
//!
//! No backslash stands in what is printed but the one that cron wants before `%`: programs differ in what they make of others.

/// A path that can be told to all of them, or why it cannot.
pub(super) fn sayable(path: &std::path::Path) -> Result<String, String> {
    let shown = path.display().to_string().replace(char::is_control, "?");
    let Some(text) = path.to_str() else {
        return Err(format!("the name `{shown}` is not UTF-8"));
    };
    let culprit = text.chars().find(|c| c.is_control() || *c == '\\');
    match culprit {
        None => Ok(text.to_owned()),
        Some('\n') => Err(format!("the name `{shown}` has a line end in it, which no crontab can say")),
        Some('\\') => Err(format!(
            "the name `{shown}` has a backslash in it, which each cron reads differently"
        )),
        Some(_) => Err(format!("the name `{shown}` has a control character in it")),
    }
}

/// A word for sh.
pub(in crate::cli) fn for_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@,=".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\"'\"'")),
    }
}

/// A command for a crontab line, where a bare `%` would end it.
pub(super) fn for_crontab(command: &str) -> String {
    command.replace('%', "\\%")
}

/// A word for a unit file. `$` is left alone: where it would be a variable, `ExecStart=:` keeps it from being one.
pub(super) fn for_unit(word: &str) -> String {
    let told = for_unit_text(word);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@,=%$".contains(c);
    match (told.chars().all(is_plain), told.contains('"')) {
        (true, _) => told,
        (false, false) => format!("\"{told}\""),
        (false, true) => format!("\"{}\"", told.replace('"', "\"'\"'\"")),
    }
}

/// Text for a unit file, such as a description.
pub(super) fn for_unit_text(text: &str) -> String {
    text.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn words_are_quoted_where_they_need_it() {
        for (word, shell, unit) in [
            ("/srv/mail", "/srv/mail", "/srv/mail"),
            ("/a b", "'/a b'", "\"/a b\""),
            ("/it's", "'/it'\"'\"'s'", "\"/it's\""),
            ("/a\"b'", "'/a\"b'\"'\"''", "\"/a\"'\"'\"b'\""),
            ("/50%", "'/50%'", "/50%%"),
            ("/$HOME", "'/$HOME'", "/$HOME"),
            ("/épices", "'/épices'", "\"/épices\""),
            ("", "''", ""),
        ] {
            assert_eq!((for_shell(word).as_str(), for_unit(word).as_str()), (shell, unit));
        }
        assert_eq!(for_crontab("'/50%' run"), "'/50\\%' run");
    }

    #[test]
    fn what_cannot_be_said_is_refused_with_words() {
        assert_eq!(sayable(Path::new("/srv/é %$'\"")), Ok("/srv/é %$'\"".to_owned()));
        for (path, why) in [("/a\nb", "line end"), ("/a\\b", "backslash"), ("/a\tb", "control character")] {
            let told = sayable(Path::new(path)).unwrap_err();
            assert!(told.contains(why) && !told.contains(char::is_control), "{told:?}");
        }
        let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"/a\xff");
        assert!(sayable(Path::new(odd)).unwrap_err().contains("UTF-8"));
    }
}

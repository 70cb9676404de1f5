//! The boxes: a Maildir and an mbox in which other programs work at the same time.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;
use tidings::mailbox::{self, Fate, MailboxError, Source};

/// A Maildir, empty.
fn maildir() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("Maildir");
    for name in ["new", "cur", "tmp"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    (place, folder)
}

fn mail(subject: &str) -> String {
    format!("From: ann@example.org\nSubject: {subject}\n\nhello\n")
}

/// The subjects in the order in which they are read, each with the fate that `fate` gives it.
fn subjects(source: &Source, mut fate: impl FnMut(&str) -> Fate) -> Result<Vec<String>, MailboxError> {
    let mut subjects = Vec::new();
    let looked_at = mailbox::read(source, &mut |mail| {
        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
        let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or("none");
        subjects.push(subject.to_owned());
        Ok::<_, MailboxError>(fate(subject))
    })?;
    assert_eq!(looked_at, subjects.len() as u64);
    Ok(subjects)
}

/// All files of a Maildir, as `half/name`.
fn files(folder: &Path) -> BTreeSet<String> {
    let halves = ["new", "cur", "tmp"].into_iter();
    let names = halves.flat_map(|half| {
        let entries = fs::read_dir(folder.join(half)).unwrap();
        entries.map(move |entry| format!("{half}/{}", entry.unwrap().file_name().to_string_lossy()))
    });
    names.collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_mail_that_is_done_moves_and_one_that_is_not_stays() {
    let (_place, folder) = maildir();
    for (name, subject) in [
        ("new/1764580003.a.host", "third"),
        ("cur/1764580001.b.host:2,", "first"),
        ("cur/1764580002.c.host:2,FT", "second"),
        ("new/1764580004.d.host", "stays"),
        ("cur/1764580005.e.host", "no flags"),
        ("cur/1764580006.f.host:1,odd", "odd flags"),
        ("cur/1764580007.g.host:2,RS", "seen"),
        ("new/.hidden", "hidden"),
        ("tmp/1764580000.h.host", "not there yet"),
    ] {
        fs::write(folder.join(name), mail(subject)).unwrap();
    }
    let source = Source::recognise(&folder).unwrap();
    let fate = |subject: &str| if subject == "stays" { Fate::Stays } else { Fate::Done };
    let read = subjects(&source, fate).unwrap();
    assert_eq!(read, ["first", "second", "third", "stays", "no flags", "odd flags", "seen"]);
    let after = set(&[
        "cur/1764580003.a.host:2,S",
        "cur/1764580001.b.host:2,S",
        "cur/1764580002.c.host:2,FST",
        "new/1764580004.d.host",
        "cur/1764580005.e.host:2,S",
        "cur/1764580006.f.host:1,odd",
        "cur/1764580007.g.host:2,RS",
        "new/.hidden",
        "tmp/1764580000.h.host",
    ]);
    assert_eq!(files(&folder), after);
    assert_eq!(
        subjects(&source, fate).unwrap(),
        read,
        "a second reading finds the same mails"
    );
    assert_eq!(files(&folder), after, "and moves none");
}

#[test]
fn no_file_is_ever_overwritten() {
    let (_place, folder) = maildir();
    fs::write(folder.join("new/1764580001.a.host"), mail("one")).unwrap();
    fs::write(folder.join("cur/1764580001.a.host:2,S"), mail("other")).unwrap();
    // The rest of a move that was broken off: two names for one file.
    fs::write(folder.join("new/1764580002.b.host"), mail("two names")).unwrap();
    fs::hard_link(folder.join("new/1764580002.b.host"), folder.join("cur/1764580002.b.host:2,S")).unwrap();
    let source = Source::recognise(&folder).unwrap();
    for fate in [Fate::Stays, Fate::Done, Fate::Done] {
        assert_eq!(subjects(&source, |_| fate).unwrap().len(), 3);
    }
    let texts: BTreeSet<String> = files(&folder)
        .iter()
        .map(|name| fs::read_to_string(folder.join(name)).unwrap())
        .collect();
    assert_eq!(texts, [mail("one"), mail("other"), mail("two names")].into());
    assert_eq!(
        files(&folder),
        set(&[
            "cur/1764580001.a.host:2,S",
            "cur/1764580001.a.host_1:2,S",
            "cur/1764580002.b.host:2,S"
        ])
    );
}

#[test]
fn what_is_no_file_is_passed_over_and_what_cannot_be_read_keeps_nobody_waiting() {
    use std::os::unix::fs::symlink;
    let (place, folder) = maildir();
    fs::write(place.path().join("secret"), mail("secret")).unwrap();
    symlink(place.path().join("secret"), folder.join("new/1.link.host")).unwrap();
    symlink("nowhere", folder.join("new/2.dangling.host")).unwrap();
    fs::create_dir(folder.join("new/3.folder.host")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(folder.join("new/4.pipe.host"))
        .status();
    assert!(pipe.unwrap().success());
    fs::write(folder.join("new/5.mail.host"), mail("mail")).unwrap();
    let source = Source::recognise(&folder).unwrap();
    assert_eq!(subjects(&source, |_| Fate::Stays).unwrap(), ["mail"]);
}

#[test]
fn a_name_that_is_no_text_hides_no_mail() {
    use std::os::unix::ffi::OsStrExt as _;
    let (_place, folder) = maildir();
    for name in [&b"1.\xfe.host"[..], b"1.\xff.host"] {
        fs::write(folder.join("new").join(std::ffi::OsStr::from_bytes(name)), mail("odd")).unwrap();
    }
    let source = Source::recognise(&folder).unwrap();
    assert_eq!(subjects(&source, |_| Fate::Done).unwrap(), ["odd", "odd"]);
    assert_eq!(
        files(&folder).len(),
        1,
        "both stay where they are, and look alike when they are told: {:?}",
        files(&folder)
    );
    assert_eq!(fs::read_dir(folder.join("new")).unwrap().count(), 2);
}

#[test]
fn what_cannot_be_marked_is_told_after_all_others() {
    let (_place, folder) = maildir();
    for number in 1..4 {
        fs::write(folder.join(format!("new/{number}.a.host")), mail("mail")).unwrap();
    }
    // A folder that is gone refuses everybody, root included.
    let source = Source::recognise(&folder).unwrap();
    let mut read = 0;
    let told = mailbox::read(&source, &mut |_| {
        read += 1;
        let _ = fs::remove_dir_all(folder.join("cur"));
        let _ = fs::write(folder.join("cur"), "in the way");
        Ok::<_, MailboxError>(Fate::Done)
    });
    assert_eq!(read, 3);
    match told {
        Err(MailboxError::Unmarked { count: 3, example, .. }) => assert_eq!(example, folder.join("new/1.a.host")),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        fs::read_dir(folder.join("new")).unwrap().count(),
        3,
        "every mail is still there"
    );
}

#[test]
fn a_mail_that_cannot_be_acted_on_stays() {
    let (_place, folder) = maildir();
    for number in 1..4 {
        fs::write(folder.join(format!("new/{number}.a.host")), mail(&number.to_string())).unwrap();
    }
    let source = Source::recognise(&folder).unwrap();
    let mut read = 0;
    let told = mailbox::read(&source, &mut |_| {
        read += 1;
        match read {
            1 => Ok(Fate::Done),
            _ => Err(MailboxError::NoFile {
                path: PathBuf::from("the store"),
            }),
        }
    });
    assert!(matches!(told, Err(MailboxError::NoFile { .. })), "{told:?}");
    assert_eq!(files(&folder), set(&["cur/1.a.host:2,S", "new/2.a.host", "new/3.a.host"]));
}

/// An IMAP server shows the mails while they are read: it moves each from `new` to `cur`, and changes flags.
#[test]
fn mails_that_are_moved_meanwhile_are_all_read_and_none_is_lost() {
    let (_place, folder) = maildir();
    let names: Vec<String> = (0..400)
        .map(|number| format!("{}.a{number}.host", 1_764_580_000 + number))
        .collect();
    for name in &names {
        fs::write(folder.join("new").join(name), mail(name)).unwrap();
    }
    let source = Source::recognise(&folder).unwrap();
    let is_over = AtomicBool::new(false);
    let read = std::thread::scope(|scope| {
        scope.spawn(|| {
            for name in names.iter().rev() {
                let _ = fs::rename(folder.join("new").join(name), folder.join("cur").join(format!("{name}:2,")));
            }
            while !is_over.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
        });
        let read = subjects(&source, |_| Fate::Done);
        is_over.store(true, Ordering::Relaxed);
        read
    });
    let read: BTreeSet<String> = read.unwrap().into_iter().collect();
    assert_eq!(read, names.iter().cloned().collect());
    assert_eq!(files(&folder).len(), names.len(), "every mail is there once");
    println!(
        "proof| mailbox | mails of a Maildir that another program moves meanwhile, all read, none lost | {}",
        names.len()
    );
}

#[test]
fn an_mbox_is_read_and_never_written() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("mbox");
    let text = "From ann@example.org Sat Nov 21 10:00:00 2026\nSubject: one\n\n>From here\n>>From there\nFrom now on, no day stands here\n\n\
        From MAILER-DAEMON  Sat Nov 21 10:00:01 2026 +0100\r\nSubject: two\r\n\r\nx\r\n\
        From b@example.org Sat Nov 21 10:00:02 2026\nSubject: torn";
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
    let mut mails = Vec::new();
    let read = mailbox::read(&Source::Mbox(path.clone()), &mut |mail| {
        assert!(
            !place.path().join("mbox.lock").exists(),
            "the lock is given back while somebody acts"
        );
        mails.push(String::from_utf8(mail.bytes.clone()).unwrap());
        Ok::<_, MailboxError>(Fate::Done)
    });
    assert_eq!(read.unwrap(), 3);
    assert_eq!(
        mails[0],
        "Subject: one\n\nFrom here\n>From there\nFrom now on, no day stands here\n\n"
    );
    assert_eq!(mails[1], "Subject: two\r\n\r\nx\r\n");
    assert_eq!(mails[2], "Subject: torn");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no lock is left behind");
}

#[test]
fn an_error_leaves_no_lock_behind() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("mbox");
    fs::write(&path, format!("From a@example.org Sat Nov 21 10:00:00 2026\n{}", mail("one"))).unwrap();
    let told = mailbox::read(&Source::Mbox(path.clone()), &mut |_| {
        Err(MailboxError::NoFile { path: path.clone() })
    });
    assert!(told.is_err());
    fs::write(&path, "no mbox any more\n").unwrap();
    let told = subjects(&Source::Mbox(path.clone()), |_| Fate::Done);
    assert!(matches!(told, Err(MailboxError::NoMbox { .. })), "{told:?}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    File::open(&path).unwrap().try_lock().unwrap();
}

/// A mail server delivers as mail servers do: `mbox.lock`, then mail by mail, some of them torn in the middle for a moment.
#[test]
fn mail_that_comes_in_meanwhile_is_whole_in_the_end() {
    const MAILS: usize = 1_500;
    let place = tempfile::tempdir().unwrap();
    let (path, lock) = (place.path().join("mbox"), place.path().join("mbox.lock"));
    fs::write(&path, "").unwrap();
    let mut read = BTreeSet::new();
    std::thread::scope(|scope| {
        let server = scope.spawn(|| {
            for number in 0..MAILS {
                while File::options().write(true).create_new(true).open(&lock).is_err() {
                    std::thread::yield_now();
                }
                let mut mbox = File::options().append(true).open(&path).unwrap();
                let text = format!(
                    "From a@example.org Sat Nov 21 10:00:00 2026\n{}\n",
                    mail(&format!("number {number}"))
                );
                let (one, other) = text.split_at(text.len() / 2);
                for half in [one, other] {
                    std::io::Write::write_all(&mut mbox, half.as_bytes()).unwrap();
                }
                fs::remove_file(&lock).unwrap();
            }
        });
        let source = Source::Mbox(path.clone());
        loop {
            let is_last = server.is_finished();
            let now = subjects(&source, |_| Fate::Done).unwrap();
            let torn = now.iter().filter(|subject| !subject.starts_with("number ")).count();
            assert_eq!(torn, 0, "the lock keeps the half of a mail from us");
            read.extend(now);
            if is_last {
                break;
            }
        }
    });
    assert_eq!(read.len(), MAILS);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    println!("proof| mailbox | mails of an mbox that a server writes meanwhile, all read, none torn | {MAILS}");
}

#[test]
fn a_mail_is_known_in_every_box() {
    let (place, folder) = maildir();
    let text = mail("the same\n\nFrom here on");
    fs::write(folder.join("new/1.a.host"), text.replace('\n', "\r\n")).unwrap();
    let (mbox, file) = (place.path().join("mbox"), place.path().join("one.eml"));
    let envelope = "From a@example.org Sat Nov 21 10:00:00 2026\n";
    fs::write(&mbox, format!("{envelope}{}\n", text.replace("\nFrom here", "\n>From here"))).unwrap();
    fs::write(&file, &text).unwrap();
    let mut hashes = BTreeSet::new();
    for source in [
        Source::recognise(&folder).unwrap(),
        Source::recognise(&mbox).unwrap(),
        Source::recognise(&file).unwrap(),
        Source::Handed(format!("{envelope}{text}").into_bytes()),
    ] {
        let read = mailbox::read(&source, &mut |mail| {
            hashes.insert(mail.hash);
            Ok::<_, MailboxError>(Fate::Done)
        });
        assert_eq!(read.unwrap(), 1, "{}", source.described());
    }
    assert_eq!(hashes.len(), 1);
}

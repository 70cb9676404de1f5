//! Readings: the cursor, the marks, and what a server tells besides.

use super::*;

fn done(mails: u64, cursor: &str) -> Read {
    Read {
        mails,
        cursor: cursor.to_owned(),
        ..Read::default()
    }
}

#[tokio::test]
async fn only_what_is_new_is_fetched_and_what_is_done_is_marked() {
    let script = Script::opened()
        .lists(&[12, 15, 13])
        .hands_out(&[13, 15])
        .says("UID STORE 13,15 +FLAGS.SILENT (\\Seen)", "TAG OK\r\n")
        .says("LOGOUT", "* BYE\r\nTAG OK\r\n");
    let (read, heard) = script.visited(&account(), Some("7:12")).await;
    assert_eq!(read.unwrap(), done(2, "7:15"));
    assert!(heard[1].contains("UID FETCH 13:* "), "{heard:?}");
    assert!(heard[2].contains("UID FETCH 13,15 (UID BODY.PEEK[]<0.5242881>)"), "{heard:?}");
    assert_eq!(heard.len(), 5);
}

#[tokio::test]
async fn another_numbering_begins_anew() {
    let script = Script::opened().lists(&[]);
    let (read, heard) = script.visited(&account(), Some("8:12")).await;
    assert_eq!(read.unwrap(), done(0, "7:0"));
    assert!(heard[1].contains("UID FETCH 1:* "), "{heard:?}");
}

#[tokio::test]
async fn an_empty_folder_is_not_asked() {
    let script = Script::new("* PREAUTH\r\n").says("SELECT", "* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG OK\r\n");
    let (read, heard) = script.visited(&account(), None).await;
    assert_eq!((read.unwrap(), heard.len()), (done(0, "7:0"), 1));
}

#[tokio::test]
async fn what_a_server_tells_of_its_own_accord_is_passed_over() {
    let chatter = "* OK Still here\r\n* 10 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n* ESEARCH (TAG \"x\") UID ALL 3\r\n\
                   * NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* 9 EXPUNGE\r\n";
    let mails = format!("{chatter}{}{chatter}{}TAG OK\r\n", mail(1, "A: b\r\n\r\n"), mail(1, "twice"));
    let script = Script::opened()
        .lists(&[1])
        .says("BODY.PEEK", mails)
        .says("STORE 1 ", format!("{chatter}TAG OK\r\n"));
    assert_eq!(script.visited(&account(), None).await.0.unwrap(), done(1, "7:1"));
}

#[tokio::test]
async fn a_mail_that_is_gone_is_passed_by_and_one_that_is_kept_back_is_not() {
    let gone = Script::opened()
        .lists(&[1, 2])
        .hands_out(&[2])
        .says("STORE 2 ", "TAG OK\r\n")
        .says("UID FETCH 1 (UID RFC822.SIZE)", "TAG OK\r\n");
    assert_eq!(gone.visited(&account(), None).await.0.unwrap(), done(1, "7:2"));
    let kept = Script::opened()
        .lists(&[1, 2])
        .hands_out(&[2])
        .says("STORE 2 ", "TAG OK\r\n")
        .lists(&[1]);
    let error = kept.visited(&account(), None).await.0.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the mail server's answer cannot be understood: it keeps a mail back that it has"
    );
    assert_eq!(error.done, Some(done(0, "7:0")));
}

#[tokio::test]
async fn a_giant_is_passed_over_also_where_the_server_calls_it_small() {
    let giant = "a".repeat(crate::mailbox::MOST_BYTES + 1);
    let listed = "* 1 FETCH (UID 1 RFC822.SIZE 5242881)\r\n* 2 FETCH (UID 2 RFC822.SIZE 30)\r\nTAG OK\r\n";
    let script = Script::opened()
        .says("(UID RFC822.SIZE)", listed)
        .says("UID FETCH 2 (", format!("{}TAG OK\r\n", mail(2, &giant)));
    let (read, heard) = script.visited(&account(), None).await;
    let expected = Read {
        too_large: 2,
        ..done(0, "7:2")
    };
    assert_eq!((read.unwrap(), heard.len()), (expected, 3));
}

#[tokio::test]
async fn what_cannot_be_marked_is_counted() {
    let read_only = Script::new("* PREAUTH\r\n")
        .says(
            "SELECT",
            "* 9 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG OK [READ-ONLY] look only\r\n",
        )
        .lists(&[4])
        .hands_out(&[4])
        .says("LOGOUT", "TAG OK\r\n");
    let refused = Script::opened()
        .lists(&[4])
        .hands_out(&[4])
        .says("STORE", "TAG NO [NOPERM] not you\r\n");
    let expected = Read {
        unmarked: 1,
        ..done(1, "7:4")
    };
    for script in [read_only, refused] {
        assert_eq!(script.visited(&account(), None).await.0.unwrap(), expected);
    }
}

#[tokio::test]
async fn what_nobody_acted_on_stays_unread() {
    let script = Script::opened()
        .lists(&[1, 2])
        .hands_out(&[1, 2])
        .says("LOGOUT", "TAG OK\r\n");
    let (read, _) = script.visited_by(&account(), None, &mut |_| Ok(Fate::Stays)).await;
    assert!(read.is_ok_and(|read| read == done(2, "7:2")));
}

#[tokio::test]
async fn what_cannot_be_taken_ends_the_reading_after_the_marks() {
    let script = Script::opened()
        .lists(&[1, 2, 3])
        .hands_out(&[1, 2, 3])
        .says("UID STORE 1 +FLAGS", "TAG OK\r\n")
        .says("LOGOUT", "TAG OK\r\n");
    let mut taken = 0;
    let (read, heard) = script
        .visited_by(&account(), None, &mut |mail| {
            taken += 1;
            match mail.bytes == b"Subject: 2\r\n\r\n" {
                true => Err("the disk is full"),
                false => Ok(Fate::Done),
            }
        })
        .await;
    assert!(matches!(read, Err(Broken::Taker("the disk is full"))));
    assert_eq!((taken, heard.len()), (2, 5));
}

#[tokio::test]
async fn after_a_fault_the_cursor_stands_behind_the_last_batch() {
    let uids: Vec<u32> = (1..=60).collect();
    let script = Script::opened()
        .lists(&uids)
        .hands_out(&uids[..50])
        .says("STORE", "TAG OK\r\n")
        .says("BODY.PEEK", mail(51, "A: b\r\n\r\n"));
    let error = script.visited(&account(), None).await.0.unwrap_err();
    assert_eq!(error.done, Some(done(50, "7:50")));
    assert!(matches!(error.trouble, Trouble::Lost { .. }) && error.is_for_now());
}

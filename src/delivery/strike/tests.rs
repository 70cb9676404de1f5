use super::*;
use crate::delivery::reply::Stage;

#[test]
fn only_the_addresss_own_refusals_count() {
    for (code, text, expected) in [
        (550, "5.1.1 no such user", Some(Weight::Sure)),
        (550, "5.2.1 mailbox disabled", Some(Weight::Sure)),
        (550, "no such user here", Some(Weight::Hard)),
        (452, "4.2.2 mailbox full", Some(Weight::Soft)),
        (550, "5.7.1 blocked for spam", None),
        (550, "5.4.5 Daily user sending limit exceeded", None),
        (554, "5.7.1 relay access denied", None),
        (552, "5.3.4 too big", None),
    ] {
        let reply = Reply::new(Stage::Rcpt, code, &[text.to_owned()]);
        assert_eq!(Weight::of(&reply), expected, "{code} {text}");
    }
    for weight in [Weight::Soft, Weight::Hard, Weight::Sure] {
        assert_eq!(Weight::parse(weight.as_str()), Some(weight));
    }
}

//! The exports that clinics bring, with the headers that those programs really write.

use super::{Mapping, Meaning, read};
use crate::subscriber::suppression::Reason;

/// Every person as `address answer left key=value …`, and what was said without hints.
#[track_caller]
fn check(list: &[u8], people: &[&str], told: &[&str]) {
    let list = read("subscribers/patients.csv", list, &Mapping::default()).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let person = |row: &super::Row| {
        let one = &row.subscriber;
        let left = match one.left {
            Some(Reason::Unsubscribed) => " unsubscribed",
            Some(Reason::Bounced) => " bounced",
            Some(Reason::Complained) => " complained",
            Some(_) => " other",
            None => "",
        };
        let cells = one.attributes.iter().map(|(name, value)| format!(" {name}={value}"));
        format!(
            "{} {}{left}{}",
            one.address,
            one.consent.answer.as_str(),
            cells.collect::<String>()
        )
    };
    assert_eq!(list.rows.iter().map(person).collect::<Vec<_>>(), people);
    let said: Vec<&str> = list.report.findings.iter().map(|finding| finding.text.as_str()).collect();
    for wanted in told {
        assert!(said.iter().any(|text| text.contains(wanted)), "{wanted}: {said:#?}");
    }
    assert!(list.report.findings.iter().all(|finding| !finding.is_error()));
    let kept = list
        .report
        .columns
        .iter()
        .filter(|column| column.meaning != Meaning::Withheld);
    assert!(kept.count() > 0);
}

#[test]
fn mailchimp_subscribed() {
    let list = "\"Email Address\",\"First Name\",\"Last Name\",Address,\"Phone Number\",Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,\
        LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n\
        ann@example.org,Ann,Lee,,,06/01,2,\"2024-03-14 09:12:31\",203.0.113.7,\"2024-03-14 09:14:00\",203.0.113.7,51.1,-2.3,0,1,Europe/London,GB,BAS,\
        \"2024-03-14 09:14:00\",123,a1b2,likes tea,\"\"\"VIP\"\",\"\"Summer 2024\"\"\"\n";
    check(
        list.as_bytes(),
        &[
            "ann@example.org unknown cc=GB dstoff=1 euid=a1b2 first_name=Ann gmtoff=0 last_changed=2024-03-14 last_name=Lee leid=123 \
           member_rating=2 region=BAS tags=VIP, Summer 2024 timezone=Europe/London",
        ],
        &["not kept, because it looks sensitive: `Birthday`, `OPTIN_IP`, `CONFIRM_IP`, `LATITUDE`, `LONGITUDE`, `NOTES`"],
    );
}

#[test]
fn mailchimp_unsubscribed_and_cleaned() {
    let unsubscribed = "\"Email Address\",\"First Name\",UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,\
        UNSUB_REASON_OTHER,MEMBER_RATING\n\
        ann@example.org,Ann,,,\"2024-03-14 09:12:31\",May,7,\"NORMAL\",,2\nbob@example.org,Bob,,,,,,,,2\n";
    check(
        unsubscribed.as_bytes(),
        &[
            "ann@example.org no unsubscribed first_name=Ann member_rating=2 unsub_campaign_id=7 unsub_campaign_title=May unsub_reason=NORMAL",
            "bob@example.org unknown first_name=Bob member_rating=2",
        ],
        &["columns `UNSUB_REASON` and `UNSUB_REASON` both tell attribute `unsub_reason`"],
    );
    let cleaned =
        "\"Email Address\",\"First Name\",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\nann@example.org,Ann,\"2024-03-14 09:12:31\",May\n";
    check(
        cleaned.as_bytes(),
        &["ann@example.org no bounced clean_campaign_title=May first_name=Ann"],
        &[],
    );
    let status = "email,status\na@example.org,cleaned\nb@example.org,unsubscribed\nc@example.org,subscribed\nd@example.org,Spam complaint\ne@example.org,blocklisted\n";
    check(
        status.as_bytes(),
        &[
            "a@example.org no bounced status=cleaned",
            "b@example.org no unsubscribed status=unsubscribed",
            "c@example.org yes status=subscribed",
            "d@example.org no complained status=Spam complaint",
            "e@example.org no status=blocklisted",
        ],
        &[],
    );
}

#[test]
fn what_mailing_programs_say_of_those_who_left() {
    let brevo =
        "EMAIL,FIRSTNAME,OPT_IN,EMAIL_BLOCKLISTED\na@example.org,Ann,yes,No\nb@example.org,Bob,yes,Yes\nc@example.org,Carl,yes,✓\n";
    check(
        brevo.as_bytes(),
        &[
            "a@example.org yes first_name=Ann",
            "b@example.org no first_name=Bob",
            "c@example.org no first_name=Carl",
        ],
        &[],
    );
    let mailchimp = "Email Address,UNSUB_TIME,UNSUB_REASON\na@example.org,2024-03-14 09:12:31,NORMAL\nb@example.org,2024-03-14 09:12:31,SPAM: marked as spam\n\
        c@example.org,2024-03-14 09:12:31,ABUSE\n";
    check(
        mailchimp.as_bytes(),
        &[
            "a@example.org no unsubscribed unsub_reason=NORMAL",
            "b@example.org no complained unsub_reason=SPAM: marked as spam",
            "c@example.org no complained unsub_reason=ABUSE",
        ],
        &[],
    );
    let status = "email,opt out\na@example.org,unsubscribed\nb@example.org,not interested\nc@example.org,no\n";
    check(
        status.as_bytes(),
        &["a@example.org no", "b@example.org no", "c@example.org unknown"],
        &[],
    );
}

#[test]
fn google_contacts_old_and_new() {
    let old = "Name,Given Name,Additional Name,Family Name,Yomi Name,Nickname,Birthday,Gender,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,\
        E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value\n\
        Ann Lee,Ann,,Lee,,,,,,* myContacts ::: Friends,* Home,ann@example.org ::: ann.lee@example.org,,,Mobile,+44 7700 900123\n";
    check(
        old.as_bytes(),
        &[
            "ann@example.org unknown e_mail_1_type=* Home first_name=Ann group_membership=myContacts, Friends last_name=Lee name=Ann Lee \
           phone_1_type=Mobile phone_1_value=+44 7700 900123",
        ],
        &["the cell holds several addresses; the first one counts"],
    );
    let new = "First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,Organization Name,Birthday,Notes,Photo,Labels,E-mail 1 - Label,\
        E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n\
        Robert,,Smith,,Bob,,Acme,,\"Two\nlines\",,* myContacts ::: Work,* Work,bob@example.org,Mobile,+44 7700 900123 ::: +44 7700 900124\n";
    check(
        new.as_bytes(),
        &[
            "bob@example.org unknown e_mail_1_label=* Work first_name=Bob labels=myContacts, Work last_name=Smith organization_name=Acme \
           phone_1_label=Mobile phone_1_value=+44 7700 900123 ::: +44 7700 900124",
        ],
        &[],
    );
}

#[test]
fn outlook_classic_in_windows_1252() {
    let list = b"\"Title\",\"First Name\",\"Middle Name\",\"Last Name\",\"Company\",\"Home City\",\"Birthday\",\"Categories\",\"E-mail Address\",\"E-mail Type\",\
        \"E-mail Display Name\",\"E-mail 2 Address\",\"Gender\",\"Government ID Number\",\"Language\",\"Notes\",\"Spouse\",\"Web Page\"\r\n\
        \"\",\"Ren\xe9e\",\"\",\"M\xfcller\",\"\",\"Bath\",\"0/0/00\",\"Clients;VIP\",\"renee@example.org\",\"SMTP\",\"Ren\xe9e M\xfcller (renee@example.org)\",\"\",\
        \"Unspecified\",\"\",\"\",\"\",\"\",\"\"\r\n\
        \"\",\"Bob\",\"\",\"Lee\",\"\",\"\",\"0/0/00\",\"\",\"/o=Clinic/ou=First/cn=Recipients/cn=bob\",\"EX\",\"Bob Lee\",\"\",\"Unspecified\",\"\",\"\",\"\",\"\",\"\"\r\n";
    check(
        list,
        &[
            "renee@example.org unknown categories=Clients, VIP e_mail_type=SMTP first_name=Renée home_city=Bath last_name=Müller name=Renée Müller",
        ],
        &[
            "read as windows-1252 it has words such as `Renée`",
            "row left out: the cell holds an address of the Exchange directory",
        ],
    );
}

#[test]
fn clinic_systems() {
    let cliniko = "Patient ID,Title,First name,Last name,Preferred first name,Date of birth,Sex,Email,City,Time zone,Medicare number,Accepted privacy policy,\
        Accepted email marketing,Accepted SMS marketing,Created at,Archived at\n\
        1,Ms,Annabel,Lee,Ann,1980-01-01,Female,ann@example.org,Bath,Europe/London,1,true,true,,2026-01-05 10:00:00 +0000,\n\
        2,Mr,Bob,Lee,,,,bob@example.org,Bath,,,true,,,2026-01-05 10:00:00 +0000,\n\
        3,Mr,Carl,Lee,,,,carl@example.org,Bath,,,true,true,,2026-01-05 10:00:00 +0000,2026-02-01 10:00:00 +0000\n";
    check(
        cliniko.as_bytes(),
        &[
            "ann@example.org yes accepted_privacy_policy=true city=Bath first_name=Ann joined=2026-01-05 last_name=Lee patient_id=1 \
             time_zone=Europe/London title=Ms",
            "bob@example.org unknown accepted_privacy_policy=true city=Bath first_name=Bob joined=2026-01-05 last_name=Lee patient_id=2 title=Mr",
            "carl@example.org no accepted_privacy_policy=true city=Bath first_name=Carl joined=2026-01-05 last_name=Lee patient_id=3 title=Mr",
        ],
        &["`Date of birth`, `Sex`, `Medicare number`"],
    );
    let simple_practice = "Client,What name do they go by?,Email,Email OK,Date Added,Status,Primary Clinician,Primary Insurance\n\
        \"Lee, Annabel\",Ann,ann@example.org,Yes,01/25/2026,Active,Dr Kim,None\n\"Lee, Bob\",,bob@example.org,Yes,01/26/2026,Archived,Dr Kim,\n";
    check(
        simple_practice.as_bytes(),
        &[
            "ann@example.org unknown email_ok=Yes first_name=Ann joined=2026-01-25 last_name=Lee name=Annabel Lee primary_clinician=Dr Kim status=Active",
            "bob@example.org no email_ok=Yes first_name=Bob joined=2026-01-26 last_name=Lee name=Bob Lee primary_clinician=Dr Kim status=Archived",
        ],
        &[],
    );
    let jane = "Preferred First Name,First Name,Last Name,Email,Guardian Email,Last Visit,Visits\nAnn,Annabel,Lee,ann@example.org,,2026-01-05,12\nTim,,Lee,,mum@example.org,,1\n";
    check(
        jane.as_bytes(),
        &["ann@example.org unknown first_name=Ann last_name=Lee last_visit=2026-01-05 visits=12"],
        &[
            "`Guardian Email` is not taken for the address",
            "row left out: the row has no address",
        ],
    );
    let acuity = "First Name,Last Name,Phone,Email,Notes,Days Since Last Appointment,Banned\nAnn,Lee,'+447700900123,ann@example.org,x,12,\nBob,Lee,,bob@example.org,,3,yes\n";
    check(
        acuity.as_bytes(),
        &[
            "ann@example.org unknown days_since_last_appointment=12 first_name=Ann last_name=Lee phone=+447700900123",
            "bob@example.org no days_since_last_appointment=3 first_name=Bob last_name=Lee",
        ],
        &[],
    );
    let mindbody = "Last Name,First Name,ID,Email,Mobile Phone,Status,Send Promotional Emails,Inactive\nLee,Ann,100000012,ann@example.org,,Active,TRUE,FALSE\nLee,Bob,100000013,bob@example.org,,Active,FALSE,FALSE\n";
    check(
        mindbody.as_bytes(),
        &[
            "ann@example.org yes first_name=Ann id=100000012 last_name=Lee status=Active",
            "bob@example.org no first_name=Bob id=100000013 last_name=Lee status=Active",
        ],
        &[],
    );
}

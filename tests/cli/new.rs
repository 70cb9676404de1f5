//! `tidings new`: a text as it lies on the desk becomes a campaign.

use super::{answers, clinic, type_in};

#[test]
fn a_text_that_is_not_there_makes_no_campaign() {
    let clinic = clinic(1);
    let told = "error: cannot read `calmer.txt`: No such file or directory\nhint: check the path; `--article` takes a text file\n";
    answers(&clinic, "new calmer --article calmer.txt", 65, "", told);
    assert!(!clinic.path("campaigns/calmer").exists());
}

#[test]
fn a_file_that_is_far_too_long_for_an_article_is_not_read() {
    let clinic = clinic(1);
    std::fs::File::create(clinic.path("scan.txt"))
        .unwrap()
        .set_len(50_000_000)
        .unwrap();
    let told =
        "error: `scan.txt` has 50 MB, an article at most 1 MB\nhint: an article is text alone; take pictures and scans out\n";
    answers(&clinic, "new scan --article scan.txt", 65, "", told);
    assert!(!clinic.path("campaigns/scan").exists());
    type_in(&clinic, "new folder --article campaigns").exits(65).tells("hint: ");
}

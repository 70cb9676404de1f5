//! Whatever bytes a mail has: no panic, no stack used up, the same notice twice, and nobody leaves whose mail breaks off.
#![no_main]

use tidings::mailbox::{Mail, notice};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mail = Mail::new(data.to_vec());
    let told = notice::read(&mail);
    assert_eq!(told, notice::read(&mail));
    let lines = Mail::new(data.iter().flat_map(|&byte| match byte {
        b'\n' => vec![b'\r', b'\n'],
        byte => vec![byte],
    }).collect());
    if !data.contains(&b'\r') {
        assert_eq!(mail.hash, lines.hash, "the same mail with the line ends of the wire");
    }
});

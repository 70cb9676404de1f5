//! A relay that takes everything at once and keeps nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Starts it on loopback for as long as this process lives; gives its port.
pub(crate) fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A sender that ends in the middle is not this benchmark's matter.
            std::thread::spawn(move || drop(serve(stream)));
        }
    });
    port
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
    let (mut stream, mut line, mut said) = (stream, Vec::new(), b"220 sink ESMTP\r\n".to_vec());
    loop {
        // Answers leave together once nothing more has come in.
        if reader.buffer().is_empty() {
            stream.write_all(&said)?;
            said.clear();
        }
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        let answer: &[u8] = match verb.as_slice() {
            b"EHLO" => b"250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
            b"BDAT" => {
                let command = String::from_utf8_lossy(&line).into_owned();
                let length = command.split_ascii_whitespace().nth(1).and_then(|number| number.parse().ok());
                std::io::copy(&mut reader.by_ref().take(length.unwrap_or(0)), &mut std::io::sink())?;
                b"250 2.0.0 taken\r\n"
            }
            b"QUIT" => return stream.write_all(b"221 2.0.0 bye\r\n"),
            _ => b"250 2.0.0 ok\r\n",
        };
        said.extend(answer);
    }
}

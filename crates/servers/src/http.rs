//! As much of a web client as setting a server up needs.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// A server that listens may still be busy with its start for so long.
const READY: Duration = Duration::from_secs(30);

/// Sends a request without a body until it is answered with one of `wanted`.
///
/// # Errors
/// When it is not within half a minute, with the last answer.
pub(crate) fn expect(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    wanted: &[u16],
) -> io::Result<()> {
    let since = Instant::now();
    loop {
        let answer = ask(port, method, path, headers);
        let status = answer
            .as_ref()
            .ok()
            .and_then(|text| text.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()));
        if status.is_some_and(|status| wanted.contains(&status)) {
            return Ok(());
        }
        if since.elapsed() > READY {
            return Err(io::Error::other(format!("{method} {path} was answered: {answer:?}")));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)]) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(READY))?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\
         Connection: close\r\n"
    );
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

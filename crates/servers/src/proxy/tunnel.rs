//! Connections of which only the bytes matter.

use std::{
    io::{self, BufReader},
    net::{Shutdown, TcpStream},
    thread,
};

use super::{
    Shared,
    flow::{Flow, Stop, Way},
    message::{self, Body},
    script::Fault,
};

/// Copies both ways until both have ended, or a fault ends them.
pub(super) fn copy(
    shared: &Shared,
    place: usize,
    client: &TcpStream,
    server: &TcpStream,
    fault: Option<&Fault>,
) {
    let (to, back) = match fault {
        None => (None, None),
        Some(Fault::CutRequest(bytes)) => (Some((*bytes, Stop::Cut)), None),
        Some(Fault::StallRequest(bytes)) => (Some((*bytes, Stop::Stall)), None),
        Some(Fault::CutAnswer(bytes)) => (None, Some((*bytes, Stop::Cut))),
        Some(Fault::StallAnswer(bytes)) => (None, Some((*bytes, Stop::Stall))),
        Some(_) => return,
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            one_way(client, server, Flow::duplex(shared, place, Way::Sent, server).until(to));
        });
        one_way(server, client, Flow::duplex(shared, place, Way::Received, client).until(back));
    });
}

fn one_way(from: &TcpStream, to: &TcpStream, mut flow: Flow<'_>) {
    let copied = from
        .try_clone()
        .map(BufReader::new)
        .and_then(|mut reader| message::pump(&mut reader, Body::Open, &mut flow));
    if copied.is_ok() {
        let _ = to.shutdown(Shutdown::Write);
    } else {
        end(from, to);
    }
}

fn end(one: &TcpStream, other: &TcpStream) {
    let _ = one.shutdown(Shutdown::Both);
    let _ = other.shutdown(Shutdown::Both);
}

/// Connects to a port of this machine.
pub(super) fn reach(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

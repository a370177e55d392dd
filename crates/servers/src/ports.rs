//! Ports for servers.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

/// Below those that systems give to outgoing connections, which would take one
/// between the look and the server's start.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;
/// So many a program of tests uses before it comes near those of another.
const BLOCK: u16 = 100;

/// How many were asked for in this process: none is given twice.
static GIVEN: AtomicU16 = AtomicU16::new(0);

/// A port that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_port() -> io::Result<u16> {
    let block = u16::try_from(std::process::id() % u32::from(COUNT / BLOCK)).unwrap_or_default();
    for _ in 0..COUNT {
        let given = GIVEN.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (block * BLOCK).wrapping_add(given) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free"))
}

/// Several of them.
pub(crate) fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    for port in &mut ports {
        *port = free_port()?;
    }
    Ok(ports)
}

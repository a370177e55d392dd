//! A proxy that breaks what comes through it, as its script says, and keeps
//! account of it. It stands in front of a server, or is the one that people set
//! in their network settings.

mod connection;
mod flow;
mod message;
mod script;
mod seen;
mod tunnel;

pub use script::{Fault, Reply, Rule, Script, When};
pub use seen::{Request, Seen};

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What a proxy stands for.
#[derive(Debug)]
enum Kind {
    /// A server that speaks HTTP/1.1 on this port.
    Http(u16),
    /// A server that speaks anything on this port.
    Tcp(u16),
    /// Whatever is asked for, with this value of `Proxy-Authorization`.
    Forward(Option<String>),
}

/// What all connections of a proxy share.
#[derive(Debug)]
struct Shared {
    kind: Kind,
    script: Mutex<Script>,
    seen: Mutex<Seen>,
    open: Mutex<HashMap<SocketAddr, TcpStream>>,
    /// The ports of hosts that are not this machine.
    hosts: Mutex<HashMap<String, u16>>,
    ended: AtomicBool,
}

/// A running proxy. Dropping it ends all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Proxy {
    /// In front of a server that speaks HTTP/1.1 on this port, without TLS.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn http(port: u16) -> io::Result<Self> {
        Self::start(Kind::Http(port))
    }

    /// In front of a server that speaks anything: TLS, SFTP, SMB. Cutting,
    /// stalling and the pace apply; every other fault ends the connection at once.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn tcp(port: u16) -> io::Result<Self> {
        Self::start(Kind::Tcp(port))
    }

    /// A proxy for network settings: takes whole addresses, and CONNECT, where
    /// faults are as with [`Proxy::tcp`]. Reaches this machine only. Asks for
    /// user and password when some are given.
    ///
    /// # Errors
    /// When it cannot listen.
    pub fn forward(credentials: Option<(&str, &str)>) -> io::Result<Self> {
        let wanted = credentials.map(|(user, password)| {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        });
        Self::start(Kind::Forward(wanted))
    }

    fn start(kind: Kind) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            kind,
            script: Mutex::default(),
            seen: Mutex::default(),
            open: Mutex::default(),
            hosts: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = thread::spawn(move || accept(&listener, &of_thread));
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Its address without a slash at the end: `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From the next request on this happens.
    pub fn play(&self, script: Script) {
        *lock(&self.shared.script) = script;
    }

    /// From now on a forward proxy takes this host for a port of this machine,
    /// whatever port of it is asked for.
    pub fn lead(&self, host: &str, port: u16) {
        lock(&self.shared.hosts).insert(host.to_owned(), port);
    }

    /// What has come so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        lock(&self.shared.seen).clone()
    }

    /// What has come so far. Counting begins anew; call it while nothing comes.
    #[must_use]
    pub fn take_seen(&self) -> Seen {
        std::mem::take(&mut *lock(&self.shared.seen))
    }

    /// Ends all connections now, as a network that goes away does.
    pub fn cut(&self) {
        for (_, stream) in lock(&self.shared.open).drain() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        self.cut();
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.cut();
    }
}

impl Shared {
    fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn note(&self, request: Request) -> usize {
        let mut seen = lock(&self.seen);
        seen.requests.push(request);
        seen.requests.len() - 1
    }

    /// Changes what is noted of a request, unless it was forgotten meanwhile.
    fn amend(&self, place: usize, change: impl FnOnce(&mut Request)) {
        if let Some(request) = lock(&self.seen).requests.get_mut(place) {
            change(request);
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if shared.ended() {
            return;
        }
        let (Ok(peer), Ok(copy)) = (stream.peer_addr(), stream.try_clone()) else { continue };
        lock(&shared.open).insert(peer, copy);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // Whatever goes wrong here, the client sees its connection end.
            let _ = connection::serve(&shared, &stream);
            let _ = stream.shutdown(Shutdown::Both);
            lock(&shared.open).remove(&peer);
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

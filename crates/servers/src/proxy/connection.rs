//! One client's connection.

use std::{
    io::{self, BufReader, Write as _},
    net::{IpAddr, Shutdown, TcpStream},
};

use super::{
    Kind, Shared,
    flow::{Flow, Stop, Way},
    lock,
    message::{self, Body, Head},
    script::{Fault, Reply},
    seen::Request,
    tunnel,
};

/// So much of a body that is too large is taken before it is refused.
const TAKEN: u64 = 1 << 20;
/// So much more is read and thrown away, so that the refusal arrives.
const DRAINED: u64 = 64 << 20;

/// Serves one connection to its end.
pub(super) fn serve(shared: &Shared, client: &TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    if let Kind::Tcp(port) = shared.kind {
        let request = Request { method: "TCP".to_owned(), ..Request::default() };
        let (place, fault) = admit(shared, request);
        tunnel::copy(shared, place, client, &tunnel::reach(port)?, fault.as_ref());
        return Ok(());
    }
    let mut connection =
        Connection { shared, client, reader: BufReader::new(client.try_clone()?), server: None };
    while let Some(head) = Head::read(&mut connection.reader)? {
        if !connection.request(head)? {
            break;
        }
    }
    Ok(())
}

/// Notes a request and says what befalls it.
fn admit(shared: &Shared, mut request: Request) -> (usize, Option<Fault>) {
    let fault = lock(&shared.script).decide(&request.method, &request.path);
    request.befallen = fault.is_some();
    (shared.note(request), fault)
}

struct Connection<'a> {
    shared: &'a Shared,
    client: &'a TcpStream,
    reader: BufReader<TcpStream>,
    /// The port that it leads to, and the connection.
    server: Option<(u16, BufReader<TcpStream>)>,
}

impl Connection<'_> {
    /// Serves one request. Whether another may follow.
    fn request(&mut self, mut head: Head) -> io::Result<bool> {
        let (method, path) = (head.word(0).to_owned(), head.word(1).to_owned());
        let request = Request {
            method: method.clone(),
            path: path.clone(),
            headers: head.headers.clone(),
            ..Request::default()
        };
        let (place, fault) = admit(self.shared, request);
        let mut exchange =
            Exchange { place, method, body: head.body_of_request(), last: head.is_last() };
        let target = self.target(&mut head);
        if exchange.method == "CONNECT" {
            return self.tunnel(&exchange, target, fault.as_ref());
        }
        if head.header("Expect").is_some() {
            head.remove("Expect");
            self.client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let reply = match &target {
            Err(reply) => Some(reply.clone()),
            Ok(_) => at_once(fault.as_ref(), exchange.body, &path),
        };
        if let Some(reply) = reply {
            let mut flow = Flow::new(self.shared, place, Way::Sent, None);
            message::pump(&mut self.reader, exchange.body, &mut flow)?;
            return self.reply(&exchange, &reply);
        }
        let (Ok(port), fault) = (target, fault) else { return Ok(false) };
        if let (Some(Fault::TooLarge(limit)), Body::Length(length)) = (&fault, exchange.body)
            && length > *limit
        {
            let taken = Some((TAKEN.min(*limit), Stop::Cut));
            let mut flow = Flow::new(self.shared, place, Way::Sent, None).until(taken);
            let _ = message::pump(&mut self.reader, exchange.body, &mut flow);
            exchange.last = true;
            return self.reply(&exchange, &Reply::status(413));
        }
        self.pass_on(port, &head, exchange, fault.as_ref())
    }

    /// The port that a request is for; what a forward proxy is told goes.
    fn target(&self, head: &mut Head) -> Result<u16, Reply> {
        let wanted = match &self.shared.kind {
            Kind::Http(port) | Kind::Tcp(port) => return Ok(*port),
            Kind::Forward(wanted) => wanted,
        };
        if wanted.as_deref() != head.header("Proxy-Authorization") && wanted.is_some() {
            return Err(Reply::status(407).header("Proxy-Authenticate", "Basic realm=\"proxy\""));
        }
        head.remove("Proxy-Authorization");
        head.remove("Proxy-Connection");
        let asked = head.word(1).to_owned();
        let address = asked.strip_prefix("http://").unwrap_or(&asked);
        let (host, path) =
            address.find('/').map_or((address, "/"), |slash| address.split_at(slash));
        let path = path.to_owned();
        let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
        let here = name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        let led = lock(&self.shared.hosts).get(name).copied();
        let port = led.or_else(|| port.parse().ok().filter(|_| here));
        let port = port.ok_or_else(|| Reply::status(502).body("not on this machine"))?;
        head.first = format!("{} {path} {}", head.word(0), head.word(2));
        Ok(port)
    }

    fn tunnel(
        &mut self,
        exchange: &Exchange,
        target: Result<u16, Reply>,
        fault: Option<&Fault>,
    ) -> io::Result<bool> {
        let server = match target {
            Err(reply) => return self.reply(exchange, &reply),
            Ok(port) => tunnel::reach(port),
        };
        if let Some(Fault::Answer(reply)) = fault {
            return self.reply(exchange, reply);
        }
        let Ok(server) = server else { return self.reply(exchange, &Reply::status(502)) };
        self.client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
        self.shared.amend(exchange.place, |request| request.status = Some(200));
        tunnel::copy(self.shared, exchange.place, self.client, &server, fault);
        Ok(false)
    }

    fn reply(&mut self, exchange: &Exchange, reply: &Reply) -> io::Result<bool> {
        self.shared.amend(exchange.place, |request| {
            request.status = Some(reply.status);
            request.received += reply.body.len() as u64;
        });
        reply.write(&mut self.client, &exchange.method, exchange.last)?;
        if exchange.last {
            // What the client still sends is read for a while: closing with it
            // unread would throw the answer away before the client reads it.
            let _ = self.client.shutdown(Shutdown::Write);
            self.client.set_read_timeout(Some(std::time::Duration::from_secs(5)))?;
            let _ = io::copy(&mut io::Read::take(&mut self.reader, DRAINED), &mut io::sink());
        }
        Ok(!exchange.last)
    }

    fn pass_on(
        &mut self,
        port: u16,
        head: &Head,
        mut exchange: Exchange,
        fault: Option<&Fault>,
    ) -> io::Result<bool> {
        let Exchange { place, body, .. } = exchange;
        let mut server = match self.server.take() {
            Some((known, server)) if known == port => server,
            _ => match tunnel::reach(port) {
                Ok(server) => BufReader::new(server),
                Err(_) => {
                    exchange.last = true;
                    return self.reply(&exchange, &Reply::status(502));
                }
            },
        };
        head.write(&mut server.get_mut())?;
        let limit = match fault {
            Some(Fault::CutRequest(bytes)) => Some((*bytes, Stop::Cut)),
            Some(Fault::StallRequest(bytes)) => Some((*bytes, Stop::Stall)),
            // One more than is taken.
            Some(Fault::TooLarge(bytes)) => Some((bytes + 1, Stop::Cut)),
            _ => None,
        };
        let to_server = server.get_ref().try_clone()?;
        let mut flow = Flow::new(self.shared, place, Way::Sent, Some(&to_server)).until(limit);
        if let Err(error) = message::pump(&mut self.reader, body, &mut flow) {
            exchange.last = true;
            if flow.stopped && matches!(fault, Some(Fault::TooLarge(_))) {
                return self.reply(&exchange, &Reply::status(413));
            }
            // An answer that comes before the body's end is one all the same.
            if !flow.refused {
                return Err(error);
            }
        }
        let answer = loop {
            let answer = Head::read(&mut server)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if !matches!(answer.status(), 100..200) {
                break answer;
            }
        };
        let back = answer.body_of_answer(&exchange.method);
        if matches!(fault, Some(Fault::Lost | Fault::AnswerAfter(_))) {
            let mut flow = Flow::new(self.shared, place, Way::Received, None);
            message::pump(&mut server, back, &mut flow)?;
            self.shared.amend(place, |request| request.received = 0);
            exchange.last |= answer.is_last() || back == Body::Open;
            return match fault {
                Some(Fault::AnswerAfter(reply)) => self.reply(&exchange, reply),
                _ => Ok(false),
            };
        }
        self.shared.amend(place, |request| request.status = Some(answer.status()));
        answer.write(&mut self.client)?;
        let limit = match fault {
            Some(Fault::CutAnswer(bytes)) => Some((*bytes, Stop::Cut)),
            Some(Fault::StallAnswer(bytes)) => Some((*bytes, Stop::Stall)),
            _ => None,
        };
        let mut flow = Flow::new(self.shared, place, Way::Received, Some(self.client)).until(limit);
        message::pump(&mut server, back, &mut flow)?;
        self.server = Some((port, server));
        Ok(!exchange.last && !answer.is_last() && back != Body::Open)
    }
}

/// What is known of a request while it is served.
struct Exchange {
    place: usize,
    method: String,
    body: Body,
    last: bool,
}

/// The answer that needs no server.
fn at_once(fault: Option<&Fault>, body: Body, path: &str) -> Option<Reply> {
    match fault? {
        Fault::Answer(reply) => Some(reply.clone()),
        Fault::Redirect(address) => {
            let place = format!("{}{path}", address.trim_end_matches('/'));
            Some(Reply::status(307).header("Location", &place))
        }
        Fault::Swallow if body == Body::Length(0) => Some(Reply::status(200)),
        Fault::Swallow => Some(Reply::status(201)),
        Fault::Html => {
            let page = Reply::status(200).header("Content-Type", "text/html; charset=utf-8");
            Some(page.body("<!doctype html><title>Welcome</title><p>Please sign in."))
        }
        _ => None,
    }
}

//! The proxy breaks what comes through it, and nothing else.

// The programs are Debian's.
#![cfg(target_os = "linux")]

mod common;

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use common::{Curl, curl};
use servers::{
    Apache, ApacheSetup, PASSWORD, Proxy, USER,
    proxy::{Fault, Reply, Rule, Script, When},
};

fn known() -> Curl {
    curl().args(["--user", &format!("{USER}:{PASSWORD}")])
}

fn apache() -> (Apache, Proxy) {
    let server = Apache::start().expect("Apache starts");
    let proxy = Proxy::http(server.port()).expect("the proxy starts");
    (server, proxy)
}

#[test]
fn nothing_is_changed_without_a_script() {
    let (server, proxy) = apache();
    let address = format!("{}/a%20b", proxy.url());
    let body = vec![7; 3 << 20];
    assert_eq!(known().put(&body).ask(&address).0, 201);
    assert_eq!(std::fs::read(server.data().join("a b")).expect("readable"), body);
    let chunked = ["--header", "Transfer-Encoding: chunked"];
    assert_eq!(known().put(&body).args(chunked).ask(&address).0, 204);
    assert_eq!(std::fs::read(server.data().join("a b")).expect("readable"), body);
    assert_eq!(known().ask(&address).1.len(), body.len());
    assert_eq!(known().args(["--head"]).ask(&address).0, 200);
    let target = format!("Destination: {}/c", proxy.url());
    assert_eq!(known().args(["-X", "MOVE", "-H", &target]).ask(&address).0, 201);
    // Two on one connection.
    let (status, both) = known().args([format!("{}/c", proxy.url())]).ask(&address);
    assert_eq!((status, both.len() > body.len()), (404, true));

    let seen = proxy.seen();
    assert_eq!((seen.count("PUT", "/a%20b"), seen.count("MOVE", "")), (2, 1));
    assert_eq!((seen.sent(), seen.befallen()), (6 << 20, 0));
    assert!(seen.received() > 3 << 20);
    assert!(seen.any_header("authorization"));
    assert_eq!(seen.requests[0].status, Some(201));
}

#[test]
fn answers_take_the_place_of_the_server_s() {
    let (server, proxy) = apache();
    let address = |name: &str| format!("{}/{name}", proxy.url());
    proxy.play(
        Script::new()
            .rule(Rule::new(When::Once, Fault::Answer(Reply::too_many(1))).path("busy"))
            .rule(Rule::new(When::Always, Fault::AnswerAfter(Reply::status(503))).path("after"))
            .rule(Rule::new(When::Always, Fault::Lost).path("lost"))
            .rule(Rule::new(When::Always, Fault::Swallow).method("PUT").path("swallowed"))
            .rule(Rule::new(When::Always, Fault::Html).path("html"))
            .rule(Rule::new(When::Every(2), Fault::Answer(Reply::status(500))).path("second")),
    );
    let (status, answer) = known().put(b"1").args(["--include"]).ask(&address("busy"));
    assert_eq!(status, 429);
    assert!(answer.contains("Retry-After: 1"), "{answer}");
    assert_eq!(known().put(b"1").ask(&address("busy")).0, 201);
    for (name, status) in [("after", 503), ("lost", 0)] {
        assert_eq!(known().put(b"work").ask(&address(name)).0, status);
        assert_eq!(std::fs::read(server.data().join(name)).expect("the work is done"), b"work");
    }
    assert_eq!(known().put(b"1").ask(&address("swallowed")).0, 201);
    assert!(!server.data().join("swallowed").exists());
    assert!(known().ask(&address("html")).1.contains("<!doctype html>"));
    let statuses = [(); 4].map(|()| known().ask(&address("second")).0);
    assert_eq!(statuses, [404, 500, 404, 500]);
    assert_eq!(proxy.take_seen().befallen(), 7);
    assert_eq!(proxy.seen().requests.len(), 0);
}

#[test]
fn connections_end_in_the_middle() {
    let (server, proxy) = apache();
    let address = format!("{}/file", proxy.url());
    proxy.play(Script::new().on(When::First(1), Fault::CutRequest(100_000)));
    assert_eq!(known().put(&[7; 1 << 20]).ask(&address).0, 0);
    assert_eq!(proxy.seen().sent(), 100_000);
    assert_eq!(known().put(&[7; 1 << 20]).ask(&address).0, 201, "the next one passes");
    proxy.play(Script::new().on(When::First(1), Fault::CutAnswer(100_000)));
    assert_eq!(known().ask(&address).1.len(), 100_000);
    assert_eq!(known().ask(&address).1.len(), 1 << 20);
    for fault in [Fault::StallRequest(1000), Fault::StallAnswer(1000)] {
        proxy.play(Script::new().on(When::Always, fault.clone()));
        let since = Instant::now();
        let asked = match fault {
            Fault::StallRequest(_) => known().put(&[7; 1 << 20]),
            _ => known(),
        };
        asked.args(["--max-time", "1"]).ask(&address);
        assert!(since.elapsed() >= Duration::from_secs(1), "{fault:?}");
    }
    drop(server);
}

#[test]
fn large_bodies_are_refused() {
    let (server, proxy) = apache();
    let address = format!("{}/file", proxy.url());
    proxy.play(Script::new().on(When::Always, Fault::TooLarge(2 << 20)));
    assert_eq!(known().put(&vec![7; 2 << 20]).ask(&address).0, 201);
    assert_eq!(known().put(&vec![7; (2 << 20) + 1]).ask(&address).0, 413);
    assert_eq!(proxy.seen().requests.last().expect("a request").sent, 1 << 20);
    let chunked = known().args(["--header", "Transfer-Encoding: chunked"]);
    assert_eq!(chunked.put(&vec![7; 3 << 20]).ask(&address).0, 413);
    // What the server itself refuses passes through.
    drop(server);
    let setup = ApacheSetup { body_limit: Some(1000), ..Default::default() };
    let server = Apache::with(setup).expect("Apache starts");
    let proxy = Proxy::http(server.port()).expect("the proxy starts");
    let address = format!("{}/file", proxy.url());
    assert_eq!(known().put(&vec![7; 8 << 20]).ask(&address).0, 413);
}

#[test]
fn redirects_show_who_gets_the_password() {
    let (_server, elsewhere) = apache();
    let proxy = Proxy::http(1).expect("the proxy starts");
    proxy.play(Script::new().on(When::Always, Fault::Redirect(elsewhere.url())));
    assert_eq!(known().args(["--location"]).ask(&format!("{}/a?b=c", proxy.url())).0, 401);
    let seen = elsewhere.seen();
    assert_eq!(seen.requests[0].path, "/a?b=c");
    assert!(!seen.any_header("Authorization"), "curl keeps it");
    assert!(proxy.seen().any_header("Authorization"));
}

#[test]
fn bytes_come_slowly() {
    let (_server, proxy) = apache();
    let address = format!("{}/file", proxy.url());
    proxy.play(Script::new().pace(1 << 20));
    let since = Instant::now();
    assert_eq!(known().put(&[7; 1 << 19]).ask(&address).0, 201);
    assert_eq!(known().ask(&address).0, 200);
    let took = since.elapsed();
    assert!((Duration::from_millis(950)..Duration::from_secs(10)).contains(&took), "{took:?}");
}

#[test]
fn a_proxy_of_the_settings_lets_through_who_has_the_password() {
    let setup = ApacheSetup { tls: true, ..Default::default() };
    let (tls, plain) = (Apache::with(setup).expect("starts"), Apache::start().expect("starts"));
    let open = Proxy::forward(None).expect("the proxy starts");
    let closed = Proxy::forward(Some(("me", "a:b"))).expect("the proxy starts");
    for server in [&tls, &plain] {
        let through = |proxy: &Proxy, login: &str| {
            let url = proxy.url();
            let options = ["--insecure", "--noproxy", "none", "--proxy", &url, "--proxy-user"];
            known().args(options).args([login]).ask(&format!("{}a", server.url())).0
        };
        assert_eq!(through(&open, ":"), 404);
        assert_eq!(through(&closed, "me:a:b"), 404);
        let refused = if server.certificate().is_some() { 0 } else { 407 };
        assert_eq!(through(&closed, "me:wrong"), refused);
    }
    let seen = open.seen();
    assert_eq!(seen.count("CONNECT", &format!("127.0.0.1:{}", tls.port())), 1);
    assert_eq!(seen.count("GET", "http://127.0.0.1"), 1);
    assert!(plain.folder().join("log").exists());
}

#[test]
fn any_protocol_is_cut_and_counted() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    // Gives everything back.
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || std::io::copy(&mut &stream, &mut &stream));
        }
    });
    let proxy = Proxy::tcp(port).expect("the proxy starts");
    let echo = |bytes: usize| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).expect("reached");
        let _ = stream.write_all(&vec![7; bytes]);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut back = Vec::new();
        let _ = stream.read_to_end(&mut back);
        back.len()
    };
    assert_eq!(echo(50_000), 50_000);
    proxy.play(Script::new().on(When::Always, Fault::CutAnswer(1000)));
    assert_eq!(echo(50_000), 1000);
    proxy.play(Script::new().on(When::Always, Fault::CutRequest(1000)));
    assert!(echo(50_000) <= 1000);
    assert_eq!(proxy.seen().count("TCP", ""), 3);
    assert_eq!(proxy.seen().requests[0].received, 50_000);
    drop(proxy);
}

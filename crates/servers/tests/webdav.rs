//! The servers that speak WebDAV start, answer and end.

// The programs are Debian's.
#![cfg(target_os = "linux")]

mod common;

use common::{Curl, curl, leaves_nothing};
use servers::{Apache, ApacheSetup, Nginx, PASSWORD, Rclone, USER};

fn known() -> Curl {
    curl().args(["--user", &format!("{USER}:{PASSWORD}")])
}

/// What every WebDAV server does.
fn keeps_files(url: &str) {
    let file = format!("{url}folder/a%20b");
    assert_eq!(curl().args(["-X", "PROPFIND"]).ask(url).0, 401, "a password is asked for");
    assert_eq!(known().args(["-X", "MKCOL"]).ask(&format!("{url}folder/")).0, 201);
    assert_eq!(known().put(b"hello").ask(&file).0, 201);
    assert_eq!(known().ask(&file), (200, "hello".to_owned()));
    let (status, listed) =
        known().args(["-X", "PROPFIND", "-H", "Depth: 1"]).ask(&format!("{url}folder/"));
    assert_eq!(status, 207);
    assert!(listed.contains("a%20b"), "{listed}");
    let target = format!("Destination: {url}folder/c");
    assert_eq!(known().args(["-X", "MOVE", "-H", &target]).ask(&file).0 / 100, 2);
    assert_eq!(known().args(["-X", "DELETE"]).ask(&format!("{url}folder/c")).0, 204);
}

#[test]
fn two_apaches_keep_files() {
    for server in [(); 2].map(|()| Apache::start().expect("Apache starts")) {
        keeps_files(&server.url());
        known().put(b"on disk").ask(&format!("{}seen", server.url()));
        assert_eq!(std::fs::read(server.data().join("seen")).expect("readable"), b"on disk");
    }
}

#[test]
fn an_apache_ends_with_its_children() {
    let mut server = Apache::start().expect("Apache starts");
    let (folder, group) = (server.folder().to_owned(), server.process().id());
    assert!(common::of_group(group).len() > 1, "it has children");
    drop(server);
    leaves_nothing(&folder, group);
}

#[test]
fn an_apache_speaks_tls() {
    let server =
        Apache::with(ApacheSetup { tls: true, ..Default::default() }).expect("Apache starts");
    let certificate = server.certificate().expect("it has one");
    assert_eq!(certificate.fingerprint().len(), 64);
    let trusted = known().args(["--cacert".as_ref(), certificate.file().as_os_str()]);
    assert_eq!(trusted.args(["-X", "PROPFIND", "-H", "Depth: 0"]).ask(&server.url()).0, 207);
    assert_eq!(known().ask(&server.url()).0, 0, "nobody vouches for it");
}

#[test]
fn an_apache_takes_no_large_bodies() {
    let setup = ApacheSetup { body_limit: Some(1000), ..Default::default() };
    let server = Apache::with(setup).expect("Apache starts");
    assert_eq!(known().put(&[0; 1000]).ask(&format!("{}a", server.url())).0, 201);
    assert_eq!(known().put(&[0; 1001]).ask(&format!("{}b", server.url())).0, 413);
}

#[test]
fn an_apache_becomes_full() {
    let setup = ApacheSetup { room: Some(1 << 20), ..Default::default() };
    let mut server = Apache::with(setup).expect("Apache starts");
    assert_eq!(known().put(&[0; 1000]).ask(&format!("{}a", server.url())).0, 201);
    assert_eq!(known().put(&[0; 2 << 20]).ask(&format!("{}b", server.url())).0, 507);
    let (folder, group) = (server.folder().to_owned(), server.process().id());
    drop(server);
    leaves_nothing(&folder, group);
}

#[test]
fn an_apache_is_only_a_site() {
    let setup = ApacheSetup { html_only: true, ..Default::default() };
    let server = Apache::with(setup).expect("Apache starts");
    let (status, page) = curl().ask(&format!("{}anything", server.url()));
    assert_eq!(status, 200);
    assert!(page.contains("<title>"));
    assert_eq!(curl().args(["-X", "PROPFIND"]).ask(&server.url()).0, 405);
}

#[test]
fn two_nginxes_keep_files() {
    for mut server in [(); 2].map(|()| Nginx::start().expect("nginx starts")) {
        keeps_files(&server.url());
        known().put(&[7; 3 << 20]).ask(&format!("{}new/seen", server.url()));
        assert_eq!(std::fs::read(server.data().join("new/seen")).expect("readable").len(), 3 << 20);
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

#[test]
fn an_nginx_takes_no_large_bodies() {
    let server = Nginx::with_body_limit(1 << 20).expect("nginx starts");
    assert_eq!(known().put(&[7; 1 << 20]).ask(&format!("{}a", server.url())).0, 201);
    assert_eq!(known().put(&[7; 2 << 20]).ask(&format!("{}b", server.url())).0, 413);
}

#[test]
fn two_rclones_keep_files() {
    for mut server in [(); 2].map(|()| Rclone::start().expect("rclone starts")) {
        keeps_files(&server.url());
        known().put(b"on disk").ask(&format!("{}seen", server.url()));
        assert_eq!(std::fs::read(server.data().join("seen")).expect("readable"), b"on disk");
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

//! The stores of objects start, answer and end.

// The programs are Debian's.
#![cfg(target_os = "linux")]

mod common;

use common::{curl, leaves_nothing};
use servers::{Azurite, FakeGcs, Moto, Proxy, SeaweedFs};

fn keys() -> [String; 4] {
    let keys = format!("{}:{}", SeaweedFs::ACCESS_KEY, SeaweedFs::SECRET_KEY);
    ["--aws-sigv4".into(), "aws:amz:us-east-1:s3".into(), "--user".into(), keys]
}

#[test]
fn two_seaweedfs_answer_at_the_same_time() {
    let servers: Vec<_> = [SeaweedFs::start, SeaweedFs::with_webdav]
        .map(|start| std::thread::spawn(move || start().expect("SeaweedFS starts")))
        .into_iter()
        .map(|thread| thread.join().expect("it started"))
        .collect();
    for server in &servers {
        let object = format!("{}/{}/a/b/c", server.endpoint(), SeaweedFs::BUCKET);
        assert_eq!(curl().args(keys()).put(b"hello").ask(&object).0, 200);
        assert_eq!(curl().args(keys()).ask(&object), (200, "hello".to_owned()));
        assert_eq!(curl().ask(&object).0, 403, "keys are asked for");
    }
    let dav = servers[1].webdav().expect("it speaks WebDAV");
    let object = format!("{dav}buckets/{}/a/b/c", SeaweedFs::BUCKET);
    assert_eq!(curl().ask(&object), (200, "hello".to_owned()));
    for mut server in servers {
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

#[test]
fn two_motos_keep_objects() {
    for mut server in [(); 2].map(|()| Moto::start().expect("moto starts")) {
        let object = format!("{}/{}/a/b", server.endpoint(), Moto::BUCKET);
        assert_eq!(curl().args(keys()).put(b"hello").ask(&object).0, 200);
        assert_eq!(curl().args(keys()).ask(&object), (200, "hello".to_owned()));
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

#[test]
fn two_fake_gcs_keep_objects() {
    for mut server in [(); 2].map(|()| FakeGcs::start().expect("fake-gcs-server starts")) {
        let (at, bucket) = (server.endpoint(), FakeGcs::BUCKET);
        let upload = format!("{at}/upload/storage/v1/b/{bucket}/o?uploadType=media&name=a%2Fb");
        assert_eq!(curl().put(b"hello").args(["-X", "POST"]).ask(&upload).0, 200);
        let object = format!("{at}/storage/v1/b/{bucket}/o/a%2Fb?alt=media");
        assert_eq!(curl().ask(&object), (200, "hello".to_owned()));
        assert!(std::fs::read_dir(server.data().join(bucket)).expect("readable").count() > 0);
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

#[test]
fn two_azurites_answer() {
    for mut server in [(); 2].map(|()| Azurite::start().expect("Azurite starts")) {
        // It started, so the key made its container; without the key nobody comes in.
        let object = format!("{}/{}/a", server.endpoint(), Azurite::CONTAINER);
        assert_eq!(curl().ask(&object).0, 403);
        assert!(std::fs::read_dir(server.data()).expect("readable").count() > 0);
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

#[test]
fn a_seaweedfs_is_reached_through_a_proxy_and_outlives_a_power_cut() {
    let mut server = SeaweedFs::start().expect("SeaweedFS starts");
    let proxy = Proxy::http(server.port()).expect("the proxy starts");
    let object = format!("{}/{}/a/b", proxy.url(), SeaweedFs::BUCKET);
    assert_eq!(curl().args(keys()).put(&[7; 3 << 20]).ask(&object).0, 200);
    server.process().kill();
    server.process().restart().expect("it starts again");
    // It listens before it knows where its volumes are.
    let since = std::time::Instant::now();
    let read = loop {
        let (status, body) = curl().args(keys()).ask(&object);
        if status == 200 || since.elapsed().as_secs() > 30 {
            break body.len();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert_eq!(read, 3 << 20);
}

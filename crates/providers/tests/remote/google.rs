//! Signing in to Google as a service account. The bucket is a stand-in's, and so
//! is what gives the tokens; the requests are as Google documents them.

use super::{faults::Bench, grounds::shared, key, never, noise, said};
use futures_util::stream::{self, StreamExt};
use providers::Secret;
use servers::{GoogleSignIn, Proxy};
use std::{sync::Arc, time::Duration};
use storage::{ByteRange, ErrorKind, PutMode, Store, retry::Policy};

/// Google's host, as the network of the destination has it.
fn network(sign_in: &GoogleSignIn) -> Proxy {
    let forward = Proxy::forward(None).unwrap();
    forward.lead(GoogleSignIn::HOST, sign_in.port());
    forward
}

/// A folder of the bucket, to be reached with this key.
fn bench(folder: &str, sign_in: &GoogleSignIn, network: &Proxy, account: &str) -> Bench {
    let mut bench = Bench::new(shared::gcs(), folder);
    let plain = &mut bench.values.plain;
    plain.insert("sign_in".to_owned(), "key".to_owned());
    plain.insert("proxy".to_owned(), network.url());
    plain.insert("certificate".to_owned(), sign_in.certificate().fingerprint().to_owned());
    bench.values.secret.insert("key".to_owned(), Secret::new(account.to_owned()));
    bench
}

async fn read_at_once(store: &Arc<dyn Store>) {
    let read = |_| async {
        let read = store.read(&key("object"), ByteRange::Whole, 2000, &never()).await;
        assert_eq!(read.unwrap_or_else(|error| panic!("{}", said(&error))), noise(1, 1000));
    };
    stream::iter(0..24).map(read).buffer_unordered(8).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_asked_for_once_and_again_when_it_is_old() {
    // A token is given up two minutes before its end.
    let sign_in = GoogleSignIn::start(120 + 5).unwrap();
    let network = network(&sign_in);
    let bench = bench("account", &sign_in, &network, &sign_in.key().unwrap());
    let store = bench.open().await;
    let new = PutMode::CreateNew;
    store.put(&key("object"), noise(1, 1000).into(), new, &never()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let given = sign_in.given();
    drop(bench.proxy.take_seen());
    read_at_once(&store).await;
    assert_eq!(sign_in.given(), given + 1, "many that need a token ask once");
    let token = format!("Bearer token-{}", given + 1);
    for request in bench.proxy.seen().requests {
        assert_eq!(request.header("authorization"), Some(&*token), "{}", request.path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_google_does_not_know_is_said_to_be_wrong() {
    let (sign_in, other) = (GoogleSignIn::start(3600).unwrap(), GoogleSignIn::start(3600).unwrap());
    let (network, account) = (network(&sign_in), other.key().unwrap());
    let bench = bench("stranger", &sign_in, &network, &account);
    let opened = super::open_as("gcs", &bench.values, Policy::PERSON).await;
    let error = opened.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadCredentials, "{}", said(&error));
    assert_eq!(sign_in.given(), 0);
    assert!(bench.proxy.seen().requests.is_empty(), "something was sent without a token");
    let secret = account.split("\\n").nth(1).unwrap();
    assert!(!said(&error).contains(secret), "the error holds the key");
}

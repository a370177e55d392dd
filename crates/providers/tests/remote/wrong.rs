//! What people get wrong, and what they are told.

use super::{context, document, grounds, grounds::shared, key, never, noise, said};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use model::{SystemClock, SystemRandom, clock::ManualClock};
use providers::{Context, Missing, Secret, Values};
use servers::{
    Apache, ApacheSetup, Nginx, PASSWORD, Proxy, SeaweedFs, USER,
    proxy::{Fault, Reply, Script, When},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{Error, ErrorKind, Prefix, PutMode, Result, Retry, Store, StoreExt, retry::Policy};

/// So long a person waits.
const WAIT: Duration = Duration::from_secs(10);

/// That an error holds nothing of what is secret, in whatever way it is shown.
fn tells_no_secret(error: &Error, values: &Values) {
    let said = said(error);
    for (key, secret) in &values.secret {
        let secret = secret.reveal();
        let login = BASE64_STANDARD.encode(format!("{}:{secret}", values.text("user")));
        let encoded = BASE64_STANDARD.encode(secret);
        for secret in [secret, &login, &encoded] {
            assert!(secret.is_empty() || !said.contains(secret), "{key} stands in {said}");
        }
    }
}

async fn open_in(kind: &str, values: &Values, context: &Context) -> Result<Arc<dyn Store>> {
    let provider = providers::find(kind).unwrap();
    let since = Instant::now();
    let opened = provider.open(values, Missing::Fail, context, &never()).await;
    assert!(since.elapsed() < WAIT, "{kind} took {:?}", since.elapsed());
    opened.inspect_err(|error| tells_no_secret(error, values))
}

/// That a destination cannot be opened, and why.
async fn fails(kind: &str, values: &Values, expected: ErrorKind) -> Error {
    let error = open_in(kind, values, &context(Policy::PERSON)).await.unwrap_err();
    assert_eq!(error.kind(), expected, "{kind}: {}", said(&error));
    error
}

fn with(values: &Values, key: &str, value: &str) -> Values {
    let mut values = values.clone();
    values.plain.insert(key.to_owned(), value.to_owned());
    values
}

fn with_secret(values: &Values, key: &str, value: &str) -> Values {
    let mut values = values.clone();
    values.secret.insert(key.to_owned(), Secret::new(value.to_owned()));
    values
}

fn webdav(url: &str) -> Values {
    let values = with(&with(&Values::default(), "url", url), "user", USER);
    with_secret(&values, "password", PASSWORD)
}

fn all() -> [&'static grounds::Ground; 4] {
    [shared::webdav(), shared::s3(), shared::azure(), shared::gcs()]
}

#[tokio::test]
async fn a_host_that_does_not_exist() {
    for ground in all() {
        let values = ground.through("http://nowhere.invalid:8080");
        fails(ground.kind, &values, ErrorKind::Unreachable).await;
    }
}

#[tokio::test]
async fn a_port_that_nobody_listens_on() {
    let port = servers::free_port().unwrap();
    for ground in all() {
        let values = ground.through(&format!("http://127.0.0.1:{port}"));
        fails(ground.kind, &values, ErrorKind::Unreachable).await;
    }
}

#[tokio::test]
async fn one_of_http_and_https_instead_of_the_other() {
    for ground in all() {
        let values = ground.through(&ground.address.replace("http://", "https://"));
        let error = open_in(ground.kind, &values, &context(Policy::PERSON)).await.unwrap_err();
        // Azurite says nothing at all, and hangs up.
        let expected = match ground.kind {
            "azure" => [ErrorKind::NotThisService, ErrorKind::Unreachable],
            _ => [ErrorKind::NotThisService; 2],
        };
        assert!(expected.contains(&error.kind()), "{}: {}", ground.server, said(&error));
    }
    let apache = Apache::with(ApacheSetup { tls: true, ..Default::default() }).unwrap();
    let url = apache.url().replace("https://", "http://");
    for ground in all() {
        let values = ground.through(url.trim_end_matches('/'));
        let error = open_in(ground.kind, &values, &context(Policy::PERSON)).await.unwrap_err();
        // It may hang up on what it cannot read before it has said so.
        let expected = [ErrorKind::NotThisService, ErrorKind::Unreachable];
        assert!(expected.contains(&error.kind()), "{}: {}", ground.server, said(&error));
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for() {
    let apache = Apache::with(ApacheSetup { tls: true, ..Default::default() }).unwrap();
    let certificate = apache.certificate().unwrap();
    let fingerprint = certificate.fingerprint();
    let values = webdav(&apache.url());
    let plain = |shown: &str| shown.replace(':', "").to_lowercase();
    for ground in all() {
        let values = ground.through(apache.url().trim_end_matches('/'));
        let error = fails(ground.kind, &values, ErrorKind::Untrusted).await;
        assert_eq!(plain(error.presented().unwrap()), fingerprint, "{}", ground.server);
        assert_eq!(error.retry(), Retry::Never);
    }
    let shown = fails("webdav", &values, ErrorKind::Untrusted).await;
    let shown = shown.presented().unwrap();
    for written in [shown, fingerprint, &format!("SHA256:{fingerprint}")] {
        let pinned = with(&values, "certificate", written);
        let store = open_in("webdav", &pinned, &context(Policy::PERSON)).await;
        let store = store.unwrap_or_else(|error| panic!("{written}: {}", said(&error)));
        let body = noise(1, 1000).into();
        store.put(&key("trusted"), body, PutMode::Replace, &never()).await.unwrap();
    }
    let other = with(&values, "certificate", &"ab".repeat(32));
    let error = fails("webdav", &other, ErrorKind::Untrusted).await;
    assert_eq!(plain(error.presented().unwrap()), fingerprint);
    let pem = std::fs::read_to_string(certificate.file()).unwrap();
    let by_authority = with(&values, "authority", &pem);
    open_in("webdav", &by_authority, &context(Policy::PERSON)).await.unwrap();
    // The wrong proxy password on the way to TLS.
    let forward = Proxy::forward(Some(("me", "right"))).unwrap();
    let pinned = with(&with(&values, "certificate", fingerprint), "proxy", &forward.url());
    let pinned = with(&pinned, "proxy_user", "me");
    let right = with_secret(&pinned, "proxy_password", "right");
    open_in("webdav", &right, &context(Policy::PERSON)).await.unwrap();
    let wrong = with_secret(&pinned, "proxy_password", "mistyped-one");
    let error = fails("webdav", &wrong, ErrorKind::Unreachable).await;
    assert_eq!(error.retry(), Retry::Never);
    assert!(said(&error).contains("proxy does not take"), "{}", said(&error));
}

#[tokio::test]
async fn a_bucket_or_container_that_is_not_there() {
    for (ground, field) in
        [(shared::s3(), "bucket"), (shared::azure(), "container"), (shared::gcs(), "bucket")]
    {
        let values = with(&ground.values, field, "not-there-at-all");
        fails(ground.kind, &values, ErrorKind::PlaceMissing).await;
    }
}

/// What cannot be listed cannot be restored from when the index is lost, so it
/// is said before anything is kept there.
#[tokio::test]
async fn a_bucket_that_may_not_be_listed() {
    let ground = shared::s3();
    let values = with(&ground.values, "access_key_id", SeaweedFs::UNLISTED_KEY);
    let error = fails("s3", &values, ErrorKind::PermissionDenied).await;
    assert_eq!(error.retry(), Retry::Never);
}

#[tokio::test]
async fn a_wrong_name_password_or_key() {
    let apache = shared::webdav();
    fails("webdav", &with(&apache.values, "user", "nobody"), ErrorKind::BadCredentials).await;
    for password in ["", "mistyped-one", "pa:ss wörd/+ ", "ünï: \u{1f980}\"\\%41"] {
        let values = with_secret(&apache.values, "password", password);
        fails("webdav", &values, ErrorKind::BadCredentials).await;
    }
    let s3 = shared::s3();
    let values = with(&s3.values, "access_key_id", "AKNOTTHERE");
    fails("s3", &values, ErrorKind::BadCredentials).await;
    let values = with_secret(&s3.values, "secret_access_key", "mistyped/secret+key");
    fails("s3", &values, ErrorKind::BadCredentials).await;
    let azure = shared::azure();
    let key = BASE64_STANDARD.encode("another key of the same kind");
    let values = with_secret(&azure.values, "key", &key);
    let error = open_in("azure", &values, &context(Policy::PERSON)).await.unwrap_err();
    // Azure calls it AuthenticationFailed, Azurite AuthorizationFailure.
    let expected = [ErrorKind::BadCredentials, ErrorKind::PermissionDenied];
    assert!(expected.contains(&error.kind()), "{}", said(&error));
    let values = with_secret(&azure.values, "key", "this is no base64");
    fails("azure", &values, ErrorKind::BadCredentials).await;
}

/// No server here minds; Amazon's answers are in its documentation.
#[tokio::test]
async fn a_bucket_of_another_region_and_a_clock_that_is_wrong() {
    let ground = shared::s3();
    let proxy = Proxy::http(ground.port()).unwrap();
    let values = ground.through(&proxy.url());
    let xml = |status, code: &str, more: &str| {
        let body = format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code>{more}</Error>");
        Reply::status(status).header("Content-Type", "application/xml").body(&body)
    };
    let region = "<Message>wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region>";
    proxy.play(
        Script::new()
            .on(When::Always, Fault::Answer(xml(400, "AuthorizationHeaderMalformed", region))),
    );
    let error = fails("s3", &values, ErrorKind::WrongRegion).await;
    assert_eq!(error.presented(), Some("eu-central-1"));
    proxy.play(Script::new().on(When::Always, Fault::Answer(xml(301, "PermanentRedirect", ""))));
    fails("s3", &values, ErrorKind::WrongRegion).await;
    proxy.play(Script::new().on(When::Always, Fault::Answer(xml(403, "RequestTimeTooSkewed", ""))));
    fails("s3", &values, ErrorKind::WrongClock).await;
    // What a server says no more of than that it is forbidden.
    proxy.play(Script::new());
    let wrong = with_secret(&values, "secret_access_key", "mistyped/secret+key");
    let now = model::Clock::now(&SystemClock);
    for (hours, expected) in [(0, ErrorKind::BadCredentials), (1, ErrorKind::WrongClock)] {
        let context = Context {
            random: Arc::new(SystemRandom),
            clock: Arc::new(ManualClock::new(now + Duration::from_secs(3600 * hours))),
            patience: Policy::PERSON,
        };
        let error = open_in("s3", &wrong, &context).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{}", said(&error));
        // One that is let in is let in, whatever the clock here says.
        open_in("s3", &values, &context).await.unwrap();
    }
}

#[tokio::test]
async fn a_site_instead_of_what_was_meant() {
    let site = Apache::with(ApacheSetup { html_only: true, ..Default::default() }).unwrap();
    for ground in all() {
        let values = ground.through(site.url().trim_end_matches('/'));
        fails(ground.kind, &values, ErrorKind::NotThisService).await;
    }
    fails("webdav", &webdav(&site.url()), ErrorKind::NotThisService).await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_or_is_a_file() {
    let ground = shared::webdav();
    let values = ground.in_folder(&ground.address, "not/there");
    fails("webdav", &values, ErrorKind::PlaceMissing).await;
    let values = ground.in_folder(&ground.address, "wrong");
    let store = super::open("webdav", &values).await.unwrap();
    store.put(&key("file"), noise(1, 10).into(), PutMode::Replace, &never()).await.unwrap();
    for folder in ["wrong/file", "wrong/file/below"] {
        let values = ground.in_folder(&ground.address, folder);
        fails("webdav", &values, ErrorKind::PlaceMissing).await;
        let error = super::open_as("webdav", &values, Policy::PERSON).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PlaceMissing, "{folder}: {}", said(&error));
    }
}

/// Needs root, as the tests of the servers do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_room_left() {
    let room = Some(4 << 20);
    let Ok(apache) = Apache::with(ApacheSetup { room, ..Default::default() }) else {
        assert!(!document::is_written(), "needs root");
        return;
    };
    let values = webdav(&apache.url());
    let store = super::open_as("webdav", &values, Policy::PERSON).await.unwrap();
    let small = noise(1, 1 << 20);
    store
        .put(&key("data/small"), small.clone().into(), PutMode::CreateNew, &never())
        .await
        .unwrap();
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        let since = Instant::now();
        let put = store.put(&key("data/large"), noise(2, 8 << 20).into(), mode, &never()).await;
        let error = put.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfSpace, "{mode:?}: {}", said(&error));
        assert_eq!(error.retry(), Retry::Never);
        assert!(since.elapsed() < WAIT);
        let listed = store.list_all(&Prefix::everything(), &never()).await.unwrap();
        assert_eq!(listed.len(), 1, "{mode:?}: {listed:?}");
    }
    // What was there stays, and fits again when what did not is gone.
    store.put(&key("data/other"), small.into(), PutMode::CreateNew, &never()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_larger_than_nginx_takes() {
    let nginx = Nginx::with_body_limit(1 << 20).unwrap();
    let store = super::open_as("webdav", &webdav(&nginx.url()), Policy::PERSON).await.unwrap();
    for length in [2 << 20, 32 << 20] {
        for mode in [PutMode::CreateNew, PutMode::Replace] {
            let since = Instant::now();
            let put = store.put(&key("data/large"), noise(2, length).into(), mode, &never()).await;
            let error = put.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{mode:?}: {}", said(&error));
            assert_eq!(error.retry(), Retry::Never);
            assert!(since.elapsed() < WAIT);
        }
    }
    assert!(store.list_all(&Prefix::everything(), &never()).await.unwrap().is_empty());
}

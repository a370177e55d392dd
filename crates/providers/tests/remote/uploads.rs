//! Uploads in parts whose writer is gone.

use super::{grounds::shared, key, never, noise, said};
use futures_util::stream::{self, StreamExt};
use model::{Clock as _, SystemClock, SystemRandom, clock::ManualClock};
use providers::{Context, Missing, Secret, Values};
use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use storage::{Body, ByteRange, PutMode, Store, retry::Policy};

/// Tells the process that is killed where to write.
const TASK: &str = "KEEPSTEAD_TEST_TASK";
/// What packs are called like.
const PACK: &str = "data/0a/0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";

type Task = (BTreeMap<String, String>, BTreeMap<String, String>, String);

/// Opens a folder, so much later than now.
async fn open(values: &Values, later: Duration) -> Arc<dyn Store> {
    let clock = ManualClock::new(SystemClock.now());
    clock.advance(later);
    let (random, clock) = (Arc::new(SystemRandom), Arc::new(clock));
    let context = Context { random, clock, patience: Policy::PERSON };
    let provider = providers::find("s3").unwrap();
    let opened = provider.open(values, Missing::Fail, &context, &never()).await;
    opened.unwrap_or_else(|error| panic!("{}", said(&error)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test below, and killed"]
async fn writer() {
    let task = std::env::var(TASK).expect("started by another test");
    let (plain, secret, name): Task = serde_json::from_str(&task).unwrap();
    let secret = secret.into_iter().map(|(key, text)| (key, Secret::new(text)));
    let values = Values { plain, secret: secret.collect() };
    let store = open(&values, Duration::ZERO).await;
    let start = noise(1, 40 << 20);
    let stalling = Body::replayable(64 << 20, move || {
        stream::iter([Ok(start.clone())]).chain(stream::pending()).boxed()
    });
    store.put(&key(&name), stalling, PutMode::CreateNew, &never()).await.unwrap();
}

/// Begins an upload in a process that is killed amid it.
fn begin(values: &Values, name: &str) {
    let secret = values.secret.iter().map(|(key, text)| (key.clone(), text.reveal().to_owned()));
    let task: Task = (values.plain.clone(), secret.collect(), name.to_owned());
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "uploads::writer", "--ignored"])
        .env(TASK, serde_json::to_string(&task).unwrap())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let folder = format!("{}/{name}", values.text("folder"));
    while !begun(values).contains(&folder) {
        assert!(writer.try_wait().unwrap().is_none(), "the writer ended by itself");
        std::thread::sleep(Duration::from_millis(100));
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
}

/// The uploads that were begun in the bucket, as rclone sees them.
fn begun(values: &Values) -> String {
    let bucket = format!(":s3:{}", values.text("bucket"));
    let listed = Command::new("rclone")
        .args(["--config", "", "backend", "list-multipart-uploads", &bucket])
        // rclone ends where it is set.
        .env_remove("AWS_CA_BUNDLE")
        .env("RCLONE_S3_PROVIDER", "Other")
        .env("RCLONE_S3_ENDPOINT", values.text("endpoint"))
        .env("RCLONE_S3_ACCESS_KEY_ID", values.text("access_key_id"))
        .env("RCLONE_S3_SECRET_ACCESS_KEY", values.secret("secret_access_key").unwrap())
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8(listed.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_writer_began_is_given_up_after_a_day() {
    let values = shared::s3().apart("left behind/ä");
    let (there, new) = (key("data/there"), PutMode::CreateNew);
    let store = open(&values, Duration::ZERO).await;
    store.put(&there, noise(2, 1000).into(), new, &never()).await.unwrap();
    begin(&values, PACK);
    // That of another program, and one in a folder whose name begins the same.
    begin(&values, "video");
    begin(&shared::s3().apart("left behind/ä2"), PACK);
    let ours = format!("left behind/ä/{PACK}");
    let others = ["left behind/ä/video".to_owned(), format!("left behind/ä2/{PACK}")];
    let are_there = |uploads: &str| others.iter().all(|other| uploads.contains(other));

    drop(open(&values, Duration::from_secs(23 * 3600)).await);
    let uploads = begun(&values);
    assert!(uploads.contains(&ours) && are_there(&uploads), "{uploads}");

    let store = open(&values, Duration::from_secs(25 * 3600)).await;
    let uploads = begun(&values);
    assert!(!uploads.contains(&ours), "{uploads}");
    assert!(are_there(&uploads), "{uploads}");
    let read = store.read(&there, ByteRange::Whole, 2000, &never()).await.unwrap();
    assert_eq!(read, noise(2, 1000));
}

//! How much memory an object takes that is sent while it is made: no more for a
//! longer one.

use super::{
    document,
    grounds::{Ground, shared},
    key, never, open, streamed,
};
use providers::{Secret, Values};
use std::{collections::BTreeMap, fs, process::Command};
use storage::PutMode;

/// Tells the process that writes what to write, and where.
const TASK: &str = "KEEPSTEAD_TEST_TASK";
const MIB: u64 = 1 << 20;

type Task = (String, BTreeMap<String, String>, BTreeMap<String, String>, u64);

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests below"]
async fn writer() {
    let task = std::env::var(TASK).expect("started by another test");
    let (kind, plain, secret, length): Task = serde_json::from_str(&task).unwrap();
    let secret = secret.into_iter().map(|(key, text)| (key, Secret::new(text)));
    let values = Values { plain, secret: secret.collect() };
    let store = open(&kind, &values).await.unwrap();
    let small = key("memory/small");
    store.put(&small, vec![1; 1000].into(), PutMode::CreateNew, &never()).await.unwrap();
    let before = peak();
    let large = key("memory/large");
    store.put(&large, streamed(1, length), PutMode::CreateNew, &never()).await.unwrap();
    let grown = peak() - before;
    assert_eq!(store.stat(&large, &never()).await.unwrap().unwrap().length, length);
    assert!(store.delete(&[small, large], &never()).await.iter().all(Result::is_ok));
    println!("\ngrown {grown}");
}

/// By how much a process grows that writes an object of this length.
fn growth(ground: &Ground, length: u64) -> u64 {
    let values = ground.apart(&format!("memory/{length}"));
    let secret = values.secret.iter().map(|(key, text)| (key.clone(), text.reveal().to_owned()));
    let task: Task = (ground.kind.to_owned(), values.plain.clone(), secret.collect(), length);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::writer", "--ignored", "--nocapture"])
        .env(TASK, serde_json::to_string(&task).unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let grown = said.lines().find_map(|line| line.strip_prefix("grown "));
    grown.unwrap_or_else(|| panic!("{}: {said}", ground.server)).parse().unwrap()
}

fn grows_no_more_for_more(ground: &Ground) {
    // fake-gcs-server takes four times as long for twice as much.
    let large = if ground.server == "fake-gcs-server" { 128 } else { 256 };
    let (small, large) = (growth(ground, 64 * MIB), growth(ground, large * MIB));
    let (less, more) = (small.min(large), small.max(large));
    assert!(more - less <= 10 * MIB, "{}: {small} and {large}", ground.server);
}

fn measured(ground: &Ground) {
    let grown = [1024 * MIB, 4096 * MIB].map(|length| growth(ground, length).div_ceil(MIB));
    assert!(grown[0].abs_diff(grown[1]) <= 10, "{}: {grown:?} MiB", ground.server);
    document::says("Memory", ground, &grown.map(|grown| format!("{grown} MiB")));
}

macro_rules! measure {
    ($($test:ident: $ground:expr;)*) => {
        $(
            mod $test {
                use super::shared;

                #[test]
                fn a_longer_object_takes_no_more() {
                    super::grows_no_more_for_more($ground);
                }

                #[test]
                #[ignore = "takes long; for the document"]
                fn gigabytes() {
                    super::measured($ground);
                }
            }
        )*
    };
}

measure! {
    local: shared::local();
    // Apache takes no more than 1 GiB at once where nobody sets it up.
    webdav: shared::nginx();
    s3: shared::s3();
    azure: shared::azure();
    gcs: shared::gcs_sink();
    sftp: shared::sftp();
    smb: shared::smb();
}

#[test]
fn a_longer_object_takes_no_more_at_fake_gcs_server() {
    grows_no_more_for_more(shared::gcs());
}

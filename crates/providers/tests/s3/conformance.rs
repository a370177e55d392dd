use super::{of_seaweedfs, open};
use servers::SeaweedFs;
use storage::conformance;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seaweedfs_conforms() {
    let server = SeaweedFs::start().unwrap();
    let mut values = of_seaweedfs(&server, "a/folder");
    let report = conformance::check(async || open(&values).await).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.absent, ["create new", "rename"]);

    // It keeps to conditions, which saves the look before each object.
    values.plain.insert("conditions".into(), "yes".into());
    values.plain.insert("folder".into(), "another".into());
    let report = conformance::check(async || open(&values).await).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.absent, ["rename"]);
}

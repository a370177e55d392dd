use super::{names_on_disk, open};
use std::sync::Arc;
use storage::{Store, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_local_store_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let report = conformance::check(async || {
        let store: Arc<dyn Store> = Arc::new(open(folder.path()).await);
        Ok(store)
    })
    .await;
    assert!(report.is_clean(), "{report}");
    assert!(report.absent.is_empty(), "{report}");
    assert_eq!(report.passed.len(), 13);

    // Failed and cancelled writes have cleaned up after themselves. The last
    // of them may still be at it.
    let mut left = names_on_disk(folder.path());
    for _ in 0..50 {
        if !left.iter().any(|name| name.contains(".keepstead-")) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        left = names_on_disk(folder.path());
    }
    assert!(!left.iter().any(|name| name.contains(".keepstead-")), "{left:?}");
}

use super::{ensure_tidy, open, samba};
use storage::conformance;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_of_a_share_conforms() {
    let samba = samba();
    let report = conformance::check(async || Ok(open(&samba, "a/store").await)).await;
    assert!(report.is_clean(), "{report}");
    assert!(report.absent.is_empty(), "{report}");
    assert_eq!(report.passed.len(), 13);
    ensure_tidy(&samba.folder()).await;
}

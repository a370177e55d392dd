use super::{Said, ensure_no_leftovers};
use servers::OpenSsh;
use storage::conformance;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sftp_store_conforms() {
    let server = OpenSsh::start().unwrap();
    let said = Said::about(&server);
    let capabilities = said.open().await.unwrap().capabilities();
    assert!(capabilities.atomic_create && capabilities.atomic_replace);
    assert!(capabilities.durable && capabilities.case_sensitive);

    let report = conformance::check(async || said.open().await).await;
    assert!(report.is_clean(), "{report}");
    if capabilities.server_copy {
        assert!(report.absent.is_empty(), "{report}");
        assert_eq!(report.passed.len(), 13);
    }
    ensure_no_leftovers(&server.folder()).await;
}

//! The one suite that every store has to pass.

use super::{grounds, grounds::Ground, open};
use storage::conformance;

async fn conforms(ground: Ground) {
    let report = conformance::check(async || open(ground.kind, &ground.values).await).await;
    assert!(report.is_clean(), "{}: {report}", ground.server);
    let absent: Vec<_> = ground.absent.iter().map(|(point, _)| *point).collect();
    assert_eq!(report.absent, absent, "{}", ground.server);
}

macro_rules! conform {
    ($($test:ident: $ground:expr;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                conforms($ground).await;
            }
        )*
    };
}

conform! {
    webdav_of_apache: grounds::apache();
    webdav_of_nginx: grounds::nginx();
    webdav_of_rclone: grounds::rclone();
    webdav_of_seaweedfs: grounds::seaweedfs_webdav();
    s3_of_seaweedfs: grounds::seaweedfs("yes");
    s3_of_seaweedfs_without_conditions: grounds::seaweedfs("unknown");
    s3_of_moto: grounds::moto("yes");
    azure_of_azurite: grounds::azurite();
    gcs_of_a_stand_in: grounds::fake_gcs();
}

//! The one suite that every store has to pass.

use super::{document, ensure_tidy, grounds, grounds::Ground, open};
use storage::conformance;

/// The points, as the document has them.
const POINTS: [&str; 13] = [
    "round trip",
    "ranges",
    "missing",
    "listing",
    "prefix",
    "delete",
    "create new",
    "overwrite",
    "rename",
    "copy",
    "failing body",
    "cancelled before",
    "cancelled during",
];

async fn conforms(ground: Ground) {
    let report = conformance::check(async || open(ground.kind, &ground.values).await).await;
    assert!(report.is_clean(), "{}: {report}", ground.server);
    let absent: Vec<_> = ground.absent.iter().map(|(point, _)| *point).collect();
    assert_eq!(report.absent, absent, "{}", ground.server);
    assert_eq!(report.passed.len() + absent.len(), POINTS.len());
    if let Some(folder) = &ground.disk {
        ensure_tidy(folder).await;
    }
    let cell = |point: &&str| {
        let mark = match (report.passed.contains(point), absent.contains(point)) {
            (true, _) => "✓",
            (_, true) => "—",
            _ => panic!("{point} is no point of the document"),
        };
        mark.to_owned()
    };
    document::says("Points", &ground, &POINTS.iter().map(cell).collect::<Vec<_>>());
    let whys = ground.absent.iter().map(|(point, why)| format!("*{point}*: {why}"));
    document::says("What is absent", &ground, &[whys.collect::<Vec<_>>().join("; ")]);
}

macro_rules! conform {
    ($($test:ident: $ground:expr;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                conforms($ground).await;
            }
        )*

        #[test]
        fn no_line_of_the_document_is_of_nothing() {
            let tests = [$(stringify!($test)),*].len();
            if !document::is_written() {
                assert_eq!(document::length("Points"), tests);
                assert_eq!(document::length("What is absent"), tests);
            }
        }
    };
}

conform! {
    local: grounds::local();
    webdav_of_apache: grounds::apache();
    webdav_in_parts: grounds::nextcloud(grounds::apache_in_parts());
    webdav_of_nginx: grounds::nginx();
    webdav_of_rclone: grounds::rclone();
    webdav_of_seaweedfs: grounds::seaweedfs_webdav();
    s3_of_seaweedfs: grounds::seaweedfs("yes");
    s3_of_seaweedfs_without_conditions: grounds::seaweedfs("unknown");
    // Under load it lets two writers win.
    s3_of_moto: grounds::moto("unknown");
    azure_of_azurite: grounds::azurite();
    gcs_of_a_stand_in: grounds::fake_gcs();
    sftp_of_openssh: grounds::openssh();
    smb_of_samba: grounds::samba();
}

//! The servers that speak S3 start, answer and end.

mod common;

use common::{curl, leaves_nothing};
use servers::SeaweedFs;

fn keys() -> [String; 4] {
    let keys = format!("{}:{}", SeaweedFs::ACCESS_KEY, SeaweedFs::SECRET_KEY);
    ["--aws-sigv4".into(), "aws:amz:us-east-1:s3".into(), "--user".into(), keys]
}

#[test]
fn two_seaweedfs_answer_at_the_same_time() {
    let servers: Vec<_> = [SeaweedFs::start, SeaweedFs::with_webdav]
        .map(|start| std::thread::spawn(move || start().expect("SeaweedFS starts")))
        .into_iter()
        .map(|thread| thread.join().expect("it started"))
        .collect();
    for server in &servers {
        let object = format!("{}/{}/a/b/c", server.endpoint(), SeaweedFs::BUCKET);
        assert_eq!(curl().args(keys()).put(b"hello").ask(&object).0, 200);
        assert_eq!(curl().args(keys()).ask(&object), (200, "hello".to_owned()));
        assert_eq!(curl().ask(&object).0, 403, "keys are asked for");
    }
    let dav = servers[1].webdav().expect("it speaks WebDAV");
    let object = format!("{dav}buckets/{}/a/b/c", SeaweedFs::BUCKET);
    assert_eq!(curl().ask(&object), (200, "hello".to_owned()));
    for mut server in servers {
        let (folder, group) = (server.folder().to_owned(), server.process().id());
        drop(server);
        leaves_nothing(&folder, group);
    }
}

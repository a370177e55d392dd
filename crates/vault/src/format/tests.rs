//! Trees and snapshots against bytes that restic wrote, and against input that
//! nobody should write.

use proptest::{collection, option, prelude::*};

use super::*;

/// What restic 0.19 (built with Go 1.25) writes for a tree of odd nodes.
const TREE: &[u8] = include_bytes!("golden/tree.json");
/// The same for two snapshots, one a line.
const SNAPSHOTS: &str = include_str!("golden/snapshots.json");

fn named(name: &[u8]) -> Node {
    Node { name: name.to_vec(), ..Node::default() }
}

fn tree_of(nodes: &[Node]) -> Result<Vec<u8>, FormatError> {
    let mut builder = TreeBuilder::new();
    for node in nodes {
        builder.push(node)?;
    }
    assert_eq!(builder.count(), nodes.len());
    Ok(builder.finish())
}

fn json_error(error: FormatError) -> String {
    match error {
        FormatError::Json { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn writes_the_bytes_that_restic_writes() {
    let tree = Tree::parse(TREE).unwrap();
    assert_eq!(tree.nodes.len(), 27);
    assert_eq!(
        String::from_utf8(tree.to_bytes().unwrap()).unwrap(),
        std::str::from_utf8(TREE).unwrap()
    );
    assert_eq!(tree_of(&[]).unwrap(), b"{\"nodes\":[]}\n");
}

#[test]
fn reads_what_restic_wrote() {
    let tree = Tree::parse(TREE).unwrap();
    let find = |name: &[u8]| tree.find(name).unwrap();

    let file = find(b"file");
    assert_eq!(file.kind, NodeKind::File);
    assert_eq!(file.mode, 0o644);
    assert_eq!((file.size, file.inode, file.device_id), (u64::MAX, u64::MAX, u64::MAX));
    assert_eq!((file.uid, file.gid, file.links), (u32::MAX, u32::MAX - 1, 2));
    assert_eq!((&*file.user, &*file.group), ("us<er", "grüp"));
    assert_eq!(
        file.mtime,
        NodeTime { seconds: 1_700_000_000, nanoseconds: 120_000_000, offset_seconds: 19_800 }
    );
    assert_eq!(file.ctime, NodeTime::utc(-1, 999_999_999));
    assert_eq!(file.content, Some(vec![Id::of(b"one"), Id::of(b"two"), Id::of(b"one")]));

    assert_eq!(find(b"empty").content, Some(Vec::new()));
    assert_eq!(find(b"dir").subtree, Some(Id::of(b"sub")));
    assert_eq!(find(b"dir").content, None);
    assert_eq!(mode::to_unix(find(b"dir").mode), 0o043_777);
    assert_eq!(find(b"device").device, 2049);
    assert_eq!(
        find(b"link").link_target.as_deref(),
        Some("../a <b> & \u{2028} \"c\\d\" \u{7f}é".as_bytes())
    );
    assert_eq!(find(b"link-raw").link_target.as_deref(), Some(&b"\xff\xe6\xbc/\0ok"[..]));
    assert_eq!(find(b"error").error, "lstat <x> & \"y\": \u{1}");
    let attributes = &find(b"attributes").extended_attributes;
    assert_eq!(attributes[0].name, "user.z<");
    assert_eq!(attributes[0].value.as_deref(), Some(&b"\0\xff"[..]));
    assert_eq!(attributes[1].value.as_deref(), Some(&b""[..]));
    assert_eq!(attributes[2].value, None);
    assert_eq!(find(b"windows").generic_attributes["windows.file_attributes"].get(), "32");

    for name in [
        &b"\xff"[..],
        b"a\xe6\xbcb",
        b"<&>",
        br#"quote"back\slash'"#,
        b"\x07\x08\x0c\n\r\t\x0b\x01\x1f\x7f",
        "\u{ad}\u{2028}\u{200b}\u{feff}\u{e0001}\u{e000}\u{10ffff}".as_bytes(),
        "é漢😀\u{301}\u{fffd}".as_bytes(),
        b"...",
    ] {
        find(name);
    }
    assert_eq!(tree.find(b"absent"), None);
}

#[test]
fn writes_raw_values_without_spaces() {
    let raw = RawJson::parse(" { \"Low\" : 1, \"s\" : \"a b<\u{2028}\" } ").unwrap();
    let node = Node { generic_attributes: [("w".to_owned(), raw)].into(), ..named(b"a") };
    let text = String::from_utf8(tree_of(&[node]).unwrap()).unwrap();
    assert!(
        text.contains(r#""generic_attributes":{"w":{"Low":1,"s":"a b\u003c\u2028"}},"content""#)
    );
    assert!(RawJson::parse("{").is_err());
}

#[test]
fn a_buffer_is_used_again() {
    let mut builder = TreeBuilder::with_buffer(b"what was there".to_vec());
    builder.push(&named(b"a")).unwrap();
    assert_eq!(builder.finish(), tree_of(&[named(b"a")]).unwrap());
}

#[test]
fn refuses_names_and_orders_that_no_folder_has() {
    let order = |previous: &str| NodeProblem::Order { previous: previous.to_owned() };
    for (names, index, problem) in [
        (&[&b""[..]][..], 0, NodeProblem::EmptyName),
        (&[b".", b"x"], 0, NodeProblem::DotName),
        (&[b"!", b".."], 1, NodeProblem::DotName),
        (&[b"a", b"b/c"], 1, NodeProblem::Slash),
        (&[b"/"], 0, NodeProblem::Slash),
        (&[b"a\0"], 0, NodeProblem::Zero),
        (&[b"a", b"a"], 1, order("a")),
        (&[b"a", b"b", b"a"], 2, order("b")),
        (&[b"b\xff", b"a\x01"], 1, order(r"b\xff")),
        // The bytes count, not the characters: U+FF5E comes before U+10000 in
        // UTF-8, and after it in UTF-16.
        (&["\u{10000}".as_bytes(), "\u{ff5e}".as_bytes()], 1, order("\u{10000}")),
    ] {
        let nodes: Vec<Node> = names.iter().map(|name| named(name)).collect();
        let name = String::from_utf8(go_json::quote(names[index])).unwrap();
        let refused = FormatError::Node { index, name, problem };
        assert_eq!(tree_of(&nodes), Err(refused.clone()));

        let mut stored = Vec::new();
        for node in &nodes {
            stored.push(if stored.is_empty() { b'[' } else { b',' });
            write::append_node(&mut stored, node);
        }
        let stored = [br#"{"nodes":"#, &*stored, b"]}"].concat();
        assert_eq!(Tree::parse(&stored), Err(refused));
    }
}

#[test]
fn a_refused_node_leaves_the_tree_as_it_was() {
    let mut builder = TreeBuilder::new();
    builder.push(&named(b"b")).unwrap();
    builder.push(&named(b"a")).unwrap_err();
    builder.push(&named(b"")).unwrap_err();
    builder.push(&named(b"c")).unwrap();
    assert_eq!(builder.finish(), tree_of(&[named(b"b"), named(b"c")]).unwrap());
}

#[test]
fn unknown_and_missing_keys_do_no_harm() {
    let stored = br#" { "later" : { "nodes": [1] }, "nodes": [ { "name": "a", "new": [[{}]],
        "type": "file", "content": [], "generic_attributes": null, "extended_attributes": null } ],
        "more": null } "#;
    let expected = Node { kind: NodeKind::File, content: Some(Vec::new()), ..named(b"a") };
    assert_eq!(Tree::parse(stored).unwrap().nodes, [expected]);
    assert_eq!(Tree::parse(br#"{"nodes":null}"#).unwrap(), Tree::default());
    // Of each key that restic writes, as Go reads it.
    for key in ["mode", "mtime", "atime", "ctime", "uid", "gid", "user", "group", "inode", "size"] {
        let stored =
            format!(r#"{{"nodes":[{{"name":"a","type":"file","content":[],"{key}":null}}]}}"#);
        let expected = Node { kind: NodeKind::File, content: Some(Vec::new()), ..named(b"a") };
        assert_eq!(Tree::parse(stored.as_bytes()).unwrap().nodes, [expected], "{key}");
    }
}

#[test]
fn null_in_a_snapshot_is_nothing() {
    let least = r#""time":"2026-03-04T05:06:07Z","tree":"ID""#.replace("ID", &"ab".repeat(32));
    let plain = Snapshot::parse(format!("{{{least}}}").as_bytes()).unwrap();
    let keys = ["parent", "paths", "hostname", "username", "uid", "gid", "excludes", "tags"];
    for key in keys.into_iter().chain(["original", "program_version", "summary"]) {
        let stored = format!(r#"{{{least},"{key}":null}}"#);
        assert_eq!(Snapshot::parse(stored.as_bytes()).unwrap(), plain, "{key}");
    }
    let stored = format!(r#"{{{least},"summary":{{"files_new":null}}}}"#);
    assert_eq!(
        Snapshot::parse(stored.as_bytes()).unwrap().summary,
        Some(SnapshotSummary::default())
    );
}

#[test]
fn refuses_what_is_no_tree() {
    for stored in [
        &b""[..],
        b"null",
        b"[]",
        b"{}",
        br#"{"nodes":{}}"#,
        br#"{"nodes":[]"#,
        br#"{"nodes":[]}}"#,
        br#"{"nodes":[],"nodes":[]}"#,
        br#"{"nodes":[null]}"#,
        br#"{"nodes":[{"name":"a","mode":-1}]}"#,
        br#"{"nodes":[{"name":"a","mode":4294967296}]}"#,
        br#"{"nodes":[{"name":"a","size":1e3}]}"#,
        br#"{"nodes":[{"name":"a","content":["00"]}]}"#,
        br#"{"nodes":[{"name":"a","subtree":"zz"}]}"#,
        b"{\"nodes\":[{\"name\":\"\xff\"}]}",
    ] {
        let shown = String::from_utf8_lossy(stored);
        assert!(matches!(Tree::parse(stored), Err(FormatError::Json { .. })), "{shown}");
    }
    let second = Tree::parse(br#"{"nodes":[{"name":"a"},{"name":"b","uid":"x"}]}"#).unwrap_err();
    assert!(json_error(second).contains("entry 1: "));
}

#[test]
fn says_which_node_is_wrong() {
    for (fields, problem) in [
        (r#""name":"b\\q""#, NodeProblem::Quoting),
        (r#""name":"b\"""#, NodeProblem::Quoting),
        (r#""name":"b","mtime":"x""#, NodeProblem::Time("x".into())),
        (r#""name":"b","linktarget_raw":"*""#, NodeProblem::LinkTarget),
        (
            r#""name":"b","extended_attributes":[{"name":"user.x","value":"*"}]"#,
            NodeProblem::Attribute("user.x".into()),
        ),
    ] {
        let stored = format!(r#"{{"nodes":[{{"name":"a"}},{{{fields}}}]}}"#);
        match Tree::parse(stored.as_bytes()) {
            Err(FormatError::Node { index: 1, name, problem: found }) => {
                assert!(name.starts_with('b'));
                assert_eq!(found, problem);
            }
            other => panic!("{fields}: {other:?}"),
        }
    }
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for key in ["nodes", "unknown"] {
            let (open, close) = (open.repeat(200_000), close.repeat(200_000));
            let _ = Tree::parse(format!("{{\"{key}\":{open}1{close}}}").as_bytes());
            let _ = Snapshot::parse(format!("{{\"{key}\":{open}1{close}}}").as_bytes());
            let inner =
                format!(r#"{{"nodes":[{{"generic_attributes":{{"{key}":{open}1{close}}}}}]}}"#);
            let _ = Tree::parse(inner.as_bytes());
        }
    }
}

#[test]
fn reads_and_writes_snapshots_as_restic_does() {
    let (full, least) = SNAPSHOTS.trim_end().split_once('\n').unwrap();
    let snapshot = Snapshot::parse(full.as_bytes()).unwrap();
    assert_eq!(snapshot.time.to_string(), "2026-03-04T05:06:07.123456789+01:00");
    assert_eq!(snapshot.tree, Id::of(b"tree"));
    assert_eq!(snapshot.parent, Some(Id::of(b"parent")));
    assert_eq!(snapshot.original, Some(Id::of(b"original")));
    assert_eq!(snapshot.paths, ["/home/me", "/srv/a<b>&"]);
    assert_eq!((&*snapshot.hostname, &*snapshot.username), ("host", "me"));
    assert_eq!((snapshot.uid, snapshot.gid), (1000, 1001));
    assert_eq!(
        (&*snapshot.excludes, &*snapshot.tags),
        (&["*.tmp".into()][..], &["ks:plan=1".into()][..])
    );
    assert_eq!(snapshot.program_version, "restic 0.19.1");
    let summary = snapshot.summary.as_ref().unwrap();
    assert_eq!(summary.backup_end.seconds, summary.backup_start.seconds + 1);
    assert_eq!((summary.files_new, summary.total_bytes_processed), (1, 12));
    // Same keys in the same order; only Go makes JSON safe for HTML.
    let plain = full.replace(r"\u003c", "<").replace(r"\u003e", ">").replace(r"\u0026", "&");
    assert_eq!(String::from_utf8(snapshot.to_json().unwrap()).unwrap(), plain);

    let snapshot = Snapshot::parse(least.as_bytes()).unwrap();
    assert_eq!(snapshot.paths, Vec::<String>::new());
    assert_eq!(snapshot.summary, None);
    let written = String::from_utf8(snapshot.to_json().unwrap()).unwrap();
    assert_eq!(written, least.replace("\"paths\":null", "\"paths\":[]"));
}

#[test]
fn refuses_what_is_no_snapshot() {
    for json in ["", "{}", "[]", "null", r#"{"time":"2026-03-04T05:06:07Z","tree":null}"#] {
        assert!(Snapshot::parse(json.as_bytes()).is_err(), "{json}");
    }
}

fn time() -> impl Strategy<Value = NodeTime> {
    let seconds = -62_167_132_800_i64..253_402_214_400;
    (seconds, 0..1_000_000_000_u32, -1439..1440_i32).prop_map(|(seconds, nanoseconds, minutes)| {
        NodeTime { seconds, nanoseconds, offset_seconds: minutes * 60 }
    })
}

fn id() -> impl Strategy<Value = Id> {
    any::<[u8; 32]>().prop_map(Id::from_bytes)
}

prop_compose! {
    fn node()(
        name in collection::vec(any::<u8>(), 1..20),
        kind in "file|dir|symlink|dev|chardev|fifo|socket|irregular|<other>|",
        numbers: (u32, u32, u32, u64, u64, u64, u64, u64),
        times in (time(), time(), time()),
        texts: (String, String, String),
        link_target in option::of(collection::vec(any::<u8>(), 1..20)),
        attributes: Vec<(String, Option<Vec<u8>>)>,
        generic in collection::btree_map(any::<String>(), any::<u32>(), 0..3),
        content in option::of(collection::vec(id(), 0..4)),
        subtree in option::of(id()),
    ) -> Node {
        let (mode, uid, gid, inode, device_id, size, links, device) = numbers;
        let (mtime, atime, ctime) = times;
        let (user, group, error) = texts;
        let attribute = |(name, value)| ExtendedAttribute { name, value };
        let raw = |number: u32| RawJson::parse(&number.to_string()).unwrap();
        Node {
            kind: NodeKind::from_text(&kind),
            extended_attributes: attributes.into_iter().map(attribute).collect(),
            generic_attributes: generic.into_iter().map(|(key, number)| (key, raw(number))).collect(),
            name, mode, mtime, atime, ctime, uid, gid, user, group, inode, device_id, size, links,
            link_target, device, content, subtree, error,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(mut nodes in collection::vec(node(), 0..8)) {
        nodes.retain(|node| {
            write::check_name(0, &node.name, b"").is_ok()
        });
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        nodes.dedup_by(|a, b| a.name == b.name);
        let bytes = tree_of(&nodes).unwrap();
        let tree = Tree::parse(&bytes).unwrap();
        prop_assert_eq!(&tree.nodes, &nodes);
        prop_assert_eq!(tree.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes: Vec<u8>) {
        let _ = Tree::parse(&bytes);
        let _ = Snapshot::parse(&bytes);
        let _ = Id::from_hex(&bytes);
    }

    #[test]
    fn damaged_trees_do_not_panic(at in 0..TREE.len(), with: u8, cut in 0..TREE.len() - 1) {
        let mut bytes = TREE.to_vec();
        bytes[at] = with;
        if let Ok(tree) = Tree::parse(&bytes) {
            let written = tree.to_bytes().unwrap();
            prop_assert_eq!(Tree::parse(&written).unwrap().to_bytes().unwrap(), written);
        }
        prop_assert!(Tree::parse(&TREE[..cut]).is_err());
    }

    #[test]
    fn damaged_snapshots_do_not_panic(at in 0..SNAPSHOTS.len(), with: u8) {
        let mut bytes = SNAPSHOTS.as_bytes().to_vec();
        bytes[at] = with;
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(snapshot) = Snapshot::parse(line) {
                prop_assert_eq!(Snapshot::parse(&snapshot.to_json().unwrap()).unwrap(), snapshot);
            }
        }
    }
}

//! What a backup leaves out when it is told to.

use std::path::PathBuf;

use tests::{
    engine::Engine,
    keepstead::{Keepstead, refusal},
    sandbox::{Sandbox, restored},
};

const FILES: [(&str, &[u8]); 9] = [
    ("a.txt", b"1"),
    ("a.tmp", b"2"),
    ("A.TMP", b"3"),
    ("cache/x", b"4"),
    ("sub/cache/y", b"5"),
    ("sub/b.tmp", b"6"),
    ("sub/deep/c.txt", b"7"),
    ("sub/deep/d.tmp", b"8"),
    ("with [brackets]/e", b"9"),
];

fn ready() -> (Sandbox, Keepstead, PathBuf) {
    let sandbox = Sandbox::new();
    let source = sandbox.source("source", &FILES);
    let keepstead = sandbox.repository("repository");
    (sandbox, keepstead, source)
}

/// Expects a backup with these patterns to leave out just `expected`.
#[track_caller]
fn leaves_out(patterns: &[&str], expected: &[&str]) {
    let (sandbox, keepstead, source) = ready();
    let root = source.to_str().expect("text");
    let patterns: Vec<String> = patterns.iter().map(|it| it.replace("ROOT", root)).collect();
    let mut arguments = Vec::new();
    for pattern in &patterns {
        arguments.extend(["--exclude", pattern]);
    }
    keepstead.run_backup(&source, &arguments).succeeds();
    let target = sandbox.path("target");
    keepstead.restore("latest", &target);
    let copy = restored(&target, &source);
    let missing: Vec<&str> =
        FILES.iter().map(|(name, _)| *name).filter(|name| !copy.join(name).exists()).collect();
    assert_eq!(missing, expected, "{patterns:?}");

    // The next backup finds the same, whatever the parent holds.
    let listing = keepstead.list();
    assert_eq!(listing.as_array().map(Vec::len), Some(1), "{listing}");
    // restic, told the same, leaves out the same.
    let _ = sandbox.repository("restic");
    let restic = sandbox.new_restic("restic");
    let mut arguments = vec!["backup", root];
    for pattern in &patterns {
        arguments.extend(["--exclude", pattern]);
    }
    let _ = restic.run(arguments).succeeds();
    let target = sandbox.path("by restic");
    restic.restore("latest", &target);
    let copy = restored(&target, &source);
    let missing: Vec<&str> =
        FILES.iter().map(|(name, _)| *name).filter(|name| !copy.join(name).exists()).collect();
    assert_eq!(missing, expected, "restic, {patterns:?}");
}

#[test]
fn by_ending() {
    leaves_out(&["*.tmp"], &["a.tmp", "sub/b.tmp", "sub/deep/d.tmp"]);
}

#[test]
fn folders_by_name() {
    leaves_out(&["cache"], &["cache/x", "sub/cache/y"]);
}

#[test]
fn by_absolute_path() {
    leaves_out(&["ROOT/cache"], &["cache/x"]);
    leaves_out(&["ROOT/sub/*.tmp"], &["sub/b.tmp"]);
    leaves_out(&["ROOT/sub/**/*.tmp"], &["sub/b.tmp", "sub/deep/d.tmp"]);
}

#[test]
fn by_a_part_of_the_path() {
    leaves_out(&["sub/deep"], &["sub/deep/c.txt", "sub/deep/d.tmp"]);
    leaves_out(&["deep/*.txt"], &["sub/deep/c.txt"]);
}

#[test]
fn by_several_patterns() {
    leaves_out(
        &["*.txt", "cache", "?.TMP"],
        &["a.txt", "A.TMP", "cache/x", "sub/cache/y", "sub/deep/c.txt"],
    );
}

#[test]
fn brackets_that_are_meant() {
    leaves_out(&["with \\[brackets\\]"], &["with [brackets]/e"]);
}

#[test]
fn everything_is_left_out() {
    let (_sandbox, keepstead, source) = ready();
    let outcome = keepstead.run_backup(&source, &["--exclude", "*"]);
    assert!(matches!(outcome.code, Some(0 | 1)), "{outcome}");
    keepstead.check();
}

#[test]
fn a_pattern_that_is_none() {
    let (_sandbox, keepstead, source) = ready();
    for pattern in ["[", "a["] {
        refusal(keepstead.run_backup(&source, &["--exclude", pattern])).names(pattern);
    }
    assert_eq!(keepstead.snapshots(), [""; 0]);
}

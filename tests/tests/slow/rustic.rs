//! Whoever of Keepstead, restic and rustic writes a repository, the others can
//! check it, restore it and go on with it.

use tests::{
    content,
    engine::Engine,
    judge::{comes_back, comes_back_from, go_round},
    odd_tree::OddTree,
    rustic::Rustic,
    sandbox::Sandbox,
};

fn engines(sandbox: &Sandbox) -> [Box<dyn Engine>; 3] {
    let name = "repository";
    let rustic = Rustic::new(&sandbox.path(name), &sandbox.home());
    [Box::new(sandbox.keepstead(name)), Box::new(sandbox.new_restic(name)), Box::new(rustic)]
}

#[track_caller]
fn written_by(name: &str) {
    let sandbox = Sandbox::new();
    let source = sandbox.path("source");
    OddTree::FOR_ALL.build(&source).expect("the odd tree");
    let engines = engines(&sandbox);
    let writer = engines.iter().find(|engine| engine.name() == name).expect("it is known");
    go_round(&sandbox, writer.as_ref(), &engines, &source);
}

#[test]
#[ignore = "slow: cargo xtask slow rustic"]
fn what_rustic_writes() {
    written_by("rustic");
}

#[test]
#[ignore = "slow: cargo xtask slow rustic"]
fn what_keepstead_writes() {
    written_by("keepstead");
}

#[test]
#[ignore = "slow: cargo xtask slow rustic"]
fn what_restic_writes() {
    written_by("new restic");
}

/// Both mark packs before they delete them, and each understands the other.
#[test]
#[ignore = "slow: cargo xtask slow rustic"]
fn packs_that_are_marked() {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let rustic = Rustic::new(keepstead.repository(), &sandbox.home());
    let restic = sandbox.new_restic("repository");
    let kept = sandbox.source("kept", &[("a", &content::random(1, 3 << 20)), ("b/c", b"two")]);
    let gone = sandbox.source("gone", &[("x", &content::random(2, 9 << 20))]);
    type Prune<'a> = (&'a str, &'a dyn Fn());
    let prunes: [Prune<'_>; 2] = [
        ("keepstead", &|| drop(keepstead.run::<&str>("prune", []).succeeds())),
        ("rustic", &|| drop(rustic.run(["prune"]).succeeds())),
    ];
    let engines: [&dyn Engine; 3] = [&keepstead, &restic, &rustic];
    let stays = keepstead.backup(&kept, false);
    for (name, prune) in prunes {
        for again in engines {
            let forgotten = keepstead.backup(&gone, false);
            let _ = restic.run(["forget", &forgotten]).succeeds();
            prune();
            for reader in engines {
                comes_back(&sandbox, reader, &stays, &kept);
            }
            // What is marked is taken out again, or stored anew: it comes back.
            let second = again.backup(&gone, true);
            for reader in engines {
                comes_back_from(&sandbox, again, reader, &second, &gone);
            }
            prune();
            for reader in engines {
                comes_back_from(&sandbox, again, reader, &second, &gone);
            }
            assert_eq!(restic.snapshots().len(), 2, "after {name} and {}", again.name());
            let _ = restic.run(["forget", &second]).succeeds();
        }
    }
    // Without a time to wait, all that is marked goes, whoever marked it.
    keepstead.run("prune", ["--grace", "0"]).succeeds();
    keepstead.run("prune", ["--grace", "0"]).succeeds();
    let (blobs, _) = tests::judge::added(&restic, &restic, &gone);
    assert!(blobs.iter().any(|blob| blob.starts_with("data")), "it was really gone");
    for reader in engines {
        comes_back(&sandbox, reader, &stays, &kept);
    }
}

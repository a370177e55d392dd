//! Forgetting: the same decisions as restic's, and nothing lost by accident.

use crate::{
    common::{back_up, host, in_memory, small_tree},
    dice::{Dice, cases},
    forge::Forge,
    judge::Disk,
};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use model::Ambient;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use storage::Cancel;
use vault::{
    Error,
    forget::{Count, Filter, ForgetOptions, GroupBy, Period, Policy, TagList, plan, plan_removal},
    format::{Id, Snapshot},
    layout::FileKind,
};

/// Snapshots of some machines, densely or over years, a few in the future,
/// written with the clocks of several zones.
fn snapshots(dice: &Dice, now: Timestamp) -> Vec<Value> {
    let count = 1 + dice.below(40);
    let span = [3, 50, 900, 40_000][dice.index(4)];
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for _ in 0..count {
        let mut minutes = i64::try_from(dice.below(60 * span)).unwrap();
        if dice.one_in(20) {
            minutes = -minutes;
        }
        // restic leaves open what comes first at the same moment.
        if !seen.insert(minutes) {
            continue;
        }
        let time = now.checked_sub(SignedDuration::from_mins(minutes)).unwrap();
        let offset = [0, 60, -210, 720][dice.index(4)];
        let time = time.to_zoned(Offset::from_seconds(offset * 60).unwrap().to_time_zone());
        let tags: Vec<&str> = ["a", "b", "c"].into_iter().filter(|_| dice.one_in(3)).collect();
        let paths = [vec!["/x"], vec!["/x", "/y"], vec!["/y", "/x"]];
        let mut snapshot = json!({
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string(),
            "tree": Id::of(b""),
            "paths": paths[dice.index(3)],
            "hostname": dice.of(&["home", "work"]),
        });
        if !tags.is_empty() {
            snapshot["tags"] = json!(tags);
        }
        all.push(snapshot);
    }
    all
}

/// A policy, and how restic is told of it.
fn policy(dice: &Dice) -> (ForgetOptions, Vec<String>) {
    let (mut options, mut arguments) = (ForgetOptions::default(), Vec::new());
    let policy = &mut options.policy;
    let counts: [(&str, &mut Count); 6] = [
        ("last", &mut policy.last),
        ("hourly", &mut policy.hourly),
        ("daily", &mut policy.daily),
        ("weekly", &mut policy.weekly),
        ("monthly", &mut policy.monthly),
        ("yearly", &mut policy.yearly),
    ];
    let only_tags = dice.one_in(5);
    for (name, count) in counts {
        if !only_tags && dice.one_in(3) {
            let number = u32::try_from(dice.below(8)).unwrap();
            let all = dice.one_in(6);
            *count = if all { Count::All } else { Count::Newest(number) };
            let number = if all { "unlimited".to_owned() } else { number.to_string() };
            arguments.push(format!("--keep-{name}={number}"));
        }
    }
    let periods: [(&str, &mut Period); 6] = [
        ("", &mut policy.within),
        ("-hourly", &mut policy.within_hourly),
        ("-daily", &mut policy.within_daily),
        ("-weekly", &mut policy.within_weekly),
        ("-monthly", &mut policy.within_monthly),
        ("-yearly", &mut policy.within_yearly),
    ];
    for (name, period) in periods {
        if !only_tags && dice.one_in(5) {
            let text = dice.of(&["1h", "36h", "7d", "3m", "1m30d", "2y1m3d4h", "0d"]);
            *period = text.parse().unwrap();
            arguments.push(format!("--keep-within{name}={text}"));
        }
    }
    for list in ["a", "a,b", ""] {
        if dice.one_in(if only_tags { 2 } else { 8 }) {
            policy.tags.push(TagList::parse(list));
            arguments.push(format!("--keep-tag={list}"));
        }
    }
    if options.policy.is_empty() {
        options.policy.last = Count::Newest(2);
        arguments.push("--keep-last=2".into());
    }
    let by = GroupBy { host: dice.one_in(2), paths: dice.one_in(2), tags: dice.one_in(4) };
    options.group_by = by;
    let words = [(by.host, "host"), (by.paths, "paths"), (by.tags, "tags")];
    let words: Vec<_> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    arguments.push(format!("--group-by={}", words.join(",")));
    let Filter { hosts, tags, paths } = &mut options.filter;
    if dice.one_in(4) {
        hosts.push("work".into());
        arguments.push("--host=work".into());
    }
    if dice.one_in(6) {
        tags.push(TagList::parse("b"));
        arguments.push("--tag=b".into());
    }
    if dice.one_in(6) {
        paths.push("/y".into());
        arguments.push("--path=/y".into());
    }
    (options, arguments)
}

/// Why restic keeps which snapshots, or `None` when it refuses.
fn judged(disk: &Disk, arguments: &[String]) -> Option<BTreeMap<Id, Vec<String>>> {
    let mut all = vec!["forget", "--dry-run", "--json", "--no-lock"];
    all.extend(arguments.iter().map(String::as_str));
    let (success, said) = disk.try_run(all);
    if !success {
        assert!(said.contains("refusing to delete last snapshot"), "{arguments:?}: {said}");
        return None;
    }
    let mut kept = BTreeMap::new();
    let Some(line) = said.lines().find(|line| line.starts_with('[')) else { return Some(kept) };
    let groups: Value = serde_json::from_str(line).unwrap();
    for group in groups.as_array().unwrap() {
        for reason in group["reasons"].as_array().into_iter().flatten() {
            let id: Id = reason["snapshot"]["id"].as_str().unwrap().parse().unwrap();
            let matches = reason["matches"].as_array().unwrap();
            let words = matches.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
            kept.insert(id, words);
        }
    }
    Some(kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn decides_as_restic_does_for_the_same_reasons() {
    let now = Ambient::system().clock.now();
    let (mut removed, mut refused, mut newest) = (0, 0, 0);
    for seed in 0..cases(16) {
        let dice = Dice::new(seed);
        let (forge, repository) = Forge::new().await;
        for snapshot in snapshots(&dice, now) {
            forge.put(FileKind::Snapshot, snapshot.to_string().as_bytes());
        }
        let disk = Disk::of(&forge.store);
        let snapshots = repository.snapshots(&Cancel::new()).await.unwrap();
        for _ in 0..6 {
            let (options, arguments) = policy(&dice);
            let plan = plan(&snapshots, &options, now);
            removed += plan.removed().len();
            let mut kept: BTreeMap<Id, Vec<String>> = BTreeMap::new();
            for one in plan.groups.iter().flat_map(|group| &group.keep) {
                let words = one.reasons.iter().map(ToString::to_string).collect();
                kept.insert(one.snapshot.id, words);
            }
            // Where we are stricter: restic would lose the newest, or refuse.
            kept.retain(|_, words| *words != ["newest snapshot"]);
            newest += plan.seen().len() - plan.removed().len() - plan.others.len() - kept.len();
            match judged(&disk, &arguments) {
                Some(judged) => assert_eq!(kept, judged, "seed {seed}: {arguments:?}"),
                None => refused += 1,
            }
        }
    }
    assert!(removed > 300 && refused > 0 && newest > 0, "{removed} {refused} {newest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_plan_removes_is_gone_and_the_rest_is_not() {
    let tree = small_tree();
    let (store, repository) = in_memory().await;
    let mut made = Vec::new();
    for number in 0..3 {
        std::fs::write(tree.path().join("text"), format!("version {number}")).unwrap();
        made.push(back_up(&repository, tree.path()).await.unwrap().id);
    }
    let cancel = Cancel::new();
    let options = ForgetOptions {
        policy: Policy { last: Count::Newest(1), ..Policy::default() },
        ..ForgetOptions::default()
    };
    let empty = repository.plan_forget(&ForgetOptions::default(), &cancel).await.unwrap();
    let refused = repository.forget(&empty, &host("home"), &cancel).await;
    assert!(matches!(refused, Err(Error::NoRules)), "{refused:?}");

    let plan = repository.plan_forget(&options, &cancel).await.unwrap();
    let newer = back_up(&repository, tree.path()).await.unwrap().id;
    let before = store.snapshot();
    let refused = repository.forget(&plan, &host("home"), &cancel).await;
    assert!(matches!(refused, Err(Error::PlanOutdated)), "{refused:?}");
    assert_eq!(store.snapshot(), before);

    let plan = repository.plan_forget(&options, &cancel).await.unwrap();
    let removed = repository.forget(&plan, &host("home"), &cancel).await.unwrap();
    assert_eq!(removed.len(), 3);
    let left: Vec<Id> = ids(&repository.snapshots(&cancel).await.unwrap());
    assert!(left.len() == 1 && (left[0] == newer || made.contains(&left[0])));
    // The clock of the tests stands still, so any of them is the newest.
    let last = BTreeSet::from([left[0]]);
    let snapshots = repository.snapshots(&cancel).await.unwrap();
    let removed =
        repository.forget(&plan_removal(&snapshots, &last), &host("home"), &cancel).await.unwrap();
    assert_eq!((removed, repository.snapshots(&cancel).await.unwrap().len()), (last, 0));
    assert!(!store.objects().iter().any(|key| key.as_str().starts_with("locks/")));
}

fn ids(snapshots: &[(Id, Snapshot)]) -> Vec<Id> {
    snapshots.iter().map(|(id, _)| *id).collect()
}

use super::*;

fn snapshot(number: u8, time: &str, tags: &[&str]) -> (Id, Snapshot) {
    let snapshot = Snapshot {
        time: NodeTime::parse(time).unwrap(),
        hostname: "home".into(),
        paths: vec!["/b".into(), "/a".into()],
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..Snapshot::default()
    };
    (Id::from_bytes([number; 32]), snapshot)
}

fn now() -> Timestamp {
    "2026-11-26T00:00:00Z".parse().unwrap()
}

/// What is kept, by number, with its reasons.
fn kept(plan: &ForgetPlan) -> Vec<(u8, String)> {
    let kept = plan.groups.iter().flat_map(|group| &group.keep);
    kept.map(|kept| {
        let reasons: Vec<_> = kept.reasons.iter().map(ToString::to_string).collect();
        (kept.snapshot.id.as_bytes()[0], reasons.join(", "))
    })
    .collect()
}

fn policy(policy: Policy) -> ForgetOptions {
    ForgetOptions { policy, ..ForgetOptions::default() }
}

#[test]
fn days_begin_where_they_are_asked_to() {
    // One day in UTC, two in Berlin, and another two by the clocks of the two.
    let snapshots = [
        snapshot(1, "2026-03-01T22:30:00Z", &[]),
        snapshot(2, "2026-03-01T23:30:00Z", &[]),
        snapshot(3, "2026-03-02T10:00:00+12:00", &[]),
    ];
    let mut options = policy(Policy { daily: Count::All, ..Policy::default() });
    let mut days = |zone: Option<&str>| {
        options.zone = zone.map(|zone| TimeZone::get(zone).unwrap());
        let kept = kept(&plan(&snapshots, &options, now()));
        kept.iter().map(|(number, _)| *number).collect::<Vec<_>>()
    };
    assert_eq!(days(Some("UTC")), [2, 3], "3 is the oldest: 22:00");
    assert_eq!(days(Some("Europe/Berlin")), [2, 1, 3]);
    assert_eq!(days(None), [2, 3]);
}

#[test]
fn a_week_is_one_also_where_a_year_ends() {
    // Monday 29 December 2025 to Sunday 4 January 2026 is the first week of 2026,
    // the last days of 2026 and the first ones of 2027 are its 53rd.
    let snapshots = [
        snapshot(1, "2025-12-28T10:00:00Z", &[]),
        snapshot(2, "2025-12-29T10:00:00Z", &[]),
        snapshot(3, "2026-01-04T10:00:00Z", &[]),
        snapshot(4, "2026-01-05T10:00:00Z", &[]),
        snapshot(5, "2026-12-28T10:00:00Z", &[]),
        snapshot(6, "2027-01-03T10:00:00Z", &[]),
    ];
    let options = policy(Policy { weekly: Count::All, ..Policy::default() });
    let kept = kept(&plan(&snapshots, &options, now()));
    let numbers: Vec<u8> = kept.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [6, 4, 3, 1]);
}

#[test]
fn the_newest_is_never_lost_and_no_rule_removes_nothing() {
    let snapshots =
        [snapshot(1, "2026-03-01T10:00:00Z", &["keep"]), snapshot(2, "2026-03-02T10:00:00Z", &[])];
    let tags = |text| policy(Policy { tags: vec![TagList::parse(text)], ..Policy::default() });
    let by_tag = kept(&plan(&snapshots, &tags("keep"), now()));
    assert_eq!(by_tag, [(2, "newest snapshot".into()), (1, "has tags [keep]".into())]);
    assert_eq!(kept(&plan(&snapshots, &tags("other"), now())), [(2, "newest snapshot".into())]);
    assert_eq!(kept(&plan(&snapshots, &tags(""), now())), [(2, "has tags []".into())]);

    let nothing = plan(&snapshots, &policy(Policy::default()), now());
    assert!(nothing.without_rules && nothing.removed().is_empty());
    let zero = Policy { last: Count::Newest(0), ..Policy::default() };
    assert!(plan(&snapshots, &policy(zero), now()).without_rules);
}

#[test]
fn what_the_filter_leaves_out_stays_and_is_seen() {
    let snapshots =
        [snapshot(1, "2026-03-01T10:00:00Z", &["x"]), snapshot(2, "2026-03-02T10:00:00Z", &[])];
    let mut options = policy(Policy { last: Count::Newest(1), ..Policy::default() });
    options.filter.tags = vec![TagList::parse("x")];
    let filtered = plan(&snapshots, &options, now());
    assert_eq!(kept(&filtered), [(1, "last snapshot".into())]);
    assert_eq!(filtered.others, [Id::from_bytes([2; 32])]);
    assert_eq!(filtered.seen().len(), 2);
    assert!(filtered.removed().is_empty());
}

#[test]
fn a_removal_by_name_takes_those_and_no_others() {
    let snapshots =
        [snapshot(1, "2026-03-01T10:00:00Z", &[]), snapshot(2, "2026-03-02T10:00:00Z", &[])];
    let both: BTreeSet<Id> = snapshots.iter().map(|(id, _)| *id).collect();
    assert_eq!(plan_removal(&snapshots, &both).removed(), both);
    let one = BTreeSet::from([snapshots[0].0]);
    let removal = plan_removal(&snapshots, &one);
    assert_eq!((removal.removed(), removal.seen()), (one, both));
}

#[test]
fn a_plan_survives_being_written_down() {
    let snapshots =
        [snapshot(1, "2026-03-01T10:00:00Z", &["x"]), snapshot(2, "2026-03-02T10:00:00Z", &[])];
    let options = policy(Policy {
        last: Count::Newest(1),
        within_daily: "1y2h".parse().unwrap(),
        tags: vec![TagList::parse("x")],
        ..Policy::default()
    });
    let made = plan(&snapshots, &options, now());
    let json = serde_json::to_string(&made).unwrap();
    assert_eq!(serde_json::from_str::<ForgetPlan>(&json).unwrap(), made);
    let json = serde_json::to_string(&options.policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), options.policy);
}

use super::*;
use model::random::SeededRandom;

const NOW: &str = "2026-11-24T12:00:00Z";

/// The rows of the table in the documentation.
fn table() -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verdict.md");
    let text = std::fs::read_to_string(path).expect("the table is readable");
    let rows: Vec<Vec<String>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| plan |"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(rows.len() > 10, "the table is found");
    rows
}

fn expected<'a>(table: &'a [Vec<String>], facts: &[&str; 8]) -> &'a str {
    let fits = |row: &&Vec<String>| {
        assert_eq!(row.len(), 9, "{row:?}");
        row.iter().zip(facts).all(|(cell, fact)| cell == "–" || cell == fact)
    };
    &table.iter().find(fits).expect("a row fits")[8]
}

fn name(state: State) -> &'static str {
    match state {
        State::NotSetUp => "not set up",
        State::Protected => "protected",
        State::Paused => "paused",
        State::Warning => "warning",
        State::DestinationMissing => "destination missing",
        State::Failed => "failed",
    }
}

fn situation(facts: &[&str; 8]) -> Situation {
    let now: Timestamp = NOW.parse().expect("a moment");
    let random = SeededRandom::new(7);
    let interval = SignedDuration::from_hours(24 * 7);
    let run = RunId::new(&random);
    let ended = |how| Some(Ended { run, how });
    let good = |hours: i64| {
        let open_files = u64::from(facts[4] == "yes");
        Some(Good { run, at: now - SignedDuration::from_hours(hours), open_files })
    };
    let target = TargetFacts {
        destination: DestinationId::new(&random),
        name: "Blue disk".to_owned(),
        presence: match facts[5] {
            "here" => Presence::Here,
            "away" => Presence::Away,
            _ => Presence::Missing,
        },
        off_disk: match facts[6] {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        last: match facts[1] {
            "none" => None,
            "succeeded" => ended(How::Succeeded),
            "skipped" => ended(How::Skipped),
            "away" => ended(How::NotThere),
            _ => ended(How::Failed("No room.".to_owned())),
        },
        damage: (facts[2] == "yes").then_some(run),
        good: match facts[3] {
            "fresh" => good(252),
            "stale" => good(253),
            _ => None,
        },
        interval,
    };
    let plan = PlanFacts {
        id: PlanId::new(&random),
        name: "Documents".to_owned(),
        enabled: facts[0] == "on",
        targets: vec![target],
    };
    Situation { now, kit_confirmed: facts[7] == "yes", plans: vec![plan] }
}

#[test]
fn every_combination_is_judged_as_the_table_says() {
    let table = table();
    let copies = ["yes", "no"].into_iter().flat_map(|damage| {
        [("fresh", "yes"), ("fresh", "no"), ("stale", "no"), ("none", "no")]
            .map(|(copy, gaps)| (damage, copy, gaps))
    });
    let mut tried = 0;
    for plan in ["on", "paused"] {
        for last in ["none", "succeeded", "skipped", "away", "failed"] {
            for (damage, copy, gaps) in copies.clone() {
                for place in ["here", "away", "missing"] {
                    for off in ["yes", "no", "unknown"] {
                        for kit in ["yes", "no"] {
                            let facts = [plan, last, damage, copy, gaps, place, off, kit];
                            let judged = judge(&situation(&facts)).state;
                            assert_eq!(name(judged), expected(&table, &facts), "{facts:?}");
                            tried += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(tried, 2 * 5 * 2 * 4 * 3 * 3 * 2);
}

#[test]
fn without_a_plan_nothing_is_set_up() {
    let mut none = situation(&["on", "none", "no", "none", "no", "here", "yes", "no"]);
    none.plans.clear();
    assert_eq!(judge(&none).state, State::NotSetUp);
}

#[test]
fn the_worst_plan_decides() {
    let kinds = [
        ["on", "succeeded", "no", "fresh", "no", "here", "yes", "yes"],
        ["paused", "succeeded", "no", "fresh", "no", "here", "yes", "yes"],
        ["on", "succeeded", "no", "stale", "no", "here", "yes", "yes"],
        ["on", "succeeded", "no", "fresh", "no", "missing", "yes", "yes"],
        ["on", "failed", "no", "fresh", "no", "here", "yes", "yes"],
        ["on", "succeeded", "yes", "fresh", "no", "here", "yes", "yes"],
    ];
    for (worse, facts) in kinds.iter().enumerate() {
        for better in &kinds[..=worse] {
            let mut both = situation(facts);
            both.plans.extend(situation(better).plans);
            assert_eq!(judge(&both).state, judge(&situation(facts)).state, "{facts:?} {better:?}");
            both.plans.reverse();
            assert_eq!(judge(&both).state, judge(&situation(facts)).state, "{better:?} {facts:?}");
        }
    }
}

#[test]
fn one_copy_off_this_disk_is_enough_for_a_plan() {
    let mut plan = situation(&["on", "succeeded", "no", "fresh", "no", "here", "no", "yes"]);
    assert_eq!(judge(&plan).state, State::Warning);
    let other = situation(&["on", "succeeded", "no", "fresh", "no", "here", "yes", "yes"]);
    plan.plans[0].targets.extend(other.plans[0].targets.clone());
    assert_eq!(judge(&plan).state, State::Protected);
}

#[test]
fn a_disk_that_is_away_is_named_while_its_copy_is_fresh() {
    let away = judge(&situation(&["on", "away", "no", "fresh", "no", "away", "yes", "yes"]));
    assert_eq!(away.state, State::Protected);
    assert_eq!(away.due.len(), 1);
}

#[test]
fn a_clock_that_is_wrong_proves_nothing() {
    let mut early = situation(&["on", "succeeded", "no", "fresh", "no", "here", "yes", "yes"]);
    early.now = "2019-12-31T23:59:59Z".parse().expect("a moment");
    assert_eq!(judge(&early).state, State::Warning);
    let mut back = situation(&["on", "succeeded", "no", "fresh", "no", "here", "yes", "yes"]);
    back.now = "2026-11-01T00:00:00Z".parse().expect("a moment");
    assert!(judge(&back).reasons.contains(&Reason::Clock));
}

#[test]
fn short_intervals_last_a_day() {
    assert_eq!(limit(SignedDuration::from_hours(1)), SignedDuration::from_hours(24));
    assert_eq!(limit(SignedDuration::from_hours(24)), SignedDuration::from_hours(36));
}

#[test]
fn damage_is_said_before_a_run_that_failed() {
    let mut both = situation(&["on", "failed", "no", "fresh", "no", "here", "yes", "yes"]);
    both.plans
        .extend(situation(&["on", "succeeded", "yes", "fresh", "no", "here", "yes", "yes"]).plans);
    assert!(matches!(judge(&both).reasons[..], [Reason::Damaged { .. }, Reason::Failed { .. }]));
}

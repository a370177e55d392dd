//! `cargo xtask slow trials`: how often the engine was tried to be made to lose
//! something, for docs/trials.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::restic::Judges;
use crate::run;
use crate::step::{self, Outcome};

/// The random cases of each test: five times as many as in `test`.
const CASES: &str = "120";
/// The stories of two machines, each of which takes half a minute.
const STORIES: &str = "12";
/// The tests of the engine that look at a repository after something went wrong.
const AFTERWARDS: [&str; 5] =
    ["faults::", "copy_model::", "prune_model::", "repair_index::", "repair_snapshots::"];

/// Runs the tests, and writes the document.
pub(crate) fn run(root: &Path, judges: &Judges) -> Outcome<()> {
    let file = root.join(".cache/trials");
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    fs::create_dir_all(root.join(".cache")).map_err(failed)?;
    fs::write(&file, "").map_err(failed)?;
    step::run(step::cargo().current_dir(root).args(run::BUILD))?;
    let test = |what: &[&str], filter: &[&str], cases: &str| {
        let mut tests = step::cargo();
        tests
            .current_dir(root)
            .arg("test")
            .args(&run::BUILD[1..])
            .args(what)
            .arg("--")
            .args(filter);
        tests.env("KEEPSTEAD_TEST_TRIALS", &file).env("KEEPSTEAD_CASES", cases);
        step::run(judges.tell(&mut tests))
    };
    test(&["--test", "vault"], &AFTERWARDS, CASES)?;
    test(&["--test", "vault"], &["kills::"], CASES)?;
    test(&["--test", "slow"], &["machines::", "--ignored"], STORIES)?;
    let lines = fs::read_to_string(&file).map_err(failed)?;
    let document = root.join("docs/trials.md");
    fs::write(&document, render(&lines)?)
        .map_err(|error| format!("{}: {error}", document.display()))
}

/// The document, of one line for each test: what, the test, how often.
fn render(lines: &str) -> Outcome<String> {
    let mut tried: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for line in lines.lines() {
        let mut fields = line.split('\t');
        let (Some(what), Some(test), Some(count)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(format!("a test has written {line:?}"));
        };
        let count: u64 = count.parse().map_err(|_| format!("a test has written {line:?}"))?;
        *tried.entry(what).or_default().entry(test).or_default() += count;
    }
    let mut text = "# Attempts to lose something\n\n```sh\ncargo xtask slow trials\n```\n\n\
        Each of these tests fails when a snapshot that was reported and not given up since cannot be\n\
        restored, or is not what it was. None did.\n\n| What | Test | Times |\n|---|---|--:|\n"
        .to_owned();
    for (what, tests) in &tried {
        for (test, count) in tests {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "| {what} | `{test}` | {count} |");
        }
        if tests.len() > 1 {
            let _ = writeln!(text, "| {what} | **all** | **{}** |", tests.values().sum::<u64>());
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_what_tests_have_written() {
        let text = render("a fault\tone\t3\na fault\tother\t4\na kill\tone\t5\na fault\tone\t1\n");
        let text = text.expect("lines");
        for line in
            ["| a fault | `one` | 4 |", "| a fault | **all** | **8** |", "| a kill | `one` | 5 |"]
        {
            assert!(text.contains(line), "{text}");
        }
        assert!(render("nothing").is_err() && render("a\tb\tc").is_err());
    }
}

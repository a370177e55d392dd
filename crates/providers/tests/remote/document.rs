//! docs/providers.md: every test here says what it has found, and fails when
//! the document says another thing.

use super::grounds::Ground;
use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Set, it makes the tests write the document instead of comparing it.
const VARIABLE: &str = "KEEPSTEAD_TEST_PROVIDERS";

static FILE: Mutex<()> = Mutex::new(());

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/providers.md")
}

/// Whether the document is being written.
pub(super) fn is_written() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// The line about a server in the table below a heading is this.
pub(super) fn says(heading: &str, ground: &Ground, cells: &[String]) {
    let _turn = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let name = format!("| {} | {} |", ground.kind, ground.server);
    let line = format!("{name} {} |", cells.join(" | "));
    let text = fs::read_to_string(path()).unwrap();
    let (before, table, after) = table_of(&text, heading);
    if !is_written() {
        assert!(
            table.contains(&&*line),
            "docs/providers.md, {heading}, does not say\n{line}\n\
             {VARIABLE}=1 cargo test -p providers --test remote writes it"
        );
        return;
    }
    let mut lines: Vec<&str> =
        table.into_iter().filter(|known| !known.starts_with(&*name)).collect();
    lines.push(&line);
    lines.sort_unstable();
    fs::write(path(), format!("{before}{}\n{after}", lines.join("\n"))).unwrap();
}

/// How many lines the table below a heading has.
pub(super) fn length(heading: &str) -> usize {
    let _turn = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    table_of(&fs::read_to_string(path()).unwrap(), heading).1.len()
}

/// What comes before the lines of a table, the lines, and what comes after.
fn table_of<'t>(text: &'t str, heading: &str) -> (&'t str, Vec<&'t str>, &'t str) {
    let section = text.find(&format!("\n## {heading}\n")).expect("the heading");
    let rule = section + text[section..].find("\n|--").expect("a table") + 1;
    let begin = rule + text[rule..].find('\n').expect("a line") + 1;
    let lines: Vec<_> = text[begin..].lines().take_while(|line| line.starts_with('|')).collect();
    let end = begin + lines.iter().map(|line| line.len() + 1).sum::<usize>();
    (&text[..begin], lines, &text[end..])
}

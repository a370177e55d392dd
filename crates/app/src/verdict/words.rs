//! The verdict in words: the same for the window, the tray and the command
//! line.

use super::judge::{Judgement, Reason, State};
use jiff::Timestamp;

/// The state in a word or two.
pub(super) fn word(judgement: &Judgement) -> &'static str {
    match judgement.state {
        State::NotSetUp => "Not set up",
        State::Protected => "Protected",
        State::Paused => "Paused",
        State::Warning if matches!(judgement.reasons.first(), Some(Reason::Stale { .. })) => {
            "Out of date"
        }
        State::Warning => "Needs attention",
        State::DestinationMissing => "Destination missing",
        State::Failed if matches!(judgement.reasons.first(), Some(Reason::Damaged { .. })) => {
            "Damaged"
        }
        State::Failed => "Failed",
    }
}

/// What stands behind it, in a sentence or two.
pub(super) fn sentence(judgement: &Judgement, now: Timestamp) -> String {
    let Some(reason) = judgement.reasons.first() else {
        return match (judgement.state, judgement.newest) {
            (State::NotSetUp, _) => "Nothing is backed up yet. Choose what should be kept safe, \
                                     and where its copies go."
                .to_owned(),
            (_, Some(copy)) => {
                format!("Every plan has fresh copies. The newest was made {}.", ago(now, copy))
            }
            (_, None) => "Every plan has fresh copies.".to_owned(),
        };
    };
    because(reason, now)
}

/// One reason, with what it means.
pub(super) fn because(reason: &Reason, now: Timestamp) -> String {
    match reason {
        Reason::Damaged { plan, destination, .. } => format!(
            "Backups on {destination} are damaged, so it is not certain that all of {plan} can be \
             restored from there."
        ),
        Reason::Failed { plan, destination, message, .. } => {
            format!("{plan} could not be copied to {destination}. {message}")
        }
        Reason::Missing { plan, name, copy: Some(copy), .. } => format!(
            "{name} is not here. The copy of {plan} on it was made {}; what changed since has no \
             copy there.",
            ago(now, *copy)
        ),
        Reason::Missing { plan, name, copy: None, .. } => {
            format!("{name} is not here, and {plan} has no copy on it yet.")
        }
        Reason::NoCopy { plan, name, .. } => format!("{plan} has no copy on {name} yet."),
        Reason::Stale { plan, name, copy, .. } => format!(
            "The copy of {plan} on {name} was made {}; what changed since has no copy there.",
            ago(now, *copy)
        ),
        Reason::OpenFiles { plan, files: 1, .. } => {
            format!("The newest copy of {plan} lacks one file.")
        }
        Reason::OpenFiles { plan, files, .. } => {
            format!("The newest copy of {plan} lacks {files} files.")
        }
        Reason::NotOffDisk { plan, unknown: true } => format!(
            "It cannot be told whether {plan} has a copy on another disk than this computer's."
        ),
        Reason::NotOffDisk { plan, unknown: false } => format!(
            "All copies of {plan} are on this computer's own disk. If it breaks or is stolen, \
             they are lost with the originals."
        ),
        Reason::KitUnconfirmed => "The recovery kit is not confirmed. Without its words nobody \
                                   can open your backups on another computer."
            .to_owned(),
        Reason::Clock => "This computer's clock is wrong, so nobody can tell how old the copies \
                          are."
            .to_owned(),
        Reason::Paused { plan, .. } => {
            format!("{plan} is paused. What changes meanwhile has no copy.")
        }
    }
}

/// The short line of the tray and of the window's edge.
pub(super) fn line(judgement: &Judgement, now: Timestamp) -> String {
    match judgement.reasons.first() {
        Some(Reason::Damaged { destination, .. }) => {
            format!("Backups on {destination} are damaged")
        }
        Some(Reason::Failed { plan, .. }) => format!("{plan} could not be copied"),
        Some(Reason::Missing { name, .. }) => format!("{name} is not here"),
        Some(Reason::NoCopy { plan, .. }) => format!("{plan} has no copy yet"),
        Some(Reason::Stale { plan, copy, .. }) => format!("{plan}: copy from {}", ago(now, *copy)),
        Some(Reason::OpenFiles { plan, .. }) => format!("{plan}: files are missing"),
        Some(Reason::NotOffDisk { plan, .. }) => format!("{plan}: no copy off this disk"),
        Some(Reason::KitUnconfirmed) => "Recovery kit not confirmed".to_owned(),
        Some(Reason::Clock) => "The clock is wrong".to_owned(),
        Some(Reason::Paused { plan, .. }) => format!("{plan} is paused"),
        None => match (judgement.state, judgement.newest) {
            (State::NotSetUp, _) => "Nothing is backed up yet".to_owned(),
            (_, Some(copy)) => format!("Newest copy {}", ago(now, copy)),
            (_, None) => "No copy yet".to_owned(),
        },
    }
}

/// How long ago something was, to the unit that people would say.
pub(crate) fn ago(now: Timestamp, then: Timestamp) -> String {
    let minutes = now.duration_since(then).as_mins();
    let plural = |count: i64, one: &str| match count {
        1 => format!("1 {one} ago"),
        _ => format!("{count} {one}s ago"),
    };
    match minutes {
        ..=0 => "just now".to_owned(),
        1..=59 => format!("{minutes} min ago"),
        60..=2879 => plural(minutes / 60, "hour"),
        _ => plural(minutes / (24 * 60), "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn ages_are_said_as_people_say_them() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a moment");
        for (minutes, said) in [
            (-10, "just now"),
            (0, "just now"),
            (1, "1 min ago"),
            (59, "59 min ago"),
            (60, "1 hour ago"),
            (119, "1 hour ago"),
            (47 * 60, "47 hours ago"),
            (48 * 60, "2 days ago"),
            (30 * 24 * 60, "30 days ago"),
        ] {
            assert_eq!(ago(now, now - SignedDuration::from_mins(minutes)), said);
        }
    }
}

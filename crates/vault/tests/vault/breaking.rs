//! A fault, and a sudden end, at every storage operation of a scenario.

use futures_util::{StreamExt, stream};
use storage::{
    ErrorKind,
    fault::{Effect, Fault, Operation},
};

/// What [`wrong_after`] tries.
pub(crate) const AT_ONE: &str = "a fault or a sudden end at one operation of the destination";

/// Every effect that can befall a single operation.
pub(crate) fn all_effects() -> Vec<Effect> {
    vec![
        Effect::error(ErrorKind::Unreachable),
        Effect::error(ErrorKind::OutOfSpace),
        Effect::error(ErrorKind::Other),
        Effect::Truncate,
        Effect::TruncateSilently,
        Effect::Duplicate,
        Effect::ShortList { after: 1 },
        Effect::TornList { after: 1 },
        Effect::SuccessButError(ErrorKind::TimedOut),
        Effect::FalseSuccess,
    ]
}

/// Each of `effects` at each of `operations` that it concerns, one at a time.
pub(crate) fn at_every_operation(
    effects: Vec<Effect>,
    operations: &[(Operation, String)],
) -> Vec<Fault> {
    let kinds =
        [Operation::Put, Operation::Get, Operation::Stat, Operation::List, Operation::Delete];
    let mut faults = Vec::new();
    for effect in effects {
        for kind in kinds.into_iter().filter(|kind| effect.concerns(*kind)) {
            let count = operations.iter().filter(|(operation, _)| *operation == kind).count();
            let all = (1..=count as u64).map(|nth| Fault::new(effect.clone()).on(kind).nth(nth));
            faults.extend(all);
        }
    }
    faults
}

/// The end of everything at operation `nth`, the first of which is 1.
pub(crate) fn sudden_end(nth: u64) -> Fault {
    Fault::new(Effect::error(ErrorKind::Unreachable)).from_nth(nth)
}

/// Has `judge` judge what comes of each fault, several at a time; returns what
/// it finds wrong.
pub(crate) async fn wrong_after<J: Future<Output = Result<(), String>>>(
    faults: Vec<Fault>,
    judge: impl Fn(Fault) -> J,
) -> Vec<String> {
    tests::trials::tried(AT_ONE, faults.len());
    stream::iter(faults)
        .map(|fault| {
            let (named, judging) = (format!("{fault:?}"), judge(fault));
            async move { judging.await.err().map(|wrong| format!("{named}: {wrong}")) }
        })
        .buffer_unordered(16)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await
}

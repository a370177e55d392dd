use crate::{Place, at, new_run};
use proptest::prelude::*;
use std::collections::BTreeSet;
use store::{RunFilter, Store};

/// The pages of runs, one after the other, in pages of `size`.
async fn pages(store: &Store, size: u32) -> Vec<store::Run> {
    let mut found: Vec<store::Run> = Vec::new();
    loop {
        let before = found.last().map(|run| (run.queued_at, run.id));
        let filter = RunFilter { before, limit: size, ..RunFilter::default() };
        let page = store.runs().list(&filter).await.unwrap();
        let last = page.is_empty();
        found.extend(page);
        if last {
            return found;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn paging_misses_no_run_and_shows_none_twice(
        // Few moments, so that many runs share one.
        seconds in prop::collection::vec(0i64..4, 0..40),
        size in 1u32..9,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Place::new();
    let store = place.open().await;
            let new: Vec<_> =
                (0..).zip(&seconds).map(|(n, &second)| new_run(n, second)).collect();
            store.runs().insert(&new).await.unwrap();
            let found = pages(&store, size).await;
            let order: Vec<_> = found.iter().map(|run| (run.queued_at, run.id)).collect();
            prop_assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "newest first, each once");
            let ids: BTreeSet<_> = found.iter().map(|run| run.id).collect();
            let expected: BTreeSet<_> = new.iter().map(|run| run.id).collect();
            prop_assert_eq!(ids, expected);
            store.close().await;
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_run_that_is_queued_meanwhile_does_not_disturb_the_pages() {
    let place = Place::new();
    let store = place.open().await;
    let new: Vec<_> = (0..6).map(|n| new_run(n, n.cast_signed())).collect();
    store.runs().insert(&new).await.unwrap();
    let filter = RunFilter { limit: 3, ..RunFilter::default() };
    let first = store.runs().list(&filter).await.unwrap();
    store.runs().insert(&[new_run(50, 100)]).await.unwrap();
    let before = first.last().map(|run| (run.queued_at, run.id));
    let second = store.runs().list(&RunFilter { before, ..filter }).await.unwrap();
    let seen: Vec<_> = first.iter().chain(&second).map(|run| run.queued_at).collect();
    assert_eq!(seen, [5, 4, 3, 2, 1, 0].map(at));
}

use crate::{Place, new_run, strange_path};
use std::path::Path;
use store::{Error, NewSkipped};

#[tokio::test]
async fn what_was_skipped_is_listed_counted_and_accepted() {
    let place = Place::new();
    let store = place.open().await;
    let run = new_run(1, 0).id;
    store.runs().insert(&[new_run(1, 0), new_run(2, 0)]).await.unwrap();
    let list: Vec<_> = (0..5)
        .map(|n| NewSkipped {
            path: strange_path(n),
            reason: if n % 2 == 0 { "permission" } else { "vanished" }.to_owned(),
            message: format!("Number {n}"),
        })
        .collect();
    let skipped = store.run_skipped();
    skipped.add(run, &list[..3]).await.unwrap();
    skipped.add(run, &list[3..]).await.unwrap();
    let all = skipped.list(run, None, 0, 100).await.unwrap();
    let found: Vec<_> = all
        .iter()
        .map(|it| NewSkipped {
            path: it.path.clone(),
            reason: it.reason.clone(),
            message: it.message.clone(),
        })
        .collect();
    assert_eq!(found, list);
    assert_eq!(all.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(skipped.list(run, None, 1, 2).await.unwrap(), all[1..3]);
    let vanished = skipped.list(run, Some("vanished"), 1, 9).await.unwrap();
    assert_eq!(vanished, all[3..4]);
    let counts: Vec<_> = skipped.count(run).await.unwrap().into_iter().collect();
    assert_eq!(counts, [("permission".to_owned(), 3), ("vanished".to_owned(), 2)]);

    assert_eq!(skipped.open(run).await.unwrap(), 5);
    assert!(skipped.accept(run, &strange_path(2)).await.unwrap());
    assert!(!skipped.accept(run, Path::new("/elsewhere")).await.unwrap());
    assert!(!skipped.accept(new_run(2, 0).id, &strange_path(2)).await.unwrap());
    assert_eq!(skipped.open(run).await.unwrap(), 4);
    assert!(skipped.list(run, None, 2, 1).await.unwrap()[0].accepted);
    assert_eq!(skipped.open(new_run(2, 0).id).await.unwrap(), 0);
    let error = skipped.add(new_run(3, 0).id, &list).await;
    assert!(matches!(error, Err(Error::Reference)), "{error:?}");
}

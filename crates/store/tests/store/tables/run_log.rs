use crate::{Place, at, new_run, plan};
use model::LogLevel;
use store::{Error, LogFilter, NewLine, NewRun, Store};

fn line(second: i64, level: LogLevel, message: &str) -> NewLine {
    NewLine { at: at(second), level, message: message.to_owned() }
}

async fn messages(store: &Store, filter: LogFilter) -> Vec<String> {
    let lines = store.run_log().search(&filter).await.unwrap();
    lines.into_iter().map(|line| line.message).collect()
}

#[tokio::test]
async fn lines_are_numbered_by_run_and_read_in_parts() {
    let place = Place::new();
    let store = place.open().await;
    let (one, two) = (new_run(1, 0), new_run(2, 0));
    store.runs().insert(&[one.clone(), two.clone()]).await.unwrap();
    let log = store.run_log();
    log.append(one.id, &[line(1, LogLevel::Info, "a"), line(2, LogLevel::Error, "b")])
        .await
        .unwrap();
    log.append(two.id, &[line(3, LogLevel::Info, "other")]).await.unwrap();
    log.append(one.id, &[line(1, LogLevel::Warning, "c")]).await.unwrap();
    let all = log.list(one.id, 0, 100).await.unwrap();
    let found: Vec<_> = all.iter().map(|it| (it.seq, it.message.as_str(), it.level)).collect();
    let expected =
        [(1, "a", LogLevel::Info), (2, "b", LogLevel::Error), (3, "c", LogLevel::Warning)];
    assert_eq!(found, expected);
    assert_eq!((all[1].at, all[1].run), (at(2), one.id));
    assert_eq!(log.list(one.id, 1, 1).await.unwrap(), all[1..2]);
    let error = log.append(new_run(3, 0).id, &[line(1, LogLevel::Info, "x")]).await;
    assert!(matches!(error, Err(Error::Reference)), "{error:?}");
}

#[tokio::test]
async fn lines_of_all_runs_are_searched_newest_first() {
    let place = Place::new();
    let store = place.open().await;
    let plan = plan(1, &[]);
    store.plans().save(&plan).await.unwrap();
    let with_plan = NewRun { plan: Some(plan.id), ..new_run(1, 0) };
    let without = new_run(2, 0);
    store.runs().insert(&[with_plan.clone(), without.clone()]).await.unwrap();
    let log = store.run_log();
    let lines = [line(1, LogLevel::Info, "Begun"), line(4, LogLevel::Error, "50% Full")];
    log.append(with_plan.id, &lines).await.unwrap();
    let lines = [line(2, LogLevel::Warning, "Skipped a_b"), line(2, LogLevel::Info, "Done")];
    log.append(without.id, &lines).await.unwrap();

    let any = LogFilter::default;
    let all = ["50% Full", "Done", "Skipped a_b", "Begun"];
    assert_eq!(messages(&store, any()).await, all);
    let levels = vec![LogLevel::Warning, LogLevel::Error];
    assert_eq!(messages(&store, LogFilter { levels, ..any() }).await, ["50% Full", "Skipped a_b"]);
    let of_plan = LogFilter { plan: Some(plan.id), ..any() };
    assert_eq!(messages(&store, of_plan).await, ["50% Full", "Begun"]);
    for (text, expected) in [
        ("full", vec!["50% Full"]),
        ("%", vec!["50% Full"]),
        ("a_b", vec!["Skipped a_b"]),
        ("axb", vec![]),
    ] {
        let contains = Some(text.to_owned());
        assert_eq!(messages(&store, LogFilter { contains, ..any() }).await, expected, "{text}");
    }
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page = log.search(&LogFilter { before, limit: 1, ..any() }).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.at, last.run, last.seq));
        paged.extend(page.into_iter().map(|line| line.message));
    }
    assert_eq!(paged, all);
}

//! A page for people instead of an answer, as networks give that want a
//! password first.

use super::{
    faults::{Bench, on_each_kind},
    grounds, key, never, noise, open_as, said,
};
use servers::proxy::{Fault, Reply, Rule, Script, When};
use storage::{ByteRange, ErrorKind, Prefix, PutMode, StoreExt, retry::Policy};

on_each_kind! {
    a_page_is_no_answer,
}

/// One that some parser takes for well-formed.
const PAGE: &str = "<html><head><title>Welcome</title></head><body><p>Sign in.</p></body></html>";

async fn a_page_is_no_answer(bench: Bench) {
    let store = bench.open().await;
    let (one, bytes) = (key("a/page"), noise(1, 2000));
    store.put(&one, bytes.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    let page = |kind| Reply::status(200).header("Content-Type", kind).body(PAGE);
    for (round, fault) in [
        Fault::Html,
        Fault::Answer(page("text/html")),
        Fault::Answer(page("Text/HTML; charset=utf-8")),
        Fault::Answer(Reply::status(302).header("Location", "https://login.example/")),
    ]
    .into_iter()
    .enumerate()
    {
        bench.proxy.play(Script::new().on(When::Always, fault));
        let all = &Prefix::everything();
        let (other, next) = (key("a/new"), key("a/next"));
        let part = ByteRange::Exact { offset: 10, length: 20 };
        let put = async |key, mode| store.put(key, bytes.clone().into(), mode, &never()).await;
        let results = [
            ("open", open_as(bench.ground.kind, &bench.values, Policy::PERSON).await.map(drop)),
            ("create", put(&other, PutMode::CreateNew).await),
            ("replace", put(&next, PutMode::Replace).await),
            ("get", store.read(&one, ByteRange::Whole, 1 << 20, &never()).await.map(drop)),
            ("part", store.read(&one, part, 1 << 20, &never()).await.map(drop)),
            ("end", store.read(&one, ByteRange::Last(9), 1 << 20, &never()).await.map(drop)),
            ("stat", store.stat(&one, &never()).await.map(drop)),
            ("list", store.list_all(all, &never()).await.map(drop)),
            ("delete", store.delete_one(&one, &never()).await),
            (
                "delete all",
                store.delete(&[one.clone(), other.clone()], &never()).await.swap_remove(0),
            ),
        ];
        for (what, result) in results {
            let what = format!("{}, page {round}, {what}", bench.ground.server);
            let error = result.expect_err(&what);
            assert_eq!(error.kind(), ErrorKind::NotThisService, "{what}: {}", said(&error));
        }
    }
    // Only now and then, it does no harm.
    bench.proxy.play(Script::new().rule(Rule::new(When::Every(2), Fault::Html).method("DELETE")));
    let read = store.read(&one, ByteRange::Whole, 1 << 20, &never()).await.unwrap();
    assert!(read == bytes);
}

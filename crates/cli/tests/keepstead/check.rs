//! Checks of a part, and of what was not read lately.

use crate::home::Home;
use serde_json::{Value, json};

fn check(home: &Home, arguments: &[&str]) -> Value {
    home.vault(["check", "--json"].iter().chain(arguments)).code(0).summary()
}

#[test]
fn a_check_reads_a_part_and_remembers_what_it_read() {
    let home = Home::with_backup();
    let none = check(&home, &["--read-data"]);
    assert_eq!((&none["packs_reused"], &none["read_data"]), (&json!(0), &json!(true)));
    assert!(!home.path("data").exists(), "it was not asked for");
    let first = check(&home, &["--read-data", "--max-age", "7d"]);
    assert_eq!((&first["packs_read"], &first["packs_reused"]), (&first["packs"], &json!(0)));
    assert_eq!(first["bytes_read"], first["bytes"]);
    assert!(first.get("oldest_reused").is_none());
    let again = check(&home, &["--read-data", "--max-age", "7d"]);
    assert_eq!((&again["packs_read"], &again["bytes_read"]), (&json!(0), &json!(0)));
    assert_eq!(
        (&again["packs_reused"], &again["bytes_reused"]),
        (&first["packs"], &first["bytes"])
    );
    assert!(again["oldest_reused"].is_string());
    let part = check(&home, &["--sample", "1/1"]);
    assert_eq!((&part["sampled"], &part["packs_read"]), (&json!(true), &first["packs"]));

    let plain = home.vault(["check", "--sample", "50%", "--max-age", "7d"]).code(0);
    assert!(plain.stdout.contains("read and verified 0 B of "), "{plain:?}");
    assert!(plain.stdout.contains("were read earlier, the first on "), "{plain:?}");
    for wrong in [
        &["check", "--max-age", "7d"][..],
        &["check", "--sample", "0%"],
        &["check", "--sample", "5%", "--read-data"],
        &["check", "--read-data", "--max-age", "1m"],
    ] {
        home.vault(wrong).code(2);
    }
}

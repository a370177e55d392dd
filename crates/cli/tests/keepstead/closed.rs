//! Output that nobody reads, or that cannot be written.

use crate::home::{Ended, Home};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    process::Stdio,
};

#[test]
fn a_reader_that_has_had_enough_ends_a_listing_quietly() {
    let home = Home::with_repository();
    let crowd = home.path("source/a rather long name, so that the pipe is full before the end");
    fs::create_dir(&crowd).expect("a folder");
    for number in 0..3000 {
        fs::write(crowd.join(number.to_string()), "").expect("a file");
    }
    home.vault(["backup", "source"]).code(0);
    for arguments in [&["ls", "latest"][..], &["ls", "latest", "--json"]] {
        let mut command = home.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("output")).read_line(&mut line).expect("a line");
        let ended = Ended::new(&child.wait_with_output().expect("an end")).code(0);
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn a_backup_goes_on_when_nobody_reads() {
    let home = Home::with_repository();
    let mut command = home.command(["backup", "source", "missing", "--json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("an end").code(), Some(3));
    assert_eq!(home.backups().len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_an_error() {
    let home = Home::with_backup();
    for arguments in [&["list"][..], &["list", "--json"], &["ls", "latest"], &["backup", "source"]]
    {
        let full = File::options().write(true).open("/dev/full").expect("a device");
        let mut command = home.command(arguments);
        let output = command.stdout(full).output().expect("the program starts");
        let ended = Ended::new(&output).code(1);
        assert!(ended.stderr.contains("The output cannot be written"), "{ended:?}");
    }
}

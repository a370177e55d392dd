//! A folder like one that people keep, the same bytes each time.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::noise::Noise;
use crate::platform;

/// What was generated.
pub(crate) struct Sample {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// Fills an empty folder with a few hundred files of every kind.
pub(crate) fn generate(root: &Path) -> io::Result<Sample> {
    let mut writer = Writer { noise: Noise::new(0x6b65_6570), files: 0, bytes: 0 };
    for year in 2019..2025 {
        for month in 1..=12 {
            let folder = root.join(format!("Photos/{year}/{month:02}"));
            for shot in 1..=3 {
                let size = 20_000 + writer.noise.below(60_000);
                let bytes = writer.noise.bytes(size);
                writer.file(&folder.join(format!("IMG_{year}{month:02}{shot:02}.jpg")), &bytes)?;
            }
        }
    }
    for number in 1..=80_usize {
        let text = "A line of a letter that says much the same as the one before.\n";
        let path = root.join(format!("Documents/Letters/letter {number:03}.txt"));
        writer.file(&path, text.repeat(number * 3).as_bytes())?;
    }
    // Large enough to be cut into several chunks, twice with a few bytes between.
    let large = writer.noise.bytes(6_000_000);
    writer.file(&root.join("Videos/first steps.mp4"), &large)?;
    let (head, tail) = large.split_at(2_500_000);
    writer.file(&root.join("Videos/first steps, cut.mp4"), &[head, b"a cut", tail].concat())?;

    let deep =
        (0..24).fold(root.join("Projects"), |path, level| path.join(format!("level {level}")));
    writer.file(&deep.join("at the bottom.txt"), b"found\n")?;
    for (number, name) in platform::odd_names().iter().enumerate() {
        writer.file(&root.join("Odd names").join(name), format!("{number}\n").as_bytes())?;
    }
    writer.file(&root.join("empty file"), b"")?;
    writer.file(&root.join("zeroes.bin"), &[0; 300_000])?;
    for (name, mode) in [("private", 0o600), ("program", 0o755), ("read only", 0o444)] {
        let path = root.join("Modes").join(name);
        writer.file(&path, name.as_bytes())?;
        platform::set_mode(&path, mode)?;
    }
    fs::create_dir_all(root.join("Empty folder/inside"))?;
    fs::hard_link(
        root.join("Documents/Letters/letter 001.txt"),
        root.join("Documents/same letter"),
    )?;
    writer.files += 1;
    platform::symlink("Letters/letter 002.txt", &root.join("Documents/a link"))?;
    platform::symlink("Photos/2024", &root.join("link to a folder"))?;
    platform::symlink("nowhere/at all", &root.join("broken link"))?;
    Ok(Sample { files: writer.files, bytes: writer.bytes })
}

struct Writer {
    noise: Noise,
    files: usize,
    bytes: u64,
}

impl Writer {
    fn file(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)?;
        self.files += 1;
        self.bytes += bytes.len() as u64;
        let seconds = 1_500_000_000 + self.noise.below(200_000_000) as u64;
        let nanoseconds = u32::try_from(self.noise.below(1_000_000_000)).unwrap_or_default();
        let changed = UNIX_EPOCH + Duration::new(seconds, nanoseconds);
        File::options().write(true).open(path)?.set_times(FileTimes::new().set_modified(changed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_same_each_time() {
        let [first, second] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let sample = generate(first.path()).expect("generated");
        generate(second.path()).expect("generated");
        assert!((300..1000).contains(&sample.files), "{} files", sample.files);
        let differences = crate::compare::trees(first.path(), second.path()).expect("compared");
        // Folders and links carry the time at which they were made.
        let rest: Vec<_> = differences.iter().filter(|line| !line.contains("changed at")).collect();
        assert!(rest.is_empty(), "{rest:?}");
    }
}

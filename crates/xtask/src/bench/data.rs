//! The folders that the benchmarks back up: the same bytes each time.
//!
//! `photos` does not compress, `docs` does by about half, `bigfile` is a disk
//! image of which every other MiB does not, `tree` is many small files.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::words::{Words, json_lines, prose};
use crate::noise::Noise;

const SEED: u64 = 20_261_126;
const MIB: usize = 1 << 20;

/// A folder of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    Photos,
    Docs,
    Bigfile,
    Tree,
}

impl Set {
    pub(super) const ALL: [Self; 4] = [Self::Photos, Self::Docs, Self::Bigfile, Self::Tree];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Photos => "photos",
            Self::Docs => "docs",
            Self::Bigfile => "bigfile",
            Self::Tree => "tree",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }
}

/// How much of everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// MiB of photographs.
    photos: usize,
    /// Documents, a multiple of 10.
    docs: usize,
    /// MiB of the disk image.
    bigfile: usize,
    /// Small files.
    tree: usize,
}

impl Sizes {
    pub(super) const FULL: Self = Self { photos: 2048, docs: 20_000, bigfile: 3072, tree: 200_000 };
    /// A tenth, for a look in between.
    pub(super) const QUICK: Self = Self { photos: 205, docs: 2000, bigfile: 307, tree: 20_000 };
}

/// What a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// Counts the files below a folder, and their bytes.
pub(super) fn amount(folder: &Path) -> io::Result<Amount> {
    let mut amount = Amount::default();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            } else {
                amount.files += 1;
                amount.bytes += entry.metadata()?.len();
            }
        }
    }
    Ok(amount)
}

/// The folder of a set below `data`, made unless it is there as it was made.
///
/// # Errors
/// When something of that name is there that this program has not made.
pub(super) fn ready(data: &Path, set: Set, sizes: Sizes) -> io::Result<(PathBuf, Amount)> {
    let (folder, record) = (data.join(set.name()), data.join(format!("{}.made", set.name())));
    let said = |amount: Amount| format!("1 {sizes:?} {amount:?}\n");
    if folder.exists() {
        let recorded = fs::read_to_string(&record).map_err(|_| {
            let text =
                format!("{} was not made by this command: name another folder", folder.display());
            io::Error::new(io::ErrorKind::AlreadyExists, text)
        })?;
        let found = amount(&folder)?;
        if recorded == said(found) {
            return Ok((folder, found));
        }
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    // Whatever ends this before its end leaves a record that fits nothing.
    fs::write(&record, "under way\n")?;
    make(&folder, set, sizes)?;
    let made = amount(&folder)?;
    fs::write(&record, said(made))?;
    Ok((folder, made))
}

fn make(folder: &Path, set: Set, sizes: Sizes) -> io::Result<()> {
    let mut noise = Noise::new(SEED + set as u64);
    match set {
        Set::Photos => photos(folder, &mut noise, sizes.photos * MIB),
        Set::Docs => docs(folder, &mut noise, sizes.docs),
        Set::Bigfile => bigfile(folder, &mut noise, sizes.bigfile),
        Set::Tree => tree(folder, &mut noise, sizes.tree),
    }
}

fn photos(folder: &Path, noise: &mut Noise, bytes: usize) -> io::Result<()> {
    let (mut written, mut number) = (0, 0);
    while written < bytes {
        let length = noise.between(2 * MIB, 8 * MIB);
        let month = folder.join(format!("{}/{:02}", 2018 + number / 60, number / 5 % 12 + 1));
        fs::create_dir_all(&month)?;
        fs::write(month.join(format!("IMG_{number:05}.jpg")), noise.bytes(length))?;
        written += length;
        number += 1;
    }
    Ok(())
}

fn docs(folder: &Path, noise: &mut Noise, count: usize) -> io::Result<()> {
    let words = Words::new(noise);
    for number in 0..count {
        let place = number * 10_000 / count;
        let (department, project, part) = (place / 1000, place / 100 % 10, place / 20 % 5);
        let below = folder.join(format!("dept{department}/proj{project}/sub{part}"));
        fs::create_dir_all(&below)?;
        let length = document_length(noise);
        let (bytes, ending) = match number % 10 {
            0..5 => (prose(noise, &words, length), "txt"),
            5..8 => (json_lines(noise, &words, length), "json"),
            // As documents that are compressed themselves.
            _ => (noise.bytes(length), "bin"),
        };
        fs::write(below.join(format!("f{number:06}.{ending}")), bytes)?;
    }
    Ok(())
}

/// 1 to 100 KiB, most often around 8: a triangular distribution.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive number of at most 102,400"
)]
fn document_length(noise: &mut Noise) -> usize {
    const LEAST: f64 = 1024.0;
    const OFTEN: f64 = 8192.0;
    const MOST: f64 = 102_400.0;
    let chance = noise.fraction();
    let length = if chance < (OFTEN - LEAST) / (MOST - LEAST) {
        LEAST + (chance * (MOST - LEAST) * (OFTEN - LEAST)).sqrt()
    } else {
        MOST - ((1.0 - chance) * (MOST - LEAST) * (MOST - OFTEN)).sqrt()
    };
    length as usize
}

fn bigfile(folder: &Path, noise: &mut Noise, blocks: usize) -> io::Result<()> {
    let words = Words::new(noise);
    // Cut into pieces in random order, so that nothing long is there twice.
    let pool = prose(noise, &words, (blocks * MIB / 48).max(MIB));
    let mut file = BufWriter::new(File::create(folder.join("disk.img"))?);
    for block in 0..blocks {
        if block % 2 == 0 {
            file.write_all(&noise.bytes(MIB))?;
        } else {
            for _ in 0..1024 {
                let start = noise.below(pool.len() - 1024);
                file.write_all(&pool[start..start + 1024])?;
            }
        }
    }
    file.flush()
}

fn tree(folder: &Path, noise: &mut Noise, count: usize) -> io::Result<()> {
    for number in 0..count {
        let (a, b, c) = (number / 10_000, number / 1000 % 10, number / 50 % 20);
        let below = folder.join(format!("a{a}/b{b}/c{c}"));
        if number % 50 == 0 {
            fs::create_dir_all(&below)?;
        }
        let length = noise.between(0, 2048);
        fs::write(below.join(format!("n{number:06}")), noise.bytes(length))?;
    }
    Ok(())
}

/// Writes a copy of `from` with 1 KiB more in its middle.
pub(super) fn insert(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let half = source.metadata()?.len() / 2;
    let mut target = File::create(to)?;
    io::copy(&mut io::Read::take(&mut source, half), &mut target)?;
    target.write_all(&Noise::new(SEED + 9).bytes(1024))?;
    io::copy(&mut source, &mut target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Sizes = Sizes { photos: 9, docs: 50, bigfile: 4, tree: 120 };

    /// FNV-1a over all names and bytes, in the order of the names.
    fn fingerprint(folder: &Path) -> u64 {
        let (mut files, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() { waiting.push(path) } else { files.push(path) }
            }
        }
        files.sort();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for file in files {
            add(file.strip_prefix(folder).expect("below").to_string_lossy().as_bytes());
            add(&fs::read(&file).expect("a file"));
        }
        hash
    }

    #[test]
    fn the_same_bytes_on_every_machine() {
        let place = tempfile::tempdir().expect("a folder");
        let expected = [
            0xdc3d_0e76_f289_c975,
            0x60f4_b88b_7291_2222,
            0x692e_9681_3763_3bfc,
            0x75dd_8517_659f_769b,
        ];
        let found = Set::ALL.map(|set| {
            let (folder, _) = ready(place.path(), set, FEW).expect("made");
            fingerprint(&folder)
        });
        assert_eq!(found, expected, "other data makes other figures: say so in docs/benchmarks.md");
    }

    #[test]
    fn what_is_whole_is_used_again_and_what_is_not_is_made_anew() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, made) = ready(place.path(), Set::Tree, FEW).expect("made");
        let file = folder.join("a0/b0/c0/n000003");
        let first = fs::read(&file).expect("a file");
        let at = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).expect("a time");
        let before = at(&file);
        assert_eq!(ready(place.path(), Set::Tree, FEW).expect("used").1, made);
        assert_eq!(at(&file), before, "it was made again for nothing");
        fs::remove_file(&file).expect("removed");
        assert_eq!(ready(place.path(), Set::Tree, FEW).expect("made").1, made);
        assert_eq!(fs::read(&file).expect("a file"), first);
        let fewer = Sizes { tree: 60, ..FEW };
        assert_eq!(ready(place.path(), Set::Tree, fewer).expect("made").1.files, 60);
    }

    #[test]
    fn what_someone_else_made_is_left_alone() {
        let place = tempfile::tempdir().expect("a folder");
        fs::create_dir(place.path().join("docs")).expect("a folder");
        fs::write(place.path().join("docs/mine"), "mine").expect("a file");
        assert!(ready(place.path(), Set::Docs, FEW).is_err());
        assert!(place.path().join("docs/mine").exists());
    }

    #[test]
    fn an_insertion_is_in_the_middle() {
        let place = tempfile::tempdir().expect("a folder");
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        fs::write(&from, "headtail").expect("written");
        insert(&from, &to).expect("inserted");
        let bytes = fs::read(&to).expect("read");
        assert_eq!((&bytes[..4], &bytes[1028..], bytes.len()), (&b"head"[..], &b"tail"[..], 1032));
    }
}

//! Which names are the same file.

use std::collections::{BTreeMap, BTreeSet};

use rustix::fs::Stat;

use super::{Difference, Kind};

type Groups<'a> = BTreeMap<&'a [u8], &'a BTreeSet<Vec<u8>>>;

/// The names of one tree, grouped by the file they stand for.
#[derive(Default)]
pub(super) struct LinkGroups(BTreeMap<(u64, u64), BTreeSet<Vec<u8>>>);

impl LinkGroups {
    /// Adds the name `path` of the file `stat` describes.
    pub(super) fn add(&mut self, path: &[u8], stat: &Stat) {
        self.0.entry((stat.st_dev, stat.st_ino)).or_default().insert(path.to_vec());
    }

    /// Groups that are not found in `copy` just so, and the other way round.
    /// Names that exist on one side only were reported as such and are left
    /// out.
    pub(super) fn compare(&self, copy: &Self, differences: &mut Vec<Difference>) {
        let (originals, copies) = (self.group_of_each(), copy.group_of_each());
        for (path, group) in &originals {
            let Some(copied) = copies.get(path) else { continue };
            let known = |names: &BTreeSet<Vec<u8>>, side: &Groups<'_>| -> BTreeSet<Vec<u8>> {
                names.iter().filter(|name| side.contains_key(name.as_slice())).cloned().collect()
            };
            let (group, copied) = (known(group, &copies), known(copied, &originals));
            if group != copied {
                differences.push(Difference {
                    path: path.to_vec(),
                    kind: Kind::HardLinks,
                    original: show(&group),
                    copy: show(&copied),
                });
            }
        }
    }

    fn group_of_each(&self) -> Groups<'_> {
        self.0
            .values()
            .flat_map(|group| group.iter().map(move |path| (path.as_slice(), group)))
            .collect()
    }
}

fn show(group: &BTreeSet<Vec<u8>>) -> String {
    let names: Vec<String> =
        group.iter().map(|path| format!("\"{}\"", path.escape_ascii())).collect();
    format!("one file with {}", names.join(" and "))
}

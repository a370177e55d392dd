//! Which snapshots are copied, and which are there already.

use super::report::{Copied, CopyError, Uncopied};
use crate::{
    error::{Error, Result},
    format::{Id, Snapshot},
    layout::FileKind,
    repository::Repository,
};
use futures_util::{StreamExt, stream};
use std::collections::{BTreeSet, HashMap};
use storage::Cancel;

/// The snapshots that a copy is about.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Oldest first.
    pub(super) copy: Vec<(Id, Snapshot)>,
    pub(super) there: Vec<Copied>,
    /// Files of snapshots that cannot be read.
    pub(super) uncopied: Vec<Uncopied>,
}

/// All snapshots that can be read, oldest first, and the files that are damaged.
struct Listed {
    sound: Vec<(Id, Snapshot)>,
    damaged: Vec<(Id, Error)>,
}

impl Listed {
    async fn read(repository: &Repository, cancel: &Cancel) -> Result<Self> {
        let ids = FileKind::Snapshot.list(repository.store(), cancel).await?;
        let width = repository.store().capabilities().concurrency.max(1);
        let mut loading = stream::iter(ids)
            .map(|(id, _)| async move { (id, repository.snapshot(&id, cancel).await) })
            .buffered(width);
        let mut listed = Self { sound: Vec::new(), damaged: Vec::new() };
        while let Some((id, snapshot)) = loading.next().await {
            match snapshot {
                Ok(snapshot) => listed.sound.push((id, snapshot)),
                Err(error @ (Error::Damaged { .. } | Error::Missing(_))) => {
                    listed.damaged.push((id, error));
                }
                Err(error) => return Err(error),
            }
        }
        drop(loading);
        listed.sound.sort_by_key(|(id, one)| (one.time.seconds, one.time.nanoseconds, *id));
        Ok(listed)
    }

    /// The snapshot whose id begins with `wanted`, or the latest.
    fn find(&self, wanted: &str) -> Result<Id> {
        let none = || Error::NoSuchSnapshot(wanted.to_owned());
        if wanted == "latest" {
            return self.sound.last().map(|(id, _)| *id).ok_or_else(none);
        }
        let damaged = self.damaged.iter().map(|(id, _)| *id);
        let all = self.sound.iter().map(|(id, _)| *id).chain(damaged);
        let mut matching =
            all.filter(|id| !wanted.is_empty() && id.to_string().starts_with(wanted));
        let id = matching.next().ok_or_else(none)?;
        match matching.next() {
            None => Ok(id),
            Some(_) => Err(Error::AmbiguousSnapshot(wanted.to_owned())),
        }
    }
}

/// Decides which of the snapshots that `wanted` names are copied; all when it
/// names none.
///
/// # Errors
/// When a snapshot that is named is not there, or the snapshots cannot be
/// listed.
pub(super) async fn choose(
    from: &Repository,
    to: &Repository,
    wanted: &[String],
    cancel: &Cancel,
) -> Result<Chosen, CopyError> {
    let listed = Listed::read(from, cancel).await.map_err(CopyError::of_source)?;
    let named: BTreeSet<Id> = wanted
        .iter()
        .map(|wanted| listed.find(wanted))
        .collect::<Result<_>>()
        .map_err(CopyError::of_source)?;
    // What is damaged there is in nobody's way here: it is copied anew.
    let there = Listed::read(to, cancel).await.map_err(CopyError::of_destination)?;
    let mut by_original: HashMap<Id, Vec<&(Id, Snapshot)>> = HashMap::new();
    for one in &there.sound {
        let (id, snapshot) = one;
        for known_as in snapshot.original.into_iter().chain([*id]) {
            by_original.entry(known_as).or_default().push(one);
        }
    }
    let is_wanted = |id: &Id| named.is_empty() || named.contains(id);
    let mut chosen = Chosen::default();
    for (id, snapshot) in listed.sound.into_iter().filter(|(id, _)| is_wanted(id)) {
        let original = snapshot.original.unwrap_or(id);
        let candidates = by_original.get(&original).into_iter().flatten();
        let mut copies = candidates.filter(|(_, there)| is_copy(there, &snapshot));
        match copies.next() {
            Some((copy, _)) => chosen.there.push(Copied { id, copy: *copy, snapshot }),
            None => chosen.copy.push((id, snapshot)),
        }
    }
    let damaged = listed.damaged.into_iter().filter(|(id, _)| is_wanted(id));
    chosen.uncopied.extend(damaged.map(|(id, error)| Uncopied { id, snapshot: None, error }));
    Ok(chosen)
}

/// Whether both say the same, but for where they come from: the rule of
/// restic's `similarSnapshots`.
fn is_copy(one: &Snapshot, other: &Snapshot) -> bool {
    let all_of = |all: &[String], some: &[String]| {
        all.len() == some.len() && some.iter().all(|text| all.contains(text))
    };
    one.time.same_instant(&other.time)
        && one.tree == other.tree
        && one.hostname == other.hostname
        && one.username == other.username
        && (one.uid, one.gid) == (other.uid, other.gid)
        && all_of(&one.paths, &other.paths)
        && all_of(&one.tags, &other.tags)
        && one.excludes == other.excludes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::NodeTime;

    #[test]
    fn a_copy_is_told_by_all_but_where_it_comes_from() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let one = Snapshot {
            time: NodeTime::utc(1_700_000_000, 5),
            tree: Id::of(b"tree"),
            paths: words(&["/a", "/b"]),
            hostname: "home".into(),
            username: "anna".into(),
            uid: 7,
            gid: 8,
            excludes: words(&["x", "y"]),
            tags: words(&["t", "u"]),
            ..Snapshot::default()
        };
        let same = Snapshot {
            parent: Some(Id::of(b"parent")),
            original: Some(Id::of(b"original")),
            time: NodeTime { offset_seconds: 3600, ..one.time },
            paths: words(&["/b", "/a"]),
            tags: words(&["u", "t"]),
            program_version: "other".into(),
            ..one.clone()
        };
        assert!(is_copy(&one, &same) && is_copy(&same, &one));
        for other in [
            Snapshot { time: NodeTime::utc(1_700_000_000, 6), ..one.clone() },
            Snapshot { tree: Id::of(b"other"), ..one.clone() },
            Snapshot { paths: words(&["/a"]), ..one.clone() },
            Snapshot { paths: words(&["/a", "/c"]), ..one.clone() },
            Snapshot { hostname: "work".into(), ..one.clone() },
            Snapshot { username: "berta".into(), ..one.clone() },
            Snapshot { uid: 0, ..one.clone() },
            Snapshot { gid: 0, ..one.clone() },
            Snapshot { excludes: words(&["y", "x"]), ..one.clone() },
            Snapshot { tags: words(&["t"]), ..one.clone() },
            Snapshot { tags: words(&["t", "v"]), ..one.clone() },
        ] {
            assert!(!is_copy(&one, &other) && !is_copy(&other, &one), "{other:?}");
        }
    }
}

//! What a backup holds.

use super::{Entry, PathText, Vault, wire::hex};
use crate::{Cancel, Result, messages::Act};
use std::{ops::ControlFlow, path::Path};
use vault::format::{Node, NodeKind, mode};

impl Vault {
    /// Shows what lies in a folder of a backup, each folder before what is in
    /// it: `path`, or everything; with `recursive` all that lies below, too.
    /// Ends early when `visit` says so.
    ///
    /// # Errors
    /// [`Code::NoSuchBackup`](crate::Code::NoSuchBackup),
    /// [`Code::NoSuchPath`](crate::Code::NoSuchPath), or when a folder cannot
    /// be read.
    pub async fn browse(
        &self,
        backup: &str,
        path: Option<&Path>,
        recursive: bool,
        visit: &mut (dyn FnMut(Entry) -> ControlFlow<()> + Send),
        cancel: &Cancel,
    ) -> Result<()> {
        let failed = self.failed(Act::Browse);
        let (_, snapshot) = self.repository.find_snapshot(backup, cancel).await.map_err(&failed)?;
        let stop = cancel.child_token();
        let mut enough = false;
        let mut show = |path: &Path, node: &Node| {
            if !enough && visit(entry(path, node)).is_break() {
                enough = true;
                stop.cancel();
            }
        };
        let listed = self.repository.ls(&snapshot, path, recursive, &mut show, &stop).await;
        if enough { Ok(()) } else { listed.map_err(failed) }
    }
}

fn entry(path: &Path, node: &Node) -> Entry {
    let target = node.link_target.as_deref();
    Entry {
        path: PathText::new(path),
        name: String::from_utf8_lossy(&node.name).into_owned(),
        kind: node.kind.as_str().to_owned(),
        size: node.size,
        mode: node.mode,
        permissions: permissions(node),
        mtime: node.mtime.to_string(),
        uid: node.uid,
        gid: node.gid,
        linktarget: target.map(|target| String::from_utf8_lossy(target).into_owned()),
        linktarget_hex: target.filter(|target| str::from_utf8(target).is_err()).map(hex),
    }
}

/// The mode as `ls -l` shows it.
fn permissions(node: &Node) -> String {
    let unix = mode::to_unix(node.mode);
    let kind = match node.kind {
        NodeKind::File => '-',
        NodeKind::Dir => 'd',
        NodeKind::Symlink => 'l',
        NodeKind::Dev => 'b',
        NodeKind::CharDev => 'c',
        NodeKind::Fifo => 'p',
        NodeKind::Socket => 's',
        NodeKind::Irregular | NodeKind::Other(_) => '?',
    };
    let bit = |bit: u32, character: char| if unix & bit != 0 { character } else { '-' };
    let execute =
        |special: u32, execute: u32, both: char| match (unix & special != 0, unix & execute != 0) {
            (false, _) => bit(execute, 'x'),
            (true, true) => both,
            (true, false) => both.to_ascii_uppercase(),
        };
    [
        kind,
        bit(0o400, 'r'),
        bit(0o200, 'w'),
        execute(0o4000, 0o100, 's'),
        bit(0o040, 'r'),
        bit(0o020, 'w'),
        execute(0o2000, 0o010, 's'),
        bit(0o004, 'r'),
        bit(0o002, 'w'),
        execute(0o1000, 0o001, 't'),
    ]
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_look_as_people_know_them() {
        for (unix, text) in [
            (0o100_644, "-rw-r--r--"),
            (0o040_755, "drwxr-xr-x"),
            (0o120_777, "lrwxrwxrwx"),
            (0o104_755, "-rwsr-xr-x"),
            (0o102_644, "-rw-r-Sr--"),
            (0o041_777, "drwxrwxrwt"),
            (0o010_000, "p---------"),
        ] {
            let mode = mode::from_unix(unix);
            let node = Node { kind: NodeKind::from_mode(mode), mode, ..Node::default() };
            assert_eq!(permissions(&node), text);
        }
    }
}

//! Builds the trees of a snapshot from what the walk finds, in its order.

use super::{
    shared::Run,
    sink::{Scratch, Sink},
    walk::Event,
};
use crate::{
    error::{Error, Result},
    format::{FormatError, Id, Node, TreeBuilder},
    pack::BlobKind,
};
use crossbeam_channel::Receiver;
use std::sync::atomic::Ordering;

/// Consumes all events and returns the id of the root tree.
pub(crate) fn assemble(run: &Run, events: &Receiver<Event>) -> Result<Id> {
    let (mut scratch, mut worker) = (Scratch::new()?, run.worker());
    let mut open = vec![TreeBuilder::new()];
    for event in events {
        worker.go_on()?;
        match event {
            Event::Enter => open.push(TreeBuilder::new()),
            Event::Entry(node) => push(&mut open, &node)?,
            Event::Files(answer) => {
                // No answer: the run is ending, which its end notices.
                for node in answer.recv().into_iter().flatten() {
                    push(&mut open, &node)?;
                }
            }
            Event::Leave { mut node, before } => {
                let builder = open.pop().ok_or(Error::Internal("a folder ended twice"))?;
                let id = store(run, builder, &mut scratch)?;
                let count = match before {
                    None => &run.tally.dirs_new,
                    Some(before) if before == id => &run.tally.dirs_unmodified,
                    Some(_) => &run.tally.dirs_changed,
                };
                count.fetch_add(1, Ordering::Relaxed);
                node.subtree = Some(id);
                push(&mut open, &node)?;
            }
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) => store(run, root, &mut scratch),
        // The walk stopped within a folder.
        _ => Err(Error::Cancelled),
    }
}

fn push(open: &mut [TreeBuilder], node: &Node) -> Result<()> {
    let builder = open.last_mut().ok_or(Error::Internal("an entry without a folder"))?;
    builder
        .push(node)
        .map_err(|error: FormatError| Error::damaged("tree being written", error.to_string()))
}

fn store(run: &Run, builder: TreeBuilder, scratch: &mut Scratch) -> Result<Id> {
    let json = builder.finish();
    let share = Sink::admit(&run.budget, json.len())?;
    run.sink.store(BlobKind::Tree, &json, share, scratch)
}

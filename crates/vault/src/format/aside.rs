//! An id that is found while other bytes are hashed, in the time that the
//! processor has left over then.

use super::Id;
use sha256::{BLOCK, Running, side_by_side};

/// Bytes whose id is found on the side.
#[derive(Debug)]
pub(crate) struct IdAside<B> {
    bytes: B,
    running: Running,
}

impl<B: AsRef<[u8]>> IdAside<B> {
    pub(crate) fn new(bytes: B) -> Self {
        Self::continued(bytes, Running::default())
    }

    /// The same of bytes of which a beginning has been hashed.
    pub(crate) fn continued(bytes: B, running: Running) -> Self {
        Self { bytes, running }
    }

    /// The id of other bytes. On the side, as many of these are hashed.
    pub(crate) fn id_beside(&mut self, other: &[u8]) -> Id {
        let mut id = Running::default();
        self.go_on_beside(&mut id, other);
        Id::from_bytes(id.finish(other))
    }

    /// Goes on with the id of other bytes. On the side, as many of these are
    /// hashed.
    pub(crate) fn go_on_beside(&mut self, id: &mut Running, other: &[u8]) {
        side_by_side([(id, other), (&mut self.running, self.bytes.as_ref())]);
    }

    /// How many bytes are left to hash. Less than a block need no time of their own.
    pub(crate) fn left(&self) -> usize {
        // No more than there are bytes.
        self.bytes.as_ref().len() - self.running.taken() as usize
    }

    /// Whether next to nothing is left to hash.
    pub(crate) fn is_found(&self) -> bool {
        self.left() < BLOCK
    }

    /// The id, and the bytes. What is left is hashed by itself.
    pub(crate) fn find(self) -> (Id, B) {
        let id = self.running.clone().finish(self.bytes.as_ref());
        (Id::from_bytes(id), self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_whatever_is_hashed_beside_it() {
        let bytes: Vec<u8> = (0..1000_u32).map(|at| ((at * at) >> 3) as u8).collect();
        for step in [0, 1, 63, 64, 100, 999] {
            let mut aside = IdAside::new(&bytes);
            let mut others = bytes.chunks(step.max(1));
            while !aside.is_found()
                && let Some(other) = others.next()
            {
                assert_eq!(aside.id_beside(other), Id::of(other));
            }
            assert_eq!(aside.find().0, Id::of(&bytes), "{step} at a time");
        }
    }
}

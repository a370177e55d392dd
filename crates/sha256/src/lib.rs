//! SHA-256 (FIPS 180-4), two messages at a time.
//!
//! A round of SHA-256 needs what the one before it has made, so that the
//! instructions of a processor that has them stand idle half of the time. Where
//! two messages are hashed anyhow, the second one takes that time: see
//! `docs/decisions/0026-two-hashes.md`. One message by itself, and processors
//! without those instructions, are left to the crate `sha2`.

#[cfg(target_arch = "x86_64")]
mod x86_64;

use sha2::block_api::compress256;

/// Bytes of a block: the hash goes on by as many.
pub const BLOCK: usize = 64;
/// Bytes of a hash.
pub const LENGTH: usize = 32;

/// What the hash of an empty message begins with (FIPS 180-4, 5.3.3).
const FIRST: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

type Block = [u8; BLOCK];

/// The hash of a message of which only the beginning is known, in whole blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    state: [u32; 8],
    /// Blocks so far.
    blocks: u64,
}

impl Default for Running {
    fn default() -> Self {
        Self { state: FIRST, blocks: 0 }
    }
}

impl Running {
    /// How many bytes of the message were taken in, a multiple of [`BLOCK`].
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.blocks * BLOCK as u64
    }

    /// The blocks of its message that were not taken in yet, and what is less than
    /// a block.
    fn ahead<'a>(&self, message: &'a [u8]) -> (&'a [Block], &'a [u8]) {
        // No more than there are bytes.
        message[self.taken() as usize..].as_chunks()
    }

    /// The hash of its message, which is all there now.
    #[must_use]
    pub fn finish(mut self, message: &[u8]) -> [u8; LENGTH] {
        let (blocks, rest) = self.ahead(message);
        compress256(&mut self.state, blocks);
        let length = self.taken() + (blocks.len() * BLOCK + rest.len()) as u64;
        let (end, used) = ending(rest, length);
        compress256(&mut self.state, &end[..used]);
        written(self.state)
    }
}

/// Goes on with two hashes, given as much of their messages as there is: both take
/// in as many whole blocks as there are of the one that has less left.
pub fn side_by_side([one, other]: [(&mut Running, &[u8]); 2]) {
    let (blocks, others) = (one.0.ahead(one.1).0, other.0.ahead(other.1).0);
    let both = blocks.len().min(others.len());
    let states = [&mut one.0.state, &mut other.0.state];
    compress_two(states, [&blocks[..both], &others[..both]]);
    one.0.blocks += both as u64;
    other.0.blocks += both as u64;
}

/// The hashes of two messages.
#[must_use]
pub fn both(first: &[u8], second: &[u8]) -> [[u8; LENGTH]; 2] {
    let [mut one, mut other] = [Running::default(), Running::default()];
    side_by_side([(&mut one, first), (&mut other, second)]);
    [one.finish(first), other.finish(second)]
}

/// Takes in two times as many blocks, one beside the other.
#[cfg(target_arch = "x86_64")]
fn compress_two(states: [&mut [u32; 8]; 2], blocks: [&[Block]; 2]) {
    x86_64::compress_two(states, blocks);
}

/// The same, one after the other.
#[cfg(not(target_arch = "x86_64"))]
fn compress_two(states: [&mut [u32; 8]; 2], blocks: [&[Block]; 2]) {
    one_after_the_other(states, blocks);
}

fn one_after_the_other([first, second]: [&mut [u32; 8]; 2], blocks: [&[Block]; 2]) {
    compress256(first, blocks[0]);
    compress256(second, blocks[1]);
}

/// The last block or two of a message of `length` bytes that ends with `rest`,
/// less than a block: a bit, zeros, and how many bits it has (FIPS 180-4, 5.1.1).
fn ending(rest: &[u8], length: u64) -> ([Block; 2], usize) {
    let mut end = [[0; BLOCK]; 2];
    let used = if rest.len() < BLOCK - 8 { 1 } else { 2 };
    end[0][..rest.len()].copy_from_slice(rest);
    end[0][rest.len()] = 0x80;
    end[used - 1][BLOCK - 8..].copy_from_slice(&(length * 8).to_be_bytes());
    (end, used)
}

fn written(state: [u32; 8]) -> [u8; LENGTH] {
    let mut hash = [0; LENGTH];
    for (bytes, word) in hash.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

//! The same hashes as those of another implementation, whatever the lengths.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use sha256::{BLOCK, Running, both, side_by_side};

fn of(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

#[test]
fn every_length_around_a_block_is_padded_right() {
    let bytes: Vec<u8> = (0..=255).collect();
    for first in 0..=4 * BLOCK - 1 {
        for second in [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 200] {
            let (first, second) = (&bytes[..first], &bytes[bytes.len() - second..]);
            assert_eq!(
                both(first, second),
                [of(first), of(second)],
                "{} {}",
                first.len(),
                second.len()
            );
        }
    }
}

#[test]
fn the_hash_of_a_million_letters_is_the_published_one() {
    // FIPS 180-2, appendix B.3.
    let message = vec![b'a'; 1_000_000];
    let published = [
        0xcd, 0xc7, 0x6e, 0x5c, 0x99, 0x14, 0xfb, 0x92, 0x81, 0xa1, 0xc7, 0xe2, 0x84, 0xd7, 0x3e,
        0x67, 0xf1, 0x80, 0x9a, 0x48, 0xa4, 0x97, 0x20, 0x0e, 0x04, 0x6d, 0x39, 0xcc, 0xc7, 0x11,
        0x2c, 0xd0,
    ];
    assert_eq!(both(&message, &message), [published, published]);
    assert_eq!(Running::default().finish(&message), published);
}

proptest! {
    #[test]
    fn messages_of_any_length_hash_beside_another_that_goes_on(
        long in proptest::collection::vec(any::<u8>(), 0..5000),
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..700), 0..12),
    ) {
        let mut running = Running::default();
        // What is left of one message is taken in beside the next.
        let mut all = Running::default();
        let joined = messages.concat();
        let mut there = 0;
        for message in &messages {
            let mut one = Running::default();
            let before = running.taken();
            side_by_side([(&mut one, message), (&mut running, &long)]);
            let room = (long.len() - before as usize) / BLOCK;
            let took = (running.taken() - before) as usize;
            prop_assert_eq!(took, BLOCK * room.min(message.len() / BLOCK));
            prop_assert_eq!(one.taken() as usize, took);
            there += message.len();
            side_by_side([(&mut all, &joined[..there]), (&mut one, message)]);
            prop_assert_eq!(one.finish(message), of(message));
        }
        prop_assert_eq!(running.finish(&long), of(&long));
        prop_assert_eq!(all.finish(&joined), of(&joined));
    }
}

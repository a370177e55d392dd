//! Cut points against restic's chunker and against an independent one.

use model::{Random, random::SeededRandom};
use proptest::prelude::*;

use super::{
    tables::{LANES, LONG_LANE, SHORT_LANE},
    *,
};

/// The polynomial of restic/chunker's own tests.
const RESTIC: u64 = 0x003d_a335_8b4d_c173;

fn random_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededRandom::new(seed).fill(&mut bytes);
    bytes
}

fn tables(coefficients: u64) -> Arc<Tables> {
    Arc::new(Tables::new(Polynomial::new(coefficients).unwrap()))
}

/// Lengths of the chunks of a file of which `step(n)` more bytes become
/// available at a time.
fn cut_up(tables: &Arc<Tables>, data: &[u8], mut step: impl FnMut() -> usize) -> Vec<usize> {
    let mut chunker = Chunker::new(Arc::clone(tables));
    let mut lengths = Vec::new();
    let (mut start, mut end) = (0, 0);
    loop {
        match chunker.next_cut(&data[start..end], end == data.len()) {
            Cut::At(0) => return lengths,
            Cut::At(length) => {
                lengths.push(length);
                start += length;
            }
            Cut::NeedMore => end = data.len().min(end + step().max(1)),
        }
    }
}

fn all_at_once(tables: &Arc<Tables>, data: &[u8]) -> Vec<usize> {
    cut_up(tables, data, || data.len())
}

/// The definition, bit by bit: the remainder of the window's bits as a
/// polynomial, for a window that rolls from the start of the file and forgets
/// nothing between chunks.
fn by_definition(coefficients: u64, data: &[u8]) -> Vec<usize> {
    let shift = |mut remainder: u64, bits: usize| {
        for _ in 0..bits {
            remainder <<= 1;
            if remainder >> 53 & 1 == 1 {
                remainder ^= coefficients;
            }
        }
        remainder
    };
    // The remainders of x^512, ..., x^519: what a byte that left the window
    // had become.
    let left: Vec<u64> = (0..8).map(|bit| shift(1, WINDOW * 8 + bit)).collect();
    let (mut lengths, mut length, mut remainder) = (Vec::new(), 0, 0);
    for (at, byte) in data.iter().enumerate() {
        remainder = shift(remainder, 8) ^ u64::from(*byte);
        if let Some(old) = at.checked_sub(WINDOW).map(|at| data[at]) {
            for (bit, left) in left.iter().enumerate() {
                if old >> bit & 1 == 1 {
                    remainder ^= left;
                }
            }
        }
        length += 1;
        if length == MAX_SIZE || (length >= MIN_SIZE && remainder.trailing_zeros() >= 20) {
            lengths.push(std::mem::take(&mut length));
        }
    }
    lengths.extend((length > 0).then_some(length));
    lengths
}

#[test]
fn cuts_where_restic_cuts() {
    for line in include_str!("golden.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let polynomial = words.next().unwrap().parse().unwrap();
        let seed = words.next().unwrap().parse().unwrap();
        let expected: Vec<usize> = words.map(|word| word.parse().unwrap()).collect();
        let data = random_bytes(seed, expected.iter().sum());
        assert_eq!(all_at_once(&Arc::new(Tables::new(polynomial)), &data), expected, "{line}");
    }
}

/// The polynomials of `golden.txt` but the first are those that restic derives,
/// one after the other, from the stream of seed 2026.
#[test]
fn derives_the_polynomials_that_restic_derives() {
    let random = SeededRandom::new(2026);
    let golden = include_str!("golden.txt").lines().filter(|line| !line.starts_with('#'));
    for line in golden.skip(1) {
        let expected = line.split(' ').next().unwrap();
        assert_eq!(Polynomial::random(&random).to_string(), expected);
    }
}

#[test]
fn zeros_are_cut_at_the_least_size() {
    let tables = tables(RESTIC);
    let data = vec![0; 4 * MIN_SIZE + 5];
    assert_eq!(all_at_once(&tables, &data), [MIN_SIZE, MIN_SIZE, MIN_SIZE, MIN_SIZE, 5]);
    assert_eq!(by_definition(RESTIC, &data), all_at_once(&tables, &data));
}

/// Bytes without any cut between the limits.
fn uncut(tables: &Arc<Tables>, length: usize) -> Vec<u8> {
    let pattern: Vec<u8> = (1..=255).collect();
    let data: Vec<u8> = pattern.into_iter().cycle().take(length).collect();
    assert_eq!(
        by_definition(tables.polynomial().coefficients(), &data[..MIN_SIZE + 4096]).len(),
        1
    );
    data
}

#[test]
fn lengths_around_the_limits() {
    let tables = tables(RESTIC);
    let data = uncut(&tables, 2 * MAX_SIZE + 1);
    for (length, expected) in [
        (0, vec![]),
        (1, vec![1]),
        (WINDOW, vec![WINDOW]),
        (MIN_SIZE - 1, vec![MIN_SIZE - 1]),
        (MIN_SIZE, vec![MIN_SIZE]),
        (MIN_SIZE + 1, vec![MIN_SIZE + 1]),
        (MAX_SIZE - 1, vec![MAX_SIZE - 1]),
        (MAX_SIZE, vec![MAX_SIZE]),
        (MAX_SIZE + 1, vec![MAX_SIZE, 1]),
        (2 * MAX_SIZE, vec![MAX_SIZE, MAX_SIZE]),
        (2 * MAX_SIZE + 1, vec![MAX_SIZE, MAX_SIZE, 1]),
    ] {
        assert_eq!(all_at_once(&tables, &data[..length]), expected);
        assert_eq!(cut_up(&tables, &data[..length], || 100_000), expected);
    }
}

/// A run of zeros puts a cut behind its 64th byte: at every length from the
/// least on, at the borders of the lanes and of the stretches too.
#[test]
fn finds_a_cut_at_every_length() {
    let tables = tables(RESTIC);
    let mut data = uncut(&tables, MIN_SIZE + 80_000);
    let lanes = |lane: usize| (0..LANES + 2).flat_map(move |n| [n * lane - n.min(1), n * lane]);
    let borders = lanes(SHORT_LANE).chain(lanes(LONG_LANE)).chain([1, 63, 64, 65]);
    let later_stretch = LANES * LONG_LANE;
    let borders = borders.flat_map(|at| [at, at + later_stretch, at + 2 * later_stretch]);
    for cut in borders.chain((0..80_000).step_by(997)).map(|at| MIN_SIZE + at) {
        let window = cut - WINDOW..cut;
        data[window.clone()].fill(0);
        assert_eq!(all_at_once(&tables, &data)[0], cut);
        assert_eq!(all_at_once(&tables, &data[..cut]), [cut]);
        assert_eq!(all_at_once(&tables, &data[..cut + 1]), [cut, 1]);
        assert_eq!(cut_up(&tables, &data, || 10_007)[0], cut);
        // A later cut is not taken for this one, even when it is met first: in
        // the next lane, a step before.
        for later in [cut + 5000, cut + LONG_LANE - 1, cut + SHORT_LANE - 1] {
            let later = later.min(data.len());
            let kept = data[later - WINDOW..later].to_vec();
            data[later - WINDOW..later].fill(0);
            assert_eq!(all_at_once(&tables, &data)[0], cut);
            let end = data.len().min(cut + 2 * SHORT_LANE);
            assert_eq!(all_at_once(&tables, &data[..end])[0], cut);
            data[later - WINDOW..later].copy_from_slice(&kept);
        }
        let pattern = (1..=255).cycle().skip(window.start % 255);
        data[window].iter_mut().zip(pattern).for_each(|(byte, kept)| *byte = kept);
    }
    assert_eq!(all_at_once(&tables, &data), [data.len()]);
}

#[test]
fn the_largest_chunk_needs_no_more() {
    let tables = tables(RESTIC);
    let data = uncut(&tables, MAX_SIZE + 1);
    let mut chunker = Chunker::new(tables);
    assert_eq!(chunker.next_cut(&[], false), Cut::NeedMore);
    assert_eq!(chunker.next_cut(&data[..MIN_SIZE], false), Cut::NeedMore);
    assert_eq!(chunker.next_cut(&data[..MAX_SIZE - 1], false), Cut::NeedMore);
    assert_eq!(chunker.next_cut(&data[..MAX_SIZE], false), Cut::At(MAX_SIZE));
    assert_eq!(chunker.next_cut(&data, false), Cut::At(MAX_SIZE));
    assert_eq!(chunker.next_cut(&[], true), Cut::At(0));
}

#[test]
fn a_chunk_that_is_given_up_leaves_nothing_behind() {
    let tables = tables(RESTIC);
    let data = random_bytes(7, 4 * MAX_SIZE);
    let expected = all_at_once(&tables, &data)[0];
    let mut chunker = Chunker::new(tables);
    assert_eq!(chunker.next_cut(&vec![1; MAX_SIZE - 1], false), Cut::NeedMore);
    chunker.start();
    assert_eq!(chunker.next_cut(&data, false), Cut::At(expected));
}

/// Random bytes with runs of one byte in them.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let run = (any::<u64>(), 0..MIN_SIZE * 3, prop::option::of(any::<u8>()), 0..MIN_SIZE * 2);
    prop::collection::vec(run, 0..4).prop_map(|runs| {
        let mut data = Vec::new();
        for (seed, random, byte, repeated) in runs {
            data.extend(random_bytes(seed, random));
            data.extend(std::iter::repeat_n(byte.unwrap_or(0), repeated));
        }
        data
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn equals_the_definition(data in contents(), seed: u64, steps in prop::collection::vec(1..3 * MIN_SIZE, 1..5)) {
        let polynomial = Polynomial::random(&SeededRandom::new(seed));
        let tables = Arc::new(Tables::new(polynomial));
        let expected = by_definition(polynomial.coefficients(), &data);
        prop_assert_eq!(&all_at_once(&tables, &data), &expected);
        let mut steps = steps.into_iter().cycle();
        let in_steps = cut_up(&tables, &data, || steps.next().unwrap_or(1));
        prop_assert_eq!(&in_steps, &expected);
    }
}

//! With the SHA instructions that processors of this family have since 2017 (AMD)
//! and 2019 (Intel). How they fit together: Intel, "Intel SHA Extensions", 2013.

use super::{BLOCK, Block, one_after_the_other};
use std::{
    arch::x86_64::{
        __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_set_epi64x,
        _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32,
        _mm_shuffle_epi8, _mm_shuffle_epi32,
    },
    array,
};

/// The constants of the 64 rounds (FIPS 180-4, 4.2.2).
#[rustfmt::skip]
const ROUNDS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

pub(super) fn compress_two(states: [&mut [u32; 8]; 2], blocks: [&[Block]; 2]) {
    let has_them = is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("ssse3");
    if has_them {
        #[expect(unsafe_code, reason = "a processor's instructions are called in no other way")]
        // SAFETY: it needs a processor that has these instructions, and nothing
        // else; it has them.
        unsafe {
            interleaved(states, blocks);
        }
    } else {
        one_after_the_other(states, blocks);
    }
}

/// As many blocks of both as the shorter one has; they are equally many.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn interleaved([first, second]: [&mut [u32; 8]; 2], blocks: [&[Block]; 2]) {
    let mut states = [packed(first), packed(second)];
    for pair in blocks[0].iter().zip(blocks[1]) {
        let before = states;
        let mut words = [of_block(pair.0), of_block(pair.1)];
        // Sixteen times four rounds, written out so that the compiler knows
        // which words are where.
        macro_rules! four_rounds {
            ($($at:literal)*) => {$(
                for one in 0..2 {
                    four_rounds::<$at>(&mut states[one], &mut words[one]);
                }
            )*};
        }
        four_rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        for (state, before) in states.iter_mut().zip(before) {
            *state = array::from_fn(|half| _mm_add_epi32(state[half], before[half]));
        }
    }
    *first = unpacked(states[0]);
    *second = unpacked(states[1]);
}

/// The rounds 4 × `AT` to 4 × `AT` + 3, and the words that are needed three
/// such steps later.
#[target_feature(enable = "sha,sse4.1,ssse3")]
#[inline]
fn four_rounds<const AT: usize>([abef, cdgh]: &mut [__m128i; 2], words: &mut [__m128i; 4]) {
    let (now, next) = (words[AT % 4], (AT + 1) % 4);
    let keyed = _mm_add_epi32(now, constants(AT));
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, keyed);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(keyed, 0x0e));
    if AT >= 3 && AT < 15 {
        let schedule = _mm_sha256msg1_epu32(words[next], words[(AT + 2) % 4]);
        let middle = _mm_alignr_epi8(now, words[(AT + 3) % 4], 4);
        words[next] = _mm_sha256msg2_epu32(_mm_add_epi32(schedule, middle), now);
    }
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn constants(at: usize) -> __m128i {
    let [a, b, c, d] = array::from_fn(|word| ROUNDS[4 * at + word] as i32);
    _mm_set_epi32(d, c, b, a)
}

/// The sixteen words of a block, of which the bytes of each are the other way
/// round.
#[target_feature(enable = "sse4.1,ssse3")]
#[inline]
fn of_block(block: &Block) -> [__m128i; 4] {
    const TURNED: [i64; 2] = [0x0405_0607_0001_0203, 0x0c0d_0e0f_0809_0a0b];
    let (halves, []) = block.as_chunks::<8>() else { unreachable!("{BLOCK} is a multiple of 8") };
    let mut words = [_mm_setzero_si128(); 4];
    for (four, word) in words.iter_mut().enumerate() {
        let [low, high] = array::from_fn(|half| i64::from_le_bytes(halves[2 * four + half]));
        let turned = _mm_set_epi64x(TURNED[1], TURNED[0]);
        *word = _mm_shuffle_epi8(_mm_set_epi64x(high, low), turned);
    }
    words
}

/// The state as the instructions take it: a, b, e, f and c, d, g, h, the first
/// one on top.
#[target_feature(enable = "sse4.1")]
#[inline]
fn packed(state: &[u32; 8]) -> [__m128i; 2] {
    let [a, b, c, d, e, f, g, h] = state.map(|word| word as i32);
    [_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h)]
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn unpacked([abef, cdgh]: [__m128i; 2]) -> [u32; 8] {
    let words = [
        _mm_extract_epi32::<3>(abef),
        _mm_extract_epi32::<2>(abef),
        _mm_extract_epi32::<3>(cdgh),
        _mm_extract_epi32::<2>(cdgh),
        _mm_extract_epi32::<1>(abef),
        _mm_extract_epi32::<0>(abef),
        _mm_extract_epi32::<1>(cdgh),
        _mm_extract_epi32::<0>(cdgh),
    ];
    words.map(|word| word as u32)
}

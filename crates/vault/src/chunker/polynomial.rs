//! Polynomials over the field of two elements.

use std::{fmt, str::FromStr};

use model::Random;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::format::FormatError;

/// An irreducible polynomial of degree 53 over GF(2), bit *n* of the number
/// being the coefficient of x to the *n*. It is part of a repository's config
/// and kept secret with it: cut points tell nothing about contents to those
/// who do not know it.
///
/// Written in lowercase hexadecimal digits without a prefix.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Polynomial(u64);

impl Polynomial {
    /// The degree that restic uses: the largest prime that leaves a byte free
    /// in 64 bits.
    pub const DEGREE: u32 = 53;

    /// The polynomial with these coefficients.
    ///
    /// # Errors
    /// [`FormatError::Polynomial`] when its degree is not 53 or it is a product
    /// of others: restic refuses such a repository, and cuts would be uneven.
    pub fn new(coefficients: u64) -> Result<Self, FormatError> {
        if degree(coefficients) == Some(Self::DEGREE) && is_irreducible(coefficients) {
            Ok(Self(coefficients))
        } else {
            Err(FormatError::Polynomial(format!("{coefficients:x}")))
        }
    }

    /// A random polynomial for a new repository. As in restic, 8 bytes at a
    /// time are taken as a little-endian number until one makes an irreducible
    /// polynomial, which one in 27 does.
    #[must_use]
    pub fn random(random: &dyn Random) -> Self {
        const TRIES: u32 = 10_000;
        let lowest_and_highest = 1 << Self::DEGREE | 1;
        let mut candidate = lowest_and_highest;
        for _ in 0..TRIES {
            let mut bytes = [0; 8];
            random.fill(&mut bytes);
            candidate = u64::from_le_bytes(bytes) & (lowest_and_highest - 2) | lowest_and_highest;
            if is_irreducible(candidate) {
                return Self(candidate);
            }
        }
        // The source repeats itself; ten thousand fair tries fail once in
        // 10^166 times. The next irreducible polynomial is near.
        while !is_irreducible(candidate) {
            candidate = candidate.wrapping_add(2) & (lowest_and_highest - 2) | lowest_and_highest;
        }
        Self(candidate)
    }

    /// The coefficients.
    #[must_use]
    pub const fn coefficients(self) -> u64 {
        self.0
    }

    /// `x` shifted by a byte, modulo this polynomial. `x` must be reduced.
    pub(super) fn shift_byte(self, mut x: u64) -> u64 {
        for _ in 0..8 {
            x = double_mod(x, self.0);
        }
        x
    }
}

/// The highest power with a coefficient; none for zero.
fn degree(x: u64) -> Option<u32> {
    x.checked_ilog2()
}

/// `x` modulo `divisor`, which must not be zero.
fn modulo(mut x: u64, divisor: u64) -> u64 {
    let Some(divisor_degree) = degree(divisor) else { return x };
    while let Some(excess) = degree(x).and_then(|degree| degree.checked_sub(divisor_degree)) {
        x ^= divisor << excess;
    }
    x
}

/// `x` times x modulo `divisor`, for a reduced `x` and a degree below 63.
fn double_mod(x: u64, divisor: u64) -> u64 {
    let doubled = x << 1;
    doubled.min(doubled ^ divisor)
}

/// `a` times `b` modulo `divisor`, both reduced, for a degree below 63.
fn multiply_mod(a: u64, b: u64, divisor: u64) -> u64 {
    let mut product = 0;
    for bit in (0..u64::BITS - b.leading_zeros()).rev() {
        product = double_mod(product, divisor);
        if b >> bit & 1 == 1 {
            product ^= a;
        }
    }
    product
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, modulo(a, b));
    }
    a
}

/// Ben-Or's test: a polynomial of degree n is irreducible when it has no
/// common divisor with x^(2^i) - x for any i up to n / 2 (Gao and Panario,
/// "Tests and Constructions of Irreducible Polynomials over Finite Fields").
fn is_irreducible(polynomial: u64) -> bool {
    const X: u64 = 2;
    let Some(degree @ 2..63) = degree(polynomial) else { return false };
    let mut power = X;
    (0..degree / 2).all(|_| {
        power = multiply_mod(power, power, polynomial);
        greatest_common_divisor(polynomial, power ^ X) == 1
    })
}

impl fmt::Display for Polynomial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}", self.0)
    }
}

impl fmt::Debug for Polynomial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Polynomial {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let refused = || FormatError::Polynomial(text.chars().take(80).collect());
        // The standard parser would take a sign as well.
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        Self::new(u64::from_str_radix(text, 16).map_err(|_| refused())?)
    }
}

impl Serialize for Polynomial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Polynomial {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hex;

        impl de::Visitor<'_> for Hex {
            type Value = Polynomial;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a polynomial in hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Polynomial, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Hex)
    }
}

#[cfg(test)]
mod tests {
    use model::random::SeededRandom;
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug)]
    struct Constant(u8);

    impl Random for Constant {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    /// Whether no polynomial of a lower degree divides it, tried one by one.
    fn has_no_divisor(polynomial: u64) -> bool {
        let half = degree(polynomial).unwrap_or_default() / 2;
        (2..2 << half).all(|divisor| modulo(polynomial, divisor) != 0)
    }

    #[test]
    fn tells_irreducible_polynomials() {
        for polynomial in 4..4096 {
            assert_eq!(is_irreducible(polynomial), has_no_divisor(polynomial), "{polynomial:b}");
        }
    }

    #[test]
    fn accepts_what_restic_accepts() {
        for text in ["3da3358b4dc173", "3DA3358B4DC173"] {
            let polynomial: Polynomial = text.parse().unwrap();
            assert_eq!(polynomial.to_string(), "3da3358b4dc173");
            assert_eq!(serde_json::to_string(&polynomial).unwrap(), "\"3da3358b4dc173\"");
            assert_eq!(
                serde_json::from_str::<Polynomial>("\"3da3358b4dc173\"").unwrap(),
                polynomial
            );
        }
    }

    #[test]
    fn refuses_what_cannot_cut() {
        for text in [
            "",
            "0",
            "1",
            "3da3358b4dc172",
            "3da3358b4dc175",
            "13da3358b4dc173",
            "1fffffffffffff",
            "+3da3358b4dc173",
            "0x3da3358b4dc173",
            "3da3358b4dc173 ",
            "ffffffffffffffff",
            "fffffffffffffffff",
            "é",
        ] {
            let refused = FormatError::Polynomial(text.to_owned());
            assert_eq!(text.parse::<Polynomial>(), Err(refused), "{text}");
        }
    }

    #[test]
    fn random_ones_are_irreducible_and_differ() {
        let random = SeededRandom::new(1);
        let polynomials: Vec<_> = (0..50).map(|_| Polynomial::random(&random)).collect();
        for (index, polynomial) in polynomials.iter().enumerate() {
            assert_eq!(Polynomial::new(polynomial.coefficients()), Ok(*polynomial));
            assert!(!polynomials[..index].contains(polynomial));
        }
    }

    #[test]
    fn a_broken_source_does_not_hang() {
        for byte in [0, 1, 0x55, 0xff] {
            let polynomial = Polynomial::random(&Constant(byte));
            assert!(Polynomial::new(polynomial.coefficients()).is_ok());
        }
    }

    proptest! {
        #[test]
        fn products_are_reducible(a in 2..1_u64 << 26, b in 1_u64 << 27..1 << 28) {
            let mut product = 0;
            for bit in (0..32).filter(|bit| b >> bit & 1 == 1) {
                product ^= a << bit;
            }
            prop_assert!(!is_irreducible(product));
            prop_assert_eq!(modulo(product, a), 0);
            prop_assert_eq!(modulo(product, b), 0);
        }

        #[test]
        fn arbitrary_text_does_not_panic(text: String, coefficients: u64) {
            let _ = text.parse::<Polynomial>();
            let _ = Polynomial::new(coefficients);
        }
    }
}

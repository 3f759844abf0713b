//! Fingerprints: whether two texts are the same can be told from these alone.

use std::fmt;

/// Fowler, Noll and Vo's hash 1a with 128 bits: two texts that differ by mistake hardly ever have
/// the same. Against somebody who means to deceive it is no protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u128);

const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Fingerprint {
    pub fn of(bytes: &[u8]) -> Fingerprint {
        let mut fingerprint = Fingerprint(BASIS);
        fingerprint.add(bytes);
        fingerprint
    }

    /// Of what a value looks like to a programmer, which says all that is in it.
    pub fn of_value(value: &impl fmt::Debug) -> Fingerprint {
        let mut fingerprint = Fingerprint(BASIS);
        // Adding bytes cannot fail.
        let _ = fmt::write(&mut fingerprint, format_args!("{value:?}"));
        fingerprint
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }
}

impl fmt::Write for Fingerprint {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.as_bytes());
        Ok(())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_the_published_test_vectors() {
        let hex = |text: &str| Fingerprint::of(text.as_bytes()).to_string();
        assert_eq!(hex(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(hex("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(hex("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn a_value_is_known_by_all_that_is_in_it() {
        let of = |value: f64| Fingerprint::of_value(&(value, Some("text")));
        assert_eq!(of(0.5), Fingerprint::of(b"(0.5, Some(\"text\"))"));
        assert_ne!(of(0.1 + 0.2), of(0.3), "one bit is enough");
    }
}

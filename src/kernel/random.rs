//! Random streams. Each (seed, replication, name, purpose) has one of its own, so that
//! adding a node or changing a setting leaves every other draw as it was.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// The generator of one stream.
pub type Generator = Xoshiro256PlusPlus;

/// The place from which all streams of one replication are derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamFamily {
    pub seed: u64,
    pub replication: u64,
}

impl StreamFamily {
    pub fn new(seed: u64, replication: u64) -> Self {
        StreamFamily { seed, replication }
    }

    /// The stream of one purpose of one named thing.
    pub fn stream(self, name: &str, purpose: &str) -> Generator {
        let mut state = mix(self.seed ^ 0x5350_4f46_0000_0001);
        state = mix(state ^ self.replication);
        state = absorb(state, name.as_bytes());
        state = absorb(state, purpose.as_bytes());
        Generator::seed_from_u64(state)
    }
}

/// A uniform variate in [0, 1) with 53 random bits.
#[inline(always)]
pub fn uniform(generator: &mut Generator) -> f64 {
    (generator.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A uniform whole number below `bound`, which must not be zero.
///
/// The multiplication favours some numbers by less than one part in 2^32 for bounds
/// below 2^32, which no run is long enough to notice.
#[inline(always)]
pub fn below(generator: &mut Generator, bound: u32) -> u32 {
    ((u128::from(generator.next_u64()) * u128::from(bound)) >> 64) as u32
}

/// Takes a text into the state; its length goes in as well, so that ("ab", "c") and
/// ("a", "bc") part ways.
fn absorb(mut state: u64, bytes: &[u8]) -> u64 {
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word));
    }
    mix(state ^ bytes.len() as u64)
}

/// A bijection of 64 bits in which every input bit moves every output bit (the
/// finaliser of SplitMix64).
pub fn mix(value: u64) -> u64 {
    let mut value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(seed: u64, replication: u64, name: &str, purpose: &str) -> u64 {
        StreamFamily::new(seed, replication).stream(name, purpose).next_u64()
    }

    #[test]
    fn every_part_of_the_key_makes_another_stream() {
        let reference = first(1, 0, "nginx", "work");
        assert_eq!(reference, first(1, 0, "nginx", "work"));
        for other in [
            first(2, 0, "nginx", "work"),
            first(1, 1, "nginx", "work"),
            first(1, 0, "mysql", "work"),
            first(1, 0, "nginx", "balance"),
            first(1, 0, "nginxw", "ork"),
        ] {
            assert_ne!(reference, other);
        }
    }

    #[test]
    fn the_streams_of_a_seed_stay_the_same_for_years() {
        assert_eq!(first(1, 0, "visitors", "arrivals"), GOLDEN);
    }

    const GOLDEN: u64 = 14_850_194_276_492_275_078;

    #[test]
    fn numbers_below_a_bound_are_even() {
        let mut generator = StreamFamily::new(1, 0).stream("a", "b");
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[below(&mut generator, 7) as usize] += 1;
        }
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 400), "{counts:?}");
    }
}

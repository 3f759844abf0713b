//! A new version of what runs at a node, beside the old one or in its place.

use crate::kernel::random::mix;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Release {
    /// So many of its requests fail.
    pub errors: f64,
    /// Its work takes so many times as long.
    pub slowness: f64,
}

impl Release {
    /// No better and no worse than what was there before.
    pub const ALIKE: Release = Release { errors: 0.0, slowness: 1.0 };
}

/// Whether a request goes to the new version, which gets this share. It does so at all
/// that it needs from there; if its client tries again, that is drawn anew.
pub fn goes_to_new(request: u64, attempts: u32, share: f64) -> bool {
    const STREAM: u64 = 0x6361_6e61_7279;
    let hash = mix(mix(request ^ STREAM) ^ u64::from(attempts));
    // As many bits as a fraction holds.
    ((hash >> 11) as f64) < share * (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_requests_is_that_of_the_new_version() {
        for share in [0.0, 0.1, 0.5, 1.0] {
            let count = (0..100_000).filter(|&request| goes_to_new(request, 1, share)).count();
            assert!((count as f64 - share * 1e5).abs() <= 500.0, "{count} of {share}");
        }
        let both = (0..100_000).filter(|&it| goes_to_new(it, 1, 0.5) && goes_to_new(it, 2, 0.5)).count();
        assert!((both as f64 - 25_000.0).abs() < 500.0, "another try is another draw: {both}");
    }
}

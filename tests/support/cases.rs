//! How many random cases are tried, and which.

use proptest::test_runner::{Config, RngSeed};

/// So many, the same each time; with `PROPTEST_CASES` in the environment so many new ones.
pub fn cases(usual: u32, max_shrink_iters: u32) -> Config {
    let told = Config { failure_persistence: None, max_shrink_iters, ..Config::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => told,
        None => Config { cases: usual, rng_seed: RngSeed::Fixed(1), ..told },
    }
}

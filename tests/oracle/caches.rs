//! Group E: caches.

use super::judging::{Study, figure};
use super::models::{number, simulate};

pub static STUDIES: [Study; 2] = [
    Study::new("E01", |seed| {
        let measured = simulate("e01-ttl-cache.yaml", seed);
        vec![
            figure("hit_ratio", number(measured.node("resolver").hit_ratio)),
            figure("upstream_rate", measured.node("origin").visits_per_s),
        ]
    }),
    Study {
        // The file has it to show how far the approximation is off.
        left_out: &["che_approximation"],
        ..Study::new("E05", |seed| {
            let measured = simulate("e05-lru-cache.yaml", seed);
            vec![figure("hit_ratio", number(measured.node("cache").hit_ratio))]
        })
    },
];

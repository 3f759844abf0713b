//! How much load fills what there is only so much of.

use super::ResourceLoad;

/// From one load to the next that is tried, and how many of them.
const STEP: f64 = std::f64::consts::SQRT_2;
const STEPS_MOST: i32 = 40;
/// What is not full at so many times the load never is.
const NEVER: f64 = 1e12;

/// At which load each is full, if all users send more in proportion and everything grows with that.
pub fn in_proportion(loads: &mut [ResourceLoad], rate_per_s: f64) {
    for expected in loads.iter_mut().filter_map(|load| load.expected.as_mut().ok()) {
        expected.full_at_per_s =
            factor(expected.fullest - expected.idle, expected.idle).map(|factor| factor * rate_per_s);
    }
}

/// The same where it does not: `try_at` tells how full the fullest places are at so many times the load.
pub fn by_trying(loads: &mut [ResourceLoad], rate_per_s: f64, try_at: impl Fn(f64) -> Vec<Option<f64>>) {
    let fullest = |load: &ResourceLoad| load.expected.as_ref().ok().map(|expected| expected.fullest);
    let now: Vec<Option<f64>> = loads.iter().map(fullest).collect();
    let mut tried = vec![(1.0, now)];
    for up in [true, false] {
        let mut step = 0;
        loop {
            let (_, shares) = if up { &tried[tried.len() - 1] } else { &tried[0] };
            // Upwards until all are full, and downwards until none is.
            let is_over = match up {
                true => shares.iter().flatten().all(|&share| share >= 1.0 || share == 0.0),
                false => shares.iter().flatten().all(|&share| share < 1.0),
            };
            step += 1;
            if is_over || step > STEPS_MOST {
                break;
            }
            let at = libm::pow(STEP, f64::from(if up { step } else { -step }));
            let place = if up { tried.len() } else { 0 };
            tried.insert(place, (at, try_at(at)));
        }
    }
    for (number, load) in loads.iter_mut().enumerate() {
        let Ok(expected) = &mut load.expected else { continue };
        let course: Vec<(f64, f64)> =
            tried.iter().filter_map(|(at, shares)| Some((*at, shares[number]? - expected.idle))).collect();
        let found = full_at(&course, 1.0 - expected.idle).filter(|factor| *factor < NEVER);
        expected.full_at_per_s = found.map(|factor| factor * rate_per_s);
    }
}

/// How many times the load it takes until so much of the rest is in use.
fn factor(in_use: f64, idle: f64) -> Option<f64> {
    let factor = (1.0 - idle).max(0.0) / in_use;
    (in_use > 0.0 && factor < NEVER).then_some(factor)
}

/// Where a course that rises reaches a bound. Between two loads it follows a power of the load, and
/// beyond the last a line.
fn full_at(course: &[(f64, f64)], bound: f64) -> Option<f64> {
    if bound <= 0.0 {
        return course.last().filter(|(_, share)| *share > 0.0).map(|_| 0.0);
    }
    let behind = course.iter().position(|(_, share)| *share >= bound);
    match behind {
        Some(0) => course.first().map(|(at, share)| at * bound / share),
        Some(place) => {
            let ((from, low), (to, high)) = (course[place - 1], course[place]);
            let along = match low > 0.0 {
                true => libm::log(bound / low) / libm::log(high / low),
                false => (bound - low) / (high - low),
            };
            Some(from * libm::pow(to / from, along))
        }
        None => {
            let [.., (from, low), (to, high)] = course else { return None };
            let slope = (high - low) / (to - from);
            (slope > 0.0).then(|| to + (bound - high) / slope)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: Option<f64>, expected: f64) {
        assert!(value.is_some_and(|value| (value - expected).abs() <= 1e-9 * expected), "{value:?}");
    }

    #[test]
    fn what_is_in_use_anyhow_leaves_less_for_the_load() {
        near(factor(0.2, 0.5), 2.5);
        assert_eq!((factor(0.0, 0.5), factor(0.1, 1.5)), (None, Some(0.0)));
    }

    #[test]
    fn a_course_is_followed_to_its_bound() {
        let course = [(1.0, 0.3), (2.0, 0.6), (4.0, 1.2)];
        near(full_at(&course, 1.0), 10.0 / 3.0);
        near(full_at(&course[..2], 1.0), 10.0 / 3.0);
        near(full_at(&[(0.5, 2.0), (1.0, 4.0)], 1.0), 0.25);
        // What a cache with a time to live lets through at most never fills anything.
        assert_eq!(full_at(&[(1.0, 0.3), (2.0, 0.3)], 1.0), None);
        assert_eq!(full_at(&[(1.0, 0.0), (2.0, 0.0)], 1.0), None);
    }
}

//! One queue.

/// The share of calls that find all servers taken and are turned away, whatever the law of their
/// times: Erlang's B of the offered load.
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, server| load * blocked / (f64::from(server) + load * blocked))
}

/// The share of customers that have to wait in M/M/c: Erlang's C.
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    let blocked = erlang_b(servers, load);
    let utilisation = load / f64::from(servers);
    blocked / (1.0 - utilisation * (1.0 - blocked))
}

/// The mean wait in M/M/c.
pub fn wait_of_many(servers: u32, rate: f64, service: f64) -> f64 {
    erlang_c(servers, rate * service) / (f64::from(servers) / service - rate)
}

/// The mean time in M/M/1.
pub fn time_in_mm1(rate: f64, service: f64) -> f64 {
    service / (1.0 - rate * service)
}

/// The share of customers that are through M/M/1 within this time.
pub fn through_mm1_within(time: f64, rate: f64, service: f64) -> f64 {
    -libm::expm1(-time / time_in_mm1(rate, service))
}

/// The mean wait in M/G/1, after Pollaczek and Khinchine: from the mean and the mean square of the
/// service times.
pub fn pollaczek_khinchine(rate: f64, mean: f64, mean_square: f64) -> f64 {
    rate * mean_square / (2.0 * (1.0 - rate * mean))
}

/// The mean time in M/G/1 where all inside share the server: the law of the service times makes no
/// difference.
pub fn time_in_processor_sharing(rate: f64, service: f64) -> f64 {
    service / (1.0 - rate * service)
}

/// The mean wait of each class, the first one first, in M/M/1 whose line goes by classes and that
/// lets everybody finish (Cobham): from the rate and the mean service of each.
pub fn cobham(classes: &[(f64, f64)]) -> Vec<f64> {
    // The square of an exponential time is on average twice that of its mean.
    let remaining: f64 = classes.iter().map(|(rate, service)| rate * service * service).sum();
    let mut before = 0.0;
    let wait = |&(rate, service): &(f64, f64)| {
        let with = before + rate * service;
        let wait = remaining / ((1.0 - before) * (1.0 - with));
        before = with;
        wait
    };
    classes.iter().map(wait).collect()
}

/// The mean of the largest of so many exponential times.
pub fn slowest_of(many: u32, mean: f64) -> f64 {
    (1..=many).map(|number| mean / f64::from(number)).sum()
}

/// The share of requests that find an object in a cache where it stays for a given time after it
/// was fetched, if they come by chance.
pub fn found_within_lifetime(rate: f64, lifetime: f64) -> f64 {
    rate * lifetime / (1.0 + rate * lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::assert_near;

    #[test]
    fn erlang_agrees_with_his_tables() {
        // 15 circuits carry 8.108 erlang at a grade of service of 1 %.
        assert_near(erlang_b(15, 8.108), 0.01, 3);
        assert_near(erlang_b(1, 1.0), 0.5, 12);
        // M/M/2 with 9 per second of 200 ms.
        assert_near(erlang_c(2, 1.8), 0.8526, 4);
        assert_near(wait_of_many(2, 9.0, 0.2), 0.8526, 4);
        assert!((erlang_c(1, 0.7) - 0.7).abs() < 1e-15);
        assert!((wait_of_many(1, 0.5, 1.25) + 1.25 - time_in_mm1(0.5, 1.25)).abs() < 1e-12);
    }

    #[test]
    fn one_server_agrees_with_the_book() {
        // Lazowska et al., section 1.2: half a job per second of 1.25 s.
        assert_near(time_in_mm1(0.5, 1.25), 3.333, 4);
        for (time, share) in [(2.310, 0.5), (9.986, 0.95), (15.35, 0.99)] {
            assert!((through_mm1_within(time, 0.5, 1.25) - share).abs() < 2e-4);
        }
        assert_near(time_in_processor_sharing(0.8, 1.0), 5.0, 6);
    }

    #[test]
    fn the_wait_grows_with_the_spread_of_the_service() {
        // 0.8 jobs per second of 1 s: equal, of two exponential steps, exponential.
        for (mean_square, wait) in [(1.0, 2.0), (1.5, 3.0), (2.0, 4.0)] {
            assert!((pollaczek_khinchine(0.8, 1.0, mean_square) - wait).abs() < 1e-12);
        }
    }

    #[test]
    fn classes_wait_in_turn_and_all_together_as_without() {
        assert_eq!(cobham(&[(0.8, 1.0)]).len(), 1);
        assert!((cobham(&[(0.8, 1.0)])[0] - 4.0).abs() < 1e-12);
        // Who is first, of no class, cannot change the mean over all of equal services.
        let waits = cobham(&[(0.3, 1.0), (0.5, 1.0)]);
        let all = (0.3 * waits[0] + 0.5 * waits[1]) / 0.8;
        assert!(waits[0] < 4.0 && waits[1] > 4.0 && (all - 4.0).abs() < 1e-12, "{waits:?}");
        assert!((waits[0] - 0.8 / 0.7).abs() < 1e-12);
    }

    #[test]
    fn the_slowest_of_many_follows_the_harmonic_numbers() {
        assert!((slowest_of(1, 10.0) - 10.0).abs() < 1e-15);
        assert_near(slowest_of(100, 10.0), 51.8738, 6);
    }

    #[test]
    fn what_lives_for_one_mean_time_between_requests_is_found_by_half() {
        assert!((found_within_lifetime(0.05, 20.0) - 0.5).abs() < 1e-15);
        assert!((found_within_lifetime(0.05, 60.0) - 0.75).abs() < 1e-15);
    }
}

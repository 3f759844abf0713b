//! Birth-and-death processes: numbers that go up and down by one.

/// The share of the time for each number, from 0 on: `births[n]` is the rate from n to n + 1, and
/// `deaths[n]` that from n + 1 to n.
pub fn stationary(births: &[f64], deaths: &[f64]) -> Vec<f64> {
    let mut weights = vec![1.0];
    for (birth, death) in births.iter().zip(deaths) {
        weights.push(weights[weights.len() - 1] * birth / death);
    }
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

pub fn mean(shares: &[f64]) -> f64 {
    shares.iter().zip(0..).map(|(share, number)| share * f64::from(number)).sum()
}

/// Machines that break and are repaired by so many hands: the share of the time for which 0, 1, 2 …
/// are down. Each runs for `between` on average until it breaks, and its repair takes `repair`.
pub fn machines_down(machines: u32, hands: u32, between: f64, repair: f64) -> Vec<f64> {
    let births: Vec<f64> = (0..machines).map(|down| f64::from(machines - down) / between).collect();
    let deaths: Vec<f64> = (1..=machines).map(|down| f64::from(down.min(hands)) / repair).collect();
    stationary(&births, &deaths)
}

/// The number in a queue M/M/c/K that holds at most `places`, those in service included.
pub fn bounded_queue(rate: f64, service: f64, servers: u32, places: u32) -> Vec<f64> {
    let deaths: Vec<f64> = (1..=places).map(|inside| f64::from(inside.min(servers)) / service).collect();
    stationary(&vec![rate; places as usize], &deaths)
}

/// The number in M/M/c whose waiting customers give up after an exponential time (Erlang A). Of
/// the numbers beyond `most` there are hardly any.
pub fn impatient_queue(rate: f64, service: f64, servers: u32, patience: f64, most: u32) -> Vec<f64> {
    let leaving = |inside: u32| {
        f64::from(inside.min(servers)) / service + f64::from(inside.saturating_sub(servers)) / patience
    };
    let deaths: Vec<f64> = (1..=most).map(leaving).collect();
    stationary(&vec![rate; most as usize], &deaths)
}

/// The mean number in line, of those inside.
pub fn mean_in_line(shares: &[f64], servers: u32) -> f64 {
    let waiting = |(share, inside): (&f64, u32)| share * f64::from(inside.saturating_sub(servers));
    shares.iter().zip(0..).map(waiting).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::assert_near;

    #[test]
    fn machines_with_a_hand_each_break_by_themselves() {
        // Three servers, each up for 990 of 1000 hours.
        let down = machines_down(3, 3, 990.0, 10.0);
        assert_near(down[0], 0.970299, 6);
        assert_near(down[0] + down[1], 0.999702, 6);
    }

    #[test]
    fn one_hand_makes_machines_wait() {
        // Two machines, one repairman: 1 : 2r : 2r² for r = repair / between.
        let down = machines_down(2, 1, 10.0, 2.0);
        let weights = [1.0, 0.4, 0.08];
        for (found, weight) in down.iter().zip(weights) {
            assert!((found - weight / 1.48).abs() < 1e-15);
        }
        // Fifty people who think for 10 s share two servers of 0.5 s: the central server's table.
        let inside = machines_down(50, 2, 10.0, 0.5);
        let busy: f64 = inside.iter().zip(0..).map(|(share, n)| share * f64::from(2.min(n))).sum();
        assert!(busy / 0.5 < 4.0 && busy / 0.5 > 3.7, "{busy}");
    }

    #[test]
    fn a_bounded_backlog_turns_away_as_many_as_the_book_says() {
        // M/M/4/10 with 9 per second of 400 ms.
        let inside = bounded_queue(9.0, 0.4, 4, 10);
        assert_near(inside[10], 0.06717, 4);
        assert_near(mean(&inside), 5.061, 4);
        let accepted = 9.0 * (1.0 - inside[10]);
        assert_near(accepted, 8.395, 4);
        assert_near(mean_in_line(&inside, 4) / accepted, 0.2028, 4);
    }

    #[test]
    fn endless_patience_is_erlang_c_and_none_is_erlang_b() {
        let (rate, service, servers) = (9.0, 0.2, 2);
        let patient = impatient_queue(rate, service, servers, 1e12, 2_000);
        assert_near(patient[2..].iter().sum(), 0.8526, 4);
        let impatient = impatient_queue(rate, service, servers, 1e-12, 50);
        assert!((impatient[2] - crate::theory::queues::erlang_b(2, 1.8)).abs() < 1e-9);
    }
}

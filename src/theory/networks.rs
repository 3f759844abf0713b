//! Networks of queues.

/// What is known of one station of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StationAnswer {
    pub utilisation: f64,
    /// The mean number inside.
    pub inside: f64,
    /// What one customer spends there in all its visits together.
    pub residence: f64,
}

/// How often a customer visits each station: `next[i][j]` is the probability that j comes next
/// after i, and what is missing leaves. Each starts at the first station.
pub fn visits(next: &[Vec<f64>]) -> Vec<f64> {
    // v = e + v·P, solved by elimination; a network that customers leave has one solution.
    let size = next.len();
    let mut rows: Vec<Vec<f64>> = (0..size)
        .map(|to| {
            let coefficient = |from: usize| f64::from(u8::from(from == to)) - next[from][to];
            let start = f64::from(u8::from(to == 0));
            (0..size).map(coefficient).chain([start]).collect()
        })
        .collect();
    for place in 0..size {
        let pivot = rows[place].clone();
        for (other, row) in rows.iter_mut().enumerate() {
            let factor = row[place] / pivot[place];
            if other != place {
                row.iter_mut().zip(&pivot).for_each(|(value, above)| *value -= factor * above);
            }
        }
    }
    (0..size).map(|place| rows[place][size] / rows[place][place]).collect()
}

/// An open network of M/M/1 stations (Jackson): each behaves as if it stood alone.
pub fn jackson(rate: f64, visits: &[f64], services: &[f64]) -> Vec<StationAnswer> {
    let station = |(visits, service): (&f64, &f64)| {
        let demand = visits * service;
        let utilisation = rate * demand;
        let residence = demand / (1.0 - utilisation);
        StationAnswer { utilisation, inside: rate * residence, residence }
    };
    visits.iter().zip(services).map(station).collect()
}

/// What is known of a closed network.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedAnswer {
    pub throughput: f64,
    pub response: f64,
    pub stations: Vec<StationAnswer>,
}

/// A closed network of single servers by mean value analysis (Reiser and Lavenberg), one customer
/// after the other: `demands` is what each spends in service at each station between two thoughts.
pub fn mean_value_analysis(customers: u32, think: f64, demands: &[f64]) -> ClosedAnswer {
    let mut inside = vec![0.0; demands.len()];
    let (mut throughput, mut residences) = (0.0, inside.clone());
    for customer in 1..=customers {
        residences = demands.iter().zip(&inside).map(|(demand, inside)| demand * (1.0 + inside)).collect();
        throughput = f64::from(customer) / (think + residences.iter().sum::<f64>());
        inside = residences.iter().map(|residence| throughput * residence).collect();
    }
    let station = |((demand, residence), inside): ((&f64, &f64), &f64)| StationAnswer {
        utilisation: throughput * demand,
        inside: *inside,
        residence: *residence,
    };
    let stations = demands.iter().zip(&residences).zip(&inside).map(station).collect();
    ClosedAnswer { throughput, response: residences.iter().sum(), stations }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::assert_near;
    use crate::theory::chain;

    #[test]
    fn an_open_network_agrees_with_the_book() {
        // Lazowska et al., page 113: a CPU and two disks, 121 visits of the CPU.
        let next = vec![vec![0.0, 70.0 / 121.0, 50.0 / 121.0], vec![1.0, 0.0, 0.0], vec![1.0, 0.0, 0.0]];
        let visits = visits(&next);
        for (found, expected) in visits.iter().zip([121.0, 70.0, 50.0]) {
            assert!((found - expected).abs() < 1e-9);
        }
        let stations = jackson(0.3, &visits, &[0.005, 0.030, 0.027]);
        assert_near(stations[0].utilisation, 0.1815, 4);
        assert_near(stations[0].inside, 0.2217, 4);
        let residences = [0.739, 5.676, 2.269];
        for (station, residence) in stations.iter().zip(residences) {
            assert!((station.residence - residence).abs() < 6e-4, "{station:?}");
        }
        assert_near(stations.iter().map(|station| station.residence).sum(), 8.684, 4);
    }

    #[test]
    fn a_closed_network_agrees_with_the_book() {
        // Jain, example 34.2: 20 people, 16 visits of the CPU, 10 and 5 of the disks.
        let closed = mean_value_analysis(20, 4.0, &[16.0 * 0.125, 10.0 * 0.3, 5.0 * 0.2]);
        assert_near(closed.throughput, 0.3332, 4);
        assert_near(closed.response, 56.02, 4);
        for (station, inside) in closed.stations.iter().zip([1.991, 16.18, 0.4997]) {
            assert_near(station.inside, inside, 4);
        }
    }

    #[test]
    fn one_station_is_the_repairman() {
        let closed = mean_value_analysis(7, 10.0, &[2.0]);
        let inside = chain::mean(&chain::machines_down(7, 1, 10.0, 2.0));
        assert!((closed.stations[0].inside - inside).abs() < 1e-12);
    }
}

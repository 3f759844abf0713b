//! How much users send on average, and how often walks come to their stops.

use super::model::{NodeId, RequestClass, RunEnd, Scenario, Walk};
use crate::kernel::time::{from_seconds, to_seconds};
use crate::nodes::NodeKind;
use crate::parts::arrivals::{Arrivals, Recording};
use rustc_hash::FxHashMap;

/// Each class's requests per second; `None` if a closed population sends some.
pub fn class_rates(scenario: &Scenario) -> Option<Vec<f64>> {
    let rates = UserRates::of(scenario)?;
    let of_class = |class: &RequestClass| class.from.iter().map(|&user| rates.of_class(class, user)).sum();
    Some(scenario.classes.iter().map(of_class).collect())
}

/// What each user sends on average.
pub struct UserRates {
    /// Requests per second, by node.
    rates: Vec<f64>,
    /// The sum of the shares of all classes that it sends, by node.
    shares: Vec<f64>,
    /// Of users whose recording says of which class each request is: the part of each class.
    recorded: FxHashMap<NodeId, FxHashMap<String, f64>>,
}

impl UserRates {
    pub fn of(scenario: &Scenario) -> Option<UserRates> {
        let horizon_seconds = match scenario.run.end {
            RunEnd::After(end) => to_seconds(end),
            // Long enough for any rate to have gone through its day.
            RunEnd::Requests(_) => 86_400.0,
        };
        let mut shares = vec![0.0; scenario.nodes.len()];
        for class in &scenario.classes {
            class.from.iter().for_each(|user| shares[user.0 as usize] += class.share);
        }
        let mut rates = vec![0.0; scenario.nodes.len()];
        let mut recorded = FxHashMap::default();
        for (number, node) in scenario.nodes.iter().enumerate() {
            let NodeKind::User(user) = &node.kind else { continue };
            rates[number] = user.arrivals.mean_rate(horizon_seconds)? * f64::from(node.replicas);
            if let Arrivals::Replay(recording) = &user.arrivals
                && let Some(classes) = &recording.classes
            {
                let user = NodeId(number as u32);
                recorded.insert(user, recorded_parts(scenario, user, recording, classes, horizon_seconds));
            }
        }
        Some(UserRates { rates, shares, recorded })
    }

    /// Requests of a class that a user sends per second.
    pub fn of_class(&self, class: &RequestClass, user: NodeId) -> f64 {
        let rate = self.rates[user.0 as usize];
        if let Some(parts) = self.recorded.get(&user) {
            return rate * parts.get(&class.name).copied().unwrap_or(0.0);
        }
        match self.shares[user.0 as usize] {
            shares if shares > 0.0 => rate * class.share / shares,
            _ => 0.0,
        }
    }
}

/// Which part of a recording each class is. What is of no class of the user's is of its first.
fn recorded_parts(
    scenario: &Scenario,
    user: NodeId,
    recording: &Recording,
    classes: &[u32],
    horizon_seconds: f64,
) -> FxHashMap<String, f64> {
    let sent: Vec<&str> = scenario
        .classes
        .iter()
        .filter(|class| class.from.contains(&user))
        .map(|class| class.name.as_str())
        .collect();
    let horizon = from_seconds(horizon_seconds);
    let count = recording.instants.partition_point(|&instant| instant < horizon);
    let mut counts = vec![0_u64; recording.class_names.len()];
    for &class in classes.iter().take(count) {
        counts[class as usize] += 1;
    }
    let mut parts = FxHashMap::default();
    for (name, number) in recording.class_names.iter().zip(counts) {
        let name = sent.iter().find(|&sent| sent == name).or(sent.first());
        let part = number as f64 / count.max(1) as f64;
        if let Some(name) = name {
            *parts.entry((*name).to_owned()).or_insert(0.0) += part;
        }
    }
    parts
}

/// Who sends how much of each class.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Of each class its users with their requests per second, all replicas together.
    classes: Vec<Vec<(NodeId, f64)>>,
    /// What each node sends of all classes.
    users: Vec<f64>,
}

impl Sent {
    /// On average; `None` if a closed population sends some.
    pub fn usual(scenario: &Scenario) -> Option<Sent> {
        Some(Sent::of(scenario, &UserRates::of(scenario)?))
    }

    pub fn of(scenario: &Scenario, rates: &UserRates) -> Sent {
        let of_class = |class: &RequestClass| {
            class.from.iter().map(|&user| (user, rates.of_class(class, user))).collect()
        };
        Sent::with(scenario, scenario.classes.iter().map(of_class).collect())
    }

    /// Nobody sends anything.
    pub fn nothing(scenario: &Scenario) -> Sent {
        let of_class = |class: &RequestClass| class.from.iter().map(|&user| (user, 0.0)).collect();
        Sent::with(scenario, scenario.classes.iter().map(of_class).collect())
    }

    fn with(scenario: &Scenario, classes: Vec<Vec<(NodeId, f64)>>) -> Sent {
        let mut users = vec![0.0; scenario.nodes.len()];
        for (user, rate) in classes.iter().flatten() {
            users[user.0 as usize] += rate;
        }
        Sent { classes, users }
    }

    /// Nothing but one request a second of a class, shared among those who send it as usual.
    pub fn one_a_second(&self, scenario: &Scenario, class: usize) -> Sent {
        let mut classes = vec![Vec::new(); self.classes.len()];
        let usual: f64 = self.classes[class].iter().map(|(_, rate)| rate).sum();
        let alike = 1.0 / self.classes[class].len().max(1) as f64;
        let part = |rate: f64| if usual > 0.0 { rate / usual } else { alike };
        classes[class] = self.classes[class].iter().map(|&(user, rate)| (user, part(rate))).collect();
        Sent::with(scenario, classes)
    }

    /// So many times as much of everything.
    pub fn times(&self, factor: f64) -> Sent {
        let class =
            |users: &Vec<(NodeId, f64)>| users.iter().map(|&(id, rate)| (id, rate * factor)).collect();
        Sent {
            classes: self.classes.iter().map(class).collect(),
            users: self.users.iter().map(|rate| rate * factor).collect(),
        }
    }

    pub fn of_class(&self, class: usize) -> &[(NodeId, f64)] {
        &self.classes[class]
    }

    pub fn of_user(&self, user: NodeId) -> f64 {
        self.users[user.0 as usize]
    }

    /// Requests per second of all users together.
    pub fn in_all(&self) -> f64 {
        self.users.iter().sum()
    }
}

/// How often a walk comes to each of its stops on average, from what comes in from outside
/// and from the others.
pub fn expected_visits(walk: &Walk) -> Vec<f64> {
    const ROUNDS_MAX: usize = 20_000;
    const STEPS_MAX: usize = 20_000_000;
    let ways: usize = walk.stops.iter().map(|stop| stop.next.len()).sum();
    let mut visits = vec![0.0; walk.stops.len()];
    for _ in 0..ROUNDS_MAX.min(STEPS_MAX / ways.max(1)) {
        let mut next = vec![0.0; visits.len()];
        next[0] = 1.0;
        for (stop, visits) in walk.stops.iter().zip(&visits) {
            for (way, share) in &stop.next {
                if let Some(way) = way {
                    next[*way as usize] += visits * share;
                }
            }
        }
        let change: f64 = next.iter().zip(&visits).map(|(new, old)| f64::abs(new - old)).sum();
        visits = next;
        if change < 1e-9 {
            break;
        }
    }
    visits
}

//! What users send over time, surges included.

use super::model::{Node, NodeId, RequestClass, RunEnd, RunSettings, Scenario, SurgeOn, What};
use crate::kernel::time::{Time, to_seconds};
use crate::nodes::NodeKind;
use crate::parts::arrivals::{Arrivals, RateProfile, Surge, Surged};
use std::collections::BTreeSet;

/// What can be sent faster or slower by decree.
pub fn can_surge(arrivals: &Arrivals) -> bool {
    !matches!(arrivals, Arrivals::Closed { .. } | Arrivals::Replay(_))
}

/// What users send, with what is needed to share out surges among them.
pub struct Traffic<'s> {
    nodes: &'s [Node],
    classes: &'s [RequestClass],
    surges: Vec<(&'s Surge, SurgeOn)>,
    horizon_seconds: f64,
    /// What all replicas of each user that can surge send per second without surges.
    usual: Vec<f64>,
    /// The sum of that, and how many such users there are.
    usual_of_all: f64,
    users: usize,
    /// The sum of the shares of all classes that each user sends.
    shares: Vec<f64>,
}

impl<'s> Traffic<'s> {
    pub fn of(scenario: &'s Scenario) -> Traffic<'s> {
        let surges = scenario.timeline.iter().filter_map(|happening| match &happening.what {
            What::Surge(traffic) => Some((&traffic.surge, traffic.on)),
            _ => None,
        });
        Traffic::with(&scenario.nodes, &scenario.classes, &scenario.run, surges.collect())
    }

    /// Without any surges: what is usual.
    pub fn usual(nodes: &'s [Node], classes: &'s [RequestClass], run: &RunSettings) -> Traffic<'s> {
        Traffic::with(nodes, classes, run, Vec::new())
    }

    fn with(
        nodes: &'s [Node],
        classes: &'s [RequestClass],
        run: &RunSettings,
        surges: Vec<(&'s Surge, SurgeOn)>,
    ) -> Traffic<'s> {
        let horizon_seconds = match run.end {
            RunEnd::After(end) => to_seconds(end),
            // Long enough for any rate to have gone through its day.
            RunEnd::Requests(_) => 86_400.0,
        };
        let mut shares = vec![0.0; nodes.len()];
        for class in classes {
            class.from.iter().for_each(|user| shares[user.0 as usize] += class.share);
        }
        let surging = |node: &'s Node| arrivals(node).filter(|arrivals| can_surge(arrivals));
        let rate = |node: &'s Node| {
            let rate = surging(node).and_then(|arrivals| arrivals.mean_rate(horizon_seconds));
            rate.unwrap_or(0.0) * f64::from(node.replicas)
        };
        let usual: Vec<f64> = nodes.iter().map(rate).collect();
        let users = nodes.iter().filter(|node| surging(node).is_some()).count();
        Traffic {
            nodes,
            classes,
            surges,
            horizon_seconds,
            usual_of_all: usual.iter().sum(),
            usual,
            users,
            shares,
        }
    }

    /// In the order of the file.
    pub fn surges(&self) -> &[(&'s Surge, SurgeOn)] {
        &self.surges
    }

    /// The arrivals at one replica of a user.
    pub fn of_user(&self, id: NodeId) -> Arrivals {
        let Some(usual) = arrivals(self.node(id)) else { return Arrivals::Poisson { rate: 0.0 } };
        let surges = self.surges_of_user(id);
        if surges.is_empty() || !can_surge(usual) {
            return usual.clone();
        }
        Arrivals::Surged(Box::new(Surged { base: usual.clone(), surges, beyond: None }))
    }

    /// What surges of single classes add to them at one replica of a user.
    pub fn added_of_user(&self, id: NodeId) -> Vec<(usize, Arrivals)> {
        let surged = self.surges.iter().filter_map(|(_, on)| match on {
            SurgeOn::Class(class) => Some(*class),
            _ => None,
        });
        let classes: BTreeSet<usize> = surged.collect();
        classes.into_iter().filter_map(|class| Some((class, self.added(id, class)?))).collect()
    }

    fn added(&self, id: NodeId, class: usize) -> Option<Arrivals> {
        let usual = arrivals(self.node(id)).filter(|arrivals| can_surge(arrivals))?;
        if !self.classes[class].from.contains(&id) {
            return None;
        }
        let share = self.share_of_class(class, id);
        let mut surges: Vec<Surge> =
            self.surges_of_user(id).into_iter().map(|surge| surge.scaled(share)).collect();
        let beyond = Some(surges.len());
        let senders = &self.classes[class].from;
        let can = |user: &&NodeId| arrivals(self.node(**user)).is_some_and(can_surge);
        let part = match self.usual_of_class(class) {
            sum if sum > 0.0 => self.usual[id.0 as usize] * share / sum,
            _ => 1.0 / senders.iter().filter(can).count().max(1) as f64,
        };
        let part = part / f64::from(self.node(id).replicas);
        let own = self.surges.iter().filter(|(_, on)| *on == SurgeOn::Class(class));
        surges.extend(own.map(|(surge, _)| (*surge).clone().scaled(part)));
        let base = scaled(usual, share, self.horizon_seconds);
        Some(Arrivals::Surged(Box::new(Surged { base, surges, beyond })))
    }

    /// What users that can surge send of a class per second without surges.
    pub fn usual_of_class(&self, class: usize) -> f64 {
        let senders = self.classes[class].from.iter();
        senders.map(|&user| self.usual[user.0 as usize] * self.share_of_class(class, user)).sum()
    }

    fn surges_of_user(&self, id: NodeId) -> Vec<Surge> {
        let replicas = f64::from(self.node(id).replicas);
        let part = match self.usual_of_all > 0.0 {
            true => self.usual[id.0 as usize] / self.usual_of_all,
            false => 1.0 / self.users.max(1) as f64,
        };
        let surges = self.surges.iter().filter_map(|(surge, on)| match on {
            SurgeOn::Everyone => Some((*surge).clone().scaled(part / replicas)),
            SurgeOn::User(user) if *user == id => Some((*surge).clone().scaled(1.0 / replicas)),
            _ => None,
        });
        surges.collect()
    }

    /// What a class is of all that a user sends.
    fn share_of_class(&self, class: usize, user: NodeId) -> f64 {
        match self.shares[user.0 as usize] {
            sum if sum > 0.0 => self.classes[class].share / sum,
            _ => 0.0,
        }
    }

    fn node(&self, id: NodeId) -> &'s Node {
        &self.nodes[id.0 as usize]
    }
}

/// The requests per second of each class over time, all users together.
pub struct ClassRates {
    streams: Vec<Stream>,
    classes: usize,
}

struct Stream {
    arrivals: Arrivals,
    /// The classes with what each gets of it, replicas counted.
    shares: Vec<(usize, f64)>,
}

impl ClassRates {
    /// `None` if a closed population sends some.
    pub fn of(traffic: &Traffic) -> Option<ClassRates> {
        let mut streams = Vec::new();
        for (number, node) in traffic.nodes.iter().enumerate() {
            let id = NodeId(number as u32);
            let Some(usual) = arrivals(node) else { continue };
            usual.mean_rate(0.0)?;
            let replicas = f64::from(node.replicas);
            let sent = (0..traffic.classes.len()).filter(|&class| traffic.classes[class].from.contains(&id));
            let shares = sent.map(|class| (class, replicas * traffic.share_of_class(class, id))).collect();
            streams.push(Stream { shares, arrivals: traffic.of_user(id) });
            for (class, arrivals) in traffic.added_of_user(id) {
                streams.push(Stream { arrivals, shares: vec![(class, replicas)] });
            }
        }
        Some(ClassRates { streams, classes: traffic.classes.len() })
    }

    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    pub fn at(&self, now: Time) -> Vec<f64> {
        let mut rates = vec![0.0; self.classes];
        for stream in &self.streams {
            let rate = stream.arrivals.rate_at(now);
            for (class, share) in &stream.shares {
                rates[*class] += rate * share;
            }
        }
        rates
    }
}

fn arrivals(node: &Node) -> Option<&Arrivals> {
    match &node.kind {
        NodeKind::User(user) => Some(&user.arrivals),
        _ => None,
    }
}

/// A part of what a source sends, taken out at random; what has a rhythm loses it.
fn scaled(arrivals: &Arrivals, share: f64, horizon_seconds: f64) -> Arrivals {
    match arrivals {
        Arrivals::Rate(RateProfile::Table(table)) => Arrivals::Rate(RateProfile::Table(table.scaled(share))),
        Arrivals::Rate(RateProfile::Sinusoid { mean, amplitude, period_seconds, phase_seconds }) => {
            Arrivals::Rate(RateProfile::Sinusoid {
                mean: mean * share,
                amplitude: *amplitude,
                period_seconds: *period_seconds,
                phase_seconds: *phase_seconds,
            })
        }
        other => Arrivals::Poisson { rate: other.mean_rate(horizon_seconds).unwrap_or(0.0) * share },
    }
}

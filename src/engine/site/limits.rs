//! What all rate limits let pass, and whom they turn away.

use super::Client;
use super::passing::{Passed, Passing};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::rate_limit::Per;
use crate::plan::ids::{Instance, Source};
use crate::plan::{Plan, ids};

#[derive(Clone, Debug)]
pub struct Limits {
    all: Table<ids::Limit, Limit>,
    /// When the rate has room for the next request, of each bucket of each replica of each.
    due: Vec<Time>,
    /// Of each replica of each.
    passings: Vec<Passing>,
    /// How many clients the sources before each have.
    clients_before: Table<Source, usize>,
}

/// Where a limit's buckets and what is counted of it begin.
#[derive(Clone, Copy, Debug)]
struct Limit {
    first_bucket: usize,
    buckets_of_replica: usize,
    first_passing: usize,
}

/// Who asks whether he may pass.
#[derive(Clone, Copy)]
pub struct Asker {
    pub limit: Id<ids::Limit>,
    pub instance: Id<Instance>,
    /// `None`: nobody waits for what is asked for.
    pub client: Option<Client>,
}

impl Limits {
    pub fn new(plan: &Plan) -> Limits {
        let mut clients = 0;
        let clients_before = plan.sources.iter().map(|source| {
            clients += source.clients as usize;
            clients - source.clients as usize
        });
        let clients_before = clients_before.collect();
        let (mut buckets, mut passings) = (0, 0);
        let all = plan.limits.iter().map(|limit| {
            let buckets_of_replica = match limit.per {
                Per::Site => 1,
                Per::Client => clients,
            };
            let begun = Limit { first_bucket: buckets, buckets_of_replica, first_passing: passings };
            buckets += buckets_of_replica * limit.replicas as usize;
            passings += limit.replicas as usize;
            begun
        });
        let all = all.collect();
        Limits { all, due: vec![0; buckets], passings: vec![Passing::default(); passings], clients_before }
    }

    /// How long a request waits until it passes, or `None` if it is too much. `waited` is told how
    /// long those have waited who did until now.
    pub fn ask(
        &mut self,
        plan: &Plan,
        asker: Asker,
        now: Time,
        waited: &mut impl FnMut(Time),
    ) -> Option<Time> {
        let limit_plan = &plan.limits[asker.limit];
        let limit = self.all[asker.limit];
        let replica = asker.instance.places_behind(limit_plan.first_instance) as usize;
        let mut bucket = limit.first_bucket + limit.buckets_of_replica * replica;
        if let (Per::Client, Some(client)) = (limit_plan.per, asker.client) {
            bucket += self.clients_before[client.source] + client.number as usize;
        }
        let wait = limit_plan.bucket.ask(&mut self.due[bucket], now);
        let passing = &mut self.passings[limit.first_passing + replica];
        match wait {
            Some(wait) => passing.let_pass(limit_plan, wait, now, waited),
            None => passing.turn_away(limit_plan),
        }
        wait
    }

    /// How the limit of one replica has been used up to now; `waited` as above.
    pub fn read(
        &mut self,
        plan: &Plan,
        limit: Id<ids::Limit>,
        replica: u32,
        now: Time,
        waited: &mut impl FnMut(Time),
    ) -> Passed {
        let place = self.all[limit].first_passing + replica as usize;
        self.passings[place].read(&plan.limits[limit], now, waited)
    }
}

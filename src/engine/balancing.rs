//! What callers remember of their peers: whose turn it is, who is how loaded, who is well.

use super::World;
use super::health::PeerHealth;
use crate::kernel::clocks::Clocks;
use crate::kernel::random::mix;
use crate::nodes::behaviour::HealthChecks;
use crate::plan::{CallPlan, NONE, Plan, Policy};

/// What callers remember of their peers: one state for each replica of each caller of a route.
#[derive(Clone, Debug)]
pub struct Balancers {
    pub(super) sites: Vec<Site>,
    /// How each site looks at its peers.
    pub(super) checks: Vec<HealthChecks>,
    pub(super) peers: Vec<PeerHealth>,
    /// How many peers are not well, as their sites see them.
    pub(super) ailing: u32,
    /// Open requests of a site to each of its peers, for the policies that look at them.
    pub(super) open: Vec<u32>,
    /// Whose peer each of them is.
    site_of_open: Vec<u32>,
    /// What smooth weighted round robin keeps for each peer.
    pub(super) current: Vec<i64>,
    /// Who has let its turn pass, or has been drawn already, while somebody chooses.
    pub(super) passed: Vec<u32>,
}

#[derive(Clone, Debug)]
pub(super) struct Site {
    pub route: u32,
    pub cursor: u32,
    /// Whose turn it is among the backups.
    pub next_backup: u32,
    /// Where the health of its peers is kept, if it has several and looks at them.
    pub first_peer: u32,
    /// Peers of which active checks are not sure; as long as there are any, checks are on the
    /// agenda.
    pub doubtful: Vec<u32>,
    pub first_open: u32,
    pub first_current: u32,
    /// For least connections: each peer's load, the least loaded first, among equals the
    /// one that was chosen longest ago.
    pub loads: Option<Clocks>,
    chosen: u64,
}

/// Bits of a load that hold when the peer was last chosen.
pub const TURN_BITS: u32 = 36;
/// Loads are counted in these units per unit of weight.
pub const LOAD_UNIT: u64 = 1 << 10;

impl Balancers {
    pub fn new(plan: &Plan) -> Self {
        let mut balancers = Balancers {
            sites: Vec::new(),
            checks: Vec::new(),
            peers: Vec::new(),
            ailing: 0,
            open: Vec::new(),
            site_of_open: Vec::new(),
            current: Vec::new(),
            passed: Vec::new(),
        };
        let mut routes: Vec<Option<(u32, HealthChecks)>> = vec![None; plan.sites as usize];
        for call in &plan.calls {
            routes[call.site as usize] = Some((call.route, call.health));
        }
        let mut latest = None;
        for route in routes {
            // The sites of a caller's further replicas follow that of its first.
            latest = route.or(latest);
            let (route, checks) = latest.unwrap_or((0, HealthChecks::NONE));
            let mut site = balancers.site(plan, route);
            let members = plan.routes[route as usize].members.len();
            if members > 1 && checks != HealthChecks::NONE {
                site.first_peer = balancers.peers.len() as u32;
                balancers.peers.resize(balancers.peers.len() + members, PeerHealth::default());
            }
            balancers.sites.push(site);
            balancers.checks.push(checks);
        }
        balancers
    }

    fn site(&mut self, plan: &Plan, number: u32) -> Site {
        let mut site = Site {
            route: number,
            cursor: 0,
            next_backup: 0,
            first_peer: NONE,
            doubtful: Vec::new(),
            first_open: NONE,
            first_current: NONE,
            loads: None,
            chosen: 0,
        };
        let route = &plan.routes[number as usize];
        match route.policy {
            Policy::LeastConnections => {
                let mut loads = Clocks::new(route.primaries as usize);
                for peer in 0..route.primaries {
                    loads.set(peer, 0);
                }
                site.loads = Some(loads);
                site.first_open = self.open.len() as u32;
            }
            Policy::Choices { .. } => site.first_open = self.open.len() as u32,
            Policy::WeightedRoundRobin => {
                site.first_current = self.current.len() as u32;
                self.current.resize(self.current.len() + route.primaries as usize, 0);
            }
            _ => {}
        }
        if site.first_open != NONE {
            self.open.resize(self.open.len() + route.members.len(), 0);
            self.site_of_open.resize(self.open.len(), self.sites.len() as u32);
        }
        site
    }
}

impl Balancers {
    /// What a site knows of a peer, if it looks.
    pub(super) fn peer(&self, place: usize, member: u32) -> Option<&PeerHealth> {
        let first_peer = self.sites[place].first_peer;
        (first_peer != NONE).then(|| &self.peers[(first_peer + member) as usize])
    }

    /// Of those with the least load the one that was chosen longest ago.
    #[inline(always)]
    pub(super) fn first_of_loads(&self, place: usize) -> u32 {
        self.sites[place].loads.as_ref().expect("loads of peers").first().clock
    }

    /// A peer has let its turn pass, and comes behind its equals.
    pub(super) fn turn_is_over(&mut self, place: usize, member: u32) {
        let site = &mut self.sites[place];
        if let Some(loads) = &mut site.loads {
            site.chosen += 1;
            let turns = (1 << TURN_BITS) - 1;
            let load = loads.time(member) & !turns;
            loads.set(member, load | (site.chosen & turns));
        }
    }

    /// A peer of a site is well, or is not, otherwise than before.
    pub(super) fn count_ailing(&mut self, before: bool, after: bool) {
        self.ailing = self.ailing + u32::from(after) - u32::from(before);
    }
}

impl World {
    pub(super) fn client_hash(&self, root: u32) -> u64 {
        match root {
            NONE => 0,
            root => {
                let request = &self.visits.requests[root as usize];
                mix((u64::from(request.source) << 32) | u64::from(request.client))
            }
        }
    }

    #[inline(always)]
    pub(super) fn site_of(&self, plan: &Plan, call: &CallPlan, caller: u32) -> usize {
        (call.site + self.share_of(plan, call, caller)) as usize
    }

    /// Each replica of a caller keeps its own view of its peers; or all keep one.
    #[inline(always)]
    pub(super) fn share_of(&self, plan: &Plan, call: &CallPlan, caller: u32) -> u32 {
        if call.site_per_replica { plan.instances[caller as usize].replica } else { 0 }
    }

    /// Counts a request as open at a peer and says where, or `NONE` if nobody looks.
    #[inline(always)]
    pub(super) fn open_at_peer(&mut self, plan: &Plan, call: &CallPlan, caller: u32, member: u32) -> u32 {
        let place = self.site_of(plan, call, caller);
        let first = self.site.balancers.sites[place].first_open;
        if first == NONE {
            return NONE;
        }
        self.site.balancers.open[(first + member) as usize] += 1;
        self.weigh(plan, place, member);
        first + member
    }

    /// The request is no longer open there.
    #[inline(always)]
    pub(super) fn close_at_peer(&mut self, plan: &Plan, peer: u32) {
        if peer != NONE {
            self.close_at_chosen(plan, peer);
        }
    }

    #[inline(never)]
    fn close_at_chosen(&mut self, plan: &Plan, peer: u32) {
        self.site.balancers.open[peer as usize] -= 1;
        let place = self.site.balancers.site_of_open[peer as usize] as usize;
        let member = peer - self.site.balancers.sites[place].first_open;
        self.weigh(plan, place, member);
    }

    fn weigh(&mut self, plan: &Plan, place: usize, member: u32) {
        let site = &mut self.site.balancers.sites[place];
        let route = &plan.routes[site.route as usize];
        if let Some(loads) = &mut site.loads
            && member < route.primaries
        {
            let open = u64::from(self.site.balancers.open[(site.first_open + member) as usize]);
            let load = open * LOAD_UNIT / u64::from(route.members[member as usize].weight.max(1));
            site.chosen += 1;
            let turn = site.chosen & ((1 << TURN_BITS) - 1);
            loads.set(member, (load << TURN_BITS) | turn);
        }
    }
}

//! What callers remember of their peers: whose turn it is, who is how loaded, who is well.

use super::load::Loads;
use super::peer_health::PeerHealth;
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::nodes::behaviour::HealthChecks;
use crate::parts::outcome::Outcome;
use crate::plan::ids::Instance;
use crate::plan::{CallPlan, NONE, Plan, Policy};

/// What all callers remember: one view for each replica of each caller of a route.
#[derive(Clone, Debug)]
pub struct Balancers {
    pub(super) views: Vec<View>,
    /// How each looks at its peers.
    checks: Vec<HealthChecks>,
    pub(super) peers: Vec<PeerHealth>,
    /// How many peers are not well, as those who call them see them.
    ailing: u32,
    /// Open requests to each peer, for the policies that look at them.
    pub(super) open: Vec<Open>,
    /// What smooth weighted round robin keeps for each peer.
    pub(super) current: Vec<i64>,
    /// Who has let its turn pass, or has been drawn already, while somebody chooses.
    pub(super) passed: Vec<u32>,
}

/// What one caller remembers.
#[derive(Clone, Debug)]
pub(super) struct View {
    route: u32,
    pub cursor: u32,
    /// Whose turn it is among the backups.
    pub next_backup: u32,
    /// Where the health of its peers is kept, if it has several and looks at them, or `NONE`.
    first_peer: u32,
    /// Peers of which active checks are not sure; as long as there are any, checks go on.
    doubtful: Vec<u32>,
    /// Where its open requests to each peer are counted, or `NONE`.
    pub first_open: u32,
    pub first_current: u32,
    /// For least connections.
    pub loads: Option<Loads>,
}

/// So many requests are open at a peer of this view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    view: ViewHandle,
    pub count: u32,
}

/// Whose view of his peers it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ViewHandle(u32);

impl ViewHandle {
    /// That of a replica which makes a call.
    #[inline(always)]
    pub fn of(plan: &Plan, call: &CallPlan, caller: Id<Instance>) -> ViewHandle {
        ViewHandle(call.site + plan.share_of(call, caller))
    }
}

impl Balancers {
    pub fn new(plan: &Plan) -> Self {
        let mut balancers = Balancers {
            views: Vec::new(),
            checks: Vec::new(),
            peers: Vec::new(),
            ailing: 0,
            open: Vec::new(),
            current: Vec::new(),
            passed: Vec::new(),
        };
        let mut routes: Vec<Option<(u32, HealthChecks)>> = vec![None; plan.sites as usize];
        for call in &plan.calls {
            routes[call.site as usize] = Some((call.route, call.health));
        }
        let mut latest = None;
        for route in routes {
            // The views of a caller's further replicas follow that of its first.
            latest = route.or(latest);
            let (route, checks) = latest.unwrap_or((0, HealthChecks::NONE));
            let mut view = balancers.view(plan, route);
            let members = plan.routes[route as usize].members.len();
            if members > 1 && checks != HealthChecks::NONE {
                view.first_peer = balancers.peers.len() as u32;
                balancers.peers.resize(balancers.peers.len() + members, PeerHealth::default());
            }
            balancers.views.push(view);
            balancers.checks.push(checks);
        }
        balancers
    }

    fn view(&mut self, plan: &Plan, number: u32) -> View {
        let mut view = View {
            route: number,
            cursor: 0,
            next_backup: 0,
            first_peer: NONE,
            doubtful: Vec::new(),
            first_open: NONE,
            first_current: NONE,
            loads: None,
        };
        let route = &plan.routes[number as usize];
        match route.policy {
            Policy::LeastConnections => {
                view.loads = Some(Loads::new(route.primaries));
                view.first_open = self.open.len() as u32;
            }
            Policy::Choices { .. } => view.first_open = self.open.len() as u32,
            Policy::WeightedRoundRobin => {
                view.first_current = self.current.len() as u32;
                self.current.resize(self.current.len() + route.primaries as usize, 0);
            }
            Policy::Single
            | Policy::RoundRobin
            | Policy::Random
            | Policy::WeightedRandom(_)
            | Policy::IpHash(_)
            | Policy::Ring(_) => {}
        }
        if view.first_open != NONE {
            let nobody = Open { view: ViewHandle(self.views.len() as u32), count: 0 };
            self.open.resize(self.open.len() + route.members.len(), nobody);
        }
        view
    }

    #[inline(always)]
    pub(super) fn at(&mut self, view: ViewHandle) -> &mut View {
        &mut self.views[view.0 as usize]
    }

    #[inline(always)]
    pub(super) fn look_at(&self, view: ViewHandle) -> &View {
        &self.views[view.0 as usize]
    }
}

/// Open requests.
impl Balancers {
    /// Counts a request as open at a peer and says where, or `NONE` if nobody looks.
    #[inline(always)]
    pub fn open_at_peer(&mut self, plan: &Plan, view: ViewHandle, member: u32) -> u32 {
        let first = self.look_at(view).first_open;
        if first == NONE {
            return NONE;
        }
        self.open[(first + member) as usize].count += 1;
        self.weigh(plan, first + member);
        first + member
    }

    /// The request that was counted there is no longer open.
    #[inline(always)]
    pub fn close_at_peer(&mut self, plan: &Plan, place: u32) {
        if place != NONE {
            self.close_at_chosen(plan, place);
        }
    }

    #[inline(never)]
    fn close_at_chosen(&mut self, plan: &Plan, place: u32) {
        self.open[place as usize].count -= 1;
        self.weigh(plan, place);
    }

    fn weigh(&mut self, plan: &Plan, place: u32) {
        let Open { view, count } = self.open[place as usize];
        let view = self.at(view);
        let member = place - view.first_open;
        let route = &plan.routes[view.route as usize];
        if let Some(loads) = &mut view.loads
            && member < route.primaries
        {
            loads.weigh(member, count, route.members[member as usize].weight);
        }
    }
}

/// Who is well.
impl Balancers {
    /// Whether nobody takes any peer of his for anything but well.
    #[inline(always)]
    pub fn are_all_well(&self) -> bool {
        self.ailing == 0
    }

    /// A peer is well, or is not, otherwise than before, as one who calls it sees it.
    pub fn count_ailing(&mut self, before: bool, after: bool) {
        self.ailing = self.ailing + u32::from(after) - u32::from(before);
    }

    /// What a caller knows of a peer, if it looks.
    pub(super) fn peer(&self, view: ViewHandle, member: u32) -> Option<&PeerHealth> {
        let first_peer = self.look_at(view).first_peer;
        (first_peer != NONE).then(|| &self.peers[(first_peer + member) as usize])
    }

    /// What a caller knows of a peer changes, if it looks.
    pub(super) fn learn(&mut self, view: ViewHandle, member: u32, change: impl FnOnce(&mut PeerHealth)) {
        let first_peer = self.look_at(view).first_peer;
        if first_peer == NONE {
            return;
        }
        let peer = &mut self.peers[(first_peer + member) as usize];
        let before = peer.is_ailing();
        change(peer);
        let after = peer.is_ailing();
        self.count_ailing(before, after);
    }

    /// A call to a peer has ended so.
    pub fn call_ended(
        &mut self,
        call: &CallPlan,
        view: ViewHandle,
        member: u32,
        outcome: Outcome,
        now: Time,
    ) {
        self.learn(view, member, |peer| peer.call_ended(outcome, &call.health, now));
    }

    /// Those who check their peers actively: the route of each, and how often each checks.
    pub fn checking(&self) -> impl Iterator<Item = (ViewHandle, u32)> {
        let views = (0..).zip(self.views.iter().zip(&self.checks));
        let checking = views.filter(|(_, (view, checks))| view.first_peer != NONE && checks.inter != NEVER);
        checking.map(|(number, (view, _))| (ViewHandle(number), view.route))
    }

    /// How long a caller waits between two checks of a peer.
    pub fn time_between_checks(&self, view: ViewHandle) -> Time {
        self.checks[view.0 as usize].inter
    }

    /// A caller has to look again at a peer of which it was sure. Returns whether it has been in doubt
    /// of anybody before, so that checks go on already.
    pub fn doubt(&mut self, view: ViewHandle, member: u32) -> bool {
        let doubtful = &mut self.at(view).doubtful;
        let is_checking = !doubtful.is_empty();
        if !doubtful.contains(&member) {
            doubtful.push(member);
        }
        is_checking
    }

    /// All of a caller's active checks of its peers are done now. Those of which it is sure already
    /// would change nothing, so they are left out. Returns whether it is sure of all.
    pub fn check(
        &mut self,
        plan: &Plan,
        view: ViewHandle,
        answers: impl Fn(Id<Instance>) -> bool,
        now: Time,
    ) -> bool {
        let checks = self.checks[view.0 as usize];
        let members = &plan.routes[self.look_at(view).route as usize].members;
        let mut doubtful = std::mem::take(&mut self.at(view).doubtful);
        doubtful.retain(|&member| {
            let is_well = answers(members[member as usize].instance);
            let mut is_sure = false;
            self.learn(view, member, |peer| is_sure = peer.checked(is_well, &checks, now));
            !is_sure
        });
        let is_sure = doubtful.is_empty();
        self.at(view).doubtful = doubtful;
        is_sure
    }
}

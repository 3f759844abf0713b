//! What callers remember of their peers: whose turn it is, who is how loaded, who is well.

use super::load::Loads;
use super::peer_health::PeerHealth;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::nodes::behaviour::HealthChecks;
use crate::parts::outcome::Outcome;
use crate::plan::ids::Instance;
use crate::plan::{CallPlan, Plan, Policy, ids};

/// What all callers remember: one view for each replica of each caller of a route.
#[derive(Clone, Debug)]
pub struct Balancers {
    pub(super) views: Table<ids::View, View>,
    /// How each looks at its peers.
    checks: Table<ids::View, HealthChecks>,
    pub(super) peers: Table<PeerHealth, PeerHealth>,
    /// How many peers are not well, as those who call them see them.
    ailing: u32,
    /// Open requests to each peer, for the policies that look at them.
    pub(super) open: Table<Open, Open>,
    /// What smooth weighted round robin keeps for each peer.
    pub(super) current: Table<Current, i64>,
    /// Who has let its turn pass, or has been drawn already, while somebody chooses.
    pub(super) passed: Vec<u32>,
}

/// What one caller remembers.
#[derive(Clone, Debug)]
pub(super) struct View {
    route: Id<ids::Route>,
    pub cursor: u32,
    /// Whose turn it is among the backups.
    pub next_backup: u32,
    /// Where the health of its peers is kept, if it has several and looks at them.
    first_peer: Option<Id<PeerHealth>>,
    /// Peers of which active checks are not sure; as long as there are any, checks go on.
    doubtful: Vec<u32>,
    /// Where its open requests to each peer are counted, if they are.
    pub first_open: Option<Id<Open>>,
    pub first_current: Option<Id<Current>>,
    /// For least connections.
    pub loads: Option<Loads>,
}

/// What smooth weighted round robin keeps of a peer.
pub(super) enum Current {}

/// So many requests are open at a peer of this view.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Open {
    view: Id<ids::View>,
    pub count: u32,
}

impl Balancers {
    pub fn new(plan: &Plan) -> Self {
        let mut balancers = Balancers {
            views: Table::new(),
            checks: Table::new(),
            peers: Table::new(),
            ailing: 0,
            open: Table::new(),
            current: Table::new(),
            passed: Vec::new(),
        };
        let mut routes: Table<ids::View, Option<(Id<ids::Route>, HealthChecks)>> =
            Table::filled(None, plan.sites as usize);
        for call in &plan.calls {
            routes[call.site] = Some((call.route, call.health));
        }
        let mut latest = None;
        for route in routes {
            // The views of a caller's further replicas follow that of its first.
            latest = route.or(latest);
            let (route, checks) = latest.unwrap_or((Id::FIRST, HealthChecks::NONE));
            let mut view = balancers.view(plan, route);
            let members = plan.routes[route].members.len();
            if members > 1 && checks != HealthChecks::NONE {
                view.first_peer = Some(balancers.peers.next_id());
                balancers.peers.extend(std::iter::repeat_n(PeerHealth::default(), members));
            }
            balancers.views.push(view);
            balancers.checks.push(checks);
        }
        balancers
    }

    fn view(&mut self, plan: &Plan, number: Id<ids::Route>) -> View {
        let mut view = View {
            route: number,
            cursor: 0,
            next_backup: 0,
            first_peer: None,
            doubtful: Vec::new(),
            first_open: None,
            first_current: None,
            loads: None,
        };
        let route = &plan.routes[number];
        match route.policy {
            Policy::LeastConnections => {
                view.loads = Some(Loads::new(route.primaries));
                view.first_open = Some(self.open.next_id());
            }
            Policy::Choices { .. } => view.first_open = Some(self.open.next_id()),
            Policy::WeightedRoundRobin => {
                view.first_current = Some(self.current.next_id());
                self.current.extend(std::iter::repeat_n(0, route.primaries as usize));
            }
            Policy::Single
            | Policy::RoundRobin
            | Policy::Random
            | Policy::WeightedRandom(_)
            | Policy::IpHash(_)
            | Policy::Ring(_) => {}
        }
        if view.first_open.is_some() {
            let nobody = Open { view: self.views.next_id(), count: 0 };
            self.open.extend(std::iter::repeat_n(nobody, route.members.len()));
        }
        view
    }

    #[inline(always)]
    pub(super) fn at(&mut self, view: Id<ids::View>) -> &mut View {
        &mut self.views[view]
    }

    #[inline(always)]
    pub(super) fn look_at(&self, view: Id<ids::View>) -> &View {
        &self.views[view]
    }
}

/// Open requests.
impl Balancers {
    /// Counts a request as open at a peer and says where, if anybody looks.
    #[inline(always)]
    pub fn open_at_peer(&mut self, plan: &Plan, view: Id<ids::View>, member: u32) -> Option<Id<Open>> {
        let place = self.look_at(view).first_open?.plus(member);
        self.open[place].count += 1;
        self.weigh(plan, place);
        Some(place)
    }

    /// The request that was counted there is no longer open.
    #[inline(always)]
    pub fn close_at_peer(&mut self, plan: &Plan, place: Option<Id<Open>>) {
        if let Some(place) = place {
            self.close_at_chosen(plan, place);
        }
    }

    #[inline(never)]
    fn close_at_chosen(&mut self, plan: &Plan, place: Id<Open>) {
        self.open[place].count -= 1;
        self.weigh(plan, place);
    }

    fn weigh(&mut self, plan: &Plan, place: Id<Open>) {
        let Open { view, count } = self.open[place];
        let view = self.at(view);
        let Some(first) = view.first_open else { return };
        let member = place.places_behind(first);
        let route = &plan.routes[view.route];
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
    pub(super) fn peer(&self, view: Id<ids::View>, member: u32) -> Option<&PeerHealth> {
        let first_peer = self.look_at(view).first_peer?;
        Some(&self.peers[first_peer.plus(member)])
    }

    /// What a caller knows of a peer changes, if it looks.
    pub(super) fn learn(&mut self, view: Id<ids::View>, member: u32, change: impl FnOnce(&mut PeerHealth)) {
        let Some(first_peer) = self.look_at(view).first_peer else { return };
        let peer = &mut self.peers[first_peer.plus(member)];
        let before = peer.is_ailing();
        change(peer);
        let after = peer.is_ailing();
        self.count_ailing(before, after);
    }

    /// A call to a peer has ended so.
    pub fn call_ended(
        &mut self,
        call: &CallPlan,
        view: Id<ids::View>,
        member: u32,
        outcome: Outcome,
        now: Time,
    ) {
        self.learn(view, member, |peer| peer.call_ended(outcome, &call.health, now));
    }

    /// Those who check their peers actively: the route of each, and how often each checks.
    pub fn checking(&self) -> impl Iterator<Item = (Id<ids::View>, Id<ids::Route>)> {
        let views = self.views.entries().zip(&self.checks);
        let checking = views.filter(|((_, view), checks)| view.first_peer.is_some() && checks.inter != NEVER);
        checking.map(|((number, view), _)| (number, view.route))
    }

    /// How long a caller waits between two checks of a peer.
    pub fn time_between_checks(&self, view: Id<ids::View>) -> Time {
        self.checks[view].inter
    }

    /// A caller has to look again at a peer of which it was sure. Returns whether it has been in doubt
    /// of anybody before, so that checks go on already.
    pub fn doubt(&mut self, view: Id<ids::View>, member: u32) -> bool {
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
        view: Id<ids::View>,
        answers: impl Fn(Id<Instance>) -> bool,
        now: Time,
    ) -> bool {
        let checks = self.checks[view];
        let members = &plan.routes[self.look_at(view).route].members;
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

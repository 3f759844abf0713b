//! The kinds of things that a plan numbers: what stands in `Id<…>`, `Row<…>` and `Table<…, …>`.

/// One replica of a node.
pub enum Instance {}
/// All replicas of one name.
pub enum Node {}
/// Cores that are shared.
pub enum Processor {}
/// What a request is, as far as figures tell requests apart.
pub enum Class {}
/// A user: where requests come from.
pub enum Source {}
pub enum Link {}
pub enum Call {}
/// A step that is taken by chance.
pub enum Chance {}
/// A call that is made several times.
pub enum Repeat {}
/// Calls that are made side by side.
pub enum Fork {}
/// Where a walk goes one of several ways.
pub enum Branch {}
/// Looking up a name.
pub enum Lookup {}
pub enum Cache {}
/// One that clients look up.
pub enum Name {}
/// An autoscaler.
pub enum Scaling {}
/// The pools of all replicas of a caller, each of which has its own.
pub enum PoolSet {}
/// That of one replica.
pub enum Pool {}
/// A limit on the rate of requests.
pub enum Limit {}
/// What keeps a caller from calling: a circuit breaker, a budget, a bulkhead.
pub enum Guard {}
/// A caller and those whom it chooses from.
pub enum Route {}
/// What one replica of a caller remembers of a route.
pub enum View {}
/// A quantity that is drawn: a length of time, most often.
pub enum Draw {}
/// Chance that chooses.
pub enum Die {}
/// Deadlines of one length.
pub enum DeadlineLane {}
/// Watchdogs of one length.
pub enum WatchdogLane {}
/// Where in the programs of visits it goes on.
pub enum StepPlace {}
/// Those who repair.
pub enum Crew {}
pub enum Standby {}
/// Databases that hold the same data: one that takes writes, and its copies.
pub enum Replication {}
/// That of a host, with those who fill it.
pub enum Memory {}
/// For how long so many were inside, of a replica of which that is wanted.
pub enum Occupancy {}
/// What there is only so much of.
pub enum Resource {}

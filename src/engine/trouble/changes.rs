//! What is going to happen, and when: changes at known times and random faults, in an agenda of
//! their own behind one clock, so that a run in which nothing changes never looks at it.

use super::Trouble;
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::plan::Plan;
use crate::plan::ids::{Instance, Memory, Name, Replication, Scaling, Standby, View};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Begins(u32),
    Ends(u32),
    Fails(u32),
    IsRepaired(u32),
    HasBooted(Id<Instance>),
    /// A host's kernel has booted.
    Answers(Id<Instance>),
    /// A caller asks all of its peers whether they are there.
    Checks(Id<View>),
    /// The next step of a piece of maintenance.
    Maintains(u32),
    /// What stands by takes an instance's place.
    TakesOver(u32),
    /// Is it quiet enough to simulate no requests, or are they to be simulated again?
    Rests,
    /// Is there memory left on a host?
    LooksAtMemory(Id<Memory>),
    /// What has died is started.
    StartsAgain(Id<Instance>),
    /// A set of databases is backed up.
    BacksUp(Id<Replication>),
    /// A zone asks whether anybody answers at the addresses of a name.
    ChecksName(Id<Name>),
    /// A name leads elsewhere.
    ChangesName(u32),
    /// A replica becomes the primary of a set of databases.
    Promotes(Id<Replication>),
    /// It is decided how many of a node there are to be.
    Decides(Id<Scaling>),
    /// One that was missing has booted.
    IsOneMore(Id<Scaling>),
    /// What a spare has replaced is whole again, and is a spare of this standby now.
    IsSpareAgain(Id<Standby>),
}

impl Change {
    /// Whether requests may fare otherwise from then on.
    pub fn is_felt(self) -> bool {
        match self {
            Change::Begins(_)
            | Change::Ends(_)
            | Change::Fails(_)
            | Change::IsRepaired(_)
            | Change::HasBooted(_)
            | Change::Answers(_)
            | Change::Maintains(_)
            | Change::TakesOver(_)
            | Change::StartsAgain(_)
            | Change::ChangesName(_)
            | Change::Promotes(_)
            | Change::IsOneMore(_)
            | Change::IsSpareAgain(_) => true,
            Change::Rests
            | Change::Checks(_)
            | Change::ChecksName(_)
            | Change::LooksAtMemory(_)
            | Change::BacksUp(_)
            | Change::Decides(_) => false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Changes {
    pending: BinaryHeap<Reverse<(Time, u64, Change)>>,
    /// At the same time they come in the order in which they were added.
    sequence: u64,
}

impl Changes {
    pub fn new(plan: &Plan) -> Self {
        let mut changes = Changes { pending: BinaryHeap::new(), sequence: 0 };
        for (number, maintenance) in plan.maintenance.iter().enumerate() {
            changes.add(maintenance.at, Change::Maintains(number as u32));
        }
        for (number, change) in plan.changes.iter().enumerate() {
            changes.add(change.at, Change::Begins(number as u32));
        }
        for (number, change) in plan.name_changes.iter().enumerate() {
            changes.add(change.at, Change::ChangesName(number as u32));
        }
        changes
    }

    fn add(&mut self, time: Time, change: Change) {
        if time != NEVER {
            self.pending.push(Reverse((time, self.sequence, change)));
            self.sequence += 1;
        }
    }

    fn forget(&mut self, which: impl Fn(Change) -> bool) {
        self.pending.retain(|Reverse((.., change))| !which(*change));
    }
}

impl Trouble {
    /// This is going to happen then.
    pub fn expect(&mut self, time: Time, change: Change) {
        self.changes.add(time, change);
    }

    /// This was going to happen, and does not; when would it have?
    pub fn take_back(&mut self, change: Change) -> Option<Time> {
        let found = self.changes.pending.iter().find(|Reverse((.., pending))| *pending == change);
        let time = found.map(|Reverse((time, ..))| *time);
        self.changes.forget(|pending| pending == change);
        time
    }

    /// These are not going to happen.
    pub fn forget_changes(&mut self, which: impl Fn(Change) -> bool) {
        self.changes.forget(which);
    }

    /// When something happens next.
    pub fn next_change(&self) -> Time {
        self.changes.pending.peek().map_or(NEVER, |Reverse((time, ..))| *time)
    }

    /// What happens next, if it happens by now.
    pub fn take_change(&mut self, now: Time) -> Option<Change> {
        if self.next_change() > now {
            return None;
        }
        self.changes.pending.pop().map(|Reverse((.., change))| change)
    }

    /// When something changes that is going to be felt.
    pub fn next_felt_change(&self) -> Time {
        let felt = self.changes.pending.iter().filter(|Reverse((.., change))| change.is_felt());
        felt.map(|Reverse((time, ..))| *time).min().unwrap_or(NEVER)
    }
}

//! What a quiet time means for sources, for changes and for what is counted.

use super::World;
use crate::engine::clockwork::Ring;
use crate::engine::pace::quiet::{Counted, State};
use crate::engine::trouble::Change;
use crate::kernel::time::{NEVER, Time};
use crate::plan::Plan;
use crate::scenario::model::Warmup;

impl World {
    pub(super) fn start_quiet(&mut self, plan: &Plan) {
        if self.quiet.is_on() {
            let warmup = match plan.warmup {
                Warmup::After(time) => time,
                Warmup::Auto | Warmup::Requests(_) => 0,
            };
            let looks_at = self.quiet.begins(warmup);
            self.rest_at(looks_at);
        }
    }

    fn rest_at(&mut self, time: Time) {
        self.trouble.expect(time, Change::Rests);
    }

    /// Something has changed, and is going to be felt.
    pub(super) fn quiet_is_over(&mut self, plan: &Plan) {
        if self.quiet.is_silent() {
            self.wake(plan);
        } else if let Some(looks_at) = self.quiet.is_disturbed(self.clockwork.now()) {
            self.rest_at(looks_at);
        }
    }

    /// Looks whether it is quiet, and what is to be done about it.
    pub(super) fn rest(&mut self, plan: &Plan) {
        let now = self.clockwork.now();
        let Some(state) = self.quiet.looks(now) else { return };
        match state {
            State::Watching if !self.is_calm() => {
                let looks_at = self.quiet.waits(now);
                self.rest_at(looks_at);
            }
            State::Watching if !self.quiet.has_sample() => {
                self.cut_bucket(plan);
                let looks_at = self.quiet.begins_sample(now);
                self.rest_at(looks_at);
            }
            State::Sampling { since } => {
                let part = self.count_part(plan, since);
                if let Some(looks_at) = self.quiet.takes_part(part, now) {
                    return self.rest_at(looks_at);
                }
                let rates = plan.sources.iter().filter_map(|source| source.arrivals.mean_rate(0.0));
                self.quiet.takes_sample(rates.sum());
                self.rest(plan);
            }
            State::Watching => self.fall_silent(plan),
            State::Silent { .. } => self.wake(plan),
            State::Leading { .. } => self.count_again(),
            State::Off => {}
        }
    }

    /// Nothing is wrong, and no more requests are in flight than usual.
    fn is_calm(&self) -> bool {
        !self.trouble.incidents().are_in_force()
            && self.trouble.conditions().are_calm(self.clockwork.now())
            && self.site.scalings.is_empty()
            && self.quiet.is_usual(self.in_flight())
    }

    /// What was counted since this part of the sample began.
    fn count_part(&mut self, plan: &Plan, since: Time) -> Counted {
        self.cut_bucket(plan);
        let nodes = self.watch.nodes_since(since);
        let resources = self.watch.resources_since(since);
        let mut classes = self.watch.classes_since(since);
        for (bucket, _) in &mut classes {
            // In the steady state as many end as are offered.
            bucket.offered = bucket.outcomes.iter().sum();
        }
        Counted {
            ended: classes.iter().map(|(bucket, _)| bucket.offered).sum(),
            cells: classes.iter().flat_map(|(_, cells)| cells.iter().copied()).collect(),
            classes: classes.into_iter().map(|(bucket, _)| bucket).collect(),
            nodes,
            resources,
        }
    }

    /// No more requests until shortly before the next change, if that is worth the while.
    fn fall_silent(&mut self, plan: &Plan) {
        let next = self.trouble.next_felt_change().min(self.clockwork.horizon());
        let now = self.clockwork.now();
        if !self.quiet.is_worthwhile(next.saturating_sub(now)) {
            // What comes next brings it here again.
            return;
        }
        for (number, source) in self.site.sources.entries_mut() {
            let clock = Ring::Source(number);
            source.hold(self.clockwork.rings_at(clock));
            self.clockwork.set(clock, NEVER);
        }
        self.stop_looking_at_memory(plan);
        let looks_at = self.quiet.falls_silent(now, next);
        self.rest_at(looks_at);
    }

    /// Requests are sent again, as if no time had passed for those who send them.
    fn wake(&mut self, plan: &Plan) {
        let silence = self.quiet.silence(self.clockwork.now());
        for (number, source) in self.site.sources.entries_mut() {
            let due = source.resume(silence);
            self.clockwork.set(Ring::Source(number), due);
        }
        let looks_at = self.quiet.leads(self.clockwork.now());
        self.watch.keep_present();
        self.start_looking_at_memory(plan);
        self.rest_at(looks_at);
    }

    /// From now on requests count again.
    fn count_again(&mut self) {
        // What was counted since requests were sent again does not count.
        self.watch.restore_present();
        let looks_at = self.quiet.counts_again(self.clockwork.now());
        self.rest_at(looks_at);
    }

    /// The present bucket is about to be put away.
    pub(in crate::engine) fn quiet_before_cut(&mut self) {
        if self.quiet.is_leading() {
            self.watch.restore_present();
        }
        self.quiet.reaches_edge(self.clockwork.now());
    }

    /// The bucket has been put away: what the sample adds to it is added, and the next begins.
    pub(in crate::engine) fn quiet_after_cut(&mut self) {
        let (now, horizon) = (self.clockwork.now(), self.clockwork.horizon());
        if let Some((part, scale)) = self.quiet.due_for_classes(now, horizon) {
            self.watch.add_to_last_of_classes(&part.classes, &part.cells, &|count| scale.of(count));
        }
        if let Some((part, scale)) = self.quiet.due_for_nodes(now, horizon) {
            self.watch.add_to_last_of_nodes(&part.nodes, &part.resources, &|count| scale.of(count));
        }
        if self.quiet.is_leading() {
            self.watch.keep_present();
        }
    }
}

//! Messages that follow one another over a link with a bandwidth, one way.

use super::waits::{Reading, Waits};
use crate::kernel::time::Time;
use std::collections::VecDeque;

/// Whatever is sent goes behind what is still being sent.
#[derive(Clone, Debug, Default)]
pub struct Sending {
    /// When the last byte so far will have left.
    free_at: Time,
    /// The time that all messages so far take to be sent.
    sent: u64,
    /// When each message that waits will begin to be sent, and since when it waits.
    waiting: VecDeque<(Time, Time)>,
    waits: Waits,
}

impl Sending {
    /// A message that takes so long to be sent; returns how long it takes until it is.
    pub fn send(&mut self, takes: Time, now: Time, mut waited: impl FnMut(Time)) -> Time {
        self.catch_up(now, &mut waited);
        if self.free_at > now {
            self.waits.joins(now);
            self.waiting.push_back((self.free_at, now));
        } else {
            self.waits.takes_at_once();
        }
        self.free_at = self.free_at.max(now).saturating_add(takes);
        self.sent = self.sent.saturating_add(takes);
        self.free_at - now
    }

    /// Something that takes so long and makes nobody wait, though what comes later may have to.
    pub fn pass(&mut self, takes: Time, now: Time) {
        self.waits.takes_at_once();
        self.free_at = self.free_at.max(now).saturating_add(takes);
        self.sent = self.sent.saturating_add(takes);
    }

    /// Those whose turn has come by now do not wait any more.
    pub fn catch_up(&mut self, now: Time, waited: &mut impl FnMut(Time)) {
        while let Some(&(begins, since)) = self.waiting.front()
            && begins <= now
        {
            self.waiting.pop_front();
            self.waits.served(begins - since, begins);
            waited(begins - since);
        }
    }

    /// Something that is too much is not sent at all.
    pub fn turn_away(&mut self) {
        self.waits.turns_away();
    }

    /// Who has waited up to now.
    pub fn read_waits(&mut self, now: Time) -> Reading {
        self.waits.read(now)
    }

    /// For how long it has been busy up to now.
    pub fn busy(&self, now: Time) -> u64 {
        self.sent - self.free_at.saturating_sub(now).min(self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_until_those_before_it_are_sent() {
        let mut sending = Sending::default();
        let mut waited = Vec::new();
        let mut send = |sending: &mut Sending, takes, now| sending.send(takes, now, |wait| waited.push(wait));
        assert_eq!([(100, 0), (100, 50)].map(|(takes, now)| send(&mut sending, takes, now)), [100, 150]);
        assert_eq!((sending.busy(60), sending.waits.waiting()), (60, 1));
        assert_eq!(send(&mut sending, 10, 300), 10);
        assert_eq!((sending.busy(300), sending.busy(400), sending.read_waits(400).area), (200, 210, 50));
        assert_eq!(waited, [50]);
    }
}

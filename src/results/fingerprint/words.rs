//! What was counted in a bucket, as words: numbers of things apart from lengths of time.
//!
//! Every field is named here, so that a new one is not forgotten.

use crate::results::resource::ResourceBucket;
use crate::results::{ClassBucket, Nanoseconds, NodeBucket};

/// Numbers of things, and lengths of time.
#[derive(Default)]
pub struct Words {
    pub counts: Vec<u64>,
    pub times: Vec<u64>,
}

impl Words {
    fn add_times(&mut self, times: &[Nanoseconds]) {
        for &time in times {
            self.times.extend([time as u64, (time >> 64) as u64]);
        }
    }

    pub fn add_class(&mut self, bucket: &ClassBucket) {
        let ClassBucket {
            offered,
            outcomes,
            good,
            lost,
            attempts,
            latency_sum,
            latency_max,
            failed_latency_sum,
            in_flight,
        } = bucket;
        self.counts.extend([*offered, *good, *attempts, *in_flight]);
        self.counts.extend(outcomes);
        self.counts.extend(lost);
        self.add_times(&[*latency_sum, *failed_latency_sum, Nanoseconds::from(*latency_max)]);
    }

    pub fn add_node(&mut self, bucket: &NodeBucket) {
        let NodeBucket {
            visits,
            started,
            waited,
            waited_time,
            left,
            left_time,
            turned_away,
            ended,
            failed,
            unwanted,
            background_lost,
            optional_lost,
            held,
            served,
            calling,
            queued,
            full,
            line_full,
            cpu,
            on_cpu,
            cpu_full,
            on_cpu_max,
            down,
            slots_off,
            off,
            held_off,
            queue_max,
            lookups,
            hits,
        } = *bucket;
        self.counts.extend([visits, started, waited, left, turned_away, ended, failed, unwanted]);
        self.counts.extend([background_lost, optional_lost, lookups, hits]);
        self.counts.extend([on_cpu_max, queue_max].map(u64::from));
        self.add_times(&[waited_time, left_time, held, served, calling, queued, cpu, on_cpu, down]);
        self.add_times(&[slots_off, held_off]);
        self.times.extend([full, line_full, cpu_full, off]);
    }

    pub fn add_resource(&mut self, bucket: &ResourceBucket) {
        let ResourceBucket {
            in_use,
            full,
            down,
            waiting,
            waiting_max,
            taken,
            waited,
            waited_time,
            left,
            left_time,
            turned_away,
        } = *bucket;
        self.counts.extend([u64::from(waiting_max), taken, waited, left, turned_away]);
        self.add_times(&[in_use, waiting, waited_time, left_time]);
        self.times.extend([full, down]);
    }
}

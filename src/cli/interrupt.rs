//! Ctrl-C: the first asks the run to stop and to write what there is, the second ends the
//! program at once.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

const KILLED: i32 = 130;

/// `tidy_up` is done before the program is ended at once.
pub fn watch(tidy_up: fn()) {
    // Where it cannot be watched for, Ctrl-C just ends the program.
    let _ = ctrlc::set_handler(move || {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            tidy_up();
            std::process::exit(KILLED);
        }
    });
}

pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

//! Ctrl-C: the first asks the run to stop and to write what there is, the second ends the
//! program at once.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

const KILLED: i32 = 130;

pub fn watch() {
    // Where it cannot be watched for, Ctrl-C just ends the program.
    let _ = ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            #[cfg(feature = "tui")]
            super::live::screen::give_back();
            std::process::exit(KILLED);
        }
    });
}

pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

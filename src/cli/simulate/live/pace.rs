//! How fast simulated time passes before somebody's eyes, and what the keys do to it.

use crate::cli::simulate::speed::{SPEED_LEAST, SPEED_MOST};
use crate::kernel::time::{Time, from_seconds, to_seconds};
use crate::parts::quantity::format_duration;

/// A run of which nobody said how fast it is to be shown takes about so long.
const USUAL_LENGTH_S: f64 = 60.0;
/// The same if it is not known how long it lasts in simulated time.
const SPEED_USUAL: f64 = 10.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Pause,
    Step,
    Faster,
    Slower,
    Up,
    Down,
    PageUp,
    PageDown,
    Quit,
    /// The window has another size, say.
    Other,
}

#[derive(Clone, Debug)]
pub struct Pace {
    pub speed: f64,
    pub is_paused: bool,
    /// Somebody asked for one more bucket.
    steps: bool,
    pub quits: bool,
    /// Lines of a long list that lie above the window.
    pub scrolled: usize,
    /// The run is to go on until then.
    pub until: Time,
}

const PAGE: usize = 10;

impl Pace {
    pub fn new(speed: f64) -> Pace {
        Pace { speed, is_paused: false, steps: false, quits: false, scrolled: 0, until: 0 }
    }

    /// The speed at which a run takes about a minute.
    pub fn usual_speed(length: Option<Time>) -> f64 {
        let wanted = length.map_or(SPEED_USUAL, |length| to_seconds(length) / USUAL_LENGTH_S);
        let next = ladder().find(|speed| *speed >= wanted * (1.0 - 1e-9));
        next.unwrap_or(SPEED_MOST)
    }

    pub fn press(&mut self, key: Key) {
        match key {
            Key::Pause => self.is_paused = !self.is_paused,
            Key::Step => (self.is_paused, self.steps) = (true, true),
            Key::Faster => {
                let next = ladder().find(|speed| *speed > self.speed * (1.0 + 1e-9));
                self.speed = next.unwrap_or(SPEED_MOST);
            }
            Key::Slower => {
                let next = ladder().take_while(|speed| *speed < self.speed * (1.0 - 1e-9)).last();
                self.speed = next.unwrap_or(SPEED_LEAST);
            }
            Key::Up => self.scrolled = self.scrolled.saturating_sub(1),
            Key::Down => self.scrolled = self.scrolled.saturating_add(1),
            Key::PageUp => self.scrolled = self.scrolled.saturating_sub(PAGE),
            Key::PageDown => self.scrolled = self.scrolled.saturating_add(PAGE),
            Key::Quit => self.quits = true,
            Key::Other => {}
        }
    }

    /// Whether the run stands still until a key is pressed.
    pub fn stands(&self) -> bool {
        self.is_paused && !self.steps
    }

    /// The next picture is that of so much later, or of the end of the time bucket.
    pub fn go_on(&mut self, at: Time, frame_s: f64, bucket: Time) {
        let next = if std::mem::take(&mut self.steps) {
            let bucket = bucket.max(1);
            (at / bucket).saturating_add(1).saturating_mul(bucket)
        } else {
            at.saturating_add(from_seconds(self.speed * frame_s).max(1))
        };
        self.until = next;
    }
}

/// 1, 2, 5, 10 … from the slowest to the fastest.
fn ladder() -> impl Iterator<Item = f64> {
    let decades = (SPEED_LEAST.log10().round() as i32)..(SPEED_MOST.log10().round() as i32);
    let steps = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(decade)));
    steps.chain([SPEED_MOST])
}

/// `10x`, and above a minute per second in words: `1 h/s`.
pub fn speed_text(speed: f64) -> String {
    if speed >= 100.0 { format!("{}/s", format_duration(speed)) } else { format!("{speed}x") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::{NEVER, SECOND};

    #[test]
    fn a_run_takes_about_a_minute_unless_told_otherwise() {
        assert_eq!(Pace::usual_speed(Some(600 * SECOND)), 10.0);
        assert_eq!(Pace::usual_speed(Some(1_200 * SECOND)), 20.0);
        assert_eq!(Pace::usual_speed(Some(1)), SPEED_LEAST);
        assert_eq!(Pace::usual_speed(Some(NEVER)), 5e8);
        assert_eq!(Pace::usual_speed(None), SPEED_USUAL);
    }

    #[test]
    fn keys_go_up_and_down_the_ladder_and_stay_on_it() {
        let mut pace = Pace::new(30.0);
        pace.press(Key::Faster);
        assert_eq!(pace.speed, 50.0);
        pace.press(Key::Slower);
        assert_eq!(pace.speed, 20.0);
        (0..100).for_each(|_| pace.press(Key::Faster));
        assert_eq!(pace.speed, SPEED_MOST);
        (0..100).for_each(|_| pace.press(Key::Slower));
        assert_eq!(pace.speed, SPEED_LEAST);
    }

    #[test]
    fn a_step_goes_to_the_end_of_the_bucket_and_stands_again() {
        let mut pace = Pace::new(10.0);
        pace.go_on(0, 0.1, SECOND);
        assert_eq!((pace.until, pace.stands()), (SECOND, false));
        pace.press(Key::Pause);
        assert!(pace.stands());
        pace.press(Key::Step);
        assert!(!pace.stands());
        pace.go_on(SECOND / 3, 0.1, SECOND);
        assert_eq!((pace.until, pace.stands()), (SECOND, true));
        pace.press(Key::Step);
        pace.go_on(SECOND, 0.1, SECOND);
        assert_eq!(pace.until, 2 * SECOND);
        pace.press(Key::Pause);
        assert!(!pace.stands());
        pace.go_on(NEVER - 1, 0.1, SECOND);
        assert_eq!(pace.until, NEVER);
    }

    #[test]
    fn fast_ones_are_told_in_words() {
        assert_eq!((speed_text(10.0).as_str(), speed_text(3_600.0).as_str()), ("10x", "1 h/s"));
    }
}

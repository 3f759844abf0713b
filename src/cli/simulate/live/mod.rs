//! `spof simulate --live`: the run as it goes on, in the terminal, at a speed that eyes can follow.
//!
//! `state` says what is shown, `drawing` and `boxes` how, `pace` how fast and what keys do, and
//! `screen` where. The run itself is the usual one, advanced in smaller slices.

mod boxes;
mod drawing;
mod ink;
pub mod pace;
pub mod screen;
mod state;
#[cfg(test)]
mod tests;

use crate::cli::interrupt;
use crate::engine::{Advance, Simulation};
use crate::kernel::time::{Time, to_seconds};
use crate::plan::Plan;
use crate::scenario::model::Scenario;
use drawing::{Status, draw};
use ink::Ink;
use pace::Pace;
use screen::{Screen, Terminal};
use state::Picture;
use std::io;
use std::time::{Duration, Instant};

/// Ten pictures a second.
const FRAME: Duration = Duration::from_millis(100);

pub struct Live {
    screen: Box<dyn Screen + Send>,
    ink: Ink,
    picture: Picture,
    pace: Pace,
    frame_began: Instant,
    /// At the last picture.
    at: Time,
    /// Simulated seconds per second, if the machine cannot keep up with what is asked for.
    reached_speed: Option<f64>,
}

impl Live {
    /// Takes the terminal over.
    pub fn open(scenario: &Scenario, speed: Option<f64>) -> io::Result<Live> {
        let ink = Ink::of(crate::cli::printing::letters_of_pictures());
        Ok(Live::on(Box::new(Terminal::take()?), ink, scenario, speed))
    }

    fn on(screen: Box<dyn Screen + Send>, ink: Ink, scenario: &Scenario, speed: Option<f64>) -> Live {
        let picture = Picture::new(scenario);
        let pace = Pace::new(speed.unwrap_or_else(|| Pace::usual_speed(picture.length())));
        Live { screen, ink, picture, pace, frame_began: Instant::now(), at: 0, reached_speed: None }
    }

    /// Up to where the run may go before somebody looks again.
    pub fn until(&self) -> Time {
        self.pace.until
    }

    /// Looks after each advance; draws when it is time to, and waits when the run is ahead. True
    /// if somebody wants the run to stop.
    pub fn watch(&mut self, simulation: &Simulation<&Plan>, advance: Advance) -> io::Result<bool> {
        if advance == Advance::Ended {
            return self.ended(simulation).map(|()| false);
        }
        let is_there = advance == Advance::Reached;
        if !is_there && self.frame_began.elapsed() < FRAME {
            return Ok(false);
        }
        let at = if is_there { self.pace.until.max(simulation.now()) } else { simulation.now() };
        let wall_s = self.frame_began.elapsed().as_secs_f64();
        self.reached_speed =
            (!is_there && wall_s > 0.0).then(|| to_seconds(at.saturating_sub(self.at)) / wall_s);
        self.at = at;
        self.picture.update(simulation.snapshot(at));
        self.draw(Status::Running)?;
        while !self.pace.quits {
            let left =
                if self.pace.stands() { FRAME } else { FRAME.saturating_sub(self.frame_began.elapsed()) };
            match self.screen.key(left)? {
                Some(key) => {
                    self.pace.press(key);
                    self.draw(Status::Running)?;
                }
                None if self.pace.stands() && !interrupt::requested() => {}
                None => break,
            }
        }
        self.frame_began = Instant::now();
        self.pace.go_on(at, FRAME.as_secs_f64(), simulation.bucket_width());
        Ok(self.pace.quits)
    }

    /// The last picture stays until a key is pressed.
    fn ended(&mut self, simulation: &Simulation<&Plan>) -> io::Result<()> {
        let at = self.picture.length().unwrap_or(0).max(simulation.now());
        self.picture.update(simulation.snapshot(at));
        self.pace.quits = false;
        self.draw(Status::Ended)?;
        while !self.pace.quits && !interrupt::requested() {
            if let Some(key) = self.screen.key(FRAME)? {
                self.pace.press(key);
                self.draw(Status::Ended)?;
            }
        }
        Ok(())
    }

    fn draw(&mut self, status: Status) -> io::Result<()> {
        let (picture, ink, pace, reached) = (&self.picture, self.ink, &mut self.pace, self.reached_speed);
        self.screen.draw(&mut |frame| draw(frame, picture, pace, (status, reached), ink))
    }
}

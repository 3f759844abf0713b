//! The pace of a source under surges: its rate over time, integrated and inverted.
//!
//! Time is cut where anything changes its course. Between two cuts the rate mostly follows
//! a line, and the inverse of its integral is the root of a quadratic; where several things
//! move at once, or something decays, both are found numerically, to the last digits.

use super::process::LAST_INSTANT;
use super::surge::{Stretch, Surge, Surged};
use super::{Arrivals, RateProfile, RateTable};
use crate::kernel::time::{NEVER, Time, to_seconds};

#[derive(Clone, Debug)]
pub struct Pace {
    base: Base,
    surges: Vec<Surge>,
    beyond: Option<usize>,
    /// The part of time that was looked at last.
    start: Time,
    end: Time,
    /// The base's rate at its start, and the change of it per nanosecond.
    base_rate: f64,
    base_slope: f64,
    /// The surges that are under way, with the time since their stretch began.
    active: Vec<Active>,
    /// Rate at the start and change per nanosecond, if the pace follows a line.
    line: Option<(f64, f64)>,
}

#[derive(Clone, Debug)]
enum Base {
    Steady(f64),
    Table(RateTable),
    Wave(RateProfile, Time),
}

#[derive(Clone, Copy, Debug)]
struct Active {
    stretch: Stretch,
    since: f64,
    counts_before: bool,
}

/// A wave is cut into so many parts a period.
const PARTS_OF_A_WAVE: u64 = 16;

/// A source that waits through so many parts has ended: so seldom something comes.
const PARTS_MAX: u32 = 10_000_000;

impl Pace {
    /// In arrivals per second times `unit`; `None` for what has no rate.
    pub fn of(surged: &Surged, unit: f64) -> Option<Pace> {
        let base = match &surged.base {
            Arrivals::Rate(RateProfile::Table(table)) => Base::Table(table.clone()),
            Arrivals::Rate(wave @ RateProfile::Sinusoid { period_seconds, .. }) => {
                Base::Wave(wave.clone(), crate::kernel::time::from_seconds(*period_seconds))
            }
            steady => Base::Steady(steady.mean_rate(0.0)?),
        };
        Some(Pace::over(base, surged, unit))
    }

    /// Beside a clock of its own, on which the usual arrivals come: how fast that clock
    /// goes. `rate` is the usual rate per second.
    pub fn of_clock(surged: &Surged, rate: f64) -> Pace {
        Pace::over(Base::Steady(1.0), surged, 1.0 / rate)
    }

    fn over(base: Base, surged: &Surged, unit: f64) -> Pace {
        let surges: Vec<Surge> = surged.surges.iter().map(|surge| surge.clone().scaled(unit)).collect();
        Pace {
            base,
            beyond: surged.beyond,
            start: 0,
            end: 0,
            base_rate: 0.0,
            base_slope: 0.0,
            active: Vec::with_capacity(surges.len()),
            line: None,
            surges,
        }
    }

    /// When the pace, integrated from an instant on, reaches so many nanoseconds at pace 1.
    pub fn advance(&mut self, from: Time, nanoseconds: f64) -> Time {
        let (mut now, mut wanted) = (from, nanoseconds);
        for _ in 0..PARTS_MAX {
            if now > LAST_INSTANT {
                break;
            }
            self.look_at(now);
            let (offset, length) = ((now - self.start) as f64, (self.end - self.start) as f64);
            let left = self.area_of_part(offset, length);
            if wanted <= left && left > 0.0 {
                let end = self.collect(offset, length, wanted);
                return self.start.saturating_add((end + 0.5) as Time);
            }
            wanted -= left;
            now = self.end;
        }
        NEVER
    }

    /// The integral between two instants, in nanoseconds at pace 1.
    pub fn area(&mut self, from: Time, to: Time) -> f64 {
        let (mut now, mut sum) = (from, 0.0);
        for _ in 0..PARTS_MAX {
            if now >= to {
                break;
            }
            self.look_at(now);
            let end = self.end.min(to);
            sum += self.area_of_part((now - self.start) as f64, (end - self.start) as f64);
            now = end;
        }
        sum
    }

    /// The pace at an instant if the base's were `base` there.
    pub fn rate_over(&mut self, now: Time, base: f64) -> f64 {
        self.look_at(now);
        self.surged(base, (now - self.start) as f64)
    }

    /// Makes the part of time around an instant the current one.
    fn look_at(&mut self, now: Time) {
        if self.start <= now && now < self.end {
            return;
        }
        let (rate, slope, base_end) = self.base.part_at(now);
        let mut end = NEVER;
        (self.start, self.base_rate, self.base_slope) = (now, rate, slope);
        self.active.clear();
        for (index, surge) in self.surges.iter().enumerate() {
            let (stretch, edge) = surge.stretch_at(now);
            end = end.min(edge);
            if let Some((stretch, since)) = stretch {
                let counts_before = self.beyond.is_none_or(|beyond| index < beyond);
                self.active.push(Active { stretch, since: since as f64, counts_before });
            }
        }
        // Where nothing is added to it, it does not matter how the base goes: one part leads to
        // the next surge, or to the end of time.
        let adds_nothing = self.beyond.is_some() && self.active.iter().all(|active| active.counts_before);
        if !adds_nothing {
            end = end.min(base_end);
        }
        // A part is never empty, so that time goes on.
        self.end = end.max(now.saturating_add(1));
        self.line = if adds_nothing { Some((0.0, 0.0)) } else { self.sloped_line() };
    }

    fn sloped_line(&self) -> Option<(f64, f64)> {
        self.is_line().then(|| {
            let length = (self.end - self.start) as f64;
            let (first, last) = (self.rate_after(0.0), self.rate_after(length));
            (first, if first == last { 0.0 } else { (last - first) / length })
        })
    }

    fn is_line(&self) -> bool {
        let mut degree = match self.base {
            Base::Steady(_) => 0,
            Base::Table(_) => u32::from(self.base_slope != 0.0),
            Base::Wave(..) => return false,
        };
        for active in &self.active {
            let Some((multiply, add)) = active.stretch.degrees() else { return false };
            degree = add.max(degree + multiply);
        }
        degree <= 1
    }

    fn rate_after(&self, offset: f64) -> f64 {
        let base = match &self.base {
            Base::Wave(wave, _) => wave.rate_at(to_seconds(self.start) + offset * 1e-9),
            // Zero times an endless length is not a number, and no slope needs no product.
            _ if self.base_slope == 0.0 => self.base_rate,
            _ => self.base_rate + self.base_slope * offset,
        };
        self.surged(base, offset)
    }

    fn surged(&self, base: f64, offset: f64) -> f64 {
        let (mut rate, mut before) = (base, base);
        for active in &self.active {
            let (multiply, add) = active.stretch.effect(active.since + offset);
            rate = multiply * rate + add;
            if active.counts_before {
                before = rate;
            }
        }
        if self.beyond.is_some() {
            rate -= before;
        }
        rate.max(0.0)
    }

    fn area_of_part(&self, from: f64, to: f64) -> f64 {
        match self.line {
            Some((rate, 0.0)) if rate <= 0.0 => 0.0,
            Some((rate, 0.0)) => rate * (to - from),
            Some((rate, slope)) => (rate + 0.5 * slope * (from + to)).max(0.0) * (to - from),
            None => self.quadrature(from, to),
        }
    }

    /// Gauss and Legendre's rule on eight points, exact for all that the parts hold.
    fn quadrature(&self, from: f64, to: f64) -> f64 {
        const NODES: [(f64, f64); 4] = [
            (0.183_434_642_495_649_8, 0.362_683_783_378_362),
            (0.525_532_409_916_329, 0.313_706_645_877_887_3),
            (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
            (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
        ];
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let pairs = NODES.iter().map(|&(node, weight)| {
            weight * (self.rate_after(middle - half * node) + self.rate_after(middle + half * node))
        });
        half * pairs.sum::<f64>()
    }

    /// Where within the part the integral from `from` on reaches `wanted`.
    fn collect(&self, from: f64, to: f64, wanted: f64) -> f64 {
        if let Some((first, slope)) = self.line {
            let rate = first + slope * from;
            let discriminant = (rate * rate + 2.0 * slope * wanted).max(0.0);
            return (from + 2.0 * wanted / (rate + libm::sqrt(discriminant))).min(to);
        }
        let (mut low, mut high) = (from, to);
        let rate = self.rate_after(from);
        let mut guess = from + wanted / rate;
        const ROUNDS: u32 = 80;
        for _ in 0..ROUNDS {
            if !(guess > low && guess < high) {
                guess = 0.5 * (low + high);
            }
            let missing = wanted - self.quadrature(from, guess);
            if missing > 0.0 {
                low = guess;
            } else {
                high = guess;
            }
            let step = missing / self.rate_after(guess);
            guess += step;
            // Instants are whole nanoseconds.
            if f64::abs(step) < 0.01 || high - low < 0.01 {
                break;
            }
        }
        guess.clamp(from, to)
    }
}

impl Base {
    /// The rate at an instant, its change per nanosecond, and up to when that is so.
    fn part_at(&self, now: Time) -> (f64, f64, Time) {
        match self {
            Base::Steady(rate) => (*rate, 0.0, NEVER),
            Base::Table(table) => {
                let (rate, slope, end) = table.part_at(now);
                (rate, slope * 1e-9, end)
            }
            Base::Wave(_, period) => (0.0, 0.0, now.saturating_add((period / PARTS_OF_A_WAVE).max(1))),
        }
    }
}

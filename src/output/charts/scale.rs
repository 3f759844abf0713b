//! From values to places on a page, and the round values that are written beside them.

/// A stretch of values on a stretch of the page.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    kind: Kind,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Linear,
    Logarithmic,
}

/// A value with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub text: String,
}

impl Scale {
    pub fn linear(low: f64, high: f64, from: f64, to: f64) -> Scale {
        // Whatever has no extent gets some.
        let high = if high > low { high } else { low + 1.0 };
        Scale { kind: Kind::Linear, low, high, from, to }
    }

    /// Of positive values.
    pub fn logarithmic(low: f64, high: f64, from: f64, to: f64) -> Scale {
        let low = low.max(f64::MIN_POSITIVE);
        let high = if high > low { high } else { low * 10.0 };
        Scale { kind: Kind::Logarithmic, low, high, from, to }
    }

    /// Values beyond the ends are put there.
    pub fn place(&self, value: f64) -> f64 {
        let share = match self.kind {
            Kind::Linear => (value - self.low) / (self.high - self.low),
            Kind::Logarithmic => libm::log(value.max(self.low) / self.low) / libm::log(self.high / self.low),
        };
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    pub fn low(&self) -> f64 {
        self.low
    }

    pub fn high(&self) -> f64 {
        self.high
    }

    /// Where the scale begins and ends on the page.
    pub fn ends(&self) -> (f64, f64) {
        (self.from, self.to)
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below a value.
pub fn nice_above(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    // The margin keeps 0.3 / 0.1 from being more than three.
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= value * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// Round values from zero to a maximum; the scale goes on to the last of them.
pub fn ticks_from_zero(maximum: f64, wanted: usize) -> Vec<f64> {
    let step = nice_above(maximum / wanted.max(1) as f64);
    let count = libm::ceil(maximum / step * 0.999_999).max(1.0) as usize;
    (0..=count.min(1_000)).map(|number| number as f64 * step).collect()
}

/// `0.5`, `20`, `1.2k`, `3M`
pub fn short_number(value: f64) -> String {
    for (least, unit, name) in [(1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")] {
        if value >= least {
            return format!("{}{name}", three_digits(value / unit));
        }
    }
    three_digits(value)
}

fn three_digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// `250 µs`, `20 ms`, `1.5 s`
pub fn short_latency(milliseconds: f64) -> String {
    for (least, unit, name) in
        [(9.995e5, 6e4, "min"), (999.5, 1e3, "s"), (0.999_5, 1.0, "ms"), (0.000_999_5, 1e-3, "µs")]
    {
        if milliseconds >= least {
            return format!("{} {name}", three_digits(milliseconds / unit));
        }
    }
    match milliseconds {
        0.0 => "0".to_owned(),
        small => format!("{} ns", three_digits(small * 1e6)),
    }
}

/// Powers of ten of latencies in milliseconds, and where there is room 2 and 5 times these.
pub fn latency_ticks(scale: &Scale, room: f64) -> Vec<Tick> {
    let decades = libm::log10(scale.high() / scale.low());
    let factors: &[f64] = match room / decades.max(0.1) {
        wide if wide > 170.0 => &[1.0, 2.0, 5.0],
        _ => &[1.0],
    };
    let first = libm::floor(libm::log10(scale.low())) as i32;
    let mut ticks = Vec::new();
    for power in first..first + 40 {
        for factor in factors {
            let value = factor * libm::pow(10.0, f64::from(power));
            if value >= scale.low() * 0.999 && value <= scale.high() * 1.001 {
                ticks.push(Tick { value, text: short_latency(value) });
            }
        }
    }
    ticks
}

/// Round instants, and the unit in which they are told.
pub fn time_ticks(end_s: f64, wanted: usize) -> (Vec<Tick>, &'static str) {
    const UNITS: [(&str, f64, f64, &[f64]); 4] = [
        ("d", 86_400.0, 5.0 * 86_400.0, &[]),
        ("h", 3_600.0, 4.0 * 3_600.0, &[0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0]),
        ("min", 60.0, 150.0, &[0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0]),
        ("s", 1.0, 1.0, &[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0]),
    ];
    let suits = UNITS.into_iter().find(|(_, _, least, _)| end_s >= *least);
    let (name, unit_s, _, steps) = suits.unwrap_or(("ms", 1e-3, 0.0, &[]));
    let end = end_s / unit_s;
    let least = end / wanted.max(1) as f64;
    let step = steps.iter().copied().find(|step| *step >= least).unwrap_or_else(|| nice_above(least));
    let count = libm::floor(end / step * 1.000_001) as usize;
    let tick = |number: usize| {
        let value = number as f64 * step;
        Tick { value: value * unit_s, text: three_digits_or_more(value) }
    };
    ((0..=count.min(1_000)).map(tick).collect(), name)
}

fn three_digits_or_more(value: f64) -> String {
    // Steps are round, so that at most rounding errors are lost.
    ((value * 1e3).round() / 1e3).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (value, nice) in [(0.0, 1.0), (0.3, 0.5), (1.0, 1.0), (1.1, 2.0), (730.0, 1_000.0), (6e-7, 1e-6)]
        {
            assert!((nice_above(value) / nice - 1.0).abs() < 1e-9, "{value}: {}", nice_above(value));
        }
        assert_eq!(ticks_from_zero(60.0, 4), [0.0, 20.0, 40.0, 60.0]);
        assert_eq!(ticks_from_zero(0.0, 4), [0.0, 1.0]);
    }

    #[test]
    fn times_are_told_in_the_unit_that_suits_the_run() {
        let told = |end_s: f64| {
            let (ticks, unit) = time_ticks(end_s, 6);
            let texts: Vec<String> = ticks.into_iter().map(|tick| tick.text).collect();
            format!("{} {unit}", texts.join(" "))
        };
        assert_eq!(told(0.004), "0 1 2 3 4 ms");
        assert_eq!(told(10.0), "0 2 4 6 8 10 s");
        assert_eq!(told(600.0), "0 2 4 6 8 10 min");
        assert_eq!(told(3_600.0), "0 10 20 30 40 50 60 min");
        assert_eq!(told(86_400.0), "0 6 12 18 24 h");
        assert_eq!(told(365.0 * 86_400.0), "0 100 200 300 d");
        assert_eq!(told(0.0), "0 ms");
    }

    #[test]
    fn numbers_are_told_in_few_letters() {
        assert_eq!(short_latency(0.25), "250 µs");
        assert_eq!(short_number(12_345.0), "12.3k");
    }

    #[test]
    fn latencies_have_a_tick_at_each_power_of_ten() {
        let scale = Scale::logarithmic(5.0, 2_000.0, 0.0, 300.0);
        let texts: Vec<String> = latency_ticks(&scale, 300.0).into_iter().map(|tick| tick.text).collect();
        assert_eq!(texts, ["10 ms", "100 ms", "1 s"]);
        assert!((scale.place(100.0) - 150.0).abs() < 1e-9);
        assert_eq!((scale.place(1.0), scale.place(9e9)), (0.0, 300.0));
    }

    #[test]
    fn a_scale_without_extent_is_no_reason_to_panic() {
        assert_eq!(Scale::linear(3.0, 3.0, 0.0, 10.0).place(3.0), 0.0);
        assert_eq!(Scale::logarithmic(0.0, 0.0, 0.0, 10.0).place(0.0), 0.0);
        assert!(Scale::linear(0.0, 1.0, 0.0, 10.0).place(f64::NAN).is_nan());
    }
}

//! Colours. All pairs that stand beside each other differ in lightness as well as in hue, so
//! that nobody has to tell red from green.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl Color {
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Color {
        Color { red, green, blue }
    }

    const fn hex(code: u32) -> Color {
        Color { red: (code >> 16) as u8, green: (code >> 8) as u8, blue: code as u8 }
    }

    /// So much of the other: 0 is this colour, 1 the other.
    pub fn mix(self, other: Color, share: f64) -> Color {
        let share = share.clamp(0.0, 1.0);
        let part = |mine: u8, others: u8| {
            (f64::from(mine) * (1.0 - share) + f64::from(others) * share).round() as u8
        };
        Color::rgb(part(self.red, other.red), part(self.green, other.green), part(self.blue, other.blue))
    }

    /// How bright it seems, from 0 to 1.
    #[cfg(test)]
    fn lightness(self) -> f64 {
        let Color { red, green, blue } = self;
        (0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)) / 255.0
    }
}

impl Color {
    /// How well one can be read on the other, as WCAG reckons it: from 1 to 21.
    pub fn contrast(self, other: Color) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * part(self.red) + 0.7152 * part(self.green) + 0.0722 * part(self.blue)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// What is to be seen first, second, and only if one looks for it.
#[derive(Clone, Debug)]
pub struct Palette {
    pub background: Color,
    pub ink: Color,
    pub muted: Color,
    pub axis: Color,
    pub grid: Color,
    pub shade: Color,
    pub good: Color,
    pub bad: Color,
    pub up: Color,
    pub degraded: Color,
    pub down: Color,
    pub maintenance: Color,
    pub idle: Color,
    /// Classes and runs.
    pub series: [Color; 7],
    /// How full something is, from empty to full.
    pub fullness: [Color; 5],
    /// How many there are, from none to most.
    pub density: [Color; 6],
}

/// The series are those of Okabe and Ito, which people with any kind of colour vision can
/// tell apart, somewhat darker on white and lighter on black.
pub fn palette(theme: Theme) -> Palette {
    match theme {
        Theme::Light => Palette {
            background: Color::hex(0xFFFFFF),
            ink: Color::hex(0x1C2630),
            muted: Color::hex(0x5C6975),
            axis: Color::hex(0x9AA5B1),
            grid: Color::hex(0xE7EBEF),
            shade: Color::hex(0xF3F5F7),
            good: Color::hex(0x0072B2),
            bad: Color::hex(0xC43C00),
            up: Color::hex(0xC4E2DA),
            degraded: Color::hex(0xF0A429),
            down: Color::hex(0x9E1B16),
            maintenance: Color::hex(0x3C78B4),
            idle: Color::hex(0xE3E8EC),
            series: [0x0072B2, 0xD55E00, 0x007F5F, 0xB3589A, 0xB57F00, 0x2B9BD6, 0x4A4A4A].map(Color::hex),
            fullness: [0xF4F6F7, 0xFBE3A6, 0xF5AE4B, 0xD9552C, 0x8A1616].map(Color::hex),
            density: [0xFFFFFF, 0xD6E6F2, 0x9CC6E0, 0x5A9ECB, 0x236FAE, 0x08306B].map(Color::hex),
        },
        Theme::Dark => Palette {
            background: Color::hex(0x13171C),
            ink: Color::hex(0xE8ECF0),
            muted: Color::hex(0x9DA8B3),
            axis: Color::hex(0x5E6A76),
            grid: Color::hex(0x262D35),
            shade: Color::hex(0x1B2026),
            good: Color::hex(0x56B4E9),
            bad: Color::hex(0xFF7A45),
            up: Color::hex(0x23574C),
            degraded: Color::hex(0xE0A030),
            down: Color::hex(0xFF6B5E),
            maintenance: Color::hex(0x5B9BE0),
            idle: Color::hex(0x2C343C),
            series: [0x56B4E9, 0xE69F00, 0x2FBF93, 0xD98BBB, 0xF0E442, 0xFF7A45, 0xC8C8C8].map(Color::hex),
            fullness: [0x2A323A, 0x5E5638, 0xA8803A, 0xE0763F, 0xFF6B5E].map(Color::hex),
            density: [0x13171C, 0x15304A, 0x1B5580, 0x2F86B8, 0x72BCE0, 0xDDF3FF].map(Color::hex),
        },
    }
}

/// A place on a scale of colours, from 0 to 1.
pub fn on_scale(scale: &[Color], share: f64) -> Color {
    let place = share.clamp(0.0, 1.0) * (scale.len() - 1) as f64;
    let lower = (place as usize).min(scale.len() - 2);
    scale[lower].mix(scale[lower + 1], place - lower as f64)
}

impl Palette {
    /// The colour of letters on a ground.
    pub fn ink_on(&self, ground: Color) -> Color {
        let (dark, light) = (Color::hex(0x10181F), Color::hex(0xFFFFFF));
        if dark.contrast(ground) >= light.contrast(ground) { dark } else { light }
    }

    /// Little is hard to see, and what is nearly full is to be seen first.
    pub fn fullness_of(&self, utilisation: f64) -> Color {
        on_scale(&self.fullness, utilisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_and_states_differ_in_lightness() {
        for theme in [Theme::Light, Theme::Dark] {
            let palette = palette(theme);
            for scale in [&palette.fullness[..], &palette.density[..]] {
                let mut steps = scale.windows(2).map(|pair| pair[1].lightness() - pair[0].lightness());
                let rises = steps.next().unwrap() > 0.0;
                assert!(steps.all(|step| (step > 0.0) == rises), "{scale:?}");
            }
            let states = [palette.up, palette.degraded, palette.down];
            for (one, other) in [(0, 1), (1, 2), (0, 2)] {
                let apart = (states[one].lightness() - states[other].lightness()).abs();
                assert!(apart > 0.05, "{theme:?}: {one} and {other} are {apart} apart");
            }
            for words in [palette.ink, palette.muted] {
                assert!((words.lightness() - palette.background.lightness()).abs() > 0.4);
            }
        }
    }

    #[test]
    fn a_scale_goes_from_its_first_to_its_last_colour() {
        let scale = [Color::rgb(0, 0, 0), Color::rgb(100, 0, 0), Color::rgb(100, 200, 0)];
        assert_eq!(on_scale(&scale, -1.0), scale[0]);
        assert_eq!(on_scale(&scale, 0.25), Color::rgb(50, 0, 0));
        assert_eq!(on_scale(&scale, 0.75), Color::rgb(100, 100, 0));
        assert_eq!(on_scale(&scale, 2.0), scale[2]);
    }
}

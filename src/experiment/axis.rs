//! What is varied in a study, and the values that it takes: `app.workers=1..16`,
//! `users.arrivals=50/s..500/s:50`, `app.threads=1..64:x2`, `lb.balance=[round_robin, random]`.

use crate::parts::quantity::{parse_duration, parse_rate, parse_share, parse_size};

/// A setting that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// As `--set` takes it.
    pub path: String,
    pub values: Values,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    Listed(Vec<Value>),
    /// Anything between two ends.
    Between {
        from: f64,
        to: f64,
        unit: String,
    },
}

/// As it is written; and its size, if all values of the axis have one.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub text: String,
    pub number: Option<f64>,
}

/// An axis with more values than this is a slip.
pub const VALUES_MOST: usize = 10_000;

const HINT: &str = "write PATH=VALUES, as in gunicorn.workers=1..16, visitors.arrivals=50/s..500/s:50, \
                    app.threads=1..64:x2 or cache.policy=lru,fifo";

impl Axis {
    pub fn parse(text: &str) -> Result<Axis, String> {
        let Some((path, values)) = text.split_once('=') else { return Err(HINT.to_owned()) };
        let (path, values) = (path.trim(), values.trim());
        if path.is_empty() || values.is_empty() {
            return Err(HINT.to_owned());
        }
        let values = match values.split_once("..").filter(|(from, _)| amount(from).is_some()) {
            Some((from, rest)) => range(from, rest)?,
            None => list(values)?,
        };
        Ok(Axis { path: path.to_owned(), values })
    }

    /// The values one by one; `None` if there are as many as one likes.
    pub fn listed(&self) -> Option<&[Value]> {
        match &self.values {
            Values::Listed(values) => Some(values),
            Values::Between { .. } => None,
        }
    }

    pub fn is_numeric(&self) -> bool {
        self.listed().is_none_or(|values| values.iter().all(|value| value.number.is_some()))
    }

    /// A value as it stands elsewhere, if it can be placed among these: it is one of them, or has a
    /// size in the same unit.
    pub fn value_of(&self, text: &str) -> Option<Value> {
        let listed = self.listed().unwrap_or_default();
        if let Some(same) = listed.iter().find(|value| value.text == text) {
            return Some(same.clone());
        }
        let (number, unit) = amount(text)?;
        let is_alike = match &self.values {
            Values::Between { unit: own, .. } => own == unit,
            Values::Listed(values) => {
                // Sizes of a list may be in other units than its texts.
                let in_unit = |value: &Value| {
                    amount(&value.text).is_some_and(|(size, own)| own == unit && value.number == Some(size))
                };
                values.iter().all(in_unit)
            }
        };
        is_alike.then(|| Value { text: text.to_owned(), number: Some(number) })
    }

    /// The value at a share of the way from the first to the last.
    pub fn at(&self, share: f64) -> Value {
        match &self.values {
            Values::Listed(values) => {
                let place = (share * values.len() as f64) as usize;
                values[place.min(values.len() - 1)].clone()
            }
            Values::Between { from, to, unit } => {
                const DIGITS: usize = 6;
                of_number(from + share * (to - from), DIGITS, unit)
            }
        }
    }
}

/// A number and its unit.
fn amount(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let length =
        digits.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(digits.len());
    let (number, unit) = text.split_at(text.len() - digits.len() + length);
    number.parse().ok().filter(|number: &f64| number.is_finite()).map(|number| (number, unit.trim()))
}

fn of_number(number: f64, digits: usize, unit: &str) -> Value {
    // What sums leave behind the last digit that was meant would only be noise.
    let rounded: f64 = format!("{number:.*e}", digits - 1).parse().unwrap_or(number);
    Value { text: format!("{rounded}{unit}"), number: Some(rounded) }
}

/// What stands behind the two dots: `16`, `500/s:50`, `64:x2`.
fn range(from: &str, rest: &str) -> Result<Values, String> {
    let (to, step) = match rest.split_once(':') {
        Some((to, step)) => (to, Some(step.trim())),
        None => (rest, None),
    };
    let written = format!("{}..{}", from.trim(), rest.trim());
    let no_number = |text: &str| format!("`{}` in `{written}` is no number; {HINT}", text.trim());
    let (low, low_unit) = amount(from).ok_or_else(|| no_number(from))?;
    let (high, high_unit) = amount(to).ok_or_else(|| no_number(to))?;
    let factor = step.and_then(|step| step.strip_prefix(['x', '×']));
    let (step_size, step_unit) = match (step, factor) {
        (Some(_), Some(factor)) => (amount(factor).ok_or_else(|| no_number(factor))?.0, ""),
        (Some(step), None) => amount(step).ok_or_else(|| no_number(step))?,
        (None, _) => (1.0, ""),
    };
    let unit = one_unit(&[low_unit, high_unit, step_unit]).ok_or_else(|| {
        format!("`{written}` has several units; write all of it in one, as in 100ms..1500ms:100ms")
    })?;
    if high < low {
        return Err(format!("`{written}` runs downwards; write the smaller end first"));
    }
    let is_whole = unit.is_empty() && low.fract() == 0.0 && high.fract() == 0.0;
    if step.is_none() && !is_whole {
        return Ok(Values::Between { from: low, to: high, unit });
    }
    let numbers = match factor {
        Some(_) if step_size <= 1.0 || low <= 0.0 => {
            return Err(format!("`{written}` never gets to its end; write it like 1..1024:x2"));
        }
        Some(_) => steps(low, high, |number, _| number * step_size),
        None if step_size <= 0.0 => {
            return Err(format!("the step of `{written}` leads nowhere; write it like 50/s..500/s:50"));
        }
        None => steps(low, high, |_, place| low + place as f64 * step_size),
    };
    let numbers = numbers.ok_or_else(|| {
        format!("`{written}` has more than {VALUES_MOST} values; take a step (:10), or a factor (:x2)")
    })?;
    const DIGITS: usize = 12;
    let whole = |number: f64| if is_whole && factor.is_some() { number.round() } else { number };
    let mut values: Vec<Value> =
        numbers.into_iter().map(|number| of_number(whole(number), DIGITS, &unit)).collect();
    values.dedup();
    Ok(Values::Listed(values))
}

fn one_unit(units: &[&str]) -> Option<String> {
    let mut given = units.iter().filter(|unit| !unit.is_empty());
    let first = given.next().copied().unwrap_or_default();
    given.all(|unit| *unit == first).then(|| first.to_owned())
}

/// From the lower end as far as the upper one; `None` if these are too many.
fn steps(low: f64, high: f64, next: impl Fn(f64, usize) -> f64) -> Option<Vec<f64>> {
    // Rounding must not cost the last of them.
    let end = high + 1e-9 * high.abs();
    let mut numbers = vec![low];
    while let number = next(numbers[numbers.len() - 1], numbers.len())
        && number <= end
    {
        if numbers.len() == VALUES_MOST {
            return None;
        }
        numbers.push(number);
    }
    Some(numbers)
}

/// `1,2,4,8`, or the same in brackets; commas within brackets and quotes part nothing.
fn list(text: &str) -> Result<Values, String> {
    let parts = match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        // `[a], [b]` begins and ends with brackets, too.
        Some(inner) if split(inner).is_some() => split(inner),
        _ => split(text),
    };
    let parts = parts.ok_or_else(|| format!("a bracket or quote of `{text}` has no other half"))?;
    if parts.len() > VALUES_MOST {
        return Err(format!("more than {VALUES_MOST} values are too many"));
    }
    if parts.iter().any(|part| part.is_empty()) {
        return Err(format!("a value of `{text}` is missing: two commas, or one at the end"));
    }
    if let Some(twice) = parts.iter().enumerate().find(|(place, part)| parts[..*place].contains(part)) {
        return Err(format!("`{}` stands twice in `{text}`", twice.1));
    }
    if let [one] = parts[..]
        && let Some(meant) = range_otherwise(one)
    {
        return Err(format!("`{one}` is one value; a range has two dots: {meant}"));
    }
    let numbers = numbers(&parts);
    let number = |place: usize| numbers.as_ref().map(|numbers| numbers[place]);
    let values = parts.iter().enumerate();
    Ok(Values::Listed(
        values.map(|(place, part)| Value { text: (*part).to_owned(), number: number(place) }).collect(),
    ))
}

/// What `1-8`, `50/s - 500/s`, `1 to 8` or `1...8` is as a range.
fn range_otherwise(text: &str) -> Option<String> {
    let (from, to) = [" to ", "...", "–", "-"].into_iter().find_map(|sign| {
        // A sign at the beginning is that of the number.
        let first = text.char_indices().nth(1)?.0;
        let place = first + text[first..].find(sign)?;
        Some((text[..place].trim(), text[place + sign.len()..].trim()))
    })?;
    let is_amount = |text: &str| {
        amount(text).is_some_and(|(_, unit)| {
            unit.chars().all(|letter| letter.is_alphabetic() || "/%".contains(letter))
        })
    };
    (is_amount(from) && is_amount(to)).then(|| format!("{from}..{to}"))
}

fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut closing) = (Vec::new(), 0, Vec::new());
    for (place, letter) in text.char_indices() {
        match letter {
            _ if closing.last() == Some(&letter) => {
                closing.pop();
            }
            _ if matches!(closing.last(), Some('"' | '\'')) => {}
            '(' => closing.push(')'),
            '[' => closing.push(']'),
            '{' => closing.push('}'),
            '"' | '\'' => closing.push(letter),
            ')' | ']' | '}' => return None,
            ',' if closing.is_empty() => {
                parts.push(text[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    closing.is_empty().then_some(parts)
}

/// What the texts stand for, if they all stand for amounts of one thing.
fn numbers(texts: &[&str]) -> Option<Vec<f64>> {
    let amounts: Option<Vec<(f64, &str)>> = texts.iter().map(|text| amount(text)).collect();
    if let Some(amounts) = amounts.filter(|amounts| amounts.iter().all(|(_, unit)| *unit == amounts[0].1)) {
        return Some(amounts.into_iter().map(|(number, _)| number).collect());
    }
    let kinds: [fn(&str) -> Option<f64>; 4] = [
        |text| parse_duration(text).ok(),
        |text| parse_rate(text).ok(),
        |text| parse_size(text).ok().map(|bytes| bytes as f64),
        |text| parse_share(text).ok(),
    ];
    kinds.into_iter().find_map(|read| texts.iter().map(|text| read(text)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let axis = Axis::parse(&format!("a.b={text}")).unwrap();
        axis.listed().expect(text).iter().map(|value| value.text.clone()).collect()
    }

    #[test]
    fn ranges_lists_and_factors_are_understood() {
        for (text, values) in [
            ("1..4", "1 2 3 4"),
            ("50/s..200/s:50", "50/s 100/s 150/s 200/s"),
            ("50..160/s:50/s", "50/s 100/s 150/s"),
            ("0.1..0.5:0.1", "0.1 0.2 0.3 0.4 0.5"),
            ("1..16:x2", "1 2 4 8 16"),
            ("1..10:x1.5", "1 2 3 5 8"),
            ("10ms..50ms:x2", "10ms 20ms 40ms"),
            ("7..7", "7"),
            ("1,2, 4,8", "1 2 4 8"),
            ("[lru, fifo]", "lru fifo"),
            ("exp(1ms),lognormal(median 2ms, p99 8ms)", "exp(1ms) lognormal(median 2ms, p99 8ms)"),
            ("[[a, b], [c]]", "[a, b] [c]"),
            ("[a, b], [c]", "[a, b] [c]"),
            ("'a,b',c", "'a,b' c"),
            ("../rates.csv,../more.csv", "../rates.csv ../more.csv"),
        ] {
            assert_eq!(texts(text).join(" "), values, "{text}");
        }
    }

    #[test]
    fn values_of_one_kind_have_sizes() {
        let numbers = |text: &str| -> Option<Vec<f64>> {
            let axis = Axis::parse(&format!("a={text}")).unwrap();
            axis.listed().unwrap().iter().map(|value| value.number).collect()
        };
        assert_eq!(numbers("10/s..30/s:10"), Some(vec![10.0, 20.0, 30.0]));
        assert_eq!(numbers("500ms,1s"), Some(vec![0.5, 1.0]));
        assert_eq!(numbers("90/min,3/s"), Some(vec![1.5, 3.0]));
        assert_eq!(numbers("1MiB,1kB"), Some(vec![1_048_576.0, 1_000.0]));
        assert_eq!(numbers("50%,0.7"), Some(vec![0.5, 0.7]));
        assert_eq!(numbers("1s,lru"), None);
    }

    #[test]
    fn what_has_no_step_takes_any_value_between() {
        let axis = Axis::parse("users.arrivals = 50/s..150/s").unwrap();
        assert_eq!((axis.listed(), axis.path.as_str()), (None, "users.arrivals"));
        assert_eq!(axis.at(0.25), Value { text: "75/s".to_owned(), number: Some(75.0) });
        assert_eq!(axis.at(1.0 / 3.0).text, "83.3333/s");
        let whole = Axis::parse("a=1..4").unwrap();
        assert_eq!([0.0, 0.24, 0.25, 0.99, 1.0].map(|share| whole.at(share).text), ["1", "1", "2", "4", "4"]);
    }

    #[test]
    fn mistakes_are_told_with_what_to_write() {
        for (text, told) in [
            ("workers", "write PATH=VALUES"),
            ("=1..3", "write PATH=VALUES"),
            ("a=", "write PATH=VALUES"),
            ("a=1..", "`` in `1..` is no number"),
            ("a=1..x", "`x` in `1..x` is no number"),
            ("a=9..1", "runs downwards"),
            ("a=1..9:0", "leads nowhere"),
            ("a=1..9:-1", "leads nowhere"),
            ("a=1..9:x1", "never gets to its end"),
            ("a=0..9:x2", "never gets to its end"),
            ("a=100ms..1s:100ms", "write all of it in one"),
            ("a=1..1000000", "more than 10000 values; take a step"),
            ("a=1,,2", "is missing"),
            ("a=1,2,", "is missing"),
            ("a=1,2,1", "`1` stands twice"),
            ("a=(1,2", "has no other half"),
        ] {
            let refused = Axis::parse(text).unwrap_err();
            assert!(refused.contains(told), "{text}: {refused}");
        }
    }
}

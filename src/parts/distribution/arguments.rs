//! The arguments of a distribution: which belong together, and what each must be.

use super::spelling::Reader;
use super::syntax::{Argument, BadDistribution, Form, Piece};
use crate::parts::quantity::{parse_duration, parse_number, quoted};
use std::ops::Range;

pub type Read<T> = Result<T, BadDistribution>;

/// What a call says: its name, where it stands, and its arguments.
#[derive(Clone, Copy)]
pub struct Call<'p> {
    pub name: &'p str,
    pub span: &'p Range<usize>,
    pub arguments: &'p [Argument],
}

impl<'t> Reader<'t> {
    /// Sorts the arguments by one of the allowed sets of parameters, and says which one.
    /// Arguments without labels follow the first set.
    pub fn take<'p>(&self, call: Call<'p>, forms: &[&[&str]]) -> Read<(usize, Vec<&'p Argument>)> {
        let needs = || format!("{} takes {}", call.name, forms_list(forms));
        for argument in call.arguments {
            if let Some(share) = &argument.share {
                return Err(self.not_a_share(share, argument, needs()));
            }
            let Some(span) = &argument.label else { continue };
            let label = &self.text[span.clone()];
            if !forms.iter().any(|form| form.contains(&label)) {
                return Err(BadDistribution::at(
                    span,
                    format!("{} has no {}", call.name, quoted(label)),
                    needs(),
                ));
            }
        }
        if call.arguments.len() == forms[0].len()
            && call.arguments.iter().all(|argument| argument.label.is_none())
        {
            return Ok((0, call.arguments.iter().collect()));
        }
        let labelled = |name: &str| {
            let is_it =
                |argument: &&Argument| argument.label.clone().is_some_and(|span| &self.text[span] == name);
            call.arguments.iter().find(is_it)
        };
        for (index, form) in forms.iter().enumerate().filter(|(_, form)| form.len() == call.arguments.len()) {
            if let Some(found) = form.iter().map(|&name| labelled(name)).collect::<Option<Vec<_>>>() {
                return Ok((index, found));
            }
        }
        Err(BadDistribution::at(call.span, format!("these are not the parameters of {}", call.name), needs()))
    }

    /// `6 parsecs` reads like a share before a value; more likely the unit is none.
    fn not_a_share(&self, share: &Range<usize>, argument: &Argument, needs: String) -> BadDistribution {
        let written = share.start..argument.value.span.end;
        match parse_duration(&self.text[written.clone()]) {
            Err(bad) if !self.text[share.clone()].ends_with('%') => {
                BadDistribution::from_quantity(&written, bad)
            }
            _ => BadDistribution::at(share, "a share has no meaning here", needs),
        }
    }

    pub fn duration(&self, piece: &Piece) -> Read<f64> {
        let example = "write a duration such as 250ms";
        match piece.form {
            Form::Quantity => parse_duration(&self.text[piece.span.clone()])
                .map_err(|bad| BadDistribution::from_quantity(&piece.span, bad)),
            _ => Err(BadDistribution::at(&piece.span, "a fixed duration is expected here", example)),
        }
    }

    pub fn positive(&self, argument: &Argument) -> Read<f64> {
        let value = self.duration(&argument.value)?;
        if value > 0.0 {
            return Ok(value);
        }
        Err(BadDistribution::at(
            &argument.value.span,
            "this duration is zero",
            "write one above zero, such as 1ms",
        ))
    }

    pub fn number(&self, argument: &Argument, low: f64, high: f64) -> Read<f64> {
        let span = &argument.value.span;
        let value = parse_number(&self.text[span.clone()])
            .map_err(|bad| BadDistribution::from_quantity(span, bad))?;
        if (low..=high).contains(&value) {
            return Ok(value);
        }
        Err(BadDistribution::at(
            span,
            format!("{value} is out of range"),
            format!("stay between {low} and {high}"),
        ))
    }

    pub fn string(&self, argument: &Argument) -> Read<&'t str> {
        let span = &argument.value.span;
        let text = self.text;
        match argument.value.form {
            Form::Quoted => Ok(&text[span.start + 1..span.end - 1]),
            _ => Err(BadDistribution::at(span, "this is not in quotes", "write \"times.csv\"")),
        }
    }
}

/// A value that stands alone, without a share.
pub fn plain(argument: &Argument) -> Read<&Piece> {
    match &argument.share {
        None => Ok(&argument.value),
        Some(share) => {
            Err(BadDistribution::at(share, "a share has no meaning here", "repeat a value to weigh it"))
        }
    }
}

/// "median and p99, or mean and cv".
pub fn forms_list(forms: &[&[&str]]) -> String {
    forms.iter().map(|form| form.join(" and ")).collect::<Vec<_>>().join(", or ")
}

pub fn did_you_mean(name: &str, known: &[&str]) -> String {
    let head: String = name.chars().take(32).collect::<String>().to_lowercase();
    let nearest = known.iter().map(|known| (strsim::jaro_winkler(&head, known), known));
    match nearest.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((likeness, nearest)) if likeness > 0.75 => format!("did you mean {nearest}?"),
        _ => format!("write one of {}", known.join(", ")),
    }
}

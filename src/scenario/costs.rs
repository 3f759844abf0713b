//! `costs`: what things cost beside nodes, which say so themselves, and in which currency.

use super::model::{Measure, Metric, Node};
use crate::nodes::fields::{Fields, Refusal};
use crate::nodes::setting::{Setting, Takes};

pub const SETTINGS: &[Setting] = &[
    Setting::optional("currency", Takes::Text, "what prices are in, such as EUR; nothing is converted"),
    Setting::optional("downtime", Takes::Price, "what an outage costs"),
    Setting::optional("egress", Takes::PriceOfBytes, "what the bodies of answers cost that go to users"),
];

/// What is paid for beside nodes.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    pub currency: Option<String>,
    pub downtime_per_hour: Option<f64>,
    pub egress_per_byte: Option<f64>,
}

impl Prices {
    /// What so much downtime costs, if anybody has said.
    pub fn of_downtime(&self, minutes: f64) -> Option<f64> {
        self.downtime_per_hour.map(|per_hour| per_hour * minutes / 60.0)
    }

    /// What so many bytes cost that go to users.
    pub fn of_egress(&self, bytes: f64) -> Option<f64> {
        self.egress_per_byte.map(|per_byte| per_byte * bytes)
    }

    /// Whether there is anything that costs.
    pub fn are_known(&self, nodes: &[Node]) -> bool {
        self.downtime_per_hour.is_some()
            || self.egress_per_byte.is_some()
            || nodes.iter().any(|node| node.cost_per_hour.is_some())
    }

    /// Refuses to measure costs where there are none, and those of one class.
    pub fn allow(&self, measure: Measure, nodes: &[Node]) -> Result<(), Refusal> {
        if measure.metric != Metric::Cost {
            return Ok(());
        }
        if measure.class.is_some() {
            return Err(Refusal::new("`cost` is that of the whole site", "leave the request class out"));
        }
        if !self.are_known(nodes) {
            let hint = "give nodes their `cost: 0.10/h`, or say `costs: { downtime: 1000/h }`";
            return Err(Refusal::new("nothing in this scenario has a price", hint));
        }
        Ok(())
    }
}

pub fn read(fields: &mut Fields) -> Prices {
    const CURRENCY_LETTERS_MOST: usize = 10;
    let currency = fields.parse("currency", |text| {
        let is_name = !text.trim().is_empty() && !text.contains(|letter: char| letter.is_ascii_digit());
        match is_name && text.chars().count() <= CURRENCY_LETTERS_MOST {
            true => Ok(text.trim().to_owned()),
            false => Err(Refusal::new(format!("`{text}` is no currency"), "name it, such as EUR")),
        }
    });
    Prices {
        currency,
        downtime_per_hour: fields.optional_price("downtime"),
        egress_per_byte: fields.optional_price_of_bytes("egress"),
    }
}

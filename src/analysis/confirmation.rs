//! What runs have measured of what was reckoned without any.

use super::summary::Estimate;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Confirmation {
    pub classes: Vec<Confirmed>,
    #[serde(skip)]
    pub interrupted: bool,
}

/// A class of requests: the share of the time for which it is lost.
#[derive(Clone, Debug, Serialize)]
pub struct Confirmed {
    pub class: String,
    pub exact: f64,
    #[serde(flatten)]
    pub measured: Estimate,
    pub difference: Option<f64>,
    /// `None`: nothing could be measured.
    pub agrees: Option<bool>,
    pub how: String,
    /// How many times as much plain simulation would tell as much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance_gain: Option<f64>,
}

impl Confirmation {
    pub fn fails(&self) -> bool {
        self.classes.iter().any(|class| class.agrees == Some(false))
    }
}

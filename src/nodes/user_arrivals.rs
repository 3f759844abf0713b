//! stand-in
use super::fields::Fields;
use crate::parts::arrivals::Arrivals;
pub const FORM: &str = "a rate";
pub fn read(fields: &mut Fields) -> Arrivals {
    let rate = fields.parse("arrivals", |t| Ok(crate::parts::quantity::parse_rate(t)?)).unwrap_or(1.0);
    fields.optional_whole("population");
    fields.optional_distribution("think");
    Arrivals::Poisson { rate }
}

//! What each lost request is put down to.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// Something was broken.
    Fault,
    /// Something was worked on.
    Maintenance,
    /// More came than could be served.
    Overload,
    /// What had begun it was over, and the tries of those who tried again kept it going.
    RetryStorm,
}

impl Blame {
    pub const COUNT: usize = 4;

    /// In the order in which they are counted.
    pub const ALL: [Blame; Blame::COUNT] =
        [Blame::Fault, Blame::Maintenance, Blame::Overload, Blame::RetryStorm];

    pub fn name(self) -> &'static str {
        match self {
            Blame::Fault => "fault",
            Blame::Maintenance => "maintenance",
            Blame::Overload => "overload",
            Blame::RetryStorm => "retry_storm",
        }
    }
}

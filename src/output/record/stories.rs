//! The stories of requests in `traces.jsonl`, one after the other: there may be many.

use super::RecordError;
use crate::analysis::tail::SlowPart;
use serde::Deserialize;
use std::io::BufRead;

/// A request.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Story {
    pub id: u64,
    pub class: String,
    pub outcome: String,
    pub attempts: u32,
    pub start_ns: u64,
    pub end_ns: u64,
    /// `sampled`, `slowest` or `failed`.
    pub why: String,
    /// What it waited for; nothing in files of earlier versions.
    #[serde(default)]
    pub parts: Vec<SlowPart>,
    /// Callers before those they call.
    pub visits: Vec<StoryVisit>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct StoryVisit {
    pub node: String,
    pub replica: u32,
    /// Whose call it answers: a place among the visits.
    pub caller: Option<usize>,
    pub start_ns: u64,
    /// When it answered, or when nobody waited for it any more.
    pub end_ns: u64,
    /// `None` if nobody waited for its answer.
    pub outcome: Option<String>,
    /// In the order of time.
    pub spans: Vec<StorySpan>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct StorySpan(pub Activity, pub u64, pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    Travelling,
    InLine,
    Working,
}

impl Activity {
    pub fn name(self) -> &'static str {
        match self {
            Activity::Travelling => "travelling",
            Activity::InLine => "in line",
            Activity::Working => "working",
        }
    }
}

impl Story {
    pub fn latency_ns(&self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

impl StoryVisit {
    /// With its answer on the way, as its caller sees it.
    pub fn ends_for_caller_ns(&self) -> u64 {
        self.spans.last().map_or(self.end_ns, |span| span.2.max(self.end_ns)).max(self.start_ns)
    }

    pub fn spent_ns(&self, activity: Activity) -> u64 {
        let spans = self.spans.iter().filter(|span| span.0 == activity);
        spans.fold(0, |sum, span| sum.saturating_add(span.2.saturating_sub(span.1)))
    }

    /// `app`, or `app/2` for a further replica.
    pub fn place(&self) -> String {
        match self.replica {
            0 => self.node.clone(),
            replica => format!("{}/{replica}", self.node),
        }
    }
}

/// Gives every story to `take`, in the order of the file.
pub fn stories<E: From<RecordError>>(
    file: &str,
    source: impl BufRead,
    mut take: impl FnMut(Story) -> Result<(), E>,
) -> Result<(), E> {
    for (number, line) in source.lines().enumerate() {
        let line = line.map_err(|error| RecordError::failed(file, &error))?;
        let place = Some(number as u64 + 1);
        let story: Story = serde_json::from_str(&line)
            .map_err(|error| RecordError::wrong(file, place, error.to_string()))?;
        let is_tree = |(place, visit): (usize, &StoryVisit)| visit.caller.is_none_or(|caller| caller < place);
        if !story.visits.iter().enumerate().all(is_tree) {
            let problem = "a visit comes before its caller".to_owned();
            return Err(RecordError::wrong(file, place, problem).into());
        }
        take(story)?;
    }
    Ok(())
}

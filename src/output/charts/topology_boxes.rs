//! What a topology is drawn with: boxes for nodes, lines for calls, frames for hosts and zones.

use crate::analysis::resources::FullestBucket;
use crate::diagnosis::FULL;
use crate::output::record::Fullest;
use crate::telling::figure::counted;

/// What is to be drawn.
pub struct Sketch {
    pub items: Vec<Item>,
    pub calls: Vec<Line>,
    pub hosts: Vec<Member>,
    pub zones: Vec<Zone>,
    pub calls_left_out: usize,
    /// How many nodes there are, if there are so many that those that matter less share boxes.
    pub folded_of: Option<usize>,
    pub single_points: Vec<SinglePoint>,
}

impl Sketch {
    /// Of a large site hosts have no frames: boxes stand on several of them.
    pub fn frames_hosts(&self) -> bool {
        !self.hosts.is_empty() && self.folded_of.is_none()
    }
}

/// A frame around the hosts in it.
pub struct Zone {
    /// As `zone north`.
    pub name: String,
    pub is_single_point: bool,
}

pub struct SinglePoint {
    pub name: String,
    pub kind: String,
}

pub struct Line {
    pub from: usize,
    pub to: usize,
    pub calls_per_s: f64,
    /// Of what lies between them.
    pub full: Option<Full>,
    /// A part of the way on which most calls go, where a site is so large that it is to be found.
    pub is_busiest: bool,
}

/// How full the fullest was of what belongs to a box or a line.
#[derive(Clone, Debug)]
pub struct Full {
    pub resource: String,
    /// The share in use in its fullest time bucket, how long that is, and on average.
    pub fullest: f64,
    pub length_s: f64,
    pub mean: Option<f64>,
}

impl Full {
    pub fn of(fullest: Option<&Fullest>, mean: Option<f64>) -> Option<Full> {
        let Fullest { resource, bucket: FullestBucket { length_s, utilisation, .. } } = fullest?.clone();
        Some(Full { resource, fullest: utilisation, length_s, mean })
    }

    /// Of two that are as full, the first.
    pub fn fuller(one: Option<Full>, other: Option<Full>) -> Option<Full> {
        match (one, other) {
            (Some(one), Some(other)) if other.fullest > one.fullest => Some(other),
            (one, other) => one.or(other),
        }
    }

    /// `98 % (43 %)`: in the fullest time bucket, and on average where that is another figure.
    pub fn both(&self) -> String {
        let fullest = percent(self.fullest);
        match self.mean.map(percent) {
            Some(mean) if mean != fullest => format!("{fullest} ({mean})"),
            _ => fullest,
        }
    }
}

/// A box.
pub struct Item {
    pub members: Vec<Member>,
    /// The host on which all of them stand, and the zone in which all of them are.
    pub host: Option<usize>,
    pub zone: Option<usize>,
}

#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub kind: String,
    pub replicas: u64,
    pub standbys: u64,
    pub full: Option<Full>,
    pub is_single_point: bool,
    /// It was down in this run, and nobody had planned it.
    pub failed: bool,
    pub zone: Option<usize>,
}

impl Member {
    pub fn fullest(&self) -> f64 {
        self.full.as_ref().map_or(0.0, |full| full.fullest)
    }

    /// `mysql ×2 +1`: so many, and who stands by.
    pub fn title(&self) -> String {
        let replicas = if self.replicas > 1 { format!(" ×{}", self.replicas) } else { String::new() };
        let standbys = if self.standbys > 0 { format!(" +{}", self.standbys) } else { String::new() };
        format!("{}{replicas}{standbys}", self.name)
    }
}

impl Item {
    pub const DOTS_PER_LINE: usize = 12;
    pub const DOT_LINES_MOST: usize = 4;

    pub fn is_user(&self) -> bool {
        self.members.iter().any(|member| member.kind == "user")
    }

    pub fn title(&self) -> String {
        match self.members.as_slice() {
            [one] => one.title(),
            many => {
                let kind =
                    if many.iter().all(|other| other.kind == many[0].kind) { &many[0].kind } else { "node" };
                counted_kind(many.len(), kind)
            }
        }
    }

    /// What stands below, from the longest to the shortest that says it.
    pub fn subtitles(&self, on: Option<&str>) -> Vec<String> {
        let one = match (self.members.as_slice(), on) {
            ([one], host) => {
                let kind = host.map_or_else(|| in_words(&one.kind), |host| format!("on {host}"));
                match one.standbys {
                    0 => kind,
                    1 => return vec![format!("{kind}, 1 stands by"), kind],
                    many => return vec![format!("{kind}, {many} stand by"), kind],
                }
            }
            (many, _) => match self.full() {
                Some(full) if full.fullest >= FULL => format!("one {}", percent(full.fullest)),
                Some(full) => {
                    // Rounded up, since none may be above it.
                    let most = (full.fullest * 100.0).ceil();
                    return vec![
                        format!("none above {most} %"),
                        format!("at most {most} %"),
                        format!("≤ {most} %"),
                    ];
                }
                None => format!("{} …", many[0].name),
            },
        };
        vec![one]
    }

    /// The fullest's.
    pub fn full(&self) -> Option<Full> {
        self.members.iter().fold(None, |full, member| Full::fuller(full, member.full.clone()))
    }

    pub fn has_single_point(&self) -> bool {
        self.members.iter().any(|member| member.is_single_point)
    }

    pub fn has_failed(&self) -> bool {
        self.members.iter().any(|member| member.failed)
    }
}

pub fn in_words(kind: &str) -> String {
    kind.replace('_', " ")
}

/// `37 app servers`
pub fn counted_kind(number: usize, kind: &str) -> String {
    let word = if kind == "dns" { "name server".to_owned() } else { in_words(kind) };
    counted(number as u64, &word)
}

pub fn percent(share: f64) -> String {
    match share * 100.0 {
        small if (0.05..0.95).contains(&small) => format!("{small:.1} %"),
        large => format!("{large:.0} %"),
    }
}

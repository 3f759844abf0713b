//! `surge` in a timeline: more requests than usual, or fewer, for a while.

use super::model::{NodeId, SurgeOn, TrafficSurge};
use super::timeline::Known;
use super::traffic::{self, Traffic};
use crate::document::problem::did_you_mean;
use crate::document::value::{Entry, Value};
use crate::kernel::time::{Time, from_seconds, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Fields, Refusal, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::arrivals::{Course, Ending, Level, Surge};
use crate::parts::quantity::{self, format_rate, format_span};

pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "surge",
        Takes::Form(
            "a factor such as `4x`, a rate such as `400/s`, or a profile: a list such as `[[0s, 1x], [5m, 3x]]` or a CSV file",
        ),
        "how much is sent",
    ),
    Setting::optional("on", Takes::Text, "the user node, or the class of requests; all users if not given"),
    Setting::new("ramp", Takes::Duration, "0s", "spof: at once", "how long it takes to come"),
    Setting::optional(
        "hold",
        Takes::Duration,
        "how long it stays at its height; to the end if neither this nor `fall` nor `decay` is given",
    ),
    Setting::optional("fall", Takes::Duration, "how long it takes to go; as `ramp` if not given"),
    Setting::optional(
        "decay",
        Takes::Duration,
        "a flash crowd: half of what is too much is gone after this time, half of the rest after it again",
    ),
    Setting::optional("every", Takes::Duration, "comes again after so long: `1d` for each day"),
];

const LEVEL_HINT: &str = "write a factor such as `4x`, or a rate such as `400/s`";
const PROFILE_HINT: &str = "a profile is a list of times and factors (or rates): `[[0s, 1x], [5m, 3x]]`";

/// The surge, and what it is called; `None` if what is wrong has been told.
pub fn read(fields: &mut Fields, at: Time, known: Known) -> Option<(String, TrafficSurge)> {
    let entry = fields.form("surge");
    let on = fields.optional_text("on");
    let course = read_course(fields);
    let every = fields.optional_duration("every");
    let levels = read_levels(fields, entry?)?;
    let on = match &on {
        Some(name) => match find(name, known) {
            Ok(on) => on,
            Err(refusal) => {
                report_refusal(fields.context, &fields.field("on")?.entry, "on", refusal);
                return None;
            }
        },
        None => SurgeOn::Everyone,
    };
    check_sources(fields, on, known)?;
    let mut surge = match &levels {
        Levels::One(level) => Surge::new(at, *level, course?),
        Levels::Profile(points) => {
            for setting in ["ramp", "hold", "fall", "decay"] {
                if fields.is_given(setting) {
                    let message = "a profile says by itself how the surge comes and goes";
                    let place = fields.place(setting);
                    fields.context.problems.error_with_hint(place, message, format!("leave `{setting}` out"));
                }
            }
            Surge::along(at, points)
        }
    };
    if let SurgeOn::Class(class) = on {
        check_class(fields, class, &levels, known)?;
    }
    if let Some(every) = every {
        check_period(fields, &surge, &levels, every);
        surge = surge.repeated(every);
    }
    let name = match (&levels, on) {
        (Levels::One(Level::Factor(factor)), _) => format!("surge {factor}x"),
        (Levels::One(Level::Rate(rate)), _) => format!("surge {}", format_rate(*rate)),
        (Levels::Profile(_), _) => "surge".to_string(),
    };
    let name = match on {
        SurgeOn::Everyone => name,
        SurgeOn::User(id) => format!("{name} on {}", known.directory.get(id).name),
        SurgeOn::Class(class) => format!("{name} on {}", known.classes[class].name),
    };
    Some((name, TrafficSurge { surge, on }))
}

enum Levels {
    One(Level),
    Profile(Vec<(Time, Level)>),
}

fn read_course(fields: &mut Fields) -> Option<Course> {
    let ramp = fields.duration("ramp");
    let (hold, fall) = (fields.optional_duration("hold"), fields.optional_duration("fall"));
    let decay = fields.optional_duration("decay");
    if let (Some(_), Some(_)) = (fall, decay) {
        let message = "a surge either falls or decays";
        fields.context.problems.error_with_hint(fields.place("decay"), message, "leave one of them out");
        return None;
    }
    if decay == Some(0) {
        let message = "what decays within no time was never there";
        fields.context.problems.error_with_hint(
            fields.place("decay"),
            message,
            "`decay: 10m`, or `fall: 0s`",
        );
        return None;
    }
    // What goes has an end to its height even where none is given.
    let hold = hold.or((fall.is_some() || decay.is_some()).then_some(0));
    let ending = match decay {
        Some(half_life) => Ending::Decay { half_life },
        None => Ending::Fall(fall.unwrap_or(ramp)),
    };
    Some(Course { ramp, hold, ending })
}

fn read_levels(fields: &Fields, entry: &Entry) -> Option<Levels> {
    let levels = match &entry.value {
        Value::List(entries) => read_points(entries).map(Levels::Profile),
        Value::Scalar(text) if text.ends_with(".csv") => match (fields.context.read_file)(text) {
            Ok(file) => read_csv(&file).map(Levels::Profile),
            Err(problem) => Err(Refusal { problem, hint: None, place: None }),
        },
        Value::Scalar(text) => read_level(text).map(Levels::One),
        Value::Table(_) | Value::Null => {
            Err(Refusal::new(format!("it takes a factor or a rate, not {}", entry.describe()), LEVEL_HINT))
        }
    };
    match levels {
        Ok(levels) => Some(levels),
        Err(refusal) => {
            report_refusal(fields.context, entry, "surge", refusal);
            None
        }
    }
}

fn read_level(text: &str) -> Result<Level, Refusal> {
    const FACTOR_MAX: f64 = 1e6;
    let too_much = || Refusal::new(format!("`{text}` is out of range"), LEVEL_HINT);
    if text.contains('/') {
        return match quantity::parse_rate(text)? {
            rate if rate < 1e9 => Ok(Level::Rate(rate)),
            _ => Err(too_much()),
        };
    }
    let Some(number) = text.trim().strip_suffix(['x', '×']) else {
        return Err(Refusal::new(format!("`{text}` is neither a factor nor a rate"), LEVEL_HINT));
    };
    match quantity::parse_number(number)? {
        factor if (0.0..=FACTOR_MAX).contains(&factor) => Ok(Level::Factor(factor)),
        _ => Err(too_much()),
    }
}

fn read_points(entries: &[Entry]) -> Result<Vec<(Time, Level)>, Refusal> {
    let mut points = Vec::new();
    for entry in entries {
        let pair = match &entry.value {
            Value::List(pair) => pair.iter().map(Entry::scalar).collect::<Option<Vec<&str>>>(),
            _ => None,
        };
        match pair.as_deref() {
            Some([at, level]) => points.push((quantity::parse_time(at)?, read_level(level)?)),
            _ => return Err(Refusal::new("each point of a profile is a time and a level", PROFILE_HINT)),
        }
    }
    check_points(points)
}

/// Rows of a time and a level under a line of names; a bare time is in seconds.
fn read_csv(text: &str) -> Result<Vec<(Time, Level)>, Refusal> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut points = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Refusal::new(error.to_string(), PROFILE_HINT))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (Some(at), Some(level)) = (record.get(0), record.get(1)) else {
            return Err(Refusal::new(format!("line {line} has no time and level"), PROFILE_HINT));
        };
        let at = match quantity::parse_number(at) {
            Ok(seconds) => from_seconds(seconds),
            Err(_) => quantity::parse_time(at)?,
        };
        let level = read_level(level)
            .map_err(|refusal| Refusal { problem: format!("line {line}: {}", refusal.problem), ..refusal })?;
        points.push((at, level));
    }
    check_points(points)
}

fn check_points(points: Vec<(Time, Level)>) -> Result<Vec<(Time, Level)>, Refusal> {
    let is_factor = |level: Level| matches!(level, Level::Factor(_));
    if points.len() < 2 {
        return Err(Refusal::new("a profile has two points at least", PROFILE_HINT));
    }
    if points.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(Refusal::new("the times of a profile rise", PROFILE_HINT));
    }
    if points.windows(2).any(|pair| is_factor(pair[0].1) != is_factor(pair[1].1)) {
        return Err(Refusal::new("a profile is made of factors or of rates, not of both", PROFILE_HINT));
    }
    Ok(points)
}

fn find(name: &str, known: Known) -> Result<SurgeOn, Refusal> {
    if let Some(class) = known.classes.iter().position(|class| class.name == name) {
        return Ok(SurgeOn::Class(class));
    }
    let users = || known.directory.nodes.iter().filter(|node| matches!(node.kind, NodeKind::User(_)));
    match known.directory.node_ids.get(name) {
        Some(&id) if matches!(known.directory.get(id).kind, NodeKind::User(_)) => Ok(SurgeOn::User(id)),
        Some(&id) => Err(Refusal {
            problem: format!(
                "`{name}` is {}; users and classes surge",
                known.directory.get(id).kind.with_article()
            ),
            hint: users().next().map(|user| format!("what about `{}`?", user.name)),
            place: None,
        }),
        None => {
            let names: Vec<&str> = users()
                .map(|node| node.name.as_str())
                .chain(known.classes.iter().map(|class| class.name.as_str()))
                .collect();
            Err(Refusal {
                problem: format!("there is no user and no class `{name}`"),
                hint: did_you_mean(name, &names),
                place: None,
            })
        }
    }
}

/// Closed populations and recordings send as they do.
fn check_sources(fields: &Fields, on: SurgeOn, known: Known) -> Option<()> {
    let can = |id: &NodeId| match &known.directory.get(*id).kind {
        NodeKind::User(user) => traffic::can_surge(&user.arrivals),
        _ => false,
    };
    let users: Vec<NodeId> = match on {
        SurgeOn::Everyone => (0..known.directory.nodes.len() as u32).map(NodeId).collect(),
        SurgeOn::User(id) => vec![id],
        SurgeOn::Class(class) => known.classes[class].from.clone(),
    };
    if users.iter().any(can) || known.directory.nodes.is_empty() {
        return Some(());
    }
    let (place, message) = match on {
        SurgeOn::Everyone => (fields.span.clone(), "no user of this scenario can surge".to_string()),
        SurgeOn::User(id) => (fields.place("on"), format!("`{}` cannot surge", known.directory.get(id).name)),
        SurgeOn::Class(class) => {
            (fields.place("on"), format!("no user that sends `{}` can surge", known.classes[class].name))
        }
    };
    let message =
        format!("{message}: a population sends only as fast as it is answered, and a recording as it was");
    fields.context.problems.error_with_hint(place, message, "let it surge on a user with `arrivals: 60/s`");
    None
}

/// One class cannot send less than usual while the others go on.
fn check_class(fields: &Fields, class: usize, levels: &Levels, known: Known) -> Option<()> {
    let lowest = match levels {
        Levels::One(level) => *level,
        Levels::Profile(points) => {
            points.iter().map(|point| point.1).min_by(|a, b| a.value().total_cmp(&b.value()))?
        }
    };
    let traffic = Traffic::usual(&known.directory.nodes, known.classes, known.run);
    let usual = traffic.usual_of_class(class);
    let problem = match lowest {
        Level::Factor(factor) if factor < 1.0 => format!("a factor of {factor}"),
        Level::Rate(rate) if rate < usual => {
            format!("{} where {} is usual", format_rate(rate), format_rate(usual))
        }
        _ => return Some(()),
    };
    let name = &known.classes[class].name;
    let message = format!("`{name}` alone cannot be sent less than usual: {problem}");
    let hint = "give it a user node of its own with `from`, and let that one surge";
    fields.context.problems.error_with_hint(fields.place("surge"), message, hint);
    None
}

fn check_period(fields: &Fields, surge: &Surge, levels: &Levels, every: Time) {
    const LEAST: Time = crate::kernel::time::SECOND;
    let error = |message: String, hint: &str| {
        fields.context.problems.error_with_hint(fields.place("every"), message, hint);
    };
    let decays = fields.is_given("decay");
    if every < LEAST {
        error("so often nothing comes again".to_string(), "`every: 1d`");
    } else if !decays
        && surge.length() > every
        && matches!(levels, Levels::One(_))
        && !fields.is_given("hold")
    {
        error("it comes again before it has gone".to_string(), "give it a `hold`, such as `hold: 1h`");
    } else if !decays && surge.length() > every {
        let message = format!(
            "it takes {}, and comes again before it has gone",
            format_span(to_seconds(surge.length()))
        );
        error(message, "make it shorter, or let it come more seldom");
    }
}

//! What is compared: scenarios of several files, or of one file with other settings.

use super::CompareArguments;
use crate::analysis::comparison::Variant;
use crate::cli::caller::Caller;
use crate::cli::ending::Failure;
use crate::cli::reading::parse_setting;
use crate::scenario::given::Given;
use crate::scenario::model::Scenario;
use std::collections::HashSet;

/// With more of them, pictures run out of colours, and intervals that hold together grow long.
const VARIANTS_MOST: usize = 8;

/// What the file without a `--variant` is called beside those.
const UNCHANGED: &str = "as it stands";

/// `more workers: nodes.gunicorn.workers=8; nodes.mysql.max_connections=300`
#[derive(Clone, Debug)]
pub struct WantedVariant {
    name: String,
    settings: Vec<(String, String)>,
}

impl WantedVariant {
    /// As `--variant` takes it.
    pub fn text(&self) -> String {
        let settings: Vec<String> =
            self.settings.iter().map(|(path, value)| format!("{path}={value}")).collect();
        format!("{}: {}", self.name, settings.join("; "))
    }
}

/// A variant with its scenario.
pub struct Contestant {
    pub variant: Variant,
    pub scenario: Scenario,
}

/// As `--variant` takes it.
pub fn parse_variant(text: &str) -> Result<WantedVariant, String> {
    const HINT: &str = "write 'NAME: PATH=VALUE', as in 'more workers: nodes.gunicorn.workers=8'; `;` stands \
                        between settings";
    // A colon behind the first `=` belongs to a value.
    let named = text.split_once(':').filter(|(name, _)| !name.contains('='));
    let (name, settings) = named.unwrap_or((text, text));
    if name.trim().is_empty() {
        return Err(HINT.to_owned());
    }
    let settings = settings.split(';').filter(|setting| !setting.trim().is_empty());
    let settings = settings.map(parse_setting).collect::<Result<Vec<_>, _>>().map_err(|_| HINT.to_owned())?;
    match settings.is_empty() {
        true => Err(HINT.to_owned()),
        false => Ok(WantedVariant { name: name.trim().to_owned(), settings }),
    }
}

/// Reads all of them, or tells what is wrong with each.
pub fn load_all(arguments: &CompareArguments, caller: &Caller) -> Result<Vec<Contestant>, Failure> {
    check_number(arguments)?;
    let mut reader = Reader { is_quiet: arguments.quiet, told: HashSet::new(), caller };
    let given = &arguments.settings;
    if let [file] = arguments.files.as_slice() {
        let first = reader.read(file, given, None)?.ok_or(Failure::BadScenario)?;
        let mut all = vec![Some(contestant(first, UNCHANGED.to_owned(), file, given))];
        for wanted in &arguments.variants {
            let settings = [given.as_slice(), &wanted.settings].concat();
            let scenario = reader.read(file, &settings, Some(&wanted.name))?;
            all.push(scenario.map(|scenario| contestant(scenario, wanted.name.clone(), file, &settings)));
        }
        return all.into_iter().collect::<Option<Vec<_>>>().ok_or(Failure::BadScenario);
    }
    let mut scenarios = Vec::new();
    for file in &arguments.files {
        scenarios.push(reader.read(file, given, None)?);
    }
    let scenarios = scenarios.into_iter().collect::<Option<Vec<_>>>().ok_or(Failure::BadScenario)?;
    let names = distinct_names(arguments, &scenarios);
    let all = scenarios.into_iter().zip(names).zip(&arguments.files);
    Ok(all.map(|((scenario, name), file)| contestant(scenario, name, file, given)).collect())
}

fn check_number(arguments: &CompareArguments) -> Result<(), Failure> {
    let variants = &arguments.variants;
    let message = match (arguments.files.len(), variants.len()) {
        (1, 0) => {
            "one scenario alone is compared with nothing; name another file, or say what to change, as in \
                   --variant 'more workers: nodes.gunicorn.workers=8'"
                .to_owned()
        }
        (2.., 1..) => {
            "--variant changes the one file that is named; name one file, or leave --variant out".to_owned()
        }
        (files, variants) if files + variants > VARIANTS_MOST => {
            format!("at most {VARIANTS_MOST} can be compared at once, and these are {}", files + variants)
        }
        _ => String::new(),
    };
    if !message.is_empty() {
        return Err(Failure::Usage(message));
    }
    let sets_seed = |variant: &&WantedVariant| variant.settings.iter().any(|(path, _)| path == "run.seed");
    if let Some(variant) = variants.iter().find(sets_seed) {
        let message = "all share one seed, which --seed changes; leave run.seed out of the variant";
        return Err(Failure::Usage(format!("{message} `{}`", variant.name)));
    }
    let mut names = HashSet::from([UNCHANGED]);
    match variants.iter().find(|variant| !names.insert(&variant.name)) {
        Some(twice) => {
            Err(Failure::Usage(format!("two are called `{}`; give each its own name", twice.name)))
        }
        None => Ok(()),
    }
}

struct Reader<'a> {
    is_quiet: bool,
    /// What variants of one file have in common is told once.
    told: HashSet<String>,
    caller: &'a Caller,
}

impl Reader<'_> {
    /// Nothing if there are errors, which are told.
    fn read(
        &mut self,
        file: &Given,
        settings: &[(String, String)],
        variant: Option<&str>,
    ) -> Result<Option<Scenario>, Failure> {
        let loaded = file.load(settings).map_err(|error| Failure::reading(file.path(), &error))?;
        let problems = loaded.render_as(self.caller.look());
        if !problems.is_empty() && (loaded.has_errors() || !self.is_quiet) && !self.told.contains(&problems) {
            if let Some(name) = variant {
                self.caller.print_aside(&format!("in the variant `{name}`:\n"));
            }
            self.caller.print_aside(&problems);
            self.told.insert(problems);
        }
        Ok(loaded.scenario)
    }
}

fn contestant(scenario: Scenario, name: String, given: &Given, more: &[(String, String)]) -> Contestant {
    let path = given.path();
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let settings = given.settings_with(more);
    let settings = settings.iter().map(|(path, value)| format!("{path}={value}")).collect();
    Contestant { variant: Variant { name, file, settings }, scenario }
}

/// Scenarios are called by their names, or by their files if two have the same.
fn distinct_names(arguments: &CompareArguments, scenarios: &[Scenario]) -> Vec<String> {
    let are_distinct = |names: &[String]| names.iter().collect::<HashSet<_>>().len() == names.len();
    let names: Vec<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    if are_distinct(&names) {
        return names;
    }
    let files = arguments.files.iter();
    let stems: Vec<String> = files.clone().map(Given::stem).collect();
    if are_distinct(&stems) {
        return stems;
    }
    files.enumerate().map(|(number, file)| format!("{} ({})", file.name(), number + 1)).collect()
}

//! The keys of a `command` workload's section that are no parameters.

use std::collections::BTreeMap;

use ergon_domain::{Direction, Family, Metric};
use serde::{Deserialize, Serialize};

use crate::catalog::SettingsProblem;

/// Keys taken from the section; every other key is a fixed parameter.
pub(super) const KEYS: [&str; 13] = [
    "run",
    "shell",
    "folder",
    "env",
    "keys",
    "stdin",
    "memory_gb",
    "output_cap_kb",
    "success_exit_codes",
    "inputs",
    "metrics_file",
    "artefacts",
    "metrics",
];

/// The command line: a list, or one text split at blanks.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum CommandLine {
    List(Vec<Word>),
    Text(String),
}

/// YAML reads `1` in an argument list as a number; it means the text.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Int(i64),
    Real(f64),
    Bool(bool),
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Text(s) => s.clone(),
            Self::Int(i) => i.to_string(),
            Self::Real(x) => x.to_string(),
            Self::Bool(b) => b.to_string(),
        }
    }
}

/// What is written to the program's standard input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StdinForm {
    /// Nothing: it is closed.
    #[default]
    None,
    /// `{condition, replicate, seed, run_key}` as one JSON document.
    Json,
}

/// Where a metric is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricSource {
    /// A key of the metrics file, or of the last JSON object on a line of standard output.
    #[default]
    Json,
    /// The last `key=value` on standard output.
    KeyValue,
    /// First group of the last match of `pattern`.
    Regex,
    /// The exit status.
    ExitCode,
    /// Seconds from start to exit.
    Duration,
}

/// Type of a metric's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricType {
    /// A real number.
    #[default]
    Real,
    /// A whole number.
    Int,
    /// true/false, recorded as 1/0.
    Bool,
}

/// Which output a pattern is looked for in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputStream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

/// How one metric is read and what it means.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MetricSetting {
    /// Where it is read.
    #[serde(default)]
    pub from: MetricSource,
    /// Key in JSON (dots go into objects) or before `=`; default: the metric's name.
    pub key: Option<String>,
    /// Regular expression with one group.
    pub pattern: Option<String>,
    /// Where the pattern is looked for.
    #[serde(default)]
    pub of: OutputStream,
    /// Type.
    #[serde(default, rename = "type")]
    pub kind: MetricType,
    /// Words for tables and axes.
    pub title: Option<String>,
    /// Unit symbol.
    pub unit: Option<String>,
    /// Which way is better.
    pub direction: Option<Direction>,
    /// Smallest and largest value that can be right.
    pub range: Option<(Option<f64>, Option<f64>)>,
    /// Kind of quantity.
    pub family: Option<Family>,
    /// What it is.
    pub doc: Option<String>,
}

impl MetricSetting {
    /// The metric it declares.
    pub fn metric(&self, name: &str) -> Metric {
        let unit = match self.from {
            MetricSource::Duration => "s",
            _ => "1",
        };
        let family = match self.kind {
            MetricType::Bool => Family::Binary,
            MetricType::Int => Family::Count,
            MetricType::Real => Family::Continuous,
        };
        Metric::new(
            name,
            self.title.as_deref().unwrap_or(name),
            self.unit.as_deref().unwrap_or(unit),
            self.direction.unwrap_or(Direction::None),
            self.range.unwrap_or((None, None)),
            self.family.unwrap_or(family),
            self.doc.as_deref().unwrap_or("read from the program's output"),
        )
    }
}

fn default_cap_kb() -> u32 {
    1024
}
fn default_success() -> Vec<i32> {
    vec![0]
}

/// Settings of a `command` workload.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CommandSettings {
    run: CommandLine,
    /// Whether `run` (one text) goes to `/bin/sh -c`.
    #[serde(default)]
    pub shell: bool,
    /// Working folder, relative to the spec.
    pub folder: Option<String>,
    /// Variables added to the environment.
    #[serde(default, deserialize_with = "texts")]
    pub env: BTreeMap<String, String>,
    /// Environment variables with keys of model providers that the program may see; the others are withheld from it.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Standard input.
    #[serde(default)]
    pub stdin: StdinForm,
    /// Address-space limit in GB (10⁹ bytes).
    pub memory_gb: Option<f64>,
    /// Most KiB kept of each output stream.
    #[serde(default = "default_cap_kb")]
    pub output_cap_kb: u32,
    /// Exit statuses that mean success.
    #[serde(default = "default_success")]
    pub success_exit_codes: Vec<i32>,
    /// Files whose content belongs to a run's identity (the program itself, its data).
    #[serde(default)]
    pub inputs: Vec<String>,
    /// A JSON file the program writes into `{run_dir}`.
    pub metrics_file: Option<String>,
    /// Globs of files in `{run_dir}` to keep.
    #[serde(default)]
    pub artefacts: Vec<String>,
    /// Metrics by name.
    pub metrics: BTreeMap<String, MetricSetting>,
}

fn texts<'de, D: serde::Deserializer<'de>>(d: D) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(BTreeMap::<String, Word>::deserialize(d)?.into_iter().map(|(k, v)| (k, v.text())).collect())
}

impl CommandSettings {
    /// Reads the settings out of the section; the second part is their canonical text, for identity.
    pub(super) fn read(
        section: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<(Self, String), Vec<SettingsProblem>> {
        let taken: serde_json::Map<String, serde_json::Value> =
            section.iter().filter(|(k, _)| KEYS.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
        let problem = |path: String, message: String| vec![SettingsProblem { path, message }];
        for (key, example) in
            [("run", "run: [python3, train.py, --lr, \"{lr}\"]"), ("metrics", "metrics: { accuracy: {} }")]
        {
            if !taken.contains_key(key) {
                return Err(problem(format!("workload.{key}"), format!("is missing; for example {example}")));
            }
        }
        let settings: Self = serde_path_to_error::deserialize(serde_json::Value::Object(taken.clone()))
            .map_err(|e| problem(format!("workload.{}", e.path()), e.inner().to_string()))?;
        let mut problems = Vec::new();
        let mut refuse = |path: &str, message: &str| {
            problems.push(SettingsProblem { path: format!("workload.{path}"), message: message.to_owned() });
        };
        if settings.argv().first().is_none_or(String::is_empty) {
            refuse("run", "is empty; expected a program and its arguments");
        }
        if settings.shell && matches!(settings.run, CommandLine::List(_)) {
            refuse("shell", "needs `run` as one text, which is given to /bin/sh -c");
        }
        if settings.metrics.is_empty() {
            refuse("metrics", "is empty; expected at least one metric");
        }
        if settings.keys.iter().any(|name| name.is_empty() || name.contains(['=', '\0'])) {
            refuse("keys", "expected names of environment variables, for example [OPENAI_API_KEY]; never a key itself");
        }
        if settings.memory_gb.is_some_and(|gb| gb.is_nan() || gb <= 0.0) {
            refuse("memory_gb", "expected a number above 0 (in GB)");
        }
        if !(1..=1_048_576).contains(&settings.output_cap_kb) {
            refuse("output_cap_kb", "expected a whole number from 1 to 1048576 (KiB)");
        }
        if settings.metrics_file.as_deref().is_some_and(leaves_folder) {
            refuse("metrics_file", "expected a path inside {run_dir}, without '..' and not absolute");
        }
        if settings.artefacts.iter().any(|a| leaves_folder(a)) {
            refuse("artefacts", "expected globs inside {run_dir}, without '..' and not absolute");
        }
        for (name, metric) in &settings.metrics {
            let path = format!("metrics.{name}");
            if RESERVED.contains(&name.as_str()) {
                refuse(&path, "is a column of the results; give the metric another name");
            }
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            if name.is_empty() || !name.chars().all(plain) {
                refuse(&path, "expected a name of letters, digits, '_', '-' and '.'; use `title` for other words");
            }
            if let Some((Some(lo), Some(hi))) = metric.range
                && lo > hi
            {
                refuse(&path, "range: expected [smallest, largest]");
            }
        }
        if problems.is_empty() { Ok((settings, identity(taken))) } else { Err(problems) }
    }

    /// Program and arguments, before filling.
    pub fn argv(&self) -> Vec<String> {
        match &self.run {
            CommandLine::List(words) => words.iter().map(Word::text).collect(),
            CommandLine::Text(text) if self.shell => vec!["/bin/sh".into(), "-c".into(), text.clone()],
            CommandLine::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// Columns that every table of results has.
pub(super) const RESERVED: [&str; 9] =
    ["run_id", "phase", "replicate", "metric", "unit", "observation", "value", "reason", "attempts"];

/// What of the settings can change a result: words, units and what is kept besides can't. serde_json maps are ordered by
/// key, so the text is canonical.
fn identity(mut taken: serde_json::Map<String, serde_json::Value>) -> String {
    taken.remove("artefacts");
    taken.remove("keys");
    if let Some(serde_json::Value::Object(metrics)) = taken.get_mut("metrics") {
        for metric in metrics.values_mut().filter_map(serde_json::Value::as_object_mut) {
            metric.retain(|key, _| matches!(key.as_str(), "from" | "key" | "pattern" | "of" | "type"));
        }
    }
    serde_json::Value::Object(taken).to_string()
}

fn leaves_folder(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|part| part == "..")
}

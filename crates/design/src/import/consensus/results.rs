//! Results of the original's experiments (`phase_1_0003_03_result.json`): runs that were executed elsewhere.
//!
//! Their numbers come from the original's simulation, so they are `simulated` and flagged `imported`. The original writes
//! 0 where it measured nothing; where the file itself shows that (no model was asked, there was no fault, none was
//! detected), the value is undefined or unavailable, and the report says so. Every other 0 is kept: the quality check
//! shows what never varies.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::{Measurement, Observed, Value};
use serde_json::Value as Json;

use super::result_campaign::campaign;
use super::result_metrics::{METRICS, simulated, what_zero_means};
use super::run_config;
use crate::import::report::ImportReport;
use crate::import::source::{json, leaves};
use crate::import::{ImportSource, timestamp, words};
use crate::problem::{Problem, SpecProblems};
use crate::spec::Spec;
use crate::tree::{Content, Node};

pub(super) type Row = BTreeMap<String, Value>;

/// A run that was executed elsewhere.
#[derive(Clone, Debug)]
pub struct ImportedRun {
    /// Phase.
    pub phase: String,
    /// Every parameter.
    pub parameters: Row,
    /// Repetition, from 0.
    pub replicate: u32,
    /// When it began, microseconds since 1970; UTC where the file's timeline doesn't tell its zone.
    pub started_us: i64,
    /// When it ended.
    pub ended_us: i64,
    /// What it measured.
    pub measurements: Vec<Measurement>,
    /// The original's error log, one line each.
    pub log: Vec<String>,
}

/// Several results as one campaign.
#[derive(Clone, Debug)]
pub struct LegacyResults {
    /// The spec that lists the runs.
    pub spec: Json,
    /// The runs.
    pub runs: Vec<ImportedRun>,
}

/// Reads results and makes one campaign of them; `stored`: the spec of the same campaign in the store, which is
/// continued. Reports and problems are by file, in the order given; files with problems are left out.
pub fn results(
    sources: &[ImportSource],
    stored: Option<&Spec>,
) -> (Option<LegacyResults>, Vec<Result<ImportReport, SpecProblems>>) {
    let mut seen: BTreeMap<String, Json> = BTreeMap::new();
    let mut runs: Vec<ImportedRun> = Vec::new();
    let mut said = Vec::new();
    for source in sources {
        let mut reader = Reader { problems: Vec::new(), report: ImportReport::default() };
        let run = reader.run(&source.tree);
        let refuse = |problems| Err(SpecProblems(problems).in_file(&source.name));
        match run {
            Some((id, run)) if reader.problems.is_empty() => {
                let content = json(&source.tree);
                match seen.get(&id) {
                    Some(other) if *other == content => {
                        reader.report.ignore(
                            "experiment_id",
                            &format!("{id} was in a file before this one, with the same content"),
                        );
                    }
                    Some(_) => {
                        said.push(refuse(vec![Problem::error(
                            "experiment_id",
                            format!("{id} is in another file with other content"),
                        )]));
                        continue;
                    }
                    None => {
                        seen.insert(id, content);
                        runs.push(run);
                    }
                }
                said.push(Ok(reader.report));
            }
            _ => said.push(refuse(reader.problems)),
        }
    }
    let made = (!runs.is_empty()).then(|| campaign(runs, stored));
    (made, said)
}

struct Reader {
    problems: Vec<Problem>,
    report: ImportReport,
}

impl Reader {
    fn refuse(&mut self, path: &str, node: &Node, expected: &str) {
        let problem = Problem::error(path, format!("{} is not accepted", node.content.kind())).at(node.position);
        self.problems.push(problem.expected(expected));
    }

    fn wanted<'n>(&mut self, tree: &'n Node, path: &str) -> Option<&'n Node> {
        let found = path.split('.').try_fold(tree, |at, key| at.get(key));
        if found.is_none() {
            self.problems.push(Problem::error(path, "this key is missing").at(tree.position));
        }
        found
    }

    fn text<'n>(&mut self, tree: &'n Node, path: &str) -> Option<&'n str> {
        match &self.wanted(tree, path)?.content {
            Content::Text(text) => Some(text),
            _ => {
                self.refuse(path, tree.get(path).unwrap_or(tree), "text");
                None
            }
        }
    }

    fn time(&mut self, tree: &Node, key: &str) -> Option<i64> {
        let text = self.text(tree, key)?;
        let us = timestamp::utc_us(text);
        if us.is_none() {
            let problem = Problem::error(key, format!("'{}' is not accepted", crate::read::shortened(text)));
            let at = tree.get(key).and_then(|n| n.position);
            self.problems.push(problem.at(at).expected("a time as in 2025-08-12 00:29:52.359318"));
        }
        us
    }

    fn run(&mut self, tree: &Node) -> Option<(String, ImportedRun)> {
        let id = self.text(tree, "experiment_id")?.to_owned();
        let Some((phase, _, repetition)) = run_config::parts(&id) else {
            let problem = Problem::error("experiment_id", format!("'{}' is not accepted", crate::read::shortened(&id)));
            self.problems.push(problem.expected("phase_configuration_repetition, as in phase_1_0003_03"));
            return None;
        };
        self.report.mapped.push("experiment_id → phase and replicate".to_owned());
        let config = self.wanted(tree, "config")?;
        let parameters = self.parameters(config, repetition);
        let has_faults = parameters.get("fault_type").is_none_or(|t| t.as_str() != Some("none"))
            && parameters.get("fault_rate").is_none_or(|r| r.as_f64() != Some(0.0));
        let measurements = self.measurements(tree, has_faults);
        let (started_us, ended_us) = (self.time(tree, "start_time")?, self.time(tree, "end_time")?);
        if ended_us < started_us {
            let problem = Problem::error("end_time", "lies before start_time");
            self.problems.push(problem.at(tree.get("end_time").and_then(|n| n.position)));
        }
        let zone = zone_us(tree, started_us);
        let (started_us, ended_us) = (started_us + zone.unwrap_or(0), ended_us + zone.unwrap_or(0));
        let taken = if zone.is_some() { "zone from the timeline's clock" } else { "no zone is given: taken as UTC" };
        self.report.mapped.push(format!("start_time, end_time → attempt ({taken})"));
        let log = match tree.get("error_log").map(|n| &n.content) {
            Some(Content::List(lines)) => lines.iter().map(|l| json(l).to_string()).collect(),
            _ => Vec::new(),
        };
        self.leftovers(tree);
        Some((id, ImportedRun { phase, parameters, replicate: repetition, started_us, ended_us, measurements, log }))
    }

    fn parameters(&mut self, config: &Node, repetition: u32) -> Row {
        let mut row = Row::new();
        for (key, node) in leaves(config) {
            let path = format!("config.{key}");
            let word = |known: &dyn Fn(&str) -> Option<&'static str>| match &node.content {
                Content::Text(text) => known(text).map(Value::text),
                _ => None,
            };
            let number = || match node.content {
                Content::Int(i) => i64::try_from(i).ok().map(Value::Int),
                Content::Real(x) => Some(Value::real(x)),
                _ => None,
            };
            let real = || json(node).as_f64().map(Value::real);
            let (to, value, expected) = match key.as_str() {
                "agent_type" => ("agent_type", word(&words::agent), "AgentType.HEURISTIC, LLM or HYBRID"),
                "consensus_protocol" => ("consensus_protocol", word(&words::protocol), "a member of ConsensusProtocol"),
                "fault_type" => ("fault_type", word(&words::fault), "a member of FaultType"),
                "agent_count" => ("agent_count", number(), "a whole number"),
                "job_count" => ("jobs", number(), "a whole number"),
                "fault_intensity" => ("fault_rate", real(), "a number"),
                "duration_seconds" => ("simulation_time", real(), "a number"),
                "llm_temperature" => ("llm_temperature", real(), "a number"),
                "specialization_enabled" => (
                    "specialization_enabled",
                    matches!(node.content, Content::Bool(_)).then(|| Value::Bool(node.content == Content::Bool(true))),
                    "true or false",
                ),
                "experiment_id" | "test_type" => {
                    self.report.ignore(&path, "experiment_id at the top says it");
                    continue;
                }
                "repetition" => {
                    self.report.mapped.push(format!("{path} → replicate"));
                    if json(node).as_u64() != Some(u64::from(repetition)) {
                        self.report.warn(format!(
                            "{path} says {}, experiment_id says {repetition}: the latter holds",
                            json(node)
                        ));
                    }
                    continue;
                }
                _ => {
                    self.report.ignore(&path, "it is no key of the original's results");
                    continue;
                }
            };
            match value {
                Some(value) => {
                    self.report.mapped.push(format!("{path} → {to}"));
                    row.insert(to.to_owned(), value);
                }
                None => self.refuse(&path, node, expected),
            }
        }
        row
    }

    fn measurements(&mut self, tree: &Node, has_faults: bool) -> Vec<Measurement> {
        let asked = count(tree, "llm_queries");
        let detected = count(tree, "fault_detections");
        let mut out = Vec::new();
        for (key, name, ..) in METRICS.iter().filter(|(key, ..)| *key != "timeline") {
            let observed = match tree.get(key).map(|node| (node, &node.content)) {
                None | Some((_, Content::Null)) => Observed::Unavailable("the file does not give it".into()),
                Some((node, Content::Int(_) | Content::Real(_))) => {
                    let x = json(node).as_f64().unwrap_or(f64::NAN);
                    let nothing = (x == 0.0).then(|| what_zero_means(key, asked, detected, has_faults)).flatten();
                    if let Some(why) = &nothing {
                        self.report.warn(format!("{key}: 0 is no measurement here: {}", reason(why)));
                    }
                    nothing.unwrap_or_else(|| Observed::value(x))
                }
                Some((node, _)) => {
                    self.refuse(key, node, "a number");
                    continue;
                }
            };
            self.report.mapped.push(format!("{key} → {name}"));
            out.push(simulated(name, observed));
        }
        out.extend(self.timeline(tree));
        out
    }

    fn timeline(&mut self, tree: &Node) -> Vec<Measurement> {
        let missing = || Observed::Unavailable("the file has no timeline".into());
        let Some(Content::List(events)) = tree.get("timeline").map(|n| &n.content) else {
            return vec![simulated("jobs_processed", missing()), simulated("top_node_share", missing())];
        };
        let jobs = events
            .iter()
            .filter(|e| matches!(e.get("event").map(|n| &n.content), Some(Content::Text(t)) if t == "job_processed"));
        let mut by_node: BTreeMap<&str, u32> = BTreeMap::new();
        let mut processed = 0_u32;
        for job in jobs {
            processed += 1;
            if let Some(Content::Text(node)) = job.get("decision").map(|n| &n.content) {
                *by_node.entry(node).or_insert(0) += 1;
            }
        }
        let (placed, most) = (by_node.values().sum::<u32>(), by_node.values().max().copied().unwrap_or(0));
        let share = (placed > 0).then(|| f64::from(most) / f64::from(placed));
        self.report.mapped.push("timeline → jobs_processed, top_node_share".to_owned());
        vec![
            simulated("jobs_processed", Observed::value(f64::from(processed))),
            simulated("top_node_share", Observed::defined_or(share, "no job was given to a node")),
        ]
    }

    /// Keys at the top that nothing above has taken.
    fn leftovers(&mut self, tree: &Node) {
        let Content::Map(entries) = &tree.content else { return };
        let taken: BTreeSet<&str> = METRICS.iter().map(|(key, ..)| *key).collect();
        for e in entries.iter().filter(|e| !taken.contains(e.key.as_str())) {
            match e.key.as_str() {
                "experiment_id" | "config" | "start_time" | "end_time" => {}
                "error_log" => self.report.mapped.push("error_log → the attempt's log".to_owned()),
                "agent_performance" => {
                    let why = "its counts only tell which zeros are measurements; Ergon's metrics are per run";
                    self.report.ignore("agent_performance", why);
                }
                other => self.report.ignore(other, "it is no key of the original's results"),
            }
        }
    }
}

/// How far the file's local times are behind UTC, in microseconds: its timeline counts seconds since 1970, and time zones
/// are quarters of an hour.
fn zone_us(tree: &Node, started_us: i64) -> Option<i64> {
    const QUARTER_US: f64 = 900e6;
    let Content::List(events) = &tree.get("timeline")?.content else { return None };
    let first = json(events.first()?.get("timestamp")?).as_f64()?;
    let behind = first * 1e6 - started_us as f64;
    let quarters = libm::round(behind / QUARTER_US);
    let fits = quarters.abs() <= 56.0 && (behind - quarters * QUARTER_US).abs() < QUARTER_US / 4.0;
    fits.then_some((quarters * QUARTER_US) as i64)
}

fn reason(observed: &Observed) -> &str {
    match observed {
        Observed::Undefined(why) | Observed::Unavailable(why) => why,
        Observed::Value(_) | Observed::Censored { .. } => "",
    }
}

/// The sum of a count over the agents; `None` where the file doesn't give it.
fn count(tree: &Node, key: &str) -> Option<u64> {
    let Content::Map(agents) = &tree.get("agent_performance")?.content else { return None };
    agents.iter().map(|a| a.value.get(key).and_then(|n| json(n).as_u64())).sum()
}

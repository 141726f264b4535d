//! The campaign's configuration (`sample_campaign_config.yaml`), the guide's phase designs and its optimisation
//! settings: any of these keys, in one file or several.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{guide, phases};
use crate::import::draft::Draft;
use crate::import::source::{self, leaves};
use crate::import::{Imported, words};
use crate::problem::Problem;
use crate::tree::Node;

const NEVER: (f64, f64) = (0.0, f64::INFINITY);
const SHARE: (f64, f64) = (0.0, 1.0);

/// Where a number goes, or why a key goes nowhere.
enum Rule {
    /// Campaign id.
    Id,
    /// Text, to a path.
    Text(&'static str),
    /// A number in an interval, times a factor, to a path.
    Number(&'static str, (f64, f64), f64),
    /// A whole number in an interval, to a path.
    Whole(&'static str, (i128, i128)),
    /// The level of every hypothesis.
    Alpha,
    /// The correction for several tests.
    Correction,
    /// Nowhere, because …
    Nowhere(&'static str),
    /// Nowhere, because …, and worth a warning.
    Against(&'static str, &'static str),
}

use Rule::{Against, Alpha, Correction, Id, Nowhere, Number, Text, Whole};

const ALWAYS: &str = "Ergon always does it";
const FIGURES: &str = "documents and figures are asked for when wanted: ergon report, ergon figure, ergon table";
const HOST: &str = "Ergon keeps durations and CPU seconds of every run without being asked";
const SIMULATED: &str =
    "the simulated model stands in for the file's model; write a real provider in the section models";
const TABLE: &str = "the table of fault intensities has these numbers, and fault_rate is a factor";

/// Every key of the original's format.
const KEYS: [(&str, Rule); 58] = [
    ("campaign_id", Id),
    ("campaign_description", Text("campaign.description")),
    ("total_budget_hours", Number("budget.hours", NEVER, 1.0)),
    ("max_parallel_experiments", Whole("execution.parallel", (1, 10_000))),
    (
        "computational_priority",
        Nowhere("a campaign's priority is said when it is queued: ergon queue CAMPAIGN --priority N"),
    ),
    ("log_level", Nowhere("logging is the command line's: -v")),
    ("save_intermediate_results", Nowhere("a run is stored the moment it has finished")),
    ("validate_data_quality", Nowhere("ergon check is always there; its thresholds are in quality")),
    ("enable_monitoring", Nowhere(ALWAYS)),
    ("enable_fault_injection", Nowhere("faults are factors: a fault_rate of 0 means none")),
    ("output_compression", Nowhere("results are rows of the store, not files")),
    ("backup_enabled", Nowhere("the store is one file with full durability; copy it where you like")),
    ("cleanup_temporary_files", Nowhere(ALWAYS)),
    ("generate_visualizations", Nowhere(FIGURES)),
    ("min_data_quality_threshold", Number("quality.min_score", SHARE, 1.0)),
    ("statistical_significance_level", Alpha),
    (
        "effect_size_threshold",
        Nowhere("effects are reported with intervals; a threshold belongs to a hypothesis, as margin"),
    ),
    ("reproducibility_seed", Whole("campaign.seed", (0, u64::MAX as i128))),
    (
        "cache_llm_responses",
        Against(
            "an answer kept for several replicates makes them copies of one",
            "cache_llm_responses with repetitions: the original's replicates share answers, so its spread is too small",
        ),
    ),
    ("batch_size_optimization", Nowhere("runs are dispatched one by one as slots fall free")),
    ("resource_usage_monitoring", Nowhere(HOST)),
    ("generate_executive_summary", Nowhere(FIGURES)),
    ("generate_technical_reports", Nowhere(FIGURES)),
    ("generate_statistical_analysis", Nowhere("ergon analyze answers the plan of the section analysis when asked")),
    ("create_publication_figures", Nowhere(FIGURES)),
    ("notify_on_completion", Nowhere("the command line ends when the campaign has, with an exit code")),
    ("notify_on_errors", Nowhere("failed runs are counted while they happen, and listed by ergon status")),
    ("progress_reporting_interval", Nowhere("progress is shown after every run")),
    ("experimental_variance_tolerance", Nowhere("spread is reported as it is; no run is dropped for it")),
    ("outlier_detection_method", Nowhere("outliers are found by the rule that ergon check names, and never dropped")),
    (
        "missing_data_handling",
        Against(
            "a missing value is never made up; analyses say how many are missing and why",
            "missing_data_handling: the original fills gaps between runs that have no order to fill them along",
        ),
    ),
    ("cross_validation_folds", Whole("analysis.questions", (2, 1000))),
    (
        "cluster_requirements.minimum_nodes",
        Nowhere("one machine runs the simulation; nodes of the simulated cluster follow agent_count"),
    ),
    ("cluster_requirements.minimum_memory_gb", Number("execution.requires.memory_gb", NEVER, 1.0)),
    ("cluster_requirements.minimum_cpu_cores", Whole("execution.requires.cpus", (1, 1_000_000))),
    (
        "cluster_requirements.network_bandwidth_gbps",
        Nowhere("the network between agents is simulated: workload.network"),
    ),
    ("cluster_requirements.storage_capacity_tb", Number("execution.requires.disk_gb", NEVER, 1000.0)),
    ("llm_settings.model", Nowhere(SIMULATED)),
    (
        "llm_settings.temperature_range",
        Against(
            SIMULATED,
            "llm_settings.temperature_range: a run has one temperature; the original never says which it took",
        ),
    ),
    (
        "llm_settings.max_tokens_range",
        Against(SIMULATED, "llm_settings.max_tokens_range: a run has one limit; the original never says which it took"),
    ),
    ("llm_settings.retry_attempts", Whole("execution.retries", (0, 1000))),
    (
        "llm_settings.timeout_seconds",
        Nowhere("it is a call's, and simulated models answer at once; execution.timeout is a run's"),
    ),
    ("llm_settings.fallback_enabled", Nowhere("hybrid agents fall back on heuristics, counted; others don't")),
    ("fault_injection.byzantine_probability", Nowhere(TABLE)),
    ("fault_injection.crash_probability", Nowhere(TABLE)),
    ("fault_injection.network_fault_probability", Nowhere(TABLE)),
    ("fault_injection.performance_degradation_factor", Nowhere(TABLE)),
    ("fault_injection.recovery_time_range", Nowhere(TABLE)),
    ("statistical_analysis.confidence_level", Number("analysis.confidence", SHARE, 1.0)),
    ("statistical_analysis.power_analysis", Nowhere("it is a question of its own: ergon power")),
    ("statistical_analysis.effect_size_calculation", Nowhere(ALWAYS)),
    ("statistical_analysis.multiple_comparisons_correction", Correction),
    (
        "statistical_analysis.bootstrap_samples",
        Nowhere("intervals are made by the method the data call for; each says its own"),
    ),
    (
        "optimization_settings.cache_llm_responses",
        Nowhere("an answer kept for several replicates makes them copies of one"),
    ),
    ("optimization_settings.parallel_experiments", Whole("execution.parallel", (1, 10_000))),
    ("optimization_settings.resource_monitoring", Nowhere(HOST)),
    ("optimization_settings.compress_outputs", Nowhere("results are rows of the store, not files")),
    ("optimization_settings.batch_size_optimization", Nowhere("runs are dispatched one by one as slots fall free")),
];

/// Whether a file with this key at its top is of this format.
pub(in crate::import) fn is_key(key: &str) -> bool {
    phases::phase_of(key).is_some() || KEYS.iter().any(|(path, _)| path.split('.').next() == Some(key))
}

/// A spec of the file.
pub(in crate::import) fn import(tree: &Node) -> Result<Imported, Vec<Problem>> {
    let mut draft = Draft::new(guide::campaign()?);
    let designs: BTreeSet<String> = leaves(tree)
        .iter()
        .filter_map(|(path, _)| phases::phase_of(path.split('.').next().unwrap_or_default()).map(str::to_owned))
        .collect();
    if !designs.is_empty() {
        guide::only(&mut draft.spec, &designs);
    }
    source::set(&mut draft.spec, "campaign.description", Json::Null);
    for (path, node) in leaves(tree) {
        match path.split_once('.') {
            Some((top, key)) if phases::phase_of(top).is_some() => {
                phases::take(&mut draft, phases::phase_of(top).unwrap_or_default(), top, key, node);
            }
            _ => take(&mut draft, &path, node),
        }
    }
    phases::check_sizes(&mut draft, &designs);
    defaults(&mut draft, tree, &designs);
    contradictions(&mut draft, tree);
    draft.done()
}

fn take(draft: &mut Draft, path: &str, node: &Node) {
    let Some((_, rule)) = KEYS.iter().find(|(key, _)| *key == path) else {
        let near = crate::suggest::nearest(path, KEYS.iter().map(|(key, _)| *key));
        let hint = near.map_or_else(String::new, |name| format!(" (did it mean {name}?)"));
        return draft.report.ignore(path, &format!("it is no key of the original's format{hint}"));
    };
    match rule {
        Id => {
            if let Some(text) = draft.text(path, node) {
                let id = words::campaign_id(text);
                if id.is_empty() {
                    return draft.refuse(path, node, "a name with letters or digits");
                }
                draft.map(path, "campaign.id", json!(id));
                draft.map(path, "campaign.title", json!(text));
            }
        }
        Text(to) => {
            if let Some(text) = draft.text(path, node) {
                draft.map(path, to, json!(text));
            }
        }
        Number(to, range, factor) => {
            if let Some(value) = draft.number(path, node, *range) {
                let value = if *factor == 1.0 { value } else { json!(value.as_f64().unwrap_or_default() * factor) };
                draft.map(path, to, value);
            }
        }
        Whole("analysis.questions", range) => {
            if let Some(folds) = draft.whole(path, node, *range) {
                phases::cross_validate(draft, path, folds);
            }
        }
        Whole(to, range) => {
            if let Some(value) = draft.whole(path, node, *range) {
                draft.map(path, to, value);
            }
        }
        Alpha => {
            if let Some(alpha) = draft.number(path, node, SHARE) {
                let hypotheses = draft.spec.get("hypotheses").and_then(Json::as_array).map_or(0, Vec::len);
                draft.report.map(path, "hypotheses[..].alpha", &alpha);
                for i in 0..hypotheses {
                    source::set(&mut draft.spec, &format!("hypotheses.{i}.alpha"), alpha.clone());
                }
            }
        }
        Correction => {
            let known = |word: &str| {
                [
                    "none",
                    "bonferroni",
                    "holm",
                    "hochberg",
                    "sidak",
                    "holm_sidak",
                    "benjamini_hochberg",
                    "benjamini_yekutieli",
                ]
                .into_iter()
                .find(|known| *known == words::plain(word))
            };
            if let Some(name) =
                draft.word(path, node, &known, "bonferroni, holm, hochberg, sidak, benjamini_hochberg or none")
            {
                draft.map(path, "analysis.correction", name);
            }
        }
        Nowhere(why) => draft.report.ignore(path, why),
        Against(why, warning) => {
            draft.report.ignore(path, why);
            draft.report.warn(*warning);
        }
    }
}

/// Says what the file leaves to the original's program.
fn defaults(draft: &mut Draft, tree: &Node, designs: &BTreeSet<String>) {
    let has = |path: &str| leaves(tree).iter().any(|(p, _)| p == path);
    if !has("campaign_id") {
        let id = match designs.len() {
            0 => "consensus-imported".to_owned(),
            _ => format!("consensus-{}", designs.iter().map(|d| words::campaign_id(d)).collect::<Vec<_>>().join("-")),
        };
        draft.default("campaign.id", json!(id), "the file names no campaign_id");
    }
    if !has("reproducibility_seed") {
        draft.default("campaign.seed", json!(42), "the original's reproducibility_seed");
    }
    if !has("campaign_description") {
        source::set(&mut draft.spec, "campaign.description", Json::Null);
    }
    let built_in = "built into the original's program; as its guide describes them, see configs/consensus-2025.yaml";
    let names: Vec<String> = draft
        .spec
        .get("phases")
        .and_then(Json::as_array)
        .map(|phases| phases.iter().map(|p| guide::name(p).to_owned()).filter(|n| !designs.contains(n)).collect())
        .unwrap_or_default();
    if !names.is_empty() {
        draft.report.presume("phases", &names.join(", "), built_in);
    }
    for section in ["factors", "hypotheses", "analysis.questions"] {
        draft.report.presume(section, "the guide's", built_in);
    }
    draft.report.presume("workload", "consensus with 15 jobs on a lan, faults of medium intensity", built_in);
    draft.report.presume(
        "models.llm",
        "simulated, skill 0.7",
        "runs anywhere; what rests on it is marked as simulated",
    );
}

/// What the file says against itself or against the guide.
fn contradictions(draft: &mut Draft, tree: &Node) {
    let number =
        |path: &str| leaves(tree).into_iter().find(|(p, _)| p == path).and_then(|(_, n)| source::json(n).as_f64());
    if let (Some(alpha), Some(level)) =
        (number("statistical_significance_level"), number("statistical_analysis.confidence_level"))
        && (1.0 - alpha - level).abs() > 1e-9
    {
        draft
            .report
            .warn(format!("significance level {alpha} and confidence level {level} are not each other's complement"));
    }
    if number("fault_injection.byzantine_probability").is_some() {
        draft.report.warn("fault_injection gives one probability per fault; the guide's factors vary fault_rate from 0 to 0.5. The factors hold");
    }
    if draft.spec.pointer("/execution/requires").is_some() {
        draft.report.warn(
            "cluster_requirements: the original never checks them; Ergon refuses a smaller machine. \
             To run it here: --set 'execution.requires={}'",
        );
    }
    let phases = draft.spec.get("phases").and_then(Json::as_array).map_or(0, Vec::len);
    if phases == 5 {
        draft.report.warn("the guide prints about 2,496 runs; its phases add up to 2,592");
    }
}

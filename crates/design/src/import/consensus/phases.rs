//! The guide's phase designs (`phase_3_design: …`).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::guide;
use crate::import::draft::Draft;
use crate::import::source;
use crate::import::words;
use crate::tree::{Content, Node};

/// The phase that a key like `phase_1_design` is about.
pub(super) fn phase_of(key: &str) -> Option<&'static str> {
    let names = ["phase_1", "phase_2", "phase_3", "phase_4", "phase_5"];
    names.into_iter().find(|name| key.strip_suffix("_design") == Some(name))
}

/// Takes one key of a phase's design over.
pub(super) fn take(draft: &mut Draft, phase: &str, top: &str, key: &str, node: &Node) {
    let path = format!("{top}.{key}");
    let Some(at) = guide::position(&draft.spec, phase) else { return };
    let to = |rest: &str| format!("phases.{at}.{rest}");
    match key {
        "focus" => {
            if let Some(text) = draft.text(&path, node) {
                draft.map(&path, &to("focus"), json!(text));
            }
        }
        "agent_type" | "agent_types" => {
            let expected = "LLM, Heuristic or Hybrid";
            let found = draft.list(&path, node, &mut |d, k, n| d.word(k, n, &words::agent, expected));
            levels(draft, &path, at, "agent_type", found);
        }
        "agent_counts" => {
            let found = draft.list(&path, node, &mut |d, k, n| d.whole(k, n, (3, 200)));
            levels(draft, &path, at, "agent_count", found);
        }
        "fault_rates" => {
            let found = draft.list(&path, node, &mut |d, k, n| d.number(k, n, (0.0, 0.5)));
            levels(draft, &path, at, "fault_rate", found);
        }
        "job_arrival_rate" => {
            let found = draft.list(&path, node, &mut |d, k, n| d.word(k, n, &words::arrivals, "Low, Medium or High"));
            levels(draft, &path, at, "job_arrival_rate", found);
        }
        "simulation_time" => {
            if let Some(seconds) = draft.number(&path, node, (1.0, 1e9)) {
                draft.map(&path, &to("fix.simulation_time"), seconds);
                draft.report.warn(format!(
                    "{path}: jobs arrive up to here, at 120 an hour for 'high': fewer than the 15 to 30 that the original runs"
                ));
            }
        }
        "extended_repetitions" => {
            if let Some(n) = draft.whole(&path, node, (1, 1_000_000)) {
                draft.map(&path, &to("replicates"), n);
            }
        }
        "factorial_design" => {
            if let Some(text) = draft.text(&path, node) {
                factorial(draft, &path, at, text);
            }
        }
        "strategic_sampling" | "high_impact_configs" => {
            if draft.flag(&path, node) == Some(true) {
                let design = draft.spec.pointer(&format!("/phases/{at}/design")).cloned().unwrap_or_default();
                draft.report.map(&path, &to("design"), &design);
            }
        }
        "workload_specialization" => {
            if draft.flag(&path, node) == Some(true) {
                draft.report.map(&path, &to("factors"), &json!("workload_type and specialization_level vary"));
            }
        }
        "key_metrics" | "key_analysis" => {
            if let Content::List(items) = &node.content {
                for (i, item) in items.iter().enumerate() {
                    metric(draft, &format!("{path}[{i}]"), phase, item);
                }
            } else {
                draft.refuse(&path, node, "a list of metrics");
            }
        }
        "cross_validation_folds" => {
            if let Some(folds) = draft.whole(&path, node, (2, 1000)) {
                cross_validate(draft, &path, folds);
            }
        }
        "stress_conditions" => {
            draft.report.ignore(&path, "sizes, fault rates and arrivals of this phase are the stress")
        }
        "cross_protocol_analysis" => draft.report.ignore(&path, "analysis.questions asks by consensus_protocol anyway"),
        "statistical_validation" => {
            draft.report.ignore(&path, "every hypothesis is tested when the campaign is analysed")
        }
        _ => draft.report.ignore(&path, "it is no key of the guide's phase designs"),
    }
}

/// One value is fixed, several are levels.
fn levels(draft: &mut Draft, path: &str, at: usize, parameter: &str, found: Option<Vec<Json>>) {
    let Some(found) = found else { return };
    let Some(phase) = draft.spec.pointer_mut(&format!("/phases/{at}")) else { return };
    let mut names: Vec<Json> = phase.get("factors").and_then(Json::as_array).cloned().unwrap_or_default();
    let has_list = phase.get("factors").is_some();
    for part in ["fix", "levels"] {
        if let Some(Json::Object(entries)) = phase.get_mut(part) {
            entries.remove(parameter);
        }
    }
    names.retain(|n| n != parameter);
    let (part, value) = match <[Json; 1]>::try_from(found) {
        Ok([one]) => ("fix", one),
        Err(several) => {
            names.push(json!(parameter));
            ("levels", Json::Array(several))
        }
    };
    if has_list {
        source::set(phase, "factors", Json::Array(names));
    }
    draft.map(path, &format!("phases.{at}.{part}.{parameter}"), value);
}

/// `4×5×6`: what the program makes of it.
fn factorial(draft: &mut Draft, path: &str, at: usize, text: &str) {
    // The sign between the numbers comes in many encodings, some of them broken.
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let sizes: Option<Vec<u64>> = numbers.map(|n| n.parse().ok().filter(|n| (1..=1000).contains(n))).collect();
    let Some(sizes) = sizes.filter(|s| !s.is_empty() && s.len() <= 6) else {
        let expected = "numbers of levels, as in 4×5×6";
        draft
            .problems
            .push(crate::problem::Problem::error(path, format!("'{text}' is not accepted")).expected(expected));
        return;
    };
    draft.map(path, &format!("phases.{at}.design"), json!({ "kind": "full_factorial" }));
    let product: u64 = sizes.iter().product();
    let made = conditions(&draft.spec, at);
    if made != Some(product) {
        let made = made.map_or_else(|| "another number of".to_owned(), |n| n.to_string());
        draft.report.warn(format!(
            "{path}: {text} is {product} conditions, the guide runs {made}: one more factor of this phase varies"
        ));
    }
}

/// Conditions of a full factorial phase, as its levels multiply.
fn conditions(spec: &Json, at: usize) -> Option<u64> {
    let phase = spec.pointer(&format!("/phases/{at}"))?;
    let names = phase.get("factors")?.as_array()?;
    names.iter().filter_map(Json::as_str).try_fold(1, |product: u64, name| {
        let own = phase.pointer(&format!("/levels/{name}"));
        let levels = own.or_else(|| spec.pointer(&format!("/factors/{name}")))?.as_array()?.len();
        product.checked_mul(levels as u64)
    })
}

/// Sizes that the guide prints for its phases, where the file changed them.
pub(super) fn check_sizes(draft: &mut Draft, designs: &BTreeSet<String>) {
    for (phase, printed) in [("phase_1", 120), ("phase_3", 120), ("phase_4", 96)] {
        if let Some(made) = guide::position(&draft.spec, phase).and_then(|at| conditions(&draft.spec, at))
            && designs.contains(phase)
            && made != printed
        {
            draft.report.warn(format!("{phase}: its levels make {made} conditions, the guide prints {printed}"));
        }
    }
}

fn metric(draft: &mut Draft, path: &str, phase: &str, node: &Node) {
    let Some(text) = draft.text(path, node) else { return };
    match words::metric(text) {
        Some(metric) => ask(draft, path, metric, json!({ "frame": { "phases": [phase] } })),
        None if text == "specialization_overhead" => {
            draft.report.ignore(
                path,
                "it has no formula in the guide; convergence_time_s by specialization_level shows the cost",
            );
        }
        None => draft.report.ignore(path, "no metric of this name is known; ergon explain lists them"),
    }
}

/// The folds of the cross-validation that is asked for, or one more question.
pub(super) fn cross_validate(draft: &mut Draft, path: &str, folds: Json) {
    let questions = draft.spec.pointer("/analysis/questions").and_then(Json::as_array);
    let is_asked = |q: &Json| q.get("as").is_some_and(|kind| kind == "cross_validation");
    match questions.and_then(|questions| questions.iter().position(is_asked)) {
        Some(at) => draft.map(path, &format!("analysis.questions.{at}.folds"), folds),
        None => {
            let by = json!(["consensus_protocol", "agent_count"]);
            ask(draft, path, "consensus_success_rate", json!({ "as": "cross_validation", "by": by, "folds": folds }));
        }
    }
}

/// Adds a question, once.
pub(super) fn ask(draft: &mut Draft, path: &str, metric: &str, question: Json) {
    let mut question = question;
    source::set(&mut question, "metric", json!(metric));
    if question.get("as").is_none() {
        source::set(&mut question, "as", json!("descriptive"));
    }
    draft.report.map(path, "analysis.questions", &question);
    let questions = draft.spec.pointer_mut("/analysis/questions").and_then(Json::as_array_mut);
    match questions {
        Some(questions) if !questions.contains(&question) => questions.push(question),
        Some(_) => {}
        None => source::set(&mut draft.spec, "analysis.questions", json!([question])),
    }
}

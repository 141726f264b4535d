//! Keys that stand for themselves: campaign, prompt, scoring, money, statistics, export, and what Ergon does anyway.

use serde_json::json;

use super::{Found, is_null, models, transforms};
use crate::import::draft::Draft;
use crate::import::words;
use crate::tree::Node;

const ALWAYS: &str = "Ergon always does it";
const PLACES: &str = "Ergon keeps everything in its store; ergon run -o FOLDER writes files beside";
const ENGINE: &str = "Ergon's engine paces, retries and recovers by itself";

/// What a key becomes, by its path or the section it stands in.
pub(super) fn take(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    let section = key.split('.').next().unwrap_or_default();
    match key {
        "experiment_name" => {
            if let Some(name) = draft.text(key, node) {
                let id = words::campaign_id(name);
                draft.map(key, "campaign.id", json!(if id.is_empty() { "scramblebench".to_owned() } else { id }));
                draft.spec["campaign"]["title"] = json!(name);
            }
        }
        "run.run_id" => {
            if let Some(name) = draft.text(key, node) {
                // `smoke_test_{{ timestamp }}`: what a template fills in is no part of a name.
                let plain = name.split("{{").next().unwrap_or(name);
                draft.map(key, "campaign.id", json!(words::campaign_id(plain)));
            }
        }
        "description" => copy(draft, key, "campaign.abstract", node),
        "research_metadata.research_question" => copy(draft, key, "campaign.question", node),
        "research_metadata.hypothesis" => copy(draft, key, "campaign.hypothesis", node),
        "research_metadata.researcher_name" => copy(draft, key, "campaign.researcher", node),
        "research_metadata.institution" => copy(draft, key, "campaign.institution", node),
        "benchmark.random_seed" | "run.random_seed" => {
            if let Some(seed) = draft.whole(key, node, (0, i128::from(i64::MAX))) {
                draft.map(key, "campaign.seed", seed);
            }
        }
        "benchmark.preserve_numbers" => transforms::preserve(draft, key, "numbers", node),
        "benchmark.preserve_proper_nouns" => transforms::preserve(draft, key, "proper_nouns", node),
        "benchmark.preserve_entities" => {
            draft.report.ignore(key, "Ergon's proper nouns are its entities: preserve_proper_nouns decides");
        }
        "benchmark.preserve_structure" => draft.report.ignore(key, "no transformation touches blanks and punctuation"),
        "benchmark.prompt_template" => {
            if let Some(text) = draft.text(key, node) {
                draft.map(key, "workload.prompt_template", json!(text));
            }
        }
        "benchmark.evaluation_mode" => scoring(draft, key, node),
        "benchmark.evaluation_threshold" => draft.report.ignore(
            key,
            "Ergon scores by exact text, number, letter, pattern or a judge: a share of similar letters is no right answer",
        ),
        "run.max_cost_usd" => {
            if let Some(usd) = draft.number(key, node, (0.0, 1e9)) {
                draft.map(key, "budget.usd", usd);
            }
        }
        "run.temperature" | "evaluation.params.temperature" => {
            if let Some(t) = draft.number(key, node, (0.0, 2.0)) {
                draft.map(key, "workload.temperature", t);
            }
        }
        "evaluation.params.max_tokens" => {
            if let Some(n) = draft.whole(key, node, (1, 1_000_000)) {
                draft.map(key, "workload.max_tokens", n);
            }
        }
        "run.top_p" | "evaluation.params.top_p" => {
            draft.report.ignore(key, "at 1 it does nothing; other values belong to the model's own settings");
        }
        "evaluation.params.stop_sequences" => draft.report.ignore(
            key,
            "a stop at every full stop or line break cuts answers off; Ergon reads the whole reply",
        ),
        "run.deterministic" | "reproducibility.capture_environment_snapshot" => draft.report.ignore(key, ALWAYS),
        "evaluation.metrics" => transforms::take_metrics(draft, found, key, node),
        "development.max_samples" => {
            if let Some(n) = draft.whole(key, node, (1, 1_000_000)) {
                draft.report.map(key, "phases.0.replicates", &n);
                found.sample_sizes.extend(n.as_u64());
            }
        }
        "smoke_test.timeout_minutes" => {
            if let Some(minutes) = draft.number(key, node, (0.0, 1e6)) {
                let hours = minutes.as_f64().map(|m| m / 60.0);
                draft.map(key, "budget.hours", json!(hours));
            }
        }
        "smoke_test.validation.min_success_rate" => {
            if let Some(share) = draft.number(key, node, (0.0, 1.0)) {
                draft.map(key, "quality.min_success_rate", share);
            }
        }
        "statistical_analysis.calculate_language_dependency" => {
            found.asks_dependency = asks(draft, key, "dependency", node);
        }
        "statistical_analysis.threshold_analysis" => found.asks_threshold = asks(draft, key, "threshold", node),
        "statistical_analysis.confidence_level" => {
            if let Some(level) = draft.number(key, node, (0.5, 0.9999)) {
                draft.map(key, "analysis.confidence", level);
            }
        }
        "statistical_analysis.correction_method" => correction(draft, key, node),
        "execution.max_concurrent_requests" => {
            if let Some(n) = draft.whole(key, node, (1, 10_000)) {
                draft.map(key, "execution.parallel", n);
            }
        }
        "execution.timeout_per_question" => {
            if let Some(seconds) = draft.number(key, node, (1.0, 1e6)) {
                draft.map(key, "execution.timeout", seconds);
            }
        }
        "execution.retry_attempts" => {
            if let Some(n) = draft.whole(key, node, (0, 100)) {
                draft.map(key, "execution.retries", n);
            }
        }
        "export.formats" | "output.export_formats" => {
            let known = |word: &str| {
                Some(match words::plain(word).as_str() {
                    "excel" | "xlsx" => "xlsx",
                    "csv" => "csv",
                    "json" => "json",
                    "jsonl" => "jsonl",
                    "parquet" => "parquet",
                    _ => return None,
                })
            };
            let formats =
                draft.list(key, node, &mut |d, k, n| d.word(k, n, &known, "csv, json, jsonl, excel or parquet"));
            if let Some(formats) = formats {
                draft.map(key, "export.formats", json!(formats));
            }
        }
        "export.generate_latex_tables" => flag(draft, key, "export.latex_tables", node),
        "export.create_publication_package" | "reproducibility.generate_replication_package" => {
            flag(draft, key, "export.package", node);
        }
        "reproducibility.validation_tolerance" => {
            draft.report.ignore(key, "Ergon compares plans and results by digest, not by a tolerance");
        }
        _ => by_section(draft, found, section, key, node),
    }
}

fn by_section(draft: &mut Draft, found: &mut Found, section: &str, key: &str, node: &Node) {
    match section {
        "scrambling" => transforms::take_scrambling(draft, found, key, node),
        "translation" => transforms::take_translation(draft, found, key, node),
        "model" => models::take_default(draft, found, key, node),
        "monitoring" => alerts(draft, key, node),
        "tracking" if key.contains("resource_alert_thresholds") => alerts(draft, key, node),
        "tracking" => draft.report.ignore(key, ALWAYS),
        "data" | "directories" | "db" | "output" => draft.report.ignore(key, PLACES),
        "logging" => draft.report.ignore(key, "every attempt's log is kept"),
        "optimization" | "execution" => draft.report.ignore(key, ENGINE),
        "development" => {
            draft.report.ignore(key, "Ergon has no mode for development; the simulated provider needs no network")
        }
        "smoke_test" => draft.report.ignore(key, "it is a promise about the original's own run, not a setting"),
        _ if is_null(node) => draft.report.ignore(key, "nothing is set"),
        _ => draft.report.ignore(key, "it is no key of the original's configurations"),
    }
}

fn copy(draft: &mut Draft, key: &str, to: &str, node: &Node) {
    if let Some(text) = draft.text(key, node) {
        draft.map(key, to, json!(text));
    }
}

fn flag(draft: &mut Draft, key: &str, to: &str, node: &Node) {
    if let Some(on) = draft.flag(key, node) {
        draft.map(key, to, json!(on));
    }
}

fn asks(draft: &mut Draft, key: &str, what: &str, node: &Node) -> bool {
    let on = draft.flag(key, node) == Some(true);
    if on {
        draft.report.map(key, &format!("analysis.questions: as {what}"), &json!(true));
    } else {
        draft.report.ignore(key, "it is off");
    }
    on
}

fn scoring(draft: &mut Draft, key: &str, node: &Node) {
    let known = |word: &str| {
        Some(match word {
            "exact_match" => "exact",
            "substring_match" => "contains",
            "fuzzy_match" | "semantic_similarity" => "auto",
            _ => return None,
        })
    };
    let expected = "exact_match, substring_match, fuzzy_match or semantic_similarity";
    let Some(rule) = draft.word(key, node, &known, expected) else { return };
    if rule == "auto" {
        draft.report.warn(format!(
            "{key}: similar letters or embeddings are no right answer; Ergon scores by number, letter or contained words, or \
             with scoring: judge"
        ));
    }
    draft.map(key, "workload.scoring", rule);
}

fn correction(draft: &mut Draft, key: &str, node: &Node) {
    let known = |word: &str| {
        Some(match words::plain(word).as_str() {
            "bonferroni" => "bonferroni",
            "holm" => "holm",
            "fdr" | "fdr_bh" | "benjamini_hochberg" => "benjamini_hochberg",
            "fdr_by" | "benjamini_yekutieli" => "benjamini_yekutieli",
            "sidak" => "sidak",
            "none" => "none",
            _ => return None,
        })
    };
    if let Some(name) = draft.word(key, node, &known, "bonferroni, holm, fdr, sidak or none") {
        draft.map(key, "analysis.correction", name);
    }
}

/// Thresholds of alarms.
fn alerts(draft: &mut Draft, key: &str, node: &Node) {
    let to = match key.rsplit('.').next().unwrap_or_default() {
        "cpu_percent" => "cpu_percent",
        "memory_percent" => "memory_percent",
        "api_calls_per_minute" => "calls_per_minute",
        "cost_per_hour" => "cost_per_hour",
        "error_rate" => "model_error_rate",
        "email_alerts" | "slack_alerts" => {
            return draft.report.ignore(key, "where alarms go is a setting of the program, not of a campaign");
        }
        _ => return draft.report.ignore(key, ALWAYS),
    };
    if let Some(value) = draft.number(key, node, (0.0, 1e9)) {
        draft.map(key, &format!("alerts.{to}"), value);
    }
}

//! Reports that the original prints: numbers an analysis gave, which say nothing about how to run a campaign.

use crate::import::source::leaves;
use crate::import::{ImportReport, Imported};
use crate::tree::Node;

/// Keys at the top of the original's reports.
const KEYS: [&str; 9] = [
    "llm_vs_heuristic",
    "protocol_ranking",
    "specialization_benefit",
    "scalability_limit",
    "campaign_overview",
    "hypothesis_testing",
    "key_findings",
    "detailed_results",
    "experiment_count",
];

/// Whether a file with this key at its top is such a report.
pub(in crate::import) fn is_key(key: &str) -> bool {
    KEYS.contains(&key)
}

/// What Ergon answers instead of believing the number.
pub(in crate::import) fn import(tree: &Node) -> Imported {
    let mut report = ImportReport::default();
    for (path, _) in leaves(tree) {
        report.ignore(&path, "it is a printed result: Ergon computes it from runs (ergon analyze, ergon report)");
    }
    report.warn(
        "a report holds no design and no runs: nothing to put in the store. Import its configuration or its results",
    );
    Imported { spec: None, report }
}

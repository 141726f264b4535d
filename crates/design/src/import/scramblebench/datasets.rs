//! Which items are asked: `datasets` and `benchmarks`.

use serde_json::json;

use super::{Found, ITEMS, entries, texts};
use crate::import::draft::Draft;
use crate::import::source::{json as as_json, set};
use crate::tree::{Content, Node};

/// `datasets: [{name, path, sample_size, …}]` or `benchmarks: {NAME: {paths, sample_size}}`.
pub(super) fn take(draft: &mut Draft, found: &mut Found, path: &str, node: &Node) {
    match &node.content {
        Content::List(items) if path == "datasets" => {
            for (i, item) in items.iter().enumerate() {
                for entry in entries(item) {
                    key(draft, found, &format!("{path}[{i}].{}", entry.key), &entry.key, &entry.value);
                }
            }
        }
        _ => {
            let name = path.rsplit('.').next().unwrap_or(path).to_owned();
            key(draft, found, path, &name, node);
        }
    }
}

fn key(draft: &mut Draft, found: &mut Found, key: &str, name: &str, node: &Node) {
    match name {
        "path" | "paths" => {
            let paths = texts(draft, key, node);
            draft.report.map(key, "workload.benchmark.file", &as_json(node));
            found.files.extend(paths);
        }
        "sample_size" => {
            if let Some(n) = draft.whole(key, node, (1, 1_000_000)) {
                draft.report.map(key, "phases.0.replicates", &n);
                found.sample_sizes.extend(n.as_u64());
            }
        }
        "domain_key" => {
            if let Some(field) = draft.text(key, node) {
                draft.report.map(key, "workload.fields.domain", &json!(field));
                // Fields that aren't there are no error: other files may call the domain otherwise.
                if draft.spec.pointer("/workload/fields/domain").is_none() {
                    set(&mut draft.spec, "workload.fields.domain", json!(field));
                } else if draft.spec.pointer("/workload/fields/domain") != Some(&json!(field)) {
                    draft.report.warn(format!(
                        "{key}: files name their domain differently; Ergon has one mapping, and looks for '{field}' by itself \
                         if it is a usual name"
                    ));
                }
            }
        }
        "name" => draft.report.ignore(key, "a dataset goes by its file's digest"),
        "input_format" => draft.report.ignore(key, "Ergon recognises the shape of the items"),
        _ => draft.report.ignore(key, "it is no key of the original's datasets"),
    }
}

/// Files and sample size into the spec.
pub(super) fn place(draft: &mut Draft, found: &Found, has_file: &dyn Fn(&str) -> bool) {
    match found.sample_sizes.iter().max() {
        Some(most) => {
            set(&mut draft.spec, "phases.0.replicates", json!(most));
            if found.sample_sizes.iter().any(|size| size != most) {
                draft.report.warn(format!("sample_size differs between datasets; Ergon asks {most} items of each"));
            }
        }
        None => draft.report.presume("phases.0.replicates", &ITEMS.to_string(), "the file names no sample size"),
    }
    let (there, missing): (Vec<&String>, Vec<&String>) = found.files.iter().partition(|file| has_file(file));
    for file in &missing {
        draft.report.warn(format!(
            "the dataset {file} is not there, so it is left out; put it beside the spec and set workload.benchmark: {{ file: \
             {file} }}"
        ));
    }
    match there.as_slice() {
        [] => {
            let why =
                if found.files.is_empty() { "the file names no dataset" } else { "no dataset of the file is there" };
            draft.default("workload.benchmark", json!("mixed"), why);
        }
        [one] => set(&mut draft.spec, "workload.benchmark", json!({ "file": one })),
        several => {
            set(&mut draft.spec, "workload.benchmark", json!("file"));
            draft.spec["factors"]["benchmark.file"] = json!(several);
        }
    }
}

//! What is done to the items: `scrambling`, `transforms`, `translation`.

use serde_json::{Value as Json, json};

use super::{Found, LEVELS, entries, texts};
use crate::import::draft::Draft;
use crate::import::source::set;
use crate::import::words::plain;
use crate::tree::{Content, Node};

/// The original's names of methods.
pub(super) fn method(word: &str) -> Option<&'static str> {
    Some(match plain(word).as_str() {
        "character_substitution" | "symbol_substitution" | "character" | "scramble" => "character_substitution",
        "character_shuffle" | "character_scramble" => "character_shuffle",
        "word_shuffle" | "word_scramble" | "word_order" => "word_shuffle",
        "word_substitution" | "word_replacement" => "word_substitution",
        "sentence_shuffle" | "sentence_order" => "sentence_shuffle",
        "constructed_language" | "translation" => "constructed_language",
        "proper_noun_swap" | "proper_nouns" => "proper_noun_swap",
        "synonym" | "synonym_replacement" | "vocabulary_substitution" => "synonym",
        "paraphrase" => "paraphrase",
        _ => return None,
    })
}

const METHODS: &str = "character_substitution, character_shuffle, word_shuffle, word_substitution, sentence_shuffle, \
                       constructed_language, proper_noun_swap, synonym or paraphrase";

/// A key of the section `scrambling`.
pub(super) fn take_scrambling(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    match key {
        "scrambling.levels" => levels(draft, found, key, node),
        "scrambling.methods" | "scrambling.method" => {
            let named = draft.list(key, node, &mut |d, k, n| d.word(k, n, &method, METHODS));
            for name in named.into_iter().flatten() {
                add(found, name.as_str().and_then(method));
                draft.report.map(key, "workload.method", &name);
            }
        }
        "scrambling.preserve_numbers" => preserve(draft, key, "numbers", node),
        "scrambling.preserve_proper_nouns" => preserve(draft, key, "proper_nouns", node),
        "scrambling.random_seed" => {
            if let Some(seed) = draft.whole(key, node, (0, i128::from(i64::MAX))) {
                draft.map(key, "campaign.seed", seed);
            }
        }
        _ => draft.report.ignore(key, "it is no key of the original's scrambling"),
    }
}

/// A flag of what is left alone.
pub(super) fn preserve(draft: &mut Draft, key: &str, what: &str, node: &Node) {
    if let Some(on) = draft.flag(key, node) {
        draft.map(key, &format!("workload.preserve.{what}"), json!(on));
    }
}

fn add(found: &mut Found, method: Option<&'static str>) {
    if let Some(method) = method
        && !found.methods.contains(&method)
    {
        found.methods.push(method);
    }
}

/// Percent, or shares where none is above 1: the files have both.
fn levels(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    let Some(numbers) = draft.list(key, node, &mut |d, k, n| d.number(k, n, (0.0, 100.0))) else { return };
    let numbers: Vec<f64> = numbers.iter().filter_map(Json::as_f64).collect();
    let are_shares = numbers.iter().all(|x| *x <= 1.0) && numbers.iter().any(|x| x.fract() > 0.0);
    let percent = |x: &f64| if are_shares { (1e4 * x).round() / 100.0 } else { *x };
    for level in numbers.iter().map(percent) {
        if !found.levels.contains(&level) {
            found.levels.push(level);
        }
    }
    draft.report.map(key, "factors.level", &json!(found.levels));
    if are_shares {
        draft.report.warn(format!("{key}: shares of 1 in the file, percent here"));
    }
}

/// The list `transforms: [{kind, levels, scheme}]`.
pub(super) fn take(draft: &mut Draft, found: &mut Found, path: &str, node: &Node) {
    let Content::List(items) = &node.content else {
        return draft.refuse(path, node, "a list of transforms with a kind each");
    };
    for (i, item) in items.iter().enumerate() {
        let at = format!("{path}[{i}]");
        for entry in entries(item) {
            let (key, node) = (format!("{at}.{}", entry.key), &entry.value);
            match entry.key.as_str() {
                "kind" => kind(draft, found, &key, node),
                "levels" => levels(draft, found, &key, node),
                "scheme" => {
                    for part in entries(node) {
                        scheme(draft, found, &format!("{key}.{}", part.key), &part.key, &part.value);
                    }
                }
                _ => draft.report.ignore(&key, "it is no key of the original's transforms"),
            }
        }
    }
}

fn kind(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    let Some(word) = draft.text(key, node) else { return };
    if word == "original" {
        found.wants_original = true;
        return draft.report.map(key, "factors.level: 0", &json!(word));
    }
    match method(word) {
        // A scheme says which scrambling it is; without one it is the first that the original had.
        Some(_) if word == "scramble" => draft.report.map(key, "workload.method", &json!("by its scheme")),
        Some(name) => {
            add(found, Some(name));
            draft.report.map(key, "workload.method", &json!(name));
        }
        None => draft.refuse(key, node, &format!("original, scramble, {METHODS}")),
    }
}

fn scheme(draft: &mut Draft, found: &mut Found, key: &str, name: &str, node: &Node) {
    match name {
        "type" => {
            if let Some(word) = draft.word(key, node, &method, METHODS) {
                add(found, word.as_str().and_then(method));
                draft.report.map(key, "workload.method", &word);
            }
        }
        "alphabet" => draft.report.ignore(
            key,
            "a few symbols can't stand for all letters one to one; Ergon takes as many as the text needs, so that it can \
             be undone",
        ),
        "preserve_spaces" | "preserve_punctuation" => {
            draft.report.ignore(key, "Ergon never transforms blanks and punctuation");
            if draft.flag(key, node) == Some(false) {
                draft.report.warn(format!("{key}: false in the file, and true in Ergon"));
            }
        }
        _ => draft.report.ignore(key, "it is no key of the original's schemes"),
    }
}

/// A key of the section `translation`.
pub(super) fn take_translation(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    match key {
        "translation.language_type" => {
            let known = |word: &str| {
                ["substitution", "phonetic", "scrambled", "synthetic", "english_like", "random_frequency"]
                    .into_iter()
                    .find(|w| *w == plain(word))
            };
            let expected = "substitution, phonetic, scrambled, synthetic, english_like or random_frequency";
            if let Some(word) = draft.word(key, node, &known, expected) {
                add(found, Some("constructed_language"));
                found.language = word.as_str().and_then(known);
                draft.map(key, "workload.language", word);
            }
        }
        "translation.language_complexity" => {
            if let Some(n) = draft.whole(key, node, (1, 10)) {
                draft.map(key, "workload.language_complexity", n);
            }
        }
        "translation.vocab_size" => {
            draft.report.ignore(key, "Ergon's languages cover the vocabulary that the items use, whatever its size")
        }
        _ => draft.report.ignore(key, "it is no key of the original's translation"),
    }
}

/// Metrics by the original's names: only those that say what is asked.
pub(super) fn take_metrics(draft: &mut Draft, found: &mut Found, key: &str, node: &Node) {
    for name in texts(draft, key, node) {
        match name.as_str() {
            "accuracy" => draft.report.map(key, "metric accuracy", &json!(name)),
            "rrs" | "ldc" => {
                found.asks_dependency = true;
                draft.report.map(key, "analysis.questions: as dependency", &json!(name));
            }
            other => draft.report.ignore(key, &format!("'{other}' is no metric of the original's")),
        }
    }
}

/// Method and level into the spec.
pub(super) fn place(draft: &mut Draft, found: &Found) {
    // The complexity's own name has a dot, which a path of the spec can't: language: { substitution: true, complexity }.
    if let Json::Object(workload) = &mut draft.spec["workload"] {
        let complexity = workload.remove("language_complexity");
        if let (Some(kind), Some(complexity)) = (found.language, complexity) {
            workload.insert("language".into(), json!({ kind: true, "complexity": complexity }));
        }
    }
    let has_levels = !found.levels.is_empty();
    if found.methods.is_empty() && !has_levels {
        draft.default("workload.method", json!("none"), "the file transforms nothing");
        return;
    }
    match found.methods.as_slice() {
        [] => draft.default("workload.method", json!("character_substitution"), "the file has levels and no method"),
        [one] => set(&mut draft.spec, "workload.method", json!(one)),
        several => set(&mut draft.spec, "factors.method", json!(several)),
    }
    let mut levels = found.levels.clone();
    if !has_levels {
        draft.default("factors.level", json!(LEVELS), "the file names a method and no levels");
        return;
    }
    if !levels.contains(&0.0) {
        levels.push(0.0);
        if !found.wants_original {
            draft.report.presume("factors.level", "0 added", "without the untouched text there is no baseline");
        }
    }
    levels.sort_by(f64::total_cmp);
    set(&mut draft.spec, "factors.level", json!(levels));
}

//! `ergon stat` and `ergon power`: cases answered line by line, designs computed, nonsense refused by name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Ergon, repository};
use serde_json::Value;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_case_is_a_line_under_the_keys_it_expects() {
    let file = repository().join("crates/stats/tests/data/t_welch.json");
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    let ergon = Ergon::new();
    let answers = lines(&ergon.run(&["stat", "--cases", file.to_str().unwrap()]).done().out);
    assert_eq!(answers.len(), cases.len());
    for (answer, case) in answers.iter().zip(cases) {
        assert_eq!(answer["id"], case["id"]);
        let Some(want) = case["expected"]["p"].as_f64() else { continue };
        let got = answer["result"]["p"].as_f64().unwrap();
        assert!((got - want).abs() <= 1e-9 * want, "{}: p {got}, want {want}", case["id"]);
    }
}

/// (procedure, inputs, options; what the line's error says: condition, and words in its message)
const WITHOUT_RESULT: &[(&str, &str, &str, &str, &[&str])] = &[
    ("t_one_sample", r#"{"x": [3, 3, 3]}"#, "{}", "degenerate", &["no variation", "x"]),
    ("logistic", r#"{"x_columns": [[1, 2, 3, 4]], "y": [0, 0, 1, 1]}"#, "{}", "separation", &["separation"]),
    ("cox_ph", r#"{"time": [1, 2], "event": [0, 0], "x_columns": [[1, 2]]}"#, "{}", "degenerate", &["no event"]),
    (
        "ols_multiple",
        r#"{"x_columns": [[1, 2, 3, 4, 5], [2, 4, 6, 8, 10]], "y": [1, 3, 2, 5, 4]}"#,
        "{}",
        "rank_deficient",
        &["rank"],
    ),
    ("t_welch", r#"{"x": [1, 2, "two"], "y": [1, 2]}"#, "{}", "invalid_input", &["inputs.x[2]", "number", "two"]),
    ("t_welch", r#"{"x": [1, 2]}"#, "{}", "invalid_input", &["inputs.y", "missing"]),
    (
        "t_welch",
        r#"{"x": [1, 2], "y": [3, 5]}"#,
        r#"{"alternative": "bigger"}"#,
        "invalid_input",
        &["options.alternative", "bigger", "two-sided, ", "greater"],
    ),
    ("t_welsh", "{}", "{}", "invalid_input", &["procedure", "t_welsh", "t_welch"]),
];

#[test]
fn a_case_without_a_result_says_why() {
    let ergon = Ergon::new();
    for (procedure, inputs, options, condition, words) in WITHOUT_RESULT {
        let text = format!(
            r#"{{"procedure": "{procedure}", "cases": [{{"id": "only", "inputs": {inputs}, "options": {options}}}]}}"#
        );
        let file = ergon.write("cases.json", text);
        let answer = &lines(&ergon.run(&["--json", "stat", "--cases", file.to_str().unwrap()]).done().out)[0];
        assert_eq!((&answer["id"], &answer["error"]["condition"]), (&"only".into(), &(*condition).into()), "{answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        for word in *words {
            assert!(message.contains(word), "{procedure}: '{word}' not in: {message}");
        }
        assert!(answer.get("result").is_none());
    }
}

#[test]
fn a_file_without_cases_is_wrong_usage() {
    let ergon = Ergon::new();
    let nist = repository().join("crates/stats/tests/data/nist_strd.json");
    for (file, word) in [
        (nist.to_str().unwrap(), "cases"),
        ("nowhere.json", "nowhere.json"),
        (ergon.write("bad.json", "{").to_str().unwrap(), "line 1"),
        (ergon.write("nameless.json", r#"{"cases": []}"#).to_str().unwrap(), "procedure"),
    ] {
        let ran = ergon.run(&["stat", "--cases", file]);
        assert_eq!(ran.code, 2, "{file}: {}", ran.err);
        assert!(ran.err.contains(word), "{file}: {}", ran.err);
    }
}

/// (arguments, key, value): Cohen's and G*Power's textbook designs.
const DESIGNS: &[(&[&str], &str, f64)] = &[
    (&["t_two_sample", "--d", "0.5"], "n", 64.0),
    (&["t_two_sample", "--d", "0.5", "--n", "64"], "power", 0.8015),
    (&["t_two_sample", "--n", "64", "--power", "0.8"], "effect", 0.4990),
    (&["t_one_sample", "--d", "0.5", "--alternative", "greater"], "n", 27.0),
    (&["anova", "--f", "0.25", "--k", "4"], "n", 45.0),
    (&["correlation", "--r", "0.3"], "n", 85.0),
    (&["chi2", "--w", "0.3", "--df", "1"], "n", 88.0),
    (&["two_proportions", "--p1", "0.6", "--p2", "0.4"], "n", 97.0),
];

#[test]
fn a_design_has_the_power_of_the_textbooks() {
    let ergon = Ergon::new();
    for (design, key, want) in DESIGNS {
        let args: Vec<&str> = ["--json", "power"].iter().chain(*design).copied().collect();
        let reply = ergon.run(&args).done().json();
        let got = reply[key].as_f64().unwrap();
        assert!((got - want).abs() < 5e-4 * want.max(0.1), "{design:?}: {key} = {got}, want {want}");
    }
}

#[test]
fn only_tests_with_sides_name_one() {
    let ergon = Ergon::new();
    let says = |design: &[&str]| ergon.run(&[&["power"], design].concat()).done().out.contains("two-sided");
    assert!(says(&["t_two_sample", "--d", "0.5"]));
    assert!(!says(&["anova", "--f", "0.25", "--k", "4"]));
    assert!(!says(&["chi2", "--w", "0.3", "--df", "1"]));
}

#[test]
fn a_power_curve_rises() {
    let ergon = Ergon::new();
    let reply = ergon.run(&["--json", "power", "t_two_sample", "--d", "0.5", "--curve"]).done().json();
    let powers: Vec<f64> = reply["curve"].as_array().unwrap().iter().map(|p| p["power"].as_f64().unwrap()).collect();
    assert!(powers.len() > 5 && powers.windows(2).all(|w| w[0] < w[1]), "{powers:?}");
}

#[test]
fn a_design_that_makes_no_sense_is_refused_by_field() {
    let ergon = Ergon::new();
    let refused: &[(&[&str], &[&str])] = &[
        (&["t_three_sample", "--d", "1"], &["kind", "t_three_sample", "t_two_sample"]),
        (&["t_two_sample", "--d", "0.5", "--n", "10", "--power", "0.9"], &["power", "leave out"]),
        (&["t_two_sample"], &["d: missing"]),
        (&["t_two_sample", "--f", "0.5"], &["f: belongs to anova"]),
        (&["anova", "--f", "0.25"], &["k: missing"]),
        (&["t_two_sample", "--d", "0"], &["effect", "other than 0"]),
        (&["t_two_sample", "--d", "0.5", "--alpha", "5"], &["alpha", "(0, 1)"]),
        (&["two_proportions", "--p1", "1.5", "--p2", "0.5"], &["p1", "[0, 1]"]),
        (&["anova", "--f", "0.25", "--k", "4", "--alternative", "greater"], &["alternative", "no sides"]),
    ];
    for (design, words) in refused {
        let args: Vec<&str> = ["power"].iter().chain(*design).copied().collect();
        let ran = ergon.run(&args);
        assert_eq!(ran.code, 2, "{design:?}: {}{}", ran.out, ran.err);
        for word in *words {
            assert!(ran.err.contains(word), "{design:?}: '{word}' not in: {}", ran.err);
        }
    }
}

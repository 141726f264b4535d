//! Metrics: both shapes of the file, every way of reading, and what is missing.

use ergon_domain::{Observed, Provenance, Workload};
use serde_json::{Value as Json, json};

use crate::stage::{
    Asked, Folder, Told, asked, observed, open, open_with, park, played, prompt, reply, usual, value, wrong,
};

fn world(text: &'static str) -> Told {
    Told::saying(move |request| (asked(request) == Asked::World).then(|| text.to_owned()))
}

fn metrics(document: Json) -> Folder {
    park().with("metrics.yaml", json!({ "metrics": document }))
}

#[test]
fn both_shapes_of_the_file_declare_and_read_the_same() {
    let current = metrics(json!([
        { "name": "spent", "description": "Money spent", "type": "continuous", "range": [0, 10], "unit": "M$",
          "extraction": { "type": "pattern", "pattern": r"\$(\d+(?:\.\d+)?)\s*(?:M|million)" } },
        { "name": "open", "description": "Is it open", "type": "boolean",
          "extraction": { "type": "pattern", "pattern": "is open" } },
    ]));
    let first = metrics(json!({
        "spent": { "description": "Money spent", "data_type": "float", "range": [0, 10], "unit": "M$",
                   "extraction_method": "regex", "pattern": r"\$(\d+(?:\.\d+)?)\s*(?:M|million)" },
        "open": { "description": "Is it open", "type": "boolean", "extraction_method": "regex", "pattern": "is open" },
    }));
    let text = "First $2M, now $3.5 million. The park IS OPEN.";
    for folder in [&current, &first] {
        let outcome = played(folder, &[], &world(text));
        assert_eq!((value(&outcome, "spent"), value(&outcome, "open")), (3.5, 1.0), "the last mention counts");
        assert_eq!(value(&outcome, "spent_mean"), 3.5);
    }
    let declared = |folder: &Folder| {
        let mut metrics = open(folder).manifest().metrics.clone();
        metrics.sort_by(|a, b| a.id.cmp(&b.id));
        metrics
    };
    assert_eq!(declared(&current), declared(&first));
    assert_eq!(open(&current).manifest().metric("spent").unwrap().range, (Some(0.0), Some(10.0)));
}

#[test]
fn a_metric_is_read_as_it_says() {
    let text = "Protesters protest against the PRIVACY rules. A petition: 1,250 names; temperature -3.5 degrees.";
    for (rule, expected) in [
        (json!({ "type": "keyword", "keywords": ["protest", "petition"] }), 3.0),
        (json!({ "type": "keyword", "keywords": ["privacy"], "scoring": "presence" }), 1.0),
        (json!({ "type": "keyword", "keywords": ["lawsuit"], "scoring": "presence" }), 0.0),
        (json!({ "type": "keyword", "keywords": ["privacy"], "scoring": "density" }), 100.0 / 13.0),
        (json!({ "type": "pattern", "pattern": r"petition: ([\d,]+)" }), 1250.0),
        (json!({ "type": "pattern", "pattern": r"temperature (\S+)" }), -3.5),
        (json!({ "type": "pattern", "pattern": r"(\d+) lawsuits|petition: ([\d,]+)" }), 1250.0),
    ] {
        let folder = metrics(json!([{ "name": "y", "type": "continuous", "extraction": rule }]));
        assert_eq!(value(&played(&folder, &[], &world(text)), "y"), expected, "{rule}");
    }
}

#[test]
fn what_is_not_found_is_missing_with_the_reason_and_never_zero() {
    let folder = metrics(json!([
        { "name": "spent", "type": "continuous", "extraction": { "type": "pattern", "pattern": r"\$(\d+)" } },
        { "name": "strength", "type": "continuous", "extraction": { "type": "manual" } },
        { "name": "mood", "type": "continuous", "range": [0, 10], "extraction": { "type": "llm", "prompt": "Mood?" } },
    ]));
    let models = Told::saying(|request| (asked(request) == Asked::Metric).then(|| "hard to say".into()));
    let outcome = played(&folder, &[], &models);
    let reason = |metric: &str| match observed(&outcome, metric) {
        Observed::Unavailable(why) => why.to_string(),
        other => panic!("{metric} is {other:?}"),
    };
    assert_eq!(reason("spent"), "the pattern is not found in the world");
    assert_eq!(reason("spent_mean"), "it was found in no turn");
    assert_eq!(reason("strength"), "is read by a person; note it on the run");
    assert_eq!(reason("mood"), "the model's reply can't be read: it holds no number");
    assert_eq!(value(&outcome, "malformed_replies"), 6.0, "asked twice in each of three turns");
}

#[test]
fn a_model_reads_a_number_in_its_range_after_a_repair_and_is_named_as_its_source() {
    let folder = metrics(json!([
        { "name": "mood", "type": "continuous", "range": [0, 10], "extraction": { "type": "llm", "prompt": "Mood?" } },
        { "name": "kind", "type": "categorical", "categories": ["race_ending", "slow_ending"],
          "extraction": { "type": "llm", "prompt": "Which?", "model": "judge" } },
    ]));
    let models = Told::saying(|request| {
        let repaired = request.messages.len() > 2;
        match (asked(request), request.model.as_str()) {
            (Asked::Metric, "judge") => Some("It is a slow_ending.".into()),
            (Asked::Metric, _) if repaired => Some("7.5".into()),
            (Asked::Metric, _) => Some("75".into()),
            _ => None,
        }
    });
    let outcome = played(&folder, &[], &models);
    assert_eq!(value(&outcome, "mood"), 7.5);
    assert_eq!((value(&outcome, "kind.race_ending"), value(&outcome, "kind.slow_ending")), (0.0, 1.0));
    assert_eq!(value(&outcome, "malformed_replies"), 3.0);
    let repair = models.requests(Asked::Metric).into_iter().find(|r| r.messages.len() > 2).unwrap();
    assert!(prompt(&repair).contains("75 is out of range; expected a number from 0 to 10"), "{}", prompt(&repair));
    let of = |metric: &str| outcome.measurements.iter().find(|m| m.metric.as_str() == metric).unwrap();
    assert_eq!(of("mood").provenance, Provenance::Estimated("read by the model m".into()));
    assert_eq!(of("kind.slow_ending").provenance, Provenance::Estimated("read by the model judge".into()));
}

#[test]
fn a_reply_states_one_number_or_is_asked_for_again_and_then_missing() {
    let folder = metrics(json!([
        { "name": "trust", "type": "continuous", "range": [0, 10], "extraction": { "type": "llm", "prompt": "Trust?" } },
    ]));
    let read = |said: &'static str| {
        let outcome = played(&folder, &[], &Told::saying(|r| (asked(r) == Asked::Metric).then(|| said.into())));
        (observed(&outcome, "trust").clone(), value(&outcome, "malformed_replies"))
    };
    for said in ["7", "Trust is 7.", "CO2 is 7", "{\"trust\": 7}", "{\"trust\": 7, \"why\": \"2 of 3 agree\"}"] {
        assert_eq!(read(said), (Observed::Value(7.0), 0.0), "{said}");
    }
    for (said, why) in [
        ("On a scale from 0 to 10, trust is 7.", "it holds several numbers (0, 10, 7); expected one"),
        ("7/10", "it holds several numbers (7, 10); expected one"),
        ("1,5", "'1,5' is unclear; write a number with a decimal point and no separators"),
        ("−5", "-5 is out of range; expected a number from 0 to 10"),
        ("CO2", "it holds no number"),
    ] {
        let missing = Observed::Unavailable(format!("the model's reply can't be read: {why}").into());
        assert_eq!(read(said), (missing, 6.0), "{said}");
    }
}

#[test]
fn the_category_named_most_often_counts_and_a_tie_is_none() {
    let folder = metrics(json!([{ "name": "end", "type": "categorical", "categories": ["race_ending", "slow_ending"],
        "extraction": { "type": "keyword", "keywords": ["race", "slow", "pause"] } }]));
    let outcome = played(&folder, &[], &world("A race, a race, then a slow walk."));
    assert_eq!((value(&outcome, "end.race_ending"), value(&outcome, "end.slow_ending")), (1.0, 0.0));
    let tie = played(&folder, &[], &world("A race and a slow walk."));
    assert!(matches!(observed(&tie, "end.race_ending"), Observed::Unavailable(_)));
}

#[test]
fn a_metric_of_each_actor_is_read_from_its_own_decision() {
    let folder = metrics(json!([{ "name": "offer", "type": "continuous", "actor_specific": true,
        "extraction": { "type": "pattern", "pattern": r"offer (\d+)" } }]));
    let models = Told::saying(|request| {
        let offer = match crate::stage::who(request) {
            "anna" => "We offer 3",
            "club" => "We offer 4",
            _ => "We offer nothing",
        };
        (asked(request) == Asked::Decision).then(|| json!({ "decision": offer, "stance": "hold" }).to_string())
    });
    let outcome = played(&folder, &[], &models);
    assert_eq!((value(&outcome, "offer.anna"), value(&outcome, "offer.club")), (3.0, 4.0));
    assert!(
        matches!(observed(&outcome, "offer.mayor"), Observed::Unavailable(why) if why.contains("mayor's decision"))
    );
    assert_eq!(value(&outcome, "cooperation_share"), 0.0);
}

#[test]
fn success_is_what_the_rule_says_of_the_last_turn_and_open_where_a_metric_is_missing() {
    let folder = metrics(
        json!([{ "name": "trees", "type": "integer", "extraction": { "type": "pattern", "pattern": r"(\d+) trees" } }]),
    );
    let success = |text: &'static str| {
        let workload = open_with(&folder, json!({ "success": "trees >= 3 and turns == 3" })).unwrap();
        let prepared = crate::stage::now(workload.prepare(&crate::stage::inputs(&folder, &[]))).unwrap();
        let context = crate::stage::context(0, std::sync::Arc::new(world(text)));
        crate::stage::now(prepared.run(&crate::stage::condition(&workload, &[]), &context)).unwrap()
    };
    assert_eq!(value(&success("4 trees"), "success"), 1.0);
    assert_eq!(value(&success("2 trees"), "success"), 0.0);
    assert!(matches!(observed(&success("no plants"), "success"), Observed::Undefined(_)));
    let refused = open_with(&folder, json!({ "success": "tress >= 3" })).map(|_| ()).unwrap_err();
    assert_eq!(
        refused[0].to_string(),
        "workload.success: there is no metric 'tress'; expected one of trees, turns, cooperation_share"
    );
}

#[test]
fn tokens_and_costs_are_sums_over_the_calls_and_an_unknown_price_is_unknown() {
    let outcome = played(&park(), &[], &Told::saying(|_| None));
    assert_eq!((value(&outcome, "llm_calls"), value(&outcome, "llm_prompt_tokens")), (12.0, 1200.0));
    assert!((value(&outcome, "cost_usd") - 0.12).abs() < 1e-12);
    let unpriced = Told::by(|request, _| {
        let narrator = asked(request) == Asked::World;
        let reply = reply(usual(request));
        Ok(ergon_domain::ChatReply { cost_usd: reply.cost_usd.filter(|_| !narrator), ..reply })
    });
    let outcome = played(&park(), &[], &unpriced);
    assert_eq!(*observed(&outcome, "cost_usd"), Observed::Unavailable("the price of m is unknown".into()));
}

#[test]
fn findings_of_the_validation_are_counted_by_the_rules_severity_and_can_stop_the_run() {
    let folder = park().set("features", json!({ "quality_assurance": { "enabled": true } })).with(
        "validation-rules.yaml",
        json!({ "validation_model": "m", "halt_on_critical": true, "checks": {
            "world_state_coherence": { "severity": "high" }, "goals": { "severity": "low" },
            "off": { "enabled": false } } }),
    );
    let finding = |check: &'static str| {
        Told::saying(move |request| {
            let found = json!({ "issues": [{ "check": check, "description": "The lot is a lake." }] }).to_string();
            (asked(request) == Asked::Validation).then_some(found)
        })
    };
    let low = played(&folder, &[], &finding("goals"));
    assert_eq!((value(&low, "coherence_issues"), value(&low, "turns")), (3.0, 3.0));
    let high = played(&folder, &[], &finding("world_state_coherence"));
    assert_eq!((value(&high, "coherence_issues"), value(&high, "turns"), value(&high, "halted")), (1.0, 1.0, 1.0));
    let simulated = Told::by(|request, _| Ok(ergon_domain::ChatReply { simulated: true, ..reply(usual(request)) }));
    let unjudged = played(&folder, &[], &simulated);
    assert!(matches!(observed(&unjudged, "coherence_issues"), Observed::Unavailable(_)), "it can't judge");
    assert!(unjudged.measurements.iter().all(|m| m.provenance == Provenance::Simulated));
}

#[test]
fn a_metric_that_can_not_be_read_is_refused_with_file_and_field() {
    let place = "workload.scenario: metrics.yaml:";
    for (document, said) in [
        (
            json!([{ "name": "y", "type": "continuous", "extraction": { "type": "guess" } }]),
            "metrics[0].extraction.type: is 'guess'; expected one of pattern, regex, keyword, llm, model, manual",
        ),
        (
            json!([{ "name": "y", "type": "continuous", "extraction": { "type": "keyword" } }]),
            "metrics[0].extraction.keywords: is missing; expected the words to look for",
        ),
        (
            json!([{ "name": "y", "type": "categorical", "extraction": { "type": "manual" } }]),
            "metrics[0].categories: is missing; expected the values that the metric can take",
        ),
        (
            json!([{ "name": "y", "range": [10, 0], "extraction": { "type": "manual" } }]),
            "metrics[0].range: is [10, 0]; the first must not be above the second: [smallest, largest]",
        ),
        (
            json!({ "y": { "type": "colour" } }),
            "metrics.y.type: is 'colour'; expected one of continuous, float, number, integer, int, boolean, bool, categorical, string",
        ),
        (
            json!([{ "name": "turns", "type": "continuous", "extraction": { "type": "manual" } }]),
            "'turns' is a name that every scenario has; choose another",
        ),
    ] {
        let wrong = wrong(&metrics(document));
        assert!(wrong.lines().any(|line| line == format!("{place} {said}")), "{said}\nnot in\n{wrong}");
    }
    let look_behind = metrics(json!([{ "name": "y", "extraction": { "type": "pattern", "pattern": r"(?<=\$)\d+" } }]));
    assert!(
        wrong(&look_behind).contains("metrics[0].extraction.pattern: is no regular expression"),
        "{}",
        wrong(&look_behind)
    );
}

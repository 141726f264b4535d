//! Promises of reading: the contract file, and what a user sees for each kind of mistake.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

use ergon_design::spec::{Cooldown, DesignKind, Levels, Order, Parallel};
use ergon_design::{SourcedSpec, read_spec};
use ergon_domain::Value;

const EXAMPLE: &str = include_str!("data/spec-example.yaml");
const SMALL: &str = "ergon: 1\ncampaign: { id: small }\nworkload: { kind: demo }\n";

fn said(text: &str) -> String {
    read_spec(text.as_bytes(), "c.yaml").map(|_| ()).unwrap_err().to_string()
}

fn read(text: &str) -> SourcedSpec {
    read_spec(text.as_bytes(), "c.yaml").unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn the_contract_file_reads() {
    let spec = read(EXAMPLE).spec;
    assert_eq!(spec.campaign.id, "consensus-demo");
    assert_eq!(spec.campaign.seed, 42);
    assert_eq!(spec.workload.kind, "consensus");
    assert_eq!(spec.workload.entries["job_source"]["swf"], "traces/hpc2n.swf.gz");
    assert_eq!(spec.factors["fault_rate"].expand().unwrap(), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5].map(Value::Real));
    assert!(matches!(&spec.factors["agent_count"], Levels::List(l) if l.len() == 5));
    assert_eq!(spec.phases[0].design.kind, DesignKind::FullFactorial);
    assert_eq!((spec.phases[1].design.kind, spec.phases[1].design.size), (DesignKind::BalancedSample, Some(240)));
    assert_eq!(spec.phases[1].order, Order::Randomised);
    assert_eq!(spec.execution.parallel, Parallel::Auto);
    assert_eq!(spec.execution.cooldown, Cooldown::Seconds(0.0));
    assert_eq!(spec.analysis.questions.len(), 2);
    assert_eq!(spec.models["llm"].provider, "simulated");
}

#[test]
fn a_spec_survives_json_and_keeps_its_hash() {
    let spec = read(EXAMPLE).spec;
    let json = serde_json::to_string_pretty(&spec).unwrap();
    let again = read_spec(json.as_bytes(), "c.json").unwrap_or_else(|e| panic!("{e}\n{json}")).spec;
    assert_eq!(again, spec);
    assert_eq!(ergon_design::canonical::spec_hash(&again), ergon_design::canonical::spec_hash(&spec));
    let as_yaml = read_spec(json.as_bytes(), "c.yaml").unwrap().spec;
    assert_eq!(as_yaml, spec);
}

#[test]
fn no_is_text_and_so_is_a_date() {
    let text = format!("{SMALL}factors:\n  country: [no, se, NO]\n  day: [2026-01-31, 12:30]\n  octal: [0o17, 0x1F]\n");
    let spec = read(&text).spec;
    assert_eq!(spec.factors["country"].expand().unwrap(), ["no", "se", "NO"].map(Value::text));
    assert_eq!(spec.factors["day"].expand().unwrap(), ["2026-01-31", "12:30"].map(Value::text));
    assert_eq!(spec.factors["octal"].expand().unwrap(), [15, 31].map(Value::Int));
}

#[test]
fn unknown_keys_name_the_nearest_known_one() {
    let text = "ergon: 1\ncampaign:\n  id: x\n  tilte: T\nworkload: { kind: demo }\nfactor:\n  a: [1]\n";
    assert_eq!(
        said(text),
        "c.yaml:4:3: campaign.tilte: unknown key; did you mean title?\n\
         c.yaml:6:1: factor: unknown key; did you mean factors?"
    );
    let text = format!("{SMALL}budget:\n  zebra: 1\n");
    assert_eq!(
        said(&text),
        "c.yaml:5:3: budget.zebra: unknown key; expected one of usd, usd_per_run, tokens, energy_j, hours"
    );
}

#[test]
fn every_problem_is_reported_at_once_with_its_place() {
    let text = "ergon: 1\n\
        campaign: { id: x, seed: many, title: 2024 }\n\
        workload: { knid: demo }\n\
        factors:\n  a:\n  b: { from: 0, to: 1 }\n  c: 5\n\
        phases:\n  - { name: p, replicates: -1 }\n  - { name: q, design: ful_factorial }\n  - { nmae: r }\n  \
        - { name: s, design: { kind: balanced_sample, size: lots } }\n  - { name: t, order: random }\n\
        execution: { parallel: 0, cooldown: [1], timeout: soon }\n";
    assert_eq!(
        said(text),
        "c.yaml:2:26: campaign.seed: 'many' is not accepted; expected a whole number of at least 0\n\
         c.yaml:2:39: campaign.title: 2024 is not accepted; expected text: put it in quotes\n\
         c.yaml:3:11: workload.kind: this key is missing\n\
         c.yaml:5:4: factors.a: nothing is written here; expected a list of levels, or { from, to, step }\n\
         c.yaml:6:6: factors.b.step: this key is missing\n\
         c.yaml:7:6: factors.c: 5 is not accepted; expected a list of levels, or { from, to, step }\n\
         c.yaml:9:28: phases[0].replicates: -1 is out of range; expected a whole number of at least 0\n\
         c.yaml:10:24: phases[1].design: unknown design 'ful_factorial'; did you mean full_factorial?\n\
         c.yaml:11:5: phases[2].name: this key is missing\n\
         c.yaml:11:7: phases[2].nmae: unknown key; did you mean name?\n\
         c.yaml:12:55: phases[3].design.size: 'lots' is not accepted; expected a whole number of at least 0\n\
         c.yaml:13:23: phases[4].order: unknown name 'random'; did you mean randomised?\n\
         c.yaml:14:24: execution.parallel: 0 is not accepted; expected auto, or a whole number of at least 1\n\
         c.yaml:14:37: execution.cooldown: a list is not accepted; expected seconds, or { until_within_c, at_most }\n\
         c.yaml:14:51: execution.timeout: 'soon' is not accepted; expected a number"
    );
}

#[test]
fn broken_files_say_where() {
    let bombs = ["ergon: 1\na: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned()]
        .into_iter()
        .chain((0..9).map(|i| {
            let (from, to) = (char::from(b'a' + i), char::from(b'b' + i));
            format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 10].join(", "))
        }))
        .collect::<String>();
    assert!(
        said(&bombs).contains("c.yaml:7:") && said(&bombs).contains("expand to more than 1000000 values"),
        "{}",
        said(&bombs)
    );
    let deep = format!("ergon: 1\nx: {}{}\n", "[".repeat(100), "]".repeat(100));
    assert_eq!(said(&deep), "c.yaml:2:67: nested deeper than 64 levels");
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(said(&deep).contains("nested") || said(&deep).contains("recursion"), "{}", said(&deep));
    assert_eq!(
        said("ergon: 1\ncampaign: { id: a }\nfactors:\n  a: [1]\n  a: [2]\n"),
        "c.yaml:5:3: factors.a: this key is written twice"
    );
    let latin = b"ergon: 1\ncampaign: { id: x, title: caf\xe9 }\n";
    assert_eq!(
        read_spec(latin, "c.yaml").unwrap_err().to_string(),
        "c.yaml:2:30: not UTF-8: byte 38 (0xe9) can't stand there; save the file as UTF-8"
    );
    assert!(
        said("ergon: 1\ncampaign:\n\tid: x\n").starts_with("c.yaml:3:"),
        "{}",
        said("ergon: 1\ncampaign:\n\tid: x\n")
    );
    assert_eq!(said("ergon: 1\n---\nergon: 1\n"), "c.yaml:2:1: a second document starts here; a spec is one document");
    assert_eq!(said(""), "c.yaml: the file is empty; expected a campaign spec");
    assert_eq!(said("ergon: 2\n"), "c.yaml:1:8: ergon: this release can't read spec version 2; expected 1");
    assert!(said("campaign: { id: a }\n").contains("ergon: this key is missing; expected ergon: 1"));
    assert!(said("- 1\n").contains("the file holds a list; expected a campaign spec"));
    assert!(said("ergon: 1\nx: &a [*a]\n").contains("this alias stands inside what it names"));
    assert!(said("ergon: 1\nx: !!python/object:os.system y\n").contains("is not accepted"));
    assert!(said("ergon: 1\nx: \"a\u{1}\"\n").contains("U+0001"));
    assert!(said("ergon: 99999999999999999999999\n").contains("does not fit a 64-bit whole number"));
}

#[test]
fn json_has_its_own_reader() {
    let said = |text: &str| read_spec(text.as_bytes(), "c.json").map(|_| ()).unwrap_err().to_string();
    let good = "{\n\t\"ergon\": 1,\n\t\"campaign\": {\"id\": \"a\", \"title\": \"\\ud83d\\ude00\"},\n\t\"workload\": {\"kind\": \"demo\"}\n}";
    assert_eq!(read_spec(good.as_bytes(), "c.json").unwrap().spec.campaign.title.as_deref(), Some("😀"));
    assert_eq!(said("{\"ergon\": 1,\n \"a\" 2}"), "c.json:2:6: not JSON: expected :");
    assert_eq!(said("{\"ergon\": 1, \"ergon\": 1}"), "c.json:1:14: ergon: this key is written twice");
    assert_eq!(said("{\"ergon\": 01}"), "c.json:1:11: not JSON: expected a value");
    assert!(said(&"[".repeat(100_000)).contains("nested deeper than 64 levels"));
    assert!(said("{\"ergon\": 1").contains("expected , or }"));
    assert!(said("{} x").contains("text follows"));
}

#[test]
fn a_damaged_spec_is_refused_without_a_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    let pieces: [&[u8]; 16] = [
        b"{", b"}", b"[", b"]", b":", b"\n", b"  ", b"*a", b"&a", b"- ", b"\t", b"\"", b"\xff", b"!!x", b"1e999", b"|",
    ];
    for round in 0..3000 {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes.truncate(at.max(1)),
                1 => drop(bytes.drain(at..(at + next(20)).min(bytes.len()))),
                2 => drop(bytes.splice(at..at, pieces[next(pieces.len())].iter().copied())),
                _ => bytes[at] = u8::try_from(next(256)).unwrap(),
            }
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        let name = if round % 5 == 0 { "c.json" } else { "c.yaml" };
        if let Err(problems) = read_spec(&bytes, name) {
            assert!(!problems.0.is_empty());
        }
    }
}

//! Agents that ask a model: what it is told, what it answers, what is counted when it can't be read.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ergon_domain::{
    CallContext, ChatReply, ChatRequest, DecisionProblem, FailureClass, FinishReason, ModelError, Models, Observed,
    Outcome, Usage, Value, draw,
};

use crate::desk::{observed, record, run, text, try_run, value};

/// A model that answers P(option) ∝ exp(λ·utility), now and then in words that can't be read.
struct Quantal {
    rationality: f64,
    /// Share of replies that can't be read.
    format_error_rate: f64,
    simulated: bool,
    asked: Mutex<Vec<String>>,
}

impl Quantal {
    fn new(rationality: f64, format_error_rate: f64) -> Arc<Self> {
        Arc::new(Self { rationality, format_error_rate, simulated: true, asked: Mutex::default() })
    }

    fn texts(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Models for Quantal {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let said: Vec<&str> = request.messages.iter().map(|m| m.content.as_str()).collect();
        self.asked.lock().unwrap().push(said.join("\n"));
        let mut rng = call.streams.rng(&call.stream(request));
        let malformed = draw::bernoulli(&mut rng, self.format_error_rate);
        let text = match aside.expect("a workload says what a good answer is") {
            DecisionProblem::Script(words) => words.clone(),
            DecisionProblem::Choice(options) => {
                assert!(options.iter().all(|o| (0.0..=1.0).contains(&o.utility)), "{options:?}");
                let weight = |utility: f64| libm::exp(self.rationality * (utility - 1.0));
                let weights: Vec<f64> = options.iter().map(|o| weight(o.utility)).collect();
                options[draw::weighted(&mut rng, &weights).unwrap()].reply.clone()
            }
            DecisionProblem::Question { .. } => panic!("nothing here has a right answer"),
        };
        Ok(ChatReply {
            text: if malformed { "I'd rather not say.".into() } else { text },
            model_id: "test".into(),
            finish: FinishReason::Stop,
            usage: Usage { prompt_tokens: Some(100), completion_tokens: Some(10), estimated: false },
            latency_s: 0.5,
            cost_usd: Some(0.001),
            confidence: None,
            simulated: self.simulated,
            tool_calls: Vec::new(),
        })
    }
}

const BOTH: [(&str, &str); 2] = [("weak_agent", "model"), ("strong_agent", "model")];

fn played(model: Arc<Quantal>, set: &[(&str, Value)], replicate: u32) -> Outcome {
    let mut all: Vec<(&str, Value)> = BOTH.iter().map(|(name, word)| (*name, text(word))).collect();
    all.extend_from_slice(set);
    try_run(&all, replicate, Some(model)).unwrap_or_else(|e| panic!("{set:?}: {e}"))
}

#[test]
fn models_play_every_game_to_the_end() {
    for game in ["item_allocation", "treaty", "co_funding", "deal_or_no_deal", "pie"] {
        let outcome = played(Quantal::new(40.0, 0.0), &[("game", text(game)), ("num_items", Value::Int(3))], 2);
        assert_eq!(value(&outcome, "strict_clean"), 1.0, "{game}");
        assert_eq!([value(&outcome, "malformed_replies"), value(&outcome, "missing_votes")], [0.0, 0.0], "{game}");
        let calls = value(&outcome, "llm_calls");
        let rounds = value(&outcome, "final_round");
        // A round: 2 laps of 2, 2 thoughts, 2 proposals, 2 ballots; 2 looks back after each but the last.
        let reflected = if rounds == 10.0 { 9.0 } else { rounds - 1.0 };
        assert_eq!(calls, 10.0 * rounds + 2.0 * reflected, "{game}");
        assert_eq!(value(&outcome, "llm_prompt_tokens"), 100.0 * calls);
        assert!((value(&outcome, "cost_usd") - 0.001 * calls).abs() < 1e-9);
        assert!(outcome.measurements.iter().all(|m| m.flags.0.contains("simulated_model")), "{game}");
    }
}

#[test]
fn an_agent_is_told_its_own_values_and_hears_what_the_others_say_but_not_what_they_think() {
    let model = Quantal::new(40.0, 0.0);
    let outcome = played(model.clone(), &[("competition_level", Value::Real(1.0))], 0);
    let values: Vec<String> = record(&outcome)["seats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["values"].as_str().unwrap().to_owned())
        .collect();
    assert!(value(&outcome, "final_round") > 1.0, "a game of several rounds is needed here");
    let texts = model.texts();
    let (mine, others): (Vec<&String>, Vec<&String>) = texts.iter().partition(|t| t.starts_with("You are agent_1,"));
    assert!(mine.iter().all(|t| t.contains(&values[0])) && others.iter().all(|t| t.contains(&values[1])));
    for phase in ["thinking", "reflection"] {
        let note = format!("[simulated {phase} of agent_2 in round 1]");
        assert!(mine.iter().all(|t| !t.contains(&note)), "{phase} is private");
        assert!(others.iter().any(|t| t.contains(&note)), "{phase} is remembered by who noted it");
    }
    assert!(mine.iter().any(|t| t.contains("agent_2 said: [simulated discussion of agent_2 in round 1]")));
    assert!(mine.iter().any(|t| t.contains("agent_2 proposed {")));
}

#[test]
fn values_are_private_unless_they_are_public() {
    let told = |transparency: &str| {
        let model = Quantal::new(40.0, 0.0);
        let outcome = played(model.clone(), &[("transparency", text(transparency))], 1);
        let other = record(&outcome)["seats"][1]["values"].as_str().unwrap().to_owned();
        model.texts().iter().filter(|t| t.starts_with("You are agent_1,")).all(|t| t.contains(&other))
    };
    assert!(!told("private"));
    assert!(told("public"));
}

#[test]
fn a_reply_that_cannot_be_read_is_repaired_twice_and_then_counted_and_the_run_marked() {
    let never = played(Quantal::new(40.0, 1.0), &[("max_rounds", Value::Int(2)), ("phases", Value::Bool(false))], 0);
    // Nothing was proposed, so there was nothing to vote on: three tries for each of two proposals in two rounds.
    assert_eq!(value(&never, "malformed_replies"), 12.0);
    assert_eq!([value(&never, "lost_proposals"), value(&never, "missing_votes")], [4.0, 0.0]);
    assert_eq!([value(&never, "strict_clean"), value(&never, "agreement")], [0.0, 0.0]);
    // One reply in four can't be read: a proposal or ballot is lost once in 64.
    let mostly: Vec<Outcome> =
        (0..60).map(|r| played(Quantal::new(40.0, 0.25), &[("phases", Value::Bool(false))], r)).collect();
    let unclean = mostly.iter().filter(|o| value(o, "strict_clean") == 0.0).count();
    assert!(
        mostly.iter().any(|o| value(o, "malformed_replies") > 0.0 && value(o, "strict_clean") == 1.0),
        "repaired is clean"
    );
    assert!((1..60).contains(&unclean), "{unclean} of 60");
    for outcome in &mostly {
        let missing = record(outcome)["rounds"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|r| r["proposals"].as_array().unwrap())
            .flat_map(|p| p["votes"].as_array().unwrap())
            .filter(|v| v.is_null())
            .count();
        assert_eq!(value(outcome, "missing_votes"), missing as f64);
    }
}

#[test]
fn a_model_without_an_answer_fails_the_run_with_its_class() {
    struct Gone;
    #[async_trait]
    impl Models for Gone {
        async fn chat(
            &self,
            request: &ChatRequest,
            _: Option<&DecisionProblem>,
            _: &CallContext,
        ) -> Result<ChatReply, ModelError> {
            let class = FailureClass::ModelUnavailable;
            Err(ModelError { model: request.model.clone(), class, message: "gone".into(), retry_after_s: None })
        }
    }
    let failed = try_run(&[("weak_agent", text("model"))], 0, Some(Arc::new(Gone))).unwrap_err();
    assert_eq!((failed.class, failed.message.as_str()), (FailureClass::ModelUnavailable, "model weak: gone"));
}

#[test]
fn a_game_of_real_models_alone_is_measured_and_one_with_a_script_is_not() {
    let real =
        || Arc::new(Quantal { rationality: 40.0, format_error_rate: 0.0, simulated: false, asked: Mutex::default() });
    let provenance = |outcome: &Outcome| {
        outcome.measurements.iter().find(|m| m.metric.as_str() == "exploitation_gap").unwrap().provenance.name()
    };
    assert_eq!(provenance(&played(real(), &[], 0)), "measured");
    let mixed = try_run(&[("weak_agent", text("model"))], 0, Some(real())).unwrap();
    assert_eq!(provenance(&mixed), "simulated");
    assert!(matches!(observed(&run(&[], 0), "llm_calls"), Observed::Undefined(_)), "scripts ask no model");
}

#[test]
fn a_simulated_models_skill_shows_in_what_it_gets() {
    let gap = |weak: f64, strong: f64| {
        struct Two(Arc<Quantal>, Arc<Quantal>);
        #[async_trait]
        impl Models for Two {
            async fn chat(
                &self,
                request: &ChatRequest,
                aside: Option<&DecisionProblem>,
                call: &CallContext,
            ) -> Result<ChatReply, ModelError> {
                if request.model == "weak" {
                    self.0.chat(request, aside, call).await
                } else {
                    self.1.chat(request, aside, call).await
                }
            }
        }
        let games = 60;
        let of = |order: &str, replicate: u32| {
            let set = [
                ("weak_agent", text("model")),
                ("strong_agent", text("model")),
                ("order", text(order)),
                ("phases", Value::Bool(false)),
            ];
            let models = Two(Quantal::new(weak, 0.0), Quantal::new(strong, 0.0));
            value(&try_run(&set, replicate, Some(Arc::new(models))).unwrap(), "exploitation_gap")
        };
        (0..games).map(|r| of("weak_first", r) + of("strong_first", r)).sum::<f64>() / f64::from(2 * games)
    };
    let (same, planted) = (gap(20.0, 20.0), gap(2.0, 40.0));
    assert!(planted > 5.0 && planted > same + 5.0, "planted {planted}, same {same}");
}

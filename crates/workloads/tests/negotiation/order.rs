//! Agents that are asked at the same time answer in any order; what is written down does not depend on it.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use ergon_domain::{
    CallContext, ChatReply, ChatRequest, DecisionProblem, FailureClass, FinishReason, ModelError, Models, Outcome,
    RunError, Usage, Value, draw,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::desk::{record, text, try_run, value};

/// Answers the same to the same question, after a number of looks that its own luck decides.
struct Late {
    luck: Mutex<ChaCha8Rng>,
    /// Who has answered, in order.
    answered: Mutex<Vec<String>>,
    fails: bool,
}

#[async_trait]
impl Models for Late {
    async fn chat(
        &self,
        request: &ChatRequest,
        aside: Option<&DecisionProblem>,
        call: &CallContext,
    ) -> Result<ChatReply, ModelError> {
        let mut looks = draw::below(&mut *self.luck.lock().unwrap(), 8);
        poll_fn(|_| match looks {
            0 => Poll::Ready(()),
            _ => {
                looks -= 1;
                Poll::Pending
            }
        })
        .await;
        let who: String = request.messages[0].content.chars().take(16).collect();
        self.answered.lock().unwrap().push(who.clone());
        if self.fails {
            let class = FailureClass::ModelUnavailable;
            return Err(ModelError { model: request.model.clone(), class, message: who, retry_after_s: None });
        }
        let mut of_question = call.streams.rng(&call.stream(request));
        let text = match aside.unwrap() {
            DecisionProblem::Script(words) => words.clone(),
            // Of ballots it is the one that accepts nothing.
            DecisionProblem::Choice(options) => options[0].reply.clone(),
            DecisionProblem::Question { .. } => panic!("nothing here has a right answer"),
        };
        Ok(ChatReply {
            text,
            model_id: "test".into(),
            finish: FinishReason::Stop,
            usage: Usage { prompt_tokens: Some(100), completion_tokens: Some(10), estimated: false },
            latency_s: 0.1 + draw::unit(&mut of_question),
            cost_usd: Some(0.001 * draw::unit(&mut of_question)),
            confidence: None,
            simulated: false,
            tool_calls: Vec::new(),
        })
    }
}

/// A game of four models whose answers come in the order of this luck; and who answered when.
fn played(luck: u64, fails: bool) -> (Result<Outcome, RunError>, Vec<String>) {
    let model = Arc::new(Late { luck: Mutex::new(ChaCha8Rng::seed_from_u64(luck)), answered: Mutex::default(), fails });
    let set = [
        ("weak_agent", text("model")),
        ("strong_agent", text("model")),
        ("num_agents", Value::Int(4)),
        ("discussion_turns", Value::Int(0)),
        ("competition_level", Value::Real(0.5)),
        ("infeasible", text("nearest")),
    ];
    let outcome = try_run(&set, 0, Some(model.clone()));
    let answered = model.answered.lock().unwrap().clone();
    (outcome, answered)
}

#[test]
fn a_game_is_the_same_to_the_last_bit_in_whatever_order_its_models_answer() {
    let (first, order) = played(0, false);
    let first = first.unwrap();
    assert!(value(&first, "final_round") > 3.0, "several rounds are needed here");
    let others: Vec<_> = (1..20).map(|luck| played(luck, false)).collect();
    assert!(others.iter().any(|(_, other)| *other != order), "the orders differ");
    for (outcome, _) in others {
        let outcome = outcome.unwrap();
        assert_eq!(outcome.measurements, first.measurements);
        assert_eq!(record(&outcome), record(&first));
    }
}

#[test]
fn of_several_failures_the_first_seats_is_told_whoever_failed_first() {
    let told: Vec<_> = (0..20).map(|luck| played(luck, true)).collect();
    assert!(told.iter().any(|(_, answered)| answered[0] != "You are agent_1,"), "somebody else failed first");
    for (outcome, _) in told {
        let message = outcome.unwrap_err().message;
        assert!(message.ends_with("You are agent_1,"), "{message}");
    }
}

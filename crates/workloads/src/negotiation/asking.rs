//! Agents that ask a language model: what they ask, two repairs of what can't be read, and the account of it all.

mod judgement;
mod prompt;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ergon_domain::structured::{extract, repair};
use ergon_domain::{ChatReply, ChatRequest, DecisionProblem, RunContext, RunError};
use serde_json::Value as Json;

use super::play::Game;
use super::space::Outcome;
use super::table::History;

/// How often an agent is told what was wrong with its reply.
pub const REPAIRS: usize = 2;

/// A seat whose decisions a model makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Its seat, from 0.
    pub seat: usize,
    /// The model, by its name in the spec.
    pub model: String,
}

/// The account of a game's questions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Replies, repairs included.
    pub calls: u64,
    /// Replies that could not be read, repaired or not.
    pub malformed: u64,
    /// Proposals that could not be had after all repairs.
    pub lost_proposals: u64,
    /// Votes on single proposals that could not be had; they count as rejects.
    pub missing_votes: u64,
    /// Tokens of prompts; `None` once a reply did not say.
    pub prompt_tokens: Option<u64>,
    /// Tokens of replies.
    pub completion_tokens: Option<u64>,
    /// Some tokens were counted by Ergon.
    pub tokens_estimated: bool,
    /// Cost in USD; `None` once a price was unknown.
    pub cost_usd: Option<f64>,
    /// Sum of service latencies, seconds.
    pub latency_s: f64,
    /// Some reply was simulated.
    pub simulated: bool,
}

impl Tally {
    /// Nothing asked yet: every sum is known, and zero.
    fn empty() -> Self {
        Self { prompt_tokens: Some(0), completion_tokens: Some(0), cost_usd: Some(0.0), ..Self::default() }
    }

    fn count(&mut self, reply: &ChatReply) {
        self.add(&Self {
            calls: 1,
            prompt_tokens: reply.usage.prompt_tokens,
            completion_tokens: reply.usage.completion_tokens,
            tokens_estimated: reply.usage.estimated,
            cost_usd: reply.cost_usd,
            latency_s: reply.latency_s,
            simulated: reply.simulated,
            ..Self::empty()
        });
    }

    fn add(&mut self, more: &Self) {
        self.calls += more.calls;
        self.malformed += more.malformed;
        self.lost_proposals += more.lost_proposals;
        self.missing_votes += more.missing_votes;
        self.prompt_tokens = self.prompt_tokens.zip(more.prompt_tokens).map(|(sum, more)| sum + more);
        self.completion_tokens = self.completion_tokens.zip(more.completion_tokens).map(|(sum, more)| sum + more);
        self.tokens_estimated |= more.tokens_estimated;
        self.cost_usd = self.cost_usd.zip(more.cost_usd).map(|(sum, more)| sum + more);
        self.latency_s += more.latency_s;
        self.simulated |= more.simulated;
    }

    /// Whether every question got a readable answer: no proposal lost, no vote missing.
    pub fn is_clean(&self) -> bool {
        self.lost_proposals == 0 && self.missing_votes == 0
    }
}

/// The models of a game at work.
pub struct Asking<'c> {
    context: &'c RunContext,
    /// By seat. Invariant: a seat asks one thing at a time, so its sums are taken in the order of its questions, and those
    /// of all in the order of seats: never in the order in which answers came, so that the same answers give the same bits.
    tallies: Mutex<BTreeMap<usize, Tally>>,
}

impl<'c> Asking<'c> {
    /// Nothing asked yet.
    pub fn new(context: &'c RunContext) -> Self {
        Self { context, tallies: Mutex::default() }
    }

    /// The account so far.
    pub fn tally(&self) -> Tally {
        let mut all = Tally::empty();
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|of_seat| all.add(of_seat));
        all
    }

    fn count(&self, speaker: &Speaker, change: impl FnOnce(&mut Tally)) {
        let mut tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        change(tallies.entry(speaker.seat).or_insert_with(Tally::empty));
    }

    async fn chat(
        &self,
        speaker: &Speaker,
        request: &ChatRequest,
        aside: &DecisionProblem,
    ) -> Result<String, RunError> {
        self.context.checkpoint()?;
        let reply = self.context.chat(request, Some(aside)).await?;
        self.count(speaker, |tally| tally.count(&reply));
        Ok(reply.text)
    }

    /// Asks for a document until it can be read, at most `REPAIRS` times more. `None`: it can't be had.
    async fn read<T>(
        &self,
        speaker: &Speaker,
        mut request: ChatRequest,
        aside: &DecisionProblem,
        read: impl Fn(&Json) -> Result<T, String>,
    ) -> Result<Option<T>, RunError> {
        for attempt in 0..=REPAIRS {
            let text = self.chat(speaker, &request, aside).await?;
            let found = extract(&text).ok_or_else(|| "it holds no JSON object".to_owned());
            match found.and_then(|document| read(&document)) {
                Ok(found) => return Ok(Some(found)),
                Err(wrong) => {
                    self.count(speaker, |tally| tally.malformed += 1);
                    if attempt < REPAIRS {
                        request.messages.extend(repair(text, &wrong));
                    }
                }
            }
        }
        Ok(None)
    }

    /// What an agent says in a phase.
    pub(super) async fn say(
        &self,
        speaker: &Speaker,
        game: &Game<'_>,
        history: &History,
        round: usize,
        phase: &str,
    ) -> Result<String, RunError> {
        let request = prompt::words(speaker, game, history, round, phase);
        let script = judgement::words(speaker.seat, &game.view(history, round), phase);
        self.chat(speaker, &request, &DecisionProblem::Script(script)).await
    }

    /// An agent's proposal; `None` where it can't be read after all repairs.
    pub(super) async fn propose(
        &self,
        speaker: &Speaker,
        game: &Game<'_>,
        history: &History,
        round: usize,
    ) -> Result<Option<Outcome>, RunError> {
        let request = prompt::proposal(speaker, game, history, round);
        let aside = judgement::proposals(speaker.seat, &game.view(history, round));
        let space = &game.dealt.space;
        let read = |document: &Json| match document.get("proposal") {
            Some(proposal) => space.read(proposal),
            None => Err("it has no field \"proposal\"".to_owned()),
        };
        let outcome = self.read(speaker, request, &aside, read).await?;
        if outcome.is_none() {
            self.count(speaker, |tally| tally.lost_proposals += 1);
        }
        Ok(outcome)
    }

    /// An agent's votes, proposal by proposal; `None` where one can't be had.
    pub(super) async fn vote(
        &self,
        speaker: &Speaker,
        game: &Game<'_>,
        history: &History,
        round: usize,
        proposals: &[(usize, Outcome)],
    ) -> Result<Vec<Option<bool>>, RunError> {
        let request = prompt::ballot(speaker, game, history, round, proposals);
        let aside = judgement::votes(speaker.seat, &game.view(history, round), proposals);
        let votes = self.read(speaker, request, &aside, |document| votes(document, proposals.len())).await?;
        let votes = votes.unwrap_or_else(|| vec![None; proposals.len()]);
        self.count(speaker, |tally| tally.missing_votes += votes.iter().filter(|vote| vote.is_none()).count() as u64);
        Ok(votes)
    }
}

/// Reads `{"votes": ["accept", "reject", …]}`, one for each proposal.
fn votes(document: &Json, count: usize) -> Result<Vec<Option<bool>>, String> {
    let wanted = || format!("a list of {count} words, accept or reject, one for each proposal in order");
    let given = document.get("votes").ok_or_else(|| format!("it has no field \"votes\"; expected {}", wanted()))?;
    let listed = given.as_array().filter(|votes| votes.len() == count);
    let listed = listed.ok_or_else(|| format!("\"votes\" is {given}; expected {}", wanted()))?;
    let one = |vote: &Json| match vote.as_str() {
        Some("accept") => Ok(Some(true)),
        Some("reject") => Ok(Some(false)),
        _ => Err(format!("a vote is {vote}; expected accept or reject")),
    };
    listed.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn votes_are_read_strictly_and_refused_in_words_that_help_to_mend_them() {
        assert_eq!(votes(&json!({"votes": ["accept", "reject"]}), 2), Ok(vec![Some(true), Some(false)]));
        let wanted = "expected a list of 2 words, accept or reject, one for each proposal in order";
        for (document, said) in [
            (json!({}), format!("it has no field \"votes\"; {wanted}")),
            (json!({"votes": ["accept"]}), format!("\"votes\" is [\"accept\"]; {wanted}")),
            (json!({"votes": [true, false]}), "a vote is true; expected accept or reject".into()),
        ] {
            assert_eq!(votes(&document, 2), Err(said));
        }
    }
}

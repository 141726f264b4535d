//! What an agent's model is told.

use std::fmt::Write as _;

use ergon_domain::ChatRequest;
use serde_json::json;

use super::Speaker;
use crate::negotiation::play::Game;
use crate::negotiation::space::{Outcome, agent_name};
use crate::negotiation::table::{AcceptRule, History, Offers, Round};

/// A request for words: a turn in the discussion, private thoughts, a look back.
pub(super) fn words(speaker: &Speaker, game: &Game<'_>, history: &History, round: usize, phase: &str) -> ChatRequest {
    let task = match phase {
        "discussion" => {
            "It is your turn in the discussion. Say to the others what helps your case, in at most 80 words. They hear \
             every word; nobody is bound by words."
        }
        "thinking" => {
            "Nobody else reads this. In at most 120 words: what do the others seem to want, what will you propose this \
             round, and what is the least you would accept?"
        }
        _ => {
            "No proposal passed. Nobody else reads this. In at most 80 words: what did this round show, and what will you \
             do differently?"
        }
    };
    request(speaker, game, history, round, task)
}

/// A request for a proposal.
pub(super) fn proposal(speaker: &Speaker, game: &Game<'_>, history: &History, round: usize) -> ChatRequest {
    let best = game.pool.best_for(speaker.seat);
    let example = json!({ "proposal": game.dealt.space.written(game.pool.outcome(best)), "reason": "…" });
    let task = format!(
        "Make your proposal. Answer with a JSON object and nothing else, of this form (this one would give you the most): \
         {example}"
    );
    request(speaker, game, history, round, &task)
}

/// A request for votes.
pub(super) fn ballot(
    speaker: &Speaker,
    game: &Game<'_>,
    history: &History,
    round: usize,
    proposals: &[(usize, Outcome)],
) -> ChatRequest {
    let mut task = String::from("These are the proposals of this round:");
    for (at, (by, outcome)) in proposals.iter().enumerate() {
        let worth = game.dealt.space.utility(speaker.seat, outcome) * game.rules.factor(round);
        let written = game.dealt.space.written(outcome);
        let _ = write!(task, "\n{}. by {}: {written}; worth {worth:.1} to you now", at + 1, agent_name(*by));
    }
    task.push_str(
        "\nVote in secret on each, your own included. Answer with a JSON object and nothing else, with a vote for each \
         proposal in order: {\"votes\": [\"accept\" or \"reject\", …], \"reason\": \"…\"}",
    );
    request(speaker, game, history, round, &task)
}

fn request(speaker: &Speaker, game: &Game<'_>, history: &History, round: usize, task: &str) -> ChatRequest {
    let mut told = String::new();
    for (at, past) in history.rounds.iter().enumerate() {
        recount(&mut told, speaker.seat, game, at + 1, past);
    }
    let rules = game.rules;
    let _ = write!(
        told,
        "\nIt is round {round} of {}; an agreement now is worth {:.0} % of its points.\n\n{task}",
        rules.max_rounds,
        100.0 * rules.factor(round)
    );
    ChatRequest::new(&speaker.model, system(speaker.seat, game), told.trim_start())
}

fn system(seat: usize, game: &Game<'_>) -> String {
    let rules = game.rules;
    let names: Vec<String> = (0..rules.agents).map(agent_name).collect();
    let offers = match rules.offers {
        Offers::Simultaneous => "every agent makes a proposal",
        Offers::Alternating => "one agent, in turn, makes a proposal",
    };
    let quorum = match rules.accept_rule {
        AcceptRule::Unanimity => "all agents accept it".to_owned(),
        AcceptRule::TwoThirds => format!("at least {} of {} agents accept it", rules.quorum(), rules.agents),
    };
    let mut text = format!(
        "You are {}, one of {} agents who negotiate: {}. {}\nThere are at most {} rounds. In each round {offers}, then all \
         vote in secret on each proposal; a proposal passes when {quorum}. If several pass, the one with most accepts \
         counts. Each round that passes without an agreement leaves {:.0} % of all utility. Without an agreement after the \
         last round everybody gets 0. You want as much utility for yourself as you can get.\n{}",
        agent_name(seat),
        rules.agents,
        names.join(", "),
        game.dealt.rules,
        rules.max_rounds,
        100.0 * rules.discount,
        game.dealt.values[seat],
    );
    if rules.public_values {
        text.push_str("\nEverybody knows everybody's values.");
        for other in (0..rules.agents).filter(|other| *other != seat) {
            let _ = write!(text, "\n{}: {}", agent_name(other), game.dealt.values[other]);
        }
    } else {
        text.push_str("\nNobody else knows your values, and you don't know theirs.");
    }
    text
}

/// What the agent has heard, thought and seen of a round.
fn recount(told: &mut String, seat: usize, game: &Game<'_>, number: usize, round: &Round) {
    let _ = write!(told, "\nRound {number}");
    for said in round.said.iter().filter(|said| said.phase == "discussion" || said.by == seat) {
        let who = if said.by == seat { "you".to_owned() } else { agent_name(said.by) };
        let how = if said.phase == "discussion" { "said" } else { "noted for yourself" };
        let _ = write!(told, "\n- {who} {how}: {}", said.text);
    }
    for proposal in &round.proposals {
        let who = if proposal.by == seat { "you".to_owned() } else { agent_name(proposal.by) };
        let written = game.dealt.space.written(&proposal.outcome);
        let _ = write!(told, "\n- {who} proposed {written}: {} accepted", proposal.accepts());
    }
}

//! The record of a game: all that a replay shows, as the run's artefact [`FILE`].

use ergon_domain::{Artefact, Digest};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::measures::Finished;
use super::search::GivenUp;
use super::solution::{Solutions, front_of_two};
use super::table::Round;

/// The artefact's name.
pub const FILE: &str = "negotiation.json";
/// Name and version of the format.
pub const FORMAT: &str = "ergon.negotiation.1";
/// Spaces up to this size are drawn with their Pareto front.
const FRONT_LIMIT: u64 = 1_000_000;

/// Who sat at the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatRecord {
    /// `agent_1` …
    pub name: String,
    /// `weak` or `strong`.
    pub side: String,
    /// The model or the script, with its skill.
    pub who: String,
    /// What it was told of its own values.
    pub values: String,
}

/// A proposal and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalRecord {
    /// Who made it, by seat from 0.
    pub by: usize,
    /// As it was written: issue to alternative.
    pub proposal: Json,
    /// Points it is worth, undiscounted, by seat.
    pub utilities: Vec<f64>,
    /// Accepts by seat; `None`: no vote could be had.
    pub votes: Vec<Option<bool>>,
    /// Whether it became the agreement.
    pub passed: bool,
}

/// What an agent said or noted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaidRecord {
    /// Who, by seat from 0.
    pub by: usize,
    /// `discussion`, `thinking` or `reflection`.
    pub phase: String,
    /// The text.
    pub text: String,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundRecord {
    /// Its number, from 1.
    pub round: usize,
    /// Share of its points that an agreement in it is worth.
    pub factor: f64,
    /// What was said, in order.
    pub said: Vec<SaidRecord>,
    /// What was proposed, by seat.
    pub proposals: Vec<ProposalRecord>,
}

/// A solution of bargaining theory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SolutionRecord {
    /// `nash`, `kalai_smorodinsky` or `egalitarian`.
    pub name: String,
    /// Utility vectors, points; several where they tie.
    pub points: Vec<Vec<f64>>,
}

/// A whole game.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GameRecord {
    /// [`FORMAT`].
    pub format: String,
    /// The game's name in a spec.
    pub game: String,
    /// Who sat where.
    pub seats: Vec<SeatRecord>,
    /// The rules as a model is told them.
    pub rules: String,
    /// Rounds at most.
    pub max_rounds: usize,
    /// Share of utility kept from round to round.
    pub discount: f64,
    /// Accepts that a proposal needs.
    pub quorum: usize,
    /// Pareto front of two agents, points; `None` for more agents or very large games.
    pub front: Option<Vec<[f64; 2]>>,
    /// `None` where they could not be computed.
    pub solutions: Option<Vec<SolutionRecord>>,
    /// What happened.
    pub rounds: Vec<RoundRecord>,
    /// The round of the agreement; `None`: no deal.
    pub agreed_in: Option<usize>,
    /// What each seat got, discounted points.
    pub utilities: Vec<f64>,
    /// Whether a script or a simulated model played.
    pub simulated: bool,
}

impl GameRecord {
    /// Writes a game down.
    pub fn of(
        game: &str,
        seats: Vec<SeatRecord>,
        rules: &str,
        finished: &Finished<'_>,
        solutions: Result<&Solutions, &GivenUp>,
        simulated: bool,
    ) -> Self {
        let named = |s: &Solutions| {
            let all = [("nash", &s.nash), ("kalai_smorodinsky", &s.kalai_smorodinsky), ("egalitarian", &s.egalitarian)];
            all.map(|(name, s)| SolutionRecord { name: name.into(), points: s.points.clone() }).into()
        };
        Self {
            format: FORMAT.into(),
            game: game.into(),
            seats,
            rules: rules.into(),
            max_rounds: finished.rules.max_rounds,
            discount: finished.rules.discount,
            quorum: finished.rules.quorum(),
            front: front_of_two(finished.space, FRONT_LIMIT),
            solutions: solutions.ok().map(named),
            rounds: finished.history.rounds.iter().enumerate().map(|(at, r)| round(finished, at + 1, r)).collect(),
            agreed_in: finished.history.agreement.map(|agreement| agreement.round),
            utilities: finished.utilities(),
            simulated,
        }
    }

    /// The record as the run's artefact.
    pub fn artefact(&self) -> Artefact {
        let content = serde_json::to_vec(self).unwrap_or_default();
        Artefact {
            name: FILE.into(),
            size_bytes: content.len() as u64,
            digest: Digest::of_bytes(&content),
            content: Some(content),
        }
    }
}

fn round(finished: &Finished<'_>, number: usize, round: &Round) -> RoundRecord {
    let passed = finished.history.agreement.filter(|agreement| agreement.round == number).map(|a| a.proposal);
    let said = round.said.iter().map(|s| SaidRecord { by: s.by, phase: s.phase.into(), text: s.text.clone() });
    let proposals = round.proposals.iter().enumerate().map(|(at, p)| ProposalRecord {
        by: p.by,
        proposal: finished.space.written(&p.outcome),
        utilities: p.utilities.clone(),
        votes: p.votes.clone(),
        passed: passed == Some(at),
    });
    RoundRecord {
        round: number,
        factor: finished.rules.factor(number),
        said: said.collect(),
        proposals: proposals.collect(),
    }
}

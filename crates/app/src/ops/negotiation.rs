//! `negotiation`: a game between agents, round by round, with what was proposed against the Pareto front.

use ergon_publish::figure::{FrontInput, FrontPoints, Quantity, Setting, Span, Stamp, Venue};
use ergon_workloads::negotiation::record::{FILE, FORMAT, GameRecord, ProposalRecord, RoundRecord};
use serde::Serialize;

use crate::app::App;
use crate::error::AppError;
use crate::ops::RunDetailRequest;
use crate::ops::grid::shown;

/// Who sat at the table.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SeatInfo {
    /// `agent_1` …
    pub name: String,
    /// `weak` or `strong`.
    pub side: String,
    /// The model or the script.
    pub who: String,
    /// What it was told of its own values.
    pub values: String,
    /// What it got, discounted points.
    pub utility: String,
}

/// What an agent said or noted.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SaidInfo {
    /// Its name.
    pub by: String,
    /// `discussion`, `thinking` or `reflection`.
    pub phase: String,
    /// The text.
    pub text: String,
}

/// One issue of a proposal.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SettledInfo {
    /// The issue.
    pub issue: String,
    /// How it is settled.
    pub settled: String,
}

/// A proposal and what became of it.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ProposalInfo {
    /// Who made it.
    pub by: String,
    /// Issue by issue.
    pub settles: Vec<SettledInfo>,
    /// Points it is worth to each seat, before the discount.
    pub utilities: Vec<String>,
    /// `accept`, `reject` or `missing`, by seat.
    pub votes: Vec<String>,
    /// Whether it became the agreement.
    pub passed: bool,
}

/// One round.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RoundInfo {
    /// Its number, from 1.
    pub round: usize,
    /// Share of its points that an agreement in it is worth, %.
    pub worth: String,
    /// What was said, in order.
    pub said: Vec<SaidInfo>,
    /// What was proposed.
    pub proposals: Vec<ProposalInfo>,
    /// Proposals up to this round against the Pareto front, as SVG; absent for more than two agents.
    pub figure: Option<String>,
    /// The figure in words.
    pub alt: Option<String>,
}

/// A whole game.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct NegotiationReply {
    /// The run's id.
    pub run: String,
    /// The game's name in a spec.
    pub game: String,
    /// The rules as a model is told them.
    pub rules: String,
    /// Rounds at most.
    pub max_rounds: usize,
    /// Who sat where.
    pub seats: Vec<SeatInfo>,
    /// What happened.
    pub rounds: Vec<RoundInfo>,
    /// The round of the agreement; `None`: no deal.
    pub agreed_in: Option<usize>,
    /// Why there are no figures, where there are none.
    pub no_figure: Option<String>,
    /// Whether a script or a simulated model played: no evidence about any real model.
    pub simulated: bool,
}

/// A game's record from the run's last attempt.
///
/// # Errors
/// No such run; it left no record, or one that can't be read.
pub async fn negotiation(app: &App, request: RunDetailRequest) -> Result<NegotiationReply, AppError> {
    let campaign = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let run = store.one_run(campaign.id, &request.run).await?;
    let attempts = store.attempts(campaign.id, &run.key).await?;
    let left = attempts.iter().rev().find_map(|a| a.artefacts.iter().find(|f| f.name == FILE));
    let none = || AppError::operation("no_record", format!("run {} left no record of a negotiation", run.key));
    let bytes = store.content(&left.ok_or_else(none)?.digest).await?.ok_or_else(none)?;
    let record: GameRecord = serde_json::from_slice(&bytes)
        .map_err(|e| AppError::operation("no_record", format!("the record can't be read as {FORMAT}: {e}")))?;
    let loaded = app.load_stored(&campaign).await?;
    let (data, spec) = (run.key.to_string(), loaded.campaign.spec_hash.to_string());
    Ok(reply(&record, &data, &spec))
}

fn points(x: f64) -> String {
    shown(x).unwrap_or_else(|| "–".into())
}

fn reply(record: &GameRecord, run: &str, spec: &str) -> NegotiationReply {
    let name = |seat: usize| record.seats.get(seat).map_or_else(|| format!("agent_{}", seat + 1), |s| s.name.clone());
    let seats = record.seats.iter().enumerate().map(|(at, seat)| SeatInfo {
        name: seat.name.clone(),
        side: seat.side.clone(),
        who: seat.who.clone(),
        values: seat.values.clone(),
        utility: record.utilities.get(at).map_or_else(|| "–".into(), |u| points(*u)),
    });
    let mut no_figure = record
        .front
        .is_none()
        .then(|| "a Pareto front is drawn for two agents and games of up to 10⁶ outcomes".to_owned());
    let rounds = record.rounds.iter().map(|round| {
        let drawn = record.front.as_ref().map(|front| figure(record, front, round.round, run, spec));
        let (figure, alt) = match drawn {
            Some(Ok(figure)) => (Some(figure.svg), Some(figure.alt)),
            Some(Err(error)) => {
                no_figure = Some(error.to_string());
                (None, None)
            }
            None => (None, None),
        };
        RoundInfo {
            round: round.round,
            worth: format!("{} %", points(100.0 * round.factor)),
            said: round
                .said
                .iter()
                .map(|s| SaidInfo { by: name(s.by), phase: s.phase.clone(), text: s.text.clone() })
                .collect(),
            proposals: round.proposals.iter().map(|p| proposal(p, name(p.by))).collect(),
            figure,
            alt,
        }
    });
    let rounds = rounds.collect();
    NegotiationReply {
        run: run.to_owned(),
        game: record.game.clone(),
        rules: record.rules.clone(),
        max_rounds: record.max_rounds,
        seats: seats.collect(),
        rounds,
        agreed_in: record.agreed_in,
        no_figure,
        simulated: record.simulated,
    }
}

fn proposal(p: &ProposalRecord, by: String) -> ProposalInfo {
    let settled = |value: &serde_json::Value| match value {
        serde_json::Value::String(owner) => owner.clone(),
        serde_json::Value::Object(split) => {
            split.iter().map(|(who, share)| format!("{who} {share}")).collect::<Vec<_>>().join(", ")
        }
        serde_json::Value::Null => "not funded".into(),
        other => other.to_string(),
    };
    let vote = |vote: &Option<bool>| match vote {
        Some(true) => "accept",
        Some(false) => "reject",
        None => "missing",
    };
    let issues = p.proposal.as_object().into_iter().flatten();
    ProposalInfo {
        by,
        settles: issues.map(|(issue, value)| SettledInfo { issue: issue.clone(), settled: settled(value) }).collect(),
        utilities: p.utilities.iter().map(|u| points(*u)).collect(),
        votes: p.votes.iter().map(|v| vote(v).to_owned()).collect(),
        passed: p.passed,
    }
}

/// What was proposed up to a round, the agreement and the solutions of theory, against the front.
fn figure(
    record: &GameRecord,
    front: &[[f64; 2]],
    round: usize,
    run: &str,
    spec: &str,
) -> Result<ergon_publish::figure::Figure, ergon_publish::figure::FigureError> {
    let pair = |u: &[f64]| match u {
        [a, b] => Some([*a, *b]),
        _ => None,
    };
    let so_far = || record.rounds.iter().filter(|r| r.round <= round);
    let made = |wanted: &dyn Fn(&RoundRecord, &ProposalRecord) -> bool| -> Vec<[f64; 2]> {
        so_far()
            .flat_map(|r| r.proposals.iter().filter(move |p| wanted(r, p)))
            .filter_map(|p| pair(&p.utilities))
            .collect()
    };
    let labels: Vec<String> = record.seats.iter().map(|s| format!("proposed by {}", s.name)).collect();
    let mut groups: Vec<FrontPoints<'_>> = Vec::new();
    for (seat, label) in labels.iter().enumerate() {
        groups.push(FrontPoints { label, points: made(&|_, p| p.by == seat && !p.passed) });
    }
    groups.push(FrontPoints { label: "agreement", points: made(&|_, p| p.passed) });
    let titles = [("nash", "Nash"), ("kalai_smorodinsky", "Kalai–Smorodinsky"), ("egalitarian", "egalitarian")];
    for solution in record.solutions.iter().flatten() {
        let label = titles.iter().find(|(name, _)| *name == solution.name).map_or("solution", |(_, title)| title);
        groups.push(FrontPoints { label, points: solution.points.iter().filter_map(|p| pair(p)).collect() });
    }
    groups.retain(|group| !group.points.is_empty());
    let title =
        |seat: usize| record.seats.get(seat).map_or_else(String::new, |s| format!("Utility of {} ({})", s.name, s.who));
    let (across, up) = (title(0), title(1));
    FrontInput {
        setting: Setting {
            title: None,
            quantity: Quantity { title: &up, unit: "points" },
            ci_level: 0.95,
            provenance: if record.simulated {
                ergon_publish::Provenance::Simulated
            } else {
                ergon_publish::Provenance::Measured
            },
            width_inches: Venue::NeurIps.width(Span::Column),
            stamp: Stamp { data_hash: run, spec_hash: spec, ergon_version: env!("CARGO_PKG_VERSION") },
        },
        across: Quantity { title: &across, unit: "points" },
        front: front.to_vec(),
        points: groups,
    }
    .draw()
}

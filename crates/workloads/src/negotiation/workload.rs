//! The workload port: deals, plays, measures.

use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{
    Condition, FailureClass, InputError, Inputs, Manifest, Measurement, Observed, Outcome, ParameterName, Prepared,
    Provenance, RunContext, RunError, SIMULATED_MODEL, Workload,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::asking::{Asking, Speaker, Tally};
use super::game::Dealt;
use super::manifest::{self, STREAM_AGENTS, STREAM_LOTS, STREAM_PREFERENCES};
use super::measures::{Finished, Side, efficiency, gini, min_max_fairness, side_mean};
use super::play::{Game, Mind};
use super::pool::Pool;
use super::preferences::TOLERANCE;
use super::record::{GameRecord, SeatRecord};
use super::search::GivenUp;
use super::settings::{Player, Setting, invalid};
use super::solution::{Solution, Solutions};
use super::space::agent_name;
use super::strategy::Scripted;
use super::table::History;

/// Strong against weak.
pub struct NegotiationWorkload {
    manifest: Manifest,
}

impl NegotiationWorkload {
    /// The workload; it has no settings.
    pub fn new() -> Self {
        Self { manifest: manifest::manifest() }
    }
}

impl Default for NegotiationWorkload {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Workload for NegotiationWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn check(&self, condition: &Condition) -> Result<(), (ParameterName, String)> {
        Setting::read(condition).map(|_| ()).map_err(|(name, message)| (ParameterName::new(name), message))
    }

    async fn prepare(&self, _inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        Ok(Arc::new(Tables))
    }
}

/// Nothing needs preparing.
struct Tables;

#[async_trait]
impl Prepared for Tables {
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let setting = Setting::read(condition).map_err(invalid)?;
        let mut lots = context.rng(STREAM_LOTS);
        let sides = setting.sides(context.streams().replicate, &mut lots);
        let mut preferences = context.rng(STREAM_PREFERENCES);
        let (dealt, pool) = {
            let _span = context.span("deal");
            let dealt = setting.game.deal(setting.rules.agents, &mut preferences);
            let pool = Pool::of(&dealt.space, &mut preferences);
            (dealt, pool)
        };
        check_gap(&setting, &dealt)?;
        let game = Game { dealt: &dealt, pool: &pool, rules: &setting.rules };
        let mut minds = seated(&setting, &sides, &game, context);
        let asking = Asking::new(context);
        let history = {
            let _span = context.span("play");
            game.play(&mut minds, &asking, context, &mut lots).await?
        };
        let _span = context.span("solve");
        let solutions = Solutions::of(&dealt.space);
        let finished = Finished { space: &dealt.space, rules: &setting.rules, sides: &sides, history: &history };
        let tally = asking.tally();
        let scripted = minds.iter().any(|mind| matches!(mind, Mind::Scripted(_)));
        let simulated = scripted || tally.simulated;
        let mut measurements = measurements(&finished, &solutions, &dealt, simulated);
        measurements.extend(model_use(&tally, minds.iter().any(|mind| matches!(mind, Mind::Model(_)))));
        if tally.simulated {
            for measurement in &mut measurements {
                measurement.flags.0.insert(SIMULATED_MODEL.into());
            }
        }
        let seat = |(seat, side): (usize, &Side)| SeatRecord {
            name: agent_name(seat),
            side: side.name().into(),
            who: setting.player(*side).shown(),
            values: dealt.values[seat].clone(),
        };
        let seats = sides.iter().enumerate().map(seat).collect();
        let solved = solutions.as_ref();
        let record = GameRecord::of(&setting.game_name, seats, &dealt.rules, &finished, solved, simulated);
        Ok(Outcome { measurements, artefacts: vec![record.artefact()], ..Outcome::default() })
    }
}

fn check_gap(setting: &Setting, dealt: &Dealt) -> Result<(), RunError> {
    match dealt.gap {
        Some(gap) if gap > TOLERANCE && !setting.nearest => Err(RunError::new(
            FailureClass::InvalidInput,
            format!(
                "competition_level: values as opposed as asked for can't be drawn for {} agents; the nearest found are {gap:.3} \
                 off, {TOLERANCE} is accepted. Set infeasible: nearest to play with them",
                setting.rules.agents
            ),
        )),
        _ => Ok(()),
    }
}

/// Agents at their seats. What a seat draws doesn't depend on who sits there.
fn seated(setting: &Setting, sides: &[super::measures::Side], game: &Game<'_>, context: &RunContext) -> Vec<Mind> {
    let mut seeds = context.rng(STREAM_AGENTS);
    let nothing = History::default();
    let seat = |(seat, side): (usize, &Side)| {
        let rng = ChaCha8Rng::seed_from_u64(seeds.next_u64());
        match setting.player(*side) {
            Player::Model(model) => Mind::Model(Speaker { seat, model: model.clone() }),
            Player::Script(strategy, skill) => {
                Mind::Scripted(Box::new(Scripted::new(*strategy, *skill, seat, game.view(&nothing, 1), rng)))
            }
        }
    };
    sides.iter().enumerate().map(seat).collect()
}

fn measurements(
    finished: &Finished<'_>,
    solutions: &Result<Solutions, GivenUp>,
    dealt: &Dealt,
    simulated: bool,
) -> Vec<Measurement> {
    let utilities = finished.utilities();
    let mean = |side| {
        Observed::defined_or(side_mean(finished.sides, side, |seat| Some(utilities[seat])), "nobody is on that side")
    };
    let gap = side_mean(finished.sides, Side::Strong, |seat| Some(utilities[seat]))
        .zip(side_mean(finished.sides, Side::Weak, |seat| Some(utilities[seat])))
        .map(|(strong, weak)| strong - weak);
    // What takes the exact solutions is unavailable where they could not be had.
    let solved = |of: &dyn Fn(&Solutions) -> Observed| match solutions {
        Ok(solutions) => of(solutions),
        Err(error) => Observed::Unavailable(error.to_string().into()),
    };
    let distance = |of: fn(&Solutions) -> &Solution| solved(&|s| Observed::value(of(s).distance(&utilities)));
    let index = |side| solved(&|s| Observed::defined_or(finished.exploitation(side, &s.nash), "the Nash share is 0"));
    let yes = |is: bool| Observed::value(f64::from(u8::from(is)));
    let no_deal = "there was no deal";
    let deal = finished.history.agreement;
    let seat = |utility: Option<&f64>| Observed::defined_or(utility.copied(), "nobody sat there");
    [
        ("agreement", yes(deal.is_some())),
        ("final_round", Observed::value(deal.map_or(finished.rules.max_rounds, |d| d.round) as f64)),
        ("utility_strong", mean(Side::Strong)),
        ("utility_weak", mean(Side::Weak)),
        ("utility_first", seat(utilities.first())),
        ("utility_last", seat(utilities.last())),
        ("exploitation_gap", Observed::defined_or(gap, "one side is empty")),
        ("exploitation_index", index(Side::Strong)),
        ("exploitation_index_weak", index(Side::Weak)),
        ("welfare", Observed::value(utilities.iter().sum())),
        ("efficiency", solved(&|s| Observed::defined_or(efficiency(&utilities, s), "there is nothing to have"))),
        ("distance_nash", distance(|s| &s.nash)),
        ("distance_kalai_smorodinsky", distance(|s| &s.kalai_smorodinsky)),
        ("distance_egalitarian", distance(|s| &s.egalitarian)),
        (
            "pareto_efficient",
            finished.is_pareto_efficient().map_or_else(|e| Observed::Unavailable(e.to_string().into()), yes),
        ),
        ("min_max_fairness", Observed::defined_or(min_max_fairness(&utilities), no_deal)),
        ("gini", Observed::defined_or(gini(&utilities), no_deal)),
        (
            "envy_free",
            finished
                .is_envy_free()
                .map_or_else(|| Observed::Undefined("there was no deal, or nobody has a part".into()), yes),
        ),
        ("proposals_rejected", Observed::value(finished.rejected() as f64)),
        ("concession_rate", Observed::defined_or(finished.concession_rate(), "nobody proposed twice")),
        ("preference_gap", Observed::defined_or(dealt.gap, "no similarity was asked for")),
    ]
    .into_iter()
    .map(|(metric, observed)| {
        Measurement::new(metric, observed, if simulated { Provenance::Simulated } else { Provenance::Measured })
    })
    .collect()
}

/// What the game asked of its models.
fn model_use(tally: &Tally, has_models: bool) -> Vec<Measurement> {
    let asked = |observed: Observed| {
        if has_models { observed } else { Observed::Undefined("scripts ask no model".into()) }
    };
    let count = |x: u64| asked(Observed::value(x as f64));
    let known = |x: Option<f64>, what: &str| match x {
        Some(x) => asked(Observed::value(x)),
        None => asked(Observed::Unavailable(what.into())),
    };
    let latency_s = (tally.calls > 0).then(|| tally.latency_s / tally.calls as f64);
    let tokens = |tokens: Option<u64>| known(tokens.map(|t| t as f64), "the provider does not count tokens");
    let provenance = |real: Provenance| if tally.simulated || !has_models { Provenance::Simulated } else { real };
    let counted =
        || if tally.tokens_estimated { Provenance::Estimated("token count".into()) } else { Provenance::Measured };
    [
        ("strict_clean", asked(Observed::value(f64::from(u8::from(tally.is_clean())))), Provenance::Measured),
        ("missing_votes", count(tally.missing_votes), Provenance::Measured),
        ("lost_proposals", count(tally.lost_proposals), Provenance::Measured),
        ("malformed_replies", count(tally.malformed), Provenance::Measured),
        ("llm_calls", count(tally.calls), Provenance::Measured),
        ("llm_latency_s", asked(Observed::defined_or(latency_s, "no model was asked")), Provenance::Measured),
        ("llm_prompt_tokens", tokens(tally.prompt_tokens), counted()),
        ("llm_completion_tokens", tokens(tally.completion_tokens), counted()),
        ("cost_usd", known(tally.cost_usd, "the price of a model is unknown"), counted()),
    ]
    .into_iter()
    .map(|(metric, observed, real)| Measurement::new(metric, observed, provenance(real)))
    .collect()
}

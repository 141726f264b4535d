//! Scripted agents: published tactics, with a skill that says how well an agent knows the others and how far it looks.
//!
//! | strategy | proposes | source |
//! |---|---|---|
//! | boulware, linear, conceder | an offer at its target, which falls from its best to 1/n of it as t^(1/e), e = 0.2, 1, 5 | Faratin, Sierra & Jennings, Robotics and Autonomous Systems 24, 1998, eq. 4 |
//! | tit_for_tat | an offer at its target, which falls by what the others' best offer to it rose | the same, absolute tit for tat |
//! | hardliner | always its best, and accepts nothing less | |
//! | zeuthen | its best first; who risks less by a breakdown concedes one step | Zeuthen 1930; Rosenschein & Zlotkin, Rules of Encounter, 1994, 3.4 |
//! | nash | the largest product of its utility and the others' as it has learnt them from their proposals | Hindriks & Tykhonov, AAMAS 2008 |
//! | random | anything valid; accepts every other proposal | |
//! | rational | the subgame-perfect proposal of alternating offers under complete information, by backward induction | Rubinstein, Econometrica 50, 1982; Ståhl 1972 |
//!
//! **An offer at a target** is, of what gives an agent its target, the best for itself that it expects every other to
//! accept: others are expected to hold out for the same share of their best as it does itself, and to take anything in
//! the last round. Where there is none, it is what gives the others most.
//!
//! **Skill** s, 0–1. Opponent model: what an agreement gives another is seen as s·truth + (1 − s)·(what the agent itself
//! lacks there to its best): without skill the pie is fixed (Bazerman & Neale 1983). Search: 10 % to 100 % of the
//! candidate agreements are looked at, chosen at random once a game. `nash` learns instead: 1 to 64 hypotheses about the
//! others' weights. Its maps from skill are Ergon's choice. `hardliner`, `random` and `rational` have no use for skill.
//!
//! All but hardliner and random accept in the last round whatever is better than nothing.

mod learning;
mod rational;

use ergon_domain::draw;
use rand_chacha::ChaCha8Rng;

use super::pool::Pool;
use super::space::{EQUAL, Space};
use super::table::{History, Rules};
use learning::Learnt;
use rational::Induction;

/// A tactic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Concedes late.
    Boulware,
    /// Concedes evenly.
    Linear,
    /// Concedes early.
    Conceder,
    /// Concedes as the others do.
    TitForTat,
    /// Never concedes.
    Hardliner,
    /// Concedes when it risks less.
    Zeuthen,
    /// Proposes the Nash solution as far as it knows it.
    Nash,
    /// Anything valid.
    Random,
    /// Subgame perfect.
    Rational,
}

impl Strategy {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("boulware", Self::Boulware),
        ("linear", Self::Linear),
        ("conceder", Self::Conceder),
        ("tit_for_tat", Self::TitForTat),
        ("hardliner", Self::Hardliner),
        ("zeuthen", Self::Zeuthen),
        ("nash", Self::Nash),
        ("random", Self::Random),
        ("rational", Self::Rational),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, strategy)| *strategy == self).map_or("unknown", |(name, _)| name)
    }

    /// Whether skill makes a difference to it.
    pub fn uses_skill(self) -> bool {
        !matches!(self, Self::Hardliner | Self::Random | Self::Rational)
    }

    /// 1/e of the falling target, for the tactics of time.
    fn exponent(self) -> Option<f64> {
        match self {
            Self::Boulware => Some(5.0),
            Self::Linear => Some(1.0),
            Self::Conceder => Some(0.2),
            _ => None,
        }
    }
}

/// What every agent at the table knows.
#[derive(Clone, Copy)]
pub struct View<'t> {
    /// What can be agreed on.
    pub space: &'t Space,
    /// Candidates.
    pub pool: &'t Pool,
    /// The rules.
    pub rules: &'t Rules,
    /// What has happened.
    pub history: &'t History,
    /// The round under way, from 1.
    pub round: usize,
}

/// A scripted agent in a game.
pub struct Scripted {
    strategy: Strategy,
    /// How much of the others' true values it knows, 0–1: its skill, or all where values are public.
    insight: f64,
    seat: usize,
    /// Candidates it looks at, its best among them.
    looked_at: Vec<usize>,
    /// The most it can have.
    best: f64,
    /// The least it proposes for itself before the end.
    floor: f64,
    /// The most that each other can have, as far as it knows, in the order of seats.
    others_best: Vec<f64>,
    /// What it wants for itself in this round.
    target: f64,
    /// Its own utility of what it proposed last.
    offered: Option<f64>,
    learnt: Option<Learnt>,
    induction: Option<Induction>,
    rng: ChaCha8Rng,
}

/// Share of the candidates that an agent without skill looks at.
const LEAST_SEARCH: f64 = 0.1;

impl Scripted {
    /// An agent that takes its seat.
    pub fn new(strategy: Strategy, skill: f64, seat: usize, view: View<'_>, mut rng: ChaCha8Rng) -> Self {
        let pool = view.pool;
        let best_at = pool.best_for(seat);
        let best = pool.utility(best_at, seat);
        let mut order: Vec<usize> = (0..pool.len()).collect();
        let searched = (pool.len() as f64 * (LEAST_SEARCH + (1.0 - LEAST_SEARCH) * skill)).ceil() as usize;
        if strategy.uses_skill() && searched < order.len() {
            draw::shuffle(&mut rng, &mut order);
            order.truncate(searched);
            order.push(best_at);
        }
        let insight = if view.rules.public_values { 1.0 } else { skill };
        let seen = |other: usize, at: usize| {
            insight * pool.utility(at, other) + (1.0 - insight) * (best - pool.utility(at, seat))
        };
        let most = |other: usize| order.iter().map(|at| seen(other, *at)).fold(0.0, f64::max);
        let others_best = (0..view.rules.agents).filter(|other| *other != seat).map(most).collect();
        let learnt = (strategy == Strategy::Nash).then(|| Learnt::new(view.space, skill, &mut rng));
        let induction = (strategy == Strategy::Rational).then(|| Induction::of(pool, view.rules));
        Self {
            strategy,
            insight,
            others_best,
            seat,
            looked_at: order,
            best,
            floor: best / view.rules.agents as f64,
            target: best,
            offered: None,
            learnt,
            induction,
            rng,
        }
    }

    /// The candidate it proposes; `None` where there is nothing to propose.
    pub fn propose(&mut self, view: View<'_>) -> Option<usize> {
        if view.pool.is_empty() {
            return None;
        }
        self.observe(view);
        let at = match self.strategy {
            Strategy::Hardliner => view.pool.best_for(self.seat),
            Strategy::Random => draw::below(&mut self.rng, view.pool.len() as u64) as usize,
            Strategy::Rational => self.induction.as_ref()?.proposal(view.round)?,
            Strategy::Nash => self.highest(|a, at| {
                let others = a.others(view, at).fold(1.0, |product, u| product * u.max(0.0));
                (view.pool.utility(at, a.seat).max(0.0) * others, view.pool.utility(at, a.seat))
            })?,
            Strategy::Zeuthen => self.step(view)?,
            _ => self.offer(view)?,
        };
        self.offered = Some(view.pool.utility(at, self.seat));
        Some(at)
    }

    /// Whether it accepts a proposal of this round.
    pub fn accepts(&mut self, view: View<'_>, by: usize, utilities: &[f64]) -> bool {
        if by == self.seat {
            return true;
        }
        let gets = utilities[self.seat];
        if !view.rules.proposes(self.seat, view.round) {
            self.observe(view);
        }
        let last = view.round >= view.rules.max_rounds;
        match self.strategy {
            Strategy::Hardliner => gets >= self.best - EQUAL,
            Strategy::Random => draw::bernoulli(&mut self.rng, 0.5),
            Strategy::Rational => {
                self.induction.as_ref().is_some_and(|i| gets >= i.continuation(view.round, self.seat) - EQUAL)
            }
            _ if last => gets > EQUAL,
            Strategy::Zeuthen | Strategy::Nash => self.offered.is_some_and(|offered| gets >= offered - EQUAL),
            _ => gets >= self.offered.unwrap_or(self.target).min(self.target) - EQUAL,
        }
    }

    /// Moves the target, and learns from what the others proposed in the rounds before.
    fn observe(&mut self, view: View<'_>) {
        if let Some(exponent) = self.strategy.exponent() {
            let conceded = libm::pow(view.rules.progress(view.round), exponent);
            self.target = self.best - conceded * (self.best - self.floor);
        }
        if self.strategy == Strategy::TitForTat && view.round >= 3 {
            let rose = self.offered_to_me(view, view.round - 1) - self.offered_to_me(view, view.round - 2);
            self.target = (self.target - rose).clamp(0.0, self.best);
        }
        if let Some(learnt) = &mut self.learnt {
            learnt.observe(view, self.seat);
        }
    }

    /// The most that another's proposal of a round gave it; 0 where there was none.
    fn offered_to_me(&self, view: View<'_>, round: usize) -> f64 {
        let proposals = view.history.rounds.get(round - 1).map(|r| r.proposals.as_slice()).unwrap_or_default();
        proposals.iter().filter(|p| p.by != self.seat).map(|p| p.utilities[self.seat]).fold(0.0, f64::max)
    }

    /// What a candidate gives each other agent, as far as it knows.
    fn others<'a>(&'a self, view: View<'a>, at: usize) -> impl Iterator<Item = f64> + 'a {
        let lacks = self.best - view.pool.utility(at, self.seat);
        (0..view.rules.agents).filter(|other| *other != self.seat).map(move |other| match &self.learnt {
            Some(learnt) => learnt.utility(view, other, at),
            None => self.insight * view.pool.utility(at, other) + (1.0 - self.insight) * lacks,
        })
    }

    /// Of the candidates that give itself the target, the best for itself that it expects all others to accept; where
    /// there is none, the one that gives them most.
    fn offer(&self, view: View<'_>) -> Option<usize> {
        let held = if self.best > EQUAL { self.target / self.best } else { 1.0 };
        let last = view.round >= view.rules.max_rounds;
        let expected = |a: &Self, at: usize| {
            let mut others = a.others(view, at).zip(&a.others_best);
            others.all(|(u, best)| if last { u > EQUAL } else { u >= held * best - EQUAL })
        };
        let acceptable = self.highest(|a, at| {
            let own = view.pool.utility(at, a.seat);
            let good = own >= a.target - EQUAL && expected(a, at);
            (if good { own } else { f64::NEG_INFINITY }, a.others(view, at).sum())
        })?;
        let own = view.pool.utility(acceptable, self.seat);
        if own >= self.target - EQUAL && expected(self, acceptable) {
            return Some(acceptable);
        }
        self.most_for_others(view, self.target)
    }

    /// Of the candidates that give itself the target, the one that gives the worst-off other most, then all others.
    fn most_for_others(&self, view: View<'_>, target: f64) -> Option<usize> {
        self.highest(|a, at| {
            if view.pool.utility(at, a.seat) < target - EQUAL {
                return (f64::NEG_INFINITY, view.pool.utility(at, a.seat));
            }
            let (least, sum) = a.others(view, at).fold((f64::INFINITY, 0.0), |(least, sum), u| (u.min(least), sum + u));
            (least, sum)
        })
    }

    fn highest(&self, key: impl Fn(&Self, usize) -> (f64, f64)) -> Option<usize> {
        let keyed = self.looked_at.iter().map(|&at| (key(self, at), at));
        keyed.max_by(|(a, _), (b, _)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))).map(|(_, at)| at)
    }

    /// The monotonic concession protocol: concede to the best candidate that gives the others more, where the own share
    /// at stake is no larger than theirs.
    fn step(&self, view: View<'_>) -> Option<usize> {
        let own = view.history.proposals_of(self.seat).last().map(|(_, p)| p.outcome.clone());
        let Some(own) = own else { return self.most_for_others(view, self.best) };
        let at = self.looked_at.iter().copied().find(|at| view.pool.outcome(*at) == own.as_slice());
        let Some(at) = at else { return self.most_for_others(view, self.target) };
        let risk = |mine: f64, theirs: f64| if mine > EQUAL { ((mine - theirs) / mine).max(0.0) } else { 1.0 };
        let mine = view.pool.utility(at, self.seat);
        let own_risk = risk(mine, self.offered_to_me(view, view.round - 1));
        // What the other would lose by taking mine instead of its own, seen with the same eyes.
        let known = |other: usize, truth: f64, own: f64| {
            if other == self.seat { truth } else { self.insight * truth + (1.0 - self.insight) * (self.best - own) }
        };
        let theirs = (0..view.rules.agents).filter(|other| *other != self.seat).filter_map(|other| {
            let (_, p) = view.history.proposals_of(other).last()?;
            let has = known(other, p.utilities[other], p.utilities[self.seat]);
            Some(risk(has, known(other, view.pool.utility(at, other), mine)))
        });
        if own_risk > theirs.fold(f64::INFINITY, f64::min) + EQUAL {
            return Some(at);
        }
        let given = self.others(view, at).fold(f64::INFINITY, f64::min);
        let next = self.highest(|a, next| {
            let gives = a.others(view, next).fold(f64::INFINITY, f64::min);
            let concedes = gives > given + EQUAL && view.pool.utility(next, a.seat) < mine - EQUAL;
            (if concedes { view.pool.utility(next, a.seat) } else { f64::NEG_INFINITY }, gives)
        });
        next.filter(|n| view.pool.utility(*n, self.seat) < mine && view.pool.utility(*n, self.seat) > EQUAL)
            .or(Some(at))
    }
}

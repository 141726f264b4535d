//! From a condition to a table: which game, which rules, who sits where.

use ergon_domain::{Condition, FailureClass, RunError, Value, draw};
use rand_core::Rng;

use super::game::{Game, NAMES};
use super::manifest::{MODEL, ORDERS};
use super::measures::Side;
use super::preferences::TOLERANCE;
use super::strategy::Strategy;
use super::table::{AcceptRule, Offers, Rules};

/// What is wrong with a condition: the parameter, and a sentence.
pub(super) type Wrong = (&'static str, String);

/// Who plays a side.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Player {
    Model(String),
    Script(Strategy, f64),
}

impl Player {
    /// As the record shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Model(name) => name.clone(),
            Self::Script(strategy, skill) if strategy.uses_skill() => format!("{}, skill {skill}", strategy.name()),
            Self::Script(strategy, _) => strategy.name().to_owned(),
        }
    }
}

/// A condition, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    pub(super) game: Game,
    pub(super) game_name: String,
    pub(super) rules: Rules,
    pub(super) weak: Player,
    pub(super) strong: Player,
    strong_seats: usize,
    order: String,
    /// Whether the nearest values will do where those asked for can't be had.
    pub(super) nearest: bool,
}

pub(super) fn invalid((parameter, message): Wrong) -> RunError {
    RunError::new(FailureClass::InvalidInput, format!("{parameter}: {message}"))
}

struct Reader<'c>(&'c Condition);

impl Reader<'_> {
    fn missing(name: &'static str) -> Wrong {
        (name, "is not set; give it in the spec's workload section".into())
    }

    fn real(&self, name: &'static str) -> Result<f64, Wrong> {
        self.0.real(name).ok_or_else(|| Self::missing(name))
    }

    fn whole(&self, name: &'static str) -> Result<usize, Wrong> {
        let value = self.0.int(name).ok_or_else(|| Self::missing(name))?;
        usize::try_from(value).map_err(|_| (name, format!("is {value}; expected a whole number of at least 0")))
    }

    fn choice<T: Copy>(&self, name: &'static str, table: &[(&'static str, T)]) -> Result<T, Wrong> {
        let word = self.0.text(name).ok_or_else(|| Self::missing(name))?;
        let found = table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let accepted: Vec<&str> = table.iter().map(|(known, _)| *known).collect();
            (name, format!("'{word}' is not accepted; expected one of {}", accepted.join(", ")))
        })
    }

    fn player(&self, [agent, model, skill]: [&'static str; 3]) -> Result<Player, Wrong> {
        if self.0.text(agent) == Some(MODEL) {
            return Ok(Player::Model(self.0.text(model).ok_or_else(|| Self::missing(model))?.to_owned()));
        }
        let strategy = self.choice(agent, &Strategy::NAMES)?;
        Ok(Player::Script(strategy, if strategy.uses_skill() { self.real(skill)? } else { 0.0 }))
    }

    fn game(&self) -> Result<Game, Wrong> {
        let word = self.choice("game", &NAMES.map(|name| (name, name)))?;
        let competition = || self.real("competition_level");
        let items = || self.whole("num_items");
        Ok(match word {
            "treaty" => Game::Treaty {
                issues: items()?,
                rho: self.0.real("rho").map_or_else(|| competition().map(|c| 1.0 - 2.0 * c), Ok)?,
                theta: self.0.real("theta").map_or_else(competition, Ok)?,
            },
            "co_funding" => Game::CoFunding {
                projects: items()?,
                alpha: self.0.real("alpha").map_or_else(|| competition().map(|c| 1.0 - c), Ok)?,
                sigma: self.real("sigma")?,
            },
            "deal_or_no_deal" => Game::DealOrNoDeal,
            "pie" => Game::Pie { slices: self.whole("slices")? as u16 },
            _ => Game::ItemAllocation { items: items()?, competition: competition()? },
        })
    }

    fn rules(&self) -> Result<Rules, Wrong> {
        let agents = self.whole("num_agents")?;
        let accept = [("unanimity", AcceptRule::Unanimity), ("two_thirds", AcceptRule::TwoThirds)];
        let phases = self.0.get("phases") == Some(&Value::Bool(true));
        Ok(Rules {
            agents,
            max_rounds: self.whole("max_rounds")?.max(1),
            discount: self.real("discount")?,
            offers: self
                .choice("offers", &[("simultaneous", Offers::Simultaneous), ("alternating", Offers::Alternating)])?,
            accept_rule: self.choice("accept_rule", &accept)?,
            phases,
            discussion_turns: if phases { self.whole("discussion_turns")? } else { 0 },
            public_values: self.choice("transparency", &[("private", false), ("public", true)])?,
        })
    }
}

impl Setting {
    /// Reads a condition that the manifest has bound.
    ///
    /// # Errors
    /// The parameter to blame and what is accepted.
    pub(super) fn read(condition: &Condition) -> Result<Self, Wrong> {
        let reader = Reader(condition);
        let (game, rules) = (reader.game()?, reader.rules()?);
        game.check(rules.agents).map_err(|problem| (problem.parameter, problem.message))?;
        let strong_seats = if rules.agents == 2 { 1 } else { reader.whole("strong_agents")? };
        if strong_seats >= rules.agents {
            let message = format!(
                "is {strong_seats} of {} agents; expected at most {}, so that one is weak",
                rules.agents,
                rules.agents - 1
            );
            return Err(("strong_agents", message));
        }
        let setting = Self {
            game,
            game_name: condition.text("game").unwrap_or_default().to_owned(),
            rules,
            weak: reader.player(["weak_agent", "weak_model", "weak_skill"])?,
            strong: reader.player(["strong_agent", "strong_model", "strong_skill"])?,
            strong_seats,
            order: reader.choice("order", &ORDERS.map(|name| (name, name)))?.to_owned(),
            nearest: condition.text("infeasible") == Some("nearest"),
        };
        setting.can_be_rational()?;
        setting.can_be_drawn()?;
        Ok(setting)
    }

    /// Backward induction needs one proposer a round and every agreement in view.
    fn can_be_rational(&self) -> Result<(), Wrong> {
        for (parameter, player) in [("weak_agent", &self.weak), ("strong_agent", &self.strong)] {
            if matches!(player, Player::Script(Strategy::Rational, _)) && self.rules.offers == Offers::Simultaneous {
                let message = "rational agents solve alternating offers; set offers: alternating, or take another of nash, \
                               zeuthen, boulware";
                return Err((parameter, message.into()));
            }
        }
        Ok(())
    }

    /// Values that can't exist: more agents than issues can't all be equally unlike in pairs.
    fn can_be_drawn(&self) -> Result<(), Wrong> {
        let (parameter, cosine, issues) = match self.game {
            Game::ItemAllocation { items, competition } => ("competition_level", competition, items),
            Game::Treaty { issues, theta, .. } => ("theta", theta, issues),
            Game::CoFunding { projects, alpha, .. } => ("alpha", alpha, projects),
            Game::DealOrNoDeal | Game::Pie { .. } => return Ok(()),
        };
        let agents = self.rules.agents;
        if !self.nearest && agents > issues && cosine < 1.0 - TOLERANCE {
            let message = format!(
                "{agents} agents can't all have values of pairwise cosine {cosine} over {issues} items; raise num_items to at \
                 least {agents}, or set infeasible: nearest"
            );
            return Err((parameter, message));
        }
        if let (Game::Treaty { rho, .. }, false) = (self.game, self.nearest)
            && agents > 2
        {
            // Spearman's ρ of normals with the lowest common correlation, −1/(n − 1).
            let lowest = 6.0 / std::f64::consts::PI * libm::asin(-0.5 / (agents as f64 - 1.0));
            if rho < lowest - TOLERANCE {
                let message = format!(
                    "{agents} agents can't all have positions of rank correlation {rho}; expected at least {lowest:.3}, or \
                     infeasible: nearest"
                );
                return Err(("rho", message));
            }
        }
        Ok(())
    }

    /// Who sits where. `both`: weak first in even replicates, strong first in odd ones.
    pub(super) fn sides<R: Rng>(&self, replicate: u32, lots: &mut R) -> Vec<Side> {
        let weak = self.rules.agents - self.strong_seats;
        let mut sides = vec![Side::Weak; weak];
        sides.extend(vec![Side::Strong; self.strong_seats]);
        match self.order.as_str() {
            "strong_first" => sides.reverse(),
            "both" if replicate % 2 == 1 => sides.reverse(),
            "random" => draw::shuffle(lots, &mut sides),
            _ => {}
        }
        sides
    }

    pub(super) fn player(&self, side: Side) -> &Player {
        match side {
            Side::Weak => &self.weak,
            Side::Strong => &self.strong,
        }
    }
}

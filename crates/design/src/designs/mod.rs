//! Designs: which conditions of a phase's factor space are run.

mod balanced;
mod coverage;
mod full_factorial;
mod listed;
mod pair_counts;
mod random;
mod space;
mod top_effects;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use ergon_domain::Canonical;

use crate::campaign::{Campaign, ResolvedPhase};
use crate::spec::DesignKind;
pub(crate) use coverage::report;
pub use coverage::{DesignReport, FactorCounts};
pub(crate) use space::{Evaluated, Space};
pub use top_effects::{Effect, Seen, largest_effects};

/// Most combinations that are looked at one by one.
pub(crate) const MOST_COMBINATIONS: u64 = 10_000_000;

/// Why a phase has no design.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// The space is too large to list.
    #[error(
        "{combinations} combinations of levels are too many for {kind} (at most {MOST_COMBINATIONS}); \
         vary fewer factors, or use design: {{ kind: balanced_sample, size: … }}"
    )]
    TooLarge {
        /// Kind of design.
        kind: &'static str,
        /// Combinations.
        combinations: u64,
    },
    /// More pairs of levels than can be counted.
    #[error("the factors have too many levels for {kind} ({pairs} pairs); use random_sample")]
    TooManyPairs {
        /// Kind of design.
        kind: &'static str,
        /// Pairs of levels of two factors.
        pairs: u64,
    },
    /// Constraints leave nothing.
    #[error("no condition is left: {}", left_nothing(.0))]
    NothingLeft(Vec<String>),
    /// A constraint compares what can't be compared.
    #[error("the constraint '{constraint}' can't be decided: {message}")]
    Constraint {
        /// The constraint.
        constraint: String,
        /// What is wrong.
        message: String,
    },
    /// A sample larger than the space.
    #[error("{kind} asks for {size} conditions, but only {available} are possible")]
    SampleTooLarge {
        /// Kind of design.
        kind: &'static str,
        /// Conditions asked for.
        size: u64,
        /// Conditions there are, or were found.
        available: u64,
    },
}

fn left_nothing(constraints: &[String]) -> String {
    match constraints {
        [] => "the design has no conditions".into(),
        [one] => format!("the constraint '{one}' excludes every condition"),
        several => format!("the constraints '{}' together exclude every condition", several.join("', '")),
    }
}

/// The chosen combinations of a phase.
#[derive(Clone, Debug)]
pub(crate) enum Rows {
    /// Every combination.
    All(u64),
    /// These.
    Chosen(Vec<u64>),
}

impl Rows {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::All(n) => *n,
            Self::Chosen(rows) => rows.len() as u64,
        }
    }

    /// The combination at a position.
    pub(crate) fn raw(&self, position: u64) -> u64 {
        match self {
            Self::All(_) => position,
            Self::Chosen(rows) => rows.get(position as usize).copied().unwrap_or(0),
        }
    }
}

/// A phase's chosen combinations, and what was left out on the way.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) rows: Rows,
    /// Combinations that a constraint excludes.
    pub(crate) excluded: u64,
    /// Combinations that are one condition with another.
    pub(crate) collapsed: u64,
}

/// Chooses the conditions of a phase.
pub(crate) fn choose(campaign: &Campaign, phase: &ResolvedPhase, space: &Space) -> Result<Chosen, DesignError> {
    let size = phase.design.size.unwrap_or(0);
    if space.size() == u64::MAX {
        return Err(DesignError::TooLarge { kind: phase.design.kind.name(), combinations: u64::MAX });
    }
    match phase.design.kind {
        DesignKind::TopEffects if phase.is_open() => {
            Ok(Chosen { rows: Rows::Chosen(Vec::new()), excluded: 0, collapsed: 0 })
        }
        DesignKind::Explicit | DesignKind::TopEffects => listed::explicit(phase, space),
        DesignKind::OneAtATime => listed::one_at_a_time(space),
        DesignKind::RandomSample => random::sample(space, size, &mut rng(campaign.seed(), &phase.name)),
        DesignKind::BalancedSample => balanced::sample(space, size, &mut rng(campaign.seed(), &phase.name)),
        // The others are refused when the spec is resolved.
        _ => full_factorial::choose(space),
    }
}

/// The generator a phase's sample is drawn with: the campaign's seed and the phase's name decide it.
fn rng(seed: u64, phase: &str) -> ChaCha8Rng {
    ChaCha8Rng::from_seed(Canonical::new("ergon.design.1").u64(seed).str(phase).finish().0)
}

/// A number below `n`, every one equally likely.
fn below(rng: &mut ChaCha8Rng, n: u64) -> u64 {
    let n = n.max(1);
    let zone = u64::MAX - u64::MAX % n;
    loop {
        let x = rng.next_u64();
        if x < zone {
            return x % n;
        }
    }
}

/// A random order.
fn shuffle<T>(rng: &mut ChaCha8Rng, items: &mut [T]) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(rng, i as u64 + 1) as usize);
    }
}

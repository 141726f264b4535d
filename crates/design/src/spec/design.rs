//! How a phase's conditions are chosen.

use std::collections::BTreeMap;

use ergon_domain::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::scalar::ScalarForm;
use super::short_form::{self, ShortForm};

/// The kinds of design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesignKind {
    /// Every combination of levels.
    #[default]
    FullFactorial,
    /// Exactly `size` conditions, levels balanced, pairs of levels covered.
    BalancedSample,
    /// `size` conditions drawn at random without replacement.
    RandomSample,
    /// The listed conditions.
    Explicit,
    /// The first level of every factor, then each factor varied alone.
    OneAtATime,
    /// A regular two-level fraction.
    Fractional,
    /// A Latin hypercube.
    LatinHypercube,
    /// A D-optimal subset.
    DOptimal,
    /// Conditions where earlier phases saw the largest effects.
    TopEffects,
}

impl DesignKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::FullFactorial,
        Self::BalancedSample,
        Self::RandomSample,
        Self::Explicit,
        Self::OneAtATime,
        Self::Fractional,
        Self::LatinHypercube,
        Self::DOptimal,
        Self::TopEffects,
    ];

    /// Name in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::FullFactorial => "full_factorial",
            Self::BalancedSample => "balanced_sample",
            Self::RandomSample => "random_sample",
            Self::Explicit => "explicit",
            Self::OneAtATime => "one_at_a_time",
            Self::Fractional => "fractional",
            Self::LatinHypercube => "latin_hypercube",
            Self::DOptimal => "d_optimal",
            Self::TopEffects => "top_effects",
        }
    }

    /// Whether this version can plan it.
    pub fn is_built(self) -> bool {
        !matches!(self, Self::Fractional | Self::LatinHypercube | Self::DOptimal)
    }

    /// Whether `size` says how many conditions.
    pub fn is_sample(self) -> bool {
        matches!(self, Self::BalancedSample | Self::RandomSample | Self::TopEffects)
    }

    /// Whether `conditions` lists them.
    pub fn is_listed(self) -> bool {
        matches!(self, Self::Explicit | Self::TopEffects)
    }
}

/// A design with its options, written as its kind alone or as a mapping.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(with = "DesignForm")]
pub struct Design {
    /// Kind.
    pub kind: DesignKind,
    /// Number of conditions of a sample.
    pub size: Option<u64>,
    /// Conditions of an explicit design: factor to level. Of `top_effects`: those that were chosen, filled in by Ergon.
    pub conditions: Vec<BTreeMap<String, Value>>,
    /// Phases whose effects `top_effects` looks at.
    pub from: Vec<String>,
    /// Digest of the runs that the conditions of `top_effects` were chosen from; a choice from other runs is void.
    pub basis: Option<String>,
    /// Resolution of a fraction.
    pub resolution: Option<u32>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "describes the accepted forms; never constructed")]
enum DesignForm {
    /// The kind alone.
    Kind(DesignKind),
    /// With options.
    Long(DesignLong),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DesignLong {
    /// Kind.
    kind: DesignKind,
    /// Number of conditions of a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Conditions of an explicit design; of `top_effects`: those chosen, filled in by Ergon.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<BTreeMap<String, ScalarForm>>")]
    conditions: Vec<BTreeMap<String, Value>>,
    /// Phases whose effects `top_effects` looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    from: Vec<String>,
    /// Digest of the runs that the conditions of `top_effects` were chosen from, filled in by Ergon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    /// Resolution of a fraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolution: Option<u32>,
}

impl ShortForm for Design {
    type Long = DesignLong;
    const EXPECTED: &'static str = "the name of a design, or a mapping with `kind` and its options";

    fn from_long(long: DesignLong) -> Result<Self, String> {
        let DesignLong { kind, size, conditions, from, basis, resolution } = long;
        Ok(Self { kind, size, conditions, from, basis, resolution })
    }

    fn from_text(text: &str) -> Option<Result<Self, String>> {
        let kind = DesignKind::ALL.into_iter().find(|kind| kind.name() == text);
        Some(kind.map(|kind| Self { kind, ..Self::default() }).ok_or_else(|| {
            let names = DesignKind::ALL.map(DesignKind::name);
            crate::suggest::not_one_of("design", text, &names)
        }))
    }
}

impl<'de> Deserialize<'de> for Design {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        short_form::deserialize(d)
    }
}

impl Serialize for Design {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let Self { kind, size, conditions, from, basis, resolution } = self.clone();
        DesignLong { kind, size, conditions, from, basis, resolution }.serialize(s)
    }
}

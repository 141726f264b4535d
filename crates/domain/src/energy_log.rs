//! What an engine records of energy beside its attempts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::measurement::Measurement;

/// What is read of the energy of a run that has the machine alone, by metric: questions may be about it as about any other.
pub const RUN_ENERGY: [&str; 3] = ["energy_j", "dynamic_energy_j", "average_power_w"];

/// How energy is measured during a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum EnergyMode {
    /// Not at all.
    Off,
    /// Per block of runs: a run of milliseconds is below every sensor's resolution.
    Campaign,
    /// Per run, split among runs that overlap by CPU time.
    Concurrent,
    /// Per run, one run at a time on this machine.
    Exclusive,
}

impl EnergyMode {
    /// Name in a spec and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Campaign => "campaign",
            Self::Concurrent => "concurrent",
            Self::Exclusive => "exclusive",
        }
    }
}

impl fmt::Display for EnergyMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for EnergyMode {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        [Self::Off, Self::Campaign, Self::Concurrent, Self::Exclusive].into_iter().find(|m| m.name() == s).ok_or(())
    }
}

/// What a window of an engine's session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum EnergyWindowKind {
    /// Nothing ran: before the first run.
    BaselineBefore,
    /// Runs ended in it; its energy is theirs together.
    Block,
    /// Nothing ran: after the last run.
    BaselineAfter,
    /// From the engine's first run to its last.
    Session,
    /// From the engine's first run to a few seconds ago: what is known of a session that runs or was killed. Replaced
    /// by its next, and by `Session`.
    SoFar,
}

impl EnergyWindowKind {
    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::BaselineBefore => "baseline_before",
            Self::Block => "block",
            Self::BaselineAfter => "baseline_after",
            Self::Session => "session",
            Self::SoFar => "so_far",
        }
    }
}

/// A stretch of an engine's session and its energy.
#[derive(Clone, Debug, PartialEq)]
pub struct EnergyWindow {
    /// Number within the session, from 0.
    pub number: u32,
    /// What it is.
    pub kind: EnergyWindowKind,
    /// UTC, microseconds since 1970.
    pub started_us: i64,
    /// Seconds, monotonic clock.
    pub duration_s: f64,
    /// Attempts that ended in it.
    pub attempts: u64,
    /// Its energy, power and what else was read.
    pub measurements: Vec<Measurement>,
}

/// Power samples of a stretch, compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnergySamples {
    /// Number within the session, from 0.
    pub number: u32,
    /// Time of the first, UTC, microseconds since 1970.
    pub first_us: i64,
    /// How many.
    pub samples: u32,
    /// `ergon_energy::unpack` reads them.
    pub bytes: Vec<u8>,
}

/// What an engine's session says of energy, in the order it happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EnergyEntry {
    /// The session begins. Everything after is its.
    Session {
        /// Names the session in the store.
        marker: String,
        /// How energy is measured.
        mode: EnergyMode,
        /// UTC, microseconds since 1970.
        started_us: i64,
        /// JSON: what is read, where, and what could not be.
        sensors: String,
    },
    /// A window has ended.
    Window(EnergyWindow),
    /// Samples of a stretch.
    Samples(EnergySamples),
}

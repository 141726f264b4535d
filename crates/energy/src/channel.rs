//! One thing that a source reads.

use ergon_domain::Provenance;

use crate::domain::Domain;

/// How a channel tells energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChannelKind {
    /// A counter that runs up and wraps.
    Counter {
        /// Joules of one count.
        joule_per_count: f64,
        /// Counts after which it starts over at 0.
        modulus: u64,
        /// More than this it can't draw, watts: decides whether a step is a wrap, a reset or nonsense.
        max_watts: f64,
    },
    /// A power that is integrated between readings.
    Gauge,
}

/// A reading's place and meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// What it is about.
    pub domain: Domain,
    /// How it tells energy.
    pub kind: ChannelKind,
    /// Seconds between its own updates: how stale a reading may be.
    pub update_s: f64,
    /// Power when nothing runs, watts, where the source knows it by definition; else a baseline has to be measured.
    pub idle_w: Option<f64>,
    /// Where its numbers come from.
    pub provenance: Provenance,
    /// Where it is read, for people.
    pub place: String,
}

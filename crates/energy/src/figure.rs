//! An energy, with everything that has to be known to believe it.

use std::collections::BTreeSet;

use ergon_domain::Provenance;
use serde::Serialize;

/// What a reader of a figure must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnergyFlag {
    /// Readings failed within the window; the counter bridged them, so the total is right.
    Gap,
    /// A counter may have wrapped more often than could be seen: the value is withheld.
    WrapAmbiguous,
    /// A counter started over within the window: what it had counted since the reading before is lost.
    Reset,
    /// The machine was suspended within the window.
    Suspended,
    /// The window is too short for its uncertainty: the value is withheld.
    Short,
    /// The reading at one of its ends failed: the value is withheld.
    EndMissing,
    /// Several runs shared the window.
    Concurrent,
    /// A core or package was slowed because it was hot.
    Throttled,
    /// The machine ran on its battery, which changes how fast it may be.
    OnBattery,
    /// Turbo was switched on or off meanwhile.
    TurboChanged,
}

impl EnergyFlag {
    /// Name on the wire and in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::WrapAmbiguous => "wrap_ambiguous",
            Self::Reset => "reset",
            Self::Suspended => "suspended",
            Self::Short => "short",
            Self::EndMissing => "end_missing",
            Self::Concurrent => "concurrent",
            Self::Throttled => "throttled",
            Self::OnBattery => "on_battery",
            Self::TurboChanged => "turbo_changed",
        }
    }
}

/// Energy of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct EnergyFigure {
    /// Joules; `None`: withheld, and the flags say why. Never 0 for "not known".
    pub energy_j: Option<f64>,
    /// Lower bound, joules.
    pub lo_j: f64,
    /// Upper bound, joules.
    pub hi_j: f64,
    /// Length of the window, seconds.
    pub duration_s: f64,
    /// Length below which the sensor can't tell, seconds.
    pub shortest_s: f64,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What to know.
    pub flags: BTreeSet<EnergyFlag>,
}

impl EnergyFigure {
    /// Mean power, watts, where the energy is known and the window has a length.
    pub fn mean_w(&self) -> Option<f64> {
        self.energy_j.filter(|_| self.duration_s > 0.0).map(|j| j / self.duration_s)
    }
}

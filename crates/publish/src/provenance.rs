//! Where a published number came from, and how a reader sees it.

/// Where a number came from, weakest last. Mirrors the domain's word of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Provenance {
    /// Read from an instrument or counted.
    #[default]
    Measured,
    /// Computed from measured values.
    Derived,
    /// Computed with a model in place of a measurement.
    Estimated,
    /// Produced by a simulation.
    Simulated,
}

impl Provenance {
    /// The word written in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Derived => "derived",
            Self::Estimated => "estimated",
            Self::Simulated => "simulated",
        }
    }

    /// The sign set beside a value that wasn't measured: † simulated, ‡ estimated.
    pub fn mark(self) -> Option<char> {
        match self {
            Self::Measured | Self::Derived => None,
            Self::Estimated => Some('‡'),
            Self::Simulated => Some('†'),
        }
    }

    /// The note that explains [`Self::mark`].
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::Measured | Self::Derived => None,
            Self::Estimated => Some("Estimated, not measured."),
            Self::Simulated => Some("Simulated, not measured."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Provenance::{Derived, Estimated, Measured, Simulated};

    #[test]
    fn only_values_that_were_not_measured_carry_a_mark_and_then_also_a_note() {
        for (provenance, mark) in [(Measured, None), (Derived, None), (Estimated, Some('‡')), (Simulated, Some('†'))]
        {
            assert_eq!(provenance.mark(), mark);
            assert_eq!(provenance.note().is_some(), mark.is_some());
        }
    }
}

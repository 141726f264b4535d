//! House styles for tables.

use crate::number::Grouping;
use crate::p_value::PStyle;

/// How a table is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableStyle {
    /// Plain tables with horizontal rules only; SI conventions for numbers.
    #[default]
    Booktabs,
    /// Publication Manual of the APA, 7th edition.
    Apa7,
}

impl TableStyle {
    pub(super) fn p_values(self) -> PStyle {
        match self {
            Self::Booktabs => PStyle::Plain,
            Self::Apa7 => PStyle::Apa7,
        }
    }

    pub(super) fn grouping(self) -> Grouping {
        match self {
            Self::Booktabs => Grouping::Space,
            Self::Apa7 => Grouping::Comma,
        }
    }

    /// Whether numbers that can't exceed 1 lose their leading zero.
    pub(super) fn drops_leading_zero(self) -> bool {
        self == Self::Apa7
    }
}

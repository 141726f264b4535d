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
    /// IEEE journals and conferences (IEEEtran): two columns, tables at the top, small type.
    Ieee,
    /// ACM `sigconf` (acmart): two columns.
    Acm,
    /// NeurIPS and ICLR: one column of 5.5 inches.
    NeurIps,
}

impl TableStyle {
    /// Every style with the name it is asked for by.
    pub const ALL: [(&'static str, Self); 5] = [
        ("booktabs", Self::Booktabs),
        ("apa7", Self::Apa7),
        ("ieee", Self::Ieee),
        ("acm", Self::Acm),
        ("neurips", Self::NeurIps),
    ];

    pub(super) fn p_values(self) -> PStyle {
        match self {
            Self::Apa7 => PStyle::Apa7,
            _ => PStyle::Plain,
        }
    }

    pub(super) fn grouping(self) -> Grouping {
        match self {
            // IEEE Editorial Style Manual: digits in groups of three, separated by spaces, as SI.
            Self::Booktabs | Self::Ieee => Grouping::Space,
            Self::Apa7 | Self::Acm | Self::NeurIps => Grouping::Comma,
        }
    }

    /// Whether numbers that can't exceed 1 lose their leading zero.
    pub(super) fn drops_leading_zero(self) -> bool {
        self == Self::Apa7
    }

    /// Where LaTeX may put the table.
    pub(super) fn placement(self) -> &'static str {
        match self {
            Self::Booktabs | Self::Apa7 => "tbp",
            Self::Ieee => "!t",
            Self::Acm | Self::NeurIps => "t",
        }
    }

    /// The size of type, where it isn't that of the text, and how wide letters then are.
    pub(super) fn type_size(self) -> (&'static str, f64) {
        match self {
            Self::Booktabs | Self::Apa7 => ("", 1.0),
            Self::Ieee => ("\\footnotesize", 0.8),
            Self::Acm | Self::NeurIps => ("\\small", 0.9),
        }
    }

    /// Width of a column of text in points, and of the page where that has two columns.
    pub(super) fn widths(self) -> (f64, Option<f64>) {
        match self {
            // The narrowest common page of one column: LaTeX's article.
            Self::Booktabs | Self::Apa7 => (345.0, None),
            Self::Ieee => (252.0, Some(516.0)),
            Self::Acm => (241.0, Some(506.0)),
            Self::NeurIps => (397.0, None),
        }
    }
}

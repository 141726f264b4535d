//! Widths that venues ask for, from their author kits.

/// Where a figure will be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Venue {
    /// NeurIPS
    #[default]
    NeurIps,
    /// ICLR
    Iclr,
    /// ICML
    Icml,
    /// AISTATS
    Aistats,
    /// AAAI
    Aaai,
    /// CVPR
    Cvpr,
    /// ACM `sigconf`
    AcmSigconf,
    /// ACM `acmsmall`
    AcmSmall,
    /// JMLR
    Jmlr,
    /// IEEE journals and conferences
    Ieee,
}

/// One column of a two-column page, or its whole width. The same where a page has one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// One column.
    #[default]
    Column,
    /// The whole page.
    Page,
}

impl Venue {
    /// Width in inches.
    pub fn width(self, span: Span) -> f64 {
        let (column, page) = match self {
            Self::NeurIps | Self::Iclr => (5.5, 5.5),
            Self::Icml | Self::Aistats => (3.25, 6.75),
            Self::Aaai => (3.3, 6.975),
            Self::Cvpr => (3.25, 6.875),
            Self::AcmSigconf => (3.34, 7.01),
            Self::AcmSmall => (5.48, 5.48),
            Self::Jmlr => (6.0, 6.0),
            Self::Ieee => (3.5, 7.16),
        };
        match span {
            Span::Column => column,
            Span::Page => page,
        }
    }
}

//! The procedures that a hypothesis or question may insist on: the one list of them. Specs are checked against it, and
//! the analysis matches on the type, so neither can accept what the other doesn't know.

/// A procedure, with what it is for two levels and for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// From the metric's family, the estimand and the design.
    Auto,
    /// Unequal variances: Welch's t test, Welch's analysis of variance.
    Welch,
    /// Equal variances: Student's t test, one-way analysis of variance.
    Student,
    /// Replicates as blocks: the paired t test, repeated-measures analysis of variance.
    Paired,
    /// An additive linear model of all varied factors.
    LinearModel,
    /// Ranks of independent runs: Mann–Whitney, Kruskal–Wallis.
    RankSum,
    /// Signed ranks of differences within replicates: Wilcoxon. Two levels only.
    SignedRank,
    /// Ranks within replicates: the sign test, Friedman's test.
    WithinRanks,
    /// Permutation of runs, or of signs within replicates. Two levels only.
    Permutation,
    /// Times to an event: the log-rank test.
    LogRank,
}

impl Procedure {
    /// Every accepted name. Exact and approximate forms share a procedure: the number of runs and their ties decide, and
    /// the result says which it was.
    pub const NAMES: [(&str, Self); 25] = [
        ("auto", Self::Auto),
        ("t_welch", Self::Welch),
        ("welch", Self::Welch),
        ("welch_anova", Self::Welch),
        ("t_student", Self::Student),
        ("anova_oneway", Self::Student),
        ("t_paired", Self::Paired),
        ("paired", Self::Paired),
        ("anova_rm", Self::Paired),
        ("linear_model", Self::LinearModel),
        ("additive_model", Self::LinearModel),
        ("mann_whitney", Self::RankSum),
        ("mann_whitney_asymptotic", Self::RankSum),
        ("mann_whitney_exact", Self::RankSum),
        ("mann_whitney_exact_ties", Self::RankSum),
        ("kruskal_wallis", Self::RankSum),
        ("wilcoxon", Self::SignedRank),
        ("wilcoxon_exact", Self::SignedRank),
        ("wilcoxon_approx", Self::SignedRank),
        ("sign_test", Self::WithinRanks),
        ("friedman", Self::WithinRanks),
        ("permutation", Self::Permutation),
        ("permutation_exact", Self::Permutation),
        ("permutation_paired_exact", Self::Permutation),
        ("log_rank", Self::LogRank),
    ];

    /// The procedure of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, procedure)| *procedure)
    }

    /// The accepted names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(name, _)| *name)
    }
}

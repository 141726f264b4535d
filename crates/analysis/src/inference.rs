//! What a procedure found about one contrast, before it is written up.

use ergon_design::spec::Sided;
use ergon_stats::dist::{noncentral_t, normal, student_t};
use ergon_stats::{Account, TTest, TestOptions, hedges_correction};

use crate::ask::Ask;
use crate::result::{Assumption, CellContrast, Companion, Dropped, EffectSize, Interval, Statistic, Warning};

/// The scale a contrast is estimated on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Differences of means.
    Difference,
    /// Differences of means of logarithms: log ratios.
    LogRatio,
    /// Ratios of means.
    Ratio,
    /// Odds ratios.
    OddsRatio,
}

impl Scale {
    /// A value on the scale of the test.
    pub(crate) fn on(self, x: f64) -> f64 {
        match self {
            Self::LogRatio => libm::log(x),
            Self::Difference | Self::Ratio | Self::OddsRatio => x,
        }
    }

    /// A difference on the scale of the test, as a reader sees it.
    pub(crate) fn shown(self, x: f64) -> f64 {
        match self {
            Self::LogRatio => libm::exp(x),
            Self::Difference | Self::Ratio | Self::OddsRatio => x,
        }
    }

    /// Name of the estimand.
    pub(crate) fn estimand(self) -> &'static str {
        match self {
            Self::Difference => "mean_difference",
            Self::LogRatio => "log_ratio",
            Self::Ratio => "ratio",
            Self::OddsRatio => "odds_ratio",
        }
    }
}

/// What a procedure found about treatment minus control.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inference {
    pub(crate) procedure: String,
    /// On the scale of the test.
    pub(crate) estimate: f64,
    pub(crate) se: Option<f64>,
    /// Two-sided, on the scale of the test.
    pub(crate) ci: Option<Interval>,
    /// Means of both levels on the scale of the test, adjusted as the estimate is.
    pub(crate) means: Option<(f64, f64)>,
    pub(crate) statistic: Option<Statistic>,
    pub(crate) df: Vec<f64>,
    pub(crate) p: Option<f64>,
    pub(crate) effect: Option<EffectSize>,
    /// Rows used.
    pub(crate) used: Vec<usize>,
    pub(crate) unit_of_analysis: String,
    pub(crate) dropped: Vec<Dropped>,
    pub(crate) heterogeneity: Vec<CellContrast>,
    pub(crate) companions: Vec<Companion>,
    pub(crate) assumptions: Vec<Assumption>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) trail: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) not_tested: Option<String>,
}

impl Inference {
    /// Takes estimate, interval, statistic and effect from a two-sided t test of no difference.
    pub(crate) fn take_t_test(&mut self, test: &TTest, ask: &Ask) {
        self.procedure = test.account.method.to_owned();
        self.take_account(&test.account);
        self.take_t(test.estimate.value, test.estimate.se, test.df, ask);
        self.effect = test.effect.map(|e| EffectSize {
            name: e.name.to_owned(),
            value: e.value,
            lo: e.ci.map(|ci| ci.low),
            hi: e.ci.map(|ci| ci.high),
            level: ask.confidence,
        });
    }

    /// Statistic, p in the asked direction and two-sided interval of an estimate with a t distribution.
    pub(crate) fn take_t(&mut self, estimate: f64, se: f64, df: f64, ask: &Ask) {
        self.estimate = estimate;
        self.se = Some(se);
        let t = (estimate - ask.null_value()) / se;
        let reach = student_t::isf(0.5 * (1.0 - ask.confidence), df) * se;
        self.ci = Some(Interval { lo: estimate - reach, hi: estimate + reach, level: ask.confidence });
        self.statistic = Some(Statistic { name: "t".into(), value: t });
        self.df = vec![df];
        self.p = Some(directed_p(t, df, ask.direction));
    }

    /// References and warnings of a procedure; findings too.
    pub(crate) fn take_account(&mut self, account: &Account) {
        self.references.extend(account.references.iter().map(|r| (*r).to_owned()));
        self.warnings.extend(account.warnings.iter().map(|w| Warning::new(warning_code(w), w.to_string())));
        self.assumptions.extend(account.findings.iter().map(assumption));
    }

    /// Says that there is nothing to test against.
    pub(crate) fn no_variation(&mut self, estimate: f64, what: &str) {
        self.estimate = estimate;
        self.not_tested =
            Some(format!("{what}: the estimate is exact for these runs, and there is no variation to test it against"));
        self.warnings.push(Warning::new("no_variation", format!("{what}; no test applies")));
    }
}

/// p-value of a t statistic in the asked direction.
pub(crate) fn directed_p(t: f64, df: f64, direction: Sided) -> f64 {
    match direction {
        Sided::TwoSided => student_t::two_sided(t, df),
        Sided::Greater => student_t::sf(t, df),
        Sided::Less => student_t::cdf(t, df),
    }
}

/// p-value of a standard normal statistic in the asked direction.
pub(crate) fn directed_normal_p(z: f64, direction: Sided) -> f64 {
    match direction {
        Sided::TwoSided => (2.0 * normal::sf(z.abs())).min(1.0),
        Sided::Greater => normal::sf(z),
        Sided::Less => normal::cdf(z),
    }
}

/// A standardised effect with its exact interval, from a t statistic of no difference: d = t / root. `None` at one degree
/// of freedom, where the corrected effect has no mean.
pub(crate) fn standardised(name: &str, t: f64, df: f64, root: f64, level: f64) -> Option<EffectSize> {
    let j = Some(hedges_correction(df)).filter(|j| *j > 0.0)?;
    let ends = noncentral_t::noncentrality_interval(t, df, level);
    Some(EffectSize {
        name: name.to_owned(),
        value: j * t / root,
        lo: ends.map(|(lo, _)| j * lo / root),
        hi: ends.map(|(_, hi)| j * hi / root),
        level,
    })
}

/// Whether differences vary only as much as rounding of values of this size makes them: then they are one number, and
/// a test of it would be a test of rounding.
pub(crate) fn is_rounding(d: &[f64], magnitude: f64) -> bool {
    let (low, high) = d.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
    high - low <= 64.0 * f64::EPSILON * magnitude
}

/// The largest size among some values.
pub(crate) fn magnitude<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |most, x| most.max(x.abs()))
}

/// A finding of `stats` in words of this crate.
pub(crate) fn assumption(finding: &ergon_stats::Finding) -> Assumption {
    Assumption {
        assumption: finding.assumption.to_owned(),
        method: finding.method.to_owned(),
        statistic: finding.statistic,
        p: finding.p,
    }
}

/// Options of a two-sided test at the asked level.
pub(crate) fn options(ask: &Ask) -> TestOptions {
    TestOptions { level: ask.confidence, ..TestOptions::default() }
}

/// The asked direction as `stats` names it.
pub(crate) fn alternative(direction: Sided) -> ergon_stats::Alternative {
    match direction {
        Sided::Greater => ergon_stats::Alternative::Greater,
        Sided::Less => ergon_stats::Alternative::Less,
        Sided::TwoSided => ergon_stats::Alternative::TwoSided,
    }
}

fn warning_code(warning: &ergon_stats::Warning) -> &'static str {
    use ergon_stats::Warning as W;
    match warning {
        W::FewObservations { .. } => "few_observations",
        W::Unbalanced { .. } => "unbalanced",
        W::Heteroscedastic { .. } => "heteroscedastic",
        W::NearlyConstant => "nearly_constant",
        W::NoResidualVariation => "no_variation",
        W::Ties { .. } => "ties",
        W::ZeroDifferences { .. } => "zero_differences",
        W::ApproximateForSmallSample { .. } => "approximate_for_small_sample",
        W::MonteCarlo { .. } => "monte_carlo",
        W::EmptyCells { .. } => "empty_cells",
        _ => "statistics",
    }
}

//! `power`: what a design can find, how large it has to be, the smallest effect it finds, and power over sizes.

use std::fmt::Write;

use ergon_stats::{
    Alternative, Power, PowerOptions, StatError, power_anova, power_chi2, power_correlation, power_t_one_sample,
    power_t_two_sample, power_two_proportions,
};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// The kinds of test, as they are asked for.
const KINDS: &[&str] = &["t_one_sample", "t_two_sample", "anova", "two_proportions", "correlation", "chi2"];

/// Those whose statistic grows whatever the direction of the effect.
const SIDELESS: &[&str] = &["anova", "chi2"];

/// A question about a design: leave out what is asked for. With effect and size: the power; with effect and power: the
/// size; with size and power: the smallest effect.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct PowerRequest {
    /// `t_one_sample`, `t_two_sample`, `anova`, `two_proportions`, `correlation` or `chi2`.
    pub kind: String,
    /// Observations: of the first sample, of each group, or in all where there is one sample.
    pub n: Option<f64>,
    /// Cohen's d (t tests).
    pub d: Option<f64>,
    /// Cohen's f (analysis of variance).
    pub f: Option<f64>,
    /// Correlation.
    pub r: Option<f64>,
    /// Cohen's w (χ²).
    pub w: Option<f64>,
    /// Cohen's h (two proportions), instead of `p1` and `p2`.
    pub h: Option<f64>,
    /// First probability.
    pub p1: Option<f64>,
    /// Second probability.
    pub p2: Option<f64>,
    /// Observations of the second sample for each of the first (default 1).
    pub ratio: Option<f64>,
    /// Groups of the analysis of variance.
    pub k: Option<u32>,
    /// Degrees of freedom of the χ² test.
    pub df: Option<f64>,
    /// Size of the test (default 0.05).
    pub alpha: Option<f64>,
    /// Power asked for.
    pub power: Option<f64>,
    /// `two-sided` (default), `less` or `greater`.
    pub alternative: Option<String>,
    /// Also the power over a range of sizes.
    pub curve: bool,
}

/// The power of one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PowerPoint {
    /// Observations, as `n` of the request.
    pub n: f64,
    /// Power.
    pub power: f64,
}

/// A design's power.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct PowerReply {
    /// Kind of test.
    pub kind: String,
    /// The method as a paper prints it.
    pub method: String,
    /// What was asked for: `power`, `n` or `effect`.
    pub asked: String,
    /// Observations: of the first sample, of each group, or in all where there is one sample.
    pub n: f64,
    /// The size before it was rounded up, where the size was asked for.
    pub n_exact: Option<f64>,
    /// Observations in all.
    pub n_total: f64,
    /// Power at `n`.
    pub power: f64,
    /// Name of the effect size (`d`, `f`, `r`, `w`, `h`).
    pub effect_name: String,
    /// The effect size.
    pub effect: f64,
    /// Size of the test.
    pub alpha: f64,
    /// The alternative hypothesis; F and χ² tests have no sides to choose from.
    pub alternative: Option<String>,
    /// Power over sizes; empty unless asked for.
    pub curve: Vec<PowerPoint>,
    /// Sources of the formulas.
    pub references: Vec<String>,
}

impl PowerReply {
    /// For a person.
    pub fn text(&self) -> String {
        let sides = self.alternative.as_ref().map(|a| format!(" ({a})")).unwrap_or_default();
        let mut text = format!(
            "{}: {} = {:.4}, n = {} ({} in all), alpha = {}{sides}: power {:.4}",
            self.method, self.effect_name, self.effect, self.n, self.n_total, self.alpha, self.power
        );
        for point in &self.curve {
            let _ = write!(text, "\n{:>8}  {:.4}", point.n, point.power);
        }
        text
    }
}

fn wrong(field: &str, problem: impl std::fmt::Display) -> AppError {
    AppError::input("invalid_power", format!("{field}: {problem}")).field(field)
}

fn stat_error(error: StatError) -> AppError {
    match &error {
        StatError::InvalidOption { option, found, range } => {
            let field = if *option == "target" { "power" } else { *option };
            wrong(field, format!("{found} is outside {range}"))
        }
        _ => AppError::input("invalid_power", error.to_string()),
    }
}

/// A kind of test with everything but its size and its effect.
struct Test {
    kind: &'static str,
    effect_name: &'static str,
    /// Effect as given.
    effect: Option<f64>,
    /// An effect to start the search for the smallest one from.
    start: f64,
    ratio: f64,
    k: u32,
    df: f64,
}

impl Test {
    fn of(request: &PowerRequest) -> Result<Self, AppError> {
        let accepted = || wrong("kind", format!("'{}' is none of {}", request.kind, KINDS.join(", ")));
        let kind = *KINDS.iter().find(|k| **k == request.kind).ok_or_else(accepted)?;
        let (effect_name, effect, start) = match kind {
            "anova" => ("f", request.f, 0.25),
            "correlation" => ("r", request.r, 0.3),
            "chi2" => ("w", request.w, 0.3),
            "two_proportions" => ("h", proportions(request)?, 0.5),
            _ => ("d", request.d, 0.5),
        };
        for (field, value, of) in [
            ("d", request.d, "t_one_sample and t_two_sample"),
            ("f", request.f, "anova"),
            ("r", request.r, "correlation"),
            ("w", request.w, "chi2"),
            ("h", request.h, "two_proportions"),
            ("p1", request.p1, "two_proportions"),
            ("p2", request.p2, "two_proportions"),
            ("ratio", request.ratio, "t_two_sample"),
            ("k", request.k.map(f64::from), "anova"),
            ("df", request.df, "chi2"),
        ] {
            let ours = match field {
                "p1" | "p2" => kind == "two_proportions",
                "ratio" => kind == "t_two_sample",
                "k" => kind == "anova",
                "df" => kind == "chi2",
                field => field == effect_name,
            };
            if value.is_some() && !ours {
                return Err(wrong(field, format!("belongs to {of}, not to {kind}")));
            }
        }
        if request.alternative.is_some() && SIDELESS.contains(&kind) {
            return Err(wrong("alternative", format!("{kind} has none: its test has no sides")));
        }
        let k = match (kind, request.k) {
            ("anova", None) => return Err(wrong("k", "missing; expected the number of groups, from 2")),
            (_, k) => k.unwrap_or(1),
        };
        let df = match (kind, request.df) {
            ("chi2", None) => return Err(wrong("df", "missing; expected the degrees of freedom, above 0")),
            (_, df) => df.unwrap_or(1.0),
        };
        Ok(Self { kind, effect_name, effect, start, ratio: request.ratio.unwrap_or(1.0), k, df })
    }

    fn power(&self, effect: f64, n: f64, options: &PowerOptions) -> Result<Power, AppError> {
        let k = self.k as usize;
        match self.kind {
            "t_one_sample" => power_t_one_sample(effect, n, options),
            "t_two_sample" => power_t_two_sample(effect, n, self.ratio, options),
            "anova" => power_anova(effect, k, n, options),
            "correlation" => power_correlation(effect, n, options),
            "chi2" => power_chi2(effect, self.df, n, options),
            _ => {
                // Any two probabilities with this h will do: the arcsine transformation makes their variances equal.
                let (a, b) = (std::f64::consts::FRAC_PI_4 + effect / 4.0, std::f64::consts::FRAC_PI_4 - effect / 4.0);
                power_two_proportions(a.sin().powi(2), b.sin().powi(2), n, options).map(|p| p.arcsine)
            }
        }
        .map_err(stat_error)
    }

    /// Whether the test can look in one direction.
    fn has_sides(&self) -> bool {
        !SIDELESS.contains(&self.kind)
    }

    /// Observations in all.
    fn total(&self, n: f64) -> f64 {
        match self.kind {
            "t_two_sample" => n + (n * self.ratio).ceil(),
            "two_proportions" => 2.0 * n,
            "anova" => n * f64::from(self.k),
            _ => n,
        }
    }
}

/// Cohen's h of what was given.
fn proportions(request: &PowerRequest) -> Result<Option<f64>, AppError> {
    let angle = |field: &str, p: f64| match (0.0..=1.0).contains(&p) {
        true => Ok(2.0 * p.sqrt().asin()),
        false => Err(wrong(field, format!("{p} is outside [0, 1]"))),
    };
    match (request.h, request.p1, request.p2) {
        (h, None, None) => Ok(h),
        (None, Some(p1), Some(p2)) => Ok(Some(angle("p1", p1)? - angle("p2", p2)?)),
        (Some(_), _, _) => Err(wrong("h", "give either h, or p1 and p2")),
        (None, _, None) => Err(wrong("p2", "missing; expected a probability from 0 to 1 beside p1")),
        (None, None, _) => Err(wrong("p1", "missing; expected a probability from 0 to 1 beside p2")),
    }
}

fn alternative(request: &PowerRequest) -> Result<Alternative, AppError> {
    match request.alternative.as_deref() {
        None | Some("two-sided" | "two_sided") => Ok(Alternative::TwoSided),
        Some("less" | "smaller") => Ok(Alternative::Less),
        Some("greater" | "larger") => Ok(Alternative::Greater),
        Some(other) => Err(wrong("alternative", format!("'{other}' is none of two-sided, less, greater"))),
    }
}

/// The power of a design, its size, or the smallest effect it finds: whichever was left out.
///
/// # Errors
/// Not exactly one of the three was left out, or a value is impossible.
pub async fn power(_app: &App, request: PowerRequest) -> Result<PowerReply, AppError> {
    let test = Test::of(&request)?;
    let options = PowerOptions {
        alpha: request.alpha.unwrap_or(0.05),
        target: request.power.unwrap_or(0.8),
        alternative: alternative(&request)?,
    };
    let (asked, n, n_exact, effect) = match (test.effect, request.n, request.power) {
        (Some(effect), Some(n), None) => ("power", n, None, effect),
        (Some(effect), None, _) => {
            let p = test.power(effect, 10.0, &options)?;
            ("n", p.required_whole, Some(p.required), effect)
        }
        (None, Some(n), _) => {
            let sign = if options.alternative == Alternative::Less { -1.0 } else { 1.0 };
            let found = test.power(sign * test.start, n, &options)?.detectable;
            let effect = found.ok_or_else(|| wrong("n", format!("no effect reaches the power in {n} observations")))?;
            ("effect", n, None, effect)
        }
        (Some(_), Some(_), Some(_)) => {
            return Err(wrong("power", format!("leave out one of {}, n and power: it is computed", test.effect_name)));
        }
        (None, None, _) => {
            return Err(wrong(test.effect_name, "missing; expected an effect size, or n for the smallest effect"));
        }
    };
    let here = test.power(effect, n, &options)?;
    let curve = if request.curve { curve(&test, effect, n, &options)? } else { Vec::new() };
    Ok(PowerReply {
        kind: test.kind.to_owned(),
        method: here.account.method.to_owned(),
        asked: asked.to_owned(),
        n,
        n_exact,
        n_total: test.total(n),
        power: here.power,
        effect_name: test.effect_name.to_owned(),
        effect,
        alpha: options.alpha,
        alternative: test.has_sides().then(|| {
            match options.alternative {
                Alternative::TwoSided => "two-sided",
                Alternative::Less => "less",
                Alternative::Greater => "greater",
            }
            .to_owned()
        }),
        curve,
        references: here.account.references.iter().map(|r| (*r).to_owned()).collect(),
    })
}

/// Power from a quarter of `n` to three times `n`, twelve whole sizes at most.
fn curve(test: &Test, effect: f64, n: f64, options: &PowerOptions) -> Result<Vec<PowerPoint>, AppError> {
    let mut sizes: Vec<f64> = (1..=12).map(|i| (n * f64::from(i) / 4.0).round().max(5.0)).collect();
    sizes.dedup();
    sizes.into_iter().map(|n| Ok(PowerPoint { n, power: test.power(effect, n, options)?.power })).collect()
}

//! `stat` and `power`: statistics without a campaign.

use std::path::PathBuf;

use clap::Args;
use ergon_app as app_api;
use ergon_app::App;

use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct NextArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub(crate) campaign: String,
    /// The metric whose spread decides (default: that of the first question).
    #[arg(long)]
    pub(crate) metric: Option<String>,
    /// Fewest values of a cell.
    #[arg(long, default_value_t = 10)]
    pub(crate) least_runs: u32,
    /// Largest coefficient of variation of a cell.
    #[arg(long, default_value_t = 0.3)]
    pub(crate) most_cv: f64,
    /// A rule of a conditional plan (`PHASE: METRIC > NUMBER`); repeatable.
    #[arg(long = "rule", value_name = "RULE")]
    pub(crate) rules: Vec<String>,
    /// Effect that is to be found, as a share (0.1: 10 % more).
    #[arg(long, default_value_t = 0.1)]
    pub(crate) effect: f64,
    /// Power.
    #[arg(long, default_value_t = 0.8)]
    pub(crate) power: f64,
    /// Size of the two-sided test.
    #[arg(long, default_value_t = 0.05)]
    pub(crate) alpha: f64,
}

#[derive(Debug, Args)]
pub(crate) struct StatArgs {
    /// File of cases of one procedure (JSON: procedure, cases).
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: PathBuf,
}

/// Leave out what is asked for: the power, the size, or the effect.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct PowerArgs {
    /// Kind: t_one_sample, t_two_sample, anova, two_proportions, correlation, chi2.
    pub(crate) kind: String,
    /// Observations: of the first sample, of each group, or in all where there is one sample.
    #[arg(short, long)]
    pub(crate) n: Option<f64>,
    /// Cohen's d (t tests).
    #[arg(short, long)]
    pub(crate) d: Option<f64>,
    /// Cohen's f (anova).
    #[arg(short, long)]
    pub(crate) f: Option<f64>,
    /// Correlation.
    #[arg(short, long)]
    pub(crate) r: Option<f64>,
    /// Cohen's w (chi2).
    #[arg(short, long)]
    pub(crate) w: Option<f64>,
    /// Cohen's h (two_proportions), instead of --p1 and --p2.
    #[arg(long)]
    pub(crate) h: Option<f64>,
    /// First probability.
    #[arg(long)]
    pub(crate) p1: Option<f64>,
    /// Second probability.
    #[arg(long)]
    pub(crate) p2: Option<f64>,
    /// Observations of the second sample for each of the first.
    #[arg(long)]
    pub(crate) ratio: Option<f64>,
    /// Groups (anova).
    #[arg(short, long)]
    pub(crate) k: Option<u32>,
    /// Degrees of freedom (chi2).
    #[arg(long)]
    pub(crate) df: Option<f64>,
    /// Size of the test (default: 0.05).
    #[arg(long)]
    pub(crate) alpha: Option<f64>,
    /// Power asked for (default: 0.8).
    #[arg(short, long)]
    pub(crate) power: Option<f64>,
    /// Alternative: two-sided, less, greater.
    #[arg(long)]
    pub(crate) alternative: Option<String>,
    /// Also the power over a range of sizes.
    #[arg(long)]
    pub(crate) curve: bool,
}

pub(crate) async fn power(app: &App, args: PowerArgs, output: Output) -> anyhow::Result<()> {
    let request = app_api::PowerRequest {
        kind: args.kind,
        n: args.n,
        d: args.d,
        f: args.f,
        r: args.r,
        w: args.w,
        h: args.h,
        p1: args.p1,
        p2: args.p2,
        ratio: args.ratio,
        k: args.k,
        df: args.df,
        alpha: args.alpha,
        power: args.power,
        alternative: args.alternative,
        curve: args.curve,
    };
    output.result(&app_api::power(app, request).await?, |r| r.text())
}

/// A line of JSON for each case, with and without `--json`.
pub(crate) async fn stat(app: &App, args: StatArgs, output: Output) -> anyhow::Result<()> {
    let mut broken = None;
    let reply = app_api::stat(app, app_api::StatRequest { cases: args.cases }, &mut |line| {
        if let Err(e) = output.line(&line) {
            broken.get_or_insert(e);
        }
    })
    .await?;
    output.remark(&format!("{}: {} answered, {} without a result", reply.procedure, reply.answered, reply.unanswered));
    broken.map_or(Ok(()), Err)
}

/// Prints which runs to add.
pub(crate) async fn next(app: &App, args: NextArgs, output: Output) -> anyhow::Result<()> {
    let request = app_api::NextRequest {
        campaign: args.campaign,
        metric: args.metric,
        least_runs: args.least_runs,
        most_cv: args.most_cv,
        rules: args.rules,
        effect: args.effect,
        power: args.power,
        alpha: args.alpha,
    };
    output.result(&app_api::next(app, request).await?, |r| r.text())
}

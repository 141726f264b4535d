//! The command line's grammar. CLI.md is the contract: names change only by adding.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Experiment campaigns on LLM agents: design, run, measure, analyse, publish.
#[derive(Debug, Parser)]
#[command(
    name = "ergon",
    version,
    about,
    max_term_width = 110,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) general: General,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct General {
    /// Store file (default: the user's data folder; created when missing).
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// One JSON document, or JSON lines for streams, on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Only results and errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Say more on standard error; twice: everything.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// File with keys of model providers, as lines NAME=value.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// Colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Parse a spec, check it, count its runs, forecast.
    Validate(SpecArg),
    /// The exact run list, dry.
    Plan(PlanArgs),
    /// Register a campaign without running it.
    Create(CreateArgs),
    /// Run a campaign, or resume it.
    Run(Box<RunArgs>),
    /// How a campaign stands.
    Status(OptionalCampaign),
    /// A live table of campaigns.
    Watch(WatchArgs),
    /// The campaigns of the store.
    List(ListArgs),
    /// Put a campaign in the queue.
    Queue(QueueArgs),
    /// Start no new runs until resumed.
    Pause(CampaignArg),
    /// Start runs again.
    Resume(CampaignArg),
    /// Let executing runs end, then leave.
    Stop(CampaignArg),
    /// Queue failed runs again.
    Retry(CampaignArg),
    /// The measured values, in plan order.
    Results(ResultsArgs),
    /// A read-only query on the store.
    Sql(SqlArgs),
    /// Data quality, and factors that changed nothing.
    Check(CheckArgs),
    /// Statistics.
    Analyze(AnalyzeArgs),
    /// Which runs to add: cells with too little, rules between phases, sample sizes.
    Next(crate::statistics::NextArgs),
    /// Power, sample size, the smallest effect a design finds.
    Power(crate::statistics::PowerArgs),
    /// Answer statistics cases from a file.
    Stat(crate::statistics::StatArgs),
    /// Energy without a campaign: sensors, recordings, programs.
    #[command(subcommand)]
    Energy(crate::energy::EnergyCommand),
    /// Language models: providers, keys, prices, a single question.
    #[command(subcommand)]
    Models(crate::models::ModelsCommand),
    /// What a run and its models said to each other.
    Calls(CallsArgs),
    /// A scenario's run turn by turn, or a new campaign that goes on from one of its turns.
    Scenario(crate::scenario::ScenarioArgs),
    /// Documents.
    Report(ReportArgs),
    /// A publication table.
    Table(TableArgs),
    /// A publication figure.
    Figure(FigureArgs),
    /// Data in the layout of another system.
    Export(ExportArgs),
    /// Bring specs into the store.
    Import(ImportArgs),
    /// What a transformation makes of a text or item.
    Scramble(crate::scramble::ScrambleArgs),
    /// What a file of items holds, and which field is what.
    Dataset(crate::scramble::DatasetArgs),
    /// Compare two specs or campaigns.
    Diff(DiffArgs),
    /// What works here, what doesn't, how to mend it.
    Doctor,
    /// The JSON Schema of a spec, for editors.
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct SpecArg {
    /// Spec file (YAML or JSON); a stored campaign's id works where nothing is registered.
    pub(crate) spec: String,
    /// Change a value of the spec (`path=value`); repeatable.
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Phases, separated by commas or repeated.
    #[arg(long, value_delimiter = ',', num_args = 1.., value_name = "PHASE")]
    pub(crate) phases: Option<Vec<String>>,
    /// Conditions with this level (`factor=level`); repeatable.
    #[arg(long = "where", value_name = "FACTOR=LEVEL")]
    pub(crate) filters: Vec<String>,
    /// Replicates from this one on (from 0).
    #[arg(long, value_name = "REPLICATE")]
    pub(crate) start_from: Option<u32>,
    /// At most this many runs: the first of the plan, or with `run` the first still to do.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) spec: SpecArg,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    pub(crate) spec: SpecArg,
    /// Title.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Research question.
    #[arg(long)]
    pub(crate) question: Option<String>,
    /// Who runs it.
    #[arg(long)]
    pub(crate) researcher: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Spec file, campaign id, ULID prefix or `latest`.
    #[arg(value_name = "SPEC|CAMPAIGN", required_unless_present_any = ["config", "queue"])]
    pub(crate) target: Option<String>,
    /// The same, as an option.
    #[arg(long, short, value_name = "SPEC|CAMPAIGN", conflicts_with = "target")]
    pub(crate) config: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Attempts at once (default: the spec's, else the cores).
    #[arg(long, short, value_name = "N")]
    pub(crate) parallel: Option<usize>,
    /// Change a value of the spec (`path=value`); repeatable.
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// Only the run with this id (or a prefix of it).
    #[arg(long, value_name = "RUN_ID")]
    pub(crate) only: Option<String>,
    /// Runs that failed are tried again.
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Answer calls of models from records alone, of this campaign or of the same in another store; nothing is sent.
    #[arg(long, value_name = "STORE", num_args = 0..=1, require_equals = true)]
    pub(crate) replay: Option<Option<PathBuf>>,
    /// Show the plan, run nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write results, report, table and figure into this folder at the end.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Why the plan changed, when runs of it have finished.
    #[arg(long, value_name = "REASON")]
    pub(crate) amend: Option<String>,
    /// Run what is queued.
    #[arg(long, conflicts_with_all = ["target", "config"])]
    pub(crate) queue: bool,
    /// Keep waiting for campaigns to be queued.
    #[arg(long, requires = "queue")]
    pub(crate) continuous: bool,
    /// Leave after this many campaigns.
    #[arg(long, requires = "queue", value_name = "N")]
    pub(crate) max_campaigns: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignArg {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub(crate) campaign: String,
}

#[derive(Debug, Args)]
pub(crate) struct CallsArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub(crate) campaign: String,
    /// The run's id, or its beginning.
    pub(crate) run: String,
}

#[derive(Debug, Args)]
pub(crate) struct OptionalCampaign {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) campaign: String,
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Seconds between looks.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) every: f64,
    /// Leave when nothing runs any more.
    #[arg(long)]
    pub(crate) until_idle: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only campaigns in this state.
    #[arg(long)]
    pub(crate) status: Option<String>,
    /// Only campaigns with this tag.
    #[arg(long)]
    pub(crate) tag: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct QueueArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub(crate) campaign: String,
    /// Higher goes first.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) priority: i64,
    /// Only after this campaign has finished.
    #[arg(long, value_name = "CAMPAIGN")]
    pub(crate) depends_on: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ResultsArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) campaign: String,
    /// Only runs of this phase.
    #[arg(long)]
    pub(crate) phase: Option<String>,
    /// Form.
    #[arg(long, value_enum, default_value_t = ResultsFormat::Csv)]
    pub(crate) format: ResultsFormat,
    /// One row a run instead of one row a measurement.
    #[arg(long)]
    pub(crate) wide: bool,
    /// Add durations, attempts and provenance (`resources`).
    #[arg(long = "with", value_enum)]
    pub(crate) with: Option<With>,
    /// Instead of the plan's runs those that a later revision dropped from it.
    #[arg(long, conflicts_with = "phase")]
    pub(crate) out_of_plan: bool,
    /// Write to a file.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResultsFormat {
    Csv,
    Json,
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum With {
    Resources,
}

#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    /// A SELECT; it may begin with a comment (`-- …`).
    #[arg(allow_hyphen_values = true)]
    pub(crate) query: String,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) campaign: String,
    /// Only this run (id or a prefix of it).
    #[arg(long, value_name = "RUN_ID")]
    pub(crate) run: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) campaign: String,
    /// A YAML file with an `analysis` section.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// One metric.
    #[arg(long)]
    pub(crate) metric: Option<String>,
    /// Factors, separated by commas or repeated.
    #[arg(long, value_delimiter = ',', num_args = 1.., requires = "metric")]
    pub(crate) by: Vec<String>,
    /// A procedure instead of the one that follows from the design.
    #[arg(long, requires = "metric")]
    pub(crate) test: Option<String>,
    /// Correction for several tests.
    #[arg(long)]
    pub(crate) correction: Option<String>,
    /// Write the figures of the analyses into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) figures: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) campaign: String,
    /// Only these phases.
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    pub(crate) phases: Option<Vec<String>>,
    /// While it runs: marked exploratory.
    #[arg(long)]
    pub(crate) interim: bool,
    /// Folder.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Form.
    #[arg(long, value_enum, default_value_t = ReportFormat::Md)]
    pub(crate) format: ReportFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Md,
}

#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub(crate) campaign: String,
    /// Kind: descriptive, comparison, pairwise, pivot, regression, quality, hypotheses, summary, tax, per_correct,
    /// phase_shares, success_factors, cost_efficiency, exploitation, efficiency; of a question asked so dependency,
    /// threshold, contamination, ab_test.
    pub(crate) kind: String,
    /// One metric (default: the first); for a pivot several, separated by commas.
    #[arg(long)]
    pub(crate) metric: Option<String>,
    /// Factors, separated by commas or repeated.
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    pub(crate) by: Vec<String>,
    /// Style: booktabs, apa7, ieee, acm, neurips.
    #[arg(long, default_value = "booktabs")]
    pub(crate) style: String,
    /// Form: tex, html, md, typ, csv.
    #[arg(long, default_value = "tex")]
    pub(crate) format: String,
    /// Write to this file (default: printed).
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FigureArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub(crate) campaign: String,
    /// Kind: raincloud, bars, scalability, heatmap, radar, forest, interaction, ecdf, survival, histogram, pareto, tax,
    /// per_correct, phase_shares, success_factors, cost_efficiency, exploitation, efficiency; of a question asked so
    /// dependency, threshold, contamination, ab_test.
    pub(crate) kind: String,
    /// One metric (default: the first); for a radar several, separated by commas (default: all with a better side);
    /// for pareto what is gained and what it costs (default: the energy of a run).
    #[arg(long)]
    pub(crate) metric: Option<String>,
    /// Factors, separated by commas or repeated.
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    pub(crate) by: Vec<String>,
    /// Width preset of a venue (neurips, icml, ieee, acm, …).
    #[arg(long, default_value = "neurips")]
    pub(crate) width: String,
    /// Form: svg.
    #[arg(long, default_value = "svg")]
    pub(crate) format: String,
    /// Write to this file (default: printed).
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files; of a folder every .json, .yaml and .yml in it. Experiments of the bargaining study become one campaign.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What they are: ergon, consensus-campaign, consensus-run, consensus-conditions, consensus-result, consensus-report,
    /// a-lems-command, a-lems-tasks, a-lems-plan, scenario-batch, bargain, scramblebench.
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Report only.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Id of the campaign, where the files make one.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Why a campaign that is in the store under the same id gets another plan.
    #[arg(long, value_name = "REASON")]
    pub(crate) amend: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Spec file or campaign.
    pub(crate) a: String,
    /// Spec file or campaign.
    pub(crate) b: String,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    pub(crate) campaign: String,
    /// What: data.
    #[arg(long, default_value = "data")]
    pub(crate) kind: String,
    /// The layout: bargain, scenario-lab or scramblebench.
    #[arg(long)]
    pub(crate) layout: String,
    /// Folder.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
}

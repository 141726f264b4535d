// Made from crates/app by `cargo xtask bindings`; edits are lost.

/**
 * Two levels on the same items.
 */
export type AbTest = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Its first level.
 */
control: string, 
/**
 * Its second.
 */
treatment: string, 
/**
 * Items that both answered.
 */
items: number, 
/**
 * Mean response of the control, in the metric's unit.
 */
control_mean: WireNumber, 
/**
 * Of the treatment.
 */
treatment_mean: WireNumber, 
/**
 * Items that the treatment alone gets right.
 */
treatment_alone: number, 
/**
 * Items that the control alone gets right.
 */
control_alone: number, 
/**
 * Treatment − control as a share of full marks.
 */
lift: WireNumber, 
/**
 * The smallest difference of interest, a share of full marks.
 */
smallest: WireNumber, 
/**
 * Power to find that difference with these items, given the share of items that differ; absent where fewer differ
 * than it needs.
 */
power: WireNumber | null, 
/**
 * Items needed to find it with power 0.8.
 */
minimum_items: number | null, 
/**
 * The look of the stopping rule that was reached, a share of the minimum sample.
 */
look: WireNumber | null, 
/**
 * Its boundary: stop at a p-value up to this.
 */
boundary_p: number | null, 
/**
 * What the stopping rule says.
 */
decision: string, };

/**
 * It was done.
 */
export type Acknowledged = { 
/**
 * Always true: what can't be done is an error.
 */
ok: boolean, 
/**
 * What was done, in a sentence.
 */
message: string, };

/**
 * Something about models or money that a person should know of while a campaign runs.
 */
export type Alert = { 
/**
 * What it is about.
 */
kind: AlertKind, 
/**
 * How much it matters.
 */
level: AlertLevel, 
/**
 * What is the matter, in a sentence.
 */
message: string, };

/**
 * What an alert is about.
 */
export type AlertKind = "budget" | "errors" | "provider" | "fallback" | "rate";

/**
 * How much an alert matters.
 */
export type AlertLevel = "warning" | "critical";

/**
 * The answer to one question.
 */
export type Analysis = { 
/**
 * Digest of question, procedure and frame: the same question to the same data has the same id.
 */
id: Digest, 
/**
 * What was asked.
 */
question: Question, 
/**
 * What kind of answer this is.
 */
kind: AnalysisKind, 
/**
 * Name of the procedure as printed in a paper.
 */
procedure: string, 
/**
 * What was estimated, by name (`mean_difference`, `ratio`, `median`, `mean_treatment` …).
 */
estimates: { [key in string]: Estimate }, 
/**
 * The levels in numbers, in the order of the spec.
 */
levels: Array<LevelSummary>, 
/**
 * The test statistic.
 */
statistic: Statistic | null, 
/**
 * Degrees of freedom, numerator first.
 */
df: Array<WireNumber>, 
/**
 * p-value of this test alone.
 */
p: number | null, 
/**
 * p-value corrected over `family`.
 */
p_adjusted: number | null, 
/**
 * The tests it was corrected with.
 */
family: FamilyOfTests | null, 
/**
 * Standardised size.
 */
effect: EffectSize | null, 
/**
 * Interval of the main estimate.
 */
ci: Interval | null, 
/**
 * Runs used.
 */
n: number, 
/**
 * What a test rests on, `n` being the runs in it (`runs`, `5 replicates as blocks` …) as words for a table note.
 */
unit_of_analysis: string, 
/**
 * Runs not used, with reasons.
 */
dropped: Array<Dropped>, 
/**
 * The same contrast in each cell of the other factors.
 */
heterogeneity: Array<CellContrast>, 
/**
 * Robust procedures shown beside the result; they never replace it.
 */
companions: Array<Companion>, 
/**
 * What checks of assumptions found; they never switch the procedure.
 */
assumptions: Array<Assumption>, 
/**
 * What to know before trusting the numbers.
 */
warnings: Array<Warning>, 
/**
 * Why there is no p-value, where there is none though one was asked for.
 */
not_tested: string | null, 
/**
 * Weakest provenance among the readings used: `measured`, `derived`, `estimated` or `simulated`.
 */
provenance: string, 
/**
 * Readings used by provenance.
 */
provenances: { [key in string]: number }, 
/**
 * Whether a simulated model is behind any reading used: such results are not evidence about real models.
 */
simulated_model: boolean, 
/**
 * How the procedure was decided on, in plain sentences.
 */
trail: Array<string>, 
/**
 * Sources of the formulas.
 */
references: Array<string>, 
/**
 * What a figure of it draws, beyond `levels` and `heterogeneity`.
 */
detail: Detail | null, 
/**
 * The data it saw.
 */
frame: FrameRef, };

/**
 * Kinds of analyses.
 */
export type AnalysisKind = "descriptive" | "contrast" | "omnibus" | "survival" | "mean" | "ranking" | "regression" | "scalability" | "grid" | "cross_validation" | "tax" | "per_correct" | "phase_shares" | "success_factors" | "cost_efficiency" | "exploitation" | "efficiency" | "dependency" | "threshold" | "contamination" | "ab_test";

/**
 * The answers.
 */
export type AnalyzeReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * The analyses, in the order of the questions.
 */
analyses: Array<Analysis>, 
/**
 * Verdicts on the hypotheses of the spec.
 */
hypotheses: Array<HypothesisResult>, 
/**
 * Questions that these data can't answer, and why.
 */
refusals: Array<Refusal>, 
/**
 * Figures written.
 */
figures: Array<string>, 
/**
 * The answer as tables, where asked for.
 */
tables?: AnswerTables, };

/**
 * What to ask of the data.
 */
export type AnalyzeRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * A YAML or JSON file with an `analysis` section.
 */
plan: string | null, 
/**
 * One metric.
 */
metric: string | null, 
/**
 * Factors.
 */
by: Array<string>, 
/**
 * A procedure instead of the one that follows from the design.
 */
test: string | null, 
/**
 * Correction for several tests.
 */
correction: string | null, 
/**
 * Write a figure per question into this folder.
 */
figures: string | null, 
/**
 * With a metric: the answer's tables too, for a page.
 */
tables: boolean, };

/**
 * An answer as HTML tables: the very analyses of the reply, computed once.
 */
export type AnswerTables = { 
/**
 * Levels compared; `None` where nothing could be.
 */
comparison: string | null, 
/**
 * What was found at each level.
 */
levels: string | null, };

/**
 * A sentence for the user, with a code for programs.
 */
export type AppError = { 
/**
 * Stable name of the kind of error (`invalid_spec`, `not_found`).
 */
code: string, 
/**
 * What was wrong, where, and what to do.
 */
message: string, 
/**
 * The field to blame, where there is one.
 */
field: string | null, 
/**
 * What is wrong with a spec, each with its place, where that is what was wrong.
 */
problems?: Array<Problem>, };

/**
 * Puts a campaign aside, or back.
 */
export type ArchiveRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * Aside (true) or back (false).
 */
archived: boolean, };

/**
 * A file an attempt left.
 */
export type ArtefactInfo = { 
/**
 * Path in the run's folder.
 */
name: string, 
/**
 * Digest of its content.
 */
digest: string, 
/**
 * Bytes.
 */
size_bytes: number, 
/**
 * Whether the content is in the store.
 */
kept: boolean, };

/**
 * What a check of an assumption found.
 */
export type Assumption = { 
/**
 * The assumption.
 */
assumption: string, 
/**
 * Who looked.
 */
method: string, 
/**
 * Its statistic.
 */
statistic: WireNumber, 
/**
 * Its p-value.
 */
p: number, };

/**
 * An attempt.
 */
export type AttemptInfo = { 
/**
 * Number, from 1.
 */
n: number, 
/**
 * `running`, `succeeded`, `failed` or `cancelled`.
 */
state: string, 
/**
 * Failure class.
 */
class: string | null, 
/**
 * What was wrong.
 */
message: string | null, 
/**
 * Start (UTC, RFC 3339).
 */
started_at: string, 
/**
 * Seconds.
 */
duration_s: number | null, 
/**
 * CPU seconds.
 */
cpu_s: number | null, 
/**
 * Output and notes; the end of it where it is long.
 */
log: string, 
/**
 * Named stretches.
 */
spans: Array<SpanInfo>, 
/**
 * Energy of the spans by name, where it was read per run.
 */
span_energy: Array<SpanEnergyInfo>, 
/**
 * Files it left.
 */
artefacts: Array<ArtefactInfo>, };

/**
 * Games between strong and weak agents, group by group.
 */
export type Bargaining = { 
/**
 * Factors of `cells`: of exploitation the weak model, the strong model and, where there is one, the level of
 * competition; of efficiency what it is broken down by.
 */
factors: Array<string>, 
/**
 * Of exploitation the pairs of models; of efficiency the same as `cells`.
 */
groups: Array<BargainingGroup>, 
/**
 * By all factors.
 */
cells: Array<BargainingGroup>, };

/**
 * One group of games.
 */
export type BargainingGroup = { 
/**
 * Factor and level.
 */
levels: Array<[string, string]>, 
/**
 * Games played to the end, with or without a deal.
 */
runs: number, 
/**
 * Games that timed out; they are in no mean.
 */
timed_out: number, 
/**
 * Games in which a proposal or vote could not be read; absent where no model was asked.
 */
not_clean: number | null, 
/**
 * The metric asked for, then what stands beside it.
 */
measures: Array<GroupMeasure>, 
/**
 * p-value of the metric's mean against 0; absent where it isn't tested.
 */
p: number | null, 
/**
 * Corrected over the groups.
 */
p_adjusted: number | null, };

/**
 * An estimate beside what was expected of it.
 */
export type BesideExpected = { 
/**
 * `ratio`, `difference` or `value`.
 */
of: string, 
/**
 * What was expected.
 */
expected: [number, number], 
/**
 * What was estimated.
 */
estimate: number, 
/**
 * `below`, `within` or `above`.
 */
position: string, };

/**
 * Which turn to go on from.
 */
export type BranchRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * Run id, or a prefix of it.
 */
run: string, 
/**
 * The last turn that is taken over; 0: none.
 */
turn: number, 
/**
 * Id of the new campaign; left out: made of the old one's, the run and the turn.
 */
new_id: string | null, };

/**
 * A call of a run.
 */
export type CallInfo = { 
/**
 * Attempt, from 1.
 */
attempt: number, 
/**
 * When it began, UTC.
 */
at: string, 
/**
 * The model, by its name in the spec.
 */
model: string, 
/**
 * The declared model that answered instead.
 */
fallback: string | null, 
/**
 * The conversation that was sent: role and text, in order.
 */
messages: Array<MessageInfo>, 
/**
 * What came back; `None`: nothing, and `failure` says why.
 */
reply: string | null, 
/**
 * Class of the failure.
 */
failure: string | null, 
/**
 * What was wrong.
 */
message: string | null, 
/**
 * Tokens of the request.
 */
prompt_tokens: number | null, 
/**
 * Tokens of the reply.
 */
completion_tokens: number | null, 
/**
 * Whether Ergon counted the tokens.
 */
tokens_estimated: boolean, 
/**
 * Seconds from sending to the last byte.
 */
latency_s: number | null, 
/**
 * Seconds to the first token, where the reply was streamed.
 */
first_token_s: number | null, 
/**
 * USD; `None`: unknown.
 */
cost_usd: number | null, 
/**
 * Requests sent for it.
 */
tries: number, 
/**
 * Whether a simulated model answered.
 */
simulated: boolean, };

/**
 * All calls of a run.
 */
export type CallsReply = { 
/**
 * Run id.
 */
run: string, 
/**
 * The calls in the order they began.
 */
calls: Array<CallInfo>, };

/**
 * A campaign and nothing else to ask.
 */
export type CampaignRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, };

/**
 * A campaign at a glance.
 */
export type CampaignRow = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Its ULID.
 */
ulid: string, 
/**
 * Title.
 */
title: string, 
/**
 * Workload.
 */
workload: string, 
/**
 * State.
 */
state: string, 
/**
 * Tags.
 */
tags: Array<string>, 
/**
 * Runs in the plan.
 */
runs: number, 
/**
 * Runs that succeeded.
 */
succeeded: number, 
/**
 * Runs whose last attempt failed.
 */
failed: number, 
/**
 * When it was registered (UTC, RFC 3339).
 */
created: string, 
/**
 * When somebody looked at it last (UTC, RFC 3339).
 */
opened: string, 
/**
 * Whether it was put aside.
 */
archived: boolean, 
/**
 * Priority in the queue, where it is queued.
 */
priority: number | null, };

/**
 * A contrast within one cell of the other factors.
 */
export type CellContrast = { 
/**
 * The cell's levels.
 */
cell: string, 
/**
 * Runs of the treatment.
 */
n_treatment: number, 
/**
 * Runs of the control.
 */
n_control: number, 
/**
 * Treatment minus control (on the scale of the estimand: a ratio for log ratios).
 */
estimate: WireNumber, 
/**
 * Its standard error on the scale of the test, where the cell has enough runs.
 */
se: WireNumber | null, 
/**
 * Its interval, where the cell has enough runs.
 */
ci: Interval | null, };

/**
 * Where a number lies among those of its condition.
 */
export type CellPlace = { 
/**
 * Runs of the condition with a number, this one among them.
 */
n: number, 
/**
 * Numbers below it.
 */
below: number, 
/**
 * Lower of Tukey's fences.
 */
fence_low: WireNumber, 
/**
 * Upper of Tukey's fences.
 */
fence_high: WireNumber, 
/**
 * Whether it lies outside them.
 */
outside: boolean, };

/**
 * What an edit changes.
 */
export type Change = { "change": "free" } | { "change": "plan", "paths": Array<string> } | { "change": "analysis_plan", "paths": Array<string> };

/**
 * What was found.
 */
export type CheckReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * The run, where one was asked for: its measurements, its place in its condition, its twins. The quality is then
 * that of this run alone.
 */
run: RunCheck | null, 
/**
 * Product of the four fractions.
 */
score: number, 
/**
 * Expected runs that are there, times readings that are there among those due.
 */
completeness: number, 
/**
 * Share of values within their metric's range.
 */
ranges: number, 
/**
 * Share of checks of consistency that hold: each metric is set by some run, each condition has as many replicates
 * as the others of its phase, each run key stands for one run.
 */
consistency: number, 
/**
 * Share of values within Tukey's fences of their condition (conditions of at least ten values).
 */
validity: number, 
/**
 * Runs expected.
 */
expected: number, 
/**
 * Runs present.
 */
present: number, 
/**
 * Values compared with the fences.
 */
judged: number, 
/**
 * Whether the thresholds of the spec are met; `None` without thresholds.
 */
passed: boolean | null, 
/**
 * What was found, worst first.
 */
findings: Array<Finding>, 
/**
 * The nothing-varied detector.
 */
nothing_varied: NothingVaried, };

/**
 * What to check.
 */
export type CheckRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * Only this run (key or a prefix of it).
 */
run: string | null, };

/**
 * A measurement and where it lies.
 */
export type CheckedMeasurement = { 
/**
 * The metric.
 */
metric: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Its unit.
 */
unit: string, 
/**
 * `value`, `censored`, `undefined`, `unavailable` or `unset`.
 */
observation: string, 
/**
 * The number; of a censored time the time it was waited for.
 */
value: WireNumber | null, 
/**
 * Why there is none.
 */
reason: string | null, 
/**
 * Where it came from; absent when unset.
 */
provenance: string | null, 
/**
 * Notes on it.
 */
flags: Array<string>, 
/**
 * Whether the number lies in the metric's range; absent without a number.
 */
in_range: boolean | null, 
/**
 * Where it lies among the runs of its condition; absent where these are too few, or it has no number.
 */
cell: CellPlace | null, };

/**
 * What was chosen.
 */
export type ChooseFilesReply = { 
/**
 * The files; empty when the user chose none.
 */
files: Array<ChosenFile>, };

/**
 * What to let the user choose.
 */
export type ChooseFilesRequest = { 
/**
 * The dialog's title.
 */
title: string, 
/**
 * A file to be written, rather than read.
 */
save: boolean, 
/**
 * Several files (reading only).
 */
many: boolean, 
/**
 * Name offered for a file to be written.
 */
name: string | null, 
/**
 * Endings accepted, without the dot; all when empty.
 */
endings: Array<string>, };

/**
 * A file the user chose.
 */
export type ChosenFile = { 
/**
 * Stands for the file in requests, until Ergon is closed.
 */
token: string, 
/**
 * Its name, to show.
 */
name: string, };

/**
 * A robust procedure beside the result.
 */
export type Companion = { 
/**
 * Name as printed.
 */
procedure: string, 
/**
 * Its p-value.
 */
p: number | null, 
/**
 * Its own estimate, where it has one.
 */
estimate: Estimate | null, 
/**
 * What it says that the main result doesn't.
 */
note: string, };

/**
 * A condition in a phase.
 */
export type ConditionCell = { 
/**
 * Digest of the condition.
 */
key: string, 
/**
 * Levels of the phase's factors, as printed.
 */
levels: { [key in string]: string }, 
/**
 * Runs planned.
 */
planned: number, 
/**
 * Runs that succeeded.
 */
succeeded: number, 
/**
 * Runs whose last attempt failed.
 */
failed: number, 
/**
 * Runs executing; 0 while no engine holds the campaign.
 */
running: number, 
/**
 * Mean of the metric; `None` before there is a value.
 */
mean: number | null, 
/**
 * The mean as printed.
 */
display: string | null, };

/**
 * Contamination indicators.
 */
export type Contamination = { 
/**
 * The factor whose levels are ways of transforming.
 */
factor: string, 
/**
 * One row a group and way of scrambling.
 */
rows: Array<ContaminationRow>, };

/**
 * One contamination indicator.
 */
export type ContaminationRow = { 
/**
 * The level of the grouping factor; `all runs` without one.
 */
group: string, 
/**
 * The way of scrambling.
 */
method: string, 
/**
 * Items asked in all three ways.
 */
items: number, 
/**
 * Mean response to the untouched text, in the metric's unit.
 */
baseline: WireNumber, 
/**
 * To the paraphrase.
 */
paraphrased: WireNumber, 
/**
 * To the scrambled text.
 */
scrambled: WireNumber, 
/**
 * (paraphrased − scrambled) ÷ baseline; absent where nothing was right untouched.
 */
indicator: WireNumber | null, 
/**
 * Its interval.
 */
ci: Interval | null, };

/**
 * What another process asks of the engine that holds a campaign.
 */
export type ControlCommand = "pause" | "resume" | "stop" | "retry";

/**
 * A metric per dollar.
 */
export type CostEfficiency = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Its levels in the order of the spec.
 */
levels: Array<CostLevel>, };

/**
 * What a level costs and brings.
 */
export type CostLevel = { 
/**
 * The level.
 */
level: string, 
/**
 * Runs in which both are known.
 */
n: number, 
/**
 * Mean of the metric, in its unit.
 */
mean: WireNumber | null, 
/**
 * Mean cost of a run, USD.
 */
mean_cost_usd: WireNumber | null, 
/**
 * Total cost of these runs, USD.
 */
total_cost_usd: WireNumber, 
/**
 * Metric per USD: ratio of the means; `None` where nothing was spent.
 */
per_usd: WireNumber | null, 
/**
 * Its standard error.
 */
se: WireNumber | null, 
/**
 * Its interval.
 */
ci: Interval | null, };

/**
 * The registered campaign.
 */
export type CreateReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Its ULID.
 */
ulid: string, 
/**
 * Revision, from 1.
 */
revision: number, };

/**
 * A campaign to register.
 */
export type CreateRequest = { 
/**
 * Spec file.
 */
spec: string, 
/**
 * `path=value` overrides.
 */
set: Array<string>, 
/**
 * Title.
 */
name: string | null, 
/**
 * Research question.
 */
question: string | null, 
/**
 * Who runs it.
 */
researcher: string | null, };

/**
 * Prediction of conditions that weren't seen.
 */
export type CrossValidation = { 
/**
 * Factors of the additive model.
 */
predictors: Array<string>, 
/**
 * Folds.
 */
folds: number, 
/**
 * Conditions predicted.
 */
conditions: number, 
/**
 * 1 − squared error of prediction over squared deviation from the mean; below 0: the mean predicts better.
 */
r2: WireNumber, 
/**
 * The same of each fold, about the fold's own mean; absent where the fold doesn't vary.
 */
r2_per_fold: Array<number | null>, 
/**
 * Root of the mean squared error of prediction, in the metric's unit.
 */
rmse: WireNumber, };

/**
 * Percentile bootstrap interval of a crossing.
 */
export type CrossingInterval = { 
/**
 * Lower end; absent: not reached.
 */
lo: WireNumber | null, 
/**
 * Upper end; absent: not reached.
 */
hi: WireNumber | null, 
/**
 * Confidence level.
 */
level: number, 
/**
 * Resamples drawn.
 */
resamples: number, 
/**
 * Share of resamples in which the allowed loss was crossed.
 */
crossed: number, };

/**
 * A mean at one level of a numeric factor.
 */
export type CurvePoint = { 
/**
 * The level.
 */
x: WireNumber, 
/**
 * Runs it rests on.
 */
n: number, 
/**
 * Mean, in the metric's unit.
 */
mean: WireNumber, 
/**
 * Its interval.
 */
ci: Interval | null, };

/**
 * What a file holds.
 */
export type DatasetReply = { 
/**
 * Where it is, as a spec names it.
 */
path: string, 
/**
 * The shape that was recognised: gsm8k, mmlu, arc, hellaswag, winogrande, boolq or plain.
 */
shape: string, 
/**
 * Names of its fields, sorted.
 */
fields: Array<string>, 
/**
 * Items.
 */
count: number, 
/**
 * Of these, the ones without a known answer: they are asked and not scored.
 */
unanswerable: number, 
/**
 * What of the file is left out of the items.
 */
left_out: Array<string>, 
/**
 * Domains.
 */
domains: Array<string>, 
/**
 * The first items.
 */
items: Array<ItemInfo>, };

/**
 * A file of items and which field is what.
 */
export type DatasetRequest = { 
/**
 * The file, or what `choose_files` gave for it.
 */
file: string, 
/**
 * Names of the file's fields, as the workload's setting `fields` has them.
 */
fields: Record<string, string | string[]>, 
/**
 * Items to show.
 */
limit: number | null, };

/**
 * A response over the level of a transformation, one curve a group.
 */
export type Dependency = { 
/**
 * The level's factor.
 */
factor: string, 
/**
 * Its unit; empty where it has none.
 */
unit: string, 
/**
 * Share of the baseline that the threshold asks about (0.5: 50 %).
 */
share: WireNumber, 
/**
 * The words for coefficients, with their cut-offs.
 */
labels: string, 
/**
 * Whether the threshold alone was asked for.
 */
only_threshold: boolean, 
/**
 * Curves, in the order of the spec.
 */
curves: Array<DependencyCurve>, };

/**
 * One curve with its coefficient, trend and threshold.
 */
export type DependencyCurve = { 
/**
 * The level of the grouping factor; `all runs` without one.
 */
group: string, 
/**
 * Items that have all levels.
 */
items: number, 
/**
 * Points in rising order of level; the first is the untouched text.
 */
points: Array<DependencyPoint>, 
/**
 * LDC: 1 − mean response above level 0 ÷ response at level 0; absent where nothing was right at level 0.
 */
coefficient: WireNumber | null, 
/**
 * Its interval.
 */
coefficient_ci: Interval | null, 
/**
 * The word for it: low, medium, high or extreme.
 */
label: string | null, 
/**
 * The same as an area: levels weigh by their distance.
 */
area: WireNumber | null, 
/**
 * Its interval.
 */
area_ci: Interval | null, 
/**
 * Spearman's correlation of level and mean response.
 */
spearman: TrendTest | null, 
/**
 * Kendall's.
 */
kendall: TrendTest | null, 
/**
 * Odds ratio of a right answer over the whole range of levels, of one and the same item.
 */
odds: TrendTest | null, 
/**
 * Where the falling curve reaches the share of the baseline; absent: it doesn't.
 */
threshold: WireNumber | null, 
/**
 * Its interval; an end that is absent wasn't reached within the levels run.
 */
threshold_ci: CrossingInterval | null, 
/**
 * The lowest level run whose mean is below the share of the baseline.
 */
lowest_below: WireNumber | null, };

/**
 * One point of a dependency curve.
 */
export type DependencyPoint = { 
/**
 * The level.
 */
x: WireNumber, 
/**
 * Items it rests on.
 */
n: number, 
/**
 * Mean, in the metric's unit.
 */
mean: WireNumber, 
/**
 * Its interval: Wilson's of a share, else Student's.
 */
ci: Interval | null, 
/**
 * Mean ÷ mean at level 0.
 */
retention: WireNumber | null, 
/**
 * Its interval; none at level 0, where it is 1.
 */
retention_ci: Interval | null, 
/**
 * The same above what guessing gives; absent where nobody can guess, or guessing does as well.
 */
corrected: WireNumber | null, };

/**
 * What a phase's design covers. Levels count as they were chosen, also where they can't matter.
 */
export type DesignReport = { 
/**
 * Kind of design.
 */
kind: string, 
/**
 * Combinations of levels in the phase's space.
 */
combinations: number, 
/**
 * Conditions chosen.
 */
conditions: number, 
/**
 * Combinations that constraints exclude.
 */
excluded: number, 
/**
 * Combinations that are one condition with another because a level can't matter.
 */
collapsed: number, 
/**
 * How often each level was chosen; empty for designs too large to count.
 */
counts: Array<FactorCounts>, 
/**
 * Largest difference between how often two levels of one factor were chosen.
 */
max_imbalance: number | null, 
/**
 * Chosen levels that can't matter in their condition.
 */
inactive_levels: number | null, 
/**
 * Share of the pairs of levels of two factors that occur, 0 to 1.
 */
pair_coverage: number | null, 
/**
 * D-efficiency of the model with main effects: 1 for a balanced orthogonal design.
 */
d_efficiency: number | null, };

/**
 * What a figure of this analysis draws.
 */
export type Detail = { "of": "ranking" } & Ranking | { "of": "regression" } & Regression | { "of": "scalability" } & Scalability | { "of": "grid" } & Grid | { "of": "survival" } & Survival | { "of": "cross_validation" } & CrossValidation | { "of": "tax" } & Tax | { "of": "per_correct" } & Efficiency | { "of": "phase_shares" } & PhaseShares | { "of": "success_factors" } & SuccessFactors | { "of": "cost_efficiency" } & CostEfficiency | { "of": "bargaining" } & Bargaining | { "of": "dependency" } & Dependency | { "of": "contamination" } & Contamination | { "of": "ab_test" } & AbTest;

/**
 * How they differ.
 */
export type DiffReply = { 
/**
 * Every difference, by path.
 */
differences: Array<Difference>, 
/**
 * What the step from a to b changes: nothing that needs a revision, the plan, or the analysis plan.
 */
change: Change, 
/**
 * Runs that both plans have.
 */
runs_shared: number, 
/**
 * Runs only `a` has.
 */
runs_only_a: number, 
/**
 * Runs only `b` has.
 */
runs_only_b: number, };

/**
 * Two specs (files) or campaigns.
 */
export type DiffRequest = { 
/**
 * The older.
 */
a: string, 
/**
 * The newer.
 */
b: string, };

/**
 * One difference between two specs.
 */
export type Difference = { 
/**
 * Where.
 */
path: string, 
/**
 * Value in the old spec.
 */
old: JsonValue | null, 
/**
 * Value in the new spec.
 */
new: JsonValue | null, };

/**
 * A 256-bit BLAKE3 digest. Written as 64 lower-case hexadecimal digits.
 */
export type Digest = string;

/**
 * One check.
 */
export type DoctorCheck = { 
/**
 * What was looked at.
 */
name: string, 
/**
 * How it came out.
 */
state: DoctorState, 
/**
 * What was seen.
 */
detail: string, 
/**
 * What to do.
 */
fix: string | null, };

/**
 * All checks.
 */
export type DoctorReply = { 
/**
 * The checks.
 */
checks: Array<DoctorCheck>, };

/**
 * Nothing to ask.
 */
export type DoctorRequest = Record<symbol, never>;

/**
 * How a check came out.
 */
export type DoctorState = "ok" | "partly" | "missing" | "failed" | "not_built";

/**
 * Energy of one domain.
 */
export type DomainEnergy = { 
/**
 * Joules; `None`: withheld, and the flags say why.
 */
energy_j: number | null, 
/**
 * Mean power in watts.
 */
mean_w: number | null, 
/**
 * Lower bound, joules.
 */
lo_j: number, 
/**
 * Upper bound, joules.
 */
hi_j: number, 
/**
 * `measured`, `estimated` or `simulated`.
 */
provenance: string, 
/**
 * The estimator, where it is estimated.
 */
source: string | null, 
/**
 * What to know.
 */
flags: Array<string>, };

/**
 * Runs not used.
 */
export type Dropped = { 
/**
 * Why.
 */
reason: string, 
/**
 * How many.
 */
count: number, };

/**
 * A copy of a campaign's spec under another id.
 */
export type DuplicateRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * The copy's id.
 */
new_id: string, };

/**
 * A standardised effect size.
 */
export type EffectSize = { 
/**
 * Its name as printed.
 */
name: string, 
/**
 * Its value.
 */
value: WireNumber, 
/**
 * Lower end of its interval.
 */
lo: WireNumber | null, 
/**
 * Upper end of its interval.
 */
hi: WireNumber | null, 
/**
 * Level of its interval.
 */
level: number, };

/**
 * What right answers and tokens take.
 */
export type Efficiency = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Its levels in the order of the spec.
 */
levels: Array<EfficiencyLevel>, };

/**
 * What right answers and tokens take at one level.
 */
export type EfficiencyLevel = { 
/**
 * The level.
 */
level: string, 
/**
 * Graded runs.
 */
runs: number, 
/**
 * Of which right.
 */
right: number, 
/**
 * Response per right answer, in the metric's unit.
 */
per_correct: SumRatio, 
/**
 * Response per token, in the metric's unit.
 */
per_token: SumRatio, };

/**
 * An engine's session.
 */
export type EnergySessionInfo = { 
/**
 * Its number, to ask for its trace.
 */
session: number, 
/**
 * `campaign`, `concurrent` or `exclusive`.
 */
mode: string, 
/**
 * Start (UTC, RFC 3339).
 */
started_at: string, 
/**
 * What was read and where, and why the rest was not.
 */
sensors: JsonValue, 
/**
 * Its windows.
 */
windows: Array<EnergyWindowInfo>, };

/**
 * What a campaign took.
 */
export type EnergySessionsReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Its sessions, oldest first.
 */
sessions: Array<EnergySessionInfo>, };

/**
 * Which campaign.
 */
export type EnergySessionsRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, };

/**
 * A run's trace.
 */
export type EnergyTraceReply = { 
/**
 * The channels, as the session described them.
 */
channels: JsonValue, 
/**
 * Samples during the last attempt, in order; empty where none were kept.
 */
points: Array<TracePoint>, 
/**
 * What the attempt took.
 */
resources: Array<ResourceInfo>, };

/**
 * Which run's trace.
 */
export type EnergyTraceRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * The run's id, or its beginning.
 */
run: string, };

/**
 * A stretch of a session.
 */
export type EnergyWindowInfo = { 
/**
 * `baseline_before`, `block`, `baseline_after` or `session`.
 */
kind: string, 
/**
 * Start (UTC, RFC 3339).
 */
started_at: string, 
/**
 * Seconds.
 */
duration_s: number, 
/**
 * Attempts that ended in it.
 */
attempts: number, 
/**
 * What was read.
 */
resources: Array<ResourceInfo>, };

/**
 * An estimate with what is known of its uncertainty.
 */
export type Estimate = { 
/**
 * The value.
 */
value: WireNumber, 
/**
 * Its standard error.
 */
se: WireNumber | null, 
/**
 * Its interval.
 */
ci: Interval | null, 
/**
 * Its unit.
 */
unit: string, };

/**
 * One event.
 */
export type Event = { "event": "campaign_started", 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Runs planned.
 */
runs: number, 
/**
 * Runs that had ended before.
 */
ended_before: number, 
/**
 * Attempts at once.
 */
parallel: number, } | { "event": "recovered", 
/**
 * Interrupted runs.
 */
runs: Array<Digest>, } | { "event": "run_started", 
/**
 * The run.
 */
run_id: Digest, 
/**
 * Phase it runs under.
 */
phase: string, 
/**
 * Attempt, from 1.
 */
attempt: number, } | { "event": "run_ended", 
/**
 * The run.
 */
run_id: Digest, 
/**
 * Phase it runs under.
 */
phase: string, 
/**
 * Attempt, from 1.
 */
attempt: number, 
/**
 * State of the run now; `queued`: it is tried again.
 */
state: RunState, 
/**
 * Failure class.
 */
failure: FailureClass | null, 
/**
 * What was wrong.
 */
message: string | null, 
/**
 * Seconds.
 */
duration_s: number, } | { "event": "phase_skipped", 
/**
 * The phase.
 */
phase: string, 
/**
 * Why.
 */
reason: string, } | { "event": "progress" } & Progress | { "event": "models" } & ModelMeter | { "event": "alert" } & Alert | { "event": "paused" } | { "event": "resumed" } | { "event": "draining", 
/**
 * Why.
 */
reason: string, } | { "event": "store_trouble", 
/**
 * What the store said.
 */
message: string, };

/**
 * Leaves a run out of analyses.
 */
export type ExcludeRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * The run's id, or its beginning.
 */
run: string, 
/**
 * Why; it is printed with every analysis.
 */
reason: string, };

/**
 * The rule that leaves a run out of analyses.
 */
export type ExclusionInfo = { 
/**
 * Why.
 */
reason: string, 
/**
 * Who.
 */
author: string, 
/**
 * When (UTC, RFC 3339).
 */
at: string, };

/**
 * An expected size, as an interval.
 */
export type Expected = { 
/**
 * Of the ratio treatment/control.
 */
ratio?: [number, number] | null, 
/**
 * Of the difference treatment − control.
 */
difference?: [number, number] | null, 
/**
 * Of the treatment's own value.
 */
value?: [number, number] | null, };

/**
 * What was written.
 */
export type ExportReply = { 
/**
 * The folder.
 */
folder: string, 
/**
 * Files written.
 */
files: number, 
/**
 * Runs among them.
 */
runs: number, 
/**
 * What could not be exported, and why.
 */
left_out: Array<string>, };

/**
 * What to export, and where to.
 */
export type ExportRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * `data`.
 */
kind: string, 
/**
 * `bargain` (of negotiations), `scenario-lab` (of scenarios) or `scramblebench` (of scrambles): the original's files.
 */
layout: string, 
/**
 * Folder; made where it is missing.
 */
output: string, };

/**
 * How often each level of a factor was chosen.
 */
export type FactorCounts = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Its levels as printed, and how many conditions were given each.
 */
levels: Array<[string, number]>, };

/**
 * A factor with its levels.
 */
export type FactorLevels = { 
/**
 * The parameter.
 */
name: string, 
/**
 * Levels as printed, in order.
 */
levels: Array<string>, };

/**
 * A run whose last attempt failed.
 */
export type FailedRun = { 
/**
 * The run.
 */
run_id: Digest, 
/**
 * Failure class.
 */
class: string, 
/**
 * What was wrong.
 */
message: string, 
/**
 * Attempts so far.
 */
attempts: number, };

/**
 * Failure classes of an attempt. They decide whether a retry can help.
 */
export type FailureClass = "invalid_input" | "model_refused" | "rate_limited" | "model_unavailable" | "malformed_reply" | "timeout" | "crashed" | "interrupted" | "budget" | "internal";

/**
 * The family of tests a p-value was corrected over.
 */
export type FamilyOfTests = { 
/**
 * In words.
 */
name: string, 
/**
 * Number of tests in it.
 */
size: number, 
/**
 * The correction's name as printed.
 */
correction: string, };

/**
 * A figure.
 */
export type FigureReply = { 
/**
 * The same with its letters as shapes, where asked for and the bundled font has them all.
 */
outlined?: string, 
/**
 * The text.
 */
text: string, 
/**
 * What could not be rendered as it is.
 */
warnings: Array<string>, };

/**
 * Which figure.
 */
export type FigureRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * `raincloud`, `bars`, `scalability`, `heatmap`, `radar`, `forest`, `interaction`, `ecdf`, `survival`, `histogram`,
 * `pareto`, `tax`, `per_correct`, `phase_shares`, `success_factors`, `cost_efficiency`, `exploitation`,
 * `efficiency`, or of a question asked as such `dependency`, `threshold`, `contamination`, `ab_test`.
 */
kind: string, 
/**
 * One metric (for `radar` several, separated by commas); left out: that of the spec's question which such a figure
 * answers, else the first (for `radar` all that have a better side). For `pareto` what is
 * gained and what it costs, e.g. `accuracy,energy_j`; the cost left out: the energy of a run.
 */
metric: string | null, 
/**
 * Factors; left out: those of the question, else as many of the campaign's as the kind takes. Where a question
 * answers to metric and factors, its phases and filters are drawn, else all runs.
 */
by: Array<string>, 
/**
 * Venue whose width is used: `neurips`, `icml`, `icml-page` ….
 */
width: string, 
/**
 * `svg`.
 */
format: string, 
/**
 * Also with its letters as shapes, to be shown.
 */
outlined: boolean, };

/**
 * What must hold of a column.
 */
export type FilterBy = { 
/**
 * Id of the column.
 */
column: string, 
/**
 * `is`, `is_not`, `below`, `at_most`, `above`, `at_least` or `contains`.
 */
op: string, 
/**
 * What it is compared with.
 */
value: string | number | boolean, };

/**
 * Something found in the data.
 */
export type Finding = { 
/**
 * How much it matters.
 */
severity: FindingSeverity, 
/**
 * Stable name (`factor_changes_nothing`, `out_of_range` …).
 */
code: string, 
/**
 * Where: a metric, a factor, a condition.
 */
place: string, 
/**
 * What was found.
 */
message: string, 
/**
 * What to do.
 */
advice: string, };

/**
 * How much a finding matters.
 */
export type FindingSeverity = "info" | "warning" | "error";

/**
 * A fitted polynomial.
 */
export type Fitted = { 
/**
 * Coefficients of x⁰, x¹, ….
 */
coefficients: Array<FittedCoefficient>, 
/**
 * The curve at the levels and between them, with its pointwise interval.
 */
curve: Array<FittedPoint>, 
/**
 * Share of the variance between the means of the levels that it explains.
 */
r2_of_means: WireNumber | null, };

/**
 * A coefficient.
 */
export type FittedCoefficient = { 
/**
 * Power of x.
 */
power: number, 
/**
 * Estimate, in the metric's unit per unit of xᵖ.
 */
estimate: WireNumber, 
/**
 * Standard error.
 */
se: WireNumber | null, 
/**
 * Interval.
 */
ci: Interval | null, 
/**
 * Two-sided p-value.
 */
p: number | null, };

/**
 * A fitted curve at one x.
 */
export type FittedPoint = { 
/**
 * Where.
 */
x: WireNumber, 
/**
 * The curve.
 */
y: WireNumber, 
/**
 * Its pointwise interval.
 */
ci: Interval | null, };

/**
 * A line of the log.
 */
export type FollowLine = { 
/**
 * When (UTC, RFC 3339).
 */
at: string, 
/**
 * What happened.
 */
event: Event, };

/**
 * How it ended.
 */
export type FollowOutcome = { "kind": "ended" } & RunReply | { "kind": "broke" } & AppError;

/**
 * The campaign is no longer followed.
 */
export type FollowReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Whether the campaign has ended (rather than the subscription).
 */
ended: boolean, };

/**
 * Which campaign.
 */
export type FollowRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * A name of the subscriber's choice, to `unsubscribe` with.
 */
subscription: string, };

/**
 * How it stands now.
 */
export type FollowUpdate = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Whether it runs in this application; if not, there are no lines.
 */
here: boolean, 
/**
 * `running`, `paused`, `draining`; when it has ended, the campaign's state.
 */
state: string, 
/**
 * Counts, rate and forecast, once there are any.
 */
progress: Progress | null, 
/**
 * What the models were asked and what it came to, when `here` and there are any.
 */
models: ModelMeter | null, 
/**
 * Failed attempts by class: of this session when `here`, else of all.
 */
failures: { [key in string]: number }, 
/**
 * What happened since the update before; with the first, what is still known.
 */
lines: Array<FollowLine>, 
/**
 * Set in the last update when it ended in this application.
 */
outcome: FollowOutcome | null, };

/**
 * Carbon and water.
 */
export type FootprintReply = { 
/**
 * The energy it is about.
 */
energy: ResourceInfo, 
/**
 * Carbon, water and, where asked for, the machine's making.
 */
footprint: Array<ResourceInfo>, 
/**
 * The rows of the table of record that were used or are spread.
 */
factors: Array<GridFactorInfo>, };

/**
 * Whose footprint, and where.
 */
export type FootprintRequest = { 
/**
 * A campaign's energy …
 */
campaign: string | null, 
/**
 * … or so many joules.
 */
energy_j: number | null, 
/**
 * Country code, or `WORLD`.
 */
region: string, 
/**
 * Power usage effectiveness; 1 for a machine under a desk.
 */
pue: number, 
/**
 * Water used on site, litres per kWh.
 */
wue_l_per_kwh: number, 
/**
 * The machine's making, kg CO2e.
 */
embodied_kg: number | null, 
/**
 * The machine's life, years.
 */
life_years: number, };

/**
 * What a campaign will take.
 */
export type Forecast = { 
/**
 * Seconds of wall time.
 */
duration_s: ForecastRange, 
/**
 * USD.
 */
cost_usd: ForecastRange, 
/**
 * Joules.
 */
energy_j: ForecastRange, };

/**
 * A forecast quantity with its range; `None` where nothing is known, and `why` says so.
 */
export type ForecastRange = { 
/**
 * Lower end of an 80 % interval.
 */
lo: number | null, 
/**
 * Best guess.
 */
value: number | null, 
/**
 * Upper end.
 */
hi: number | null, 
/**
 * Where it comes from, or why there is none.
 */
why: string, };

/**
 * The data an analysis saw.
 */
export type FrameRef = { 
/**
 * Campaign.
 */
campaign: string, 
/**
 * Spec it was planned under.
 */
spec_hash: Digest, 
/**
 * Plan.
 */
plan_hash: Digest, 
/**
 * Digest of run keys and readings.
 */
digest: Digest, 
/**
 * Runs in the frame.
 */
runs: number, 
/**
 * Phases selected; empty for all.
 */
phases: Array<string>, 
/**
 * Filters applied.
 */
filters: Array<string>, };

/**
 * A cell that needs more runs.
 */
export type Gap = { 
/**
 * The cell's levels.
 */
cell: string, 
/**
 * Values it has.
 */
found: number, 
/**
 * Coefficient of variation, where it has at least three values and a mean above 0.
 */
cv: number | null, 
/**
 * Runs to add.
 */
missing: number, 
/**
 * Why.
 */
why: string, };

/**
 * Means over two factors.
 */
export type Grid = { 
/**
 * Factor down the side.
 */
row_factor: string, 
/**
 * Its levels.
 */
rows: Array<string>, 
/**
 * Factor along the top.
 */
column_factor: string, 
/**
 * Its levels.
 */
columns: Array<string>, 
/**
 * Cells row by row; one for every pair of levels.
 */
cells: Array<GridCell>, };

/**
 * One cell of a grid.
 */
export type GridCell = { 
/**
 * Runs with a number.
 */
n: number, 
/**
 * Runs whose value is censored.
 */
censored: number, 
/**
 * Runs without a value.
 */
missing: number, 
/**
 * Mean; absent without numbers, or where some are censored.
 */
mean: WireNumber | null, 
/**
 * Interval of the mean.
 */
ci: Interval | null, 
/**
 * Median (Kaplan–Meier where values are censored); absent where it isn't reached.
 */
median: WireNumber | null, };

/**
 * A value of the table of record.
 */
export type GridFactorInfo = { 
/**
 * `carbon` or `water`.
 */
kind: string, 
/**
 * The value.
 */
value: number, 
/**
 * Its unit.
 */
unit: string, 
/**
 * The year it is about.
 */
year: number, 
/**
 * What it covers.
 */
scope: string, 
/**
 * Who says so, and where.
 */
source: string, 
/**
 * Under which licence.
 */
licence: string, 
/**
 * Whether it was compared with the publisher's own file.
 */
verified: boolean, };

/**
 * A phase's heat map.
 */
export type GridPhase = { 
/**
 * Name.
 */
name: string, 
/**
 * Factors down the side.
 */
row_factors: Array<string>, 
/**
 * Factors along the top.
 */
column_factors: Array<string>, 
/**
 * Levels of each factor in order.
 */
levels: { [key in string]: Array<string> }, 
/**
 * Its conditions in plan order.
 */
cells: Array<ConditionCell>, 
/**
 * Why there are no cells, where the phase has too many or they are not chosen yet.
 */
note: string | null, };

/**
 * The heat maps.
 */
export type GridReply = { 
/**
 * Phases in the order of execution.
 */
phases: Array<GridPhase>, 
/**
 * The metric's id.
 */
metric: string | null, 
/**
 * Its title.
 */
title: string | null, 
/**
 * Its unit.
 */
unit: string | null, 
/**
 * Which way is better.
 */
direction: string | null, };

/**
 * Which campaign, and which metric to colour by.
 */
export type GridRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * A metric; left out: states alone.
 */
metric?: string, };

/**
 * A metric in a group.
 */
export type GroupMeasure = { 
/**
 * The metric.
 */
metric: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Its unit.
 */
unit: string, 
/**
 * Runs with a number.
 */
n: number, 
/**
 * Mean.
 */
mean: WireNumber | null, 
/**
 * Its standard error, over replicates where these are blocks.
 */
se: WireNumber | null, 
/**
 * Its interval.
 */
ci: Interval | null, };

/**
 * A hypothesis, the contrast that decides it, and the verdict.
 */
export type HypothesisResult = { 
/**
 * Short name.
 */
id: string, 
/**
 * The expectation in words.
 */
statement: string | null, 
/**
 * The verdict.
 */
verdict: Verdict, 
/**
 * What the rule finds, where the verdict is that a simulated model is no evidence.
 */
in_simulation: InSimulation | null, 
/**
 * The verdict in a sentence; the numbers stand in `analysis`.
 */
sentence: string, 
/**
 * The written rule.
 */
rule: string, 
/**
 * The decision rule of the spec, in its words.
 */
decision: string | null, 
/**
 * The expected size as written; it decides nothing.
 */
expected: Expected | null, 
/**
 * The estimates beside what was expected.
 */
beside_expected: Array<BesideExpected>, 
/**
 * Level of the test.
 */
alpha: number, 
/**
 * The contrast; absent when the data can't answer.
 */
analysis: Analysis | null, };

/**
 * Two levels that give identical runs.
 */
export type IdenticalLevels = { 
/**
 * The factor.
 */
factor: ParameterName, 
/**
 * One level.
 */
a: string, 
/**
 * The other.
 */
b: string, 
/**
 * Pairs of runs compared.
 */
runs: number, };

/**
 * Idle power of a domain.
 */
export type IdleDomain = { 
/**
 * The domain.
 */
domain: string, 
/**
 * Median of the seconds' means, W; `None`: not known, and `why` says why.
 */
watts: number | null, 
/**
 * Median absolute deviation from it, W.
 */
mad_w: number | null, 
/**
 * Why there are no watts.
 */
why: string | null, 
/**
 * `measured`, `derived` or `estimated`, and how.
 */
provenance: string, };

/**
 * What was found.
 */
export type IdleReply = { 
/**
 * By domain.
 */
domains: Array<IdleDomain>, 
/**
 * Seconds.
 */
duration_s: number, 
/**
 * Mean processor load meanwhile, percent of all cores.
 */
cpu_percent: number | null, 
/**
 * What speaks against it.
 */
warnings: Array<string>, };

/**
 * How long to look.
 */
export type IdleRequest = { 
/**
 * Seconds, one sample each; 30 when left out.
 */
seconds: number | null, };

/**
 * What became of the files.
 */
export type ImportReply = { 
/**
 * One per file.
 */
files: Array<ImportedFile>, 
/**
 * Keys taken over, of all files, each once.
 */
mapped: Array<string>, 
/**
 * Keys set to a default, of all files.
 */
defaulted: Array<string>, 
/**
 * Keys left out, of all files.
 */
ignored: Array<string>, 
/**
 * Contradictions and choices, of all files.
 */
warnings: Array<string>, 
/**
 * Problems of all files.
 */
problems: Array<string>, };

/**
 * Files to import.
 */
export type ImportRequest = { 
/**
 * The files; of a folder all specs in it.
 */
files: Array<string>, 
/**
 * What they are; recognised when left out.
 */
as: string | null, 
/**
 * Report only.
 */
dry_run: boolean, 
/**
 * Id of the campaign, where the files make one.
 */
id?: string, 
/**
 * Why a campaign that is in the store under the same id gets another plan.
 */
amend?: string, };

/**
 * What became of a file.
 */
export type ImportedFile = { 
/**
 * The file.
 */
file: string, 
/**
 * What it was taken for.
 */
kind: string | null, 
/**
 * The campaign it became.
 */
campaign: string | null, 
/**
 * The spec that was made of it, as JSON text; results are in one spec together.
 */
spec: string | null, 
/**
 * Keys taken over.
 */
mapped: Array<string>, 
/**
 * Keys set to a default.
 */
defaulted: Array<string>, 
/**
 * Keys left out, with the reason.
 */
ignored: Array<string>, 
/**
 * Where the original contradicts itself, or leaves a choice.
 */
warnings: Array<string>, 
/**
 * What kept it from being imported.
 */
problems: Array<string>, };

/**
 * What the rule finds about a simulated model. It says nothing of any real one.
 */
export type InSimulation = "holds" | "fails" | "undecided";

/**
 * An interval.
 */
export type Interval = { 
/**
 * Lower end.
 */
lo: WireNumber, 
/**
 * Upper end.
 */
hi: WireNumber, 
/**
 * Confidence level.
 */
level: number, };

/**
 * An item as it would be asked.
 */
export type ItemInfo = { 
/**
 * Id.
 */
id: string, 
/**
 * Field of knowledge.
 */
domain: string, 
/**
 * easy, medium or hard, where the data say so.
 */
difficulty: string | null, 
/**
 * The question.
 */
question: string, 
/**
 * Options.
 */
options: Array<string>, 
/**
 * The right answer; `None` where it is unknown.
 */
answer: string | null, };

/**
 * The tasks.
 */
export type ItemsReply = { 
/**
 * Tasks, in the order of the manifest.
 */
tasks: Array<TaskInfo>, };

/**
 * Which task.
 */
export type ItemsRequest = { 
/**
 * The task; left out: the tasks without their items.
 */
task: string | null, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/**
 * One level (or cell) in numbers.
 */
export type LevelSummary = { 
/**
 * The level, or the cell's levels joined.
 */
label: string, 
/**
 * Factor and level, in the order asked.
 */
levels: Array<[string, string]>, 
/**
 * Runs with a number.
 */
n: number, 
/**
 * Mean; absent where values are censored.
 */
mean: WireNumber | null, 
/**
 * Standard deviation (divisor n − 1).
 */
sd: WireNumber | null, 
/**
 * Standard error of the mean.
 */
se: WireNumber | null, 
/**
 * Interval of the mean.
 */
ci: Interval | null, 
/**
 * Median (of survival times: Kaplan–Meier).
 */
median: WireNumber | null, 
/**
 * Lower quartile.
 */
q1: WireNumber | null, 
/**
 * Upper quartile.
 */
q3: WireNumber | null, 
/**
 * Smallest value.
 */
min: WireNumber | null, 
/**
 * Largest value.
 */
max: WireNumber | null, 
/**
 * Runs with a censored value.
 */
censored: number, 
/**
 * Runs without a value, with reasons.
 */
missing: Array<Dropped>, 
/**
 * Weakest provenance of the values.
 */
provenance: string, };

/**
 * The campaigns.
 */
export type ListReply = { 
/**
 * Newest first.
 */
campaigns: Array<CampaignRow>, };

/**
 * Which campaigns.
 */
export type ListRequest = { 
/**
 * Only in this state.
 */
status: string | null, 
/**
 * Only with this tag.
 */
tag: string | null, };

/**
 * A measurement as shown.
 */
export type MeasurementInfo = { 
/**
 * Metric id.
 */
metric: string, 
/**
 * Title.
 */
title: string, 
/**
 * Unit.
 */
unit: string, 
/**
 * As printed; a dash where there is no value.
 */
display: string, 
/**
 * In full.
 */
number: number | null, 
/**
 * Lower end, where an interval is known.
 */
lo: number | null, 
/**
 * Upper end.
 */
hi: number | null, 
/**
 * `measured`, `derived`, `estimated` or `simulated`, and what from.
 */
provenance: string, 
/**
 * `value`, `censored`, `undefined` or `unavailable`.
 */
observed: string, 
/**
 * Why there is no value.
 */
reason: string | null, 
/**
 * Notes on it.
 */
flags: Array<string>, };

/**
 * One message.
 */
export type MessageInfo = { 
/**
 * `system`, `user` or `assistant`.
 */
role: string, 
/**
 * What is said.
 */
content: string, };

/**
 * Name of a metric, unit included where it has one (`convergence_time_s`).
 */
export type MetricId = string;

/**
 * A metric.
 */
export type MetricInfo = { 
/**
 * Id.
 */
id: string, 
/**
 * Title.
 */
title: string, 
/**
 * Unit.
 */
unit: string, 
/**
 * Which way is better.
 */
direction: string, 
/**
 * Smallest value that can be right.
 */
lo: number | null, 
/**
 * Largest.
 */
hi: number | null, 
/**
 * Family of values, which decides the procedures.
 */
family: string, 
/**
 * What it is.
 */
doc: string, };

/**
 * A source that isn't.
 */
export type MissingSensor = { 
/**
 * What it is.
 */
what: string, 
/**
 * Why it can't be read.
 */
why: string, 
/**
 * What to do; empty where nothing can be done.
 */
fix: string, };

/**
 * What it said.
 */
export type ModelChatReply = { 
/**
 * The text.
 */
reply: string, 
/**
 * The model's own id.
 */
model_id: string, 
/**
 * Why it ended: `stop`, `length`, `filtered`, `other`.
 */
finish: string, 
/**
 * Tokens of the request.
 */
prompt_tokens: number | null, 
/**
 * Tokens of the reply.
 */
completion_tokens: number | null, 
/**
 * Whether Ergon counted the tokens.
 */
tokens_estimated: boolean, 
/**
 * Seconds from sending to the last byte.
 */
latency_s: number, 
/**
 * USD; `None`: the price is unknown.
 */
cost_usd: number | null, 
/**
 * `measured`: a real model's; `estimated`: some of it counted by Ergon.
 */
provenance: string, };

/**
 * A question to a model. Nothing of it is kept.
 */
export type ModelChatRequest = { 
/**
 * Provider, as in specs.
 */
provider: string, 
/**
 * The model's name at the provider.
 */
model: string, 
/**
 * The question.
 */
prompt: string, 
/**
 * Settings as in the section `models` of a spec (`base_url`, `key_env`, `max_tokens` …).
 */
settings: { [key in string]: JsonValue }, };

/**
 * A model of a spec.
 */
export type ModelInfo = { 
/**
 * Its name in the spec.
 */
name: string, 
/**
 * Its name at the provider; `None`: simulated.
 */
model: string | null, 
/**
 * Where it is asked.
 */
address: string | null, 
/**
 * Where its key was found; `None`: it needs none, or `problem` says that it is missing.
 */
key: string | null, 
/**
 * Whether its price is known; `None`: it costs nobody's money.
 */
is_priced: boolean | null, 
/**
 * What keeps it from being asked.
 */
problem: string | null, 
/**
 * Models the provider says it has, where it was asked.
 */
offered: Array<string> | null, };

/**
 * A key to use.
 */
export type ModelKeyRequest = { 
/**
 * Its name: the provider's environment variable.
 */
name: string, 
/**
 * The key; empty: forget it.
 */
key: string, 
/**
 * In the operating system's keychain instead of for this session.
 */
keep: boolean, };

/**
 * What a campaign's calls have come to in this session.
 */
export type ModelMeter = { 
/**
 * Calls answered or failed for good.
 */
calls: number, 
/**
 * Of these, the ones without an answer.
 */
errors: number, 
/**
 * Requests sent again after a failure that another try can mend.
 */
retries: number, 
/**
 * Calls that another, declared model answered.
 */
fallbacks: number, 
/**
 * Tokens of prompts; those that Ergon counted itself are in it.
 */
prompt_tokens: number, 
/**
 * Tokens of replies.
 */
completion_tokens: number, 
/**
 * Whether Ergon counted some of the tokens, because a provider did not say.
 */
tokens_estimated: boolean, 
/**
 * USD that calls of this session count against the budget; an aborted call at its worst case.
 */
usd: number, 
/**
 * Calls whose price is unknown: `usd` leaves them out.
 */
unpriced: number, 
/**
 * USD that count against the budget, earlier sessions included: calls in progress at their worst case.
 */
usd_committed: number, 
/**
 * Mean service latency, seconds; `None` before the first answer.
 */
latency_s: number | null, 
/**
 * What came near its limit or went past a bound that asks for attention, in the order it came up.
 */
alerts: Array<Alert>, };

/**
 * A model's calls.
 */
export type ModelTotalInfo = { 
/**
 * Its name in the spec.
 */
model: string, 
/**
 * Calls.
 */
calls: number, 
/**
 * Of these, the ones without an answer.
 */
errors: number, 
/**
 * Of these, the ones that another, declared model answered.
 */
fallbacks: number, 
/**
 * Requests sent for them.
 */
requests: number, 
/**
 * Tokens of requests, of the calls that were answered.
 */
prompt_tokens: number, 
/**
 * Tokens of replies.
 */
completion_tokens: number, 
/**
 * `measured`; `estimated`: Ergon counted the tokens of some calls. What they cost is `derived` from them.
 */
tokens_provenance: string, 
/**
 * USD of answered calls with a known price.
 */
usd: number, 
/**
 * Answered calls of unknown price: `usd` leaves them out.
 */
unpriced: number, 
/**
 * Mean service latency of answered calls, seconds.
 */
latency_s: number | null, };

/**
 * What a campaign's models came to.
 */
export type ModelTotalsReply = { 
/**
 * By name; simulated models are not in it.
 */
models: Array<ModelTotalInfo>, 
/**
 * USD that count against the budget: aborted calls at their worst case.
 */
charged_usd: number, 
/**
 * Of these, what engines that died may have spent without recording it.
 */
lost_usd: number, };

/**
 * Providers, or a spec's models.
 */
export type ModelsReply = { 
/**
 * Providers that specs may name.
 */
providers: Array<ProviderInfo>, 
/**
 * The spec's models.
 */
models: Array<ModelInfo>, 
/**
 * Whether this program can keep keys in the operating system's keychain.
 */
has_keychain: boolean, };

/**
 * Which models to look at.
 */
export type ModelsRequest = { 
/**
 * Spec file or campaign whose models are meant; without it the providers are listed.
 */
target: string | null, 
/**
 * Ask each provider for its models: costs nothing, and tells whether address and key are right.
 */
test: boolean, };

/**
 * Power of one domain.
 */
export type MonitorDomain = { 
/**
 * The domain.
 */
name: string, 
/**
 * Mean power since the sample before, W; `None` where a reading failed.
 */
power_w: number | null, 
/**
 * `measured`, `derived` or `estimated`.
 */
provenance: string, 
/**
 * Whether it counts towards the total: parts of a package don't, they are in it.
 */
in_total: boolean, };

/**
 * The stream has ended.
 */
export type MonitorReply = { 
/**
 * Samples sent.
 */
samples: number, };

/**
 * A stream of samples.
 */
export type MonitorRequest = { 
/**
 * A name of the subscriber's choice, to `unsubscribe` with.
 */
subscription: string, };

/**
 * The host at a moment.
 */
export type MonitorSample = { 
/**
 * When (UTC, RFC 3339, to the millisecond).
 */
at: string, 
/**
 * Processor load since the sample before, percent of all cores.
 */
cpu_percent: number | null, 
/**
 * Memory in use, bytes.
 */
memory_used_bytes: number | null, 
/**
 * Memory installed, bytes.
 */
memory_total_bytes: number | null, 
/**
 * Power in total, W, nothing counted twice; `None` where a part of it failed or nothing can be read.
 */
power_w: number | null, 
/**
 * Weakest provenance of its parts.
 */
power_provenance: string | null, 
/**
 * What the total covers and how it is known.
 */
power_source: string | null, 
/**
 * By domain.
 */
domains: Array<MonitorDomain>, 
/**
 * Hottest processor sensor, °C; `None`: no such sensor is shown.
 */
temperature_c: number | null, 
/**
 * Mean of the cores' frequencies, MHz; `None`: the kernel shows none.
 */
frequency_mhz: number | null, };

/**
 * A whole game.
 */
export type NegotiationReply = { 
/**
 * The run's id.
 */
run: string, 
/**
 * The game's name in a spec.
 */
game: string, 
/**
 * The rules as a model is told them.
 */
rules: string, 
/**
 * Rounds at most.
 */
max_rounds: number, 
/**
 * Who sat where.
 */
seats: Array<SeatInfo>, 
/**
 * What happened.
 */
rounds: Array<RoundInfo>, 
/**
 * The round of the agreement; `None`: no deal.
 */
agreed_in: number | null, 
/**
 * Why there are no figures, where there are none.
 */
no_figure: string | null, 
/**
 * Whether a script or a simulated model played: no evidence about any real model.
 */
simulated: boolean, };

/**
 * What to run next.
 */
export type NextReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * The metric whose spread was looked at.
 */
metric: string, 
/**
 * Cells that need more runs, those that need most first.
 */
gaps: Array<Gap>, 
/**
 * What the rules say.
 */
rules: Array<RuleFound>, 
/**
 * Replicates for the effect.
 */
sizes: SampleSizes, 
/**
 * Replicates of each phase that would fill all gaps; absent where there are none.
 */
replicates: number | null, };

/**
 * What to look at.
 */
export type NextRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * The metric whose spread decides; left out: that of the spec's first question, else the first.
 */
metric: string | null, 
/**
 * Fewest values of a cell.
 */
least_runs: number, 
/**
 * Largest coefficient of variation of a cell.
 */
most_cv: number, 
/**
 * Rules of a conditional plan, `PHASE: METRIC > NUMBER`; none: those of the spec.
 */
rules: Array<string>, 
/**
 * Effect that is to be found, as a share (0.1: 10 % more).
 */
effect: number, 
/**
 * Power.
 */
power: number, 
/**
 * Size of the test.
 */
alpha: number, };

/**
 * What somebody wrote about a run.
 */
export type NoteInfo = { 
/**
 * The text.
 */
text: string, 
/**
 * Who.
 */
author: string, 
/**
 * When (UTC, RFC 3339).
 */
at: string, };

/**
 * Notes something about a run.
 */
export type NoteRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * The run's id, or its beginning.
 */
run: string, 
/**
 * The text.
 */
text: string, };

/**
 * What doesn't vary though it should.
 */
export type NothingVaried = { 
/**
 * Factors whose matched runs are identical in every metric.
 */
inert_factors: Array<ParameterName>, 
/**
 * Factors over which no metric differs detectably, though runs aren't identical.
 */
undetected_factors: Array<ParameterName>, 
/**
 * Pairs of levels whose matched runs are identical in every metric.
 */
identical_levels: Array<IdenticalLevels>, 
/**
 * Metrics with one value in all runs.
 */
constant_metrics: Array<MetricId>, 
/**
 * Metrics that no run has a value of.
 */
unset_metrics: Array<MetricId>, };

/**
 * How many runs have both of two levels.
 */
export type PairRuns = { 
/**
 * The levels, by factor: row and column heads.
 */
levels: Array<[string, string]>, 
/**
 * A square: runs with the level of the row and that of the column; on the diagonal runs with that level.
 */
runs: Array<Array<number>>, };

/**
 * A parameter.
 */
export type ParameterInfo = { 
/**
 * Name.
 */
name: string, 
/**
 * What it is.
 */
doc: string, 
/**
 * Unit.
 */
unit: string | null, 
/**
 * Value when the spec says nothing.
 */
default: string | number | boolean | null, 
/**
 * What it accepts.
 */
kind: ParameterRange, 
/**
 * When it matters at all, as a phrase: "fault_rate above 0".
 */
active_when: string | null, };

/**
 * Name of a parameter: identifiers joined by dots (`fault_rate`, `job_source.swf`). Cheap to clone.
 */
export type ParameterName = string;

/**
 * What a parameter accepts.
 */
export type ParameterRange = { 
/**
 * `bool`, `int`, `real`, `choice`, `choice_or_real`, `text`, `model`, `file` or `any`.
 */
type: string, 
/**
 * Smallest number; `None` where there is no bound.
 */
min: number | null, 
/**
 * Largest number.
 */
max: number | null, 
/**
 * Names accepted.
 */
values: Array<string>, 
/**
 * All of it as a phrase: "a whole number from 3 to 200".
 */
expected: string, };

/**
 * A phase's share of the plan.
 */
export type PhaseCount = { 
/**
 * Name.
 */
name: string, 
/**
 * Conditions of its design.
 */
conditions: number, 
/**
 * Runs planned under it (a run that an earlier phase has is not counted twice).
 */
runs: number, 
/**
 * When its conditions are chosen, where results decide them: until then they are counted, not known.
 */
chosen_when: string | null, 
/**
 * What its design covers.
 */
design: JsonValue, };

/**
 * A phase and what its design covers.
 */
export type PhaseDesign = { 
/**
 * Name.
 */
name: string, 
/**
 * Conditions of its design.
 */
conditions: number, 
/**
 * Runs it selects.
 */
selected: number, 
/**
 * Runs planned under it: those an earlier phase has are not counted twice.
 */
runs: number, 
/**
 * When its conditions are chosen, for a phase whose results decide them.
 */
chosen_when: string | null, 
/**
 * Replicates of each condition.
 */
replicates: number, 
/**
 * Factors.
 */
factors: Array<FactorLevels>, 
/**
 * Balance, coverage and efficiency.
 */
design: DesignReport, 
/**
 * Runs by pair of levels; `None` for a plan too large to count while somebody types.
 */
pairs: PairRuns | null, };

/**
 * One part of the work.
 */
export type PhaseShare = { 
/**
 * Its name.
 */
phase: string, 
/**
 * Mean of its share in the whole; of energy above idle it may be negative.
 */
share: WireNumber, 
/**
 * Its mean, in the metric's unit.
 */
mean: WireNumber, };

/**
 * A response by part of the work.
 */
export type PhaseShares = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Its levels that have any parts, in the order of the spec.
 */
levels: Array<PhasesOfLevel>, };

/**
 * The parts of the work at one level.
 */
export type PhasesOfLevel = { 
/**
 * The level.
 */
level: string, 
/**
 * Runs whose parts are known.
 */
runs: number, 
/**
 * Parts in the order they come in, and last what lies between them.
 */
phases: Array<PhaseShare>, };

/**
 * One run of the plan.
 */
export type PlanLine = { 
/**
 * The run's key.
 */
run_id: Digest, 
/**
 * Phase it runs under.
 */
phase: string, 
/**
 * Every phase that selects it.
 */
phases: Array<string>, 
/**
 * All parameters.
 */
condition: { [key in ParameterName]: Value }, 
/**
 * Replicate, from 0.
 */
replicate: number, 
/**
 * The run's seed, as text: it may exceed 2^53.
 */
seed: string, };

/**
 * The plan as a whole.
 */
export type PlanReply = { 
/**
 * Digest of the run keys in plan order.
 */
plan_hash: Digest, 
/**
 * Runs, those that are still to be chosen included.
 */
runs: number, 
/**
 * Runs that the list leaves out because results decide their conditions; the hash can't cover them either.
 */
to_choose: number, 
/**
 * When they are chosen, by phase.
 */
chosen_when: { [key in string]: string }, };

/**
 * A plan to list.
 */
export type PlanRequest = { 
/**
 * Spec file, campaign id, ULID prefix or `latest`.
 */
spec: string, 
/**
 * `path=value` overrides.
 */
set: Array<string>, 
/**
 * What part of it.
 */
selection: Selection, };

/**
 * A row of the price table.
 */
export type PriceInfo = { 
/**
 * Models it is for; `*` stands for any text.
 */
model: string, 
/**
 * USD per million tokens of requests.
 */
usd_per_mtok_in: number, 
/**
 * USD per million tokens of replies.
 */
usd_per_mtok_out: number, 
/**
 * USD per million tokens of requests that the provider had cached.
 */
usd_per_mtok_cached: number | null, 
/**
 * Longest request in tokens that costs this.
 */
up_to_tokens: number | null, 
/**
 * Day on which the source said so.
 */
date: string, 
/**
 * Where.
 */
source: string, };

/**
 * A price of one's own, which comes before the table's.
 */
export type PriceRequest = { 
/**
 * Provider.
 */
provider: string, 
/**
 * Names of the model at the provider; a `*` stands for any text.
 */
model: string, 
/**
 * USD per million tokens of requests; nothing here and in `usd_per_mtok_out`: the own price is taken away.
 */
usd_per_mtok_in: number | null, 
/**
 * USD per million tokens of replies.
 */
usd_per_mtok_out: number | null, 
/**
 * USD per million tokens of requests that the provider had cached.
 */
usd_per_mtok_cached: number | null, 
/**
 * Where it is from (an invoice, an address).
 */
source: string, };

/**
 * One thing wrong with a spec.
 */
export type Problem = { 
/**
 * File, as the user named it.
 */
file: string, 
/**
 * Where in the spec: `phases[1].design.size`; empty for the file as a whole.
 */
path: string, 
/**
 * Line, from 1; `None` for what isn't in the file (`--set`, something missing altogether).
 */
line: number | null, 
/**
 * Column, from 1.
 */
column: number | null, 
/**
 * What is wrong.
 */
message: string, 
/**
 * What would be accepted.
 */
expected: string | null, 
/**
 * The name that was probably meant.
 */
suggestion: string | null, 
/**
 * Whether it stops the campaign.
 */
severity: Severity, };

/**
 * How far a campaign is.
 */
export type Progress = { 
/**
 * Runs planned.
 */
runs: number, 
/**
 * Runs that succeeded.
 */
succeeded: number, 
/**
 * Runs that failed for good.
 */
failed: number, 
/**
 * Runs executing.
 */
running: number, 
/**
 * Runs skipped or cancelled.
 */
skipped: number, 
/**
 * Runs ended an hour at the rate of the last minute; `None` before any ended.
 */
throughput_per_hour: number | null, 
/**
 * Seconds to the end.
 */
eta_s: number | null, 
/**
 * Lower end of an 80 % interval for `eta_s`.
 */
eta_lo_s: number | null, 
/**
 * Upper end of an 80 % interval for `eta_s`.
 */
eta_hi_s: number | null, };

/**
 * A proposal and what became of it.
 */
export type ProposalInfo = { 
/**
 * Who made it.
 */
by: string, 
/**
 * Issue by issue.
 */
settles: Array<SettledInfo>, 
/**
 * Points it is worth to each seat, before the discount.
 */
utilities: Array<string>, 
/**
 * `accept`, `reject` or `missing`, by seat.
 */
votes: Array<string>, 
/**
 * Whether it became the agreement.
 */
passed: boolean, };

/**
 * A provider that specs may name.
 */
export type ProviderInfo = { 
/**
 * Name.
 */
name: string, 
/**
 * Whose dialect it speaks.
 */
speaks: string, 
/**
 * Where it is; `None`: a file, or the environment says.
 */
address: string | null, 
/**
 * Environment variable of its key; `None`: it needs none.
 */
key_env: string | null, 
/**
 * Where that key was found; `None`: nowhere.
 */
key: string | null, 
/**
 * The user added it; else Ergon knows it.
 */
is_own: boolean, 
/**
 * Requests at once, unless a spec says otherwise.
 */
concurrency: number, 
/**
 * The limits that the user set: no spec goes beyond.
 */
limits: ProviderLimits, 
/**
 * Models with a known price, as patterns.
 */
priced: Array<PriceInfo>, };

/**
 * Limits of an account.
 */
export type ProviderLimits = { 
/**
 * Requests at once.
 */
concurrency: number | null, 
/**
 * Requests in any 60 s.
 */
requests_per_minute: number | null, 
/**
 * Tokens in any 60 s.
 */
tokens_per_minute: number | null, };

/**
 * A provider by its name.
 */
export type ProviderNameRequest = { 
/**
 * Its name in specs.
 */
name: string, };

/**
 * A provider to add or change; limits alone for one that Ergon knows.
 */
export type ProviderRequest = { 
/**
 * Its name in specs.
 */
name: string, 
/**
 * Whose dialect it speaks: `openai`, `anthropic`, `gemini` or `ollama`.
 */
speaks: string | null, 
/**
 * Where it is.
 */
base_url: string | null, 
/**
 * Environment variable, and name in the keychain, of its key; never the key.
 */
key_env: string | null, 
/**
 * Requests at once: no spec may ask for more.
 */
concurrency: number | null, 
/**
 * Requests in any 60 s.
 */
requests_per_minute: number | null, 
/**
 * Tokens in any 60 s.
 */
tokens_per_minute: number | null, };

/**
 * Whether a provider can be asked.
 */
export type ProviderTestReply = { 
/**
 * What keeps it from being asked.
 */
problem: string | null, 
/**
 * Models it says it has.
 */
offered: Array<string>, 
/**
 * Seconds until it had said so.
 */
took_s: number, };

/**
 * What was asked.
 */
export type Question = { 
/**
 * As a sentence.
 */
text: string, 
/**
 * The response.
 */
metric: MetricId, 
/**
 * Its title.
 */
metric_title: string, 
/**
 * Its unit.
 */
unit: string, 
/**
 * The factor compared, where there is one.
 */
factor: string | null, 
/**
 * The level of interest, as printed.
 */
treatment: string | null, 
/**
 * The level it is compared with.
 */
control: string | null, 
/**
 * Factors of a breakdown.
 */
by: Array<string>, 
/**
 * What is estimated (`mean_difference`, `log_ratio` …).
 */
estimand: string, 
/**
 * Direction of the test: `greater`, `less` or `two_sided`.
 */
direction: string, 
/**
 * Whether it was written down before the data.
 */
role: Role, };

/**
 * Puts a campaign in the queue.
 */
export type QueueRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * Higher goes first.
 */
priority: number, 
/**
 * Only after this campaign has finished.
 */
depends_on: string | null, };

/**
 * One level of a ranking.
 */
export type RankedLevel = { 
/**
 * The level.
 */
level: string, 
/**
 * Place, best first; equal where the metric has no better side.
 */
place: number, 
/**
 * Mean over the cells that all levels share, in the metric's unit.
 */
mean: WireNumber, 
/**
 * Its interval.
 */
ci: Interval | null, 
/**
 * The mean between the worst (0) and the best (1) level; absent where all are equal or the metric has no better
 * side. It says nothing of how large the differences are.
 */
scaled: WireNumber | null, 
/**
 * Letters of groups: two levels that share a letter aren't told apart by the corrected tests of pairs (Piepho
 * 2004). Empty where no pair could be tested.
 */
letters: string, };

/**
 * Levels of a factor compared over the same cells of the other factors.
 */
export type Ranking = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Which way is better: `higher`, `lower` or `none`.
 */
better: string, 
/**
 * Its levels in the order of the spec.
 */
levels: Array<RankedLevel>, };

/**
 * A text file.
 */
export type ReadFileReply = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its text.
 */
text: string, };

/**
 * A chosen file to read.
 */
export type ReadFileRequest = { 
/**
 * As `choose_files` gave it.
 */
token: string, };

/**
 * What the text means.
 */
export type ReadSpecReply = { 
/**
 * Whether it can be registered.
 */
ok: boolean, 
/**
 * What is wrong or worth a look, each with its place.
 */
problems: Array<Problem>, 
/**
 * Campaign id, where it can be read.
 */
campaign: string | null, 
/**
 * The spec in normal form: every default written out.
 */
spec: unknown, 
/**
 * Distinct conditions.
 */
conditions: number, 
/**
 * Runs.
 */
runs: number, 
/**
 * Combinations that constraints exclude.
 */
excluded_by_constraints: number, 
/**
 * Phases in the order of execution.
 */
phases: Array<PhaseDesign>, 
/**
 * What it will take.
 */
estimate: Forecast | null, 
/**
 * What this version leaves out.
 */
warnings: Array<string>, };

/**
 * A spec's text.
 */
export type ReadSpecRequest = { 
/**
 * YAML or JSON.
 */
text: string, 
/**
 * Name shown with problems.
 */
name: string, 
/**
 * What relative paths are taken from: a campaign (its folder) or a chosen file (the folder it is in); left out: the
 * folder of the store.
 */
base: string | null, };

/**
 * What a recording found.
 */
export type RecordReply = { 
/**
 * By domain.
 */
domains: { [key in string]: DomainEnergy }, 
/**
 * All that isn't part of something else; `None` where there is nothing.
 */
total: DomainEnergy | null, 
/**
 * What the total covers.
 */
total_covers: string | null, 
/**
 * Samples taken meanwhile; figures are differences of the readings at both ends, not sums of samples.
 */
samples: number, 
/**
 * Samples left out because their time had passed.
 */
missed: number, 
/**
 * Seconds.
 */
duration_s: number, 
/**
 * CPU seconds that sampling took.
 */
overhead_cpu_s: number, 
/**
 * What can't be used.
 */
unavailable: Array<MissingSensor>, };

/**
 * What to record.
 */
export type RecordRequest = { 
/**
 * Seconds; 10 when left out.
 */
duration_s: number | null, 
/**
 * Samples a second; 10 when left out.
 */
rate_hz: number | null, 
/**
 * Stands in for `/sys`.
 */
sysfs_root: string | null, };

/**
 * A question without an answer.
 */
export type Refusal = { 
/**
 * The question in words.
 */
question: string, 
/**
 * Why.
 */
reason: string, };

/**
 * A response over a numeric factor.
 */
export type Regression = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Means at its levels, in rising order.
 */
points: Array<CurvePoint>, 
/**
 * The straight line.
 */
linear: Fitted, 
/**
 * The parabola; absent with fewer than three levels.
 */
quadratic: Fitted | null, 
/**
 * p-value of the curvature (the coefficient of the square), two-sided.
 */
curvature_p: number | null, };

/**
 * What was written.
 */
export type ReportReply = { 
/**
 * The files.
 */
paths: Array<string>, };

/**
 * Which documents.
 */
export type ReportRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * Only these phases.
 */
phases: Array<string> | null, 
/**
 * While it runs: marked exploratory.
 */
interim: boolean, 
/**
 * Folder; left out: the current one.
 */
output: string | null, };

/**
 * Something that was read or worked out, with all one must know to believe it.
 */
export type ResourceInfo = { 
/**
 * Name, which ends in its unit.
 */
name: string, 
/**
 * The number; `None`: not known, and `reason` says why.
 */
value: number | null, 
/**
 * The number as it is shown; empty where there is none.
 */
display: string, 
/**
 * Both bounds as they are shown; empty where there are none.
 */
bounds: string, 
/**
 * Lower bound.
 */
lo: number | null, 
/**
 * Upper bound.
 */
hi: number | null, 
/**
 * `measured`, `derived`, `estimated` or `simulated`.
 */
provenance: string, 
/**
 * The rule or estimator.
 */
source: string | null, 
/**
 * Why there is no number.
 */
reason: string | null, 
/**
 * What to know.
 */
flags: Array<string>, };

/**
 * Form of the text.
 */
export type ResultsForm = "csv" | "json" | "jsonl";

/**
 * The text and what it covers.
 */
export type ResultsReply = { 
/**
 * The text.
 */
text: string, 
/**
 * Runs in it.
 */
runs: number, 
/**
 * Runs of the plan that have no result (not run yet, failed, skipped).
 */
without_result: number, };

/**
 * What to write.
 */
export type ResultsRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * Only runs of this phase.
 */
phase: string | null, 
/**
 * Form.
 */
form: ResultsForm, 
/**
 * One row a run instead of one row a measurement.
 */
wide: boolean, 
/**
 * Add durations, attempts and provenance.
 */
resources: boolean, 
/**
 * Instead of the plan's runs those that a later revision dropped from it.
 */
out_of_plan: boolean, };

/**
 * A revision of a spec.
 */
export type RevisionInfo = { 
/**
 * Number, from 1.
 */
revision: number, 
/**
 * When it was registered (UTC, RFC 3339).
 */
created_at: string, 
/**
 * Why the plan changed.
 */
reason: string | null, 
/**
 * Digest of the whole spec.
 */
spec_hash: string, 
/**
 * Runs planned.
 */
runs: number, };

/**
 * Whether a question was asked before the data were seen.
 */
export type Role = "planned" | "exploratory";

/**
 * One round.
 */
export type RoundInfo = { 
/**
 * Its number, from 1.
 */
round: number, 
/**
 * Share of its points that an agreement in it is worth, %.
 */
worth: string, 
/**
 * What was said, in order.
 */
said: Array<SaidInfo>, 
/**
 * What was proposed.
 */
proposals: Array<ProposalInfo>, 
/**
 * Proposals up to this round against the Pareto front, as SVG; absent for more than two agents.
 */
figure: string | null, 
/**
 * The figure in words.
 */
alt: string | null, };

/**
 * What became of a rule.
 */
export type RuleFound = { 
/**
 * The rule as written.
 */
rule: string, 
/**
 * What the metric comes to in the phase; absent where it is not known.
 */
value: number | null, 
/**
 * Whether the rule holds; absent where it can't be said.
 */
holds: boolean | null, 
/**
 * Why it can't be said.
 */
why: string | null, };

/**
 * A run beside the runs it should be compared with.
 */
export type RunCheck = { 
/**
 * The run's key.
 */
run_id: Digest, 
/**
 * Its parameters that vary in the campaign, as printed.
 */
condition: Array<[string, string]>, 
/**
 * Replicate, from 0.
 */
replicate: number, 
/**
 * Phases that select it.
 */
phases: Array<string>, 
/**
 * Its measurements, in the workload's order.
 */
measurements: Array<CheckedMeasurement>, 
/**
 * Runs of the same replicate that differ from it in one parameter alone.
 */
twins: Array<Twin>, 
/**
 * What was found, worst first.
 */
findings: Array<Finding>, };

/**
 * A run from close by.
 */
export type RunDetailReply = { 
/**
 * The run's id.
 */
run_id: string, 
/**
 * Phases that select it.
 */
phases: Array<string>, 
/**
 * All parameters.
 */
condition: { [key in string]: Value }, 
/**
 * Replicate, from 0.
 */
replicate: number, 
/**
 * The run's seed, as text: it may exceed 2^53.
 */
seed: string, 
/**
 * State.
 */
state: string, 
/**
 * Whether it is in the plan in force.
 */
in_plan: boolean, 
/**
 * The revision it first ran under.
 */
revision: number, 
/**
 * Attempts in order.
 */
attempts: Array<AttemptInfo>, 
/**
 * Measurements, as the metrics were declared.
 */
measurements: Array<MeasurementInfo>, 
/**
 * Set while it is left out of analyses.
 */
excluded: ExclusionInfo | null, 
/**
 * Notes, oldest first.
 */
notes: Array<NoteInfo>, };

/**
 * Which run.
 */
export type RunDetailRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * The run's id, or its beginning.
 */
run: string, };

/**
 * What became of it.
 */
export type RunReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Revision, from 1.
 */
revision: number, 
/**
 * Runs of the selected plan.
 */
runs: number, 
/**
 * Runs that have succeeded.
 */
succeeded: number, 
/**
 * Runs whose last attempt failed.
 */
failed: number, 
/**
 * Runs left out because a phase could not run.
 */
skipped: number, 
/**
 * Runs still to do.
 */
remaining: number, 
/**
 * Attempts of this session.
 */
attempts: number, 
/**
 * Seconds of this session.
 */
duration_s: number, 
/**
 * USD that this session's calls count against the budget, as in `status`: an aborted call at its worst case, one of
 * unknown price and a simulated one as nothing.
 */
cost_usd: number, 
/**
 * Joules of this session; `None`: not known, and `energy_note` says why.
 */
energy_j: number | null, 
/**
 * `measured`, `derived`, `estimated` or `simulated`.
 */
energy_provenance: string | null, 
/**
 * The estimator, or why there are no joules.
 */
energy_note: string | null, 
/**
 * Seconds of worker time outside of runs.
 */
overhead_s: number, 
/**
 * Why it ended before its plan.
 */
stopped: Stopped | null, 
/**
 * Where the events were logged.
 */
log: string, 
/**
 * What is worth a look.
 */
warnings: Array<string>, };

/**
 * What to run.
 */
export type RunRequest = { 
/**
 * Spec file, campaign id, ULID prefix or `latest`.
 */
target: string, 
/**
 * `path=value` overrides.
 */
set: Array<string>, 
/**
 * What part of the plan.
 */
selection: Selection, 
/**
 * Only the run with this key (or a prefix of it).
 */
only: string | null, 
/**
 * Attempts at once.
 */
parallel: number | null, 
/**
 * Runs that failed are tried again.
 */
retry_failed: boolean, 
/**
 * Why the plan changed.
 */
amend: string | null, 
/**
 * Answers come from recorded calls alone; nothing is sent.
 */
replay: boolean, 
/**
 * The store whose records are meant; without it the campaign's own.
 */
replay_from: string | null, };

/**
 * State of a run. `Planned` runs have no row in the store.
 */
export type RunState = "planned" | "queued" | "running" | "succeeded" | "failed" | "cancelled" | "skipped";

/**
 * A campaign that runs in this application.
 */
export type RunningCampaign = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Since when (UTC, RFC 3339).
 */
since: string, 
/**
 * `running`, `paused` or `draining`.
 */
state: string, };

/**
 * The campaigns that run in this application.
 */
export type RunningReply = { 
/**
 * By id.
 */
campaigns: Array<RunningCampaign>, };

/**
 * Nothing to ask.
 */
export type RunningRequest = Record<symbol, never>;

/**
 * A cell.
 */
export type RunsCell = { 
/**
 * As shown; empty where there is nothing.
 */
text: string, 
/**
 * The number shown, in full.
 */
number: number | null, 
/**
 * Provenance of a metric's value.
 */
provenance?: string, 
/**
 * Why there is no value.
 */
reason?: string, };

/**
 * A column.
 */
export type RunsColumn = { 
/**
 * Id, for sorting and filtering.
 */
id: string, 
/**
 * Title.
 */
title: string, 
/**
 * Unit.
 */
unit: string | null, 
/**
 * `run`, `parameter` or `metric`.
 */
kind: string, 
/**
 * Whether it holds numbers, aligned at the right.
 */
numeric: boolean, };

/**
 * The page.
 */
export type RunsReply = { 
/**
 * Rows in all.
 */
total: number, 
/**
 * Columns.
 */
columns: Array<RunsColumn>, 
/**
 * Rows, a cell a column.
 */
rows: Array<Array<RunsCell>>, 
/**
 * The runs' ids, a row each.
 */
keys: Array<string>, };

/**
 * Which page of which table.
 */
export type RunsRequest = { 
/**
 * Campaign id, ULID prefix or `latest`.
 */
campaign: string, 
/**
 * Rows left out at the beginning.
 */
offset: number, 
/**
 * Most rows, up to 1000; 0: 100.
 */
limit: number, 
/**
 * Sorted by; the order of execution when empty.
 */
sort: Array<SortBy>, 
/**
 * Conditions that all must hold.
 */
filter: Array<FilterBy>, 
/**
 * Metrics shown; all when empty.
 */
metrics: Array<string>, };

/**
 * What an agent said or noted.
 */
export type SaidInfo = { 
/**
 * Its name.
 */
by: string, 
/**
 * `discussion`, `thinking` or `reflection`.
 */
phase: string, 
/**
 * The text.
 */
text: string, };

/**
 * The sample.
 */
export type SampleReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Whether it has results already or was started now; `false`: it is only registered.
 */
with_results: boolean, };

/**
 * Which sample.
 */
export type SampleRequest = { 
/**
 * A copy of its own that is run now, instead of the one that came with the program.
 */
fresh: boolean, };

/**
 * Replicates for an effect, by three formulas.
 */
export type SampleSizes = { 
/**
 * The effect in standard deviations that the first two are about; and, as a share, what the third is about.
 */
effect: number, 
/**
 * Power.
 */
power: number, 
/**
 * Size of the two-sided test.
 */
alpha: number, 
/**
 * A-LEMS's formula, ((z_α + z_β)/d)²: right for one sample against a number, or for pairs in SDs of the differences.
 */
one_sample: number, 
/**
 * Each of two independent groups: twice as many, the factor that A-LEMS's formula lacks for what it is used for.
 */
each_of_two: number, 
/**
 * Pairs that find a ratio of 1 + effect, ((z_α + z_β)·SD/ln(1 + effect))² + 2, by the observed SD of the pairs' log
 * ratios; absent where no pairs are known.
 */
pairs: number | null, 
/**
 * That SD.
 */
sd_log_ratio: number | null, };

/**
 * A text to write.
 */
export type SaveFileRequest = { 
/**
 * As `choose_files` gave it.
 */
token: string, 
/**
 * The text.
 */
text: string, };

/**
 * The registered spec.
 */
export type SaveSpecReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Its ULID.
 */
ulid: string, 
/**
 * Revision, from 1.
 */
revision: number, 
/**
 * Digest of the whole spec.
 */
spec_hash: string, };

/**
 * A spec to register.
 */
export type SaveSpecRequest = { 
/**
 * YAML or JSON.
 */
text: string, 
/**
 * As in `read_spec`.
 */
base: string | null, 
/**
 * Why the plan changes, where finished runs are affected.
 */
amend: string | null, 
/**
 * The campaign that is edited. Without it, an id that is taken is refused rather than made a revision.
 */
campaign: string | null, };

/**
 * A response over a size, one curve a group.
 */
export type Scalability = { 
/**
 * The size.
 */
factor: string, 
/**
 * Which way is better: `higher` or `lower`.
 */
better: string, 
/**
 * Share of the best mean that may be lost (0.2: 20 %).
 */
allowed_loss: WireNumber, 
/**
 * Curves, in the order of the spec.
 */
curves: Array<ScalabilityCurve>, };

/**
 * One curve and its limit.
 */
export type ScalabilityCurve = { 
/**
 * The level of the grouping factor; `all runs` without one.
 */
group: string, 
/**
 * Points in rising order of size.
 */
points: Array<ScalabilityPoint>, 
/**
 * The size with the best mean.
 */
best: WireNumber, 
/**
 * The smallest size above the best one whose loss exceeds the allowed one by its lower confidence bound; absent:
 * not reached within the sizes run.
 */
limit: WireNumber | null, 
/**
 * Where the straight lines between the means cross the allowed loss; absent: they don't.
 */
crossing: WireNumber | null, 
/**
 * Bootstrap interval of the crossing; an end that is absent wasn't reached within the sizes run.
 */
crossing_ci: CrossingInterval | null, };

/**
 * One point of a scalability curve.
 */
export type ScalabilityPoint = { 
/**
 * The size.
 */
x: WireNumber, 
/**
 * Runs it rests on.
 */
n: number, 
/**
 * Mean, in the metric's unit.
 */
mean: WireNumber, 
/**
 * Its interval.
 */
ci: Interval | null, 
/**
 * Share of the best mean that is lost here.
 */
loss: WireNumber | null, 
/**
 * Lower confidence bound of the loss, corrected over all pairs of sizes, as the best one was chosen on these data.
 */
loss_lower: WireNumber | null, };

/**
 * What an actor does.
 */
export type ScenarioDecision = { 
/**
 * Who.
 */
actor: string, 
/**
 * `cooperate`, `hold` or `oppose`.
 */
stance: string, 
/**
 * What.
 */
decision: string, 
/**
 * Why.
 */
reasoning: string | null, };

/**
 * An event that happened.
 */
export type ScenarioEvent = { 
/**
 * Its name.
 */
name: string, 
/**
 * What happened.
 */
text: string, };

/**
 * Something said.
 */
export type ScenarioMessage = { 
/**
 * Who says it.
 */
from: string, 
/**
 * `public`, `bilateral` or `coalition`.
 */
channel: string, 
/**
 * Who hears it; empty: all.
 */
to: Array<string>, 
/**
 * What is said.
 */
text: string, };

/**
 * A metric after a turn.
 */
export type ScenarioMetric = { 
/**
 * Metric id.
 */
metric: string, 
/**
 * Title.
 */
title: string, 
/**
 * Unit.
 */
unit: string, 
/**
 * As printed; a dash where there is no value.
 */
display: string, 
/**
 * Why there is none.
 */
reason: string | null, };

/**
 * A run turn by turn.
 */
export type ScenarioReply = { 
/**
 * Run id.
 */
run: string, 
/**
 * The scenario's name.
 */
scenario: string, 
/**
 * The world before the first turn.
 */
initial_world: string, 
/**
 * Turns that were to be played at most.
 */
planned_turns: number, 
/**
 * Turns that were taken over from another run.
 */
branched_after: number | null, 
/**
 * Why it ended before its last turn.
 */
halted_reason: string | null, 
/**
 * Whether a simulated model said any of it.
 */
simulated: boolean, 
/**
 * The turns.
 */
turns: Array<ScenarioTurn>, };

/**
 * A turn.
 */
export type ScenarioTurn = { 
/**
 * Its number, from 1.
 */
turn: number, 
/**
 * The world afterwards.
 */
world: string, 
/**
 * What happened by itself.
 */
events: Array<ScenarioEvent>, 
/**
 * What was said.
 */
messages: Array<ScenarioMessage>, 
/**
 * What was decided.
 */
decisions: Array<ScenarioDecision>, 
/**
 * Metrics afterwards.
 */
metrics: Array<ScenarioMetric>, 
/**
 * What the validation found: severity, check, description.
 */
issues: Array<string>, 
/**
 * Calls of models.
 */
calls: number, 
/**
 * Their cost in USD, as printed; `None`: a price is unknown.
 */
cost_usd: string | null, };

/**
 * What became of a text.
 */
export type ScrambleReply = { 
/**
 * The text's name: places depend on it.
 */
id: string, 
/**
 * The original.
 */
original: string, 
/**
 * The result.
 */
text: string, 
/**
 * The result in stretches, changed and unchanged.
 */
stretches: Array<ScrambledStretch>, 
/**
 * Units that could have been transformed.
 */
eligible: number, 
/**
 * Units that were.
 */
transformed: number, 
/**
 * Percent of the eligible units that were; `None` where there are none.
 */
realised_level: number | null, 
/**
 * Symbols or words and what they stand for: what undoes the transformation.
 */
key: Array<[string, string]>, 
/**
 * Whether result and key alone give the original back.
 */
is_invertible: boolean, };

/**
 * A text and what is to be done to it. The parameters are those of the workload.
 */
export type ScrambleRequest = { 
/**
 * The text; left out: the item's question.
 */
text: string | null, 
/**
 * A bank that comes with Ergon, where no text is given.
 */
benchmark: string, 
/**
 * The item's id; left out: the first one.
 */
item: string | null, 
/**
 * The method.
 */
method: string, 
/**
 * Percent of the eligible letters, words or sentences.
 */
level: number, 
/**
 * Seed of places, symbols and words.
 */
seed: string, 
/**
 * What is left alone: numbers, proper_nouns, code, latex, option_letters.
 */
preserve: Array<string>, 
/**
 * The constructed language.
 */
language: string, 
/**
 * Its complexity, 1–10.
 */
complexity: number, };

/**
 * A stretch of the result.
 */
export type ScrambledStretch = { 
/**
 * The stretch.
 */
text: string, 
/**
 * What stood there; `None` where nothing was done.
 */
original: string | null, };

/**
 * Who sat at the table.
 */
export type SeatInfo = { 
/**
 * `agent_1` …
 */
name: string, 
/**
 * `weak` or `strong`.
 */
side: string, 
/**
 * The model or the script.
 */
who: string, 
/**
 * What it was told of its own values.
 */
values: string, 
/**
 * What it got, discounted points.
 */
utility: string, };

/**
 * What part of a plan is wanted.
 */
export type Selection = { 
/**
 * Phases; all when left out.
 */
phases: Array<string> | null, 
/**
 * `factor=level` filters.
 */
filters: Array<string>, 
/**
 * At most this many runs.
 */
limit: number | null, 
/**
 * Replicates from this one on.
 */
start_from: number, };

/**
 * A source that is read.
 */
export type SensorInfo = { 
/**
 * The domain.
 */
domain: string, 
/**
 * Where it is read.
 */
place: string, 
/**
 * `measured`, `derived` or `estimated`, and how.
 */
provenance: string, 
/**
 * Seconds between its own updates.
 */
update_s: number, };

/**
 * What this machine lets one read.
 */
export type SensorsReply = { 
/**
 * Sources that are read.
 */
domains: Array<SensorInfo>, 
/**
 * Sources that aren't, and why.
 */
unavailable: Array<MissingSensor>, };

/**
 * Where to look for sensors.
 */
export type SensorsRequest = { 
/**
 * Stands in for `/sys`, for this once (always: `ERGON_SYSFS_ROOT`).
 */
sysfs_root: string | null, };

/**
 * Settings to change; those not named stay.
 */
export type SetSettingsRequest = Partial<Settings>;

/**
 * The settings.
 */
export type Settings = { 
/**
 * `system`, `light`, `dark` or `contrast`.
 */
theme: string, 
/**
 * `dense` or `comfortable`.
 */
density: string, 
/**
 * Size of everything in the window, percent of the usual: 50 to 300.
 */
zoom_percent: number, 
/**
 * The folder of the store, as it is now; it can't be set here.
 */
data_folder: string | null, } & ({ [key in string]: number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null });

/**
 * Nothing to ask.
 */
export type SettingsRequest = Record<symbol, never>;

/**
 * One issue of a proposal.
 */
export type SettledInfo = { 
/**
 * The issue.
 */
issue: string, 
/**
 * How it is settled.
 */
settled: string, };

/**
 * Whether a problem stops the campaign.
 */
export type Severity = "error" | "warning";

/**
 * A column to sort by.
 */
export type SortBy = { 
/**
 * Id of the column.
 */
column: string, 
/**
 * The largest first.
 */
descending: boolean, };

/**
 * Energy of all spans of a name.
 */
export type SpanEnergyInfo = { 
/**
 * The spans' name.
 */
name: string, 
/**
 * Joules as printed, unit included; a dash where there is no number.
 */
display: string, 
/**
 * `measured`, `derived` or `estimated`, and what from.
 */
provenance: string, 
/**
 * Why there is no number.
 */
reason: string | null, };

/**
 * A named stretch of an attempt.
 */
export type SpanInfo = { 
/**
 * Name.
 */
name: string, 
/**
 * Seconds since the attempt began.
 */
start_s: number, 
/**
 * Seconds since the attempt began.
 */
end_s: number, 
/**
 * What the machine took in it, as printed; absent where energy was not read per run.
 */
energy: string | null, };

/**
 * The spec in force and its history.
 */
export type SpecReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Its ULID.
 */
ulid: string, 
/**
 * The spec in force, as written.
 */
text: string, 
/**
 * Its number.
 */
revision: number, 
/**
 * Digest of the whole spec.
 */
spec_hash: string, 
/**
 * Digest of the run keys in plan order.
 */
plan_hash: string, 
/**
 * All revisions, oldest first.
 */
revisions: Array<RevisionInfo>, };

/**
 * Its rows.
 */
export type SqlReply = { 
/**
 * Column names.
 */
columns: Array<string>, 
/**
 * Rows; numbers, text, null; blobs as hexadecimal text.
 */
rows: Array<Array<JsonValue>>, };

/**
 * A query.
 */
export type SqlRequest = { 
/**
 * A SELECT.
 */
query: string, };

/**
 * A campaign that was started.
 */
export type StartReply = { 
/**
 * Campaign id.
 */
campaign: string, };

/**
 * A test statistic.
 */
export type Statistic = { 
/**
 * Its letter (`t`, `F`, `χ²`).
 */
name: string, 
/**
 * Its value.
 */
value: WireNumber, };

/**
 * How a campaign stands.
 */
export type StatusReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Title.
 */
title: string, 
/**
 * Campaign state.
 */
state: string, 
/**
 * Why it stopped before its plan's end, where a budget or somebody stopped it.
 */
stopped_by: string | null, 
/**
 * Whether an engine holds it now.
 */
live: boolean, 
/**
 * Revision, from 1.
 */
revision: number, 
/**
 * Runs in the plan.
 */
runs: number, 
/**
 * Share of the plan that has ended, 0 to 1.
 */
progress: number, 
/**
 * Seconds to the end while an engine holds it; `None` otherwise or before it can be told.
 */
eta_s: number | null, 
/**
 * Lower end of an 80 % interval.
 */
eta_lo_s: number | null, 
/**
 * Upper end of an 80 % interval.
 */
eta_hi_s: number | null, 
/**
 * Runs that succeeded.
 */
runs_completed: number, 
/**
 * Runs whose last attempt failed.
 */
runs_failed: number, 
/**
 * Runs executing.
 */
runs_running: number, 
/**
 * Finished runs that are no longer in the plan.
 */
runs_out_of_plan: number, 
/**
 * The failed runs.
 */
failed_runs: Array<FailedRun>, 
/**
 * Failed attempts by class.
 */
failures: { [key in string]: number }, 
/**
 * Calls that were sent to models on the network or in files, all sessions; simulated ones are none, nor are those that
 * an open breaker or a budget kept back.
 */
api_calls: number, 
/**
 * USD that they count against the budget: an aborted call at its worst case, one of unknown price as nothing
 * (`model_totals` tells how many those are).
 */
total_cost_usd: number, 
/**
 * Joules so far; `None`: not known, and `energy_note` says why.
 */
energy_j: number | null, 
/**
 * `measured`, `derived`, `estimated` or `simulated`.
 */
energy_provenance: string | null, 
/**
 * The estimator, or why there are no joules.
 */
energy_note: string | null, 
/**
 * Share of ended runs that succeeded; `None` before any ended.
 */
success_rate: number | null, 
/**
 * Runs ended an hour, over the last minute of work.
 */
throughput_per_hour: number | null, };

/**
 * Which campaign.
 */
export type StatusRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, };

/**
 * Steers a campaign.
 */
export type SteerRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * What to do.
 */
command: ControlCommand, };

/**
 * Why an execution ended before its plan.
 */
export type Stopped = "asked" | "budget";

/**
 * What goes with a yes.
 */
export type SuccessFactors = { 
/**
 * One per level of each factor, in the order of the spec; the first of each is the reference.
 */
levels: Array<SuccessLevel>, };

/**
 * A level of a factor.
 */
export type SuccessLevel = { 
/**
 * The factor.
 */
factor: string, 
/**
 * The level.
 */
level: string, 
/**
 * The level it is compared with; `None`: it is the reference itself.
 */
control: string | null, 
/**
 * Runs with an answer.
 */
n: number, 
/**
 * Of these, the ones with a yes.
 */
successes: number, 
/**
 * Their share.
 */
share: WireNumber, 
/**
 * Wilson's interval of the share.
 */
share_ci: Interval, 
/**
 * Odds against the reference, the other factors held; `None` where there is no finite estimate.
 */
odds_ratio: WireNumber | null, 
/**
 * Its interval (Wald, on the log odds).
 */
odds_ci: Interval | null, 
/**
 * p-value of the odds ratio, two-sided.
 */
p: WireNumber | null, 
/**
 * The same, corrected over all levels of all factors.
 */
p_adjusted: WireNumber | null, };

/**
 * A ratio of two sums.
 */
export type SumRatio = { 
/**
 * The ratio; absent where the lower sum is 0.
 */
value: WireNumber | null, 
/**
 * Its bootstrap interval over replicates; absent where a resample has no ratio.
 */
ci: Interval | null, };

/**
 * Survival curves, one a level.
 */
export type Survival = { 
/**
 * The factor.
 */
factor: string, 
/**
 * Curves in the order of the spec.
 */
curves: Array<SurvivalCurve>, };

/**
 * One Kaplan–Meier curve.
 */
export type SurvivalCurve = { 
/**
 * The level.
 */
level: string, 
/**
 * Times it rests on.
 */
n: number, 
/**
 * Of which events.
 */
events: number, 
/**
 * Its steps, one per distinct event time.
 */
steps: Array<SurvivalPoint>, 
/**
 * Censored times, rising.
 */
censored_at: Array<number>, 
/**
 * Median time; absent where survival stays above one half.
 */
median: WireNumber | null, };

/**
 * A step of a survival curve.
 */
export type SurvivalPoint = { 
/**
 * Time, in the metric's unit.
 */
time: WireNumber, 
/**
 * At risk just before it.
 */
at_risk: number, 
/**
 * Events at it.
 */
events: number, 
/**
 * Share that lasts longer.
 */
survival: WireNumber, 
/**
 * Its pointwise interval (log(−log)).
 */
ci: Interval | null, };

/**
 * Which table.
 */
export type TableRequest = { 
/**
 * Campaign id, ULID prefix, spec path or `latest`.
 */
campaign: string, 
/**
 * `descriptive`, `comparison`, `pairwise`, `pivot`, `regression`, `summary`, `quality`, `hypotheses`, `tax`,
 * `per_correct`, `phase_shares`, `success_factors`, `cost_efficiency`, `exploitation`, `efficiency`, or of a question
 * asked as such `dependency`, `threshold`, `contamination`, `ab_test`.
 */
kind: string, 
/**
 * One metric (for `pivot` several, separated by commas); left out: that of the spec's first question, else the
 * first.
 */
metric: string | null, 
/**
 * Factors; left out: those of the question, else the campaign's.
 */
by: Array<string>, 
/**
 * `booktabs`, `apa7`, `ieee`, `acm` or `neurips`.
 */
style: string, 
/**
 * `tex`, `html`, `md`, `typ` or `csv`.
 */
format: string, };

/**
 * A task and its items.
 */
export type TaskInfo = { 
/**
 * Name in a spec.
 */
task: string, 
/**
 * What it asks.
 */
doc: string, 
/**
 * How many items it has.
 */
count: number, 
/**
 * The items, where this task was asked for.
 */
items: Array<TaskItemInfo>, };

/**
 * An item.
 */
export type TaskItemInfo = { 
/**
 * Number, as the parameter `item` takes it.
 */
number: number, 
/**
 * Its name.
 */
id: string, 
/**
 * What is asked.
 */
prompt: string, 
/**
 * What is right.
 */
answer: string | null, 
/**
 * Steps by tools that lead to it.
 */
steps: Array<string>, };

/**
 * What one way of working takes over another, pair by pair.
 */
export type Tax = { 
/**
 * The factor.
 */
factor: string, 
/**
 * The level of interest.
 */
treatment: string, 
/**
 * The level it is compared with.
 */
control: string, 
/**
 * Geometric mean of the pairs' ratios.
 */
ratio: WireNumber | null, 
/**
 * Its interval.
 */
ratio_ci: Interval | null, 
/**
 * Mean of the pairs' differences, in the metric's unit.
 */
difference: WireNumber | null, 
/**
 * Its interval.
 */
difference_ci: Interval | null, 
/**
 * The ratio in words.
 */
reading: string, 
/**
 * The pairs.
 */
pairs: Array<TaxPair>, };

/**
 * A pair of runs that differ in their way of working alone.
 */
export type TaxPair = { 
/**
 * The levels of the other factors.
 */
cell: string, 
/**
 * Replicate, from 0.
 */
replicate: number, 
/**
 * The treatment's value, in the metric's unit.
 */
treatment: WireNumber, 
/**
 * The control's value, in the metric's unit.
 */
control: WireNumber, 
/**
 * Their ratio; absent where the control is 0.
 */
ratio: WireNumber | null, };

/**
 * A text to print or save.
 */
export type TextReply = { 
/**
 * The text.
 */
text: string, 
/**
 * What could not be rendered as it is.
 */
warnings: Array<string>, };

/**
 * Power at a moment.
 */
export type TracePoint = { 
/**
 * Seconds since the run's last attempt began (wall clock).
 */
at_s: number, 
/**
 * Watts by channel, as in `channels`; `None` where a reading failed.
 */
power_w: Array<number | null>, };

/**
 * The trash.
 */
export type TrashedReply = { 
/**
 * Thrown away last first.
 */
campaigns: Array<TrashedRow>, };

/**
 * Nothing to ask.
 */
export type TrashedRequest = Record<symbol, never>;

/**
 * A campaign in the trash.
 */
export type TrashedRow = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Its ULID, to restore it by.
 */
ulid: string, 
/**
 * Title.
 */
title: string, 
/**
 * When it was thrown away (UTC, RFC 3339).
 */
trashed: string, };

/**
 * A trend and its test.
 */
export type TrendTest = { 
/**
 * The method.
 */
method: string, 
/**
 * Its estimate.
 */
estimate: WireNumber, 
/**
 * Its two-sided p-value.
 */
p: number, };

/**
 * A run of the same replicate that differs in one parameter.
 */
export type Twin = { 
/**
 * Its key.
 */
run_id: Digest, 
/**
 * The parameter in which it differs.
 */
parameter: string, 
/**
 * That parameter's value there, as printed.
 */
value: string, 
/**
 * Metrics whose readings are the same in both; readings of a clock aren't compared.
 */
same: number, 
/**
 * Metrics compared.
 */
metrics: number, };

/**
 * Which stream to end.
 */
export type UnsubscribeRequest = { 
/**
 * The name given when it began.
 */
subscription: string, };

/**
 * A checked spec.
 */
export type ValidateReply = { 
/**
 * Campaign id.
 */
campaign: string, 
/**
 * Digest of the whole spec.
 */
spec_hash: Digest, 
/**
 * Digest of the run keys in plan order.
 */
plan_hash: Digest, 
/**
 * Distinct conditions.
 */
conditions: number, 
/**
 * Runs.
 */
runs: number, 
/**
 * Conditions left out by constraints.
 */
excluded_by_constraints: number, 
/**
 * Combinations that were one condition with another because a level could not matter.
 */
collapsed: number, 
/**
 * Phases in the order of execution.
 */
phases: Array<PhaseCount>, 
/**
 * Forecast.
 */
estimate: Forecast, 
/**
 * What is worth a look.
 */
warnings: Array<string>, };

/**
 * A spec to check.
 */
export type ValidateRequest = { 
/**
 * Spec file, campaign id, ULID prefix or `latest`.
 */
spec: string, 
/**
 * `path=value` overrides.
 */
set: Array<string>, };

/**
 * One level of a factor or one fixed parameter, typed. Missing is the absence of a value, never a `Value`.
 *
 * Invariant: a `Real` is finite and never `-0.0` once it went through [`Value::real`] or a parameter's binding, so
 * that equal levels are equal bytes.
 */
export type Value = boolean | number | string;

/**
 * What became of a hypothesis.
 */
export type Verdict = "supported" | "not_supported" | "undecided" | "not_evidence" | "not_tested" | "interim";

/**
 * What to know before trusting the numbers.
 */
export type Warning = { 
/**
 * Stable name (`few_per_cell`, `mixed_provenance` …).
 */
code: string, 
/**
 * In words.
 */
message: string, };

/**
 * An `f64` that survives JSON: non-finite values are the strings `NaN`, `Infinity`, `-Infinity`.
 */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

/**
 * A workload.
 */
export type WorkloadInfo = { 
/**
 * Its name in a spec.
 */
kind: string, 
/**
 * Semantic version.
 */
version: number, 
/**
 * What it does.
 */
doc: string, 
/**
 * Whether a spec may name parameters of its own.
 */
open_parameters: boolean, 
/**
 * Keys of the spec's `workload` section besides `kind`.
 */
settings: Array<string>, 
/**
 * Parameters.
 */
parameters: Array<ParameterInfo>, 
/**
 * Metrics.
 */
metrics: Array<MetricInfo>, 
/**
 * Why its parameters are not known here, where they depend on the spec.
 */
depends: string | null, };

/**
 * All of them.
 */
export type WorkloadsReply = { 
/**
 * By name.
 */
workloads: Array<WorkloadInfo>, };

/**
 * Nothing to ask.
 */
export type WorkloadsRequest = Record<symbol, never>;

/** What an operation takes, gives back and streams. */
export interface Operations {
  /** Parses a spec, checks it, counts its runs, forecasts. */
  validate: { request: ValidateRequest; reply: ValidateReply; stream: never };
  /** The exact run list, dry. */
  plan: { request: PlanRequest; reply: PlanReply; stream: PlanLine };
  /** Registers a campaign without running it. */
  create: { request: CreateRequest; reply: CreateReply; stream: never };
  /** Runs a campaign, or resumes it. */
  run: { request: RunRequest; reply: RunReply; stream: Event };
  /** How a campaign stands. */
  status: { request: StatusRequest; reply: StatusReply; stream: never };
  /** The campaigns of the store. */
  list: { request: ListRequest; reply: ListReply; stream: never };
  /** Puts a campaign in the queue. */
  queue: { request: QueueRequest; reply: Acknowledged; stream: never };
  /** Pauses, resumes, stops or retries a campaign. */
  steer: { request: SteerRequest; reply: Acknowledged; stream: never };
  /** The measured values, in plan order. */
  results: { request: ResultsRequest; reply: ResultsReply; stream: never };
  /** A read-only query on the store. */
  sql: { request: SqlRequest; reply: SqlReply; stream: never };
  /** Data quality, and factors that changed nothing. */
  check: { request: CheckRequest; reply: CheckReply; stream: never };
  /** Statistics. */
  analyze: { request: AnalyzeRequest; reply: AnalyzeReply; stream: never };
  /** What the tasks of workflow ask, item by item. */
  items: { request: ItemsRequest; reply: ItemsReply; stream: never };
  /** Which runs to add: cells with too little, rules between phases, sample sizes. */
  next: { request: NextRequest; reply: NextReply; stream: never };
  /** Documents. */
  report: { request: ReportRequest; reply: ReportReply; stream: never };
  /** A publication table. */
  table: { request: TableRequest; reply: TextReply; stream: never };
  /** A publication figure. */
  figure: { request: FigureRequest; reply: FigureReply; stream: never };
  /** Data in the layout of another system. */
  export: { request: ExportRequest; reply: ExportReply; stream: never };
  /** Brings specs into the store. */
  import: { request: ImportRequest; reply: ImportReply; stream: never };
  /** Compares two specs or campaigns. */
  diff: { request: DiffRequest; reply: DiffReply; stream: never };
  /** What works here, what doesn't, how to mend it. */
  doctor: { request: DoctorRequest; reply: DoctorReply; stream: never };
  /** What there is to run, with every parameter and metric. */
  workloads: { request: WorkloadsRequest; reply: WorkloadsReply; stream: never };
  /** Starts a campaign, or resumes it, in the background. */
  start: { request: RunRequest; reply: StartReply; stream: never };
  /** The campaigns that run in this application. */
  running: { request: RunningRequest; reply: RunningReply; stream: never };
  /** How a running campaign stands, as it changes. */
  follow: { request: FollowRequest; reply: FollowReply; stream: FollowUpdate };
  /** Cancels the executing runs of a campaign. */
  halt: { request: CampaignRequest; reply: Acknowledged; stream: never };
  /** Ends a stream. */
  unsubscribe: { request: UnsubscribeRequest; reply: Acknowledged; stream: never };
  /** Lets the user choose files in a native dialog. */
  choose_files: { request: ChooseFilesRequest; reply: ChooseFilesReply; stream: never };
  /** Reads a text file that the user chose. */
  read_file: { request: ReadFileRequest; reply: ReadFileReply; stream: never };
  /** Writes a text into a file that the user chose. */
  save_file: { request: SaveFileRequest; reply: Acknowledged; stream: never };
  /** What a spec under edit means, and what is wrong with it where. */
  read_spec: { request: ReadSpecRequest; reply: ReadSpecReply; stream: never };
  /** The spec of a stored campaign and its history. */
  spec: { request: CampaignRequest; reply: SpecReply; stream: never };
  /** Registers a spec written in the window. */
  save_spec: { request: SaveSpecRequest; reply: SaveSpecReply; stream: never };
  /** Registers a copy of a campaign's spec, without its runs. */
  duplicate: { request: DuplicateRequest; reply: SaveSpecReply; stream: never };
  /** Puts a campaign aside, or back. */
  archive: { request: ArchiveRequest; reply: Acknowledged; stream: never };
  /** Puts a campaign in the trash. */
  trash: { request: CampaignRequest; reply: Acknowledged; stream: never };
  /** Takes a campaign out of the trash, by its ULID. */
  restore: { request: CampaignRequest; reply: Acknowledged; stream: never };
  /** The campaigns in the trash. */
  trashed: { request: TrashedRequest; reply: TrashedReply; stream: never };
  /** How far each condition is, and a metric's mean in it. */
  grid: { request: GridRequest; reply: GridReply; stream: never };
  /** A page of a table of runs, sorted and filtered. */
  runs: { request: RunsRequest; reply: RunsReply; stream: never };
  /** One run from close by. */
  run_detail: { request: RunDetailRequest; reply: RunDetailReply; stream: never };
  /** What a run and its models said to each other. */
  calls: { request: RunDetailRequest; reply: CallsReply; stream: never };
  /** A scenario's run turn by turn. */
  scenario: { request: RunDetailRequest; reply: ScenarioReply; stream: never };
  /** Registers a campaign that goes on from a turn of a scenario's run. */
  branch: { request: BranchRequest; reply: SaveSpecReply; stream: never };
  /** A negotiation round by round, against its Pareto front. */
  negotiation: { request: RunDetailRequest; reply: NegotiationReply; stream: never };
  /** Providers, prices, and a spec's models. */
  models: { request: ModelsRequest; reply: ModelsReply; stream: never };
  /** Asks a model once. */
  model_chat: { request: ModelChatRequest; reply: ModelChatReply; stream: never };
  /** Gives a key for this session, or to the keychain. */
  model_key: { request: ModelKeyRequest; reply: Acknowledged; stream: never };
  /** What each model of a campaign was asked, and what it came to. */
  model_totals: { request: CampaignRequest; reply: ModelTotalsReply; stream: never };
  /** Adds a provider of models, or sets limits for one. */
  set_provider: { request: ProviderRequest; reply: Acknowledged; stream: never };
  /** Takes away what was added with `set_provider`. */
  remove_provider: { request: ProviderNameRequest; reply: Acknowledged; stream: never };
  /** Asks a provider for its list of models, which costs nothing. */
  test_provider: { request: ProviderNameRequest; reply: ProviderTestReply; stream: never };
  /** Sets a price of one's own, or takes it away. */
  set_price: { request: PriceRequest; reply: Acknowledged; stream: never };
  /** Leaves a run out of analyses. */
  exclude: { request: ExcludeRequest; reply: Acknowledged; stream: never };
  /** Takes a run into analyses again. */
  include: { request: RunDetailRequest; reply: Acknowledged; stream: never };
  /** Notes something about a run. */
  note: { request: NoteRequest; reply: Acknowledged; stream: never };
  /** The host's load and power, as they change. */
  monitor: { request: MonitorRequest; reply: MonitorReply; stream: MonitorSample };
  /** What this machine lets one read, and why not more. */
  sensors: { request: SensorsRequest; reply: SensorsReply; stream: never };
  /** Records the machine's energy for a while. */
  energy_record: { request: RecordRequest; reply: RecordReply; stream: never };
  /** What the machine draws at rest. */
  energy_idle: { request: IdleRequest; reply: IdleReply; stream: never };
  /** What a campaign took, session by session. */
  energy_sessions: { request: EnergySessionsRequest; reply: EnergySessionsReply; stream: never };
  /** Power during the last attempt of a run. */
  energy_trace: { request: EnergyTraceRequest; reply: EnergyTraceReply; stream: never };
  /** Carbon and water of a campaign's energy, or of any. */
  energy_footprint: { request: FootprintRequest; reply: FootprintReply; stream: never };
  /** How the window looks and what it remembers. */
  settings: { request: SettingsRequest; reply: Settings; stream: never };
  /** Changes settings. */
  set_settings: { request: SetSettingsRequest; reply: Settings; stream: never };
  /** What a transformation makes of a text or item. */
  scramble: { request: ScrambleRequest; reply: ScrambleReply; stream: never };
  /** What a file of items holds. */
  dataset: { request: DatasetRequest; reply: DatasetReply; stream: never };
  /** Writes a campaign's answers as ScrambleBench lays them out. The sample campaign, or a fresh copy of it that is run now. */
  sample: { request: SampleRequest; reply: SampleReply; stream: never };
}

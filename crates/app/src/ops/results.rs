//! `results`: the measured values, in plan order.
//!
//! Invariant: without `resources` the text depends on the plan and the measurements alone — not on order of execution,
//! parallelism, attempts or clocks — so the same spec and seed give the same bytes.

use ergon_domain::{Measurement, Observed};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::App;
use crate::error::AppError;
use crate::select::{EnergyBlock, StoredRun, StoredRuns};

/// Form of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ResultsForm {
    /// RFC 4180.
    #[default]
    Csv,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Jsonl,
}

/// What to write.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ResultsRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// Only runs of this phase.
    pub phase: Option<String>,
    /// Form.
    pub form: ResultsForm,
    /// One row a run instead of one row a measurement.
    pub wide: bool,
    /// Add durations, attempts and provenance.
    pub resources: bool,
    /// Instead of the plan's runs those that a later revision dropped from it.
    pub out_of_plan: bool,
}

/// The text and what it covers.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ResultsReply {
    /// The text.
    pub text: String,
    /// Runs in it.
    pub runs: u64,
    /// Runs of the plan that have no result (not run yet, failed, skipped).
    pub without_result: u64,
}

/// Writes the measured values.
///
/// # Errors
/// No such campaign or phase.
pub async fn results(app: &App, request: ResultsRequest) -> Result<ResultsReply, AppError> {
    let stored = app.stored_runs(&request.campaign).await?;
    if let Some(phase) = &request.phase
        && !stored.phases.contains(phase)
    {
        return Err(AppError::input(
            "unknown_phase",
            format!("there is no phase '{phase}'; expected one of {}", stored.phases.join(", ")),
        )
        .field("phase"));
    }
    let in_phase = |run: &&StoredRun| request.phase.as_ref().is_none_or(|p| stored.phases_of(run).contains(p));
    let source = if request.out_of_plan { &stored.out_of_plan } else { &stored.runs };
    let rows: Vec<&StoredRun> = source.iter().filter(in_phase).collect();
    let planned = match &request.phase {
        _ if request.out_of_plan => 0,
        None => stored.planned,
        Some(phase) => stored.phase_summaries.iter().find(|s| s.name == *phase).map_or(0, |s| s.selected),
    };
    let table = if request.wide { wide(&stored, &rows, &request) } else { long(&stored, &rows, &request) };
    Ok(ResultsReply {
        text: table.text(request.form),
        runs: rows.len() as u64,
        without_result: planned.saturating_sub(rows.len() as u64),
    })
}

/// Cells before they have a form.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<serde_json::Value>>,
}

impl Table {
    fn text(&self, form: ResultsForm) -> String {
        match form {
            ResultsForm::Csv => {
                let mut out = csv_line(self.head.iter().map(|h| json!(h)));
                for row in &self.rows {
                    out += &csv_line(row.iter().cloned());
                }
                out
            }
            ResultsForm::Json | ResultsForm::Jsonl => {
                let lines: Vec<String> = self.rows.iter().map(|row| self.object(row)).collect();
                match form {
                    ResultsForm::Json => format!("[{}]\n", lines.join(",\n")),
                    _ => lines.iter().map(|l| format!("{l}\n")).collect(),
                }
            }
        }
    }

    /// Written by hand to keep the order of columns.
    fn object(&self, row: &[serde_json::Value]) -> String {
        let fields: Vec<String> = self.head.iter().zip(row).map(|(h, v)| format!("{}:{v}", json!(h))).collect();
        format!("{{{}}}", fields.join(","))
    }
}

fn csv_line(cells: impl Iterator<Item = serde_json::Value>) -> String {
    let fields: Vec<String> = cells
        .map(|cell| match cell {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(s) if s.contains(['"', ',', '\n', '\r']) => {
                format!("\"{}\"", s.replace('"', "\"\""))
            }
            serde_json::Value::String(s) => s,
            other => other.to_string(),
        })
        .collect();
    fields.join(",") + "\r\n"
}

fn identity_head(stored: &StoredRuns) -> Vec<String> {
    let factors = stored.factors.iter().map(ToString::to_string);
    ["run_id", "phase", "replicate"].map(str::to_owned).into_iter().chain(factors).collect()
}

fn identity(stored: &StoredRuns, run: &StoredRun) -> Vec<serde_json::Value> {
    let phases = stored.phases_of(run).join(";");
    let mut cells = vec![json!(run.run.key), json!(phases), json!(run.run.replicate)];
    cells.extend(stored.factors.iter().map(|f| json!(run.run.condition.condition.get(f.as_str()))));
    cells
}

fn resources_head() -> [String; 4] {
    ["attempts", "duration_s", "cpu_s", "started_utc"].map(str::to_owned)
}

fn resources(run: &StoredRun) -> [serde_json::Value; 4] {
    [json!(run.attempts), json!(run.duration_s), json!(run.cpu_s), json!(run.started_utc)]
}

/// What kind of observation it is, its number, and why there is none.
fn observed(cell: Option<&Observed>) -> [serde_json::Value; 3] {
    let null = serde_json::Value::Null;
    match cell {
        Some(Observed::Value(x)) => [json!("value"), json!(x), null],
        Some(Observed::Censored { at }) => [json!("censored"), json!(at), null],
        Some(Observed::Undefined(why)) => [json!("undefined"), null, json!(why)],
        Some(Observed::Unavailable(why)) => [json!("unavailable"), null, json!(why)],
        None => [json!("unavailable"), null, json!("the run recorded none")],
    }
}

fn long(stored: &StoredRuns, rows: &[&StoredRun], request: &ResultsRequest) -> Table {
    let mut head = identity_head(stored);
    head.extend(["metric", "unit", "observation", "value", "reason"].map(str::to_owned));
    if request.resources {
        head.extend(["provenance", "lo", "hi", "flags"].map(str::to_owned));
        head.extend(resources_head());
    }
    let mut out = Vec::new();
    for run in rows {
        for (metric, cell) in stored.metrics.iter().zip(&run.cells) {
            let mut row = identity(stored, run);
            let [kind, value, reason] = observed(cell.as_ref().map(|c| &c.observed));
            row.extend([json!(metric.id), json!(metric.unit), kind, value, reason]);
            if request.resources {
                let cell = cell.as_ref();
                row.extend([
                    json!(cell.map(|c| c.provenance.to_string())),
                    json!(cell.and_then(|c| c.lo)),
                    json!(cell.and_then(|c| c.hi)),
                    json!(cell.and_then(|c| c.flags.joined())),
                ]);
                row.extend(resources(run));
            }
            out.push(row);
        }
        if request.resources {
            out.extend(taken(stored, run));
        }
    }
    Table { head, rows: out }
}

/// What a run took, one row a resource. A block's energy stands at its runs, because it is theirs together.
fn taken(stored: &StoredRuns, run: &StoredRun) -> Vec<Vec<serde_json::Value>> {
    let mut rows = Vec::new();
    let mut row = |name: &str, unit: &str, m: &Measurement| {
        let [kind, value, reason] = observed(Some(&m.observed));
        let mut cells = identity(stored, run);
        cells.extend([json!(name), json!(unit), kind, value, reason]);
        cells.extend([json!(m.provenance.to_string()), json!(m.lo), json!(m.hi), json!(m.flags.joined())]);
        cells.extend(resources(run));
        rows.push(cells);
    };
    for (metric, m) in stored.resources.iter().zip(&run.resources) {
        if let Some(m) = m {
            row(metric.id.as_str(), &metric.unit, m);
        }
    }
    if let Some(EnergyBlock { number, attempts, energy: Some(energy) }) = &run.block {
        let why =
            format!("taken per block of runs; block {number}, in which {attempts} attempts lie, is in energy_block_j");
        let own = Measurement::new("energy_j", Observed::Unavailable(why.into()), energy.provenance.clone());
        row("energy_j", "J", &own);
        row("energy_block_j", "J", energy);
    }
    rows
}

/// One row a run. A metric that is ever censored gets a second column that says so; other missing values are empty.
fn wide(stored: &StoredRuns, rows: &[&StoredRun], request: &ResultsRequest) -> Table {
    let censored: Vec<bool> = (0..stored.metrics.len())
        .map(|i| rows.iter().any(|r| matches!(&r.cells[i], Some(c) if matches!(c.observed, Observed::Censored { .. }))))
        .collect();
    let mut head = identity_head(stored);
    for (metric, censored) in stored.metrics.iter().zip(&censored) {
        head.push(metric.id.to_string());
        if *censored {
            head.push(format!("{}.censored", metric.id));
        }
        if request.resources {
            head.push(format!("{}.provenance", metric.id));
        }
    }
    let blocks = rows.iter().any(|run| run.block.is_some());
    if request.resources {
        head.extend(resources_head());
        for metric in &stored.resources {
            let ends = ["", ".provenance", ".lo", ".hi", ".flags"];
            let ends = if metric.id.as_str().ends_with("_j") { &ends[..] } else { &ends[..2] };
            head.extend(ends.iter().map(|end| format!("{}{end}", metric.id)));
        }
        if blocks {
            let names = ["energy_block", "energy_block_attempts", "energy_block_j", "energy_block_j.provenance"];
            head.extend(names.map(str::to_owned));
        }
    }
    let row = |run: &&StoredRun| {
        let mut cells = identity(stored, run);
        for (cell, censored) in run.cells.iter().zip(&censored) {
            let [kind, value, _] = observed(cell.as_ref().map(|c| &c.observed));
            cells.push(value);
            if *censored {
                cells.push(json!(kind == json!("censored")));
            }
            if request.resources {
                cells.push(json!(cell.as_ref().map(|c| c.provenance.to_string())));
            }
        }
        if request.resources {
            cells.extend(resources(run));
            for (at, metric) in stored.resources.iter().enumerate() {
                let m = run.resources.get(at).and_then(Option::as_ref);
                let [_, value, _] = observed(m.map(|m| &m.observed));
                cells.extend([value, json!(m.map(|m| m.provenance.to_string()))]);
                if metric.id.as_str().ends_with("_j") {
                    cells.extend([json!(m.and_then(|m| m.lo)), json!(m.and_then(|m| m.hi))]);
                    cells.push(json!(m.and_then(|m| m.flags.joined())));
                }
            }
            if blocks {
                let block = run.block.as_ref();
                let energy = block.and_then(|b| b.energy.as_ref());
                cells.extend([json!(block.map(|b| b.number)), json!(block.map(|b| b.attempts))]);
                let [_, value, _] = observed(energy.map(|m| &m.observed));
                cells.extend([value, json!(energy.map(|m| m.provenance.to_string()))]);
            }
        }
        cells
    };
    Table { head, rows: rows.iter().map(row).collect() }
}

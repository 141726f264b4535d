//! `runs`: a page of a table of runs, sorted and filtered.

use ergon_domain::{EnergyMode, Manifest, Metric};
use ergon_energy::resource_metrics;
use ergon_store::{Comparison, RunColumn, RunPage, RunRow, Wanted};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::grid::shown;
use crate::ops::table::unknown;
use crate::select::utc;

/// Rows of a page at most.
const MOST_ROWS: u64 = 1000;
/// Columns of runs themselves, with title and unit.
const OWN: [(&str, &str, Option<&str>); 9] = [
    ("order", "Order", None),
    ("run", "Run", None),
    ("state", "State", None),
    ("replicate", "Replicate", None),
    ("attempts", "Attempts", None),
    ("started", "Started", None),
    ("duration", "Duration", Some("s")),
    ("cpu", "CPU time", Some("s")),
    ("failure", "Failure", None),
];

/// A column to sort by.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct SortBy {
    /// Id of the column.
    pub column: String,
    /// The largest first.
    #[serde(default)]
    pub descending: bool,
}

/// What must hold of a column.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct FilterBy {
    /// Id of the column.
    pub column: String,
    /// `is`, `is_not`, `below`, `at_most`, `above`, `at_least` or `contains`.
    pub op: String,
    /// What it is compared with.
    #[ts(type = "string | number | boolean")]
    pub value: serde_json::Value,
}

/// Which page of which table.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct RunsRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// Rows left out at the beginning.
    pub offset: u64,
    /// Most rows, up to 1000; 0: 100.
    pub limit: u64,
    /// Sorted by; the order of execution when empty.
    pub sort: Vec<SortBy>,
    /// Conditions that all must hold.
    pub filter: Vec<FilterBy>,
    /// Metrics shown; all when empty.
    pub metrics: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RunsColumn {
    /// Id, for sorting and filtering.
    pub id: String,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: Option<String>,
    /// `run`, `parameter` or `metric`.
    pub kind: String,
    /// Whether it holds numbers, aligned at the right.
    pub numeric: bool,
}

/// A cell.
#[derive(Clone, Debug, Default, Serialize, ts_rs::TS)]
pub struct RunsCell {
    /// As shown; empty where there is nothing.
    pub text: String,
    /// The number shown, in full.
    pub number: Option<f64>,
    /// Provenance of a metric's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub provenance: Option<String>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RunsReply {
    /// Rows in all.
    pub total: u64,
    /// Columns.
    pub columns: Vec<RunsColumn>,
    /// Rows, a cell a column.
    pub rows: Vec<Vec<RunsCell>>,
    /// The runs' ids, a row each.
    pub keys: Vec<String>,
}

struct Columns {
    shown: Vec<(RunsColumn, RunColumn)>,
}

impl Columns {
    fn of(manifest: &Manifest, factors: &[String], resources: &[Metric], metrics: &[String]) -> Result<Self, AppError> {
        let own = OWN.iter().zip([
            RunColumn::Order,
            RunColumn::Key,
            RunColumn::State,
            RunColumn::Replicate,
            RunColumn::Attempts,
            RunColumn::Started,
            RunColumn::Duration,
            RunColumn::Cpu,
            RunColumn::Failure,
        ]);
        let mut shown: Vec<(RunsColumn, RunColumn)> = own
            .map(|((id, title, unit), column)| {
                let numeric = !matches!(*id, "run" | "state" | "started" | "failure");
                let unit = unit.map(str::to_owned);
                let info = RunsColumn { id: (*id).into(), title: (*title).into(), unit, kind: "run".into(), numeric };
                (info, column)
            })
            .collect();
        for name in factors {
            let parameter = manifest.parameter(name);
            let info = RunsColumn {
                id: name.clone(),
                title: name.clone(),
                unit: parameter.and_then(|p| p.unit.as_ref()).map(ToString::to_string),
                kind: "parameter".into(),
                numeric: parameter.is_some_and(|p| {
                    use ergon_domain::ParameterKind::{Int, Real};
                    matches!(p.kind, Int { .. } | Real { .. })
                }),
            };
            shown.push((info, RunColumn::Parameter(name.clone())));
        }
        let known: Vec<&str> = manifest.metrics.iter().chain(resources).map(|m| m.id.as_str()).collect();
        if let Some(wrong) = metrics.iter().find(|m| !known.contains(&m.as_str())) {
            return Err(unknown("metric", wrong, &known).field("metrics"));
        }
        let wanted = |m: &Metric| metrics.is_empty() || metrics.iter().any(|w| *w == *m.id.as_str());
        let own = manifest.metrics.iter().map(|m| (m, RunColumn::Metric(m.id.to_string())));
        let taken = resources.iter().map(|m| (m, RunColumn::Resource(m.id.to_string())));
        for (metric, column) in own.chain(taken).filter(|(m, _)| wanted(m)) {
            let info = RunsColumn {
                id: metric.id.to_string(),
                title: metric.title.to_string(),
                unit: Some(metric.unit.to_string()).filter(|u| !u.is_empty()),
                kind: "metric".into(),
                numeric: true,
            };
            shown.push((info, column));
        }
        Ok(Self { shown })
    }

    fn find(&self, manifest: &Manifest, id: &str, field: &str) -> Result<RunColumn, AppError> {
        if let Some((_, column)) = self.shown.iter().find(|(info, _)| info.id == id) {
            return Ok(column.clone());
        }
        // A column that is not shown can be filtered by all the same.
        if manifest.metric(id).is_some() {
            return Ok(RunColumn::Metric(id.to_owned()));
        }
        if manifest.parameter(id).is_some() {
            return Ok(RunColumn::Parameter(id.to_owned()));
        }
        let known: Vec<&str> = self.shown.iter().map(|(info, _)| info.id.as_str()).collect();
        Err(unknown("column", id, &known).field(field))
    }
}

fn comparison(op: &str) -> Result<Comparison, AppError> {
    const ALL: [(&str, Comparison); 7] = [
        ("is", Comparison::Is),
        ("is_not", Comparison::IsNot),
        ("below", Comparison::Below),
        ("at_most", Comparison::AtMost),
        ("above", Comparison::Above),
        ("at_least", Comparison::AtLeast),
        ("contains", Comparison::Contains),
    ];
    ALL.iter()
        .find(|(name, _)| *name == op)
        .map(|(_, comparison)| *comparison)
        .ok_or_else(|| unknown("op", op, &ALL.map(|(name, _)| name)).field("filter"))
}

fn wanted(value: &serde_json::Value) -> Result<Wanted, AppError> {
    match value {
        serde_json::Value::Bool(b) => Ok(Wanted::Number(f64::from(u8::from(*b)))),
        serde_json::Value::Number(n) => Ok(Wanted::Number(n.as_f64().unwrap_or(f64::NAN))),
        serde_json::Value::String(s) => Ok(Wanted::Text(s.clone())),
        other => {
            let message = format!("{other} is not accepted; expected text, a number, true or false");
            Err(AppError::input("invalid_filter", message).field("filter"))
        }
    }
}

/// A page of a campaign's runs: those with at least one attempt.
///
/// # Errors
/// No such campaign, column or metric.
pub async fn runs(app: &App, request: RunsRequest) -> Result<RunsReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let campaign = app.load_stored(&record).await?.campaign;
    let manifest = &campaign.manifest;
    let factors: Vec<String> = campaign.factors.iter().map(|f| f.name.to_string()).collect();
    let per_run = |mode: &EnergyMode| matches!(mode, EnergyMode::Concurrent | EnergyMode::Exclusive);
    let resources: Vec<Metric> = match store.energy_modes(record.id).await?.iter().any(per_run) {
        // A metric of the workload's own that has the name goes before.
        true => resource_metrics()
            .into_iter()
            .filter(|m| is_energy(m) && manifest.metric(m.id.as_str()).is_none())
            .collect(),
        false => Vec::new(),
    };
    let columns = Columns::of(manifest, &factors, &resources, &request.metrics)?;
    let mut page = RunPage {
        offset: request.offset,
        limit: if request.limit == 0 { 100 } else { request.limit.min(MOST_ROWS) },
        ..RunPage::default()
    };
    for by in &request.sort {
        page.sort.push((columns.find(manifest, &by.column, "sort")?, by.descending));
    }
    for by in &request.filter {
        let column = columns.find(manifest, &by.column, "filter")?;
        page.filter.push((column, comparison(&by.op)?, wanted(&by.value)?));
    }
    let (total, found) = store.run_page(record.id, &page).await?;
    let ids: Vec<i64> = found.iter().map(|r| r.id).collect();
    let mut rows: Vec<Vec<RunsCell>> = (0u64..).zip(&found).map(|(at, row)| own_cells(page.offset + at, row)).collect();
    for (_, column) in &columns.shown {
        match column {
            RunColumn::Parameter(name) => {
                for (cells, row) in rows.iter_mut().zip(&found) {
                    let value = row.condition.get(name);
                    cells.push(RunsCell {
                        text: value.map(ToString::to_string).unwrap_or_default(),
                        number: value.and_then(ergon_domain::Value::as_f64),
                        ..RunsCell::default()
                    });
                }
            }
            RunColumn::Metric(name) => {
                let values = store.metric_values_of(record.id, name, &ids).await?;
                push(&mut rows, values);
            }
            RunColumn::Resource(name) => {
                let values = store.resource_values_of(record.id, name, &ids).await?;
                push(&mut rows, values);
            }
            _ => {}
        }
    }
    Ok(RunsReply {
        total,
        columns: columns.shown.into_iter().map(|(info, _)| info).collect(),
        rows,
        keys: found.iter().map(|r| r.key.to_string()).collect(),
    })
}

/// Of what a run took, that which is shown beside its metrics.
fn is_energy(metric: &Metric) -> bool {
    matches!(metric.id.as_str(), "energy_j" | "dynamic_energy_j" | "average_power_w")
}

fn push(rows: &mut [Vec<RunsCell>], values: Vec<Option<ergon_store::MetricCell>>) {
    for (cells, value) in rows.iter_mut().zip(values) {
        cells.push(value.map(metric_cell).unwrap_or_default());
    }
}

fn metric_cell(cell: ergon_store::MetricCell) -> RunsCell {
    let text = cell.value.and_then(shown).unwrap_or_default();
    RunsCell {
        text: if cell.censored { format!("> {text}") } else { text },
        number: cell.value,
        provenance: Some(cell.provenance.into()),
        reason: cell.reason,
    }
}

fn own_cells(position: u64, row: &RunRow) -> Vec<RunsCell> {
    let text = |text: String| RunsCell { text, ..RunsCell::default() };
    let count = |n: u64| RunsCell { text: n.to_string(), number: Some(n as f64), ..RunsCell::default() };
    let seconds =
        |s: Option<f64>| RunsCell { text: s.and_then(shown).unwrap_or_default(), number: s, ..RunsCell::default() };
    vec![
        count(position + 1),
        text(row.key.short()),
        text(if row.in_plan { row.state.name().to_owned() } else { format!("{}, out of plan", row.state.name()) }),
        count(row.replicate.into()),
        count(row.attempts.into()),
        text(row.started_us.map(utc).unwrap_or_default()),
        seconds(row.duration_s),
        seconds(row.cpu_s),
        text(row.failure.clone().unwrap_or_default()),
    ]
}

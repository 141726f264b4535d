//! Runs of a campaign page by page: sorted and filtered in the file, so that a table of 100,000 rows costs a screenful.

use std::fmt::Write;

use ergon_domain::{Condition, RunKey, RunState};

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};
use crate::runs::{LAST_ATTEMPT, state};

/// What a row can be sorted and filtered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunColumn {
    /// Order of the first attempt.
    Order,
    /// Key.
    Key,
    /// State.
    State,
    /// Replicate.
    Replicate,
    /// Attempts so far.
    Attempts,
    /// Start of the last attempt.
    Started,
    /// Seconds of the last attempt.
    Duration,
    /// CPU seconds of the last attempt.
    Cpu,
    /// Failure class of the last attempt.
    Failure,
    /// A parameter.
    Parameter(String),
    /// A metric.
    Metric(String),
    /// What its last attempt took, by the resource's name.
    Resource(String),
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Is,
    /// Another, or none.
    IsNot,
    /// Less.
    Below,
    /// At most.
    AtMost,
    /// More.
    Above,
    /// At least.
    AtLeast,
    /// A text within it.
    Contains,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// Which page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunPage {
    /// Rows left out at the beginning.
    pub offset: u64,
    /// Most rows.
    pub limit: u64,
    /// Columns sorted by, and whether the largest comes first.
    pub sort: Vec<(RunColumn, bool)>,
    /// Conditions that all must hold.
    pub filter: Vec<(RunColumn, Comparison, Wanted)>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Row id.
    pub id: i64,
    /// Key.
    pub key: RunKey,
    /// All parameters.
    pub condition: Condition,
    /// Replicate, from 0.
    pub replicate: u32,
    /// State.
    pub state: RunState,
    /// Whether it is in the plan in force.
    pub in_plan: bool,
    /// Attempts so far.
    pub attempts: u32,
    /// Start of the last attempt, UTC µs.
    pub started_us: Option<i64>,
    /// Seconds of the last attempt.
    pub duration_s: Option<f64>,
    /// CPU seconds of the last attempt.
    pub cpu_s: Option<f64>,
    /// Failure class of the last attempt.
    pub failure: Option<String>,
}

/// SQL under construction: what is joined, and what is bound from the second parameter on.
#[derive(Default)]
struct Built {
    joins: String,
    metrics: Vec<String>,
    bound: Vec<Wanted>,
}

impl Built {
    fn bind(&mut self, value: Wanted) -> String {
        self.bound.push(value);
        format!("?{}", self.bound.len() + 1)
    }

    fn expression(&mut self, column: &RunColumn) -> String {
        match column {
            RunColumn::Order => "r.id".into(),
            RunColumn::Key => "lower(hex(r.key))".into(),
            RunColumn::State => "r.state".into(),
            RunColumn::Replicate => "r.replicate".into(),
            RunColumn::Attempts => "a.number".into(),
            RunColumn::Started => "a.started_us".into(),
            RunColumn::Duration => "a.duration_s".into(),
            RunColumn::Cpu => "a.cpu_s".into(),
            RunColumn::Failure => "a.failure_class".into(),
            RunColumn::Parameter(name) => {
                let path = self.bind(Wanted::Text(format!("$.\"{}\"", name.replace('"', ""))));
                format!("json_extract(k.parameters, {path})")
            }
            RunColumn::Metric(name) => {
                let at = self.metrics.iter().position(|m| m == name).unwrap_or_else(|| {
                    let (at, id) = (self.metrics.len(), self.bind(Wanted::Text(name.clone())));
                    let _ = write!(
                        self.joins,
                        " LEFT JOIN metric_value v{at} ON v{at}.run_id = r.id AND v{at}.kind = 0 AND v{at}.metric_id = \
                         (SELECT id FROM metric WHERE campaign_id = ?1 AND name = {id})"
                    );
                    self.metrics.push(name.clone());
                    at
                });
                format!("v{at}.value")
            }
            RunColumn::Resource(name) => {
                // Metrics and resources share the aliases, and may share a name.
                let key = format!("resource {name}");
                let at = self.metrics.iter().position(|m| *m == key).unwrap_or_else(|| {
                    let (at, id) = (self.metrics.len(), self.bind(Wanted::Text(name.clone())));
                    let _ = write!(
                        self.joins,
                        " LEFT JOIN attempt_resource v{at} ON v{at}.attempt_id = a.id AND v{at}.kind = 0 AND \
                         v{at}.name_id = (SELECT id FROM phrase WHERE text = {id})"
                    );
                    self.metrics.push(key);
                    at
                });
                format!("v{at}.value")
            }
        }
    }

    fn condition(&mut self, column: &RunColumn, comparison: Comparison, wanted: &Wanted) -> String {
        let left = self.expression(column);
        if comparison == Comparison::Contains {
            let text = match wanted {
                Wanted::Text(text) => text.clone(),
                Wanted::Number(x) => x.to_string(),
            };
            let right = self.bind(Wanted::Text(text));
            return format!("instr(lower(CAST({left} AS TEXT)), lower({right})) > 0");
        }
        let right = self.bind(wanted.clone());
        let sign = match comparison {
            Comparison::Is | Comparison::Contains => "IS",
            Comparison::IsNot => "IS NOT",
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
        };
        format!("{left} {sign} {right}")
    }
}

impl Store {
    /// A page of a campaign's runs, and how many rows there are in all.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn run_page(&self, campaign: i64, page: &RunPage) -> Result<(u64, Vec<RunRow>), StoreError> {
        let mut built = Built::default();
        let mut conditions = String::new();
        for (column, comparison, wanted) in &page.filter {
            let condition = built.condition(column, *comparison, wanted);
            let _ = write!(conditions, " AND {condition}");
        }
        let filtered = Built { bound: built.bound.clone(), metrics: built.metrics.clone(), joins: built.joins.clone() };
        let mut order = String::new();
        for (column, descending) in &page.sort {
            let expression = built.expression(column);
            // What is missing goes last, whichever way the rest is sorted.
            let way = if *descending { "DESC" } else { "ASC" };
            let _ = write!(order, "{expression} IS NULL, {expression} {way}, ");
        }
        let from = "FROM run r JOIN condition k ON k.id = r.condition_id";
        let count =
            format!("SELECT count(*) {from} {LAST_ATTEMPT}{} WHERE r.campaign_id = ?1{conditions}", filtered.joins);
        // As they ran, a page is found by the index alone; what sorts or filters has to look at every run.
        let (within, from) = if page.sort.is_empty() && page.filter.is_empty() {
            let page = format!(
                "(SELECT id FROM run INDEXED BY run_of_campaign WHERE campaign_id = ?1 ORDER BY id LIMIT {} OFFSET {})",
                page.limit, page.offset
            );
            (
                String::new(),
                format!("FROM {page} p JOIN run r ON r.id = p.id JOIN condition k ON k.id = r.condition_id"),
            )
        } else {
            (format!(" LIMIT {} OFFSET {}", page.limit, page.offset), from.to_owned())
        };
        let rows = format!(
            "SELECT r.id, r.key, k.parameters, r.replicate, r.state, r.in_plan, a.number, a.started_us, a.duration_s, \
             a.cpu_s, a.failure_class {from} {LAST_ATTEMPT}{} WHERE r.campaign_id = ?1{conditions} ORDER BY {order}r.id{within}",
            built.joins
        );
        self.read_snapshot(|raw| {
            let total = if page.filter.is_empty() {
                count_runs(raw, "SELECT count(*) FROM run WHERE campaign_id = ?1", campaign, &[])?
            } else {
                count_runs(raw, &count, campaign, &filtered.bound)?
            };
            Ok((total, read_rows(raw, &rows, campaign, &built.bound)?))
        })
        .await
    }

    /// Values of metrics in runs, as (row id of the run, its measurements): what a page shows besides.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn metric_values_of(
        &self,
        campaign: i64,
        metric: &str,
        runs: &[i64],
    ) -> Result<Vec<Option<MetricCell>>, StoreError> {
        self.cells(
            "SELECT v.kind, v.value, v.provenance, w.text FROM metric_value v \
             LEFT JOIN phrase w ON w.id = v.reason_id WHERE v.run_id = ?2 \
             AND v.metric_id = (SELECT id FROM metric WHERE campaign_id = ?1 AND name = ?3)",
            campaign,
            metric,
            runs,
        )
        .await
    }

    /// What the last attempts of these runs took of a resource, in the same order.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn resource_values_of(
        &self,
        campaign: i64,
        resource: &str,
        runs: &[i64],
    ) -> Result<Vec<Option<MetricCell>>, StoreError> {
        self.cells(
            "SELECT v.kind, v.value, v.provenance, w.text FROM run r \
             JOIN attempt a ON a.run_id = r.id \
             AND a.number = (SELECT max(number) FROM attempt WHERE run_id = r.id) \
             JOIN attempt_resource v ON v.attempt_id = a.id LEFT JOIN phrase w ON w.id = v.reason_id \
             WHERE r.campaign_id = ?1 AND r.id = ?2 AND v.name_id = (SELECT id FROM phrase WHERE text = ?3)",
            campaign,
            resource,
            runs,
        )
        .await
    }

    async fn cells(
        &self,
        query: &str,
        campaign: i64,
        name: &str,
        runs: &[i64],
    ) -> Result<Vec<Option<MetricCell>>, StoreError> {
        self.read_snapshot(|raw| {
            let mut cells = Vec::with_capacity(runs.len());
            for run in runs {
                let mut s = raw.statement(query)?;
                s.bind_all(&[Bind::Int(campaign), Bind::Int(*run), Bind::Text(name)])?;
                cells.push(if s.step()? {
                    Some(MetricCell {
                        value: s.optional_real(1),
                        censored: s.int(0) == 1,
                        provenance: ["measured", "derived", "estimated", "simulated"][s.int(2).clamp(0, 3) as usize],
                        reason: s.optional_text(3),
                    })
                } else {
                    None
                });
            }
            Ok(cells)
        })
        .await
    }
}

/// A metric's value in a run, as a table shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricCell {
    /// The value; `None` where it is undefined or unavailable.
    pub value: Option<f64>,
    /// Whether the value is only a bound.
    pub censored: bool,
    /// Name of its provenance.
    pub provenance: &'static str,
    /// Why there is no value.
    pub reason: Option<String>,
}

fn binds<'a>(campaign: i64, bound: &'a [Wanted]) -> Vec<Bind<'a>> {
    std::iter::once(Bind::Int(campaign))
        .chain(bound.iter().map(|b| match b {
            Wanted::Number(x) => Bind::Real(*x),
            Wanted::Text(s) => Bind::Text(s),
        }))
        .collect()
}

fn count_runs(raw: &Raw, sql: &str, campaign: i64, bound: &[Wanted]) -> Result<u64, StoreError> {
    let mut s = raw.statement(sql)?;
    s.bind_all(&binds(campaign, bound))?;
    Ok(if s.step()? { s.int(0).unsigned_abs() } else { 0 })
}

fn read_rows(raw: &Raw, sql: &str, campaign: i64, bound: &[Wanted]) -> Result<Vec<RunRow>, StoreError> {
    let mut s = raw.statement(sql)?;
    s.bind_all(&binds(campaign, bound))?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(RunRow {
            id: s.int(0),
            key: digest(s.blob(1))?,
            condition: serde_json::from_str(&s.text(2))
                .map_err(|e| StoreError::Internal(format!("a condition can't be read: {e}")))?,
            replicate: s.int(3) as u32,
            state: state(&s.text(4))?,
            in_plan: s.int(5) != 0,
            attempts: s.int(6) as u32,
            started_us: s.optional_int(7),
            duration_s: s.optional_real(8),
            cpu_s: s.optional_real(9),
            failure: s.optional_text(10),
        });
    }
    Ok(found)
}

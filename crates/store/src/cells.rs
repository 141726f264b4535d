//! How far each condition is: what a heat map shows while a campaign runs.

use ergon_domain::Digest;

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::Bind;

/// A condition's runs in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct CellCounts {
    /// The phase.
    pub phase: String,
    /// Digest of the condition.
    pub condition: Digest,
    /// Runs that succeeded.
    pub succeeded: u64,
    /// Runs whose last attempt failed.
    pub failed: u64,
    /// Runs executing, by the record; their engine may be dead.
    pub running: u64,
    /// Values of the metric.
    pub values: u64,
    /// Their mean.
    pub mean: Option<f64>,
}

impl Store {
    /// Counts of runs in the plan by phase and condition, with the mean of a metric.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn cell_counts(&self, campaign: i64, metric: Option<&str>) -> Result<Vec<CellCounts>, StoreError> {
        self.read_snapshot(|raw| {
            let mut s = raw.statement(
                "SELECT p.phase, k.digest, sum(r.state = 'succeeded'), sum(r.state = 'failed'), sum(r.state = 'running'), \
                 count(v.value), avg(v.value) FROM run r JOIN run_phase p ON p.run_id = r.id \
                 JOIN condition k ON k.id = r.condition_id LEFT JOIN metric_value v ON v.run_id = r.id AND v.kind = 0 \
                 AND r.state = 'succeeded' \
                 AND v.metric_id = (SELECT id FROM metric WHERE campaign_id = ?1 AND name = ?2) \
                 WHERE r.campaign_id = ?1 AND r.in_plan = 1 GROUP BY p.phase, r.condition_id",
            )?;
            s.bind_all(&[Bind::Int(campaign), Bind::text(metric)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(CellCounts {
                    phase: s.text(0),
                    condition: digest(s.blob(1))?,
                    succeeded: s.int(2).unsigned_abs(),
                    failed: s.int(3).unsigned_abs(),
                    running: s.int(4).unsigned_abs(),
                    values: s.int(5).unsigned_abs(),
                    mean: s.optional_real(6),
                });
            }
            Ok(found)
        })
        .await
    }
}

//! The store's side of the `RunLog` port.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use ergon_domain::{ControlCommand, RunKey, RunLog, RunLogBatch, RunLogError};

use crate::error::StoreError;
use crate::lease::{Lease, check_lease};
use crate::open::Store;
use crate::record::{Batch, Known};

struct StoreLog {
    store: Store,
    slug: String,
    lease: Lease,
    revision: u32,
    workload_version: u32,
    phases: Arc<[String]>,
    known: Arc<Mutex<Known>>,
}

impl Store {
    /// The log an engine writes through while it holds the lease. `phases`: names by position in the spec.
    pub fn run_log(
        &self,
        slug: &str,
        lease: &Lease,
        revision: u32,
        workload_version: u32,
        phases: Vec<String>,
    ) -> Arc<dyn RunLog> {
        Arc::new(StoreLog {
            store: self.clone(),
            slug: slug.to_owned(),
            lease: lease.clone(),
            revision,
            workload_version,
            phases: phases.into(),
            known: Arc::default(),
        })
    }
}

fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64)
}

impl StoreLog {
    fn told(&self, error: StoreError) -> RunLogError {
        match error {
            StoreError::LeaseLost => RunLogError::LeaseLost { campaign: self.slug.clone() },
            other => RunLogError::Store(other.to_string()),
        }
    }
}

#[async_trait]
impl RunLog for StoreLog {
    async fn record(&self, batch: RunLogBatch) -> Result<(), RunLogError> {
        let (lease, revision, version) = (self.lease.clone(), self.revision, self.workload_version);
        let (phases, known) = (self.phases.clone(), self.known.clone());
        let learned = self
            .store
            .writer
            .write(move |raw| {
                check_lease(raw, &lease)?;
                let guard = known.lock().unwrap_or_else(PoisonError::into_inner);
                let mut writing = Batch {
                    raw,
                    campaign: lease.campaign,
                    revision,
                    version,
                    phases: &phases,
                    known: &guard,
                    new: Known::default(),
                    values: Vec::new(),
                    order: Vec::new(),
                    next: 0,
                };
                writing.write(&batch)?;
                let ended: Vec<RunKey> = batch.ends.iter().map(|e| e.key).collect();
                Ok((writing.new, ended))
            })
            .await;
        let (new, ended) = learned.map_err(|e| self.told(e))?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.conditions.extend(new.conditions);
        known.metrics.extend(new.metrics);
        known.phrases.extend(new.phrases);
        known.open.extend(new.open);
        known.session = new.session.or(known.session);
        for key in ended {
            known.open.remove(&key);
        }
        Ok(())
    }

    async fn heartbeat(&self) -> Result<Vec<ControlCommand>, RunLogError> {
        self.store.beat(self.lease.clone(), now_us()).await.map_err(|e| self.told(e))
    }
}

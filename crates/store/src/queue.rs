//! The queue of campaigns, and what other processes ask of the engine that holds one.

use ergon_domain::ControlCommand;

use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};

/// Where a campaign stands in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// Id of the spec.
    pub slug: String,
    /// Higher goes first.
    pub priority: i64,
}

/// Queued campaigns whose dependencies have finished: highest priority first, then the oldest.
const IN_ORDER: &str = "SELECT c.slug, c.priority FROM campaign c LEFT JOIN campaign d ON d.id = c.depends_on \
     WHERE c.state = 'queued' AND c.trashed_us IS NULL AND (d.id IS NULL OR d.state = 'finished') \
     ORDER BY c.priority DESC, c.id";

fn queued(raw: &Raw) -> Result<Vec<QueueEntry>, StoreError> {
    let mut s = raw.statement(IN_ORDER)?;
    let mut found = Vec::new();
    while s.step()? {
        found.push(QueueEntry { slug: s.text(0), priority: s.int(1) });
    }
    Ok(found)
}

impl Store {
    /// Puts a campaign in the queue.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn enqueue(&self, campaign: i64, priority: i64, depends_on: Option<i64>) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE campaign SET state = 'queued', priority = ?2, depends_on = ?3 WHERE id = ?1",
                    &[Bind::Int(campaign), Bind::Int(priority), Bind::int(depends_on)],
                )
            })
            .await
    }

    /// The next campaign to run: highest priority first, then the oldest, dependencies finished.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn next_queued(&self) -> Result<Option<QueueEntry>, StoreError> {
        Ok(self.queued().await?.into_iter().next())
    }

    /// The queued campaigns that could run now, the next first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn queued(&self) -> Result<Vec<QueueEntry>, StoreError> {
        self.read(queued).await
    }

    /// Asks the engine that holds the campaign for something.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn ask(&self, campaign: i64, command: ControlCommand, now_us: i64) -> Result<(), StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "INSERT INTO control (campaign_id, command, asked_us) VALUES (?1, ?2, ?3)",
                    &[Bind::Int(campaign), Bind::Text(command.name()), Bind::Int(now_us)],
                )
            })
            .await
    }

    /// Queues the failed runs of a campaign that no engine holds; returns how many.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn requeue_failed(&self, campaign: i64) -> Result<u64, StoreError> {
        self.writer
            .write(move |raw| {
                raw.execute(
                    "UPDATE run SET state = 'queued' WHERE campaign_id = ?1 AND state = 'failed' AND in_plan = 1",
                    &[Bind::Int(campaign)],
                )?;
                Ok(raw.changes())
            })
            .await
    }
}

//! Which engine holds a campaign, and what becomes of a dead one's attempts.

use ergon_domain::{CampaignState, ControlCommand, RunKey};

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::{Store, findings};
use crate::raw::{Bind, Raw};

/// An engine, told apart from a later process with the same number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// Unique text, also in the environment of every program it starts.
    pub token: String,
    /// Process number.
    pub pid: u32,
    /// Start of the process in clock ticks since boot.
    pub start_ticks: u64,
    /// Boot it lives in.
    pub boot_id: String,
    /// Host name.
    pub host: String,
}

/// A campaign held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Row id of the campaign.
    pub campaign: i64,
    /// Token of the engine that holds it.
    pub token: String,
}

/// What a dead engine left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Runs whose attempts were executing; they are queued again.
    pub interrupted: Vec<RunKey>,
    /// Token of the dead engine, by which its programs are found.
    pub dead_token: Option<String>,
}

/// An engine of another host is taken for dead after so long without a heartbeat.
const STALE_US: i64 = 60_000_000;

fn holder(raw: &Raw, campaign: i64) -> Result<Option<(Engine, i64)>, StoreError> {
    let mut s =
        raw.statement("SELECT token, pid, start_ticks, boot_id, host, heartbeat_us FROM lease WHERE campaign_id = ?1")?;
    s.bind_all(&[Bind::Int(campaign)])?;
    Ok(s.step()?.then(|| {
        let engine = Engine {
            token: s.text(0),
            pid: s.int(1) as u32,
            start_ticks: s.int(2) as u64,
            boot_id: s.text(3),
            host: s.text(4),
        };
        (engine, s.int(5))
    }))
}

impl Store {
    /// Takes a campaign for an engine. `is_alive` tells whether another engine still runs (`None`: another host's).
    ///
    /// # Errors
    /// A living engine holds it; a dead one left a damaged file; the store can't be written.
    pub async fn acquire(
        &self,
        campaign: i64,
        slug: &str,
        engine: Engine,
        is_alive: impl FnOnce(&Engine) -> Option<bool> + Send + 'static,
        now_us: i64,
    ) -> Result<(Lease, Recovery), StoreError> {
        let slug = slug.to_owned();
        self.writer
            .write(move |raw| {
                let mut recovery = Recovery::default();
                if let Some((other, heartbeat_us)) = holder(raw, campaign)? {
                    if is_alive(&other).unwrap_or(now_us - heartbeat_us < STALE_US) {
                        return Err(StoreError::Held { campaign: slug, pid: other.pid, host: other.host });
                    }
                    recovery.dead_token = Some(other.token);
                    // An unclean exit: nothing is built on a file that is not sound.
                    if let Some(first) = findings(raw, "PRAGMA quick_check")?.into_iter().next() {
                        return Err(StoreError::Damaged(first));
                    }
                }
                recovery.interrupted = close_orphans(raw, campaign, now_us)?;
                raw.execute(
                    "INSERT OR REPLACE INTO lease (campaign_id, token, pid, start_ticks, boot_id, host, heartbeat_us) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    &[
                        Bind::Int(campaign),
                        Bind::Text(&engine.token),
                        Bind::Int(engine.pid.into()),
                        Bind::Int(engine.start_ticks as i64),
                        Bind::Text(&engine.boot_id),
                        Bind::Text(&engine.host),
                        Bind::Int(now_us),
                    ],
                )?;
                // What was asked of an engine that is gone is not asked of this one.
                raw.execute(
                    "UPDATE control SET taken_us = ?2 WHERE campaign_id = ?1 AND taken_us IS NULL",
                    &[Bind::Int(campaign), Bind::Int(now_us)],
                )?;
                Ok((Lease { campaign, token: engine.token }, recovery))
            })
            .await
    }

    /// Gives a campaign back. The time since the last heartbeat counts as held.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn release(&self, lease: &Lease, now_us: i64) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.writer
            .write(move |raw| {
                count_held(raw, &lease, now_us)?;
                raw.execute(
                    "DELETE FROM lease WHERE campaign_id = ?1 AND token = ?2",
                    &[Bind::Int(lease.campaign), Bind::Text(&lease.token)],
                )
            })
            .await
    }

    /// The engine that holds a campaign, by the record; it may be dead.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn holder(&self, campaign: i64) -> Result<Option<Engine>, StoreError> {
        self.read(|raw| Ok(holder(raw, campaign)?.map(|(engine, _)| engine))).await
    }

    pub(crate) async fn beat(&self, lease: Lease, now_us: i64) -> Result<Vec<ControlCommand>, StoreError> {
        self.writer
            .write(move |raw| {
                check_lease(raw, &lease)?;
                count_held(raw, &lease, now_us)?;
                raw.execute(
                    "UPDATE lease SET heartbeat_us = ?2 WHERE campaign_id = ?1",
                    &[Bind::Int(lease.campaign), Bind::Int(now_us)],
                )?;
                let mut commands = Vec::new();
                {
                    let mut s = raw.statement(
                        "SELECT command FROM control WHERE campaign_id = ?1 AND taken_us IS NULL ORDER BY id",
                    )?;
                    s.bind_all(&[Bind::Int(lease.campaign)])?;
                    while s.step()? {
                        commands.extend(command(&s.text(0)));
                    }
                }
                if !commands.is_empty() {
                    raw.execute(
                        "UPDATE control SET taken_us = ?2 WHERE campaign_id = ?1 AND taken_us IS NULL",
                        &[Bind::Int(lease.campaign), Bind::Int(now_us)],
                    )?;
                }
                for asked in &commands {
                    let state = match asked {
                        ControlCommand::Pause => CampaignState::Paused,
                        ControlCommand::Resume => CampaignState::Running,
                        ControlCommand::Stop | ControlCommand::Retry => continue,
                    };
                    raw.execute(
                        "UPDATE campaign SET state = ?2 WHERE id = ?1",
                        &[Bind::Int(lease.campaign), Bind::Text(state.name())],
                    )?;
                }
                Ok(commands)
            })
            .await
    }
}

/// Longest time between two heartbeats that counts as held: beyond it the machine slept or its clock was set.
const LONGEST_BEAT_US: i64 = 60_000_000;

/// Adds the time since the last heartbeat to that for which engines have held the campaign.
fn count_held(raw: &Raw, lease: &Lease, now_us: i64) -> Result<(), StoreError> {
    raw.execute(
        "UPDATE campaign SET held_us = held_us + coalesce((SELECT max(0, min(?3 - heartbeat_us, ?4)) FROM lease \
         WHERE campaign_id = ?1 AND token = ?2), 0) WHERE id = ?1",
        &[Bind::Int(lease.campaign), Bind::Text(&lease.token), Bind::Int(now_us), Bind::Int(LONGEST_BEAT_US)],
    )
}

fn command(name: &str) -> Option<ControlCommand> {
    [ControlCommand::Pause, ControlCommand::Resume, ControlCommand::Stop, ControlCommand::Retry]
        .into_iter()
        .find(|c| c.name() == name)
}

/// Fails unless the lease is still ours.
pub(crate) fn check_lease(raw: &Raw, lease: &Lease) -> Result<(), StoreError> {
    let mut s = raw.statement("SELECT token = ?2 FROM lease WHERE campaign_id = ?1")?;
    s.bind_all(&[Bind::Int(lease.campaign), Bind::Text(&lease.token)])?;
    if s.step()? && s.int(0) == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

fn close_orphans(raw: &Raw, campaign: i64, now_us: i64) -> Result<Vec<RunKey>, StoreError> {
    let mut open = Vec::new();
    {
        let mut s = raw.statement(
            "SELECT a.id, r.id, r.key FROM attempt a JOIN run r ON r.id = a.run_id \
             WHERE a.state = 'running' AND r.campaign_id = ?1 ORDER BY a.id",
        )?;
        s.bind_all(&[Bind::Int(campaign)])?;
        while s.step()? {
            open.push((s.int(0), s.int(1), digest(s.blob(2))?));
        }
    }
    for (attempt, run, _) in &open {
        raw.execute(
            "UPDATE attempt SET state = 'failed', failure_class = 'interrupted', ended_us = ?2, \
             message = 'the engine ended while the attempt was executing' WHERE id = ?1",
            &[Bind::Int(*attempt), Bind::Int(now_us)],
        )?;
        raw.execute("UPDATE run SET state = 'queued' WHERE id = ?1", &[Bind::Int(*run)])?;
    }
    Ok(open.into_iter().map(|(_, _, key)| key).collect())
}

//! Reading what sessions recorded of energy, and what attempts took.

use std::collections::BTreeMap;

use ergon_domain::{EnergyMode, EnergySamples, EnergyWindow, EnergyWindowKind, Measurement, RunKey};

use crate::campaigns::digest;
use crate::error::StoreError;
use crate::open::Store;
use crate::raw::{Bind, Raw};
use crate::runs::LAST_ATTEMPT;
use crate::values::measurement;

/// A session in which energy was read.
#[derive(Clone, Debug, PartialEq)]
pub struct EnergySessionRecord {
    /// Row id.
    pub id: i64,
    /// How energy was measured.
    pub mode: EnergyMode,
    /// UTC µs.
    pub started_us: i64,
    /// JSON: what was read and where.
    pub sensors: String,
    /// Its windows in order.
    pub windows: Vec<EnergyWindow>,
}

/// What the last attempt of a run took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunResources {
    /// Energy, temperature, counters.
    pub measurements: Vec<Measurement>,
    /// Session (row id) and number of the block it ended in, where energy is taken per block.
    pub block: Option<(i64, u32)>,
}

pub(crate) const VALUES: &str = "n.text, v.kind, v.value, v.provenance, v.lo, v.hi, s.text, w.text, f.text";
pub(crate) const PHRASES: &str = "JOIN phrase n ON n.id = v.name_id LEFT JOIN phrase s ON s.id = v.source_id \
     LEFT JOIN phrase w ON w.id = v.reason_id LEFT JOIN phrase f ON f.id = v.flags_id";

impl Store {
    /// The sessions of a campaign in which energy was read, oldest first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn energy_sessions(&self, campaign: i64) -> Result<Vec<EnergySessionRecord>, StoreError> {
        self.read_snapshot(|raw| sessions(raw, campaign)).await
    }

    /// How energy was measured in the sessions of a campaign.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn energy_modes(&self, campaign: i64) -> Result<Vec<EnergyMode>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement("SELECT DISTINCT mode FROM energy_session WHERE campaign_id = ?1")?;
            s.bind_all(&[Bind::Int(campaign)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.extend(s.text(0).parse::<EnergyMode>().ok());
            }
            Ok(found)
        })
        .await
    }

    /// What the last attempt of each run took, where anything is known.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn resources(&self, campaign: i64) -> Result<BTreeMap<RunKey, RunResources>, StoreError> {
        self.read_snapshot(|raw| resources(raw, campaign)).await
    }

    /// What one attempt of a run took.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn attempt_resources(&self, run: i64, attempt: u32) -> Result<Vec<Measurement>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(&format!(
                "SELECT {VALUES} FROM attempt_resource v {PHRASES} JOIN attempt a ON a.id = v.attempt_id \
                 WHERE a.run_id = ?1 AND a.number = ?2 ORDER BY v.name_id"
            ))?;
            s.bind_all(&[Bind::Int(run), Bind::Int(attempt.into())])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(measurement(&s, 0));
            }
            Ok(found)
        })
        .await
    }

    /// Power samples of a session, oldest first.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn energy_samples(&self, session: i64) -> Result<Vec<EnergySamples>, StoreError> {
        self.read(|raw| {
            let mut s = raw.statement(
                "SELECT number, first_us, samples, bytes FROM energy_samples WHERE session_id = ?1 ORDER BY number",
            )?;
            s.bind_all(&[Bind::Int(session)])?;
            let mut found = Vec::new();
            while s.step()? {
                found.push(EnergySamples {
                    number: s.int(0) as u32,
                    first_us: s.int(1),
                    samples: s.int(2) as u32,
                    bytes: s.blob(3).to_vec(),
                });
            }
            Ok(found)
        })
        .await
    }
}

fn sessions(raw: &Raw, campaign: i64) -> Result<Vec<EnergySessionRecord>, StoreError> {
    let mut s =
        raw.statement("SELECT id, mode, started_us, sensors FROM energy_session WHERE campaign_id = ?1 ORDER BY id")?;
    s.bind_all(&[Bind::Int(campaign)])?;
    let mut found = Vec::new();
    while s.step()? {
        let mode = s.text(1);
        found.push(EnergySessionRecord {
            id: s.int(0),
            mode: mode.parse().map_err(|()| StoreError::Internal(format!("unknown energy mode '{mode}'")))?,
            started_us: s.int(2),
            sensors: s.text(3),
            windows: windows(raw, s.int(0))?,
        });
    }
    Ok(found)
}

fn windows(raw: &Raw, session: i64) -> Result<Vec<EnergyWindow>, StoreError> {
    let mut s = raw.statement(&format!(
        "SELECT e.number, e.kind, e.started_us, e.duration_s, e.attempts, {VALUES} FROM energy_window e \
         LEFT JOIN window_resource v ON v.window_id = e.id LEFT {PHRASES} \
         WHERE e.session_id = ?1 ORDER BY e.number, v.name_id"
    ))?;
    s.bind_all(&[Bind::Int(session)])?;
    let mut found: Vec<EnergyWindow> = Vec::new();
    while s.step()? {
        let number = s.int(0) as u32;
        if found.last().is_none_or(|w| w.number != number) {
            let kind = s.text(1);
            let kinds = [
                EnergyWindowKind::BaselineBefore,
                EnergyWindowKind::Block,
                EnergyWindowKind::BaselineAfter,
                EnergyWindowKind::Session,
                EnergyWindowKind::SoFar,
            ];
            let known = kinds.into_iter().find(|k| k.name() == kind);
            found.push(EnergyWindow {
                number,
                kind: known.ok_or_else(|| StoreError::Internal(format!("unknown energy window '{kind}'")))?,
                started_us: s.int(2),
                duration_s: s.real(3),
                attempts: s.int(4).unsigned_abs(),
                measurements: Vec::new(),
            });
        }
        if let (Some(window), Some(_)) = (found.last_mut(), s.optional_text(5)) {
            window.measurements.push(measurement(&s, 5));
        }
    }
    Ok(found)
}

fn resources(raw: &Raw, campaign: i64) -> Result<BTreeMap<RunKey, RunResources>, StoreError> {
    let mut found: BTreeMap<RunKey, RunResources> = BTreeMap::new();
    {
        let mut s = raw.statement(&format!(
            "SELECT r.key, a.energy_session, a.energy_block FROM run r {LAST_ATTEMPT} \
             WHERE r.campaign_id = ?1 AND a.energy_block IS NOT NULL"
        ))?;
        s.bind_all(&[Bind::Int(campaign)])?;
        while s.step()? {
            found.entry(digest(s.blob(0))?).or_default().block = Some((s.int(1), s.int(2) as u32));
        }
    }
    let mut s = raw.statement(&format!(
        "SELECT r.key, {VALUES} FROM run r {LAST_ATTEMPT} JOIN attempt_resource v ON v.attempt_id = a.id {PHRASES} \
         WHERE r.campaign_id = ?1 ORDER BY r.id, v.name_id"
    ))?;
    s.bind_all(&[Bind::Int(campaign)])?;
    while s.step()? {
        found.entry(digest(s.blob(0))?).or_default().measurements.push(measurement(&s, 1));
    }
    Ok(found)
}

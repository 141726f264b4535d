//! Writing what a session says of energy: the session, its windows, samples, and the resources of attempts.

use ergon_domain::{EnergyEntry, EnergyMode, EnergySamples, EnergyWindow, EnergyWindowKind, Measurement};

use crate::error::StoreError;
use crate::raw::Bind;
use crate::record::Batch;

impl Batch<'_> {
    /// Sessions before the attempts that end in them.
    pub(crate) fn energy_sessions(&mut self, entries: &[EnergyEntry]) -> Result<(), StoreError> {
        for entry in entries {
            if let EnergyEntry::Session { marker, mode, started_us, sensors } = entry {
                self.energy_session(marker, *mode, *started_us, sensors)?;
            }
        }
        Ok(())
    }

    fn energy_session(
        &mut self,
        marker: &str,
        mode: EnergyMode,
        started_us: i64,
        sensors: &str,
    ) -> Result<(), StoreError> {
        let id = self.upsert(
            "INSERT INTO energy_session (campaign_id, marker, mode, started_us, sensors) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (marker) DO UPDATE SET mode = ?3 RETURNING id",
            &[
                Bind::Int(self.campaign),
                Bind::Text(marker),
                Bind::Text(mode.name()),
                Bind::Int(started_us),
                Bind::Text(sensors),
            ],
        )?;
        self.new.session = Some(id);
        Ok(())
    }

    /// The session that this log's engine has begun.
    pub(crate) fn session(&self) -> Option<i64> {
        self.new.session.or(self.known.session)
    }

    /// Windows and samples. What was written before under the same number stays as it is.
    pub(crate) fn energy_entries(&mut self, entries: &[EnergyEntry]) -> Result<(), StoreError> {
        for entry in entries {
            match entry {
                EnergyEntry::Session { .. } => {}
                EnergyEntry::Window(window) => self.energy_window(window)?,
                EnergyEntry::Samples(samples) => self.energy_samples(samples)?,
            }
        }
        Ok(())
    }

    fn begun(&self) -> Result<i64, StoreError> {
        self.session().ok_or_else(|| StoreError::Internal("energy was recorded before its session".into()))
    }

    fn energy_window(&mut self, window: &EnergyWindow) -> Result<(), StoreError> {
        let session = self.begun()?;
        if matches!(window.kind, EnergyWindowKind::SoFar | EnergyWindowKind::Session) {
            self.forget_so_far(session)?;
        }
        self.raw.execute(
            "INSERT OR IGNORE INTO energy_window (session_id, number, kind, started_us, duration_s, attempts) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[
                Bind::Int(session),
                Bind::Int(window.number.into()),
                Bind::Text(window.kind.name()),
                Bind::Int(window.started_us),
                Bind::Real(window.duration_s),
                Bind::Int(window.attempts as i64),
            ],
        )?;
        if self.raw.changes() == 0 {
            return Ok(());
        }
        let id = self.raw.last_id();
        self.resources("window_resource", "window_id", id, &window.measurements)
    }

    fn forget_so_far(&self, session: i64) -> Result<(), StoreError> {
        let so_far = [Bind::Int(session), Bind::Text(EnergyWindowKind::SoFar.name())];
        self.raw.execute(
            "DELETE FROM window_resource WHERE window_id IN \
             (SELECT id FROM energy_window WHERE session_id = ?1 AND kind = ?2)",
            &so_far,
        )?;
        self.raw.execute("DELETE FROM energy_window WHERE session_id = ?1 AND kind = ?2", &so_far)
    }

    fn energy_samples(&mut self, samples: &EnergySamples) -> Result<(), StoreError> {
        let session = self.begun()?;
        self.raw.execute(
            "INSERT OR IGNORE INTO energy_samples (session_id, number, first_us, samples, bytes) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                Bind::Int(session),
                Bind::Int(samples.number.into()),
                Bind::Int(samples.first_us),
                Bind::Int(samples.samples.into()),
                Bind::Blob(&samples.bytes),
            ],
        )
    }

    /// Resources of an attempt or a window.
    pub(crate) fn resources(
        &mut self,
        table: &str,
        owner: &str,
        id: i64,
        resources: &[Measurement],
    ) -> Result<(), StoreError> {
        if resources.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(resources.len());
        for m in resources {
            let name = self.phrase(m.metric.as_str())?;
            rows.push(self.row(name, id, m)?);
        }
        let mut insert = self.raw.statement(&format!(
            "INSERT OR IGNORE INTO {table} (name_id, {owner}, kind, value, provenance, lo, hi, source_id, reason_id, \
             flags_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        ))?;
        for row in &rows {
            insert.run(&row.binds())?;
        }
        Ok(())
    }
}

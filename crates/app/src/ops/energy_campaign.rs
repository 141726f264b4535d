//! `energy_sessions`, `energy_trace`, `energy_footprint`: what a campaign took, a run's trace, carbon and water.

use ergon_domain::{Measurement, Observed, Provenance};
use ergon_energy::{GridFactor, Site, footprint, grid_factors, regions, unpack};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::energy::{energy_of, value, whole_of};
use crate::error::AppError;
use crate::ops::grid::shown;
use crate::select::{utc, utc_millis};

/// Which campaign.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct EnergySessionsRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
}

/// Something that was read or worked out, with all one must know to believe it.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ResourceInfo {
    /// Name, which ends in its unit.
    pub name: String,
    /// The number; `None`: not known, and `reason` says why.
    pub value: Option<f64>,
    /// The number as it is shown; empty where there is none.
    pub display: String,
    /// Both bounds as they are shown; empty where there are none.
    pub bounds: String,
    /// Lower bound.
    pub lo: Option<f64>,
    /// Upper bound.
    pub hi: Option<f64>,
    /// `measured`, `derived`, `estimated` or `simulated`.
    pub provenance: String,
    /// The rule or estimator.
    pub source: Option<String>,
    /// Why there is no number.
    pub reason: Option<String>,
    /// What to know.
    pub flags: Vec<String>,
}

impl From<&Measurement> for ResourceInfo {
    fn from(m: &Measurement) -> Self {
        Self {
            name: m.metric.to_string(),
            value: value(m),
            display: value(m).and_then(shown).unwrap_or_default(),
            bounds: m
                .lo
                .zip(m.hi)
                .and_then(|(lo, hi)| Some(format!("{} to {}", shown(lo)?, shown(hi)?)))
                .unwrap_or_default(),
            lo: m.lo,
            hi: m.hi,
            provenance: m.provenance.name().into(),
            source: m.provenance.source().map(Into::into),
            reason: match &m.observed {
                Observed::Undefined(why) | Observed::Unavailable(why) => Some(why.to_string()),
                _ => None,
            },
            flags: m.flags.0.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A stretch of a session.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct EnergyWindowInfo {
    /// `baseline_before`, `block`, `baseline_after` or `session`.
    pub kind: String,
    /// Start (UTC, RFC 3339).
    pub started_at: String,
    /// Seconds.
    pub duration_s: f64,
    /// Attempts that ended in it.
    pub attempts: u64,
    /// What was read.
    pub resources: Vec<ResourceInfo>,
}

/// An engine's session.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct EnergySessionInfo {
    /// Its number, to ask for its trace.
    pub session: i64,
    /// `campaign`, `concurrent` or `exclusive`.
    pub mode: String,
    /// Start (UTC, RFC 3339).
    pub started_at: String,
    /// What was read and where, and why the rest was not.
    pub sensors: serde_json::Value,
    /// Its windows.
    pub windows: Vec<EnergyWindowInfo>,
}

/// What a campaign took.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct EnergySessionsReply {
    /// Campaign id.
    pub campaign: String,
    /// Its sessions, oldest first.
    pub sessions: Vec<EnergySessionInfo>,
}

/// What a campaign took, session by session.
///
/// # Errors
/// No such campaign.
pub async fn energy_sessions(app: &App, request: EnergySessionsRequest) -> Result<EnergySessionsReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let stored = app.store().await?.energy_sessions(record.id).await?;
    let sessions = stored.iter().map(|s| EnergySessionInfo {
        session: s.id,
        mode: s.mode.name().into(),
        started_at: utc(s.started_us),
        sensors: serde_json::from_str(&s.sensors).unwrap_or_default(),
        windows: s
            .windows
            .iter()
            .map(|w| EnergyWindowInfo {
                kind: w.kind.name().into(),
                started_at: utc_millis(w.started_us),
                duration_s: w.duration_s,
                attempts: w.attempts,
                resources: w.measurements.iter().map(ResourceInfo::from).collect(),
            })
            .collect(),
    });
    Ok(EnergySessionsReply { campaign: record.slug, sessions: sessions.collect() })
}

/// Which run's trace.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct EnergyTraceRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// The run's id, or its beginning.
    pub run: String,
}

/// Power at a moment.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct TracePoint {
    /// Seconds since the run's last attempt began (wall clock).
    pub at_s: f64,
    /// Watts by channel, as in `channels`; `None` where a reading failed.
    pub power_w: Vec<Option<f64>>,
}

/// A run's trace.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct EnergyTraceReply {
    /// The channels, as the session described them.
    pub channels: serde_json::Value,
    /// Samples during the last attempt, in order; empty where none were kept.
    pub points: Vec<TracePoint>,
    /// What the attempt took.
    pub resources: Vec<ResourceInfo>,
}

/// Power during the last attempt of a run.
///
/// # Errors
/// No such campaign or run.
pub async fn energy_trace(app: &App, request: EnergyTraceRequest) -> Result<EnergyTraceReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let run = store.one_run(record.id, &request.run).await?;
    let attempts = store.attempts(record.id, &run.key).await?;
    let Some(last) = attempts.last() else {
        return Err(AppError::input("no_such_run", "the run has no attempt").field("run"));
    };
    let resources = store.attempt_resources(run.id, last.number).await?;
    let (from, to) = (last.started_us, last.ended_us.unwrap_or(i64::MAX));
    let mut reply = EnergyTraceReply {
        channels: serde_json::Value::Array(Vec::new()),
        points: Vec::new(),
        resources: resources.iter().map(ResourceInfo::from).collect(),
    };
    for session in store.energy_sessions(record.id).await?.iter().filter(|s| s.started_us <= to) {
        let mut points = Vec::new();
        for chunk in store.energy_samples(session.id).await? {
            let samples = unpack(chunk.first_us, &chunk.bytes).unwrap_or_default();
            points.extend(samples.into_iter().filter(|(at, _)| (from..=to).contains(at)));
        }
        if !points.is_empty() {
            let sensors: serde_json::Value = serde_json::from_str(&session.sensors).unwrap_or_default();
            reply.channels = sensors.get("channels").cloned().unwrap_or_default();
            let point = |(at, power_w): (i64, _)| TracePoint { at_s: (at - from) as f64 * 1e-6, power_w };
            reply.points = points.into_iter().map(point).collect();
        }
    }
    Ok(reply)
}

/// Whose footprint, and where.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct FootprintRequest {
    /// A campaign's energy …
    pub campaign: Option<String>,
    /// … or so many joules.
    pub energy_j: Option<f64>,
    /// Country code, or `WORLD`.
    pub region: String,
    /// Power usage effectiveness; 1 for a machine under a desk.
    pub pue: f64,
    /// Water used on site, litres per kWh.
    pub wue_l_per_kwh: f64,
    /// The machine's making, kg CO2e.
    pub embodied_kg: Option<f64>,
    /// The machine's life, years.
    pub life_years: f64,
}

impl Default for FootprintRequest {
    fn default() -> Self {
        let region = "WORLD".into();
        Self {
            campaign: None,
            energy_j: None,
            region,
            pue: 1.0,
            wue_l_per_kwh: 0.0,
            embodied_kg: None,
            life_years: 4.0,
        }
    }
}

/// A value of the table of record.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct GridFactorInfo {
    /// `carbon` or `water`.
    pub kind: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// The year it is about.
    pub year: u16,
    /// What it covers.
    pub scope: String,
    /// Who says so, and where.
    pub source: String,
    /// Under which licence.
    pub licence: String,
    /// Whether it was compared with the publisher's own file.
    pub verified: bool,
}

impl From<GridFactor> for GridFactorInfo {
    fn from(f: GridFactor) -> Self {
        Self {
            kind: f.kind.into(),
            value: f.value,
            unit: f.unit.into(),
            year: f.year,
            scope: f.scope.into(),
            source: format!("{}; {}", f.source, f.url),
            licence: f.licence.into(),
            verified: f.verified,
        }
    }
}

/// Carbon and water.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FootprintReply {
    /// The energy it is about.
    pub energy: ResourceInfo,
    /// Carbon, water and, where asked for, the machine's making.
    pub footprint: Vec<ResourceInfo>,
    /// The rows of the table of record that were used or are spread.
    pub factors: Vec<GridFactorInfo>,
}

/// Carbon and water of a campaign's energy, or of any.
///
/// # Errors
/// An unknown region; a number out of range; neither or both of a campaign and joules; a campaign without energy.
pub async fn energy_footprint(app: &App, request: FootprintRequest) -> Result<FootprintReply, AppError> {
    let region = request.region.to_ascii_uppercase();
    if !regions().contains(region.as_str()) {
        let known: Vec<&str> = regions().into_iter().collect();
        let message =
            format!("'{}' is no region of the table of record; expected one of {}", request.region, known.join(", "));
        return Err(AppError::input("unknown_region", message).field("region"));
    }
    let within = |name: &str, x: f64, least: f64, most: f64| {
        if (least..=most).contains(&x) {
            return Ok(());
        }
        let message = format!("{x} is not accepted; expected a number from {least} to {most}");
        Err(AppError::input("out_of_range", message).field(name))
    };
    within("pue", request.pue, 1.0, 10.0)?;
    within("wue_l_per_kwh", request.wue_l_per_kwh, 0.0, 100.0)?;
    within("life_years", request.life_years, 0.1, 100.0)?;
    within("embodied_kg", request.embodied_kg.unwrap_or(0.0), 0.0, 1e6)?;
    let (energy, duration_s) = match (&request.campaign, request.energy_j) {
        (Some(campaign), None) => campaign_energy(app, campaign).await?,
        (None, Some(joules)) => {
            within("energy_j", joules, 0.0, 1e18)?;
            (Measurement::new("energy_j", Observed::value(joules), Provenance::Derived("given".into())), None)
        }
        _ => {
            let message = "give either a campaign or an energy in joules";
            return Err(AppError::input("invalid_footprint", message).field("campaign"));
        }
    };
    let embodied = request.embodied_kg.map(|kg| (kg, request.life_years));
    let site = Site { region, pue: request.pue, wue_l_per_kwh: request.wue_l_per_kwh, embodied };
    let factors = grid_factors().into_iter().filter(|f| f.region == site.region).map(GridFactorInfo::from);
    Ok(FootprintReply {
        energy: (&energy).into(),
        footprint: footprint(&energy, duration_s, &site).iter().map(ResourceInfo::from).collect(),
        factors: factors.collect(),
    })
}

/// Energy of all sessions of a campaign and the seconds they lasted.
async fn campaign_energy(app: &App, campaign: &str) -> Result<(Measurement, Option<f64>), AppError> {
    let record = app.find(campaign).await?;
    let sessions = app.store().await?.energy_sessions(record.id).await?;
    let windows: Vec<_> = sessions.iter().flat_map(whole_of).collect();
    let duration_s = windows.iter().map(|w| w.duration_s).sum();
    let mut energies = windows.iter().filter_map(|w| energy_of(&w.measurements));
    let Some(first) = energies.next() else {
        let message = format!("no energy of {} is in the store", record.slug);
        return Err(AppError::input("no_energy", message).field("campaign"));
    };
    let mut sum = first.clone();
    for m in energies {
        sum.observed = match (value(&sum), value(m)) {
            (Some(a), Some(b)) => Observed::value(a + b),
            (Some(_), None) => m.observed.clone(),
            (None, _) => sum.observed,
        };
        sum.lo = sum.lo.zip(m.lo).map(|(a, b)| a + b);
        sum.hi = sum.hi.zip(m.hi).map(|(a, b)| a + b);
        sum.provenance = sum.provenance.max(m.provenance.clone());
        sum.flags.0.extend(m.flags.0.iter().cloned());
    }
    Ok((sum, Some(duration_s)))
}

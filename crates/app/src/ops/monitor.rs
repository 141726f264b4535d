//! `monitor`, `sensors`: what the host does now: processor, memory, power.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ergon_domain::Provenance;
use ergon_energy::{Discovery, Domain, HostLoadReader, HostState, Meter, Roots, SystemClock, Unavailable, total};
use serde::{Deserialize, Serialize};

use crate::app::{App, now_us};
use crate::error::AppError;
use crate::select::utc_millis;

/// Between two samples.
const PERIOD: Duration = Duration::from_millis(200);

/// Temperature and frequency are read at every so many samples: once a second.
const STATE_EVERY: u64 = 5;

/// A stream of samples.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct MonitorRequest {
    /// A name of the subscriber's choice, to `unsubscribe` with.
    pub subscription: String,
}

/// Power of one domain.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MonitorDomain {
    /// The domain.
    pub name: String,
    /// Mean power since the sample before, W; `None` where a reading failed.
    pub power_w: Option<f64>,
    /// `measured`, `derived` or `estimated`.
    pub provenance: String,
    /// Whether it counts towards the total: parts of a package don't, they are in it.
    pub in_total: bool,
}

/// The host at a moment.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MonitorSample {
    /// When (UTC, RFC 3339, to the millisecond).
    pub at: String,
    /// Processor load since the sample before, percent of all cores.
    pub cpu_percent: Option<f64>,
    /// Memory in use, bytes.
    pub memory_used_bytes: Option<u64>,
    /// Memory installed, bytes.
    pub memory_total_bytes: Option<u64>,
    /// Power in total, W, nothing counted twice; `None` where a part of it failed or nothing can be read.
    pub power_w: Option<f64>,
    /// Weakest provenance of its parts.
    pub power_provenance: Option<String>,
    /// What the total covers and how it is known.
    pub power_source: Option<String>,
    /// By domain.
    pub domains: Vec<MonitorDomain>,
    /// Hottest processor sensor, °C; `None`: no such sensor is shown.
    pub temperature_c: Option<f64>,
    /// Mean of the cores' frequencies, MHz; `None`: the kernel shows none.
    pub frequency_mhz: Option<f64>,
}

/// The stream has ended.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MonitorReply {
    /// Samples sent.
    pub samples: u64,
}

/// Where to look for sensors.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct SensorsRequest {
    /// Stands in for `/sys`, for this once (always: `ERGON_SYSFS_ROOT`).
    pub sysfs_root: Option<PathBuf>,
}

/// A source that is read.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SensorInfo {
    /// The domain.
    pub domain: String,
    /// Where it is read.
    pub place: String,
    /// `measured`, `derived` or `estimated`, and how.
    pub provenance: String,
    /// Seconds between its own updates.
    pub update_s: f64,
}

/// A source that isn't.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MissingSensor {
    /// What it is.
    pub what: String,
    /// Why it can't be read.
    pub why: String,
    /// What to do; empty where nothing can be done.
    pub fix: String,
}

impl From<&Unavailable> for MissingSensor {
    fn from(u: &Unavailable) -> Self {
        Self { what: u.what.clone(), why: u.why.clone(), fix: u.fix.clone() }
    }
}

/// What this machine lets one read.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct SensorsReply {
    /// Sources that are read.
    pub domains: Vec<SensorInfo>,
    /// Sources that aren't, and why.
    pub unavailable: Vec<MissingSensor>,
}

/// The sensors of this machine, looked for once.
pub(crate) struct Sensors {
    pub(crate) meter: Arc<Meter>,
    pub(crate) unavailable: Vec<Unavailable>,
}

impl Sensors {
    fn look(roots: Roots) -> Self {
        let found = Discovery::run(&roots);
        let meter = Arc::new(Meter::new(found.sources, Arc::new(SystemClock)));
        Self { meter, unavailable: found.unavailable }
    }
}

/// Where the kernel's files are, with another `/sys` where one is named.
pub(crate) fn roots(sysfs_root: Option<PathBuf>) -> Result<Roots, AppError> {
    let mut roots = Roots::from_environment();
    if let Some(root) = sysfs_root {
        if !root.is_dir() {
            let message = format!("{} is no folder; expected one that stands in for /sys", root.display());
            return Err(AppError::input("no_such_folder", message).field("sysfs_root"));
        }
        roots.sysfs = root;
    }
    Ok(roots)
}

/// Held by the session.
pub(crate) type SensorsOnce = OnceLock<Arc<Sensors>>;

impl App {
    pub(crate) fn sensors(&self) -> Arc<Sensors> {
        let look = || Arc::new(Sensors::look(Roots::from_environment()));
        self.session.sensors.get_or_init(look).clone()
    }
}

/// What this machine lets one read.
///
/// # Errors
/// The folder that is to stand in for `/sys` is none.
pub async fn sensors(app: &App, request: SensorsRequest) -> Result<SensorsReply, AppError> {
    let sensors = match request.sysfs_root {
        Some(root) => Arc::new(Sensors::look(roots(Some(root))?)),
        None => app.sensors(),
    };
    let domains = sensors.meter.channels().iter().map(|c| SensorInfo {
        domain: c.domain.to_string(),
        place: c.place.clone(),
        provenance: c.provenance.to_string(),
        update_s: c.update_s,
    });
    let unavailable = sensors.unavailable.iter().map(MissingSensor::from);
    Ok(SensorsReply { domains: domains.collect(), unavailable: unavailable.collect() })
}

/// Streams the host's load and power five times a second until the subscription ends.
///
/// # Errors
/// None.
pub async fn monitor(
    app: &App,
    request: MonitorRequest,
    sink: &mut (dyn FnMut(MonitorSample) + Send),
) -> Result<MonitorReply, AppError> {
    let subscription = app.session.subscriptions.begin(&request.subscription);
    let sensors = app.sensors();
    let meter = &sensors.meter;
    let roots = Roots::from_environment();
    let mut host = HostLoadReader::new(&roots.procfs);
    let mut state = HostState::read(&roots);
    let mut last = meter.mark();
    let mut samples = 0;
    loop {
        tokio::time::sleep(PERIOD).await;
        if subscription.ended() {
            return Ok(MonitorReply { samples });
        }
        let (mark, load) = (meter.mark(), host.read());
        // Slower than the rest: it reads a file per core.
        if samples % STATE_EVERY == 0 {
            state = HostState::read(&roots);
        }
        let power = meter.power_w(&last, &mark);
        let whole = total(&meter.between(&last, &mark));
        last = mark;
        let counted: &[Domain] = whole.as_ref().map(|t| t.of.as_slice()).unwrap_or_default();
        let domains: Vec<MonitorDomain> = meter
            .channels()
            .iter()
            .zip(&power)
            .map(|(channel, power_w)| MonitorDomain {
                name: channel.domain.to_string(),
                power_w: *power_w,
                provenance: channel.provenance.name().into(),
                in_total: counted.contains(&channel.domain),
            })
            .collect();
        // A part that is missing makes the total unknown, not smaller.
        let parts: Option<Vec<f64>> = domains.iter().filter(|d| d.in_total).map(|d| d.power_w).collect();
        let weakest = meter.channels().iter().filter(|c| counted.contains(&c.domain)).map(|c| &c.provenance).max();
        sink(MonitorSample {
            at: utc_millis(now_us()),
            cpu_percent: load.cpu_percent,
            memory_used_bytes: load.memory_used_bytes,
            memory_total_bytes: load.memory_total_bytes,
            power_w: parts.filter(|parts| !parts.is_empty()).map(|parts| parts.iter().sum()),
            power_provenance: weakest.map(|p: &Provenance| p.name().into()),
            power_source: whole.zip(weakest).map(|(t, p)| format!("{}, {p}", t.covers)),
            domains,
            temperature_c: state.temperature_c,
            frequency_mhz: state.frequency_mhz,
        });
        samples += 1;
    }
}

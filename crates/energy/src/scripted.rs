//! A source and a clock that follow a script: the tests' ground truth, and a demonstration's. Says `simulated`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ergon_domain::Provenance;

use crate::channel::{Channel, ChannelKind};
use crate::clock::Clock;
use crate::domain::Domain;
use crate::source::{EnergySource, Read, ReadError};

/// A clock that moves only when told to.
#[derive(Clone, Debug, Default)]
pub struct ScriptedClock {
    monotonic: Arc<AtomicU64>,
    suspended: Arc<AtomicU64>,
}

impl ScriptedClock {
    /// Time goes by.
    pub fn advance(&self, ns: u64) {
        self.monotonic.fetch_add(ns, Ordering::SeqCst);
    }

    /// The machine sleeps.
    pub fn suspend(&self, ns: u64) {
        self.suspended.fetch_add(ns, Ordering::SeqCst);
    }
}

impl Clock for ScriptedClock {
    fn monotonic_ns(&self) -> u64 {
        self.monotonic.load(Ordering::SeqCst)
    }

    fn boot_ns(&self) -> u64 {
        self.monotonic_ns() + self.suspended.load(Ordering::SeqCst)
    }

    fn sleep_until(&self, monotonic_ns: u64) {
        self.monotonic.fetch_max(monotonic_ns, Ordering::SeqCst);
    }
}

/// Energy in microjoules after so many nanoseconds.
pub type Curve = Box<dyn Fn(u64) -> u64 + Send>;

/// What goes wrong at a time with a channel.
type Fault = Box<dyn Fn(u64, usize) -> Option<ReadError> + Send>;

/// Counters that follow curves of energy, in microjoules.
pub struct ScriptedSource {
    channels: Vec<Channel>,
    curves: Vec<Curve>,
    /// What a reading says instead, at its time and for its channel.
    fault: Option<Fault>,
}

impl ScriptedSource {
    /// One counter for each (domain, curve), wrapping at `modulus` microjoules, drawing at most `max_watts`.
    pub fn new(parts: Vec<(Domain, Curve)>, modulus: u64, max_watts: f64) -> Self {
        let kind = ChannelKind::Counter { joule_per_count: 1e-6, modulus, max_watts };
        let channel = |domain: &Domain| Channel {
            domain: domain.clone(),
            kind,
            update_s: 0.0,
            idle_w: None,
            provenance: Provenance::Simulated,
            place: "scripted".into(),
        };
        let channels = parts.iter().map(|(domain, _)| channel(domain)).collect();
        Self { channels, curves: parts.into_iter().map(|(_, curve)| curve).collect(), fault: None }
    }

    /// With readings that fail.
    #[must_use]
    pub fn failing(mut self, fault: impl Fn(u64, usize) -> Option<ReadError> + Send + 'static) -> Self {
        self.fault = Some(Box::new(fault));
        self
    }
}

impl EnergySource for ScriptedSource {
    fn name(&self) -> &str {
        "scripted"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        for (index, (channel, curve)) in self.channels.iter().zip(&self.curves).enumerate() {
            let fault = self.fault.as_ref().and_then(|fault| fault(now_ns, index));
            let modulus = match channel.kind {
                ChannelKind::Counter { modulus, .. } => modulus.max(1),
                ChannelKind::Gauge => u64::MAX,
            };
            out.push(fault.map_or_else(|| Ok(Read::Counter(curve(now_ns) % modulus)), Err));
        }
    }
}

//! Frames made by hand, and random numbers with fixed bits.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test's own frame")]

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_analysis::{Frame, FrameFactor, FrameRow, PhaseStructure, Reading, Structure};
use ergon_design::spec::{DesignKind, FrameChoice, Order};
use ergon_domain::{
    Canonical, Condition, Digest, Direction, Family, Flags, Metric, Observed, PlannedCondition, Provenance, Value,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A frame in the making.
pub(crate) struct Build {
    pub(crate) frame: Frame,
    conditions: BTreeMap<Digest, Arc<PlannedCondition>>,
}

impl Build {
    pub(crate) fn new(factors: &[(&str, &[&str])]) -> Self {
        let level = |text: &&str| text.parse::<f64>().map_or_else(|_| Value::text(text), Value::real);
        let factors = factors
            .iter()
            .map(|(name, levels)| FrameFactor {
                name: (*name).into(),
                levels: levels.iter().map(level).collect(),
                unit: "".into(),
            })
            .collect();
        let phase = PhaseStructure {
            name: "main".into(),
            design: DesignKind::FullFactorial,
            order: Order::Randomised,
            replicates: 5,
            planned_runs: 0,
        };
        let frame = Frame {
            campaign: "test".into(),
            spec_hash: Digest::of_bytes(b"spec"),
            plan_hash: Digest::of_bytes(b"plan"),
            metrics: Vec::new(),
            factors,
            rows: Vec::new(),
            columns: BTreeMap::new(),
            structure: Structure { phases: vec![phase], deterministic: true, ..Structure::default() },
            selection: FrameChoice::default(),
        };
        Self { frame, conditions: BTreeMap::new() }
    }

    pub(crate) fn metric(mut self, id: &str, family: Family) -> Self {
        let metric = Metric::new(id, id, "s", Direction::Lower, (None, None), family, "");
        self.frame.columns.insert(metric.id.clone(), Vec::new());
        self.frame.metrics.push(metric);
        self
    }

    pub(crate) fn common(mut self) -> Self {
        self.frame.structure.common_streams = vec!["jobs".into()];
        self
    }

    pub(crate) fn phase(&mut self) -> &mut PhaseStructure {
        &mut self.frame.structure.phases[0]
    }

    /// A run with readings in the order of the metrics.
    pub(crate) fn run(&mut self, levels: &[(&str, &str)], replicate: u32, readings: &[Option<Reading>]) {
        self.run_in(&[0], levels, replicate, readings);
    }

    pub(crate) fn run_in(
        &mut self,
        phases: &[u16],
        levels: &[(&str, &str)],
        replicate: u32,
        readings: &[Option<Reading>],
    ) {
        let value = |text: &str| text.parse::<f64>().map_or_else(|_| Value::text(text), Value::real);
        let condition = Condition(levels.iter().map(|(name, level)| ((*name).into(), value(level))).collect());
        let digest = condition.digest();
        let shared = self.conditions.entry(digest).or_insert_with(|| Arc::new(PlannedCondition { condition, digest }));
        let key = Canonical::new("key").digest(&digest).u64(u64::from(replicate)).finish();
        let row = FrameRow { key, condition: Arc::clone(shared), replicate, phases: Arc::from(phases) };
        self.frame.rows.push(row);
        for (metric, reading) in self.frame.metrics.iter().zip(readings) {
            self.frame.columns.get_mut(&metric.id).unwrap().push(reading.clone());
        }
    }
}

pub(crate) fn value(x: f64) -> Option<Reading> {
    reading(Observed::Value(x))
}

pub(crate) fn reading(observed: Observed) -> Option<Reading> {
    Some(Reading { observed, provenance: Provenance::Derived("test".into()), flags: Flags::default() })
}

pub(crate) fn from(observed: Observed, provenance: Provenance) -> Option<Reading> {
    Some(Reading { observed, provenance, flags: Flags::default() })
}

/// Normal deviates by sums of uniforms' polar form.
pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }
    pub(crate) fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

/// Whether a count out of `n` is within 3 binomial standard errors of a share.
pub(crate) fn near(count: usize, n: usize, share: f64) -> bool {
    let (count, n) = (count as f64, n as f64);
    (count - n * share).abs() <= 3.0 * (n * share * (1.0 - share)).sqrt()
}

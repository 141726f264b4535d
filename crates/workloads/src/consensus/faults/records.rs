//! Faults written down one by one, beside or instead of those drawn by rate and intensity.
//!
//! A parameter holds them as a JSON list; each record says who, what and when, and takes from its severity
//! what it does not say:
//!
//! ```json
//! [{"agent": 2, "type": "crash", "onset_s": 60, "duration_s": 30, "recovery": "without_state"},
//!  {"count": 3, "type": "byzantine", "behaviour": "silent", "onset_s": 100, "severity": "light"},
//!  {"agents": [0, 1], "type": "partition", "onset_s": 10, "duration_s": 20}]
//! ```

use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::{FaultPlan, FaultScene, FaultSettings, FaultType, Intensity, Maker, Recovery};
use crate::consensus::adversary::{Misdeed, Strategy};
use crate::consensus::job::nanoseconds;
use crate::consensus::node_set::{NodeId, NodeSet};
use crate::draw;

/// What a record can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// What conditions call by the same name.
    Drawn(FaultType),
    /// The agents hear only each other, until it heals at the end.
    Partition,
}

const TYPES: [(&str, RecordType); 5] = [
    ("byzantine", RecordType::Drawn(FaultType::Byzantine)),
    ("crash", RecordType::Drawn(FaultType::Crash)),
    ("network", RecordType::Drawn(FaultType::Network)),
    ("performance", RecordType::Drawn(FaultType::Performance)),
    ("partition", RecordType::Partition),
];

const RECOVERIES: [(&str, Recovery); 3] =
    [("with_state", Recovery::WithState), ("without_state", Recovery::WithoutState), ("never", Recovery::Never)];

/// Whom a record hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// These.
    Agents(Vec<NodeId>),
    /// So many that nothing else hits, drawn.
    Count(usize),
}

/// One fault as written down.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRecord {
    /// Whom it hits.
    pub whom: Whom,
    /// What happens.
    pub kind: RecordType,
    /// When it begins, seconds.
    pub onset_s: f64,
    /// How long it lasts, seconds; `None`: to the end.
    pub duration_s: Option<f64>,
    /// Numbers for what the record does not say.
    pub severity: Intensity,
    /// What Byzantine agents do, if not what the severity has.
    pub behaviour: Option<Misdeed>,
    /// Towards whom they do it, if not as the severity has it.
    pub strategy: Option<Strategy>,
    /// What becomes of crashed agents, if not as the severity has it.
    pub recovery: Option<Recovery>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    agent: Option<u64>,
    agents: Option<Vec<u64>>,
    count: Option<u64>,
    #[serde(rename = "type")]
    kind: String,
    onset_s: f64,
    duration_s: Option<f64>,
    severity: Option<String>,
    behaviour: Option<String>,
    strategy: Option<String>,
    recovery: Option<String>,
}

/// Why records are refused: which field, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct RecordProblem {
    /// The field, from the list on: `[1].onset_s`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

fn choose<T: Copy>(field: String, word: &str, table: &[(&str, T)]) -> Result<T, RecordProblem> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or_else(|| {
        let accepted: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        RecordProblem { field, problem: format!("'{word}' is not accepted; accepted values: {}", accepted.join(", ")) }
    })
}

impl FaultRecord {
    /// Reads a list of records for a group of agents.
    pub fn read(text: &str, agents: usize) -> Result<Vec<Self>, RecordProblem> {
        let written: Vec<Written> = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))
            .map_err(|e| RecordProblem { field: e.path().to_string(), problem: e.inner().to_string() })?;
        written.iter().enumerate().map(|(index, record)| Self::checked(index, record, agents)).collect()
    }

    fn checked(index: usize, written: &Written, agents: usize) -> Result<Self, RecordProblem> {
        let at = |name: &str| format!("[{index}].{name}");
        let refuse = |name: &str, problem: String| RecordProblem { field: at(name), problem };
        let kind = choose(at("type"), &written.kind, &TYPES)?;
        let one_of = |name: &str, is: RecordType, given: &Option<String>| match given {
            Some(_) if kind != is => Err(refuse(name, format!("a {} fault has none; leave it out", written.kind))),
            _ => Ok(()),
        };
        one_of("behaviour", RecordType::Drawn(FaultType::Byzantine), &written.behaviour)?;
        one_of("strategy", RecordType::Drawn(FaultType::Byzantine), &written.strategy)?;
        one_of("recovery", RecordType::Drawn(FaultType::Crash), &written.recovery)?;
        let whom = match (written.agent, &written.agents, written.count) {
            (Some(agent), None, None) => Whom::Agents(vec![Self::member(at("agent"), agent, agents)?]),
            (None, Some(list), None) if !list.is_empty() => Whom::Agents(
                list.iter().map(|&agent| Self::member(at("agents"), agent, agents)).collect::<Result<_, _>>()?,
            ),
            (None, None, Some(count)) if (1..=agents as u64).contains(&count) => Whom::Count(count as usize),
            (None, None, Some(count)) => {
                return Err(refuse("count", format!("{count} is not accepted; expected 1 to {agents}")));
            }
            _ => return Err(refuse("agent", "expected exactly one of agent, agents (a list) and count".into())),
        };
        if !(written.onset_s >= 0.0 && written.onset_s.is_finite()) {
            return Err(refuse("onset_s", format!("{} is not accepted; expected seconds from 0 on", written.onset_s)));
        }
        if let Some(duration_s) = written.duration_s.filter(|d| !(*d > 0.0 && d.is_finite())) {
            let expected = "expected seconds above 0, or nothing for to the end";
            return Err(refuse("duration_s", format!("{duration_s} is not accepted; {expected}")));
        }
        let severity = written
            .severity
            .as_deref()
            .map_or(Ok(Intensity::Medium), |word| choose(at("severity"), word, &Intensity::NAMES))?;
        let behaviour =
            written.behaviour.as_deref().map(|w| choose(at("behaviour"), w, &Misdeed::NAMES)).transpose()?;
        let strategy = written.strategy.as_deref().map(|w| choose(at("strategy"), w, &Strategy::NAMES)).transpose()?;
        let recovery = written.recovery.as_deref().map(|w| choose(at("recovery"), w, &RECOVERIES)).transpose()?;
        let (onset_s, duration_s) = (written.onset_s, written.duration_s);
        Ok(Self { whom, kind, onset_s, duration_s, severity, behaviour, strategy, recovery })
    }

    fn member(field: String, agent: u64, agents: usize) -> Result<NodeId, RecordProblem> {
        let found = NodeId::try_from(agent).ok().filter(|&agent| usize::from(agent) < agents);
        let problem = format!("{agent} is not accepted; agents are numbered 0 to {}", agents.saturating_sub(1));
        found.ok_or(RecordProblem { field, problem })
    }
}

impl FaultPlan {
    /// Adds what is written down. Those who are only counted are drawn from the agents that nothing hits,
    /// neither drawn before nor named by any record; where fewer are left, so many.
    pub fn add_records(&mut self, records: &[FaultRecord], scene: &FaultScene, rng: &mut ChaCha8Rng) {
        if records.is_empty() {
            return;
        }
        for record in records {
            if let Whom::Agents(named) = &record.whom {
                named.iter().for_each(|&node| _ = self.faulty.insert(node));
            }
        }
        let mut free: Vec<NodeId> = (0..scene.agents as NodeId).filter(|&node| !self.faulty.contains(node)).collect();
        draw::shuffle(rng, &mut free);
        let chosen: Vec<Vec<NodeId>> = records
            .iter()
            .map(|record| match &record.whom {
                Whom::Agents(named) => named.clone(),
                Whom::Count(count) => free.split_off(free.len().saturating_sub(*count)),
            })
            .collect();
        chosen.iter().flatten().for_each(|&node| _ = self.faulty.insert(node));
        for (record, nodes) in records.iter().zip(chosen) {
            self.add_record(record, &nodes, &free, scene, rng);
        }
    }

    fn add_record(
        &mut self,
        record: &FaultRecord,
        nodes: &[NodeId],
        healthy: &[NodeId],
        scene: &FaultScene,
        rng: &mut ChaCha8Rng,
    ) {
        let mut severity = record.severity.severity();
        severity.recovery = record.recovery.unwrap_or(severity.recovery);
        let onset_ns = nanoseconds(record.onset_s);
        let end_ns = record.duration_s.map_or(u64::MAX, |duration_s| onset_ns.saturating_add(nanoseconds(duration_s)));
        let settings = FaultSettings { misdeed: record.behaviour, strategy: record.strategy, ..FaultSettings::NONE };
        let plan = std::mem::take(self);
        let mut maker = Maker { settings: &settings, scene, severity, healthy, onset_ns, end_ns, plan, rng };
        match record.kind {
            RecordType::Partition => maker.cut_off(nodes.iter().copied().collect::<NodeSet>()),
            RecordType::Drawn(kind) => {
                (0..).zip(nodes).for_each(|(turn, &node)| maker.afflict(kind, node, turn));
            }
        }
        *self = maker.plan;
    }
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::*;
    use rand_core::SeedableRng;

    const SCENE: FaultScene = FaultScene { agents: 10, simulation_ns: 1_000, mean_delay_ns: 10, timeout_ns: 200 };

    fn plan(text: &str) -> FaultPlan {
        let mut plan = FaultPlan::default();
        let records = FaultRecord::read(text, SCENE.agents).unwrap();
        plan.add_records(&records, &SCENE, &mut ChaCha8Rng::seed_from_u64(7));
        plan
    }

    #[test]
    fn a_record_says_who_what_and_when() {
        let plan = plan(
            r#"[{"agent": 2, "type": "crash", "onset_s": 60, "duration_s": 30, "recovery": "without_state"},
                {"count": 3, "type": "byzantine", "behaviour": "silent", "onset_s": 100, "severity": "light"},
                {"agents": [0, 1], "type": "partition", "onset_s": 10, "duration_s": 20}]"#,
        );
        assert_eq!((plan.faulty.len(), plan.liars.len(), plan.faults.len()), (6, 3, 5));
        let crash = &plan.faults[0];
        assert!(matches!(crash.kind, FaultKind::Crash { node: 2, recovery: Recovery::WithoutState }));
        assert_eq!((crash.onset_ns, crash.end_ns), (60_000_000_000, 90_000_000_000));
        for fault in &plan.faults[1..4] {
            let FaultKind::Byzantine { node, behaviour } = &fault.kind else { panic!("{fault:?}") };
            assert!(*node > 2 && behaviour.misdeed == Misdeed::Silent && behaviour.strategy == Strategy::Random);
            assert_eq!((fault.onset_ns, fault.end_ns), (100_000_000_000, u64::MAX));
        }
        let FaultKind::CutOff(side) = &plan.faults[4].kind else { panic!("{:?}", plan.faults[4]) };
        assert_eq!(side.iter().collect::<Vec<_>>(), [0, 1]);
        assert_eq!((plan.faults[4].onset_ns, plan.faults[4].end_ns), (10_000_000_000, 30_000_000_000));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field_and_what_would_be_right() {
        for (text, said) in [
            (
                r#"[{"agent": 1, "type": "gone", "onset_s": 1}]"#,
                "[0].type: 'gone' is not accepted; accepted values: byzantine, crash, network, performance, partition",
            ),
            (
                r#"[{"agent": 10, "type": "crash", "onset_s": 1}]"#,
                "[0].agent: 10 is not accepted; agents are numbered 0 to 9",
            ),
            (r#"[{"count": 11, "type": "crash", "onset_s": 1}]"#, "[0].count: 11 is not accepted; expected 1 to 10"),
            (
                r#"[{"type": "crash", "onset_s": 1}]"#,
                "[0].agent: expected exactly one of agent, agents (a list) and count",
            ),
            (
                r#"[{"agent": 1, "type": "crash", "onset_s": -1}]"#,
                "[0].onset_s: -1 is not accepted; expected seconds from 0 on",
            ),
            (
                r#"[{"agent": 1, "type": "crash", "onset_s": 1, "duration_s": 0}]"#,
                "[0].duration_s: 0 is not accepted; expected seconds above 0, or nothing for to the end",
            ),
            (
                r#"[{"agent": 1, "type": "crash", "onset_s": 1, "behaviour": "silent"}]"#,
                "[0].behaviour: a crash fault has none; leave it out",
            ),
            (
                r#"[{"agent": 1, "type": "crash", "onset_s": 1, "severity": "huge"}]"#,
                "[0].severity: 'huge' is not accepted; accepted values: light, medium, heavy, chaos",
            ),
        ] {
            assert_eq!(FaultRecord::read(text, 10).unwrap_err().to_string(), said);
        }
        let unknown = FaultRecord::read(r#"[{"agent": 1, "type": "crash", "onset": 1}]"#, 10).unwrap_err();
        assert!(unknown.to_string().starts_with("[0].onset: unknown field `onset`, expected one of"), "{unknown}");
    }
}

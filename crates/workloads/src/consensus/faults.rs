//! What goes wrong in a run: which agents, how, and when.
//!
//! The number of faulty agents is n × rate, rounded half away from zero; the realised number is
//! reported. Times are shares of the simulation time. Intensities, chosen by Ergon so that each step
//! is clearly worse than the one before:
//!
//! | | light | medium | heavy | chaos |
//! |---|---|---|---|---|
//! | onset, share of the simulation time | 0.40 | 0.30 | 0.25 | 0.20 |
//! | duration, share of the simulation time | 0.15 | 0.30 | 0.50 | to the end |
//! | share of a faulty agent's links (network) or messages (random Byzantine) hit | 0.25 | 0.50 | 0.75 | 1 |
//! | crash: the agent | recovers | recovers | recovers without its state | stays down |
//! | Byzantine: misdeeds in turn | delaying, lying | silent, lying, vote_flipping | equivocating, silent, lying | colluding, equivocating |
//! | Byzantine: strategy | random | selective | coordinated | coordinated |
//! | network: messages lost | 0.05 | 0.10 | 0.20 | 0.30 |
//! | network: extra delay, mean delays | 0.5 | 1 | 2 | 4 |
//! | network: duplicated | 0.01 | 0.02 | 0.05 | 0.10 |
//! | network: held back up to 4 mean delays | 0.02 | 0.05 | 0.10 | 0.20 |
//! | network: cut off from the rest | no | no | no | first half |
//! | performance: processing time × | 4 | 16 | 64 | 256 |
//! | performance: link delay × | 1.5 | 2 | 3 | 4 |
//!
//! The targets of selective and coordinated liars are half of the healthy agents, rounded up. A delaying
//! agent speaks half a timeout late. Mixed faults take crash, Byzantine, network and
//! performance in turn over the faulty agents.

mod records;
#[cfg(test)]
mod tests;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::draw;

use super::adversary::{Behaviour, Misdeed, Strategy};
use super::network::Trouble;
use super::node_set::{NodeId, NodeSet};

pub use records::{FaultRecord, RecordProblem, RecordType, Whom};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultType {
    /// Nothing.
    None,
    /// Agents lie.
    Byzantine,
    /// Agents stop.
    Crash,
    /// Links lose, delay, double and reorder messages.
    Network,
    /// Agents and their links are slow.
    Performance,
    /// All of these in turn.
    Mixed,
}

impl FaultType {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("none", Self::None),
        ("byzantine", Self::Byzantine),
        ("crash", Self::Crash),
        ("network", Self::Network),
        ("performance", Self::Performance),
        ("mixed", Self::Mixed),
    ];
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intensity {
    /// Short and mild.
    Light,
    /// In between.
    Medium,
    /// Long and severe.
    Heavy,
    /// To the end.
    Chaos,
}

impl Intensity {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 4] =
        [("light", Self::Light), ("medium", Self::Medium), ("heavy", Self::Heavy), ("chaos", Self::Chaos)];
}

/// What becomes of a crashed agent when its fault is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// It is up again with what it had written down.
    WithState,
    /// It is up again and remembers nothing.
    WithoutState,
    /// It stays down.
    Never,
}

/// The numbers behind an intensity: see the table in the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Severity {
    /// When the fault begins, share of the simulation time.
    pub onset: f64,
    /// How long it lasts, share of the simulation time; `None`: to the end.
    pub duration: Option<f64>,
    /// Share of links or messages hit.
    pub share: f64,
    /// What becomes of crashed agents.
    pub recovery: Recovery,
    /// What Byzantine agents do, in turn.
    pub misdeeds: &'static [Misdeed],
    /// Towards whom.
    pub strategy: Strategy,
    /// Messages lost on a hit link, 0–1.
    pub loss: f64,
    /// Extra delay on a hit link, mean delays.
    pub extra_delays: f64,
    /// Messages doubled on a hit link, 0–1.
    pub duplicate: f64,
    /// Messages held back on a hit link, 0–1.
    pub reorder: f64,
    /// Whether the faulty agents are cut off for the first half.
    pub cut_off: bool,
    /// Processing time is multiplied by this.
    pub processing_factor: f64,
    /// Link delay is multiplied by this.
    pub link_factor: f64,
}

/// A message that is held back waits at most so many mean delays.
const HOLD_DELAYS: f64 = 4.0;

impl Intensity {
    /// Its numbers.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Light => Severity {
                onset: 0.40,
                duration: Some(0.15),
                share: 0.25,
                recovery: Recovery::WithState,
                misdeeds: &[Misdeed::Delaying, Misdeed::LyingAboutCapacity],
                strategy: Strategy::Random,
                loss: 0.05,
                extra_delays: 0.5,
                duplicate: 0.01,
                reorder: 0.02,
                cut_off: false,
                processing_factor: 4.0,
                link_factor: 1.5,
            },
            Self::Medium => Severity {
                onset: 0.30,
                duration: Some(0.30),
                share: 0.50,
                recovery: Recovery::WithState,
                misdeeds: &[Misdeed::Silent, Misdeed::LyingAboutCapacity, Misdeed::VoteFlipping],
                strategy: Strategy::Selective,
                loss: 0.10,
                extra_delays: 1.0,
                duplicate: 0.02,
                reorder: 0.05,
                cut_off: false,
                processing_factor: 16.0,
                link_factor: 2.0,
            },
            Self::Heavy => Severity {
                onset: 0.25,
                duration: Some(0.50),
                share: 0.75,
                recovery: Recovery::WithoutState,
                misdeeds: &[Misdeed::Equivocating, Misdeed::Silent, Misdeed::LyingAboutCapacity],
                strategy: Strategy::Coordinated,
                loss: 0.20,
                extra_delays: 2.0,
                duplicate: 0.05,
                reorder: 0.10,
                cut_off: false,
                processing_factor: 64.0,
                link_factor: 3.0,
            },
            Self::Chaos => Severity {
                onset: 0.20,
                duration: None,
                share: 1.0,
                recovery: Recovery::Never,
                misdeeds: &[Misdeed::Colluding, Misdeed::Equivocating],
                strategy: Strategy::Coordinated,
                loss: 0.30,
                extra_delays: 4.0,
                duplicate: 0.10,
                reorder: 0.20,
                cut_off: true,
                processing_factor: 256.0,
                link_factor: 4.0,
            },
        }
    }
}

/// What a condition says about faults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaultSettings {
    /// What goes wrong.
    pub kind: FaultType,
    /// Share of the agents, 0–0.5.
    pub rate: f64,
    /// How bad.
    pub intensity: Intensity,
    /// One misdeed for all Byzantine agents instead of those of the intensity.
    pub misdeed: Option<Misdeed>,
    /// A strategy for all Byzantine agents instead of that of the intensity.
    pub strategy: Option<Strategy>,
}

impl FaultSettings {
    /// Nothing goes wrong.
    pub const NONE: Self =
        Self { kind: FaultType::None, rate: 0.0, intensity: Intensity::Medium, misdeed: None, strategy: None };

    /// Number of faulty agents among n.
    pub fn count(&self, agents: usize) -> usize {
        if self.kind == FaultType::None {
            return 0;
        }
        (libm::round(agents as f64 * self.rate.clamp(0.0, 1.0)) as usize).min(agents)
    }
}

/// One fault of one agent, or of a group of agents.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// When it begins, nanoseconds.
    pub onset_ns: u64,
    /// When it ends, nanoseconds; `u64::MAX`: never.
    pub end_ns: u64,
}

/// What happens to whom.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// An agent stops.
    Crash {
        /// Who.
        node: NodeId,
        /// What becomes of it at the end.
        recovery: Recovery,
    },
    /// An agent lies.
    Byzantine {
        /// Who.
        node: NodeId,
        /// How.
        behaviour: Box<Behaviour>,
    },
    /// Links are in trouble: (from, to, what is wrong).
    Links(Vec<(NodeId, NodeId, Trouble)>),
    /// Agents hear only each other, and nobody else hears them.
    CutOff(NodeSet),
    /// An agent is slow.
    Slow {
        /// Who.
        node: NodeId,
        /// Its processing time is multiplied by this.
        factor: f64,
    },
}

/// All faults of a run.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    /// Faults, those of an agent together.
    pub faults: Vec<Fault>,
    /// Agents with a fault.
    pub faulty: NodeSet,
    /// Those among them that lie at some time.
    pub liars: NodeSet,
}

/// The run that a plan is made for.
#[derive(Clone, Copy, Debug)]
pub struct FaultScene {
    /// Number of agents.
    pub agents: usize,
    /// Simulation time, nanoseconds.
    pub simulation_ns: u64,
    /// Mean one-way delay, nanoseconds.
    pub mean_delay_ns: u64,
    /// The protocol's timeout, nanoseconds.
    pub timeout_ns: u64,
}

impl FaultPlan {
    /// Draws the faulty agents and plans their faults. With the same stream the agents faulty at a
    /// lower rate are among those at a higher one.
    pub fn draw(settings: &FaultSettings, scene: &FaultScene, rng: &mut ChaCha8Rng) -> Self {
        let mut order: Vec<NodeId> = (0..scene.agents as NodeId).collect();
        draw::shuffle(rng, &mut order);
        let (faulty, healthy) = order.split_at(settings.count(scene.agents));
        let severity = settings.intensity.severity();
        let share_ns = |share: f64| (scene.simulation_ns as f64 * share) as u64;
        let onset_ns = share_ns(severity.onset);
        let end_ns = severity.duration.map_or(u64::MAX, |duration| onset_ns + share_ns(duration));
        let mut maker = Maker { settings, scene, severity, healthy, onset_ns, end_ns, plan: Self::default(), rng };
        let mut cut_off = NodeSet::EMPTY;
        for (turn, &node) in faulty.iter().enumerate() {
            maker.plan.faulty.insert(node);
            const MIXED: [FaultType; 4] =
                [FaultType::Crash, FaultType::Byzantine, FaultType::Network, FaultType::Performance];
            let (kind, turn) = match settings.kind {
                FaultType::Mixed => (MIXED[turn % MIXED.len()], turn / MIXED.len()),
                kind => (kind, turn),
            };
            maker.afflict(kind, node, turn);
            if kind == FaultType::Network {
                cut_off.insert(node);
            }
        }
        let mut plan = maker.plan;
        if severity.cut_off && !cut_off.is_empty() {
            let half_ns = end_ns.min(scene.simulation_ns).saturating_sub(onset_ns) / 2;
            plan.faults.push(Fault { kind: FaultKind::CutOff(cut_off), onset_ns, end_ns: onset_ns + half_ns });
        }
        plan
    }

    /// When the first fault begins, nanoseconds.
    pub fn onset_ns(&self) -> Option<u64> {
        self.faults.iter().map(|fault| fault.onset_ns).min()
    }
}

struct Maker<'a> {
    settings: &'a FaultSettings,
    scene: &'a FaultScene,
    severity: Severity,
    healthy: &'a [NodeId],
    onset_ns: u64,
    end_ns: u64,
    plan: FaultPlan,
    rng: &'a mut ChaCha8Rng,
}

impl Maker<'_> {
    fn add(&mut self, kind: FaultKind) {
        self.plan.faults.push(Fault { kind, onset_ns: self.onset_ns, end_ns: self.end_ns });
    }

    /// One fault of a kind; `turn` counts those before it.
    fn afflict(&mut self, kind: FaultType, node: NodeId, turn: usize) {
        match kind {
            FaultType::Crash => self.add(FaultKind::Crash { node, recovery: self.severity.recovery }),
            FaultType::Byzantine => self.turn_byzantine(node, turn),
            FaultType::Network => self.trouble_links(node),
            FaultType::Performance => self.slow_down(node),
            FaultType::None | FaultType::Mixed => {}
        }
    }

    fn cut_off(&mut self, nodes: NodeSet) {
        self.add(FaultKind::CutOff(nodes));
    }

    fn turn_byzantine(&mut self, node: NodeId, turn: usize) {
        let misdeeds = self.severity.misdeeds;
        let misdeed = self.settings.misdeed.unwrap_or(misdeeds[turn % misdeeds.len()]);
        let strategy = self.settings.strategy.unwrap_or(self.severity.strategy);
        let half = self.healthy.len().div_ceil(2);
        let mut others = self.healthy.to_vec();
        if strategy == Strategy::Selective {
            draw::shuffle(self.rng, &mut others);
        }
        self.plan.liars.insert(node);
        let behaviour = Behaviour {
            misdeed,
            strategy,
            share: self.severity.share,
            targets: others.into_iter().take(half).collect(),
            delay_ns: self.scene.timeout_ns / 2,
            rng: ChaCha8Rng::seed_from_u64(self.rng.next_u64()),
        };
        self.add(FaultKind::Byzantine { node, behaviour: Box::new(behaviour) });
    }

    fn trouble_links(&mut self, node: NodeId) {
        let mean = self.scene.mean_delay_ns as f64;
        let trouble = Trouble {
            loss: self.severity.loss,
            delay_factor: 1.0,
            extra_delay_ns: (self.severity.extra_delays * mean) as u64,
            duplicate: self.severity.duplicate,
            reorder: self.severity.reorder,
            hold_ns: (HOLD_DELAYS * mean) as u64,
        };
        let mut hit = Vec::new();
        // Both directions of a link share its fate; the portal is endpoint n.
        for other in (0..=self.scene.agents as NodeId).filter(|&other| other != node) {
            if draw::bernoulli(self.rng, self.severity.share) {
                hit.extend([(node, other, trouble), (other, node, trouble)]);
            }
        }
        self.add(FaultKind::Links(hit));
    }

    fn slow_down(&mut self, node: NodeId) {
        let trouble = Trouble { delay_factor: self.severity.link_factor, ..Trouble::NONE };
        let others = (0..=self.scene.agents as NodeId).filter(|&other| other != node);
        self.add(FaultKind::Links(others.flat_map(|o| [(node, o, trouble), (o, node, trouble)]).collect()));
        self.add(FaultKind::Slow { node, factor: self.severity.processing_factor });
    }
}

//! From a condition to a run: which jobs, which group, which faults.

use ergon_domain::{Condition, FailureClass, RunError, Value};
use rand_chacha::ChaCha8Rng;

use super::adversary::{Misdeed, Strategy};
use super::deliberation::{AgentType, Counsel, Fallback, Minds};
use super::demands::{self, WorkloadType};
use super::faults::{FaultRecord, FaultSettings, FaultType, Intensity};
use super::generate::{ArrivalRate, Generation, Process, generate};
use super::job::{Job, nanoseconds, seconds};
use super::network::{Delay, NetworkProfile, Shape};
use super::protocol::ByzantineQuorum;
use super::protocol::negotiation::{AcceptanceQuorum, Bargaining};
use super::queue::Policy;
use super::simulation::{PROCESSING_NS, ProtocolKind, SimulationInput};
use super::swf::{Arrivals, Selection, Trace};

/// The widest job of the Lublin–Feitelson model: what an agent without specialization can hold.
pub const LUBLIN_CORES: u32 = 256;

fn invalid(message: impl Into<String>) -> RunError {
    RunError::new(FailureClass::InvalidInput, message)
}

/// Reads a condition that the manifest has bound.
pub(super) struct Reader<'a>(pub(super) &'a Condition);

impl<'a> Reader<'a> {
    fn missing(name: &str) -> RunError {
        invalid(format!("{name} is not set; give it in the spec's workload section"))
    }

    fn real(&self, name: &str) -> Result<f64, RunError> {
        self.0.real(name).ok_or_else(|| Self::missing(name))
    }

    fn whole(&self, name: &str) -> Result<u64, RunError> {
        let value = self.0.int(name).ok_or_else(|| Self::missing(name))?;
        u64::try_from(value).map_err(|_| invalid(format!("{name} is {value}; expected a number of at least 0")))
    }

    fn text(&self, name: &str) -> Result<&'a str, RunError> {
        self.0.text(name).ok_or_else(|| Self::missing(name))
    }

    /// A choice by name; the error lists what is accepted.
    fn choice<T: Copy>(&self, name: &str, table: &[(&'static str, T)]) -> Result<T, RunError> {
        let word = self.text(name)?;
        let found = table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let accepted: Vec<&str> = table.iter().map(|(known, _)| *known).collect();
            invalid(format!("{name}: '{word}' is not accepted; accepted values: {}", accepted.join(", ")))
        })
    }

    /// A choice that may be left to the intensity.
    fn by_intensity<T: Copy>(&self, name: &str, table: &[(&'static str, T)]) -> Result<Option<T>, RunError> {
        match self.0.text(name) {
            None | Some("by_intensity") => Ok(None),
            Some(_) => self.choice(name, table).map(Some),
        }
    }

    fn network(&self) -> Result<NetworkProfile, RunError> {
        match self.choice("network", &[("lan", 0), ("wan", 1), ("explicit", 2)])? {
            0 => Ok(NetworkProfile::LAN),
            1 => Ok(NetworkProfile::WAN),
            _ => Ok(NetworkProfile {
                delay: Delay {
                    shape: self.choice("network.delay_distribution", &Shape::NAMES)?,
                    mean_s: self.real("network.delay_mean_ms")? / 1e3,
                    sd_s: self.real("network.delay_sd_ms")? / 1e3,
                },
                loss: self.real("network.loss")?,
                bandwidth_b_s: self.real("network.bandwidth_mb_s")? * 1e6,
            }),
        }
    }

    fn faults(&self) -> Result<FaultSettings, RunError> {
        let rate = self.real("fault_rate")?;
        if rate <= 0.0 {
            return Ok(FaultSettings::NONE);
        }
        Ok(FaultSettings {
            kind: self.choice("fault_type", &FaultType::NAMES)?,
            rate,
            intensity: self.choice("fault_intensity", &Intensity::NAMES)?,
            misdeed: self.by_intensity("byzantine_behaviour", &Misdeed::NAMES)?,
            strategy: self.by_intensity("byzantine_strategy", &Strategy::NAMES)?,
        })
    }

    /// Faults written down one by one.
    pub(super) fn fault_records(&self) -> Result<Vec<FaultRecord>, RunError> {
        let agents = self.whole("agent_count")? as usize;
        let read = self.0.text("fault_records").map(|text| FaultRecord::read(text, agents)).transpose();
        read.map(Option::unwrap_or_default).map_err(|e| invalid(format!("fault_records{e}")))
    }

    fn bargaining(&self, protocol: ProtocolKind) -> Result<Bargaining, RunError> {
        if !protocol.negotiates() {
            return Ok(Bargaining::default());
        }
        Ok(Bargaining {
            rounds: u32::try_from(self.whole("negotiation_rounds")?).unwrap_or(u32::MAX),
            acceptance: self.choice("acceptance_quorum", &AcceptanceQuorum::NAMES)?,
        })
    }

    /// How the agents judge, and the model they ask.
    pub(super) fn counsel(&self) -> Result<Counsel<'a>, RunError> {
        let agent_type = self.choice("agent_type", &AgentType::NAMES)?;
        if agent_type == AgentType::Heuristic {
            return Ok(Counsel { minds: Minds::HEURISTIC, model: "", least_confidence: 0.0, fallback: Fallback::None });
        }
        Ok(Counsel {
            minds: Minds { agent_type, patience_ns: nanoseconds(self.real("model_timeout")?) },
            model: self.text("model")?,
            least_confidence: self.real("least_confidence")?,
            fallback: self.choice("model_fallback", &Fallback::NAMES)?,
        })
    }

    /// The group and its faults, over these jobs.
    pub(super) fn input<'j>(&self, arriving: &'j Arriving) -> Result<SimulationInput<'j>, RunError> {
        let protocol = self.choice("consensus_protocol", &ProtocolKind::NAMES)?;
        let quorums = [("intersecting", ByzantineQuorum::Intersecting), ("naive", ByzantineQuorum::Naive)];
        Ok(SimulationInput {
            agents: self.whole("agent_count")? as usize,
            protocol,
            quorum: match protocol {
                ProtocolKind::Bft => self.choice("quorum", &quorums)?,
                _ => ByzantineQuorum::Intersecting,
            },
            bargaining: self.bargaining(protocol)?,
            network: self.network()?,
            timeout_s: self.0.real("timeout"),
            processing_ns: (PROCESSING_NS as f64 * self.real("processing_factor")?) as u64,
            specialization: self.real("specialization_level")?,
            faults: self.faults()?,
            fault_records: self.fault_records()?,
            jobs: &arriving.jobs,
            simulation_time_s: arriving.simulation_time_s,
            policy: self.choice("local_queue", &[("easy", Policy::Easy), ("fifo", Policy::Fifo)])?,
            event_limit: self.whole("event_limit")?,
        })
    }

    fn workload(&self) -> Result<WorkloadType, RunError> {
        self.choice("workload_type", &WorkloadType::ALL.map(|kind| (kind.word(), kind)))
    }

    fn arrival_rate(&self) -> Result<ArrivalRate, RunError> {
        match self.0.get("job_arrival_rate") {
            Some(value @ (Value::Int(_) | Value::Real(_))) => {
                Ok(ArrivalRate::PerHour(value.as_f64().unwrap_or_default()))
            }
            _ => self.choice(
                "job_arrival_rate",
                &[("low", ArrivalRate::Low), ("medium", ArrivalRate::Medium), ("high", ArrivalRate::High)],
            ),
        }
    }

    /// The jobs of a run. `trace` answers the trace with the digest that the condition names.
    pub(super) fn jobs<'t>(
        &self,
        trace: impl FnOnce(&str) -> Option<&'t Trace>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Arriving, RunError> {
        let limit_s = self.0.real("simulation_time");
        let process = match self.text("job_source")? {
            "swf" => return self.trace_jobs(trace, limit_s, rng),
            "bursts" => Process::Bursts,
            "lublin" => Process::Lublin { cores: LUBLIN_CORES },
            _ => Process::Poisson,
        };
        let generation = Generation {
            process,
            workload: self.workload()?,
            rate: self.arrival_rate()?,
            jobs: u32::try_from(self.whole("jobs")?).unwrap_or(u32::MAX),
            until_ns: limit_s.map_or(u64::MAX, nanoseconds),
        };
        let jobs = generate(&generation, rng).map_err(|e| invalid(e.to_string()))?;
        Ok(Arriving::new(jobs, limit_s))
    }

    fn trace_jobs<'t>(
        &self,
        trace: impl FnOnce(&str) -> Option<&'t Trace>,
        limit_s: Option<f64>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Arriving, RunError> {
        let digest = self
            .text("job_source.swf")
            .map_err(|_| invalid("job_source is swf, but no trace is given; set job_source: { swf: PATH }"))?;
        let trace = trace(digest).ok_or_else(|| invalid("the trace of this run was not read; check job_source.swf"))?;
        let first = self.whole("job_source.first")? as usize;
        let arrivals = self.0.real("job_source.jobs_per_h").map_or(Arrivals::AsLogged, Arrivals::PerHour);
        let selection = Selection { first: Some(first), widest: None, arrivals };
        let mut jobs = trace.select(&selection).map_err(|e| invalid(e.to_string()))?.jobs;
        demands::complete(rng, &mut jobs, self.workload()?);
        let until_ns = limit_s.map_or(u64::MAX, nanoseconds);
        jobs.retain(|job| job.submit_ns <= until_ns);
        Ok(Arriving::new(jobs, limit_s))
    }
}

/// Jobs and the time in which they arrive.
pub(super) struct Arriving {
    pub(super) jobs: Vec<Job>,
    pub(super) simulation_time_s: f64,
}

impl Arriving {
    fn new(jobs: Vec<Job>, limit_s: Option<f64>) -> Self {
        let last_s = || jobs.iter().map(|job| job.submit_ns).max().map_or(0.0, seconds);
        let simulation_time_s = limit_s.unwrap_or_else(last_s);
        Self { jobs, simulation_time_s }
    }
}

//! What the workload declares: parameters, metrics, streams, and the numbers behind its words.

use ergon_domain::{
    ActiveWhen, Canonical, Direction, Family, Manifest, Metric, Parameter, ParameterKind, Range, RunLimit, Stream,
    Value,
};

use super::adversary::{Misdeed, Strategy};
use super::deliberation::{AgentType, Fallback};
use super::demands::WorkloadType;
use super::faults::{FaultType, Intensity};
use super::network::Shape;
use super::numbers;
use super::protocol::negotiation::AcceptanceQuorum;
use super::simulation::ProtocolKind;

/// Raised whenever the same run key could give another result.
pub const VERSION: u32 = 2;

/// Random streams: jobs and faults are the same in all conditions of a replicate where streams are common.
pub(super) const STREAM_JOBS: &str = "jobs";
pub(super) const STREAM_NETWORK: &str = "network";
pub(super) const STREAM_FAULTS: &str = "faults";
pub(super) const STREAM_AGENTS: &str = "agents";
pub(super) const STREAM_TIMERS: &str = "timers";

/// The whole declaration.
pub fn manifest() -> Manifest {
    let stream = |name: &str, common| Stream { name: name.into(), common };
    Manifest {
        workload: "consensus".into(),
        version: VERSION,
        doc: "Scheduling agents agree, message by message on a virtual clock, on where each job of a cluster runs."
            .into(),
        parameters: parameters(),
        open_parameters: false,
        metrics: metrics(),
        streams: vec![
            stream(STREAM_JOBS, true),
            stream(STREAM_FAULTS, true),
            stream(STREAM_NETWORK, false),
            stream(STREAM_AGENTS, false),
            stream(STREAM_TIMERS, false),
        ],
        spans: vec!["jobs".into(), "simulation".into()],
        settings: Vec::new(),
        settings_digest: Canonical::new("ergon.consensus.1").finish(),
        files: Vec::new(),
        limit: RunLimit::Events,
        deterministic: true,
        number_tables: numbers::tables(),
    }
}

fn names<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(name, _)| *name).collect()
}

fn choice(name: &str, values: &[&str], default: &str, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::choice(values), Some(Value::text(default)), doc)
}

fn real(name: &str, (min, max): (f64, f64), default: Option<f64>, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Real { min, max }, default.map(Value::real), doc)
}

fn whole(name: &str, (min, max): (i64, i64), default: Option<i64>, doc: &str) -> Parameter {
    Parameter::new(name, ParameterKind::Int { min, max }, default.map(Value::Int), doc)
}

fn one_of(parameter: &str, values: &[&str]) -> ActiveWhen {
    ActiveWhen::OneOf { parameter: parameter.into(), values: values.iter().map(Value::text).collect() }
}

fn parameters() -> Vec<Parameter> {
    let mut all = group_parameters();
    all.extend(model_parameters());
    all.extend(fault_parameters());
    all.extend(job_parameters());
    all.extend(network_parameters());
    all.push(choice("local_queue", &["easy", "fifo"], "easy", "Order of an agent's own queue: EASY backfill or FIFO."));
    all.push(whole(
        "event_limit",
        (1_000, 1_000_000_000_000),
        Some(200_000_000),
        "Events after which a run fails instead of going on for ever.",
    ));
    all
}

fn group_parameters() -> Vec<Parameter> {
    let protocols = ProtocolKind::TABLE.map(|(name, _, what)| format!("{name}: {what}"));
    vec![
        choice(
            "agent_type",
            &names(&AgentType::NAMES),
            "heuristic",
            "Who judges jobs; heuristic: a weighted sum of fit, headroom, specialty, load and locality, with noise; llm: \
             every agent asks a model for its bid; hybrid: agents bid by the weighted sum, and the coordinator asks a model \
             to choose among the best bids.",
        ),
        choice(
            "consensus_protocol",
            &names(&ProtocolKind::NAMES),
            "bft",
            &format!("How the agents agree; {}.", protocols.join(", ")),
        ),
        whole("agent_count", (3, 200), Some(5), "Number of agents; each owns 8 nodes of the cluster."),
        real(
            "specialization_level",
            (0.0, 1.0),
            Some(0.5),
            "Share of an agent's nodes and judgement bound to one domain; 0: all agents are alike.",
        ),
        choice(
            "quorum",
            &["intersecting", "naive"],
            "intersecting",
            "PBFT's quorum; intersecting: ⌈(n+f+1)/2⌉, naive: 2f+1, unsafe for n ≠ 3f+1.",
        )
        .active_when(one_of("consensus_protocol", &["bft"])),
        whole(
            "negotiation_rounds",
            (1, 50),
            Some(5),
            "Rounds of a negotiation before it ends in an impasse; agents concede linearly over them.",
        )
        .active_when(one_of("consensus_protocol", &["negotiation"])),
        choice(
            "acceptance_quorum",
            &names(&AcceptanceQuorum::NAMES),
            "majority",
            "How many must accept an offer to make it a deal; two_thirds: more than 2/3.",
        )
        .active_when(one_of("consensus_protocol", &["negotiation"])),
        real(
            "timeout",
            (0.001, 86_400.0),
            None,
            "How long a request may take before the coordinator is suspected; raft: base of the election timeout, \
             raised to 10 mean one-way delays. Default: 20 mean one-way delays, at least 0.15; where models are asked, \
             but for raft, model_timeout is added.",
        )
        .unit("s"),
    ]
}

fn model_parameters() -> Vec<Parameter> {
    let asking = || one_of("agent_type", &["llm", "hybrid"]);
    vec![
        Parameter::new("model", ParameterKind::Model, Some(Value::text("llm")), "The model that agents ask.")
            .active_when(asking()),
        real(
            "model_timeout",
            (0.01, 3_600.0),
            Some(10.0),
            "How long an agent waits for its model, in simulated time, repairs included; then llm agents offer nothing \
             and hybrid ones fall back on the heuristic.",
        )
        .unit("s")
        .active_when(asking()),
        choice(
            "model_fallback",
            &names(&Fallback::NAMES),
            "none",
            "When the model can't be had; none: the run fails, heuristic: the agent judges by the weighted sum.",
        )
        .active_when(asking()),
        real(
            "least_confidence",
            (0.0, 1.0),
            Some(0.1),
            "Below this confidence of the reply, a probability gap or the model's own word, the heuristic decides.",
        )
        .active_when(one_of("agent_type", &["hybrid"])),
    ]
}

fn fault_parameters() -> Vec<Parameter> {
    let faulty = || ActiveWhen::Above { parameter: "fault_rate".into(), bound: 0.0 };
    let lying = || one_of("fault_type", &["byzantine", "mixed"]);
    let mut misdeeds = vec!["by_intensity"];
    misdeeds.extend(names(&Misdeed::NAMES));
    let mut strategies = vec!["by_intensity"];
    strategies.extend(names(&Strategy::NAMES));
    vec![
        real(
            "fault_rate",
            (0.0, 0.5),
            Some(0.0),
            "Share of the agents that fail; their number is n × rate, rounded, and reported as faulty_agents.",
        ),
        choice("fault_type", &names(&FaultType::NAMES), "none", "What goes wrong with them.").active_when(faulty()),
        choice(
            "fault_intensity",
            &names(&Intensity::NAMES),
            "medium",
            "How bad and for how long; the table Fault intensities has the numbers.",
        )
        .active_when(faulty()),
        Parameter::new(
            "fault_records",
            ParameterKind::Text,
            None,
            "Faults one by one, besides those drawn: a JSON list of {agent | agents | count, type (byzantine, crash, \
             network, performance, partition), onset_s, duration_s, severity, behaviour, strategy, recovery}. A \
             duration left out is to the end, a severity left out is medium.",
        ),
        choice("byzantine_behaviour", &misdeeds, "by_intensity", "What Byzantine agents do.").active_when(lying()),
        choice("byzantine_strategy", &strategies, "by_intensity", "Towards whom they do it.").active_when(lying()),
    ]
}

fn job_parameters() -> Vec<Parameter> {
    let generated = || one_of("job_source", &["generated", "bursts", "lublin"]);
    let traced = || one_of("job_source", &["swf"]);
    vec![
        choice(
            "job_source",
            &["generated", "bursts", "lublin", "swf"],
            "generated",
            "Where jobs come from; generated: Poisson arrivals, bursts: arrivals in groups, lublin: the model of \
             Lublin & Feitelson (2003), swf: a trace.",
        ),
        Parameter::new(
            "job_source.swf",
            ParameterKind::File { format: "a job log in the Standard Workload Format (.swf or .swf.gz)".into() },
            None,
            "The trace.",
        )
        .active_when(traced()),
        whole("job_source.first", (1, 1_000_000), Some(200), "Only the first this many usable jobs of the trace.")
            .active_when(traced()),
        real(
            "job_source.jobs_per_h",
            (0.001, 1e6),
            None,
            "Rescales the trace's arrivals to this mean rate. Default: as logged.",
        )
        .unit("jobs/h")
        .active_when(traced()),
        choice(
            "workload_type",
            &WorkloadType::ALL.map(WorkloadType::word),
            "mixed",
            "What jobs demand; a trace's cores and times stay as they are. The table Job demands has the numbers.",
        ),
        Parameter::new(
            "job_arrival_rate",
            ParameterKind::ChoiceOrReal {
                values: ["low", "medium", "high"].map(Into::into).to_vec(),
                min: 0.001,
                max: 1e6,
            },
            Some(Value::text("medium")),
            "How many jobs arrive per hour, by word or number.",
        )
        .unit("jobs/h")
        .active_when(generated()),
        whole("jobs", (1, 1_000_000), Some(30), "At most so many generated jobs.").active_when(generated()),
        real(
            "simulation_time",
            (1.0, 1e9),
            None,
            "Jobs arrive up to here, and fault times are shares of it; the run then drains. Default: up to the last job.",
        )
        .unit("s"),
    ]
}

fn network_parameters() -> Vec<Parameter> {
    let explicit = || one_of("network", &["explicit"]);
    vec![
        choice(
            "network",
            &["lan", "wan", "explicit"],
            "lan",
            "Links between agents; the table Networks has the numbers.",
        ),
        choice(
            "network.delay_distribution",
            &names(&Shape::NAMES),
            "lognormal",
            "Shape of the one-way delay; a normal is truncated at 0.",
        )
        .active_when(explicit()),
        real("network.delay_mean_ms", (0.0, 60_000.0), Some(1.0), "Mean one-way delay.")
            .unit("ms")
            .active_when(explicit()),
        real(
            "network.delay_sd_ms",
            (0.0, 60_000.0),
            Some(0.0),
            "Standard deviation of the one-way delay (not used by constant and exponential).",
        )
        .unit("ms")
        .active_when(explicit()),
        real("network.loss", (0.0, 0.99), Some(0.0), "Share of messages lost.").active_when(explicit()),
        real("network.bandwidth_mb_s", (0.0, 1e6), Some(0.0), "Rate of an agent's uplink; 0: unlimited.")
            .unit("MB/s")
            .active_when(explicit()),
        real(
            "processing_factor",
            (0.0, 1e6),
            Some(1.0),
            "How slow an agent's processor is: times the time it takes per message (table Times).",
        ),
    ]
}

const AT_LEAST_0: Range = (Some(0.0), None);
const PERCENT: Range = (Some(0.0), Some(100.0));

fn metrics() -> Vec<Metric> {
    use Direction::{Higher, Lower, None as Neither};
    use Family::{Continuous, Count, Positive, Proportion, TimeToEvent};
    let metric = Metric::new;
    vec![
        metric(
            "consensus_success_rate",
            "Consensus success",
            "%",
            Higher,
            PERCENT,
            Proportion,
            "Jobs decided and placed ÷ jobs submitted.",
        ),
        metric(
            "convergence_time_s",
            "Convergence time",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "First proposal to last honest commit, mean over decisions; agents that were down meanwhile do not count. Where \
             models judge, from the first question to a model: thinking is part of agreeing.",
        ),
        metric(
            "commit_latency_s",
            "Commit latency",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "First proposal to commit, mean over honest agents, then over decisions.",
        ),
        metric(
            "system_throughput_jobs_per_h",
            "Throughput",
            "jobs/h",
            Higher,
            AT_LEAST_0,
            Positive,
            "Jobs completed per simulated hour, up to the last completion.",
        ),
        metric(
            "fault_recovery_time_s",
            "Fault recovery time",
            "s",
            Lower,
            AT_LEAST_0,
            TimeToEvent,
            "Onset of the faults to the first of 3 decisions in a row within 1.5 × the median before the onset, each \
             from submission to last honest commit; right-censored at the end of the run.",
        ),
        metric(
            "resource_utilization",
            "Utilization",
            "%",
            Higher,
            PERCENT,
            Proportion,
            "Busy core-seconds ÷ capacity, up to the last completion.",
        ),
        metric(
            "decision_quality_score",
            "Decision quality",
            "1",
            Higher,
            PERCENT,
            Continuous,
            "100·(U − U_worst)/(U_best − U_worst) over feasible agents in the true state, mean over decisions with a choice.",
        ),
        metric(
            "domain_specific_accuracy",
            "Quality inside the domain",
            "1",
            Higher,
            PERCENT,
            Continuous,
            "Decision quality of jobs given to an agent of their domain.",
        ),
        metric(
            "cross_domain_performance",
            "Quality outside the domain",
            "1",
            Higher,
            PERCENT,
            Continuous,
            "Decision quality of jobs given to an agent of another domain.",
        ),
        metric(
            "specialization_overhead",
            "Specialization overhead",
            "1",
            Lower,
            (Some(-100.0), Some(100.0)),
            Continuous,
            "Quality inside − outside the domain: what deciding for a job of another domain costs, in points; about 0 \
             where specialization_level is 0.",
        ),
        metric(
            "communication_overhead",
            "Messages per decision",
            "1",
            Lower,
            AT_LEAST_0,
            Positive,
            "Messages sent by agents and portal ÷ requests decided; a broadcast counts once per receiver.",
        ),
        metric(
            "communication_bytes",
            "Bytes per decision",
            "B",
            Lower,
            AT_LEAST_0,
            Positive,
            "Bytes of these messages ÷ requests decided.",
        ),
        metric(
            "view_changes",
            "View changes",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Distinct views, each with its coordinator, that an honest agent asked for (not raft, which elects).",
        ),
        metric(
            "elections",
            "Elections",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Distinct terms with a candidate after the first leader was found (raft only).",
        ),
        metric(
            "mean_wait_s",
            "Mean wait",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "Submission to start, mean over jobs that ran; agreeing is part of it.",
        ),
        metric(
            "bounded_slowdown",
            "Bounded slowdown",
            "1",
            Lower,
            (Some(1.0), None),
            Positive,
            "max(1, (wait + run)/max(run, 10 s)), mean over jobs that ran.",
        ),
        metric(
            "safety_violations",
            "Safety violations",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Positions at which two honest agents decided differently.",
        ),
        metric(
            "negotiation_rounds",
            "Negotiation rounds",
            "1",
            Lower,
            AT_LEAST_0,
            Positive,
            "Rounds opened ÷ requests decided (negotiation only).",
        ),
        metric(
            "impasses",
            "Impasses",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Negotiations whose rounds ended without a deal (negotiation only); a reminder may reopen them.",
        ),
        metric(
            "missed_deadlines",
            "Missed deadlines",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Negotiations still under way when their request expired (negotiation only).",
        ),
        metric(
            "reputation_spread",
            "Reputation spread",
            "1",
            Neither,
            (Some(0.0), Some(1.0)),
            Continuous,
            "Highest − lowest reputation at the end of the run (weighted only).",
        ),
        metric(
            "faulty_agents",
            "Faulty agents",
            "1",
            Neither,
            AT_LEAST_0,
            Count,
            "Agents that really failed: n × fault_rate, rounded, and those of fault_records.",
        ),
        metric("jobs_submitted", "Jobs submitted", "1", Neither, AT_LEAST_0, Count, "Jobs that arrived."),
        metric("jobs_decided", "Jobs decided", "1", Higher, AT_LEAST_0, Count, "Jobs on which something was decided."),
        metric("jobs_placed", "Jobs placed", "1", Higher, AT_LEAST_0, Count, "Jobs that ran."),
        metric("events", "Events", "1", Neither, AT_LEAST_0, Count, "Events the simulation processed."),
        metric(
            "malformed_replies",
            "Malformed replies",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Replies of the model that could not be read, repairs included.",
        ),
        metric("llm_calls", "Model calls", "1", Neither, AT_LEAST_0, Count, "Replies of the model, repairs included."),
        metric(
            "llm_fallbacks",
            "Fallbacks",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Questions that were asked and then left to the heuristic: the model failed, or a hybrid agent was too unsure, \
             waited too long or got nothing readable.",
        ),
        metric(
            "llm_latency_s",
            "Model latency",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "Service latency of a reply, mean over replies.",
        ),
        metric("llm_prompt_tokens", "Prompt tokens", "1", Lower, AT_LEAST_0, Count, "Tokens of all prompts."),
        metric("llm_completion_tokens", "Reply tokens", "1", Lower, AT_LEAST_0, Count, "Tokens of all replies."),
    ]
}

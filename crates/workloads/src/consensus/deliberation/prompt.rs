//! What a model is told, and what a simulated one would find good.

use std::fmt::Write;
use std::sync::LazyLock;

use ergon_domain::{DecisionOption, DecisionProblem};

use super::super::cluster::Cluster;
use super::super::job::{Job, seconds};
use super::super::partition::Amounts;
use super::super::queue::LocalQueue;
use super::super::utility::WEIGHTS;
use super::{Question, Wanted};

/// Bids are multiples of 1 ÷ this.
const BID_STEPS: u32 = 20;

/// An agent on the shortlist of a hybrid coordinator.
pub(in crate::consensus) struct Candidate<'a> {
    pub(in crate::consensus) agent: u32,
    /// Its heuristic bid.
    pub(in crate::consensus) estimate: f64,
    /// The state that it reports.
    pub(in crate::consensus) queue: &'a LocalQueue,
    /// Whether it reports that everything is free and nobody waits, whatever is true.
    pub(in crate::consensus) lies: bool,
    /// How good a reader of the facts finds it, 0–1.
    pub(in crate::consensus) utility: f64,
}

/// What a prompt for a bid begins with.
static FOR_A_BID: LazyLock<String> = LazyLock::new(|| {
    with_utility(
        "You are a scheduling agent of a cluster and own some of its nodes. Say how good it would be to run the job on your \
         nodes, as an honest estimate of that utility from 0 to 1 in steps of 0.05, or null if the job can never run there. \
         Answer with this JSON object and nothing else: \
         {\"bid\": NUMBER OR NULL, \"confidence\": NUMBER FROM 0 TO 1, \"reason\": \"ONE SHORT SENTENCE\"}",
    )
});

/// What a prompt for a choice begins with.
static FOR_A_CHOICE: LazyLock<String> = LazyLock::new(|| {
    with_utility(
        "You coordinate the scheduling agents of a cluster. Choose the agent with the highest utility for the job. \
         Estimates are the agents' own and noisy, more so for jobs outside an agent's domain. Answer with this JSON object \
         and nothing else: \
         {\"agent\": NUMBER, \"confidence\": NUMBER FROM 0 TO 1, \"reason\": \"ONE SHORT SENTENCE\"}",
    )
});

fn with_utility(task: &str) -> String {
    let w = WEIGHTS;
    format!(
        "{task}\nUtility = {}·fit (shape of the demand against that of the nodes) + {}·headroom (least share of a demanded \
         resource left free; 0 if the job must wait) + {}·specialty (share of nodes built for the job's domain) + {}·load \
         (requested time ÷ (requested time + expected wait)) + {}·locality (1 ÷ nodes spanned).",
        w.fit, w.headroom, w.specialty, w.load, w.locality
    )
}

/// What every prompt of a kind begins with.
pub(super) fn system(wanted: &Wanted) -> &'static str {
    match wanted {
        Wanted::Bid => &FOR_A_BID,
        Wanted::Choice(_) => &FOR_A_CHOICE,
    }
}

/// A reply for every step of a bid.
static BIDS: LazyLock<Vec<(f64, String)>> = LazyLock::new(|| {
    let reply = |level: f64| format!("{{\"bid\":{level},\"reason\":\"by fit, headroom, specialty, load, locality\"}}");
    (0..=BID_STEPS).map(|step| f64::from(step) / f64::from(BID_STEPS)).map(|level| (level, reply(level))).collect()
});

/// Asks an agent for its bid. `utility` is what a reader of the facts finds, `None` where the job can never run.
pub(in crate::consensus) fn bid_question(
    ticket: u32,
    agent: u32,
    specialization: f64,
    job: &Job,
    queue: &LocalQueue,
    now_ns: u64,
    utility: Option<f64>,
) -> Question {
    let mut prompt = String::with_capacity(512);
    let domain = Cluster::own_domain(agent).word();
    let _ = write!(prompt, "You are agent {agent}, specialized by {specialization} in {domain} jobs. ");
    describe(&mut prompt, job, now_ns);
    prompt.push_str("\nYour nodes: ");
    report(&mut prompt, queue, now_ns, false);
    Question { ticket, wanted: Wanted::Bid, prompt, aside: DecisionProblem::Choice(bids(utility)) }
}

/// Asks a coordinator to choose.
pub(in crate::consensus) fn choice_question(
    ticket: u32,
    coordinator: u32,
    job: &Job,
    candidates: &[Candidate<'_>],
    now_ns: u64,
) -> Question {
    let mut prompt = String::with_capacity(768);
    let _ = write!(prompt, "You are agent {coordinator}. ");
    describe(&mut prompt, job, now_ns);
    for candidate in candidates {
        let domain = Cluster::own_domain(candidate.agent).word();
        let _ = write!(
            prompt,
            "\nAgent {}, specialized in {domain} jobs, estimates {:.3}. It reports: ",
            candidate.agent, candidate.estimate
        );
        report(&mut prompt, candidate.queue, now_ns, candidate.lies);
    }
    let wanted = Wanted::Choice(candidates.iter().map(|c| c.agent).collect());
    Question { ticket, wanted, prompt, aside: DecisionProblem::Choice(choices(candidates)) }
}

fn describe(prompt: &mut String, job: &Job, now_ns: u64) {
    let _ = write!(
        prompt,
        "The time is {:.3} s.\nJob {} of the {} domain asks for {} cores, {} GPUs, {:.1} GB of memory and {:.1} MB/s of \
         storage, for {:.0} s.",
        seconds(now_ns),
        job.id,
        job.domain.word(),
        job.cores,
        job.gpus,
        job.memory_gb,
        job.io_mb_s,
        seconds(job.requested_ns),
    );
}

fn report(prompt: &mut String, queue: &LocalQueue, now_ns: u64, lies: bool) {
    let partition = queue.partition();
    let all = partition.capacity();
    let (free, waiting, running, backlog_core_ns) = if lies {
        (all, 0, 0, 0)
    } else {
        (partition.available(), queue.waiting().len(), queue.running_count(), queue.backlog_core_ns(now_ns))
    };
    let gb = |a: Amounts| a.memory_mb as f64 / 1e3;
    let mb_s = |a: Amounts| a.io_kb_s as f64 / 1e3;
    let _ = write!(
        prompt,
        "{} nodes, {} of {} cores free, {} of {} GPUs, {:.0} of {:.0} GB, {:.0} of {:.0} MB/s; {running} jobs running, \
         {waiting} waiting, {:.0} core-s of work ahead.",
        partition.nodes().len(),
        free.cores,
        all.cores,
        free.gpus,
        all.gpus,
        gb(free),
        gb(all),
        mb_s(free),
        mb_s(all),
        backlog_core_ns as f64 / 1e9,
    );
}

/// No offer, and every step of a bid. The nearest to the truth is best, the farthest worst, linear between; where the
/// job can never run, no offer is best and every bid equally bad.
fn bids(utility: Option<f64>) -> Vec<DecisionOption> {
    let none = DecisionOption {
        reply: "{\"bid\":null,\"reason\":\"it can never run here\"}".into(),
        utility: if utility.is_none() { 1.0 } else { 0.0 },
    };
    let bid = |(level, reply): &(f64, String)| DecisionOption {
        reply: reply.clone(),
        utility: utility.map_or(0.0, |u| 1.0 - (level - u).abs() / u.max(1.0 - u)),
    };
    std::iter::once(none).chain(BIDS.iter().map(bid)).collect()
}

/// 0 for the worst candidate and 1 for the best, linear between.
fn choices(candidates: &[Candidate<'_>]) -> Vec<DecisionOption> {
    let utilities = || candidates.iter().map(|c| c.utility);
    let (worst, best) = (utilities().fold(f64::INFINITY, f64::min), utilities().fold(f64::NEG_INFINITY, f64::max));
    let scaled = |u: f64| if best > worst { (u - worst) / (best - worst) } else { 1.0 };
    let option = |c: &Candidate<'_>| DecisionOption {
        reply: format!("{{\"agent\":{},\"reason\":\"highest utility\"}}", c.agent),
        utility: scaled(c.utility),
    };
    candidates.iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::queue::Policy;
    use super::super::reply::read;
    use super::*;

    fn queues() -> Vec<LocalQueue> {
        let partitions = Cluster::new(3, 0.5).unwrap().into_partitions();
        partitions.into_iter().map(|p| LocalQueue::new(p, Policy::Easy)).collect()
    }

    fn options(question: &Question) -> &[DecisionOption] {
        let DecisionProblem::Choice(options) = &question.aside else { panic!("a choice") };
        options
    }

    fn best(question: &Question) -> &DecisionOption {
        options(question).iter().max_by(|a, b| a.utility.total_cmp(&b.utility)).unwrap()
    }

    #[test]
    fn every_option_is_a_reply_that_can_be_read_with_a_utility_from_0_to_1() {
        let (queues, job) = (queues(), Job::of_cores(7, 0, 1_000, 1_000, 8));
        let candidate =
            |agent: u32, utility| Candidate { agent, estimate: 0.5, queue: &queues[0], lies: false, utility };
        let chosen = choice_question(0, 2, &job, &[candidate(0, 0.4), candidate(1, 0.6), candidate(2, 0.5)], 0);
        let asked = [None, Some(0.0), Some(0.33), Some(1.0)].map(|u| bid_question(0, 0, 0.5, &job, &queues[0], 0, u));
        for question in asked.iter().chain([&chosen]) {
            for option in options(question) {
                assert!(read(&question.wanted, &option.reply).is_ok(), "{}", option.reply);
                assert!((0.0..=1.0).contains(&option.utility), "{option:?}");
            }
        }
        assert!(options(&chosen).iter().map(|o| o.utility).eq([0.0, 1.0, (0.5 - 0.4) / (0.6 - 0.4)]));
    }

    #[test]
    fn the_best_bid_is_the_step_next_to_the_truth_and_no_offer_where_the_job_can_never_run() {
        let (queues, job) = (queues(), Job::of_cores(7, 0, 1_000, 1_000, 8));
        for (truth, expected) in [
            (None, r#"{"bid":null"#),
            (Some(0.0), r#"{"bid":0,"#),
            (Some(0.26), r#"{"bid":0.25,"#),
            (Some(1.0), r#"{"bid":1,"#),
        ] {
            let question = bid_question(0, 0, 0.5, &job, &queues[0], 0, truth);
            assert!(best(&question).reply.starts_with(expected), "{truth:?}: {}", best(&question).reply);
        }
    }

    #[test]
    fn a_prompt_says_what_the_job_asks_and_what_the_agent_has() {
        let queues = queues();
        let job = Job { gpus: 2, ..Job::of_cores(7, 0, 1_000, 3_600_000_000_000, 8) };
        let question = bid_question(3, 1, 0.5, &job, &queues[1], 2_000_000_000, Some(0.5));
        for part in [
            "You are agent 1, specialized by 0.5 in memory jobs. The time is 2.000 s.",
            "Job 7 of the compute domain asks for 8 cores, 2 GPUs, 0.0 GB of memory and 0.0 MB/s of storage, for 3600 s.",
            "8 nodes, 272 of 272 cores free",
            "0 jobs running, 0 waiting, 0 core-s of work ahead.",
        ] {
            assert!(question.prompt.contains(part), "{part} is not in {}", question.prompt);
        }
    }
}

//! The heuristic agent: what it bids for a job.
//!
//! A bid is the agent's estimate of the utility of having the job itself, U of [`utility`](super::utility)
//! with its documented weights (fit, headroom, specialty, load, locality), plus normal noise. Judgement
//! is bound to a domain like the agent's nodes are: with specialization s the noise has
//!
//! | job | standard deviation of the estimate |
//! |---|---|
//! | of the agent's own domain | 0.10·(1 − 0.9·s) |
//! | of another domain | 0.10·(1 + s) |
//!
//! so that an agent without specialization judges all jobs alike. The numbers are Ergon's choice; U
//! spans 0–1. What can never run on its nodes an honest agent says it cannot take.

use rand_chacha::ChaCha8Rng;

use crate::draw;

use super::cluster::Cluster;
use super::job::Job;
use super::queue::LocalQueue;
use super::utility::utility;

/// Standard deviation of an unspecialized agent's estimate, in units of U.
pub const NOISE: f64 = 0.10;
/// Share of the noise that full specialization takes away for jobs of the own domain.
pub const NOISE_LOST_INSIDE: f64 = 0.9;
/// Noise that full specialization adds for other jobs, as a share.
pub const NOISE_GAINED_OUTSIDE: f64 = 1.0;

/// What an agent offers for a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bid {
    /// Its estimate of the utility, noise included; `None`: it cannot take the job.
    pub estimate: Option<f64>,
}

impl Bid {
    /// What a liar says: the best there could be.
    pub const LIE: Self = Self { estimate: Some(1.5) };
}

/// Standard deviation of the estimate of an agent for a job.
pub fn noise_sd(agent: u32, job: &Job, specialization: f64) -> f64 {
    if Cluster::own_domain(agent) == job.domain {
        NOISE * (1.0 - NOISE_LOST_INSIDE * specialization)
    } else {
        NOISE * (1.0 + NOISE_GAINED_OUTSIDE * specialization)
    }
}

/// An honest bid. Takes one word of the stream.
pub fn bid(agent: u32, job: &Job, queue: &LocalQueue, specialization: f64, now_ns: u64, rng: &mut ChaCha8Rng) -> Bid {
    let noise = draw::normal(rng, 0.0, noise_sd(agent, job, specialization));
    Bid { estimate: utility(job, queue, now_ns).map(|u| u + noise) }
}

#[cfg(test)]
mod tests {
    use super::super::job::Domain;
    use super::super::queue::Policy;
    use super::*;
    use rand_core::SeedableRng;

    #[test]
    fn specialization_sharpens_judgement_inside_the_domain_and_blurs_it_outside() {
        let job = |domain| Job { domain, ..Job::of_cores(1, 0, 1_000, 1_000, 8) };
        let own = Cluster::own_domain(0);
        let other = Domain::ALL.into_iter().find(|&d| d != own).unwrap();
        assert_eq!(noise_sd(0, &job(own), 0.0), noise_sd(0, &job(other), 0.0));
        for (low, high) in [(0.0, 0.3), (0.3, 0.7), (0.7, 1.0)] {
            assert!(noise_sd(0, &job(own), high) < noise_sd(0, &job(own), low));
            assert!(noise_sd(0, &job(other), high) > noise_sd(0, &job(other), low));
        }
    }

    #[test]
    fn an_honest_agent_declines_what_it_cannot_run_and_a_lie_beats_every_honest_bid() {
        let partition = Cluster::new(4, 0.0).unwrap().into_partitions().remove(0);
        let queue = LocalQueue::new(partition, Policy::Easy);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut offer = |cores| bid(0, &Job::of_cores(1, 0, 1_000, 1_000, cores), &queue, 0.5, 0, &mut rng).estimate;
        assert_eq!(offer(100_000), None);
        let best = (0..1_000).filter_map(|_| offer(8)).fold(0.0, f64::max);
        assert!(Bid::LIE.estimate.unwrap() > best);
    }
}

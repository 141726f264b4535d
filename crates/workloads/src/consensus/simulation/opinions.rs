//! What agents think of a proposed placement, and how well placements turned out.
//!
//! An agent believes of every agent's utility U(job, agent) the truth plus normal noise, with the standard
//! deviation of its judgement (see [`agent`](super::super::agent)) about itself and 1.25 times that about others;
//! which of them can never run the job it knows. Its beliefs about a request have noise of their own that stays the same however often
//! it is asked. The worth of a choice is its believed utility ÷ the best believed utility.
//!
//! A placement's quality is requested ÷ (requested + wait) when the job starts, and 0 when the chosen
//! agent refuses, does not answer or loses the job. The portal sees it and attests it to all agents.

use rand_chacha::ChaCha8Rng;

use super::super::agent::noise_sd;
use super::super::node_set::NodeId;
use super::super::protocol::{Opinion, Protocol, Value, Verdict};
use super::super::utility::utility;
use super::World;
use super::message::JobMessage;
use crate::draw;

/// Noise in what an agent believes of others, in units of that about itself.
const NOISE_ABOUT_OTHERS: f64 = 1.25;
/// What is possible is worth something, however bad.
const LEAST_WORTH: f64 = 0.01;

impl<P: Protocol> World<'_, P> {
    pub(super) fn on_considering(&mut self, node: NodeId, value: Value, at_ns: u64) {
        let opinion = self.opinion(node, value, at_ns);
        self.group.opine(node, value, opinion);
    }

    fn opinion(&self, node: NodeId, value: Value, at_ns: u64) -> Opinion {
        let Some(asked) = self.portal.requests().get(value.request as usize) else {
            return Opinion { worth: 1.0, rather: None };
        };
        let job = &self.input.jobs[asked.job as usize];
        let sd = noise_sd(u32::from(node), job, self.input.specialization);
        let mut rng = self.beliefs(value.request, node);
        let mut beliefs = vec![None; self.queues.len()];
        for (agent, (queue, belief)) in (0_u32..).zip(self.queues.iter().zip(&mut beliefs)) {
            let about = if agent == u32::from(node) { 1.0 } else { NOISE_ABOUT_OTHERS };
            let noise = draw::normal(&mut rng, 0.0, about * sd);
            if asked.excluded != Some(agent) {
                *belief = utility(job, queue, at_ns).map(|u| (u + noise).clamp(LEAST_WORTH, 1.0));
            }
        }
        let known = (0_u32..).zip(&beliefs).filter_map(|(agent, belief)| belief.map(|b| (agent, b)));
        let Some((rather, best)) = known.reduce(|best, next| if next.1 > best.1 { next } else { best }) else {
            // Nobody can take the job: the only good answer is to say so.
            let says_so = value.choice as usize >= self.queues.len();
            return Opinion { worth: f64::from(u8::from(says_so)), rather: None };
        };
        let worth = beliefs.get(value.choice as usize).copied().flatten().map_or(0.0, |b| (b / best).max(LEAST_WORTH));
        Opinion { worth, rather: Some(rather) }
    }

    /// The noise in an agent's beliefs about a request: the same each time.
    fn beliefs(&self, request: u32, node: NodeId) -> ChaCha8Rng {
        let mut rng = self.belief_rng.clone();
        // Stream 0 is the one that bids are drawn from.
        rng.set_stream(1 + (u64::from(request) << 16 | u64::from(node)));
        rng.set_word_pos(0);
        rng
    }

    /// The portal tells all agents how the placement of a request turned out, where they care.
    pub(super) fn attest(&mut self, request: u32, agent: u32, quality: f64) {
        if !P::WANTS_VERDICTS || agent as usize >= self.input.agents {
            return;
        }
        let quality = libm::round(1_000.0 * quality.clamp(0.0, 1.0)) as u16;
        let verdict = Verdict { request, agent: agent as NodeId, quality };
        let portal = self.group.portal();
        for node in 0..self.input.agents as NodeId {
            self.group.send(portal, node, JobMessage::Verdict(verdict));
        }
    }
}

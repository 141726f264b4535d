//! The network between agents: delay, loss, bandwidth, and what faults do to links.
//!
//! A message of b bytes first passes its sender's uplink, which sends one message after another at
//! the profile's rate, and then takes a one-way delay. A message to oneself does not touch the
//! network. Delay and loss of the healthy network come from one random stream, troubles of faulty
//! links from another, so that a fault does not shift the healthy delays of later messages.
//!
//! Profiles. Chosen by Ergon as round figures of a machine-room network and of sites on one continent:
//!
//! | profile | delay | mean, ms | sd, ms | loss | bandwidth, MB/s |
//! |---|---|---|---|---|---|
//! | lan | log-normal | 0.25 | 0.10 | 0 | 1,250 (10 Gbit/s) |
//! | wan | log-normal | 40 | 15 | 0.001 | 125 (1 Gbit/s) |

mod delay;

use rand_chacha::ChaCha8Rng;

use crate::draw;

pub use delay::{Delay, DelaySampler, Shape};

use super::node_set::NodeId;

/// What the healthy network is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkProfile {
    /// One-way delay.
    pub delay: Delay,
    /// Share of messages lost, 0–1.
    pub loss: f64,
    /// Rate of every agent's uplink, bytes per second; 0 means unlimited.
    pub bandwidth_b_s: f64,
}

impl NetworkProfile {
    /// A machine room: see the table in the module.
    pub const LAN: Self = Self {
        delay: Delay { shape: Shape::LogNormal, mean_s: 0.000_25, sd_s: 0.000_10 },
        loss: 0.0,
        bandwidth_b_s: 1.25e9,
    };

    /// Sites of one continent: see the table in the module.
    pub const WAN: Self = Self {
        delay: Delay { shape: Shape::LogNormal, mean_s: 0.040, sd_s: 0.015 },
        loss: 0.001,
        bandwidth_b_s: 1.25e8,
    };

    /// Only the delay: nothing is lost and bandwidth is unlimited.
    pub const fn ideal(delay: Delay) -> Self {
        Self { delay, loss: 0.0, bandwidth_b_s: 0.0 }
    }
}

/// What is wrong with a link while a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trouble {
    /// Share of messages lost in addition, 0–1.
    pub loss: f64,
    /// The healthy delay is multiplied by this, at least 0.
    pub delay_factor: f64,
    /// Added to the delay, nanoseconds.
    pub extra_delay_ns: u64,
    /// Share of messages that arrive twice, 0–1.
    pub duplicate: f64,
    /// Share of messages held back, so that later ones overtake them, 0–1.
    pub reorder: f64,
    /// How long a message is held back at most (uniform from 0), nanoseconds.
    pub hold_ns: u64,
}

impl Trouble {
    /// Nothing is wrong.
    pub const NONE: Self =
        Self { loss: 0.0, delay_factor: 1.0, extra_delay_ns: 0, duplicate: 0.0, reorder: 0.0, hold_ns: 0 };

    /// Both troubles on one link: losses are independent, extra delays add up, and the slower end sets
    /// the pace.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let either = |a: f64, b: f64| 1.0 - (1.0 - a) * (1.0 - b);
        Self {
            loss: either(self.loss, other.loss),
            delay_factor: self.delay_factor.max(other.delay_factor),
            extra_delay_ns: self.extra_delay_ns.saturating_add(other.extra_delay_ns),
            duplicate: either(self.duplicate, other.duplicate),
            reorder: either(self.reorder, other.reorder),
            hold_ns: self.hold_ns.max(other.hold_ns),
        }
    }
}

/// When a message arrives: never, once, or twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// The first copy, nanoseconds.
    pub first_ns: Option<u64>,
    /// A duplicate, nanoseconds.
    pub second_ns: Option<u64>,
}

impl Arrivals {
    const LOST: Self = Self { first_ns: None, second_ns: None };
}

/// All links among a number of endpoints.
pub struct Network {
    endpoints: usize,
    sampler: DelaySampler,
    loss: f64,
    ns_per_byte: f64,
    uplink_free_ns: Vec<u64>,
    rng: ChaCha8Rng,
    fault_rng: ChaCha8Rng,
    /// Index into `troubles` by from × endpoints + to; empty while every link is healthy.
    links: Vec<u16>,
    troubles: Vec<Trouble>,
    /// Side of a partition by endpoint; empty while there is none.
    sides: Vec<u8>,
}

impl Network {
    /// A healthy network. `rng` gives its delays and losses, `fault_rng` the troubles of faulty links.
    pub fn new(endpoints: usize, profile: &NetworkProfile, rng: ChaCha8Rng, fault_rng: ChaCha8Rng) -> Self {
        let rate = profile.bandwidth_b_s;
        Self {
            endpoints,
            sampler: profile.delay.sampler(),
            loss: profile.loss,
            ns_per_byte: if rate > 0.0 { 1e9 / rate } else { 0.0 },
            uplink_free_ns: vec![0; endpoints],
            rng,
            fault_rng,
            links: Vec::new(),
            troubles: Vec::new(),
            sides: Vec::new(),
        }
    }

    /// Sends `bytes` at `now_ns` from one endpoint to another.
    #[inline]
    pub fn send(&mut self, from: NodeId, to: NodeId, bytes: u64, now_ns: u64) -> Arrivals {
        let sent_ns = self.uplink(from, bytes, now_ns);
        let delay_ns = self.sampler.draw(&mut self.rng);
        let lost = self.loss > 0.0 && draw::bernoulli(&mut self.rng, self.loss);
        if lost || self.parted(from, to) {
            return Arrivals::LOST;
        }
        match self.trouble(from, to) {
            None => Arrivals { first_ns: Some(sent_ns.saturating_add(delay_ns)), second_ns: None },
            Some(trouble) => self.send_troubled(trouble, sent_ns, delay_ns),
        }
    }

    /// Replaces the troubles of all links: (from, to, what is wrong). Several on one link add up.
    pub fn set_troubles(&mut self, troubles: &[(NodeId, NodeId, Trouble)]) {
        self.links.clear();
        self.troubles.clear();
        if troubles.is_empty() {
            return;
        }
        self.links.resize(self.endpoints * self.endpoints, u16::MAX);
        let mut whole = vec![None::<Trouble>; self.endpoints * self.endpoints];
        for &(from, to, trouble) in troubles {
            let index = usize::from(from) * self.endpoints + usize::from(to);
            if let Some(link) = whole.get_mut(index) {
                *link = Some(link.map_or(trouble, |other| other.and(trouble)));
            }
        }
        for (link, trouble) in whole.into_iter().enumerate() {
            let Some(trouble) = trouble else { continue };
            let known = self.troubles.iter().position(|t| *t == trouble);
            let index = known.unwrap_or_else(|| {
                self.troubles.push(trouble);
                self.troubles.len() - 1
            });
            self.links[link] = index as u16;
        }
    }

    /// Parts the endpoints by side (one number per endpoint); an empty slice heals.
    pub fn set_partition(&mut self, sides: &[u8]) {
        self.sides = sides.to_vec();
    }

    #[inline]
    fn uplink(&mut self, from: NodeId, bytes: u64, now_ns: u64) -> u64 {
        if self.ns_per_byte == 0.0 {
            return now_ns;
        }
        let free_ns = &mut self.uplink_free_ns[usize::from(from)];
        *free_ns = (*free_ns).max(now_ns) + (bytes as f64 * self.ns_per_byte) as u64;
        *free_ns
    }

    #[inline]
    fn parted(&self, from: NodeId, to: NodeId) -> bool {
        !self.sides.is_empty() && self.sides.get(usize::from(from)) != self.sides.get(usize::from(to))
    }

    #[inline]
    fn trouble(&self, from: NodeId, to: NodeId) -> Option<Trouble> {
        if self.links.is_empty() {
            return None;
        }
        let index = *self.links.get(usize::from(from) * self.endpoints + usize::from(to))?;
        self.troubles.get(usize::from(index)).copied()
    }

    fn send_troubled(&mut self, trouble: Trouble, sent_ns: u64, delay_ns: u64) -> Arrivals {
        let rng = &mut self.fault_rng;
        if draw::bernoulli(rng, trouble.loss) {
            return Arrivals::LOST;
        }
        let slowed_ns = |delay_ns: u64| {
            let factor = trouble.delay_factor.max(0.0);
            sent_ns.saturating_add((delay_ns as f64 * factor) as u64).saturating_add(trouble.extra_delay_ns)
        };
        let mut first_ns = slowed_ns(delay_ns);
        if draw::bernoulli(rng, trouble.reorder) {
            first_ns = first_ns.saturating_add(draw::below(rng, trouble.hold_ns.max(1)));
        }
        let second_ns = draw::bernoulli(rng, trouble.duplicate).then(|| slowed_ns(self.sampler.draw(rng)));
        Arrivals { first_ns: Some(first_ns), second_ns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng;

    fn network(profile: NetworkProfile) -> Network {
        Network::new(4, &profile, ChaCha8Rng::seed_from_u64(1), ChaCha8Rng::seed_from_u64(2))
    }

    fn second() -> Network {
        network(NetworkProfile::ideal(Delay::constant(1.0)))
    }

    const S: u64 = 1_000_000_000;

    #[test]
    fn the_uplink_sends_one_message_after_another() {
        let mut net = network(NetworkProfile { bandwidth_b_s: 1_000.0, ..NetworkProfile::ideal(Delay::constant(1.0)) });
        assert_eq!(net.send(0, 1, 500, 0).first_ns, Some(S / 2 + S));
        assert_eq!(net.send(0, 2, 500, 0).first_ns, Some(S + S), "waits for the first");
        assert_eq!(net.send(1, 2, 500, 0).first_ns, Some(S / 2 + S), "another agent's uplink is free");
        assert_eq!(net.send(0, 2, 500, 9 * S).first_ns, Some(9 * S + S / 2 + S));
    }

    #[test]
    fn loss_has_its_rate_and_leaves_other_delays_alone() {
        let mut lossy = network(NetworkProfile { loss: 0.2, ..NetworkProfile::LAN });
        let lost = (0..20_000).filter(|_| lossy.send(0, 1, 100, 0).first_ns.is_none()).count();
        assert!((3_700..4_300).contains(&lost), "{lost} of 20,000");
        let (mut healthy, mut troubled) = (network(NetworkProfile::LAN), network(NetworkProfile::LAN));
        troubled.set_troubles(&[(0, 1, Trouble { loss: 0.5, ..Trouble::NONE })]);
        for _ in 0..100 {
            healthy.send(0, 1, 100, 0);
            troubled.send(0, 1, 100, 0);
            assert_eq!(healthy.send(2, 3, 100, 0), troubled.send(2, 3, 100, 0));
        }
    }

    #[test]
    fn troubles_act_on_their_link_in_their_direction_and_add_up() {
        let mut net = second();
        let slow = Trouble { delay_factor: 3.0, ..Trouble::NONE };
        let late = Trouble { extra_delay_ns: S, ..Trouble::NONE };
        net.set_troubles(&[(0, 1, slow), (0, 1, late)]);
        assert_eq!(net.send(0, 1, 1, 0).first_ns, Some(4 * S));
        assert_eq!(net.send(1, 0, 1, 0).first_ns, Some(S));
        net.set_troubles(&[(0, 1, Trouble { duplicate: 1.0, ..Trouble::NONE })]);
        assert_eq!(net.send(0, 1, 1, 0), Arrivals { first_ns: Some(S), second_ns: Some(S) });
        net.set_troubles(&[(0, 1, Trouble { reorder: 1.0, hold_ns: S, ..Trouble::NONE })]);
        let held: Vec<u64> = (0..50).filter_map(|_| net.send(0, 1, 1, 0).first_ns).collect();
        assert!(held.iter().all(|t| (S..2 * S).contains(t)) && !held.is_sorted());
        net.set_troubles(&[]);
        assert_eq!(net.send(0, 1, 1, 0).first_ns, Some(S));
    }

    #[test]
    fn a_partition_parts_until_it_heals() {
        let mut net = second();
        net.set_partition(&[0, 0, 1, 1]);
        assert_eq!(net.send(0, 2, 1, 0).first_ns, None);
        assert_eq!(net.send(2, 3, 1, 0).first_ns, Some(S));
        net.set_partition(&[]);
        assert_eq!(net.send(0, 2, 1, 0).first_ns, Some(S));
    }
}

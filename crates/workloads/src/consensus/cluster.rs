//! The heterogeneous cluster: node kinds, and who owns which nodes.
//!
//! Node table, chosen for Ergon in the proportions of present HPC nodes (round numbers, half-size so
//! that an agent's share is fine-grained):
//!
//! | kind | cores | GPUs | memory, GB | storage bandwidth, MB/s |
//! |---|---|---|---|---|
//! | gpu | 32 | 4 | 256 | 1,000 |
//! | memory | 32 | 0 | 2,048 | 1,000 |
//! | compute | 64 | 0 | 256 | 1,000 |
//! | storage | 16 | 0 | 128 | 10,000 |
//!
//! Every agent owns 8 nodes. Without specialization these are two of each kind (288 cores, 8 GPUs,
//! 5,376 GB, 26 GB/s). With specialization s, an agent's own kind has round(8·(1/4 + 3/4·s)) of them
//! and the other three kinds share the rest, in a rotation that starts elsewhere for every agent.
//! Agents take their kinds in the order gpu, memory, storage, compute, so that three agents already
//! cover every resource.

use super::job::Domain;
use super::partition::{Amounts, Partition};

/// Nodes that every agent owns.
pub const NODES_PER_AGENT: usize = 8;

/// The order in which agents take their own domain.
const OWN_DOMAINS: [Domain; 4] = [Domain::Gpu, Domain::Memory, Domain::Storage, Domain::Compute];

/// One machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is built for.
    pub kind: Domain,
    /// What it has.
    pub amounts: Amounts,
}

impl Node {
    /// A node of a kind, by the table above.
    pub const fn of(kind: Domain) -> Self {
        let (cores, gpus, memory_gb, io_mb_s) = match kind {
            Domain::Gpu => (32, 4, 256, 1_000),
            Domain::Memory => (32, 0, 2_048, 1_000),
            Domain::Compute => (64, 0, 256, 1_000),
            Domain::Storage => (16, 0, 128, 10_000),
        };
        Self { kind, amounts: Amounts { cores, gpus, memory_mb: memory_gb * 1_000, io_kb_s: io_mb_s * 1_000 } }
    }
}

/// Why a cluster cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ClusterError {
    /// No owner, no cluster.
    #[error("a cluster needs at least one agent to own its nodes")]
    NoAgents,
    /// Specialization is a share.
    #[error("specialization is a share between 0 and 1, not {0}")]
    Specialization(f64),
}

/// All partitions, one per agent.
#[derive(Clone, Debug)]
pub struct Cluster {
    partitions: Vec<Partition>,
}

impl Cluster {
    /// A cluster for `agents` agents at a specialization level in 0–1.
    pub fn new(agents: u32, specialization: f64) -> Result<Self, ClusterError> {
        if agents == 0 {
            return Err(ClusterError::NoAgents);
        }
        if !(0.0..=1.0).contains(&specialization) {
            return Err(ClusterError::Specialization(specialization));
        }
        let partitions = (0..agents).map(|agent| Partition::new(agent, nodes_of(agent, specialization))).collect();
        Ok(Self { partitions })
    }

    /// The domain that an agent specializes in.
    pub fn own_domain(agent: u32) -> Domain {
        OWN_DOMAINS[agent as usize % OWN_DOMAINS.len()]
    }

    /// The specialization that whole nodes allow: what `new` really builds for this level.
    pub fn realised_specialization(specialization: f64) -> f64 {
        let share = own_nodes(specialization) as f64 / NODES_PER_AGENT as f64;
        (share - 0.25) / 0.75
    }

    /// The partitions, by agent.
    pub fn partitions(&self) -> &[Partition] {
        &self.partitions
    }

    /// Hands the partitions over, by agent.
    pub fn into_partitions(self) -> Vec<Partition> {
        self.partitions
    }

    /// What each agent contributes: its mean share of the cluster's cores, GPUs, memory and bandwidth, in
    /// thousandths of an equal share, and no less than 500 and no more than 1,500 of them.
    pub fn capabilities(&self) -> Vec<u32> {
        let all = self.capacity().each_of();
        let capability = |partition: &Partition| {
            let shares = partition.capacity().each_of().into_iter().zip(all).filter(|&(_, all)| all > 0);
            let (sum, count) =
                shares.fold((0.0, 0.0), |(sum, count), (own, all)| (sum + own as f64 / all as f64, count + 1.0));
            let thousandths = libm::round(1_000.0 * self.partitions.len() as f64 * sum / f64::max(count, 1.0));
            thousandths.clamp(500.0, 1_500.0) as u32
        };
        self.partitions.iter().map(capability).collect()
    }

    /// What all nodes have together.
    pub fn capacity(&self) -> Amounts {
        self.partitions.iter().fold(Amounts::default(), |sum, p| sum.plus(p.capacity()))
    }
}

fn own_nodes(specialization: f64) -> usize {
    let share = 0.25 + 0.75 * specialization;
    libm::round(share * NODES_PER_AGENT as f64) as usize
}

fn nodes_of(agent: u32, specialization: f64) -> Vec<Node> {
    let own = Cluster::own_domain(agent);
    let own_count = own_nodes(specialization).min(NODES_PER_AGENT);
    let others: Vec<Domain> = OWN_DOMAINS.into_iter().filter(|&d| d != own).collect();
    // Agents of the same domain are four apart: their index by fours rotates the leftovers.
    let turn = agent as usize / OWN_DOMAINS.len();
    let rest = (0..NODES_PER_AGENT - own_count).map(|i| others[(turn + i) % others.len()]);
    let mut kinds: Vec<Domain> = std::iter::repeat_n(own, own_count).chain(rest).collect();
    kinds.sort_unstable();
    kinds.into_iter().map(Node::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_owns_the_same_number_of_nodes() {
        for agents in [1, 3, 5, 15, 50, 200] {
            for level in [0.0, 0.1, 0.33, 0.5, 0.75, 1.0] {
                let cluster = Cluster::new(agents, level).unwrap();
                assert_eq!(cluster.partitions().len(), agents as usize);
                for partition in cluster.partitions() {
                    assert_eq!(partition.nodes().len(), NODES_PER_AGENT);
                }
            }
        }
    }

    #[test]
    fn without_specialization_all_partitions_are_equal_and_balanced() {
        let cluster = Cluster::new(7, 0.0).unwrap();
        for partition in cluster.partitions() {
            for domain in Domain::ALL {
                assert_eq!(partition.share_of(domain), 0.25);
            }
            let capacity = partition.capacity();
            assert_eq!((capacity.cores, capacity.gpus), (288, 8));
            assert_eq!((capacity.memory_mb, capacity.io_kb_s), (5_376_000, 26_000_000));
        }
    }

    #[test]
    fn specialization_moves_nodes_to_the_own_domain() {
        let mut last = 0.0;
        for level in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let cluster = Cluster::new(8, level).unwrap();
            let share = cluster.partitions()[5].share_of(Cluster::own_domain(5));
            assert!(share > last, "{level}: {share}");
            assert!((share - (0.25 + 0.75 * Cluster::realised_specialization(level))).abs() < 1e-12);
            last = share;
        }
        assert_eq!(last, 1.0);
        assert_eq!(Cluster::realised_specialization(0.0), 0.0);
        assert_eq!(Cluster::realised_specialization(1.0), 1.0);
    }

    #[test]
    fn three_agents_cover_every_resource_even_fully_specialized() {
        let capacity = Cluster::new(3, 1.0).unwrap().capacity();
        assert!(capacity.gpus > 0 && capacity.io_kb_s > 80_000_000);
        assert!(capacity.memory_mb > 16_000_000);
    }

    #[test]
    fn impossible_clusters_are_refused_in_words() {
        assert_eq!(Cluster::new(0, 0.5).unwrap_err(), ClusterError::NoAgents);
        assert_eq!(Cluster::new(3, 1.5).unwrap_err().to_string(), "specialization is a share between 0 and 1, not 1.5");
        assert!(Cluster::new(3, f64::NAN).is_err());
    }
}

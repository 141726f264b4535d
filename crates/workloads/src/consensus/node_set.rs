//! Agents by number, and sets of them.

/// Index of an agent, from 0.
pub type NodeId = u16;

/// The largest number of agents a set can hold.
pub const MAX_NODES: usize = 256;

/// A set of agents, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeSet([u64; MAX_NODES / 64]);

impl NodeSet {
    /// No agents.
    pub const EMPTY: Self = Self([0; MAX_NODES / 64]);

    /// Adds an agent; answers whether it was new. Numbers beyond the largest are never members.
    #[inline]
    pub fn insert(&mut self, node: NodeId) -> bool {
        let Some(word) = self.0.get_mut(usize::from(node) / 64) else {
            return false;
        };
        let bit = 1 << (node % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Whether an agent is in it.
    #[inline]
    pub fn contains(&self, node: NodeId) -> bool {
        self.0.get(usize::from(node) / 64).is_some_and(|word| word & (1 << (node % 64)) != 0)
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; MAX_NODES / 64]
    }

    /// Members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..MAX_NODES as NodeId).filter(|&node| self.contains(node))
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut set = Self::EMPTY;
        for node in nodes {
            set.insert(node);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_counts_each_member_once() {
        let mut set = NodeSet::EMPTY;
        assert!(set.insert(0) && set.insert(64) && set.insert(255));
        assert!(!set.insert(64));
        assert!(!set.insert(256) && !set.contains(256));
        assert_eq!(set.len(), 3);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 64, 255]);
        assert_eq!(set, [255, 64, 0].into_iter().collect());
    }
}

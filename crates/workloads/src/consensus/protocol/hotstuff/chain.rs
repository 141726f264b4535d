//! The tree of blocks an agent knows, what it is locked on, and what is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::Value;
use super::messages::{Block, BlockId, Certificate};

/// What became of a block that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    New,
    Known,
    /// Its parent is unknown.
    Missing(BlockId),
}

/// Invariant: every block's parent is in it, down to the root, which is nobody's block: view 0, no value.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    blocks: BTreeMap<BlockId, Arc<Block>>,
    /// The highest certificate known.
    highest: Certificate,
    /// The block it is locked on: the middle of a two-chain.
    locked: Certificate,
    /// The last block decided.
    decided: Certificate,
    /// Positions given out.
    positions: u64,
}

const ROOT: Certificate = Certificate { view: 0, block: BlockId(0) };

impl Chain {
    pub(super) fn new() -> Self {
        Self { blocks: BTreeMap::new(), highest: ROOT, locked: ROOT, decided: ROOT, positions: 0 }
    }

    pub(super) fn highest(&self) -> Certificate {
        self.highest
    }

    pub(super) fn decided_view(&self) -> u64 {
        self.decided.view
    }

    /// Positions given out.
    pub(super) fn positions(&self) -> u64 {
        self.positions
    }

    /// The position after the last one given out.
    pub(super) fn next_position(&mut self) -> u64 {
        self.positions += 1;
        self.positions
    }

    pub(super) fn add(&mut self, block: &Arc<Block>) -> Added {
        let id = block.id();
        let parent = block.justify.block;
        if self.blocks.contains_key(&id) {
            Added::Known
        } else if parent == ROOT.block || self.blocks.contains_key(&parent) {
            self.blocks.insert(id, block.clone());
            Added::New
        } else {
            Added::Missing(parent)
        }
    }

    /// Takes a certificate; answers whether it is higher than all before. One for an unknown block counts for nothing.
    pub(super) fn certify(&mut self, certificate: Certificate) -> bool {
        let known = self.blocks.get(&certificate.block).is_some_and(|block| block.view == certificate.view);
        let higher = known && certificate.view > self.highest.view;
        if higher {
            self.highest = certificate;
        }
        higher
    }

    /// The rule for voting: the block extends what is locked, or carries a certificate of a later view.
    pub(super) fn is_safe(&self, block: &Block) -> bool {
        block.justify.view > self.locked.view || self.extends(block.justify, self.locked)
    }

    /// Whether a block is another or above it.
    fn extends(&self, from: Certificate, below: Certificate) -> bool {
        let mut at = from;
        while at.view > below.view {
            match self.blocks.get(&at.block) {
                Some(block) => at = block.justify,
                None => return false,
            }
        }
        at.block == below.block
    }

    /// Blocks from one that is known down to, and without, those of a view and before; ancestors first.
    pub(super) fn path(&self, from: BlockId, above: u64) -> Vec<Arc<Block>> {
        let mut path = Vec::new();
        let mut at = from;
        while let Some(block) = self.blocks.get(&at).filter(|block| block.view > above) {
            path.push(block.clone());
            at = block.justify.block;
        }
        path.reverse();
        path
    }

    /// The known block with the highest certificate: where a chain to send ends.
    pub(super) fn tip(&self) -> BlockId {
        let last = self.blocks.values().max_by_key(|block| (block.justify.view, block.view));
        last.map_or(ROOT.block, |block| block.id())
    }

    /// Requests answered on the branch that ends here and not decided yet.
    pub(super) fn open_requests(&self, from: BlockId) -> BTreeSet<u32> {
        let open = self.path(from, self.decided.view);
        open.iter().filter(|block| !block.value.is_noop()).map(|block| block.value.request).collect()
    }

    /// Locks and decides what the highest certificate allows; values in order, no-ops among them.
    ///
    /// With b″ certified, b′ its parent, b the parent's parent (algorithm 4): b′ is locked, and b is decided with all
    /// before it if the three are of consecutive views.
    pub(super) fn decide(&mut self) -> Vec<Value> {
        let Some(last) = self.blocks.get(&self.highest.block) else { return Vec::new() };
        let middle = last.justify;
        if middle.view > self.locked.view {
            self.locked = middle;
        }
        let Some(first) = self.blocks.get(&middle.block).map(|block| block.justify) else { return Vec::new() };
        let consecutive = last.view == middle.view + 1 && middle.view == first.view + 1;
        if !consecutive || first.view <= self.decided.view {
            return Vec::new();
        }
        let path = self.path(first.block, self.decided.view);
        self.decided = first;
        path.iter().map(|block| block.value).collect()
    }
}

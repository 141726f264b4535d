//! Blocks, certificates and messages of HotStuff.

use std::sync::Arc;

use super::super::{DIGEST_BYTES, HEADER_BYTES, Message, SIGNATURE_BYTES, Value};
use crate::consensus::node_set::NodeId;

/// Identity of a block: a digest of what it says (a 64-bit mix; stands for SHA-256).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockId(pub u64);

/// That a quorum has voted for a block. It can't be made up: a liar can only leave it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The block's view.
    pub view: u64,
    /// The block.
    pub block: BlockId,
}

/// A block: a value on top of the block that its certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The view it is proposed in.
    pub view: u64,
    /// Its value; a no-op where it only carries its certificate.
    pub value: Value,
    /// Certificate of its parent.
    pub justify: Certificate,
}

impl Block {
    /// Its identity. Of two blocks that differ in a liar's other answer alone, the last bit differs alone: so a liar
    /// who knows one of them can vote for the other.
    pub fn id(&self) -> BlockId {
        let mut x = 0x9e37_79b9_7f4a_7c15_u64;
        let parts = [
            self.view,
            u64::from(self.value.request) << 32 | u64::from(self.value.choice >> 1),
            self.justify.view,
            self.justify.block.0,
        ];
        for part in parts {
            x ^= part;
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x = (x ^ (x >> 31)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
        BlockId(x & !1 | u64::from(self.value.choice & 1))
    }

    /// A value, digests, and a certificate as a threshold signature.
    const BYTES: u64 = Value::BYTES + 2 * DIGEST_BYTES + SIGNATURE_BYTES;
}

/// A message between agents.
#[derive(Clone, Debug)]
pub enum HotStuffMessage {
    /// The leader's block of a view.
    Proposal(Arc<Block>),
    /// A vote for a block, to the next leader.
    Vote {
        /// The block's view.
        view: u64,
        /// The block.
        block: BlockId,
    },
    /// The sender wants this view, and brings the highest certificate it knows.
    Call {
        /// The view.
        view: u64,
        /// The certificate.
        highest: Certificate,
        /// View of the last block it has decided.
        decided: u64,
    },
    /// Asks for a block and what is below it.
    Fetch {
        /// The block.
        block: BlockId,
        /// View of the last block the sender has decided.
        decided: u64,
    },
    /// Blocks, ancestors first.
    Blocks(Arc<[Arc<Block>]>),
}

impl Message for HotStuffMessage {
    fn bytes(&self) -> u64 {
        match self {
            Self::Proposal(_) => HEADER_BYTES + Block::BYTES + SIGNATURE_BYTES,
            Self::Vote { .. } => HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES,
            Self::Call { .. } => HEADER_BYTES + DIGEST_BYTES + 2 * SIGNATURE_BYTES,
            Self::Fetch { .. } => HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES,
            Self::Blocks(blocks) => HEADER_BYTES + SIGNATURE_BYTES + Block::BYTES * blocks.len() as u64,
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::Proposal(_))
    }

    /// A leader can propose another block, a voter vote for another, a caller hide the certificate it knows.
    fn tampered(&self, _author: NodeId) -> Option<Self> {
        match self {
            Self::Proposal(block) => {
                block.value.conflicting().map(|value| Self::Proposal(Arc::new(Block { value, ..**block })))
            }
            Self::Vote { view, block } => Some(Self::Vote { view: *view, block: BlockId(block.0 ^ 1) }),
            Self::Call { view, highest, decided } => (highest.view > 0).then(|| Self::Call {
                view: *view,
                highest: Certificate::default(),
                decided: *decided,
            }),
            Self::Fetch { .. } | Self::Blocks(_) => None,
        }
    }
}

//! How a Byzantine agent misbehaves: what it does to each message before it leaves.
//!
//! A Byzantine agent follows its protocol inside, and what it says outside is dropped, delayed or
//! changed. It may change what it says itself, never what others signed.

use rand_chacha::ChaCha8Rng;

use crate::draw;

use super::node_set::{NodeId, NodeSet};

/// What a Byzantine agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misdeed {
    /// Says nothing.
    Silent,
    /// As coordinator, proposes another value to its targets than to the rest. Its votes are honest.
    Equivocating,
    /// Bids far better than it is. What it says in the protocol is honest.
    LyingAboutCapacity,
    /// Votes for another value, towards everyone alike. Its proposals are honest.
    VoteFlipping,
    /// Proposes and votes for another value towards its targets, and lies in its bids to everyone: with
    /// accomplices and common targets, the strongest attack.
    Colluding,
    /// Says everything late.
    Delaying,
}

impl Misdeed {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("silent", Self::Silent),
        ("equivocating", Self::Equivocating),
        ("lying", Self::LyingAboutCapacity),
        ("vote_flipping", Self::VoteFlipping),
        ("colluding", Self::Colluding),
        ("delaying", Self::Delaying),
    ];

    fn lies_in(self, kind: LetterKind) -> bool {
        match kind {
            LetterKind::Proposal => matches!(self, Self::Equivocating | Self::Colluding),
            LetterKind::Vote => matches!(self, Self::VoteFlipping | Self::Colluding),
            LetterKind::Application => matches!(self, Self::LyingAboutCapacity | Self::Colluding),
        }
    }

    /// Whether it does the same towards everyone.
    fn is_uniform(self) -> bool {
        matches!(self, Self::VoteFlipping | Self::LyingAboutCapacity)
    }
}

/// Towards whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// Each message is hit with a probability.
    Random,
    /// Messages to certain agents are hit, chosen by each liar.
    Selective,
    /// Messages to certain agents are hit, the same for all liars.
    Coordinated,
}

impl Strategy {
    /// All, as named in specs.
    pub const NAMES: [(&'static str, Self); 3] =
        [("random", Self::Random), ("selective", Self::Selective), ("coordinated", Self::Coordinated)];
}

/// A way to misbehave.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// What.
    pub misdeed: Misdeed,
    /// Towards whom.
    pub strategy: Strategy,
    /// Share of messages hit under [`Strategy::Random`], 0–1.
    pub share: f64,
    /// Receivers hit under the other strategies.
    pub targets: NodeSet,
    /// How late a delaying agent is, nanoseconds.
    pub delay_ns: u64,
    /// For the random strategy.
    pub rng: ChaCha8Rng,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LetterKind {
    /// Puts a value forward.
    Proposal,
    /// Everything else of the protocol.
    Vote,
    /// Bids and replies.
    Application,
}

/// What happens to one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) silent: bool,
    pub(super) lies: bool,
    pub(super) later_ns: u64,
}

/// A behaviour at work.
#[derive(Clone, Debug)]
pub(super) struct Conduct {
    behaviour: Behaviour,
}

impl Conduct {
    pub(super) fn new(behaviour: Behaviour) -> Self {
        Self { behaviour }
    }

    /// What happens to a message to `to`.
    pub(super) fn towards(&mut self, to: NodeId, kind: LetterKind) -> Act {
        let b = &mut self.behaviour;
        let lies_to_all = b.misdeed.is_uniform() || (kind == LetterKind::Application && b.misdeed.lies_in(kind));
        let hit = match b.strategy {
            Strategy::Random => draw::bernoulli(&mut b.rng, b.share),
            Strategy::Selective | Strategy::Coordinated => lies_to_all || b.targets.contains(to),
        };
        if !hit {
            return Act::default();
        }
        match b.misdeed {
            Misdeed::Silent => Act { silent: true, ..Act::default() },
            Misdeed::Delaying => Act { later_ns: b.delay_ns, ..Act::default() },
            misdeed => Act { lies: misdeed.lies_in(kind), ..Act::default() },
        }
    }
}

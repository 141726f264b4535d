//! Which protocols there are, and what their runs have.

/// Which protocol agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProtocolKind {
    /// PBFT.
    Bft,
    /// Raft.
    Raft,
    /// Weighted voting.
    Weighted,
    /// Negotiation.
    Negotiation,
    /// Multi-Paxos.
    MultiPaxos,
    /// HotStuff.
    HotStuff,
    /// Tendermint.
    Tendermint,
}

impl ProtocolKind {
    /// All that are built, as named in specs, with what to say of them there.
    pub const TABLE: [(&'static str, Self, &'static str); 7] = [
        ("bft", Self::Bft, "PBFT (Castro & Liskov 1999)"),
        ("raft", Self::Raft, "Raft (Ongaro & Ousterhout 2014)"),
        ("weighted", Self::Weighted, "votes of capability × reputation, with more than 2/3 of the membership's weight"),
        ("negotiation", Self::Negotiation, "an iterated contract net (FIPA) with monotonic concession"),
        ("multi_paxos", Self::MultiPaxos, "Multi-Paxos (Lamport 2001)"),
        ("hotstuff", Self::HotStuff, "chained HotStuff (Yin et al. 2019)"),
        ("tendermint", Self::Tendermint, "Tendermint (Buchman et al. 2018)"),
    ];

    /// All that are built, as named in specs.
    pub const NAMES: [(&'static str, Self); Self::TABLE.len()] = {
        let mut names = [("", Self::Bft); Self::TABLE.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = (Self::TABLE[index].0, Self::TABLE[index].1);
            index += 1;
        }
        names
    };

    /// Whether its coordinator is changed by changing the view; otherwise it is elected.
    pub fn has_views(self) -> bool {
        !matches!(self, Self::Raft | Self::MultiPaxos)
    }

    /// Whether its agents bargain in rounds.
    pub fn negotiates(self) -> bool {
        self == Self::Negotiation
    }
}

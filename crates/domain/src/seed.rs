//! Run keys and the named random streams seeded from them.
//!
//! Invariant: same key ⇒ same streams, whatever the machine, the order or the parallelism.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::digest::{Canonical, Digest};

/// Identity of a run: digest of workload and version, all parameters, models, inputs, campaign seed and replicate.
pub type RunKey = Digest;

/// Computes a run's key.
///
/// `base` is the digest of what all runs of a campaign share (workload id and semantic version, models, campaign seed,
/// whether streams are common); `condition` covers every parameter, input digests among them.
pub fn run_key(base: &Digest, condition: &Digest, replicate: u32) -> RunKey {
    Canonical::new("ergon.run.1").digest(base).digest(condition).u64(u64::from(replicate)).finish()
}

/// Where a run's random numbers come from.
#[derive(Clone, Debug)]
pub struct RunStreams {
    /// The run's key.
    pub key: RunKey,
    /// The campaign's seed.
    pub campaign_seed: u64,
    /// Replicate, from 0.
    pub replicate: u32,
    /// Streams drawn from (campaign seed, replicate) instead of the run key: common random numbers.
    pub common: Vec<String>,
}

impl RunStreams {
    /// A generator for the named stream; asking twice gives the same sequence twice.
    pub fn rng(&self, stream: &str) -> ChaCha8Rng {
        let seed = if self.common.iter().any(|s| s == stream) {
            Canonical::new("ergon.stream.common.1")
                .u64(self.campaign_seed)
                .u64(u64::from(self.replicate))
                .str(stream)
                .finish()
        } else {
            Canonical::new("ergon.stream.1").digest(&self.key).str(stream).finish()
        };
        ChaCha8Rng::from_seed(seed.0)
    }

    /// A 64-bit seed for programs that take one, from the stream `seed`.
    pub fn seed(&self) -> u64 {
        Canonical::new("ergon.seed.1").digest(&self.key).finish().to_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    fn streams(key: u8, replicate: u32) -> RunStreams {
        RunStreams { key: Digest([key; 32]), campaign_seed: 42, replicate, common: vec!["jobs".into()] }
    }

    #[test]
    fn a_common_stream_is_the_same_in_every_condition_of_a_replicate() {
        assert_eq!(streams(1, 0).rng("jobs").next_u64(), streams(2, 0).rng("jobs").next_u64());
        assert_ne!(streams(1, 0).rng("jobs").next_u64(), streams(1, 1).rng("jobs").next_u64());
    }

    #[test]
    fn other_streams_are_a_runs_own() {
        assert_ne!(streams(1, 0).rng("noise").next_u64(), streams(2, 0).rng("noise").next_u64());
        assert_ne!(streams(1, 0).rng("noise").next_u64(), streams(1, 0).rng("other").next_u64());
    }

    #[test]
    fn a_stream_is_pinned() {
        // Changing this number changes every stored result: bump the workloads' versions if it must.
        assert_eq!(streams(1, 0).rng("noise").next_u64(), 1_016_711_838_723_242_920);
    }
}

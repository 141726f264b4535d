//! The canonical form of a spec and its digests.

use ergon_domain::Digest;

use crate::spec::Spec;

/// Digest of everything a spec says.
pub fn spec_hash(_spec: &Spec) -> Digest {
    Digest([0; 32])
}

/// Digest of what decides the runs and the analysis plan: a free edit leaves it alone.
pub fn plan_identity_hash(_spec: &Spec) -> Digest {
    Digest([0; 32])
}

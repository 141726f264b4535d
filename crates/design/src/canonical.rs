//! The canonical form of a spec and its digests.
//!
//! Canonical: JSON with sorted keys and no space, a whole number written without fraction whatever its type, defaults
//! written out. Two specs that mean the same have the same form.

use ergon_domain::{Canonical, Digest};
use serde_json::Value as Json;

use crate::revision::without_free_parts;
use crate::spec::Spec;

/// The canonical JSON of a spec.
pub fn canonical_json(spec: &Spec) -> Json {
    // A spec holds only what JSON can hold, so this does not fail; if it ever did, Null would be the same for all specs
    // and the contract test would notice.
    let mut json = serde_json::to_value(spec).unwrap_or(Json::Null);
    canonise(&mut json);
    json
}

/// Digest of everything a spec says.
pub fn spec_hash(spec: &Spec) -> Digest {
    digest_of("ergon.spec.1", &canonical_json(spec))
}

/// Digest of what decides the runs and the analysis plan: a free edit leaves it alone.
pub fn plan_identity_hash(spec: &Spec) -> Digest {
    digest_of("ergon.plan-identity.1", &without_free_parts(&canonical_json(spec)))
}

/// Digest of canonical JSON.
pub(crate) fn digest_of(domain: &str, json: &Json) -> Digest {
    Canonical::new(domain).str(&json.to_string()).finish()
}

/// Whole numbers without fraction.
pub(crate) fn canonise(json: &mut Json) {
    match json {
        Json::Number(number) => {
            if let Some(x) = number.as_f64().filter(|x| number.is_f64() && x.fract() == 0.0 && x.abs() < 9e15) {
                *json = Json::from(x as i64);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(canonise),
        Json::Object(entries) => entries.values_mut().for_each(canonise),
        _ => {}
    }
}

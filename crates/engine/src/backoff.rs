//! How long to wait before another attempt.

use std::time::Duration;

use ergon_domain::{FailureClass, RunStreams};
use rand_core::Rng;

/// Exponential back-off with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015):
/// uniform in [0, min(cap, base·2^tries)]. Drawn from the run's own stream, so it never touches a workload's numbers.
pub(crate) fn wait_before_retry(class: FailureClass, tries: u32, streams: &RunStreams) -> Duration {
    let (base_s, cap_s) = match class {
        FailureClass::RateLimited | FailureClass::ModelUnavailable => (1.0, 60.0),
        _ => (0.1, 5.0),
    };
    let ceiling = (base_s * f64::from(1u32 << tries.min(20))).min(cap_s);
    let unit = streams.rng(&format!("engine.backoff.{tries}")).next_u64() as f64 / u64::MAX as f64;
    Duration::from_secs_f64(ceiling * unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ergon_domain::Digest;

    #[test]
    fn waits_stay_below_their_ceiling() {
        let streams = RunStreams { key: Digest([1; 32]), campaign_seed: 0, replicate: 0, common: Vec::new() };
        for tries in 0..40 {
            let wait = wait_before_retry(FailureClass::RateLimited, tries, &streams).as_secs_f64();
            assert!(wait <= 60.0 && wait <= 2f64.powi(tries as i32), "{tries}: {wait}");
        }
    }
}

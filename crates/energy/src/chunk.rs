//! Samples of power packed for the store: differences of neighbours, short numbers in few bytes.
//!
//! Form: channels, samples (LEB128); then per sample the microseconds since the one before and, per channel, 0 for a
//! reading that failed or 1 + the zigzag difference of milliwatts to the last reading of that channel.

use crate::sampler::PowerSample;

/// Packs samples; the time of the first is kept apart (`EnergySamples::first_us`).
pub fn pack(samples: &[PowerSample]) -> Vec<u8> {
    let channels = samples.first().map_or(0, |s| s.power_w.len());
    let mut out = Vec::with_capacity(samples.len() * (2 + 2 * channels));
    put(&mut out, channels as u64);
    put(&mut out, samples.len() as u64);
    let mut at_us = samples.first().map_or(0, |s| s.at_us);
    let mut last_mw = vec![0_i64; channels];
    for sample in samples {
        put(&mut out, zigzag(sample.at_us - at_us));
        at_us = sample.at_us;
        for (last, power) in last_mw.iter_mut().zip(&sample.power_w) {
            match power.map(|w| (w * 1e3).round()).filter(|mw| mw.abs() < 1e15) {
                None => put(&mut out, 0),
                Some(mw) => {
                    put(&mut out, 1 + zigzag(mw as i64 - *last));
                    *last = mw as i64;
                }
            }
        }
    }
    out
}

/// Reads them back: time (UTC, µs) and watts by channel, to the milliwatt. `None`: the bytes are no packed samples.
pub fn unpack(first_us: i64, bytes: &[u8]) -> Option<Vec<(i64, Vec<Option<f64>>)>> {
    let mut rest = bytes;
    let channels = usize::try_from(take(&mut rest)?).ok()?;
    let samples = usize::try_from(take(&mut rest)?).ok()?;
    // Each number is a byte at least: what claims more is damaged.
    if samples.checked_mul(channels.checked_add(1)?)? > rest.len() {
        return None;
    }
    let mut at_us = first_us;
    let mut last_mw = vec![0_i64; channels];
    let mut out = Vec::with_capacity(samples);
    for _ in 0..samples {
        at_us = at_us.checked_add(unzigzag(take(&mut rest)?))?;
        let mut power_w = Vec::with_capacity(channels);
        for last in &mut last_mw {
            power_w.push(match take(&mut rest)? {
                0 => None,
                n => {
                    *last = last.checked_add(unzigzag(n - 1))?;
                    Some(*last as f64 * 1e-3)
                }
            });
        }
        out.push((at_us, power_w));
    }
    rest.is_empty().then_some(out)
}

fn zigzag(x: i64) -> u64 {
    ((x << 1) ^ (x >> 63)) as u64
}

fn unzigzag(x: u64) -> i64 {
    (x >> 1) as i64 ^ -((x & 1) as i64)
}

fn put(out: &mut Vec<u8>, mut x: u64) {
    while x >= 0x80 {
        out.push(x as u8 | 0x80);
        x >>= 7;
    }
    out.push(x as u8);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let (mut x, mut shift) = (0_u64, 0);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        if shift == 63 && *byte > 1 {
            return None;
        }
        x |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(x);
        }
        shift += 7;
        if shift > 63 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_back_to_the_milliwatt_with_their_gaps_in_a_fraction_of_the_space() {
        let power = |i: i64| 40.0 + (i % 7) as f64 * 0.25;
        let sample = |i: i64| PowerSample {
            at_us: 1_700_000_000_000_000 + i * 100_013,
            monotonic_ns: 0,
            power_w: vec![Some(power(i)), (i % 50 != 3).then(|| -0.001 * i as f64), None],
        };
        let samples: Vec<PowerSample> = (0..600).map(sample).collect();
        let bytes = pack(&samples);
        let back = unpack(samples[0].at_us, &bytes).unwrap();
        for (sample, (at_us, power_w)) in samples.iter().zip(&back) {
            assert_eq!(sample.at_us, *at_us);
            for (a, b) in sample.power_w.iter().zip(power_w) {
                assert_eq!(a.map(|w| (w * 1e3).round()), b.map(|w| (w * 1e3).round()));
            }
        }
        assert_eq!(back.len(), 600);
        let plain = 600 * (8 + 3 * 8);
        assert!(bytes.len() * 3 < plain, "{} of {plain} bytes", bytes.len());
    }

    #[test]
    fn damaged_bytes_are_no_samples_and_no_panic() {
        let bytes = pack(&[PowerSample { at_us: 5, monotonic_ns: 0, power_w: vec![Some(1.0)] }]);
        assert!(unpack(5, &bytes).is_some());
        for cut in 0..bytes.len() {
            assert_eq!(unpack(5, &bytes[..cut]), None);
        }
        assert_eq!(unpack(0, &[0xff; 40]), None);
        assert_eq!(unpack(0, &[2, 0xff, 0xff, 0xff, 0xff, 0x0f]), None);
    }
}

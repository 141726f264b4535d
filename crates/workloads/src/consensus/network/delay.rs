//! How long a message is under way.

use crate::draw;
use rand_core::Rng;

use super::super::job::nanoseconds;

/// Shape of a delay distribution. Mean and standard deviation are given beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Always the mean; the standard deviation is not used.
    Constant,
    /// Uniform on mean ± √3·sd, cut at 0.
    Uniform,
    /// Normal, truncated at 0: mean and sd are those of the normal before truncation.
    Normal,
    /// Log-normal with this mean and sd.
    LogNormal,
    /// Exponential with this mean; the standard deviation is not used (it equals the mean).
    Exponential,
}

impl Shape {
    /// All shapes, as named in specs.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("constant", Self::Constant),
        ("uniform", Self::Uniform),
        ("normal", Self::Normal),
        ("lognormal", Self::LogNormal),
        ("exponential", Self::Exponential),
    ];
}

/// Distribution of the one-way delay of a message, without its transmission time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// Shape.
    pub shape: Shape,
    /// Mean, seconds.
    pub mean_s: f64,
    /// Standard deviation, seconds.
    pub sd_s: f64,
}

/// A delay distribution ready to draw from. Every draw takes one word.
#[derive(Clone, Copy, Debug)]
pub struct DelaySampler {
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Constant {
        ns: u64,
    },
    Uniform {
        low_ns: f64,
        high_ns: f64,
    },
    /// By inversion between the probability below zero and one.
    Normal {
        mean_ns: f64,
        sd_ns: f64,
        below_zero: f64,
    },
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    Exponential {
        mean_ns: f64,
    },
}

const NS: f64 = 1e9;

impl Delay {
    /// Always this long, seconds.
    pub const fn constant(mean_s: f64) -> Self {
        Self { shape: Shape::Constant, mean_s, sd_s: 0.0 }
    }

    /// A normal of this mean and standard deviation (seconds), truncated at 0.
    pub const fn normal(mean_s: f64, sd_s: f64) -> Self {
        Self { shape: Shape::Normal, mean_s, sd_s }
    }

    /// Ready to draw from.
    pub fn sampler(&self) -> DelaySampler {
        let (mean, sd) = (self.mean_s.max(0.0), self.sd_s.max(0.0));
        let spread = sd > 0.0 && mean > 0.0;
        let form = match self.shape {
            Shape::Uniform => {
                let half = libm::sqrt(3.0) * sd;
                Form::Uniform { low_ns: (mean - half).max(0.0) * NS, high_ns: (mean + half) * NS }
            }
            Shape::Normal if spread => {
                let below_zero = 0.5 * libm::erfc(mean / (sd * core::f64::consts::SQRT_2));
                Form::Normal { mean_ns: mean * NS, sd_ns: sd * NS, below_zero }
            }
            Shape::LogNormal if spread => {
                let variance = libm::log1p(sd * sd / (mean * mean));
                Form::LogNormal { mu: libm::log(mean * NS) - variance / 2.0, sigma: libm::sqrt(variance) }
            }
            Shape::Exponential => Form::Exponential { mean_ns: mean * NS },
            Shape::Constant | Shape::Normal | Shape::LogNormal => Form::Constant { ns: nanoseconds(mean) },
        };
        DelaySampler { form }
    }
}

impl DelaySampler {
    /// A delay, nanoseconds.
    #[inline]
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> u64 {
        let u = draw::unit_open(rng);
        // `as` saturates: below 0 is 0.
        match self.form {
            Form::Constant { ns } => ns,
            Form::Uniform { low_ns, high_ns } => (low_ns + (high_ns - low_ns) * u) as u64,
            Form::Normal { mean_ns, sd_ns, below_zero } => {
                let p = below_zero + (1.0 - below_zero) * u;
                (mean_ns + sd_ns * draw::normal_quantile(p)) as u64
            }
            Form::LogNormal { mu, sigma } => libm::exp(mu + sigma * draw::normal_quantile(u)) as u64,
            Form::Exponential { mean_ns } => (-mean_ns * libm::log(u)) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    #[test]
    fn every_shape_has_the_mean_and_spread_it_is_given() {
        for (name, shape) in Shape::NAMES {
            let sampler = Delay { shape, mean_s: 0.25, sd_s: 0.05 }.sampler();
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let n = 100_000;
            let drawn: Vec<f64> = (0..n).map(|_| sampler.draw(&mut rng) as f64 / NS).collect();
            let mean = drawn.iter().sum::<f64>() / f64::from(n);
            let sd = (drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n)).sqrt();
            let expected_sd = match shape {
                Shape::Constant => 0.0,
                Shape::Exponential => 0.25,
                _ => 0.05,
            };
            assert!((mean - 0.25).abs() < 0.003, "{name}: mean {mean}");
            assert!((sd - expected_sd).abs() < 0.003, "{name}: sd {sd}");
        }
    }

    #[test]
    fn a_normal_near_zero_is_truncated_not_clamped() {
        let sampler = Delay::normal(0.010, 0.020).sampler();
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let zeros = (0..10_000).filter(|_| sampler.draw(&mut rng) < 1_000).count();
        assert!(zeros < 5, "{zeros} of 10,000 draws sit at 0");
    }

    #[test]
    fn no_spread_is_a_constant() {
        for (_, shape) in Shape::NAMES {
            let ns = Delay { shape, mean_s: 0.0, sd_s: 0.0 }.sampler().draw(&mut ChaCha8Rng::seed_from_u64(1));
            assert_eq!(ns, 0);
        }
    }
}

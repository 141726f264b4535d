//! A response over a numeric factor: the slope, and the curvature beside it.
//!
//! Both are linear functions of the means of the levels (ordinary least squares on these means, each level with the
//! same weight), so their errors come from the units of the design and not from how well a line fits.

use ergon_design::spec::Sided;
use ergon_domain::Value;

use crate::ask::Ask;
use crate::contrast::{known_levels, refuse_unusable};
use crate::detail::{CurvePoint, Detail, Fitted, FittedCoefficient, FittedPoint, Regression};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::{Inference, Scale};
use crate::level_means::LevelMeans;
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Companion, Estimate};
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// Points at which a fitted curve is given.
const CURVE: usize = 33;

/// Numeric levels of a factor in rising order, with their numbers.
pub(crate) fn numeric_levels(frame: &Frame, factor: &str) -> Result<(Vec<Value>, Vec<f64>), AnalysisError> {
    let mut levels: Vec<(f64, Value)> = Vec::new();
    for level in known_levels(frame, factor)? {
        let number = level.as_f64().filter(|x| x.is_finite());
        let number =
            number.ok_or_else(|| AnalysisError::NotNumeric { factor: factor.into(), level: level.to_string() })?;
        levels.push((number, level));
    }
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    if levels.len() < 2 {
        return Err(AnalysisError::OneLevel { factor: factor.into(), found: levels.len() });
    }
    Ok(levels.into_iter().map(|(x, level)| (level, x)).unzip())
}

/// Polynomials on the levels as linear functions of the means: 1, x − x̄, and a square that is orthogonal to both.
struct Basis {
    centre: f64,
    /// Of the square: (x − x̄)² − lean · (x − x̄) − height.
    lean: f64,
    height: f64,
    linear: Vec<f64>,
    square: Option<Vec<f64>>,
    count: f64,
}

impl Basis {
    fn of(x: &[f64]) -> Self {
        let count = x.len() as f64;
        let centre = x.iter().sum::<f64>() / count;
        let u: Vec<f64> = x.iter().map(|x| x - centre).collect();
        let u2: f64 = u.iter().map(|u| u * u).sum();
        let (lean, height) = (u.iter().map(|u| u * u * u).sum::<f64>() / u2, u2 / count);
        let linear = u.iter().map(|u| u / u2).collect();
        let q: Vec<f64> = u.iter().map(|u| u * u - lean * u - height).collect();
        let q2: f64 = q.iter().map(|q| q * q).sum();
        let square = (x.len() > 2).then(|| q.iter().map(|q| q / q2).collect());
        Self { centre, lean, height, linear, square, count }
    }

    fn square_at(&self, x: f64) -> f64 {
        let u = x - self.centre;
        u * u - self.lean * u - self.height
    }

    /// Weights of the means that give the curve at `x`.
    fn at(&self, x: f64, degree: usize) -> Vec<f64> {
        self.weights(1.0, x - self.centre, if degree > 1 { self.square_at(x) } else { 0.0 })
    }

    /// Weights of the means that give the coefficient of x to a power.
    fn coefficient(&self, power: usize, degree: usize) -> Vec<f64> {
        let c = self.centre;
        let curved = if degree > 1 { 1.0 } else { 0.0 };
        match power {
            0 => self.weights(1.0, -c, curved * (c * c + self.lean * c - self.height)),
            1 => self.weights(0.0, 1.0, curved * (-2.0 * c - self.lean)),
            _ => self.weights(0.0, 0.0, curved),
        }
    }

    fn weights(&self, constant: f64, linear: f64, square: f64) -> Vec<f64> {
        let of_square = |l: usize| self.square.as_ref().and_then(|s| s.get(l)).copied().unwrap_or(0.0);
        let of = |(l, w): (usize, &f64)| constant / self.count + linear * w + square * of_square(l);
        self.linear.iter().enumerate().map(of).collect()
    }
}

/// The slope of a metric on a numeric factor, adjusted for every other varied parameter, with its curvature.
///
/// # Errors
/// Unknown names, a factor that is no number, levels that never meet under the same other factors, too few units.
pub fn slope(frame: &Frame, ask: &Ask, factor: &str) -> Result<Analysis, AnalysisError> {
    let (levels, x) = numeric_levels(frame, factor)?;
    let subject = Subject { factor, levels: &levels };
    let response = Response::of(frame, &ask.metric)?;
    refuse_unusable(frame, &response, &subject, Scale::Difference)?;
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let means = LevelMeans::of(&data, &subject)?;
    let basis = Basis::of(&x);
    let of_slope = means.combine(&basis.linear);
    let detail = regression(&means, &basis, &x, factor, ask);

    let curvature = basis.square.as_ref().map(|square| means.combine(square));
    let mut found = Inference { used: means.used(), ..means.notes };
    if of_slope.se > 0.0 {
        found.take_t(of_slope.value, of_slope.se, of_slope.df, ask);
    } else {
        found.no_variation(of_slope.value, "the slope is the same in every unit");
    }
    found.procedure = "Slope of the level means (least squares)".into();
    found.trail.push(format!(
        "The slope on {factor} is that of a straight line through the means of its {} levels, each with the same weight; \
         whether the means lie on a line is shown beside it (curvature) and changes nothing.",
        levels.len()
    ));
    let (title, unit) = (data.response.metric.title.clone(), data.response.metric.unit.to_string());
    let text = match ask.direction {
        Sided::TwoSided => format!("Does {title} change with {factor}?"),
        Sided::Greater => format!("Does {title} rise with {factor}?"),
        Sided::Less => format!("Does {title} fall with {factor}?"),
    };
    let main = Estimate { value: of_slope.value, se: found.se, ci: found.ci, unit: format!("{unit} per {factor}") };
    let asked = about_levels(&data, factor, text, "slope");
    let mut analysis = write_levels(&data, &subject, found, AnalysisKind::Regression, asked);
    analysis.estimates.insert("slope".into(), main);
    if let Some(curvature) = curvature {
        let unit = format!("{unit} per {factor}²");
        let ci = curvature.ci(ask.confidence);
        analysis.companions.push(Companion {
            procedure: "Curvature of the level means (coefficient of the square)".into(),
            p: curvature.p(),
            estimate: Some(Estimate { value: curvature.value, se: Some(curvature.se), ci, unit }),
            note: "far from 0 where a straight line misses how the means go".into(),
        });
    }
    analysis.detail = Some(Detail::Regression(detail));
    Ok(analysis)
}

fn regression(means: &LevelMeans, basis: &Basis, x: &[f64], factor: &str, ask: &Ask) -> Regression {
    let points = x.iter().enumerate().map(|(level, x)| {
        let mean = means.mean(level);
        let n = means.rows.get(level).map_or(0, Vec::len);
        CurvePoint { x: *x, n, mean: mean.value, ci: mean.ci(ask.confidence) }
    });
    let quadratic = basis.square.is_some().then(|| fitted(means, basis, x, 2, ask));
    let curvature_p = basis.square.as_ref().and_then(|square| means.combine(square).p());
    Regression {
        factor: factor.to_owned(),
        points: points.collect(),
        linear: fitted(means, basis, x, 1, ask),
        quadratic,
        curvature_p,
    }
}

fn fitted(means: &LevelMeans, basis: &Basis, x: &[f64], degree: usize, ask: &Ask) -> Fitted {
    let coefficient = |power: usize| {
        let of = means.combine(&basis.coefficient(power, degree));
        let se = Some(of.se).filter(|se| *se > 0.0);
        FittedCoefficient { power, estimate: of.value, se, ci: of.ci(ask.confidence), p: of.p() }
    };
    let (first, last) = (x.first().copied().unwrap_or(0.0), x.last().copied().unwrap_or(0.0));
    let point = |i: usize| {
        let x = first + (last - first) * i as f64 / (CURVE - 1) as f64;
        let of = means.combine(&basis.at(x, degree));
        FittedPoint { x, y: of.value, ci: of.ci(ask.confidence) }
    };
    let mean = means.means.iter().sum::<f64>() / means.means.len() as f64;
    let total: f64 = means.means.iter().map(|m| (m - mean) * (m - mean)).sum();
    let missed: f64 = x
        .iter()
        .zip(&means.means)
        .map(|(x, m)| {
            let e = m - means.combine(&basis.at(*x, degree)).value;
            e * e
        })
        .sum();
    Fitted {
        coefficients: (0..=degree).map(coefficient).collect(),
        curve: (0..CURVE).map(point).collect(),
        r2_of_means: (total > 0.0).then(|| 1.0 - missed / total),
    }
}

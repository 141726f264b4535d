//! Gaussian quadrature: nodes and weights by Newton's method on the orthogonal polynomials
//! (Press et al., Numerical Recipes, 4.6).

/// Nodes in (−1, 1) and weights of Gauss and Legendre's rule, exact for degree 2n − 1.
pub(crate) fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let count = n as f64;
    (0..n)
        .map(|i| {
            let mut x = libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (count + 0.5));
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut here, mut before) = (1.0, 0.0);
                for k in 0..n {
                    let k = k as f64;
                    let next = ((2.0 * k + 1.0) * x * here - k * before) / (k + 1.0);
                    (before, here) = (here, next);
                }
                slope = count * (x * here - before) / (x * x - 1.0);
                let step = here / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

/// Nodes and weights of Gauss and Hermite's rule for the standard normal distribution: Σ w f(x) is
/// the mean of f, exact for polynomials of degree 2n − 1.
pub(crate) fn gauss_hermite(n: usize) -> Vec<(f64, f64)> {
    let count = n as f64;
    let mut nodes: Vec<(f64, f64)> = Vec::with_capacity(n);
    for i in 0..n.div_ceil(2) {
        // Guesses from the largest inwards (for weight exp(−x²)).
        let root = (2.0 * count + 1.0).sqrt();
        let mut x = match i {
            0 => root - 1.85575 * libm::pow(2.0 * count + 1.0, -1.0 / 6.0),
            1 => nodes[0].0 - 1.14 * libm::pow(count, 0.426) / nodes[0].0,
            2 => 1.86 * nodes[1].0 - 0.86 * nodes[0].0,
            3 => 1.91 * nodes[2].0 - 0.91 * nodes[1].0,
            _ => 2.0 * nodes[i - 1].0 - nodes[i - 2].0,
        };
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut here, mut before) = (libm::pow(std::f64::consts::PI, -0.25), 0.0);
            for k in 0..n {
                let k = k as f64;
                let next = x * (2.0 / (k + 1.0)).sqrt() * here - (k / (k + 1.0)).sqrt() * before;
                (before, here) = (here, next);
            }
            slope = (2.0 * count).sqrt() * before;
            let step = here / slope;
            x -= step;
            if step.abs() < 1e-15 * (1.0 + x.abs()) {
                break;
            }
        }
        nodes.push((x, 2.0 / (slope * slope)));
    }
    let root_pi = std::f64::consts::PI.sqrt();
    let standard = |(x, w): (f64, f64)| (x * std::f64::consts::SQRT_2, w / root_pi);
    let half: Vec<(f64, f64)> = nodes.into_iter().map(standard).collect();
    let mirrored = half.iter().take(n / 2).map(|(x, w)| (-x, *w)).collect::<Vec<_>>();
    half.into_iter().chain(mirrored.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_integrates_polynomials_exactly() {
        for n in [1, 2, 5, 16, 20] {
            let rule = gauss_legendre(n);
            for degree in 0..2 * n as i32 {
                let got: f64 = rule.iter().map(|(x, w)| w * libm::pow(*x, f64::from(degree))).sum();
                let want = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
                assert!((got - want).abs() < 1e-13, "n {n} degree {degree}: {got} {want}");
            }
        }
    }

    #[test]
    fn hermite_has_the_moments_of_the_normal_distribution() {
        // E x^(2m) = 1 · 3 · 5 … (2m − 1)
        for n in [2, 5, 9, 15, 25] {
            let rule = gauss_hermite(n);
            let mut want = 1.0;
            for m in 0..n.min(8) as i32 {
                let got: f64 = rule.iter().map(|(x, w)| w * libm::pow(*x, f64::from(2 * m))).sum();
                assert!((got / want - 1.0).abs() < 1e-11, "n {n} moment {}: {got} {want}", 2 * m);
                want *= f64::from(2 * m + 1);
            }
        }
    }
}

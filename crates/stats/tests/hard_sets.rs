//! Reference sets that punish one-pass variances and normal equations, rebuilt from their rules.

#![allow(clippy::unwrap_used)]

use ergon_stats::*;

fn digits(got: f64, want: f64) -> f64 {
    if got == want {
        return 16.0;
    }
    -libm::log10(((got - want) / want).abs())
}

/// NIST SmLs07–09: deviations in the first decimal on an offset of 10¹². The exact results for
/// the f64 values nearest to the decimals are not NIST's (F = 21, 201, 2001); they come from
/// rational arithmetic.
#[test]
fn smls_at_an_offset_of_a_trillion() {
    const EXACT: [(usize, f64); 3] =
        [(21, 21.000_811_887_818_77), (201, 201.013_004_095_948_45), (2001, 2_001.134_926_220_950_5)];
    // Group g has the centre .(c)  and alternates around it: c, c − .1, c + .1, c − .1 …
    const CENTRES: [u32; 9] = [4, 3, 5, 3, 5, 3, 5, 3, 5];
    for (n, want) in EXACT {
        let groups: Vec<Vec<f64>> = CENTRES
            .iter()
            .map(|c| {
                (0..n)
                    .map(|i| {
                        let tenth = match i {
                            0 => *c,
                            _ if i % 2 == 1 => c - 1,
                            _ => c + 1,
                        };
                        let text = format!("1000000000000.{tenth}");
                        text.parse::<f64>().unwrap()
                    })
                    .collect()
            })
            .collect();
        let f = anova_oneway(&groups, MissingPolicy::Refuse).unwrap().f;
        assert!(digits(f, want) >= 10.0, "n {n}: got {f}, want {want}");
    }
}

fn polynomial(y: &[f64], x: &[f64], degree: usize) -> Ols {
    let mut columns = vec![x.to_vec()];
    for k in 1..degree {
        let next = columns[k - 1].iter().zip(x).map(|(a, b)| a * b).collect();
        columns.push(next);
    }
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    ols(y, &views, &OlsOptions::default()).unwrap()
}

/// NIST Wampler 1 and 2: exact polynomials of degree 5 on 0 … 20.
#[test]
fn wampler_polynomials_come_back() {
    let x: Vec<f64> = (0..21).map(f64::from).collect();
    for base in [1.0, 0.1] {
        let coefficient = |k: i32| libm::pow(base, f64::from(k));
        let y: Vec<f64> = x.iter().map(|x| (0..6).rev().fold(0.0, |acc, k| acc * x + coefficient(k))).collect();
        let fit = polynomial(&y, &x, 5);
        for (k, c) in fit.coefficients.iter().enumerate() {
            let want = coefficient(k as i32);
            assert!(digits(c.estimate, want) >= 9.0, "{base}^{k}: {}", c.estimate);
        }
        assert!(!fit.account.warnings.is_empty());
    }
}

/// NIST Longley: six collinear economic series.
#[test]
fn longley_keeps_ten_digits() {
    const Y: [f64; 16] = [
        60323.0, 61122.0, 60171.0, 61187.0, 63221.0, 63639.0, 64989.0, 63761.0, 66019.0, 67857.0, 68169.0, 66513.0,
        68655.0, 69564.0, 69331.0, 70551.0,
    ];
    const X: [[f64; 16]; 6] = [
        [83.0, 88.5, 88.2, 89.5, 96.2, 98.1, 99.0, 100.0, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9],
        [
            234289.0, 259426.0, 258054.0, 284599.0, 328975.0, 346999.0, 365385.0, 363112.0, 397469.0, 419180.0,
            442769.0, 444546.0, 482704.0, 502601.0, 518173.0, 554894.0,
        ],
        [
            2356.0, 2325.0, 3682.0, 3351.0, 2099.0, 1932.0, 1870.0, 3578.0, 2904.0, 2822.0, 2936.0, 4681.0, 3813.0,
            3931.0, 4806.0, 4007.0,
        ],
        [
            1590.0, 1456.0, 1616.0, 1650.0, 3099.0, 3594.0, 3547.0, 3350.0, 3048.0, 2857.0, 2798.0, 2637.0, 2552.0,
            2514.0, 2572.0, 2827.0,
        ],
        [
            107608.0, 108632.0, 109773.0, 110929.0, 112075.0, 113270.0, 115094.0, 116219.0, 117388.0, 118734.0,
            120445.0, 121950.0, 123366.0, 125368.0, 127852.0, 130081.0,
        ],
        [
            1947.0, 1948.0, 1949.0, 1950.0, 1951.0, 1952.0, 1953.0, 1954.0, 1955.0, 1956.0, 1957.0, 1958.0, 1959.0,
            1960.0, 1961.0, 1962.0,
        ],
    ];
    let views: Vec<&[f64]> = X.iter().map(<[f64; 16]>::as_slice).collect();
    let fit = ols(&Y, &views, &OlsOptions::default()).unwrap();
    let want = [
        (-3482258.63459582, 890420.383607373),
        (15.0618722713733, 84.9149257747669),
        (-0.358191792925910e-1, 0.334910077722432e-1),
        (-2.02022980381683, 0.488399681651699),
        (-1.03322686717359, 0.214274163161675),
        (-0.511041056535807e-1, 0.226073200069370),
        (1829.15146461355, 455.478499142212),
    ];
    for (c, (estimate, se)) in fit.coefficients.iter().zip(want) {
        assert!(digits(c.estimate, estimate) >= 9.9, "{} {estimate}", c.estimate);
        assert!(digits(c.se, se) >= 9.9, "{} {se}", c.se);
    }
    assert!(digits(fit.sigma, 304.854073561965) >= 9.9);
    assert!(digits(fit.r2, 0.995479004577296) >= 9.9);
}

//! Reference sets that punish one-pass variances and normal equations, rebuilt from their rules.

#![allow(clippy::unwrap_used)]

use ergon_stats::*;

/// Prints a line of the table and holds it to `least` digits.
fn hold(set: &str, what: &str, got: f64, want: f64, least: f64) {
    let d = digits(got, want);
    println!("{set:9} {what:24} {d:5.1}");
    assert!(d >= least, "{set} {what}: got {got:e}, want {want:e}: {d:.1} digits");
}

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
        hold(&format!("SmLs0{}", 7 + usize::from(n > 21) + usize::from(n > 201)), "F", f, want, 10.0);
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
            hold(if base == 1.0 { "Wampler1" } else { "Wampler2" }, &format!("B{k}"), c.estimate, want, 9.0);
        }
        assert!(!fit.account.warnings.is_empty());
    }
}

/// NIST Wampler 3 to 5: the polynomial of Wampler 1 and an error that doesn't change the coefficients, once, a hundred
/// and ten thousand times. Certified coefficients are 1.
#[test]
fn wampler_polynomials_with_errors_come_back() {
    #[rustfmt::skip]
    const THIRD: [i64; 21] = [
        760, -2042, 2111, -1684, 3888, 1858, 11379, 17560, 39287, 64382, 113159, 175108, 273291, 400186, 581243, 811568,
        1121004, 1506550, 2002767, 2611612, 3369180,
    ];
    const SE: [f64; 6] =
        [2152.32624678170, 2363.55173469681, 779.343524331583, 101.475507550350, 5.64566512170752, 0.112324854679312];
    let x: Vec<f64> = (0..21).map(f64::from).collect();
    for (set, times) in [("Wampler3", 1), ("Wampler4", 100), ("Wampler5", 10_000)] {
        let y: Vec<f64> = (0..21_i64)
            .zip(THIRD)
            .map(|(x, y)| {
                let exact = 1 + x * (1 + x * (1 + x * (1 + x * (1 + x))));
                (exact + times * (y - exact)) as f64
            })
            .collect();
        let fit = polynomial(&y, &x, 5);
        for (k, (c, se)) in fit.coefficients.iter().zip(SE).enumerate() {
            hold(set, &format!("B{k}"), c.estimate, 1.0, 8.0);
            hold(set, &format!("se of B{k}"), c.se, se * times as f64, 10.0);
        }
    }
}

/// NIST Filip: a polynomial of degree 10, condition number above 1e15. Powers rounded to 64 bits move the exact answer
/// in the eighth digit: the polynomial has to be fitted from x.
#[test]
fn filip_keeps_thirteen_digits() {
    let rows = include_str!("data/nist_filip.txt").lines().map(|line| line.split_once(' ').unwrap());
    let (y, x): (Vec<f64>, Vec<f64>) =
        rows.map(|(y, x)| (y.parse::<f64>().unwrap(), x.parse::<f64>().unwrap())).unzip();
    let want = [
        (-1467.48961422980, 298.084530995537),
        (-2772.17959193342, 559.779865474950),
        (-2316.37108160893, 466.477572127796),
        (-1127.97394098372, 227.204274477751),
        (-354.478233703349, 71.6478660875927),
        (-75.1242017393757, 15.2897178747400),
        (-10.8753180355343, 2.23691159816033),
        (-1.06221498588947, 0.221624321934227),
        (-0.670191154593408E-01, 0.142363763154724E-01),
        (-0.246781078275479E-02, 0.535617408889821E-03),
        (-0.402962525080404E-04, 0.896632837373868E-05),
    ];
    let fit = polynomial_regression(&x, &y, 10, &OlsOptions::default()).unwrap();
    for (k, (c, (estimate, se))) in fit.coefficients.iter().zip(want).enumerate() {
        hold("Filip", &format!("B{k}"), c.estimate, estimate, 13.0);
        hold("Filip", &format!("se of B{k}"), c.se, se, 13.0);
    }
    hold("Filip", "residual sd", fit.sigma, 0.334801051324544E-02, 13.0);
    hold("Filip", "R²", fit.r2, 0.996727416185620, 13.0);
}

/// NIST NumAcc4: tenths on an offset of ten million. The exact standard deviation of the nearest f64 values is not
/// NIST's 0.1; it comes from rational arithmetic.
#[test]
fn numacc4_keeps_its_spread() {
    let mut x = vec![10_000_000.2];
    x.extend([10_000_000.1, 10_000_000.3].repeat(500));
    let found = descriptive(&x, 0.95, MissingPolicy::Refuse).unwrap();
    hold("NumAcc4", "mean", found.mean, 10_000_000.2, 14.0);
    hold("NumAcc4", "sd", found.sd.unwrap(), 0.10000000055879354, 10.0);
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
    for (k, (c, (estimate, se))) in fit.coefficients.iter().zip(want).enumerate() {
        hold("Longley", &format!("B{k}"), c.estimate, estimate, 9.9);
        hold("Longley", &format!("se of B{k}"), c.se, se, 9.9);
    }
    hold("Longley", "residual sd", fit.sigma, 304.854073561965, 9.9);
    hold("Longley", "R²", fit.r2, 0.995479004577296, 9.9);
}

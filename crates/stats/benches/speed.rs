//! Speed of the procedures that have a target or a peer, on the files of `stats/speed` in the test
//! data (`ERGON_TEST_DATA`, else `../shared/data` beside the repository). Prints for each the best
//! time in milliseconds, and the result, which `peers/table.py` compares with those of other
//! libraries on the same files.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use ergon_stats::dist::{noncentral_f, studentized_range};
use ergon_stats::*;

/// Columns of a table with a header; a text column as the numbers of its distinct texts, in order.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(file: &str) -> Option<Self> {
        let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        root.push("../../../shared/data");
        let root = std::env::var_os("ERGON_TEST_DATA").map_or(root, PathBuf::from);
        let text = std::fs::read_to_string(root.join("stats/speed").join(file)).ok()?;
        let mut rows = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        Some(Self { header: rows.next()?, rows: rows.collect() })
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|h| h == name).unwrap_or(usize::MAX);
        self.rows.iter().filter_map(|r| r.get(at)).map(String::as_str).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.texts(name).iter().filter_map(|t| t.parse().ok()).collect()
    }

    fn levels(&self, name: &str) -> Vec<usize> {
        let texts = self.texts(name);
        let mut distinct = texts.clone();
        distinct.sort_unstable();
        distinct.dedup();
        texts.iter().map(|t| distinct.partition_point(|d| d < t)).collect()
    }

    /// The values of `name` for each level of `by`.
    fn split(&self, name: &str, by: &str) -> Vec<Vec<f64>> {
        let mut groups: Vec<Vec<f64>> = Vec::new();
        for (value, level) in self.numbers(name).into_iter().zip(self.levels(by)) {
            if groups.len() <= level {
                groups.resize(level + 1, Vec::new());
            }
            groups[level].push(value);
        }
        groups
    }
}

/// Rows of numbers without a header.
fn matrix(file: &str) -> Vec<Vec<f64>> {
    let Some(table) = Table::read(file) else { return Vec::new() };
    let row = |r: &Vec<String>| r.iter().filter_map(|t| t.parse().ok()).collect();
    std::iter::once(&table.header).chain(&table.rows).map(row).collect()
}

/// Times `work` at least five times and for a third of a second, and prints the best.
fn time(case: &str, mut work: impl FnMut() -> Result<f64, StatError>) {
    let (mut best, begun, mut rounds) = (f64::INFINITY, Instant::now(), 0);
    let mut value = Ok(f64::NAN);
    while rounds < 5 || (begun.elapsed().as_secs_f64() < 0.3 && rounds < 1000) {
        let start = Instant::now();
        value = black_box(work());
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
        rounds += 1;
    }
    match value {
        Ok(value) => println!("{case:44} {best:10.4} ms   {value:e}"),
        Err(e) => println!("{case:44} failed: {e}"),
    }
}

/// The cases on groups, pairs and tables.
fn tests(plain: &TestOptions) -> Option<()> {
    let (a, b) = (matrix("welch_A.csv"), matrix("welch_B.csv"));
    time("welch x 1000", || a.iter().zip(&b).map(|(x, y)| t_welch(x, y, plain).map(|t| t.p)).sum());
    let mwu = Table::read("mwu.csv")?;
    let (u1, u2) = (mwu.numbers("u1"), mwu.numbers("u2"));
    let (tied1, tied2) = (mwu.numbers("u1t"), mwu.numbers("u2t"));
    let asymptotic = RankMethod::Asymptotic { continuity: true };
    time("mann_whitney 1000", || mann_whitney(&u1, &u2, asymptotic, plain).map(|t| t.p));
    time("mann_whitney 1000 tied", || mann_whitney(&tied1, &tied2, asymptotic, plain).map(|t| t.p));
    let pairs: Vec<f64> = u1.iter().zip(&u2).map(|(x, y)| x - y).collect();
    let simple = RankMethod::Asymptotic { continuity: false };
    time("wilcoxon 1000", || wilcoxon_signed_rank(&pairs, ZeroDifferences::Drop, simple, plain).map(|t| t.p));
    time("spearman 1000", || spearman(&u1, &u2, CorrelationMethod::Auto, plain).map(|c| c.p));
    time("kendall 1000", || kendall(&u1, &u2, CorrelationMethod::Auto, plain).map(|c| c.p));
    time("shapiro_wilk 1000", || shapiro_wilk(&u1, MissingPolicy::Refuse).map(|t| t.p));
    let groups = Table::read("tukey.csv")?.split("y", "g");
    time("kruskal_wallis 5x200", || kruskal_wallis(&groups, MissingPolicy::Refuse).map(|t| t.p));
    time("tukey_hsd 5x200", || tukey_hsd(&groups, 0.95, MissingPolicy::Refuse).map(|t| t.pairs[0].p));
    time("games_howell 5x200", || games_howell(&groups, 0.95, MissingPolicy::Refuse).map(|t| t.pairs[0].p));
    let rm = Table::read("rm.csv")?.split("y", "s");
    time("anova_rm 100x4", || anova_rm(&rm).map(|t| t.p_gg));
    time("friedman 100x4", || friedman(&rm, MissingPolicy::Refuse).map(|t| t.p));
    time("fisher_exact x 100", || {
        (0..100).map(|_| fisher_exact(black_box([[8, 2], [1, 5]]), plain).map(|t| t.p)).sum()
    });
    let p: Vec<f64> = (0..10_000).map(|i| (f64::from(i * 7919 % 10_000) + 0.5) / 1e4).map(|u| u * u).collect();
    time("holm 10000", || p_adjust(&p, Adjustment::Holm).map(|p| p[0]));
    time("benjamini_hochberg 10000", || p_adjust(&p, Adjustment::BenjaminiHochberg).map(|p| p[0]));
    time("studentized_range.sf", || Ok(studentized_range::sf(black_box(3.5), 4.0, 60.0)));
    time("noncentral_f.sf", || Ok(noncentral_f::sf(black_box(3.0), 3.0, 96.0, 11.0)));
    Some(())
}

fn resampling(plain: &TestOptions) -> Option<()> {
    let boot = Table::read("boot.csv")?;
    let (x, y) = (boot.numbers("x"), boot.numbers("y"));
    time("mann_whitney exact 200+200", || mann_whitney(&x, &y, RankMethod::Exact, plain).map(|t| t.p));
    let permutations = Resampling { resamples: 100_000, ..Resampling::default() };
    time("permutation 100000", || permutation_two_sample(&x, &y, &permutations, plain).map(|t| t.p));
    let b = BootstrapOptions::default();
    time("bca means 10000", || bootstrap(&[&x, &y], |s| mean_of(&s[0]) - mean_of(&s[1]), &b).map(|b| b.bca.low));
    time("bca medians 10000", || {
        bootstrap(&[&x, &y], |s| median_of(&mut s[0]) - median_of(&mut s[1]), &b).map(|b| b.bca.low)
    });
    Some(())
}

fn models() -> Option<()> {
    let anova = Table::read("anova2.csv")?;
    let (y, a, b) = (anova.numbers("y"), anova.levels("a"), anova.levels("b"));
    let predictors = [Predictor::Factor { name: "a", levels: &a }, Predictor::Factor { name: "b", levels: &b }];
    let terms = [vec![0], vec![1], vec![0, 1]];
    let typed = LinearModelOptions::default();
    time("anova_twoway 2400", || linear_model(&y, &predictors, &terms, &typed).map(|m| m.terms[0].f));
    let cells: Vec<Vec<f64>> =
        (1..12).map(|c| a.iter().zip(&b).map(|(a, b)| f64::from(u8::from(a * 3 + b == c))).collect()).collect();
    let cells: Vec<&[f64]> = cells.iter().map(Vec::as_slice).collect();
    time("ols 12 columns HC3 2400", || ols(&y, &cells, &OlsOptions::default()).map(|m| m.r2));
    let mixed = Table::read("mixed.csv")?;
    let (y, x, g) = (mixed.numbers("y"), mixed.numbers("x"), mixed.levels("g"));
    time("lmm 2400", || lmm_random_intercept(&y, &[&x], &g, &LmmOptions::default()).map(|m| m.fixed[1].estimate));
    let logit = Table::read("logit.csv")?;
    let y = logit.numbers("y");
    let x = ["x1", "x2", "x3"].map(|c| logit.numbers(c));
    let x: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    time("logistic 2400x3", || logistic(&y, &x, &GlmOptions::default()).map(|m| m.coefficients[1].estimate));
    let surv = Table::read("surv.csv")?;
    let (t, event) = (surv.numbers("T"), surv.numbers("E").iter().map(|e| *e == 1.0).collect::<Vec<bool>>());
    let arm = surv.levels("arm");
    let arms = surv.split("T", "arm");
    let events: Vec<Vec<bool>> =
        surv.split("E", "arm").iter().map(|arm| arm.iter().map(|e| *e == 1.0).collect()).collect();
    time("kaplan_meier 2000", || {
        let both =
            arms.iter().zip(&events).map(|(t, e)| kaplan_meier(t, e, 0.95).map(|k| k.median.unwrap_or(f64::NAN)));
        both.sum()
    });
    time("log_rank 2000", || log_rank(&t, &event, &arm).map(|t| t.chi2));
    let x = ["arm", "age", "sev"].map(|c| surv.numbers(c));
    let x: Vec<&[f64]> = x.iter().map(Vec::as_slice).collect();
    time("cox_ph 2000x3", || cox_ph(&t, &event, &x, &CoxOptions::default()).map(|m| m.coefficients[0].estimate));
    Some(())
}

fn main() {
    let plain = TestOptions { effect_ci: false, ..TestOptions::default() };
    let found = tests(&plain).and_then(|()| resampling(&plain)).and_then(|()| models());
    if found.is_none() {
        println!("no speed data: set ERGON_TEST_DATA to the folder that holds stats/speed");
    }
}

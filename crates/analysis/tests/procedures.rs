//! Every procedure that a spec may name is answered, or refused with what would do; the statistic is that of `stats`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own frames")]

mod support;

use ergon_analysis::{AnalysisError, Ask, Contrast, compare, contrast};
use ergon_design::spec::Procedure;
use ergon_domain::{Family, Value};
use ergon_stats::{MissingPolicy, TestOptions, anova_oneway, friedman, kruskal_wallis, sign_test, t_student};
use support::{Build, Draws, value};

/// Nine runs of each of three levels that differ, all above 0 as times are, and the values by level.
fn levels(common: bool) -> (Build, Vec<Vec<f64>>) {
    let mut build = Build::new(&[("a", &["low", "mid", "top"])]).metric("m", Family::Continuous);
    if common {
        build = build.common();
    }
    let mut draws = Draws::seeded(77);
    let mut groups = vec![Vec::new(); 3];
    for r in 0..9 {
        for (i, level) in ["low", "mid", "top"].iter().enumerate() {
            let x = (0.8 * i as f64 + draws.normal()).exp();
            groups[i].push(x);
            build.run(&[("a", level)], r, &[value(x)]);
        }
    }
    (build, groups)
}

fn by(test: &str) -> Ask {
    Ask { test: Some(test.into()), ..Ask::about("m") }
}

#[test]
fn every_accepted_name_is_answered() {
    let pair = Contrast { factor: "a".into(), treatment: Value::text("top"), control: Value::text("low") };
    for (name, _) in Procedure::NAMES {
        for common in [false, true] {
            let (build, _) = levels(common);
            let found = contrast(&build.frame, &by(name), &pair);
            assert!(found.as_ref().is_ok_and(|a| a.p.is_some()), "{name}: {found:?}");
            let all = compare(&build.frame, &by(name), "a").unwrap();
            assert_eq!(all.len(), 4, "{name}: all levels and three pairs; {:?}", all[0].warnings);
        }
    }
    let (build, _) = levels(false);
    let refused = contrast(&build.frame, &by("ols_multiple"), &pair).unwrap_err();
    let AnalysisError::NotAvailable { available, .. } = &refused else { panic!("{refused}") };
    assert_eq!(*available, Procedure::names().collect::<Vec<_>>());
}

#[test]
fn two_levels_by_name() {
    let (build, g) = levels(false);
    let pair = Contrast { factor: "a".into(), treatment: Value::text("top"), control: Value::text("low") };
    let student = contrast(&build.frame, &by("t_student"), &pair).unwrap();
    let expected = t_student(&g[2], &g[0], &TestOptions::default()).unwrap();
    assert_eq!((student.p, student.procedure.as_str()), (Some(expected.p), expected.account.method));
    let ci = student.main_estimate().unwrap().ci.unwrap();
    assert_eq!((ci.lo, ci.hi), (expected.ci.low, expected.ci.high));

    let (build, g) = levels(true);
    let signs = contrast(&build.frame, &by("sign_test"), &pair).unwrap();
    let d: Vec<f64> = g[2].iter().zip(&g[0]).map(|(a, b)| a - b).collect();
    assert_eq!(signs.p, Some(sign_test(&d, &TestOptions::default()).unwrap().p));
}

#[test]
fn several_levels_by_name() {
    let (build, g) = levels(false);
    let whole = |build: &Build, name: &str| compare(&build.frame, &by(name), "a").unwrap().swap_remove(0);
    let ranks = whole(&build, "kruskal_wallis");
    assert_eq!(ranks.p, Some(kruskal_wallis(&g, MissingPolicy::Refuse).unwrap().p));
    let equal = whole(&build, "anova_oneway");
    assert_eq!(equal.p, Some(anova_oneway(&g, MissingPolicy::Refuse).unwrap().p));
    let (build, g) = levels(true);
    let rows: Vec<Vec<f64>> = (0..9).map(|r| g.iter().map(|level| level[r]).collect()).collect();
    let within = whole(&build, "friedman");
    let expected = friedman(&rows, MissingPolicy::Refuse).unwrap();
    assert_eq!((within.p, within.procedure.as_str()), (Some(expected.p), expected.account.method));
}

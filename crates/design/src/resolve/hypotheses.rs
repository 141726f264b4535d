//! Hypotheses and questions: metrics, factors, levels, phases and procedures they name must exist.

use std::collections::BTreeSet;

use ergon_domain::{Manifest, ParameterName, Value};

use super::declared::Declared;
use super::findings::{Findings, item, nth, under};
use super::inputs::InputFiles;
use crate::campaign::ResolvedPhase;
use crate::spec::{Estimand, FrameChoice, Hypothesis, Spec};
use crate::tree::Step;
use crate::where_filter::WhereFilter;

/// Procedures that `test` may name (STATISTICS.md).
const PROCEDURES: [&str; 48] = [
    "auto",
    "t_one_sample",
    "t_paired",
    "t_student",
    "t_welch",
    "tost",
    "tost_paired",
    "mann_whitney",
    "mann_whitney_asymptotic",
    "mann_whitney_exact",
    "mann_whitney_exact_ties",
    "wilcoxon",
    "wilcoxon_exact",
    "wilcoxon_approx",
    "sign_test",
    "hodges_lehmann",
    "permutation_exact",
    "permutation_paired_exact",
    "bootstrap_ci",
    "bayes_t_jzs",
    "variance_f_test",
    "anova_oneway",
    "welch_anova",
    "anova_twoway",
    "anova_threeway",
    "anova_rm",
    "anova_mixed",
    "ancova",
    "kruskal_wallis",
    "friedman",
    "cochran_q",
    "pearson",
    "spearman",
    "kendall",
    "chi2_independence",
    "fisher_exact",
    "mcnemar",
    "binomial_test",
    "two_proportion_z",
    "levene",
    "ols_multiple",
    "theil_sen",
    "logistic",
    "poisson_glm",
    "lmm_random_intercept",
    "kaplan_meier",
    "log_rank",
    "cox_ph",
];

struct Context<'c, 'i, 'f, 't> {
    manifest: &'c Manifest,
    declared: &'c Declared<'c>,
    phases: &'c [ResolvedPhase],
    inputs: &'c mut InputFiles<'i>,
    findings: &'f mut Findings<'t>,
}

/// Checks the sections `hypotheses` and `analysis.questions`.
pub(crate) fn check(
    spec: &Spec,
    manifest: &Manifest,
    declared: &Declared<'_>,
    phases: &[ResolvedPhase],
    inputs: &mut InputFiles<'_>,
    findings: &mut Findings<'_>,
) {
    let mut context = Context { manifest, declared, phases, inputs, findings };
    let mut ids = BTreeSet::new();
    for (i, hypothesis) in spec.hypotheses.iter().enumerate() {
        let path = item(&["hypotheses"], i);
        if hypothesis.id.trim().is_empty() || !ids.insert(&hypothesis.id) {
            let message = format!("'{}' is empty or names another hypothesis too", hypothesis.id);
            context.findings.error(&under(&path, &["id"]), message);
        }
        context.hypothesis(hypothesis, &path);
    }
    for (i, question) in spec.analysis.questions.iter().enumerate() {
        let path = item(&["analysis", "questions"], i);
        context.metric(&question.metric, &path);
        for (j, factor) in question.by.iter().enumerate() {
            context.factor(factor, &nth(&under(&path, &["by"]), j));
        }
        if let Some(test) = &question.test {
            context.findings.known(&under(&path, &["test"]), "procedure", test, PROCEDURES);
        }
        if let Some(frame) = &question.frame {
            context.frame(frame, &under(&path, &["frame"]));
        }
    }
}

impl Context<'_, '_, '_, '_> {
    fn metric(&mut self, metric: &str, path: &[Step]) {
        let known = self.manifest.metrics.iter().map(|m| m.id.as_str());
        self.findings.known(&under(path, &["metric"]), "metric", metric, known);
    }

    fn factor(&mut self, factor: &str, path: &[Step]) -> bool {
        let varied: BTreeSet<&str> = self.phases.iter().flat_map(|p| &p.factors).map(|f| f.name.as_str()).collect();
        self.findings.known(path, "factor", factor, varied)
    }

    fn frame(&mut self, frame: &FrameChoice, path: &[Step]) {
        for (i, name) in frame.phases.iter().enumerate() {
            let at = nth(&under(path, &["phases"]), i);
            self.findings.known(&at, "phase", name, self.phases.iter().map(|p| p.name.as_str()));
        }
        for (i, filter) in frame.filters.iter().enumerate() {
            let at = nth(&under(path, &["where"]), i);
            match WhereFilter::parse(filter) {
                Ok(filter) => drop(self.declared.check_known(&filter.parameter, &at, self.findings)),
                Err(e) => self.findings.error(&at, e.to_string()),
            }
        }
    }

    fn hypothesis(&mut self, hypothesis: &Hypothesis, path: &[Step]) {
        self.metric(&hypothesis.metric, path);
        self.frame(&hypothesis.frame, &under(path, &["frame"]));
        self.findings.known(&under(path, &["test"]), "procedure", &hypothesis.test, PROCEDURES);
        if !(hypothesis.alpha > 0.0 && hypothesis.alpha < 1.0) {
            let message = format!("{} is out of range", hypothesis.alpha);
            self.findings.refuse(&under(path, &["alpha"]), message, "a number between 0 and 1");
        }
        if let Some(expected) = &hypothesis.expected {
            for (key, interval) in
                [("ratio", expected.ratio), ("difference", expected.difference), ("value", expected.value)]
            {
                if interval.is_some_and(|[lo, hi]| lo > hi) {
                    self.findings.refuse(&under(path, &["expected", key]), "the ends are swapped", "[low, high]");
                }
            }
        }
        let at = under(path, &["contrast"]);
        let contrast = &hypothesis.contrast;
        if !self.factor(&contrast.factor, &under(&at, &["factor"])) {
            return;
        }
        let is_slope = hypothesis.estimand == Estimand::Slope;
        for (key, level) in [("treatment", &contrast.treatment), ("control", &contrast.control)] {
            match level {
                Some(level) => self.level(&contrast.factor, level, &under(&at, &[key])),
                None if is_slope => {}
                None => {
                    self.findings.refuse(&at, format!("{key} is missing"), format!("a level of {}", contrast.factor))
                }
            }
        }
        if contrast.treatment.is_some() && contrast.treatment == contrast.control {
            self.findings.error(&at, "treatment and control are the same level");
        }
    }

    /// A level that some phase of the campaign has.
    fn level(&mut self, factor: &str, level: &Value, path: &[Step]) {
        let name = ParameterName::new(factor);
        let Some(bound) = self.declared.bind(&name, level, path, self.inputs, self.findings) else { return };
        let varied = self.phases.iter().flat_map(|p| &p.factors).filter(|f| f.name == name).flat_map(|f| &f.levels);
        let fixed = self.phases.iter().filter_map(|p| p.base.get(factor));
        let all: Vec<&Value> = varied.chain(fixed).collect();
        if !all.contains(&&bound) {
            let mut names: Vec<String> = Vec::new();
            for value in all.iter().map(|v| v.to_string()) {
                if !names.contains(&value) {
                    names.push(value);
                }
            }
            let message = format!("{level} is no level of {factor} in this campaign");
            self.findings.refuse(path, message, format!("one of {}", names.join(", ")));
        }
    }
}

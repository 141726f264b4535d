//! Hypotheses and questions: metrics, factors, levels, phases and procedures they name must exist.

use std::collections::BTreeSet;

use ergon_domain::{Manifest, ParameterName, RUN_ENERGY, RunLimit, Value};

use super::declared::Declared;
use super::findings::{Findings, item, nth, under};
use super::inputs::InputFiles;
use crate::campaign::ResolvedPhase;
use crate::spec::{Estimand, FrameChoice, Hypothesis, Procedure, Question, QuestionKind, Rule, Spec, threshold_share};
use crate::tree::Step;
use crate::where_filter::WhereFilter;

struct Context<'c, 'i, 'f, 't> {
    manifest: &'c Manifest,
    declared: &'c Declared<'c>,
    phases: &'c [ResolvedPhase],
    /// Factors that something is wrong with: it was said where they are declared.
    faulty: &'c BTreeSet<&'c str>,
    inputs: &'c mut InputFiles<'i>,
    findings: &'f mut Findings<'t>,
}

/// Checks the sections `hypotheses`, `analysis.questions` and `analysis.rules`.
pub(crate) fn check(
    spec: &Spec,
    manifest: &Manifest,
    declared: &Declared<'_>,
    phases: &[ResolvedPhase],
    faulty: &BTreeSet<&str>,
    inputs: &mut InputFiles<'_>,
    findings: &mut Findings<'_>,
) {
    let mut context = Context { manifest, declared, phases, faulty, inputs, findings };
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
        context.question(question, &path);
    }
    for (i, rule) in spec.analysis.rules.iter().enumerate() {
        let path = item(&["analysis", "rules"], i);
        match Rule::parse(rule) {
            Ok(rule) => {
                context.findings.known(&path, "phase", rule.phase(), phases.iter().map(|p| p.name.as_str()));
            }
            Err(e) => context.findings.error(&path, e),
        }
    }
}

impl Context<'_, '_, '_, '_> {
    fn metric(&mut self, metric: &str, path: &[Step]) {
        // Runs bounded by wall time may have joules of their own.
        let read: &[&str] = if self.manifest.limit == RunLimit::WallTime { &RUN_ENERGY } else { &[] };
        let known = self.manifest.metrics.iter().map(|m| m.id.as_str()).chain(read.iter().copied());
        self.findings.known(&under(path, &["metric"]), "metric", metric, known);
    }

    fn factor(&mut self, factor: &str, path: &[Step]) -> bool {
        if self.faulty.contains(factor) {
            return false;
        }
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

    fn question(&mut self, question: &Question, path: &[Step]) {
        self.metric(&question.metric, path);
        let by = under(path, &["by"]);
        for (i, factor) in question.by.iter().enumerate() {
            self.factor(factor, &nth(&by, i));
        }
        if let Some(test) = &question.test {
            self.findings.known(&under(path, &["test"]), "procedure", test, Procedure::names());
        }
        if let Some(frame) = &question.frame {
            self.frame(frame, &under(path, &["frame"]));
        }
        let kind = question.kind.unwrap_or(QuestionKind::Comparison);
        let (fewest, most) = kind.factors();
        if !(fewest..=most).contains(&question.by.len()) {
            let wanted = match (fewest, most) {
                (1, 2) if kind == QuestionKind::Efficiency => "one or two factors".to_owned(),
                (1, 2) => "one or two factors, a numeric one first".to_owned(),
                (2, 2) => "two factors".to_owned(),
                (1, 1) => "one factor".to_owned(),
                (2, 3) if kind == QuestionKind::Exploitation => {
                    "the weak model, the strong model and, where there is one, a third factor".to_owned()
                }
                (2, 3) => "the way of transforming, its level, and at most one more".to_owned(),
                (fewest, _) => format!("at least {fewest} factor"),
            };
            let at = if question.by.is_empty() { path.to_vec() } else { by };
            self.findings.refuse(&at, format!("as: {} names {} factors", kind.name(), question.by.len()), wanted);
        }
        let numeric = match kind {
            QuestionKind::Trend | QuestionKind::Scalability | QuestionKind::Dependency | QuestionKind::Threshold => {
                Some(0)
            }
            QuestionKind::Contamination => Some(1),
            _ => None,
        };
        if let Some((at, factor)) = numeric.and_then(|at| Some((at, question.by.get(at)?))) {
            self.numeric(factor, &nth(&under(path, &["by"]), at));
        }
        self.share_of_baseline(question, kind, path);
        if let Some(loss) = question.loss {
            let at = under(path, &["loss"]);
            if !(loss > 0.0 && loss < 1.0) {
                self.findings.refuse(&at, format!("{loss} is out of range"), "a share between 0 and 1");
            } else if kind != QuestionKind::Scalability {
                self.findings.refuse(&at, format!("as: {} has no loss", kind.name()), "as: scalability");
            }
        }
        if let Some(folds) = question.folds {
            let at = under(path, &["folds"]);
            if folds < 2 {
                self.findings.refuse(&at, format!("{folds} is out of range"), "2 or more");
            } else if kind != QuestionKind::CrossValidation {
                self.findings.refuse(&at, format!("as: {} has no folds", kind.name()), "as: cross_validation");
            }
        }
    }

    /// Threshold and smallest difference: which questions have them, and their range.
    fn share_of_baseline(&mut self, question: &Question, kind: QuestionKind, path: &[Step]) {
        if let Some(text) = &question.threshold {
            let at = under(path, &["threshold"]);
            if !matches!(kind, QuestionKind::Dependency | QuestionKind::Threshold) {
                let expected = "as: dependency or as: threshold";
                self.findings.refuse(&at, format!("as: {} has no threshold", kind.name()), expected);
            } else if threshold_share(text).is_none() {
                let expected = "a share of the baseline, such as '50% of baseline'";
                self.findings.refuse(&at, format!("'{text}' is no threshold"), expected);
            }
        }
        if let Some(difference) = question.smallest_difference {
            let at = under(path, &["smallest_difference"]);
            if kind != QuestionKind::AbTest {
                let message = format!("as: {} has no smallest_difference", kind.name());
                self.findings.refuse(&at, message, "as: ab_test");
            } else if !(difference > 0.0 && difference < 1.0) {
                self.findings.refuse(&at, format!("{difference} is out of range"), "a share between 0 and 1");
            }
        }
    }

    /// A factor whose levels are numbers.
    fn numeric(&mut self, factor: &str, path: &[Step]) {
        let levels = self.phases.iter().flat_map(|p| &p.factors).filter(|f| f.name.as_str() == factor);
        if let Some(level) = levels.flat_map(|f| &f.levels).find(|l| l.as_f64().is_none()) {
            self.findings.refuse(path, format!("{factor} = {level} is no number"), "a factor with numeric levels");
        }
    }

    /// Margin and threshold: which estimands have them, and their range.
    fn null_value(&mut self, hypothesis: &Hypothesis, path: &[Step]) {
        let estimand = hypothesis.estimand;
        if let Some(margin) = hypothesis.margin {
            let at = under(path, &["margin"]);
            let most = if estimand.is_ratio() { 1.0 } else { f64::INFINITY };
            if !(margin > 0.0 && margin < most) {
                let wanted = if estimand.is_ratio() { "a share between 0 and 1" } else { "a finite number above 0" };
                self.findings.refuse(&at, format!("{margin} is out of range"), wanted);
            } else if estimand == Estimand::Mean {
                self.findings.refuse(&at, "a mean has no margin", "threshold");
            }
        }
        match (hypothesis.threshold, estimand) {
            (None, Estimand::Mean) => {
                self.findings.refuse(
                    path,
                    "estimand: mean needs a threshold",
                    "threshold: a number in the metric's unit",
                );
            }
            (Some(_), Estimand::Mean) | (None, _) => {}
            (Some(_), other) => {
                let message = format!("estimand: {} has no threshold", other.name());
                self.findings.refuse(&under(path, &["threshold"]), message, "estimand: mean, or a margin");
            }
        }
        if let Some(threshold) = hypothesis.threshold.filter(|x| !x.is_finite()) {
            let at = under(path, &["threshold"]);
            self.findings.refuse(&at, format!("{threshold} is out of range"), "a finite number in the metric's unit");
        }
    }

    fn hypothesis(&mut self, hypothesis: &Hypothesis, path: &[Step]) {
        self.null_value(hypothesis, path);
        self.metric(&hypothesis.metric, path);
        self.frame(&hypothesis.frame, &under(path, &["frame"]));
        self.findings.known(&under(path, &["test"]), "procedure", &hypothesis.test, Procedure::names());
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
        if hypothesis.estimand == Estimand::Slope {
            self.numeric(&contrast.factor, &under(&at, &["factor"]));
        }
        let of_two_levels = !matches!(hypothesis.estimand, Estimand::Slope | Estimand::Mean);
        for (key, level) in [("treatment", &contrast.treatment), ("control", &contrast.control)] {
            match level {
                Some(level) => self.level(&contrast.factor, level, &under(&at, &[key])),
                None if !of_two_levels => {}
                None => {
                    self.findings.refuse(&at, format!("{key} is missing"), format!("a level of {}", contrast.factor))
                }
            }
        }
        if !of_two_levels && contrast.control.is_some() {
            let name = hypothesis.estimand.name();
            self.findings.refuse(&under(&at, &["control"]), format!("estimand: {name} has no control"), "none");
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

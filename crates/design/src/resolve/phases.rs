//! Phases bound and checked.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::{Condition, ParameterName, Value};

use super::declared::Declared;
use super::findings::{Findings, item, nth, under};
use super::inputs::InputFiles;
use super::without;
use crate::campaign::{Factor, ResolvedPhase};
use crate::spec::{DesignKind, Phase, Spec};
use crate::tree::Step;

/// Most runs per condition.
const MOST_REPLICATES: u32 = 1_000_000;
/// Most conditions of a sample.
const LARGEST_SAMPLE: u64 = 100_000;
/// Most conditions of an explicit design.
const LONGEST_LIST: usize = 10_000;
/// Most phases.
const MOST_PHASES: usize = 1000;

struct Context<'c, 'i, 'f, 't> {
    declared: &'c Declared<'c>,
    fixed: &'c Condition,
    factors: &'c BTreeMap<ParameterName, Factor>,
    spec: &'c Spec,
    inputs: &'c mut InputFiles<'i>,
    findings: &'f mut Findings<'t>,
}

/// All phases; a spec that names none has one, `main`.
pub(crate) fn resolve(
    spec: &Spec,
    declared: &Declared<'_>,
    fixed: &Condition,
    factors: &BTreeMap<ParameterName, Factor>,
    inputs: &mut InputFiles<'_>,
    findings: &mut Findings<'_>,
) -> Vec<ResolvedPhase> {
    if spec.phases.len() > MOST_PHASES {
        findings.error(&super::place(&["phases"]), format!("more than {MOST_PHASES} phases"));
        return Vec::new();
    }
    let implicit = [Phase::main()];
    let phases = if spec.phases.is_empty() { &implicit[..] } else { &spec.phases };
    let mut names = BTreeSet::new();
    let mut context = Context { declared, fixed, factors, spec, inputs, findings };
    let resolved: Vec<_> = phases
        .iter()
        .enumerate()
        .map(|(i, phase)| {
            let path = item(&["phases"], i);
            context.check_name(phase, &path, &mut names);
            context.phase(phase, phases, &path)
        })
        .collect();
    if let Some(i) = in_a_cycle(&resolved) {
        let path = under(&item(&["phases"], i), &["depends_on"]);
        let message = format!("{} depends on itself, directly or through others", phases[i].name);
        findings.error(&path, message);
    }
    resolved
}

/// A phase that can never start.
fn in_a_cycle(phases: &[ResolvedPhase]) -> Option<usize> {
    let mut done = vec![false; phases.len()];
    loop {
        let ready = |i: &usize| {
            !done[*i] && phases[*i].depends_on.iter().all(|d| done.get(usize::from(*d)).copied().unwrap_or(true))
        };
        match (0..phases.len()).find(ready) {
            Some(i) => done[i] = true,
            None => return done.iter().position(|d| !d),
        }
    }
}

impl Context<'_, '_, '_, '_> {
    fn check_name<'p>(&mut self, phase: &'p Phase, path: &[Step], names: &mut BTreeSet<&'p str>) {
        let at = under(path, &["name"]);
        if phase.name.trim().is_empty() || phase.name.contains([',', '=', '\n']) {
            self.findings.refuse(&at, format!("'{}' is not a name", phase.name), "text without , and =");
        } else if !names.insert(&phase.name) {
            self.findings.error(&at, format!("another phase is called {}", phase.name));
        }
    }

    fn phase(&mut self, phase: &Phase, phases: &[Phase], path: &[Step]) -> ResolvedPhase {
        let mut depends_on = Vec::new();
        for (i, name) in phase.depends_on.iter().enumerate() {
            let at = nth(&under(path, &["depends_on"]), i);
            if self.findings.known(&at, "phase", name, phases.iter().map(|p| p.name.as_str())) {
                depends_on.extend(phases.iter().position(|p| p.name == *name).and_then(|j| u16::try_from(j).ok()));
            }
        }
        if !(1..=MOST_REPLICATES).contains(&phase.replicates) {
            let expected = format!("a whole number from 1 to {MOST_REPLICATES}");
            self.findings.refuse(
                &under(path, &["replicates"]),
                format!("{} is out of range", phase.replicates),
                expected,
            );
        }
        let fix = self.fix(phase, path);
        self.check_design(phase, path);
        let from = self.sources(phase, phases, path);
        depends_on.extend(from.iter().filter(|i| !depends_on.contains(i)).copied().collect::<Vec<_>>());
        let (factors, explicit) = if phase.design.kind.is_listed() {
            self.explicit(phase, path)
        } else {
            (self.varied(phase, path), Vec::new())
        };
        let is_open = phase.design.kind == DesignKind::TopEffects && explicit.is_empty();
        let names: Vec<ParameterName> = factors.iter().map(|f| f.name.clone()).collect();
        for name in names.iter().filter(|n| fix.contains_key(*n)) {
            let at = under(path, &["fix", name.as_str()]);
            self.findings.error(&at, "this phase both fixes and varies it");
        }
        let mut base = without(self.fixed, &names);
        base.0.extend(fix);
        let left_out = self.factors.keys().filter(|n| !names.contains(n) && !base.0.contains_key(*n));
        for name in left_out.filter(|_| !is_open).cloned().collect::<Vec<_>>() {
            let message = format!("this phase leaves {name} without a value");
            self.findings.refuse(path, message, "vary it here, fix it, or give it in the workload section");
        }
        ResolvedPhase {
            name: phase.name.clone(),
            focus: phase.focus.clone(),
            base,
            factors,
            design: phase.design.clone(),
            explicit,
            replicates: phase.replicates,
            depends_on,
            from,
            order: phase.order,
            priority: phase.priority,
        }
    }

    /// The phases that a choice is made from. What such a phase runs is decided by them: it can set nothing itself.
    fn sources(&mut self, phase: &Phase, phases: &[Phase], path: &[Step]) -> Vec<u16> {
        let mut sources = Vec::new();
        let kind = phase.design.kind;
        for (i, name) in phase.design.from.iter().enumerate() {
            let at = nth(&under(path, &["design", "from"]), i);
            if kind != DesignKind::TopEffects {
                self.findings.error(&at, format!("{} takes no phases", kind.name()));
            } else if *name == phase.name {
                self.findings.error(&at, "a phase can't be chosen from its own results");
            } else if self.findings.known(&at, "phase", name, phases.iter().map(|p| p.name.as_str())) {
                sources.extend(phases.iter().position(|p| p.name == *name).and_then(|j| u16::try_from(j).ok()));
            }
        }
        if kind != DesignKind::TopEffects {
            return sources;
        }
        if phase.design.from.is_empty() {
            let expected = "{ kind: top_effects, size: …, from: [names of phases] }";
            self.findings.refuse(&under(path, &["design"]), "top_effects needs the phases it chooses from", expected);
        }
        let written = [
            ("fix", !phase.fix.is_empty()),
            ("factors", phase.factors.is_some()),
            ("levels", !phase.levels.is_empty()),
        ];
        for (key, _) in written.iter().filter(|(_, is_written)| *is_written) {
            let message = "top_effects repeats conditions of other phases as they were: it can't change them";
            self.findings.error(&under(path, &[*key]), message);
        }
        sources
    }

    fn fix(&mut self, phase: &Phase, path: &[Step]) -> BTreeMap<ParameterName, Value> {
        let mut fix = BTreeMap::new();
        for (name, value) in &phase.fix {
            let at = under(path, &["fix", name]);
            let name = ParameterName::new(name);
            if self.declared.check_known(name.as_str(), &at, self.findings)
                && let Some(bound) = self.declared.bind(&name, value, &at, self.inputs, self.findings)
            {
                fix.insert(name, bound);
            }
        }
        fix
    }

    /// The factors of a phase: those it names, else all that it doesn't fix; its own levels before the campaign's.
    fn varied(&mut self, phase: &Phase, path: &[Step]) -> Vec<Factor> {
        let own: BTreeMap<ParameterName, Factor> = phase
            .levels
            .iter()
            .filter_map(|(name, levels)| {
                let at = under(path, &["levels", name]);
                self.declared.factor(name, levels, &at, self.inputs, self.findings)
            })
            .map(|f| (f.name.clone(), f))
            .collect();
        let Some(named) = &phase.factors else {
            let mut all = self.factors.clone();
            all.extend(own);
            return all.into_values().filter(|f| !phase.fix.contains_key(f.name.as_str())).collect();
        };
        let mut seen = BTreeSet::new();
        let mut factors = Vec::new();
        for (i, name) in named.iter().enumerate() {
            let at = nth(&under(path, &["factors"]), i);
            let written = self.spec.factors.keys().chain(phase.levels.keys()).map(String::as_str);
            if !self.findings.known(&at, "factor", name, written) {
                continue;
            }
            if !seen.insert(name) {
                self.findings.error(&at, format!("{name} is listed twice"));
                continue;
            }
            factors.extend(own.get(name.as_str()).or_else(|| self.factors.get(name.as_str())).cloned());
        }
        for name in phase.levels.keys().filter(|n| !named.contains(n)) {
            let at = under(path, &["levels", name]);
            self.findings.error(&at, "this phase has levels for it but doesn't list it in factors");
        }
        factors
    }

    /// The listed conditions, and the factors they name.
    #[allow(clippy::type_complexity, reason = "the two halves of one reading")]
    fn explicit(&mut self, phase: &Phase, path: &[Step]) -> (Vec<Factor>, Vec<BTreeMap<ParameterName, Value>>) {
        let rows = &phase.design.conditions;
        if rows.len() > LONGEST_LIST {
            let message = format!("{} conditions are too many to list (at most {LONGEST_LIST})", rows.len());
            self.findings.error(&under(path, &["design", "conditions"]), message);
            return (Vec::new(), Vec::new());
        }
        let mut names: Vec<&str> = match &phase.factors {
            Some(named) => named.iter().map(String::as_str).collect(),
            None => {
                rows.iter().flat_map(|r| r.keys()).map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect()
            }
        };
        names.retain(|name| {
            let at = under(path, &["design", "conditions"]);
            self.declared.check_known(name, &at, self.findings)
        });
        let mut factors: Vec<Factor> = names.iter().map(|n| Factor { name: (*n).into(), levels: Vec::new() }).collect();
        let mut explicit: Vec<BTreeMap<ParameterName, Value>> = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let at = nth(&under(path, &["design", "conditions"]), i);
            let mut bound = BTreeMap::new();
            for (name, value) in row {
                let at = under(&at, &[name]);
                if !names.contains(&name.as_str()) {
                    if self.declared.is_known(name) {
                        self.findings.error(&at, "is not among the phase's factors");
                    }
                    continue;
                }
                let name = ParameterName::new(name);
                bound.extend(self.declared.bind(&name, value, &at, self.inputs, self.findings).map(|v| (name, v)));
            }
            for name in names.iter().filter(|n| !row.contains_key(**n)) {
                self.findings.error(&at, format!("this condition gives no level of {name}"));
            }
            if let Some(twin) = explicit.iter().position(|other| *other == bound) {
                self.findings.error(&at, format!("this condition repeats conditions[{twin}]"));
            }
            for factor in &mut factors {
                if let Some(value) = bound.get(&factor.name).filter(|v| !factor.levels.contains(v)) {
                    factor.levels.push(value.clone());
                }
            }
            explicit.push(bound);
        }
        (factors, explicit)
    }

    fn check_design(&mut self, phase: &Phase, path: &[Step]) {
        let design = &phase.design;
        let at = under(path, &["design"]);
        let kind = design.kind.name();
        if !design.kind.is_built() {
            let built: Vec<_> = DesignKind::ALL.into_iter().filter(|k| k.is_built()).map(DesignKind::name).collect();
            let message = format!("{kind} is not built yet in this version; available: {}", built.join(", "));
            self.findings.error(&at, message);
            return;
        }
        let largest = if design.kind.is_listed() { LONGEST_LIST as u64 } else { LARGEST_SAMPLE };
        match design.size {
            None if design.kind.is_sample() => {
                self.findings.refuse(&at, format!("{kind} needs a size"), format!("{{ kind: {kind}, size: … }}"));
            }
            Some(_) if !design.kind.is_sample() => {
                self.findings.error(&under(&at, &["size"]), format!("{kind} takes no size"));
            }
            Some(size) if !(1..=largest).contains(&size) => {
                let expected = format!("a whole number from 1 to {largest}");
                self.findings.refuse(&under(&at, &["size"]), format!("{size} is out of range"), expected);
            }
            _ => {}
        }
        match (design.kind, design.conditions.is_empty()) {
            (DesignKind::Explicit, true) => {
                self.findings.refuse(&at, "explicit needs conditions", "a list of { factor: level, … }")
            }
            (listed, false) if !listed.is_listed() => {
                self.findings.error(&under(&at, &["conditions"]), format!("{kind} takes no conditions"))
            }
            _ => {}
        }
        let chosen = design.conditions.len() as u64;
        if design.kind == DesignKind::TopEffects && chosen > 0 && design.size.is_some_and(|size| size != chosen) {
            self.findings.error(
                &under(&at, &["conditions"]),
                format!("{chosen} conditions are listed, size says another number"),
            );
        }
        if design.basis.is_some() && design.kind != DesignKind::TopEffects {
            self.findings.error(&under(&at, &["basis"]), format!("{kind} is not chosen from results"));
        }
        if design.resolution.is_some() {
            self.findings.error(&under(&at, &["resolution"]), format!("{kind} takes no resolution"));
        }
    }
}

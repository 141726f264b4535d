//! Cells: runs that agree in every parameter but one factor. Only cells that hold all levels compared enter a
//! comparison, so that no other factor can be mistaken for this one (Simpson 1951).

use std::collections::BTreeMap;

use ergon_domain::{Canonical, Digest, ParameterName, Value};

use crate::frame::{Frame, same_level};

/// Runs that agree in every parameter but the factor.
#[derive(Clone, Debug)]
pub(crate) struct MatchedCell {
    /// The levels of the other varied parameters; empty when nothing else varies.
    pub(crate) label: String,
    /// Position of the phase whose runs these are.
    pub(crate) phase: u16,
    /// Rows of each level compared.
    pub(crate) rows: Vec<Vec<usize>>,
}

/// The cells of a comparison.
#[derive(Clone, Debug)]
pub(crate) struct Matching {
    /// Cells that hold every level.
    pub(crate) cells: Vec<MatchedCell>,
    /// Usable rows of the levels whose cell doesn't hold every level.
    pub(crate) unmatched: usize,
    /// Phases of the usable rows of the levels.
    pub(crate) candidate_phases: Vec<u16>,
    /// Other parameters that vary among the usable rows of the levels.
    pub(crate) others: Vec<ParameterName>,
    /// Those whose values differ between the levels as a whole.
    pub(crate) entangled: Vec<ParameterName>,
}

impl Matching {
    /// All matched rows of one level.
    pub(crate) fn rows_of(&self, level: usize) -> Vec<usize> {
        self.cells.iter().filter_map(|c| c.rows.get(level)).flatten().copied().collect()
    }

    /// Positions of the phases that matched rows come from.
    pub(crate) fn phases(&self) -> Vec<u16> {
        let mut phases: Vec<u16> = self.cells.iter().map(|c| c.phase).collect();
        phases.sort_unstable();
        phases.dedup();
        phases
    }
}

/// What is needed of a condition: its level and what it shares with the others of its cell.
struct Place {
    level: usize,
    cell: Digest,
    label: String,
}

/// Groups the usable rows of the given levels into cells, phase by phase; a run counts in one cell.
pub(crate) fn matched_cells(frame: &Frame, factor: &str, levels: &[Value], usable: impl Fn(usize) -> bool) -> Matching {
    let level_of = |value: &Value| levels.iter().position(|l| same_level(l, value));
    let candidates: Vec<usize> = (0..frame.rows.len())
        .filter(|i| {
            let value = frame.rows.get(*i).and_then(|row| row.condition.condition.get(factor));
            value.is_some_and(|v| level_of(v).is_some()) && usable(*i)
        })
        .collect();
    let (others, entangled) = other_parameters(frame, factor, levels, &candidates);
    let mut places: BTreeMap<Digest, Place> = BTreeMap::new();
    for i in &candidates {
        let Some(row) = frame.rows.get(*i) else { continue };
        let condition = &row.condition;
        if places.contains_key(&condition.digest) {
            continue;
        }
        if let Some(level) = condition.condition.get(factor).and_then(level_of) {
            let place = Place { level, cell: without(condition, factor), label: label(condition, &others) };
            places.insert(condition.digest, place);
        }
    }
    let mut phases: Vec<u16> = candidates.iter().flat_map(|i| phases_of(frame, *i)).collect();
    phases.sort_unstable();
    phases.dedup();

    let mut used = vec![false; frame.rows.len()];
    let mut cells = Vec::new();
    for phase in phases.iter().copied() {
        let mut order: Vec<Digest> = Vec::new();
        let mut groups: BTreeMap<Digest, MatchedCell> = BTreeMap::new();
        for i in &candidates {
            if used.get(*i).copied().unwrap_or(true) || !phases_of(frame, *i).contains(&phase) {
                continue;
            }
            let Some(place) = frame.rows.get(*i).and_then(|row| places.get(&row.condition.digest)) else { continue };
            let group = groups.entry(place.cell).or_insert_with(|| {
                order.push(place.cell);
                MatchedCell { label: place.label.clone(), phase, rows: vec![Vec::new(); levels.len()] }
            });
            if let Some(rows) = group.rows.get_mut(place.level) {
                rows.push(*i);
            }
        }
        for cell in order.iter().filter_map(|digest| groups.remove(digest)) {
            if cell.rows.iter().all(|rows| !rows.is_empty()) {
                for i in cell.rows.iter().flatten() {
                    if let Some(slot) = used.get_mut(*i) {
                        *slot = true;
                    }
                }
                cells.push(cell);
            }
        }
    }
    let matched: usize = cells.iter().flat_map(|c| &c.rows).map(Vec::len).sum();
    Matching { cells, unmatched: candidates.len() - matched, candidate_phases: phases, others, entangled }
}

/// Phases of a row; a row of no phase counts as of the first.
fn phases_of(frame: &Frame, row: usize) -> Vec<u16> {
    frame.rows.get(row).map_or(Vec::new(), |r| if r.phases.is_empty() { vec![0] } else { r.phases.to_vec() })
}

/// Digest of every parameter but the factor.
pub(crate) fn without(condition: &ergon_domain::PlannedCondition, factor: &str) -> Digest {
    let mut c = Canonical::new("ergon.cell.1");
    for (name, value) in condition.condition.0.iter().filter(|(name, _)| name.as_str() != factor) {
        c.str(name.as_str());
        value.write_canonical(&mut c);
    }
    c.finish()
}

/// `a = 1, b = x`.
pub(crate) fn label(condition: &ergon_domain::PlannedCondition, names: &[ParameterName]) -> String {
    let part = |name: &ParameterName| condition.condition.get(name.as_str()).map(|v| format!("{name} = {v}"));
    names.iter().filter_map(part).collect::<Vec<_>>().join(", ")
}

/// Other parameters that vary among the rows, and those of them whose values differ between the levels.
fn other_parameters(
    frame: &Frame,
    factor: &str,
    levels: &[Value],
    rows: &[usize],
) -> (Vec<ParameterName>, Vec<ParameterName>) {
    // Values of each parameter by level, as canonical digests.
    let mut seen: BTreeMap<&ParameterName, Vec<std::collections::BTreeSet<Digest>>> = BTreeMap::new();
    let mut looked = std::collections::BTreeSet::new();
    for row in rows.iter().filter_map(|i| frame.rows.get(*i)) {
        if !looked.insert(row.condition.digest) {
            continue;
        }
        let value = row.condition.condition.get(factor);
        let Some(level) = value.and_then(|v| levels.iter().position(|l| same_level(l, v))) else { continue };
        for (name, value) in row.condition.condition.0.iter().filter(|(name, _)| name.as_str() != factor) {
            let by_level = seen.entry(name).or_insert_with(|| vec![Default::default(); levels.len()]);
            if let Some(values) = by_level.get_mut(level) {
                let mut c = Canonical::new("ergon.level.1");
                value.write_canonical(&mut c);
                values.insert(c.finish());
            }
        }
    }
    let varies = |name: &ParameterName| {
        seen.get(name).is_some_and(|by_level| {
            let all: std::collections::BTreeSet<&Digest> = by_level.iter().flatten().collect();
            all.len() > 1
        })
    };
    let known = frame.factors.iter().map(|f| &f.name);
    let mut others: Vec<ParameterName> = known.filter(|name| varies(name)).cloned().collect();
    let rest: Vec<ParameterName> =
        seen.keys().filter(|name| varies(name) && !others.contains(name)).map(|name| (**name).clone()).collect();
    others.extend(rest);
    let differs = |name: &&ParameterName| {
        seen.get(name).is_some_and(|by_level| by_level.windows(2).any(|pair| matches!(pair, [a, b] if a != b)))
    };
    let entangled = others.iter().filter(differs).cloned().collect();
    (others, entangled)
}

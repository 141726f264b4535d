//! Games between strong and weak agents: a table of groups, a heat map of pairs, a line in words.

use ergon_analysis::{Analysis, Bargaining, BargainingGroup, Detail, GroupMeasure, exploitation};
use ergon_domain::Value;

use crate::figure::{Figure, HeatCell, HeatMapInput, Quantity};
use crate::number::{Digits, Grouping, Shown, heading_with_unit};
use crate::table::{Cell, Column, Notes, Row, RowGroup, Table};
use crate::{Provenance, RichText};

use super::descriptive::sentence;
use super::drawing::{Drawing, DrawingError, Words};
use super::{interval, interval_name, label, number, provenance, unit};

/// The groups of an exploitation or efficiency analysis. `None` for another kind.
pub fn bargaining_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::Bargaining(found)) = &analysis.detail else { return None };
    let first = found.groups.first()?;
    let main = first.measures.first()?;
    let level = found.groups.iter().flat_map(|g| &g.measures).find_map(|m| m.ci).map_or(0.95, |ci| ci.level);
    let tested = found.groups.iter().any(|group| group.p.is_some());
    let clean = found.groups.iter().any(|group| group.not_clean.is_some());
    let heading = |m: &GroupMeasure| heading_with_unit(&m.title, unit(&m.unit));
    let mut columns = vec![Column::new(RichText::variable("n")), Column::new("Timed out")];
    if clean {
        columns.push(Column::new("Not clean"));
    }
    columns.extend([Column::new(heading(main)), Column::new(interval_name(level))]);
    if tested {
        columns.push(Column::new(RichText::variable("p")));
    }
    columns.extend(first.measures.iter().skip(1).map(|m| Column::new(heading(m))));
    let source = provenance(&analysis.provenance);
    let grouped = first.levels.len() > 1;
    let mut groups: Vec<RowGroup> = Vec::new();
    for group in &found.groups {
        let heading: Option<RichText> =
            group.levels.first().filter(|_| grouped).map(|(name, level)| format!("{name} = {level}").into());
        let row = row(group, (tested, clean), source);
        match groups.last_mut() {
            Some(last) if last.label == heading => last.rows.push(row),
            _ => groups.push(RowGroup { label: heading, rows: vec![row] }),
        }
    }
    let question = &analysis.question;
    let by: Vec<&str> = first.levels.iter().map(|(name, _)| name.as_str()).collect();
    let mut parts = vec![question.metric.as_str()];
    parts.extend(&by);
    let mut general: Vec<RichText> = vec![
        RichText::variable("n")
            .plain(" = games played to the end, with or without a deal; without one everybody has 0."),
    ];
    if tested {
        let family = analysis.trail.iter().find(|line| line.starts_with("p-values"));
        general.push(
            RichText::variable("p")
                .plain(": Student's t of the mean against 0, corrected. ")
                .plain(family.map_or("", String::as_str)),
        );
    }
    general.extend(analysis.warnings.iter().filter(|w| w.code != "simulated").map(|w| sentence(&w.message).into()));
    Some(Table {
        caption: format!("{} by {}", main.title, by.join(" and ")).into(),
        label: label("bargaining", &parts),
        stub: by.last().map_or("Games", |name| *name).into(),
        columns,
        groups,
        notes: Notes { general, ..Notes::default() },
    })
}

fn row(group: &BargainingGroup, (tested, clean): (bool, bool), source: Provenance) -> Row {
    let name = group.levels.last().map_or_else(|| "all games".to_owned(), |(_, level)| level.clone());
    let count = |n: u64| Cell::from(crate::table::Content::Count(n));
    let mut cells = vec![count(group.runs as u64), count(group.timed_out)];
    if clean {
        cells.push(group.not_clean.map_or_else(Cell::missing, |n| count(n as u64)));
    }
    let mut measures = group.measures.iter();
    if let Some(main) = measures.next() {
        cells.extend([number(main.mean, main.se, source), interval(main.ci, main.se, source)]);
    }
    if tested {
        cells.push(group.p_adjusted.or(group.p).map_or_else(Cell::missing, Cell::p_value));
    }
    cells.extend(measures.map(|m| number(m.mean, m.se, source)));
    Row::new(name, cells)
}

/// The whole in a line: the mean, its test, and the groups at either end.
pub(super) fn bargaining_line(analysis: &Analysis, found: &Bargaining, unit: &str) -> String {
    let text = |x: f64, se: Option<f64>| {
        let digits = se.map_or(Digits::Significant(3), Digits::as_for);
        Shown::new(x, None, digits).map_or_else(String::new, |shown| shown.to_text(Grouping::None))
    };
    let name = |group: &BargainingGroup| {
        group.levels.iter().map(|(_, level)| level.as_str()).collect::<Vec<_>>().join(" against ")
    };
    let mut means: Vec<(f64, &BargainingGroup)> =
        found.groups.iter().filter_map(|group| Some((group.measures.first()?.mean?, group))).collect();
    means.sort_by(|a, b| a.0.total_cmp(&b.0));
    let games: usize = found.groups.iter().map(|group| group.runs).sum();
    let whole = analysis.estimates.get("mean").map_or_else(String::new, |mean| {
        let ci =
            mean.ci.map_or_else(String::new, |ci| format!(" [{}, {}]", text(ci.lo, mean.se), text(ci.hi, mean.se)));
        format!(", mean {}{ci} {unit}", text(mean.value, mean.se))
    });
    let ends = match (means.first(), means.last()) {
        (Some((low, least)), Some((high, most))) if means.len() > 1 => format!(
            "; from {} ({}) to {} ({})",
            text(*low, least.measures.first().and_then(|m| m.se)),
            name(least),
            text(*high, most.measures.first().and_then(|m| m.se)),
            name(most)
        ),
        _ => String::new(),
    };
    format!("{} games in {} groups{}{ends}", games, found.groups.len(), whole.trim_end())
}

impl Drawing<'_> {
    /// A heat map of the metric: strong models along the bottom, weak ones down the side, for each level of a third
    /// factor where there is one.
    ///
    /// # Errors
    /// Other than two or three factors, unknown names, no values, more cells than can be read.
    pub fn exploitation(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let analysis = exploitation(self.frame, self.ask, by)?;
        let Some(Detail::Bargaining(found)) = &analysis.detail else {
            return Err(DrawingError::Needs("games between strong and weak agents".into()));
        };
        let [weak, strong, third @ ..] = by else {
            return Err(DrawingError::Needs("the weak and the strong model as factors".into()));
        };
        let levels = |name: &String| -> Vec<String> { self.frame.levels(name).iter().map(Value::to_string).collect() };
        let (columns, weak_levels) = (levels(strong), levels(weak));
        let thirds: Vec<Option<String>> = match third.first() {
            Some(name) => levels(name).into_iter().map(Some).collect(),
            None => vec![None],
        };
        let mut rows: Vec<String> = Vec::new();
        let mut cells: Vec<HeatCell> = Vec::new();
        for weak_level in &weak_levels {
            for third_level in &thirds {
                rows.push(third_level.as_ref().map_or_else(|| weak_level.clone(), |t| format!("{weak_level}, {t}")));
                for column in &columns {
                    let wanted = [Some(weak_level), Some(column), third_level.as_ref()];
                    let is_it = |g: &&BargainingGroup| {
                        g.levels.iter().zip(wanted.iter().flatten()).all(|((_, level), wanted)| level == *wanted)
                    };
                    let main = found.cells.iter().find(is_it).and_then(|g| g.measures.first());
                    cells.push(HeatCell {
                        value: main.and_then(|m| m.mean),
                        standard_error: main.and_then(|m| m.se),
                        n: main.map_or(0, |m| m.n),
                    });
                }
            }
        }
        let words = Words::of(&analysis);
        let row_factor = third.first().map_or_else(|| weak.clone(), |third| format!("{weak}, {third}"));
        let input = HeatMapInput {
            setting: self.setting(&words),
            row_factor: &row_factor,
            rows: rows.iter().map(String::as_str).collect(),
            column_factor: strong,
            columns: columns.iter().map(String::as_str).collect(),
            cells,
        };
        Ok(input.draw()?)
    }

    /// The metric over the levels of the first factor: a curve where they are numbers, else bars.
    ///
    /// # Errors
    /// No factor or more than two, unknown names, no values.
    pub fn efficiency(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let numeric = by.first().is_some_and(|name| self.frame.levels(name).iter().all(|l| l.as_f64().is_some()));
        if numeric {
            let size = Quantity { title: &by[0], unit: "" };
            return self.over_sizes(by, &by[0], by.get(1), size);
        }
        self.bars(by)
    }
}

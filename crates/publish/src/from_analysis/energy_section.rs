//! What a campaign took, with where it comes from: a section of the summary.

use crate::Provenance;
use crate::markdown::MarkdownReport;
use crate::number::{Digits, Grouping, Shown, count, with_unit};

/// A number and what it may be at least and at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    /// The number.
    pub value: f64,
    /// Lower and upper bound.
    pub bounds: Option<(f64, f64)>,
}

/// Energy of all of a campaign's sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyFacts {
    /// Joules; `None`: withheld or not known, and `note` says why.
    pub energy_j: Option<Bounded>,
    /// Weakest provenance of the sessions'.
    pub provenance: Provenance,
    /// The estimator or rule; why there is no number; what is missing.
    pub note: Option<String>,
    /// How it was measured: `campaign`, `concurrent` or `exclusive`.
    pub modes: Vec<String>,
    /// Power at rest before the runs, watts, of the last session that has one.
    pub idle_w: Option<Bounded>,
    /// How much more the machine drew at rest after the runs, watts.
    pub idle_drift_w: Option<f64>,
    /// Attempts whose energy is in it.
    pub attempts: u64,
    /// Runs with joules of their own.
    pub runs_with_energy: u64,
    /// What to know: `gap`, `on_battery` ….
    pub flags: Vec<String>,
}

/// The section.
pub(super) fn energy_section(report: &mut MarkdownReport, facts: &EnergyFacts) {
    report.heading(2, "Energy");
    let words = [Some(facts.provenance.word().to_owned()), facts.note.clone()];
    let known = words.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let mark = facts.provenance.mark().map(|mark| mark.to_string()).unwrap_or_default();
    let energy = facts.energy_j.map_or_else(|| "not known".to_owned(), |joules| format!("{}{mark}", told(joules, "J")));
    report.facts([
        ("Energy of all sessions", Some(energy)),
        ("How it is known", Some(known)),
        ("Mode", (!facts.modes.is_empty()).then(|| facts.modes.join(", "))),
        ("Attempts in it", Some(count(facts.attempts, Grouping::Space))),
        ("Runs with joules of their own", Some(count(facts.runs_with_energy, Grouping::Space))),
        ("Power at rest", facts.idle_w.map(|watts| told(watts, "W"))),
        ("Change of power at rest", facts.idle_drift_w.map(|watts| told(Bounded { value: watts, bounds: None }, "W"))),
        ("Flags", (!facts.flags.is_empty()).then(|| facts.flags.join(", "))),
    ]);
    if let (Some(mark), Some(note)) = (facts.provenance.mark(), facts.provenance.note()) {
        report.note(&format!("{mark} {note}"));
    }
    if facts.runs_with_energy == 0 {
        report.paragraph(
            "No run has joules of its own: what is above is theirs together, and nothing can be said of one run or one \
             condition against another.",
        );
    }
}

fn told(amount: Bounded, unit: &str) -> String {
    let error = amount.bounds.map(|(low, high)| (high - low) / 4.0).filter(|half| *half > 0.0);
    let digits = error.map_or(Digits::Significant(3), Digits::as_for);
    let show = |x: f64| Shown::new(x, None, digits).map_or_else(|| "—".to_owned(), |s| s.to_text(Grouping::Space));
    let value = with_unit(&show(amount.value), unit);
    match amount.bounds {
        Some((low, high)) => format!("{value} (between {} and {})", show(low), with_unit(&show(high), unit)),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(facts: &EnergyFacts) -> String {
        let mut report = MarkdownReport::new();
        energy_section(&mut report, facts);
        // Numbers and units are kept together by spaces that don't break.
        report.finish().replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
    }

    #[test]
    fn joules_stand_with_their_bounds_and_where_they_come_from_and_what_is_not_known_says_why() {
        let measured = EnergyFacts {
            energy_j: Some(Bounded { value: 1_234.5, bounds: Some((1_230.0, 1_239.0)) }),
            provenance: Provenance::Measured,
            note: None,
            modes: vec!["exclusive".into()],
            idle_w: Some(Bounded { value: 10.0, bounds: None }),
            idle_drift_w: None,
            attempts: 12,
            runs_with_energy: 12,
            flags: vec!["on_battery".into()],
        };
        let said = text(&measured);
        for expected in ["1234.5 J (between 1230.0 and 1239.0 J)", "measured", "exclusive", "10.0 W", "on\\_battery"] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
        assert!(!said.contains('‡') && !said.contains("No run has joules"));
        let estimated = EnergyFacts {
            provenance: Provenance::Estimated,
            note: Some("CPU time × TDP".into()),
            runs_with_energy: 0,
            ..measured.clone()
        };
        let said = text(&estimated);
        for expected in ["J)‡", "estimated; CPU time", "‡ Estimated, not measured.", "No run has joules"] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
        let none = EnergyFacts { energy_j: None, note: Some("below resolution".into()), ..measured };
        assert!(text(&none).contains("not known") && text(&none).contains("below resolution"));
    }
}

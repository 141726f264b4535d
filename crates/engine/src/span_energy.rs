//! What the machine takes in the named stretches of a run that has it alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ergon_domain::{Flags, Measurement, MetricId, Observed, Provenance, Span, SpanMeter};
use ergon_energy::Mark;

use crate::execute::Session;

/// What a span keeps of everything that is read.
const KEPT: [&str; 3] = ["energy_j", "idle_energy_j", "dynamic_energy_j"];

/// Reads the session's meter at the edges of a run's spans.
pub(crate) struct SpanEnergy {
    session: Arc<Session>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    marks: BTreeMap<u64, Mark>,
}

impl SpanEnergy {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session, open: Mutex::default() }
    }
}

impl SpanMeter for SpanEnergy {
    fn begin(&self) -> u64 {
        let mark = self.session.energy.as_ref().map(|account| account.mark());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.next += 1;
        let ticket = open.next;
        open.marks.extend(mark.map(|mark| (ticket, mark)));
        ticket
    }

    fn end(&self, ticket: u64) -> Vec<Measurement> {
        let from = self.open.lock().unwrap_or_else(PoisonError::into_inner).marks.remove(&ticket);
        let taken = from.zip(self.session.energy.as_ref()).map(|(from, account)| account.since(&from));
        let mut taken = taken.unwrap_or_default();
        taken.retain(|m| KEPT.contains(&m.metric.as_str()));
        taken
    }
}

/// Seconds and joules of all spans of a name: `span_<name>_s`, `span_<name>_energy_j`, `span_<name>_dynamic_energy_j`.
/// Where one of the spans has no joules the sum has none, and says why.
pub(crate) fn by_span(spans: &[Span]) -> Vec<Measurement> {
    let mut named: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in spans.iter().filter(|span| !span.taken.is_empty()) {
        named.entry(&span.name).or_default().push(span);
    }
    let mut all = Vec::new();
    for (name, spans) in named {
        let seconds: f64 = spans.iter().map(|span| span.end_s - span.start_s).sum();
        all.push(Measurement::new(format!("span_{name}_s").as_str(), Observed::value(seconds), Provenance::Measured));
        for kind in ["energy_j", "dynamic_energy_j"] {
            let id = MetricId::new(format!("span_{name}_{kind}"));
            let parts = spans.iter().map(|span| span.taken.iter().find(|m| m.metric.as_str() == kind));
            all.extend(sum(id, parts));
        }
    }
    all
}

fn sum<'m>(id: MetricId, parts: impl Iterator<Item = Option<&'m Measurement>>) -> Option<Measurement> {
    let nothing = Measurement {
        metric: id,
        observed: Observed::Value(0.0),
        provenance: Provenance::Measured,
        lo: Some(0.0),
        hi: Some(0.0),
        flags: Flags::default(),
    };
    let add = |mut sum: Measurement, part: Option<&Measurement>| {
        let part = part?;
        sum.observed = match (sum.observed, &part.observed) {
            (Observed::Value(a), Observed::Value(b)) => Observed::value(a + b),
            (Observed::Value(_), missing) => missing.clone(),
            (missing, _) => missing,
        };
        sum.lo = sum.lo.zip(part.lo).map(|(a, b)| a + b);
        sum.hi = sum.hi.zip(part.hi).map(|(a, b)| a + b);
        sum.provenance = sum.provenance.max(part.provenance.clone());
        sum.flags.0.extend(part.flags.0.iter().cloned());
        Some(sum)
    };
    let mut parts = parts;
    parts.try_fold(nothing, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(name: &str, start_s: f64, end_s: f64, joules: Option<f64>) -> Span {
        let short = Observed::Unavailable("below resolution".into());
        let mut energy = Measurement::new("energy_j", joules.map_or(short, Observed::Value), Provenance::Measured);
        (energy.lo, energy.hi) = (joules.map(|j| j - 1.0), joules.map(|j| j + 1.0));
        Span { name: name.into(), start_s, end_s, taken: vec![energy] }
    }

    fn found<'m>(all: &'m [Measurement], name: &str) -> Option<&'m Measurement> {
        all.iter().find(|m| m.metric.as_str() == name)
    }

    #[test]
    fn spans_of_a_name_add_up_with_their_bounds() {
        let spans = [
            span("planning", 0.0, 1.0, Some(5.0)),
            span("planning", 2.0, 4.5, Some(7.0)),
            span("synthesis", 4.5, 5.0, Some(2.0)),
        ];
        let all = by_span(&spans);
        let planning = found(&all, "span_planning_energy_j").unwrap();
        assert_eq!(planning.observed, Observed::Value(12.0));
        assert_eq!((planning.lo, planning.hi), (Some(10.0), Some(14.0)));
        assert_eq!(found(&all, "span_planning_s").unwrap().observed, Observed::Value(3.5));
        assert_eq!(found(&all, "span_synthesis_energy_j").unwrap().observed, Observed::Value(2.0));
        assert_eq!(found(&all, "span_planning_dynamic_energy_j"), None, "nobody read it");
    }

    #[test]
    fn a_sum_with_a_missing_part_has_no_number_and_says_why() {
        let all = by_span(&[span("planning", 0.0, 1.0, Some(5.0)), span("planning", 1.0, 1.1, None)]);
        let why = Observed::Unavailable("below resolution".into());
        assert_eq!(found(&all, "span_planning_energy_j").unwrap().observed, why);
    }

    #[test]
    fn spans_that_nobody_read_are_no_resources() {
        assert_eq!(by_span(&[Span { name: "jobs".into(), start_s: 0.0, end_s: 1.0, taken: Vec::new() }]), []);
    }
}

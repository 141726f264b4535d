//! What a person should know of while it runs: each thing once a session, when it first holds.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use ergon_domain::{Alert, AlertKind, AlertLevel};

/// When to call a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlertBounds {
    /// Share of calls without an answer, 0–1.
    pub error_rate: f64,
    /// Calls in any 60 s; `None`: not watched.
    pub calls_per_minute: Option<f64>,
    /// USD in any 3,600 s; `None`: not watched.
    pub usd_per_hour: Option<f64>,
}

impl Default for AlertBounds {
    fn default() -> Self {
        Self { error_rate: 0.05, calls_per_minute: None, usd_per_hour: None }
    }
}

/// Fewest calls whose share of errors says anything.
const FEWEST_CALLS: u64 = 20;

/// Amounts of a span of time.
#[derive(Debug)]
struct Recent {
    span: Duration,
    limit: Option<f64>,
    seen: VecDeque<(Instant, f64)>,
    total: f64,
}

impl Recent {
    fn new(span: Duration, limit: Option<f64>) -> Self {
        Self { span, limit, seen: VecDeque::new(), total: 0.0 }
    }

    /// Takes an amount; the total where it is above the limit.
    fn add(&mut self, now: Instant, amount: f64) -> Option<(f64, f64)> {
        let limit = self.limit?;
        self.seen.push_back((now, amount));
        self.total += amount;
        while let Some((at, gone)) = self.seen.front().copied()
            && now.duration_since(at) >= self.span
        {
            self.total -= gone;
            self.seen.pop_front();
        }
        (self.total > limit).then_some((self.total, limit))
    }
}

/// What happened with a call.
pub(crate) struct Ended<'a> {
    /// The model, by its name in the spec.
    pub(crate) model: &'a str,
    /// There was no answer.
    pub(crate) failed: bool,
    /// The declared model that answered instead.
    pub(crate) fallback: Option<&'a str>,
    /// USD that it was charged.
    pub(crate) usd: f64,
    /// What is wrong with the provider, where it is left alone.
    pub(crate) down: Option<String>,
}

/// Watches a campaign's calls.
#[derive(Debug)]
pub(crate) struct Watch {
    bounds: AlertBounds,
    minute: Recent,
    hour: Recent,
    calls: u64,
    errors: u64,
    told: BTreeSet<String>,
    alerts: Vec<Alert>,
}

impl Watch {
    pub(crate) fn new(bounds: AlertBounds) -> Self {
        Self {
            bounds,
            minute: Recent::new(Duration::from_secs(60), bounds.calls_per_minute),
            hour: Recent::new(Duration::from_secs(3600), bounds.usd_per_hour),
            calls: 0,
            errors: 0,
            told: BTreeSet::new(),
            alerts: Vec::new(),
        }
    }

    /// In the order in which they came up.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        self.alerts.clone()
    }

    fn tell(&mut self, about: String, kind: AlertKind, level: AlertLevel, message: impl FnOnce() -> String) {
        if self.told.insert(about) {
            self.alerts.push(Alert { kind, level, message: message() });
        }
    }

    /// A budget is nearly used up.
    pub(crate) fn budget(&mut self, message: &str) {
        self.tell(message.to_owned(), AlertKind::Budget, AlertLevel::Warning, || message.to_owned());
    }

    /// Takes a call that has ended.
    pub(crate) fn ended(&mut self, call: &Ended<'_>, now: Instant) {
        use AlertKind::{Errors, Fallback, Provider, Rate};
        use AlertLevel::{Critical, Warning};
        if let Some(other) = call.fallback {
            self.tell(format!("fallback/{}", call.model), Fallback, Warning, || {
                format!("models.{}: '{other}' answers in its place; such calls are counted as fallbacks", call.model)
            });
        }
        if let Some(why) = &call.down {
            self.tell(format!("down/{}", call.model), Provider, Critical, || format!("models.{}: {why}", call.model));
        }
        self.calls += 1;
        self.errors += u64::from(call.failed);
        let (calls, errors, bound) = (self.calls, self.errors, self.bounds.error_rate);
        let share = errors as f64 / calls as f64;
        if calls >= FEWEST_CALLS && share > bound {
            self.tell("errors".into(), Errors, Critical, || {
                format!(
                    "{errors} of {calls} model calls had no answer: {:.1} %, above alerts.model_error_rate ({:.1} %)",
                    100.0 * share,
                    100.0 * bound
                )
            });
        }
        if let Some((calls, limit)) = self.minute.add(now, 1.0) {
            self.tell("calls".into(), Rate, Warning, || {
                format!("{calls:.0} model calls in a minute, above alerts.calls_per_minute ({limit})")
            });
        }
        if let Some((usd, limit)) = self.hour.add(now, call.usd) {
            self.tell("money".into(), Rate, Warning, || {
                format!("{usd:.4} USD in an hour, above alerts.cost_per_hour ({limit})")
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Ended<'_> = Ended { model: "llm", failed: false, fallback: None, usd: 1.0, down: None };

    #[test]
    fn each_thing_is_told_once() {
        let mut watch = Watch::new(AlertBounds::default());
        for _ in 0..60 {
            let down = Some("it is left alone".to_owned());
            watch.budget("budget.usd: 80 %");
            watch.ended(&Ended { failed: true, fallback: Some("mock"), down, ..GOOD }, Instant::now());
        }
        let kinds: Vec<AlertKind> = watch.alerts().iter().map(|alert| alert.kind).collect();
        assert_eq!(kinds, [AlertKind::Budget, AlertKind::Fallback, AlertKind::Provider, AlertKind::Errors]);
    }

    #[test]
    fn a_share_of_errors_says_nothing_before_there_are_twenty_calls_and_at_the_bound_itself() {
        for (calls, errors, told) in
            [(19, 19, false), (20, 1, false), (20, 2, true), (1000, 50, false), (1000, 51, true)]
        {
            let mut watch = Watch::new(AlertBounds::default());
            // The errors last: before, their share is smaller.
            (0..calls).for_each(|i| watch.ended(&Ended { failed: i >= calls - errors, ..GOOD }, Instant::now()));
            assert_eq!(!watch.alerts().is_empty(), told, "{errors} of {calls}");
        }
    }

    #[test]
    fn rates_are_of_the_last_minute_and_the_last_hour() {
        let bounds = AlertBounds { calls_per_minute: Some(3.0), usd_per_hour: Some(10.0), ..AlertBounds::default() };
        let at = |seconds: &[u64]| {
            let (mut watch, began) = (Watch::new(bounds), Instant::now());
            seconds.iter().for_each(|s| watch.ended(&GOOD, began + Duration::from_secs(*s)));
            watch.alerts().iter().map(|alert| alert.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(at(&[0, 20, 40, 60, 80, 100]), Vec::<String>::new());
        assert_eq!(at(&[0, 20, 40, 59]), ["4 model calls in a minute, above alerts.calls_per_minute (3)"]);
        let slow: Vec<u64> = (0..11).map(|i| i * 300).collect();
        assert_eq!(at(&slow), ["11.0000 USD in an hour, above alerts.cost_per_hour (10)"]);
        assert_eq!(at(&(0..40).map(|i| i * 361).collect::<Vec<_>>()), Vec::<String>::new());
    }
}

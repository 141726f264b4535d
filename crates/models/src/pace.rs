//! How fast a provider may be asked: shared by all runs and campaigns of the process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Limits of a provider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PaceLimits {
    /// Requests at once.
    pub(crate) concurrency: usize,
    /// Requests in any 60 s.
    pub(crate) requests_per_minute: Option<u64>,
    /// Tokens in any 60 s, expected ones of requests in progress included.
    pub(crate) tokens_per_minute: Option<u64>,
}

impl PaceLimits {
    /// No limit at all.
    pub(crate) const NONE: Self = Self { concurrency: usize::MAX, requests_per_minute: None, tokens_per_minute: None };

    /// The tighter of both, each.
    pub(crate) fn tighter(self, other: Self) -> Self {
        let tighter = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        Self {
            concurrency: self.concurrency.min(other.concurrency),
            requests_per_minute: tighter(self.requests_per_minute, other.requests_per_minute),
            tokens_per_minute: tighter(self.tokens_per_minute, other.tokens_per_minute),
        }
    }
}

/// Span in which requests and tokens are counted: a minute, and a second for a request's way. The provider counts by its
/// own clock when requests arrive, and a slow one followed by a quick one is less than a minute there.
const MINUTE: Duration = Duration::from_secs(61);
/// Failures in a row after which a provider counts as down.
const FAILURES_TO_OPEN: u32 = 5;
/// First and longest time that a provider is left alone when it is down.
const REST: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(120));

/// Amounts of the last minute.
#[derive(Debug)]
struct Window {
    limit: Option<u64>,
    spent: VecDeque<(Instant, u64)>,
}

impl Window {
    fn new(limit: Option<u64>) -> Self {
        Self { limit, spent: VecDeque::new() }
    }

    /// When the amount fits; an amount above the limit fits into an empty minute.
    fn fits_at(&mut self, amount: u64, now: Instant) -> Instant {
        let Some(limit) = self.limit else { return now };
        while self.spent.front().is_some_and(|(at, _)| *at + MINUTE <= now) {
            self.spent.pop_front();
        }
        let mut total: u64 = self.spent.iter().map(|(_, n)| n).sum();
        let mut at = now;
        for (when, n) in &self.spent {
            if total + amount <= limit {
                break;
            }
            total -= n;
            at = *when + MINUTE;
        }
        at
    }

    fn take(&mut self, amount: u64, now: Instant) {
        if self.limit.is_some() {
            self.spent.push_back((now, amount));
        }
    }

    /// The entry of that moment is one of now.
    fn postpone(&mut self, taken_at: Instant, amount: u64, now: Instant) {
        if let Some(at) = self.spent.iter().position(|entry| *entry == (taken_at, amount)) {
            self.spent.remove(at);
            self.take(amount, now);
        }
    }

    /// The entry of that moment turns out to be another amount.
    fn correct(&mut self, taken_at: Instant, expected: u64, amount: u64) {
        if let Some((_, n)) = self.spent.iter_mut().find(|(at, n)| *at == taken_at && *n == expected) {
            *n = amount;
        }
    }
}

#[derive(Debug)]
struct State {
    limits: PaceLimits,
    requests: Window,
    tokens: Window,
    /// Nobody is asked before.
    quiet_until: Option<Instant>,
    failures: u32,
    /// The provider is down and one request finds out whether it still is.
    probing: bool,
}

/// A provider's pace.
#[derive(Debug)]
pub(crate) struct Pace {
    slots: Arc<Semaphore>,
    /// Those who wait, wait in line.
    line: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

/// A request's turn. Held while it is under way.
#[derive(Debug)]
pub(crate) struct Turn {
    pace: Arc<Pace>,
    _slot: OwnedSemaphorePermit,
    at: Instant,
    expected: u64,
    probe: bool,
}

/// The provider can't be asked within the patience that the caller has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NoTurn {
    /// It has failed repeatedly; else it asked to be left alone or a limit is used up.
    pub(crate) down: bool,
    pub(crate) wait: Duration,
}

impl Pace {
    pub(crate) fn new(limits: PaceLimits) -> Self {
        let state = State {
            limits,
            requests: Window::new(limits.requests_per_minute),
            tokens: Window::new(limits.tokens_per_minute),
            quiet_until: None,
            failures: 0,
            probing: false,
        };
        Self { slots: Arc::new(Semaphore::new(limits.concurrency)), line: Default::default(), state: Mutex::new(state) }
    }

    /// Another model of the provider declares limits too: the tighter ones hold.
    pub(crate) fn tighten(&self, limits: PaceLimits) {
        let mut state = self.state();
        let known = state.limits;
        state.limits = known.tighter(limits);
        self.slots.forget_permits(known.concurrency - state.limits.concurrency);
        state.requests.limit = state.limits.requests_per_minute;
        state.tokens.limit = state.limits.tokens_per_minute;
    }

    /// How often it has failed in a row and how long it rests now, where it counts as down.
    pub(crate) fn is_down(&self) -> Option<(u32, Duration)> {
        let state = self.state();
        let rest = state.quiet_until?.checked_duration_since(Instant::now())?;
        (state.failures >= FAILURES_TO_OPEN).then_some((state.failures, rest))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// It would take longer than `patience` until the provider may be asked.
    pub(crate) async fn turn(self: &Arc<Self>, tokens: u64, patience: Duration) -> Result<Turn, NoTurn> {
        // The semaphore is closed nowhere.
        let Ok(slot) = self.slots.clone().acquire_owned().await else {
            return Err(NoTurn { down: false, wait: patience });
        };
        let _line = self.line.lock().await;
        let asked = Instant::now();
        loop {
            let now = Instant::now();
            let at = {
                let mut state = self.state();
                let quiet = state.quiet_until.filter(|until| *until > now);
                let down = state.failures >= FAILURES_TO_OPEN;
                // While one request finds out, the others look again shortly.
                let probed = (down && state.probing).then(|| now + Duration::from_millis(50));
                let fits = state.requests.fits_at(1, now).max(state.tokens.fits_at(tokens, now));
                let at = fits.max(quiet.unwrap_or(now)).max(probed.unwrap_or(now));
                if at <= now {
                    state.requests.take(1, now);
                    state.tokens.take(tokens, now);
                    state.probing |= down;
                    return Ok(Turn { pace: self.clone(), _slot: slot, at: now, expected: tokens, probe: down });
                }
                // Waiting for our own limits is the point of them; being sent away is another matter.
                if quiet.or(probed).is_some() && at.duration_since(asked) > patience {
                    return Err(NoTurn { down, wait: at - now });
                }
                at
            };
            tokio::time::sleep_until(at).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// The request is sent now: from here on it counts.
    pub(crate) fn leaves(&mut self) {
        let now = Instant::now();
        let mut state = self.pace.state();
        state.requests.postpone(self.at, 1, now);
        state.tokens.postpone(self.at, self.expected, now);
        self.at = now;
    }

    /// The provider answered, whatever it said; `tokens`: what it took, where known.
    pub(crate) fn answered(self, tokens: Option<u64>) {
        let mut state = self.pace.state();
        state.failures = 0;
        if let Some(tokens) = tokens {
            state.tokens.correct(self.at, self.expected, tokens);
        }
    }

    /// The provider asks to be left alone.
    pub(crate) fn sent_away(self, wait: Duration) {
        let mut state = self.pace.state();
        let until = Instant::now() + wait;
        state.quiet_until = Some(state.quiet_until.map_or(until, |known| known.max(until)));
    }

    /// The provider failed.
    pub(crate) fn failed(self) {
        let mut state = self.pace.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_TO_OPEN {
            let doubled = 1u32 << (state.failures - FAILURES_TO_OPEN).min(10);
            state.quiet_until = Some(Instant::now() + (REST.0 * doubled).min(REST.1));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.probe {
            self.pace.state().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: PaceLimits = PaceLimits { concurrency: 1000, requests_per_minute: None, tokens_per_minute: None };
    const HOUR: Duration = Duration::from_secs(3600);

    async fn times(pace: &Arc<Pace>, tokens: &[u64]) -> Vec<u64> {
        let (began, mut found) = (Instant::now(), Vec::new());
        for tokens in tokens {
            let turn = pace.turn(*tokens, HOUR).await.unwrap();
            found.push(began.elapsed().as_secs());
            turn.answered(Some(*tokens));
        }
        found
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_holds_more_requests_or_tokens_than_the_limit() {
        let pace = Arc::new(Pace::new(PaceLimits { requests_per_minute: Some(2), ..FREE }));
        assert_eq!(times(&pace, &[1; 5]).await, [0, 0, 61, 61, 122]);
        let pace = Arc::new(Pace::new(PaceLimits { tokens_per_minute: Some(100), ..FREE }));
        assert_eq!(times(&pace, &[60, 40, 30, 70, 500]).await, [0, 0, 61, 61, 122]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_counts_from_when_it_is_sent_and_no_minute_of_the_provider_holds_more_than_the_limit() {
        let pace = Arc::new(Pace::new(PaceLimits { requests_per_minute: Some(2), ..FREE }));
        let (began, mut arrived) = (Instant::now(), Vec::new());
        // Seconds that a request waits for money, and that it is on its way: 0.9 s with a handshake, nothing without.
        for (waits_s, way_s) in [(10.0, 0.9), (0.0, 0.9), (0.0, 0.0), (0.0, 0.0)] {
            let mut turn = pace.turn(1, HOUR).await.unwrap();
            tokio::time::sleep(Duration::from_secs_f64(waits_s)).await;
            turn.leaves();
            arrived.push(began.elapsed().as_secs_f64() + way_s);
            turn.answered(None);
        }
        let apart: Vec<f64> = arrived.iter().zip(&arrived[2..]).map(|(first, third)| third - first).collect();
        assert!(apart.iter().all(|s| *s > 60.0), "{arrived:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_request_did_not_take_is_free_again() {
        let pace = Arc::new(Pace::new(PaceLimits { tokens_per_minute: Some(100), ..FREE }));
        pace.turn(90, HOUR).await.unwrap().answered(Some(10));
        assert_eq!(times(&pace, &[90]).await, [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_sent_away_stays_away_and_so_do_all_others() {
        let pace = Arc::new(Pace::new(FREE));
        pace.turn(1, HOUR).await.unwrap().sent_away(Duration::from_secs(30));
        let impatient = pace.turn(1, Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(impatient, NoTurn { down: false, wait: Duration::from_secs(30) });
        assert_eq!(times(&pace, &[1, 1]).await, [30, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_is_down_is_asked_by_one_request_at_a_time() {
        let pace = Arc::new(Pace::new(FREE));
        for _ in 0..FAILURES_TO_OPEN {
            pace.turn(1, HOUR).await.unwrap().failed();
        }
        assert!(pace.turn(1, Duration::from_secs(1)).await.unwrap_err().down, "the circuit is open");
        let probe = pace.turn(1, HOUR).await.unwrap();
        assert!(pace.turn(1, Duration::ZERO).await.unwrap_err().down, "one finds out, the others wait");
        probe.answered(None);
        assert_eq!(times(&pace, &[1, 1]).await, [0, 0], "it is up again");
    }

    #[tokio::test(start_paused = true)]
    async fn the_tighter_of_two_declarations_holds() {
        let pace = Arc::new(Pace::new(FREE));
        pace.tighten(PaceLimits { concurrency: 1, requests_per_minute: Some(1), tokens_per_minute: None });
        assert_eq!(times(&pace, &[1, 1]).await, [0, 61]);
        let held = pace.turn(1, HOUR).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(300), pace.turn(1, HOUR)).await.is_err(), "one at a time");
        drop(held);
    }
}

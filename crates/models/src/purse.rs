//! What a campaign may spend: the worst case of a call is reserved before it is sent, and settled after.
//!
//! Invariant: what is settled and what is reserved never exceed the budget together, so spending can't either. A call
//! that is dropped stays at its worst case.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ergon_domain::{CallLog, CallLogError, RunKey};
use tokio::sync::Notify;

/// Budgets of a campaign; `None`: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// USD, all sessions together.
    pub usd: Option<f64>,
    /// USD of a single run, all its attempts in this session together.
    pub usd_per_run: Option<f64>,
    /// Tokens of prompts and replies, all sessions together.
    pub tokens: Option<u64>,
}

impl Budget {
    /// Whether it limits money.
    pub fn is_money(&self) -> bool {
        self.usd.is_some() || self.usd_per_run.is_some()
    }
}

/// Share of a budget at which it is time to say so.
const WARN_AT: f64 = 0.8;

/// What a call costs, or may cost at most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cost {
    pub(crate) usd: f64,
    pub(crate) tokens: u64,
}

/// A call would take the campaign or its run past a budget.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused(pub(crate) String);

/// What was spent, and what requests under way may come to.
#[derive(Clone, Copy, Debug, Default)]
struct Ledger {
    settled: Cost,
    reserved: Cost,
}

impl Ledger {
    fn reserve(&mut self, worst: Cost) {
        self.reserved.usd += worst.usd;
        self.reserved.tokens += worst.tokens;
    }

    /// A request that may have taken `worst` took `actual`.
    fn settle(&mut self, worst: Cost, actual: Cost) {
        self.reserved.usd = (self.reserved.usd - worst.usd).max(0.0);
        self.reserved.tokens -= worst.tokens;
        self.settled.usd += actual.usd;
        self.settled.tokens += actual.tokens;
        if self.reserved.tokens == 0 {
            // Sums of many differences leave dust.
            self.reserved.usd = 0.0;
        }
    }
}

/// A budget and what of it is gone, in USD or tokens.
struct Limit {
    name: &'static str,
    limit: f64,
    settled: f64,
    reserved: f64,
    worst: f64,
    unit: &'static str,
}

impl Limit {
    fn usd(name: &'static str, limit: Option<f64>, ledger: Ledger, worst: Cost) -> Option<Self> {
        let Ledger { settled, reserved } = ledger;
        Some(Self { name, limit: limit?, settled: settled.usd, reserved: reserved.usd, worst: worst.usd, unit: "USD" })
    }

    fn tokens(name: &'static str, limit: Option<u64>, ledger: Ledger, worst: Cost) -> Option<Self> {
        let [settled, reserved, worst] = [ledger.settled, ledger.reserved, worst].map(|cost| cost.tokens as f64);
        Some(Self { name, limit: limit? as f64, settled, reserved, worst, unit: "tokens" })
    }

    /// Not even with what is reserved and may come back.
    fn is_short(&self) -> bool {
        self.settled + self.worst > self.limit
    }

    /// With everything that is reserved; else it is worth waiting.
    fn fits(&self) -> bool {
        self.settled + self.reserved + self.worst <= self.limit
    }

    fn is_near(&self) -> bool {
        self.settled + self.reserved + self.worst >= WARN_AT * self.limit
    }

    fn why(&self, who: &str) -> String {
        let Self { name, unit, .. } = self;
        let [settled, limit, worst] = [self.settled, self.limit, self.worst].map(rounded);
        format!("{name}: {who} has spent {settled} of {limit} {unit} and the next call may take up to {worst} {unit}")
    }
}

/// To six significant digits: the rest is what sums in binary leave.
fn rounded(amount: f64) -> f64 {
    format!("{amount:.5e}").parse().unwrap_or(amount)
}

#[derive(Default)]
struct State {
    all: Ledger,
    by_run: BTreeMap<RunKey, Ledger>,
    /// Durable bound of what is reserved.
    held: Cost,
    warned: Vec<String>,
    exhausted: Option<String>,
}

/// A campaign's purse.
pub(crate) struct Purse {
    budget: Budget,
    log: Option<Arc<dyn CallLog>>,
    state: Mutex<State>,
    /// Something was settled.
    changed: Notify,
    /// One at a time makes the bound durable.
    holding: tokio::sync::Mutex<()>,
}

impl Purse {
    /// `spent`: what earlier sessions came to.
    pub(crate) fn new(budget: Budget, spent: Cost, log: Option<Arc<dyn CallLog>>) -> Self {
        let all = Ledger { settled: spent, ..Ledger::default() };
        let state = State { all, ..State::default() };
        Self { budget, log, state: Mutex::new(state), changed: Notify::new(), holding: Default::default() }
    }

    /// An account for one call of a run.
    pub(crate) fn account(self: &Arc<Self>, run: RunKey) -> Arc<Account> {
        Arc::new(Account { purse: self.clone(), run, charged: Mutex::default() })
    }

    /// USD that are spent or may be.
    pub(crate) fn committed_usd(&self) -> f64 {
        let state = self.state();
        state.all.settled.usd + state.all.reserved.usd
    }

    /// Budgets that came near their limits.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.state().warned.clone()
    }

    /// Why nothing more can be sent.
    pub(crate) fn exhausted(&self) -> Option<String> {
        self.state().exhausted.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves, or says whether waiting for calls in progress can help.
    fn try_reserve(&self, run: RunKey, worst: Cost) -> Result<bool, Refused> {
        let mut state = self.state();
        let of_run = state.by_run.get(&run).copied().unwrap_or_default();
        let own = Limit::usd("budget.usd_per_run", self.budget.usd_per_run, of_run, worst);
        let shared = [
            Limit::usd("budget.usd", self.budget.usd, state.all, worst),
            Limit::tokens("budget.tokens", self.budget.tokens, state.all, worst),
        ];
        if let Some(short) = own.iter().find(|limit| limit.is_short()) {
            return Err(Refused(short.why("the run")));
        }
        if let Some(short) = shared.iter().flatten().find(|limit| limit.is_short()) {
            let why = format!("{}; raise it and run again to go on", short.why("the campaign"));
            state.exhausted = Some(why.clone());
            return Err(Refused(why));
        }
        if !own.iter().chain(shared.iter().flatten()).all(Limit::fits) {
            return Ok(false);
        }
        for limit in own.iter().chain(shared.iter().flatten()).filter(|limit| limit.is_near()) {
            if !state.warned.iter().any(|w| w.starts_with(&format!("{}:", limit.name))) {
                let Limit { name, unit, .. } = limit;
                state.warned.push(format!("{name}: 80 % of {} {unit} are spent or reserved", rounded(limit.limit)));
            }
        }
        state.all.reserve(worst);
        state.by_run.entry(run).or_default().reserve(worst);
        Ok(true)
    }

    /// Makes durable that so much may be lost if the engine dies. Twice as much as needed: then most calls need no
    /// commit of their own; never more than the budget leaves.
    async fn hold(&self) -> Result<(), CallLogError> {
        let Some(log) = self.log.as_ref().filter(|_| self.budget.usd.is_some() || self.budget.tokens.is_some()) else {
            return Ok(());
        };
        let _one = self.holding.lock().await;
        let wanted = {
            let state = self.state();
            let (held, Ledger { settled, reserved }) = (state.held, state.all);
            if reserved.usd <= held.usd && reserved.tokens <= held.tokens {
                return Ok(());
            }
            let usd = (2.0 * reserved.usd).min(self.budget.usd.map_or(f64::MAX, |limit| limit - settled.usd));
            let left = self.budget.tokens.map_or(u64::MAX, |limit| limit.saturating_sub(settled.tokens));
            Cost { usd: usd.max(reserved.usd), tokens: (2 * reserved.tokens).min(left).max(reserved.tokens) }
        };
        log.hold(wanted.usd, wanted.tokens).await?;
        self.state().held = wanted;
        Ok(())
    }
}

/// What one call has come to.
pub(crate) struct Account {
    purse: Arc<Purse>,
    run: RunKey,
    charged: Mutex<Cost>,
}

/// An amount set aside for a request under way. Dropped, it stays spent.
pub(crate) struct Reservation {
    account: Arc<Account>,
    worst: Cost,
    settled: bool,
}

/// Why nothing could be reserved.
pub(crate) enum NoMoney {
    /// A budget.
    Refused(Refused),
    /// Spending can't be recorded.
    Unrecorded(CallLogError),
}

impl Account {
    /// Whether money is limited.
    pub(crate) fn is_money(&self) -> bool {
        self.purse.budget.is_money()
    }

    /// What the call is charged so far: requests under way at their worst case.
    pub(crate) fn charged(&self) -> Cost {
        *self.charged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn charge(&self, change: impl FnOnce(&mut Cost)) {
        change(&mut self.charged.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Sets the worst case of a request aside; waits where calls in progress may leave enough.
    pub(crate) async fn reserve(self: &Arc<Self>, worst: Cost) -> Result<Reservation, NoMoney> {
        loop {
            let changed = self.purse.changed.notified();
            if self.purse.try_reserve(self.run, worst).map_err(NoMoney::Refused)? {
                break;
            }
            changed.await;
        }
        let reservation = Reservation { account: self.clone(), worst, settled: false };
        match self.purse.hold().await {
            Ok(()) => {
                // From here on it counts, whatever becomes of the call.
                self.charge(|c| *c = Cost { usd: c.usd + worst.usd, tokens: c.tokens + worst.tokens });
                Ok(reservation)
            }
            Err(error) => {
                reservation.release();
                Err(NoMoney::Unrecorded(error))
            }
        }
    }
}

impl Reservation {
    /// The request is over and took this much.
    pub(crate) fn settle(mut self, actual: Cost) {
        let worst = self.worst;
        self.account.charge(|c| {
            *c = Cost { usd: c.usd - worst.usd + actual.usd, tokens: c.tokens - worst.tokens + actual.tokens };
        });
        self.end(actual);
    }

    /// Nothing was sent.
    fn release(mut self) {
        self.end(Cost::default());
    }

    fn end(&mut self, actual: Cost) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let purse = &self.account.purse;
        {
            let mut state = purse.state();
            state.all.settle(self.worst, actual);
            state.by_run.entry(self.account.run).or_default().settle(self.worst, actual);
        }
        purse.changed.notify_waiters();
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.end(self.worst);
    }
}

#[cfg(test)]
mod tests {
    use ergon_domain::Digest;

    use super::*;

    const RUN: Digest = Digest([1; 32]);

    fn purse(usd: f64, usd_per_run: f64) -> Arc<Purse> {
        let budget = Budget { usd: Some(usd), usd_per_run: Some(usd_per_run), tokens: Some(1000) };
        Arc::new(Purse::new(budget, Cost::default(), None))
    }

    fn cost(usd: f64) -> Cost {
        Cost { usd, tokens: 10 }
    }

    async fn reserve(purse: &Arc<Purse>, run: Digest, worst: Cost) -> Result<Reservation, String> {
        purse.account(run).reserve(worst).await.map_err(|no| match no {
            NoMoney::Refused(Refused(why)) => why,
            NoMoney::Unrecorded(error) => error.to_string(),
        })
    }

    #[tokio::test]
    async fn a_call_that_could_exceed_a_budget_is_refused_and_names_it() {
        let purse = purse(1.0, 0.75);
        reserve(&purse, RUN, cost(0.5)).await.unwrap().settle(cost(0.5));
        let why = "budget.usd_per_run: the run has spent 0.5 of 0.75 USD and the next call may take up to 0.3 USD";
        assert_eq!(reserve(&purse, RUN, cost(0.3)).await.err().unwrap(), why);
        assert_eq!(purse.exhausted(), None, "other runs can go on");
        let other = Digest([2; 32]);
        assert!(reserve(&purse, other, cost(0.6)).await.err().unwrap().starts_with("budget.usd: "));
        assert!(purse.exhausted().unwrap().contains("raise it"));
        let tokens = Cost { usd: 0.0, tokens: 2000 };
        let why = "budget.tokens: the campaign has spent 10 of 1000 tokens and the next call may take up to 2000 tokens; \
                   raise it and run again to go on";
        assert_eq!(reserve(&purse, other, tokens).await.err().unwrap(), why);
    }

    #[tokio::test]
    async fn a_run_waits_for_its_own_calls_in_progress_and_is_refused_by_what_was_spent_alone() {
        let purse = purse(10.0, 0.02);
        let first = reserve(&purse, RUN, cost(0.015)).await.unwrap();
        let (second, ()) = tokio::join!(reserve(&purse, RUN, cost(0.015)), async {
            tokio::task::yield_now().await;
            assert_eq!(purse.committed_usd(), 0.015, "the second waits");
            first.settle(cost(0.0023));
        });
        second.unwrap().settle(cost(0.1 + 0.2 - 0.2976));
        let why = reserve(&purse, RUN, cost(0.016)).await.err().unwrap();
        assert!(why.starts_with("budget.usd_per_run: the run has spent 0.0047 of 0.02 USD "), "{why}");
    }

    #[tokio::test]
    async fn what_is_in_progress_is_waited_for_and_a_dropped_call_stays_spent() {
        let purse = purse(1.0, 1.0);
        let first = reserve(&purse, RUN, cost(0.7)).await.unwrap();
        let (second, ()) = tokio::join!(reserve(&purse, Digest([2; 32]), cost(0.7)), async {
            tokio::task::yield_now().await;
            assert_eq!(purse.committed_usd(), 0.7, "the second waits");
            first.settle(cost(0.1));
        });
        assert!((purse.committed_usd() - 0.8).abs() < 1e-12);
        drop(second.unwrap());
        assert!((purse.committed_usd() - 0.8).abs() < 1e-12, "dropped, it stays at its worst case");
    }

    #[tokio::test]
    async fn eighty_percent_is_said_once() {
        let purse = purse(1.0, 1.0);
        reserve(&purse, RUN, cost(0.7)).await.unwrap().settle(cost(0.7));
        assert_eq!(purse.warnings(), Vec::<String>::new());
        reserve(&purse, RUN, cost(0.1)).await.unwrap().settle(cost(0.1));
        reserve(&purse, RUN, cost(0.1)).await.unwrap().settle(cost(0.1));
        let near = [
            "budget.usd_per_run: 80 % of 1 USD are spent or reserved",
            "budget.usd: 80 % of 1 USD are spent or reserved",
        ];
        assert_eq!(purse.warnings(), near);
    }
}

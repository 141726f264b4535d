//! Cox's partial likelihood with its gradient and information, and how well a risk orders times.

use crate::cholesky::Cholesky;

/// How tied event times enter the partial likelihood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoxTies {
    /// Efron (1977): each of the tied events sees a shrinking share of the others. Close to exact.
    #[default]
    Efron,
    /// Breslow (1974): each sees all of them. Biased towards 0 with many ties.
    Breslow,
}

/// Times in the order of their strata, then falling, and for each its event and regressors.
pub(crate) struct RiskSets {
    pub(crate) time: Vec<f64>,
    pub(crate) event: Vec<bool>,
    pub(crate) stratum: Vec<usize>,
    /// Regressors by row.
    pub(crate) x: Vec<Vec<f64>>,
    pub(crate) ties: CoxTies,
}

/// The partial likelihood at some coefficients.
pub(crate) struct Partial {
    pub(crate) log_likelihood: f64,
    pub(crate) gradient: Vec<f64>,
    /// Minus the second derivatives, lower triangle by rows.
    pub(crate) information: Vec<Vec<f64>>,
}

/// Sums of e^η, x e^η and x xᵀ e^η over some rows.
struct Sums {
    weight: f64,
    first: Vec<f64>,
    second: Vec<Vec<f64>>,
}

impl Sums {
    fn empty(p: usize) -> Self {
        Self { weight: 0.0, first: vec![0.0; p], second: (1..=p).map(|i| vec![0.0; i]).collect() }
    }

    fn clear(&mut self) {
        self.weight = 0.0;
        self.first.iter_mut().for_each(|v| *v = 0.0);
        self.second.iter_mut().flatten().for_each(|v| *v = 0.0);
    }

    fn add(&mut self, x: &[f64], weight: f64) {
        self.weight += weight;
        for (i, (slot, row)) in self.first.iter_mut().zip(&mut self.second).enumerate() {
            let share = weight * x[i];
            *slot += share;
            for (slot, other) in row.iter_mut().zip(x) {
                *slot += share * other;
            }
        }
    }
}

impl RiskSets {
    /// The range of rows that share stratum and time with row `from`.
    fn tied(&self, from: usize) -> usize {
        let same = |i: usize| self.time[i] == self.time[from] && self.stratum[i] == self.stratum[from];
        (from + 1..self.time.len()).find(|i| !same(*i)).unwrap_or(self.time.len())
    }

    /// η = x β by row, shifted to a largest of 0: the partial likelihood only sees differences.
    pub(crate) fn predictor(&self, beta: &[f64]) -> Vec<f64> {
        let mut eta: Vec<f64> = self.x.iter().map(|x| x.iter().zip(beta).map(|(x, b)| x * b).sum()).collect();
        let largest = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        eta.iter_mut().for_each(|e| *e -= largest);
        eta
    }

    pub(crate) fn partial(&self, beta: &[f64]) -> Partial {
        let p = beta.len();
        let eta = self.predictor(beta);
        let mut at = Partial {
            log_likelihood: 0.0,
            gradient: vec![0.0; p],
            information: (1..=p).map(|i| vec![0.0; i]).collect(),
        };
        let (mut risk, mut dying) = (Sums::empty(p), Sums::empty(p));
        let mut mean = vec![0.0; p];
        let mut from = 0;
        while from < self.time.len() {
            if from > 0 && self.stratum[from] != self.stratum[from - 1] {
                risk.clear();
            }
            let to = self.tied(from);
            dying.clear();
            let mut deaths = 0_u32;
            for ((x, eta), event) in self.x[from..to].iter().zip(&eta[from..to]).zip(&self.event[from..to]) {
                let weight = libm::exp(*eta);
                risk.add(x, weight);
                if *event {
                    dying.add(x, weight);
                    deaths += 1;
                    at.log_likelihood += eta;
                    at.gradient.iter_mut().zip(x).for_each(|(g, x)| *g += x);
                }
            }
            for k in 0..deaths {
                let gone = match self.ties {
                    CoxTies::Efron => f64::from(k) / f64::from(deaths),
                    CoxTies::Breslow => 0.0,
                };
                let weight = risk.weight - gone * dying.weight;
                at.log_likelihood -= libm::log(weight);
                for (i, slot) in mean.iter_mut().enumerate() {
                    *slot = (risk.first[i] - gone * dying.first[i]) / weight;
                    at.gradient[i] -= *slot;
                }
                for (i, row) in at.information.iter_mut().enumerate() {
                    for (j, slot) in row.iter_mut().enumerate() {
                        *slot += (risk.second[i][j] - gone * dying.second[i][j]) / weight - mean[i] * mean[j];
                    }
                }
            }
            from = to;
        }
        at
    }

    /// Whether every event has the largest value of `direction` among those at risk with it: then
    /// the partial likelihood rises for ever that way.
    pub(crate) fn recedes(&self, direction: &[f64]) -> bool {
        let eta = self.predictor(direction);
        let spread = eta.iter().fold(0.0_f64, |m, e| m.max(-e));
        let slack = 1e-6 * spread;
        let mut largest = f64::NEG_INFINITY;
        let mut from = 0;
        while from < self.time.len() {
            if from > 0 && self.stratum[from] != self.stratum[from - 1] {
                largest = f64::NEG_INFINITY;
            }
            let to = self.tied(from);
            largest = eta[from..to].iter().copied().fold(largest, f64::max);
            if (from..to).any(|i| self.event[i] && eta[i] < largest - slack) {
                return false;
            }
            from = to;
        }
        spread > 0.0
    }

    /// Harrell's C: of the pairs whose order in time is known, the share in which the one with
    /// the higher risk came first; ties in risk count half. `None` without such a pair.
    pub(crate) fn concordance(&self, eta: &[f64]) -> Option<f64> {
        let mut distinct = eta.to_vec();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let place = |e: f64| distinct.partition_point(|d| *d < e);
        // Counts of the later times by risk, as a Fenwick tree.
        let mut tree = vec![0_u32; distinct.len() + 1];
        let below = |tree: &[u32], mut i: usize| -> f64 {
            let mut sum = 0_u32;
            while i > 0 {
                sum += tree[i];
                i &= i - 1;
            }
            f64::from(sum)
        };
        let insert = |tree: &mut Vec<u32>, at: usize| {
            let mut i = at + 1;
            while i < tree.len() {
                tree[i] += 1;
                i += i & i.wrapping_neg();
            }
        };
        let (mut later, mut won, mut pairs) = (0.0, 0.0, 0.0);
        let mut from = 0;
        while from < self.time.len() {
            if from > 0 && self.stratum[from] != self.stratum[from - 1] {
                tree.iter_mut().for_each(|n| *n = 0);
                later = 0.0;
            }
            let to = self.tied(from);
            // A censored time outlasts an event at the same time; two such events have no order.
            for i in (from..to).filter(|i| !self.event[*i]) {
                insert(&mut tree, place(eta[i]));
                later += 1.0;
            }
            for i in (from..to).filter(|i| self.event[*i]) {
                let at = place(eta[i]);
                let (less, same) = (below(&tree, at), below(&tree, at + 1));
                won += less + 0.5 * (same - less);
                pairs += later;
            }
            for i in (from..to).filter(|i| self.event[*i]) {
                insert(&mut tree, place(eta[i]));
                later += 1.0;
            }
            from = to;
        }
        (pairs > 0.0).then(|| won / pairs)
    }
}

impl Partial {
    /// The factored information; the positions of regressors that depend on earlier ones else.
    pub(crate) fn factored(&self) -> Result<Cholesky, Vec<usize>> {
        Cholesky::of(&self.information)
    }
}

//! A response by item and level: what dependency, contamination and A/B tests resample.

use std::collections::BTreeMap;

use ergon_domain::Digest;
use ergon_stats::{BootstrapOptions, StatError, bootstrap};

use crate::dependency::asked_again;
use crate::frame::Frame;
use crate::response::Response;
use crate::result::{Dropped, Interval};

/// Resamples of every interval.
pub(crate) const RESAMPLES: usize = 2000;

/// Means by item (a replicate) and column, of the items that have all columns.
pub(crate) struct ItemTable {
    /// One row an item, one value a column.
    pub(crate) rows: Vec<Vec<f64>>,
    /// Replicates that lack a column.
    pub(crate) incomplete: usize,
    /// Runs left out because they ask an item again.
    pub(crate) again: usize,
    /// Rows of the frame in it, rising.
    pub(crate) used: Vec<usize>,
}

impl ItemTable {
    /// The table of a response, given the column of each row of the frame. Rows of one item and column (several cells of
    /// other factors) are averaged.
    pub(crate) fn of(
        frame: &Frame,
        response: &Response<'_>,
        columns: usize,
        column_of: impl Fn(usize) -> Option<usize>,
    ) -> Self {
        let mut sums: BTreeMap<u32, Vec<(f64, usize)>> = BTreeMap::new();
        let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let repeats = asked_again(frame, &response.metric.id);
        let mut again = 0;
        for (at, row) in frame.rows.iter().enumerate() {
            let (Some(column), Some(value)) = (column_of(at), response.value(at)) else { continue };
            if repeats.get(at).copied().unwrap_or(false) {
                again += 1;
                continue;
            }
            let item = sums.entry(row.replicate).or_insert_with(|| vec![(0.0, 0); columns]);
            if let Some(cell) = item.get_mut(column) {
                *cell = (cell.0 + value, cell.1 + 1);
            }
            members.entry(row.replicate).or_default().push(at);
        }
        let (mut rows, mut used, mut incomplete) = (Vec::new(), Vec::new(), 0);
        for (item, cells) in sums {
            if cells.iter().any(|(_, n)| *n == 0) {
                incomplete += 1;
                continue;
            }
            rows.push(cells.iter().map(|(sum, n)| sum / *n as f64).collect());
            used.extend(members.remove(&item).unwrap_or_default());
        }
        used.sort_unstable();
        Self { rows, incomplete, again, used }
    }

    /// Mean of a column over items.
    pub(crate) fn mean(&self, column: usize) -> f64 {
        mean_over(self.rows.iter(), column)
    }

    /// Values of a column.
    pub(crate) fn column(&self, column: usize) -> Vec<f64> {
        self.rows.iter().filter_map(|row| row.get(column).copied()).collect()
    }

    /// Each item's first column and the mean of its others.
    pub(crate) fn halves(&self) -> Self {
        let half = |row: &Vec<f64>| {
            let others = row.get(1..).unwrap_or_default();
            let mean = others.iter().sum::<f64>() / others.len() as f64;
            row.first().map_or_else(Vec::new, |first| vec![*first, mean])
        };
        Self {
            rows: self.rows.iter().map(half).collect(),
            incomplete: self.incomplete,
            again: self.again,
            used: self.used.clone(),
        }
    }

    /// What is to be said of incomplete items and of those asked again.
    pub(crate) fn dropped(&self) -> impl Iterator<Item = Dropped> + use<> {
        let incomplete = ("replicates (items) that lack some of the levels compared", self.incomplete);
        let again = ("runs that ask an item again, whose first answer counts", self.again);
        let said = |(reason, count): (&str, usize)| (count > 0).then(|| Dropped { reason: reason.into(), count });
        [incomplete, again].into_iter().filter_map(said)
    }

    /// BCa bootstrap interval of a function of the items, which are drawn whole. A resample in which it has no value
    /// leaves it without interval: the error says so.
    pub(crate) fn interval(
        &self,
        statistic: impl Fn(&[&Vec<f64>]) -> Option<f64> + Sync,
        level: f64,
        seed: Digest,
    ) -> Result<Interval, StatError> {
        self.interval_of(RESAMPLES, statistic, level, seed)
    }

    /// The same with so many resamples.
    pub(crate) fn interval_of(
        &self,
        resamples: usize,
        statistic: impl Fn(&[&Vec<f64>]) -> Option<f64> + Sync,
        level: f64,
        seed: Digest,
    ) -> Result<Interval, StatError> {
        let places: Vec<f64> = (0..self.rows.len()).map(|i| i as f64).collect();
        let options = BootstrapOptions { resamples, seed: seed.to_u64(), level, ..Default::default() };
        let of_places = |drawn: &mut [Vec<f64>]| {
            let items: Vec<&Vec<f64>> =
                drawn.first().into_iter().flatten().filter_map(|i| self.rows.get(*i as usize)).collect();
            statistic(&items).unwrap_or(f64::NAN)
        };
        let found = bootstrap(&[&places], of_places, &options)?;
        Ok(Interval { lo: found.bca.low, hi: found.bca.high, level })
    }
}

/// Mean of a column over some items.
pub(crate) fn mean_over<'a>(items: impl ExactSizeIterator<Item = &'a Vec<f64>>, column: usize) -> f64 {
    let n = items.len() as f64;
    items.filter_map(|row| row.get(column)).sum::<f64>() / n
}

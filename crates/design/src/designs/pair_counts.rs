//! How often pairs of levels occur together in a sample, and how uneven that is.

/// Most pairs of levels that are counted.
pub(crate) const MOST_CELLS: u64 = 10_000_000;

/// Number of pairs of levels of two factors, saturating.
pub(crate) fn cells(radices: &[usize]) -> u64 {
    let (mut pairs, mut before) = (0u64, 0u64);
    for radix in radices.iter().map(|r| *r as u64) {
        pairs = pairs.saturating_add(before.saturating_mul(radix));
        before = before.saturating_add(radix);
    }
    pairs
}

/// Counts of the pairs of levels of two factors.
struct Table {
    columns: usize,
    counts: Vec<i64>,
}

/// Counts for all pairs of factors. Unevenness is the sum over cells of count², weighted by the number of cells so that
/// large and small tables count alike, and more for an empty cell.
pub(crate) struct PairCounts {
    radices: Vec<usize>,
    tables: Vec<Table>,
}

impl PairCounts {
    /// No rows yet.
    pub(crate) fn new(radices: &[usize]) -> Self {
        let mut tables = Vec::new();
        for b in 0..radices.len() {
            tables.extend((0..b).map(|a| Table { columns: radices[b], counts: vec![0; radices[a] * radices[b]] }));
        }
        Self { radices: radices.to_vec(), tables }
    }

    fn table(a: usize, b: usize) -> usize {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        high * (high - 1) / 2 + low
    }

    fn cell(&self, a: usize, b: usize, level_a: usize, level_b: usize) -> (usize, usize) {
        let table = Self::table(a, b);
        let (low, high) = if a < b { (level_a, level_b) } else { (level_b, level_a) };
        (table, low * self.tables[table].columns + high)
    }

    /// Adds or removes a row.
    pub(crate) fn count(&mut self, row: &[usize], by: i64) {
        for b in 0..row.len() {
            for a in 0..b {
                let (table, cell) = self.cell(a, b, row[a], row[b]);
                self.tables[table].counts[cell] += by;
            }
        }
    }

    /// Changes the level of one factor in a row; the row still holds the old level.
    pub(crate) fn relevel(&mut self, row: &[usize], factor: usize, level: usize) {
        for other in (0..row.len()).filter(|o| *o != factor) {
            let (table, cell) = self.cell(factor, other, row[factor], row[other]);
            self.tables[table].counts[cell] -= 1;
            let (table, cell) = self.cell(factor, other, level, row[other]);
            self.tables[table].counts[cell] += 1;
        }
    }

    fn cost(&self, table: usize, cell: usize) -> i64 {
        let t = &self.tables[table];
        let (count, cells) = (t.counts[cell], t.counts.len() as i64);
        cells * (count * count + if count == 0 { 16 } else { 0 })
    }

    /// Change of unevenness by `relevel`, applied.
    pub(crate) fn relevel_with_cost(&mut self, row: &[usize], factor: usize, level: usize) -> i64 {
        let mut change = 0;
        for other in (0..row.len()).filter(|o| *o != factor) {
            for (level, by) in [(row[factor], -1), (level, 1)] {
                let (table, cell) = self.cell(factor, other, level, row[other]);
                change -= self.cost(table, cell);
                self.tables[table].counts[cell] += by;
                change += self.cost(table, cell);
            }
        }
        change
    }

    /// Pairs of levels that occur, and pairs there are.
    pub(crate) fn covered(&self) -> (u64, u64) {
        let cells = self.tables.iter().flat_map(|t| &t.counts);
        (cells.clone().filter(|c| **c > 0).count() as u64, cells.count() as u64)
    }

    /// Counts of the pairs of two factors `a < b`, by level of a, then of b.
    pub(crate) fn between(&self, a: usize, b: usize) -> impl Iterator<Item = (usize, usize, i64)> + '_ {
        let columns = self.radices[b];
        let counts = &self.tables[Self::table(a, b)].counts;
        counts.iter().enumerate().map(move |(i, n)| (i / columns, i % columns, *n))
    }
}

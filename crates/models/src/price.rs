//! What tokens cost: a table with date and source, which the user's own rows come before.

use serde::{Deserialize, Serialize};

/// The table that ships with Ergon.
const TABLE: &str = include_str!("../../../configs/prices.json");

/// USD per million tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Of the request.
    #[serde(rename = "in")]
    pub input: f64,
    /// Of the reply.
    #[serde(rename = "out")]
    pub output: f64,
    /// Of the request, read from the provider's cache; `None`: as the rest of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
    /// Longest request in tokens that costs this; longer ones cost more, and the table does not know what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to_tokens: Option<u64>,
}

impl Price {
    /// USD of a call; `None`: it is beyond what the table knows. Tokens are the provider's own counts.
    pub(crate) fn of(&self, prompt: u64, cached: u64, completion: u64) -> Option<f64> {
        if self.up_to_tokens.is_some_and(|most| prompt > most) {
            return None;
        }
        let cached = cached.min(prompt);
        let input = (prompt - cached) as f64 * self.input + cached as f64 * self.cached.unwrap_or(self.input);
        Some((input + completion as f64 * self.output) / 1e6)
    }
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// Provider, as in specs.
    pub provider: String,
    /// Names of the model at the provider; a `*` stands for any text.
    pub model: String,
    /// The price.
    pub usd_per_mtok: Price,
    /// Day on which the source said so, `YYYY-MM-DD`.
    pub date: String,
    /// Where.
    pub source: String,
}

/// Prices by provider and model: tables, of which each comes before the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    tables: Vec<Vec<PriceRow>>,
}

/// A price table that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the price table can't be read: {0}; expected {{\"rows\": [{{provider, model, usd_per_mtok: {{in, out, cached}}, date, source}}]}}"
)]
pub struct PriceTableError(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rows: Vec<PriceRow>,
}

impl Prices {
    /// The rows of a table.
    ///
    /// # Errors
    /// It is no table, or a price is negative or no number.
    pub fn read(json: &str) -> Result<Self, PriceTableError> {
        let table: Table = serde_json::from_str(json).map_err(|e| PriceTableError(e.to_string()))?;
        Self::of(table.rows)
    }

    /// These rows.
    ///
    /// # Errors
    /// A price is negative or no number.
    pub fn of(rows: Vec<PriceRow>) -> Result<Self, PriceTableError> {
        let wrong = |p: &Price| {
            [Some(p.input), Some(p.output), p.cached].into_iter().flatten().any(|x| !(0.0..1e6).contains(&x))
        };
        match rows.iter().find(|row| wrong(&row.usd_per_mtok)) {
            Some(row) => Err(PriceTableError(format!("the price of {} is out of range", row.model))),
            None => Ok(Self { tables: vec![rows] }),
        }
    }

    /// The table that ships with Ergon.
    ///
    /// # Errors
    /// It can't be read.
    pub fn shipped() -> Result<Self, PriceTableError> {
        Self::read(TABLE)
    }

    /// These before those: where a row of these fits, none of those counts, however well it fits.
    #[must_use]
    pub fn then(mut self, rest: Self) -> Self {
        self.tables.extend(rest.tables);
        self
    }

    /// The row for a model: of the first table that has one the most specific. `None`: unknown.
    pub fn find(&self, provider: &str, model: &str) -> Option<&PriceRow> {
        let fits = |row: &&PriceRow| row.provider == provider && matches(&row.model, model);
        self.tables.iter().find_map(|table| {
            // The first of equally long patterns wins.
            let longer = |best: &PriceRow, row: &PriceRow| row.model.len() > best.model.len();
            table.iter().filter(fits).reduce(|best, row| if longer(best, row) { row } else { best })
        })
    }

    /// All rows, those that come first at first.
    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.tables.iter().flatten()
    }
}

/// Whether a name fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = pattern.contains('*').then(|| parts.next_back().unwrap_or_default()) else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_can_be_read_and_every_row_has_a_date_and_a_source() {
        let prices = Prices::shipped().unwrap();
        for row in prices.rows() {
            let dated = row.date.len() == 10 && row.date.split('-').all(|part| part.parse::<u32>().is_ok());
            assert!(dated && row.source.starts_with("https://"), "{row:?}");
        }
        assert_eq!(prices.find("openrouter", "qwen/qwen3-8b:free").unwrap().usd_per_mtok.output, 0.0);
        assert_eq!(prices.find("openai", "a-model-nobody-knows"), None);
    }

    #[test]
    fn the_users_own_row_comes_first_whichever_pattern_is_longer() {
        let own = r#"{"rows": [{"provider": "openai", "model": "gpt-4.1*", "date": "2026-01-01", "source": "contract",
            "usd_per_mtok": {"in": 9, "out": 9}}]}"#;
        let prices = Prices::read(own).unwrap().then(Prices::shipped().unwrap());
        assert_eq!(prices.find("openai", "gpt-4.1").unwrap().source, "contract");
        assert_eq!(prices.find("openai", "gpt-4.1-mini-2025-04-14").unwrap().source, "contract", "however short");
        assert_ne!(prices.find("openai", "gpt-4o").unwrap().source, "contract", "another model");
    }

    #[test]
    fn names_fit_patterns_as_written() {
        for (pattern, name, fits) in [
            ("gpt-4o", "gpt-4o", true),
            ("gpt-4o", "gpt-4o-mini", false),
            ("gpt-4o-2*", "gpt-4o-2024-08-06", true),
            ("*:free", "meta/llama:free", true),
            ("*:free", "meta/llama", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn cached_tokens_cost_what_the_table_says_and_the_full_price_where_it_says_nothing() {
        let price = |cached| Price { input: 2.0, output: 8.0, cached, up_to_tokens: None };
        assert_eq!(price(Some(0.5)).of(1_000_000, 400_000, 100_000), Some(1.2 + 0.2 + 0.8));
        assert_eq!(price(None).of(1_000_000, 400_000, 100_000), Some(2.0 + 0.8));
    }

    #[test]
    fn a_request_longer_than_the_price_is_good_for_has_no_known_price() {
        let price = Price { input: 1.0, output: 1.0, cached: None, up_to_tokens: Some(200_000) };
        assert_eq!(price.of(200_000, 0, 0), Some(0.2));
        assert_eq!(price.of(200_001, 0, 0), None);
    }

    #[test]
    fn a_table_with_a_wrong_row_is_refused() {
        for wrong in [
            "{}",
            r#"{"rows": [{"provider": "x", "model": "y", "usd_per_mtok": {"in": -1, "out": 1}, "date": "", "source": ""}]}"#,
        ] {
            assert!(Prices::read(wrong).unwrap_err().to_string().contains("expected {\"rows\""), "{wrong}");
        }
    }
}

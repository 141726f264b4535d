//! Reading a case: its inputs and options as typed values, or an error that names the field and what it accepts.

use ergon_stats::{Alternative, MissingPolicy, StatError, TestOptions};
use serde_json::Value;

/// Why a case has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CaseError {
    /// A field is absent or of the wrong form.
    #[error("{field}: {problem}")]
    Field { field: String, problem: String },
    /// The procedure has no answer for these data.
    #[error(transparent)]
    Stat(#[from] StatError),
}

impl CaseError {
    /// The kind of condition, as the vectors name it where they do.
    pub(crate) fn condition(&self) -> &'static str {
        match self {
            Self::Field { .. } => "invalid_input",
            Self::Stat(e) if e.is_degenerate() => "degenerate",
            Self::Stat(StatError::RankDeficient { .. }) => "rank_deficient",
            Self::Stat(StatError::Separation { .. }) => "separation",
            Self::Stat(StatError::NotConverged { .. }) => "not_converged",
            Self::Stat(StatError::OutOfRange { .. }) => "out_of_range",
            Self::Stat(_) => "invalid_input",
        }
    }
}

/// What a procedure answers: an object with the keys a case expects.
pub(crate) type Answer = Result<Value, CaseError>;

/// A case of a procedure.
pub(crate) struct Case<'a> {
    /// The data.
    pub(crate) inputs: &'a Value,
    /// How to treat them.
    pub(crate) options: &'a Value,
}

/// `value` as it is shown in an error, cut where it is long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 40 { format!("{}…", text.chars().take(40).collect::<String>()) } else { text }
}

fn wrong(field: String, expected: &str, found: &Value) -> CaseError {
    let problem = if found.is_null() {
        format!("missing; expected {expected}")
    } else {
        format!("expected {expected}, found {}", shown(found))
    };
    CaseError::Field { field, problem }
}

/// A number as the vectors write it: infinities and NaN are words.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => match s.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" | "inf" => Some(f64::INFINITY),
            "-Infinity" | "-inf" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// The numbers of a list; null and NaN are missing values and come back as NaN.
fn list(field: &str, value: &Value) -> Result<Vec<f64>, CaseError> {
    let items = value.as_array().ok_or_else(|| wrong(field.to_owned(), "a list of numbers", value))?;
    let each = |(i, v): (usize, &Value)| match v {
        Value::Null => Ok(f64::NAN),
        Value::Bool(b) => Ok(f64::from(u8::from(*b))),
        v => number(v).ok_or_else(|| wrong(format!("{field}[{i}]"), "a number or null", v)),
    };
    items.iter().enumerate().map(each).collect()
}

fn whole(field: String, value: &Value) -> Result<u64, CaseError> {
    let expected = "a whole number from 0 to 2^53";
    match value.as_f64() {
        Some(v) if (0.0..=9_007_199_254_740_992.0).contains(&v) && v.fract() == 0.0 => Ok(v as u64),
        _ => Err(wrong(field, expected, value)),
    }
}

impl Case<'_> {
    /// A list of numbers; null is a missing value.
    pub(crate) fn numbers(&self, key: &str) -> Result<Vec<f64>, CaseError> {
        list(&format!("inputs.{key}"), &self.inputs[key])
    }

    /// A list of lists of numbers.
    pub(crate) fn lists(&self, key: &str) -> Result<Vec<Vec<f64>>, CaseError> {
        let (field, value) = (format!("inputs.{key}"), &self.inputs[key]);
        let items = value.as_array().ok_or_else(|| wrong(field.clone(), "a list of lists of numbers", value))?;
        items.iter().enumerate().map(|(i, v)| list(&format!("{field}[{i}]"), v)).collect()
    }

    /// Rows of `width` numbers each.
    pub(crate) fn rows(&self, key: &str, width: usize) -> Result<Vec<Vec<f64>>, CaseError> {
        let rows = self.lists(key)?;
        match rows.iter().position(|r| r.len() != width) {
            None => Ok(rows),
            Some(i) => Err(wrong(format!("inputs.{key}[{i}]"), &format!("{width} numbers"), &self.inputs[key][i])),
        }
    }

    /// One number.
    pub(crate) fn number(&self, key: &str) -> Result<f64, CaseError> {
        let value = &self.inputs[key];
        number(value).ok_or_else(|| wrong(format!("inputs.{key}"), "a number", value))
    }

    /// A whole number, not negative.
    pub(crate) fn count(&self, key: &str) -> Result<u64, CaseError> {
        whole(format!("inputs.{key}"), &self.inputs[key])
    }

    /// A list of whole numbers, none negative.
    pub(crate) fn counts(&self, key: &str) -> Result<Vec<u64>, CaseError> {
        let (field, value) = (format!("inputs.{key}"), &self.inputs[key]);
        let items = value.as_array().ok_or_else(|| wrong(field.clone(), "a list of whole numbers", value))?;
        items.iter().enumerate().map(|(i, v)| whole(format!("{field}[{i}]"), v)).collect()
    }

    /// A table of counts.
    pub(crate) fn table(&self) -> Result<Vec<Vec<u64>>, CaseError> {
        let value = &self.inputs["table"];
        let rows = value.as_array().ok_or_else(|| wrong("inputs.table".into(), "a list of rows of counts", value))?;
        let row = |(i, row): (usize, &Value)| -> Result<Vec<u64>, CaseError> {
            let cells = row.as_array().ok_or_else(|| wrong(format!("inputs.table[{i}]"), "a row of counts", row))?;
            cells.iter().enumerate().map(|(j, v)| whole(format!("inputs.table[{i}][{j}]"), v)).collect()
        };
        rows.iter().enumerate().map(row).collect()
    }

    /// A table of two rows and two columns.
    pub(crate) fn fourfold(&self) -> Result<[[u64; 2]; 2], CaseError> {
        match self.table()?.as_slice() {
            [a, b] if a.len() == 2 && b.len() == 2 => Ok([[a[0], a[1]], [b[0], b[1]]]),
            _ => Err(wrong("inputs.table".into(), "two rows of two counts", &self.inputs["table"])),
        }
    }

    /// Whether the event happened, per observation: 0 or 1.
    pub(crate) fn events(&self, key: &str) -> Result<Vec<bool>, CaseError> {
        let at = |i: usize| wrong(format!("inputs.{key}[{i}]"), "0 or 1", &self.inputs[key][i]);
        let events = self.numbers(key)?;
        let each = |(i, e): (usize, &f64)| match *e {
            0.0 => Ok(false),
            1.0 => Ok(true),
            _ => Err(at(i)),
        };
        events.iter().enumerate().map(each).collect()
    }

    /// Levels by number: words in the order of their names, numbers in theirs.
    pub(crate) fn levels(&self, key: &str) -> Result<Vec<usize>, CaseError> {
        let (field, value) = (format!("inputs.{key}"), &self.inputs[key]);
        let items = value.as_array().ok_or_else(|| wrong(field.clone(), "a list of levels", value))?;
        if let Some(i) = items.iter().position(|v| v.is_null() || v.is_array() || v.is_object()) {
            return Err(wrong(format!("{field}[{i}]"), "a level (text or number)", &items[i]));
        }
        let order = |a: &&Value, b: &&Value| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (None, None) => a.as_str().cmp(&b.as_str()),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        let mut distinct: Vec<&Value> = items.iter().collect();
        distinct.sort_by(order);
        distinct.dedup_by(|a, b| order(a, b).is_eq());
        Ok(items.iter().filter_map(|v| distinct.binary_search_by(|d| order(d, &v)).ok()).collect())
    }

    /// An option that is a number.
    pub(crate) fn option_number(&self, key: &str) -> Result<Option<f64>, CaseError> {
        let value = &self.options[key];
        if value.is_null() {
            return Ok(None);
        }
        number(value).map(Some).ok_or_else(|| wrong(format!("options.{key}"), "a number", value))
    }

    /// An option that is a number and must be there.
    pub(crate) fn option_required(&self, key: &str) -> Result<f64, CaseError> {
        self.option_number(key)?.ok_or_else(|| wrong(format!("options.{key}"), "a number", &Value::Null))
    }

    /// An option that is a list of whole numbers.
    pub(crate) fn option_counts(&self, key: &str) -> Result<Option<Vec<u64>>, CaseError> {
        let (field, value) = (format!("options.{key}"), &self.options[key]);
        if value.is_null() {
            return Ok(None);
        }
        let items = value.as_array().ok_or_else(|| wrong(field.clone(), "a list of whole numbers", value))?;
        items.iter().enumerate().map(|(i, v)| whole(format!("{field}[{i}]"), v)).collect::<Result<_, _>>().map(Some)
    }

    /// An option that is a whole number and must be there.
    pub(crate) fn option_count(&self, key: &str) -> Result<usize, CaseError> {
        whole(format!("options.{key}"), &self.options[key]).map(|n| n as usize)
    }

    /// An option that is yes or no.
    pub(crate) fn flag(&self, key: &str, default: bool) -> Result<bool, CaseError> {
        match &self.options[key] {
            Value::Null => Ok(default),
            Value::Bool(b) => Ok(*b),
            value => Err(wrong(format!("options.{key}"), "true or false", value)),
        }
    }

    /// An option that is one of a few words; the first of them holds where it is left out.
    pub(crate) fn choice<T: Copy>(&self, key: &str, accepted: &[(&str, T)]) -> Result<T, CaseError> {
        match accepted.first().filter(|_| self.options[key].is_null()) {
            Some((_, default)) => Ok(*default),
            None => self.required_choice(key, accepted),
        }
    }

    /// An option that is one of a few words and must be there. A word stands for itself and for everything that
    /// begins with it ("exact permutation, n<=9").
    pub(crate) fn required_choice<T: Copy>(&self, key: &str, accepted: &[(&str, T)]) -> Result<T, CaseError> {
        let value = &self.options[key];
        let found = value.as_str().and_then(|word| {
            accepted.iter().filter(|(name, _)| word.starts_with(name)).max_by_key(|(name, _)| name.len())
        });
        match found {
            Some((_, choice)) => Ok(*choice),
            None => {
                let names: Vec<&str> = accepted.iter().map(|(name, _)| *name).collect();
                Err(wrong(format!("options.{key}"), &format!("one of {}", names.join(", ")), value))
            }
        }
    }

    /// The policy for missing values: refused unless the case says otherwise.
    pub(crate) fn missing(&self) -> Result<MissingPolicy, CaseError> {
        self.choice(
            "nan_policy",
            &[("refuse", MissingPolicy::Refuse), ("raise", MissingPolicy::Refuse), ("omit", MissingPolicy::Omit)],
        )
    }

    /// The alternative hypothesis: two-sided unless the case says otherwise.
    pub(crate) fn alternative(&self) -> Result<Alternative, CaseError> {
        use Alternative::{Greater, Less, TwoSided};
        let words = [
            ("two-sided", TwoSided),
            ("two_sided", TwoSided),
            ("less", Less),
            ("smaller", Less),
            ("greater", Greater),
            ("larger", Greater),
        ];
        self.choice("alternative", &words)
    }

    /// The confidence level: 0.95 unless the case says otherwise.
    pub(crate) fn level(&self) -> Result<f64, CaseError> {
        Ok(self.option_number("conf_level")?.unwrap_or(0.95))
    }

    /// The options of a test.
    pub(crate) fn test_options(&self) -> Result<TestOptions, CaseError> {
        Ok(TestOptions {
            alternative: self.alternative()?,
            level: self.level()?,
            missing: self.missing()?,
            ..TestOptions::default()
        })
    }
}

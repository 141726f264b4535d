//! p-values: never 0, never rounded across the threshold they are read against.

/// How a p-value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PStyle {
    /// `0.021`, `<0.001`
    Plain,
    /// `.021`, `< .001` (APA 7: no leading zero).
    Apa7,
    /// `3.2 × 10⁻¹²`, `<1 × 10⁻³⁰⁰`: for supplements, where the order of magnitude matters.
    Exact,
}

/// What stands between `p` and the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// p is this.
    Equal,
    /// p is below this.
    Less,
    /// p is above this.
    Greater,
}

/// A p-value ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownP {
    /// How `digits` relates to p.
    pub relation: Relation,
    /// The digits, as text.
    pub digits: String,
    /// A space follows the sign (APA).
    pub spaced: bool,
}

/// Below this a p-value is a statement about floating point, not about data.
pub const SMALLEST: f64 = 1e-300;

impl ShownP {
    /// `None` when `p` is no probability.
    pub fn new(p: f64, style: PStyle) -> Option<Self> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let spaced = style == PStyle::Apa7;
        let shown = |relation, digits: String| Some(Self { relation, digits, spaced });
        if style == PStyle::Exact {
            return match p {
                p if p < SMALLEST => shown(Relation::Less, "1e-300".to_owned()),
                p if p < 1e-3 => shown(Relation::Equal, format!("{p:.1e}")),
                p => shown(Relation::Equal, three_decimals(p)),
            };
        }
        let dressed = |digits: String| match style {
            PStyle::Apa7 => digits.strip_prefix('0').map_or(digits.clone(), str::to_owned),
            _ => digits,
        };
        match p {
            p if p < 0.001 => shown(Relation::Less, dressed("0.001".to_owned())),
            p if p > 0.999 => shown(Relation::Greater, dressed("0.999".to_owned())),
            p => shown(Relation::Equal, dressed(three_decimals(p))),
        }
    }

    /// As in a table cell: `0.021`, `<0.001`, APA `< .001`.
    pub fn to_cell_text(&self) -> String {
        let space = if self.spaced { " " } else { "" };
        match self.relation {
            Relation::Equal => self.digits.clone(),
            Relation::Less => format!("<{space}{}", self.digits),
            Relation::Greater => format!(">{space}{}", self.digits),
        }
    }

    /// As in a sentence, after the letter p: `= .021`, `< .001`.
    pub fn to_sentence_text(&self) -> String {
        let sign = match self.relation {
            Relation::Equal => '=',
            Relation::Less => '<',
            Relation::Greater => '>',
        };
        format!("{sign} {}", self.digits)
    }
}

/// Three decimals, or as many more as keep a p below .05 or .01 from being rounded up to it.
fn three_decimals(p: f64) -> String {
    for decimals in 3..17 {
        let text = format!("{p:.decimals$}");
        let read: f64 = text.parse().unwrap_or(p);
        let crossed = [0.05, 0.01].iter().any(|alpha| (p < *alpha) != (read < *alpha));
        if !crossed {
            return text;
        }
    }
    format!("{p}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_written_as_their_style_asks_and_never_as_zero() {
        for (p, plain, apa, exact) in [
            (0.0, "<0.001", "< .001", "<1e-300"),
            (1e-301, "<0.001", "< .001", "<1e-300"),
            (3.2e-12, "<0.001", "< .001", "3.2e-12"),
            (0.00099, "<0.001", "< .001", "9.9e-4"),
            (0.001, "0.001", ".001", "0.001"),
            (0.0214, "0.021", ".021", "0.021"),
            (0.5, "0.500", ".500", "0.500"),
            (0.9994, ">0.999", "> .999", "0.999"),
            (1.0, ">0.999", "> .999", "1.000"),
        ] {
            for (style, expected) in [(PStyle::Plain, plain), (PStyle::Apa7, apa), (PStyle::Exact, exact)] {
                assert_eq!(ShownP::new(p, style).unwrap().to_cell_text(), expected, "{p}");
            }
        }
    }

    #[test]
    fn rounding_never_carries_p_across_a_threshold() {
        for (p, shown) in [(0.0496, "0.0496"), (0.04996, "0.04996"), (0.0504, "0.050"), (0.00996, "0.00996")] {
            assert_eq!(ShownP::new(p, PStyle::Plain).unwrap().to_cell_text(), shown);
        }
    }

    #[test]
    fn in_a_sentence_the_relation_is_always_written() {
        for (p, shown) in [(0.0214, "= .021"), (1e-9, "< .001")] {
            assert_eq!(ShownP::new(p, PStyle::Apa7).unwrap().to_sentence_text(), shown);
        }
    }

    #[test]
    fn what_is_no_probability_is_not_shown_as_one() {
        for p in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
            assert_eq!(ShownP::new(p, PStyle::Plain), None);
        }
    }
}

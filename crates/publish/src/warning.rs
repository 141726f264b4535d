//! What a renderer couldn't do exactly, told to the user instead of hidden.

use std::fmt;

/// Something in the output isn't as written in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// LaTeX with Ergon's packages can't set this character; the output shows its code point.
    Unsettable(char),
    /// Even in small type, the table is about this many points wide: more than a page of a paper.
    Wide(u32),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsettable(character) => write!(
                f,
                "LaTeX can't set the character U+{code:04X}; it appears as “U+{code:04X}”",
                code = u32::from(*character)
            ),
            Self::Wide(points) => write!(
                f,
                "the table is about {:.1} inches wide, more than a page of a paper: split it, or turn the page",
                f64::from(*points) / 72.27
            ),
        }
    }
}

/// A rendered object, with what couldn't be rendered exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The document text.
    pub text: String,
    /// Each distinct warning once, in order of first appearance.
    pub warnings: Vec<Warning>,
}

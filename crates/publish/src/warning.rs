//! What a renderer couldn't do exactly, told to the user instead of hidden.

use std::fmt;

/// Something in the output isn't as written in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// LaTeX with Ergon's packages can't set this character; the output shows its code point.
    Unsettable(char),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsettable(character) => write!(
                f,
                "LaTeX can't set the character U+{code:04X}; it appears as “U+{code:04X}”",
                code = u32::from(*character)
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

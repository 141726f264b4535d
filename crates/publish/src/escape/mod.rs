//! User text as data in each output format: whatever it contains, it can't become markup.

mod latex;
mod latex_symbols;
mod markdown;
mod markup;

pub use latex::{LatexText, identifier};
pub use markdown::markdown;
pub use markup::markup;
pub(crate) use markup::visible;

/// A character shown by its code point: `U+1F600`.
pub(crate) fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

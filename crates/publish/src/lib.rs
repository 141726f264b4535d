//! From analyses to tables, figures and documents.
//!
//! Belongs here: the one [`table::Table`] model and its renderers (LaTeX, HTML, Markdown, CSV), the
//! figures (drawn once, as SVG), the writer for Markdown reports, and the only code in Ergon that
//! turns a number into the characters a reader sees ([`number`]).
//!
//! Doesn't belong here: computing a statistic (that's `analysis`; a figure's density curve and
//! quartiles are the exception, being part of the drawing), choosing what to publish (`app`), reading
//! the store, the clock, files or the network. Same input, byte-identical output.

pub mod escape;
pub mod figure;
pub mod from_analysis;

pub mod markdown;
pub mod number;
pub mod p_value;
mod provenance;
mod rich_text;
pub mod table;
mod warning;

pub use provenance::Provenance;
pub use rich_text::{Piece, RichText};
pub use warning::{Rendered, Warning};

//! Language dependency and prompt evaluation: a model answers items at rising levels of surface transformation. With the
//! method `none` it is plain evaluation of a prompt over a dataset.
//!
//! A run asks `sample_size` items, each once. Replicate r takes the r-th such block of the benchmark in an order that the
//! seed decides, and takes it in every condition: with a sample size of 1 a replicate *is* an item, and what pairs by
//! replicate pairs by item. When the benchmark is used up it begins again, and the runs say so (flag
//! [`REPEATED_ITEMS`]).

mod asking;
pub mod bank;
pub mod dataset;
pub mod figure;
pub mod item;
pub mod manifest;
mod measure;
mod prompt;
mod remarks;
pub mod scoring;
mod settings;
pub mod transform;
mod workload;

pub use prompt::{DEFAULT_TEMPLATE, body, fill};
pub use settings::PARAPHRASE;
pub use workload::{Benchmarks, REPEATED_ITEMS, ScrambleWorkload, Substitution};

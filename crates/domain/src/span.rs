//! Named stretches of a run, and the port through which they learn what the machine took meanwhile.

use std::sync::Arc;

use crate::measurement::Measurement;

/// A named stretch of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Its kind.
    pub name: Arc<str>,
    /// Start in seconds since the attempt began.
    pub start_s: f64,
    /// End in seconds since the attempt began.
    pub end_s: f64,
    /// What the machine took in it; empty where nobody reads it per run.
    pub taken: Vec<Measurement>,
}

/// Reads the machine's sensors at the edges of spans. The engine implements it, where one run at a time has the machine.
pub trait SpanMeter: Send + Sync {
    /// A span begins: a ticket to end it with.
    fn begin(&self) -> u64;

    /// The span has ended: what was taken since it began.
    fn end(&self, ticket: u64) -> Vec<Measurement>;
}

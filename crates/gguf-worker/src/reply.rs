//! The pipe's framing, which is HTTP's chunked coding without HTTP: a line with a status, then pieces, each a line with
//! its length in bytes and the bytes; length 0 ends the reply.

use std::io::{Result, Write};

use serde_json::{Value, json};

pub(crate) struct Reply<'a, W: Write> {
    output: &'a mut W,
}

impl<'a, W: Write> Reply<'a, W> {
    pub(crate) fn new(output: &'a mut W) -> Self {
        Self { output }
    }

    /// Begins a reply that goes well.
    pub(crate) fn begin(&mut self) -> Result<()> {
        writeln!(self.output, "200")
    }

    /// The whole reply to a request that can't be done.
    pub(crate) fn refuse(&mut self, why: &str) -> Result<()> {
        writeln!(self.output, "400")?;
        self.piece(&json!({"error": {"message": why}}).to_string())?;
        self.end()
    }

    /// An event of a stream.
    pub(crate) fn event(&mut self, event: &Value) -> Result<()> {
        self.piece(&format!("data: {event}\n\n"))
    }

    /// The last event of a stream.
    pub(crate) fn done(&mut self) -> Result<()> {
        self.piece("data: [DONE]\n\n")
    }

    pub(crate) fn piece(&mut self, text: &str) -> Result<()> {
        write!(self.output, "{}\n{text}", text.len())?;
        self.output.flush()
    }

    pub(crate) fn end(&mut self) -> Result<()> {
        writeln!(self.output, "0")?;
        self.output.flush()
    }
}

//! The Standard Workload Format: job logs of real machines, as the Parallel Workloads Archive
//! publishes them.
//!
//! One job per line, 18 blank-separated numbers, −1 for unknown, `;` for header and comments
//! (Chapin et al., "Benchmarks and standards for the evaluation of parallel job schedulers",
//! JSSPP 1999; definition at the archive, version 2.2). Bytes come in, plain or gzipped; files are
//! read elsewhere.
//!
//! Tolerated, because archived logs do it: fractional values, extra blanks and empty lines, CRLF,
//! a byte-order mark, trailing columns left out, comments between jobs and in any encoding.
//! Refused, with line and column: anything else.

mod gzip;
mod selection;

use std::borrow::Cow;

pub use selection::{Arrivals, Selected, Selection, Skip, SkipReason};

/// Bytes that a compressed trace may inflate to by default: several times the largest archived log.
pub const DEFAULT_INFLATED_LIMIT: usize = 512 << 20;

/// Columns that a line must have: up to the processors, without which there is no job.
const REQUIRED_COLUMNS: usize = 5;

/// Largest magnitude taken for a number: beyond any time, size or id in a log, and exact in an f64.
const LARGEST: f64 = 1e15;

/// The 18 columns, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Counter, from 1.
    JobNumber,
    /// Seconds since the start of the log.
    SubmitTime,
    /// Seconds in the queue.
    WaitTime,
    /// Wall-clock seconds it ran.
    RunTime,
    /// Processors it got.
    AllocatedProcessors,
    /// Mean CPU seconds used per processor.
    CpuTime,
    /// Mean memory used per processor, KB.
    UsedMemory,
    /// Processors it asked for.
    RequestedProcessors,
    /// Wall-clock seconds it asked for.
    RequestedTime,
    /// Memory it asked for per processor, KB.
    RequestedMemory,
    /// 1 completed, 0 failed, 5 cancelled, 2–4 parts of a job given elsewhere.
    Status,
    /// User, from 1.
    User,
    /// Group, from 1.
    Group,
    /// Application, from 1.
    Executable,
    /// Queue, from 1; 0 for interactive.
    Queue,
    /// Part of the machine, from 1.
    Partition,
    /// Job it had to wait for.
    PrecedingJob,
    /// Seconds between the end of that job and this submission.
    ThinkTime,
}

impl Column {
    /// All columns, in order.
    pub const ALL: [Self; 18] = [
        Self::JobNumber,
        Self::SubmitTime,
        Self::WaitTime,
        Self::RunTime,
        Self::AllocatedProcessors,
        Self::CpuTime,
        Self::UsedMemory,
        Self::RequestedProcessors,
        Self::RequestedTime,
        Self::RequestedMemory,
        Self::Status,
        Self::User,
        Self::Group,
        Self::Executable,
        Self::Queue,
        Self::Partition,
        Self::PrecedingJob,
        Self::ThinkTime,
    ];

    /// What it holds, in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::JobNumber => "job number",
            Self::SubmitTime => "submit time",
            Self::WaitTime => "wait time",
            Self::RunTime => "run time",
            Self::AllocatedProcessors => "allocated processors",
            Self::CpuTime => "CPU time",
            Self::UsedMemory => "used memory",
            Self::RequestedProcessors => "requested processors",
            Self::RequestedTime => "requested time",
            Self::RequestedMemory => "requested memory",
            Self::Status => "status",
            Self::User => "user",
            Self::Group => "group",
            Self::Executable => "executable",
            Self::Queue => "queue",
            Self::Partition => "partition",
            Self::PrecedingJob => "preceding job",
            Self::ThinkTime => "think time",
        }
    }
}

/// Why a trace cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SwfError {
    /// The compressed stream stops in the middle.
    #[error("the gzipped trace is cut off: it ends before its last block; fetch it again")]
    TruncatedGzip,
    /// The compressed stream is damaged.
    #[error("the gzipped trace is damaged ({reason}); fetch it again")]
    CorruptGzip {
        /// What the decoder said.
        reason: String,
    },
    /// The compressed stream inflates past the limit.
    #[error("the gzipped trace inflates to more than {limit} bytes, the most that is read")]
    TooLarge {
        /// The limit, bytes.
        limit: usize,
    },
    /// A job line that is no text.
    #[error("line {line} of the trace is not text (UTF-8): expected 18 numbers or a comment after `;`")]
    NotText {
        /// Line, from 1.
        line: usize,
    },
    /// A field that is no number.
    #[error(
        "line {line}, column {} ({}) of the trace: expected {expected}, found `{found}`",
        *column as usize + 1,
        column.title()
    )]
    Field {
        /// Line, from 1.
        line: usize,
        /// Which column.
        column: Column,
        /// What belongs there.
        expected: &'static str,
        /// What is there, shortened.
        found: String,
    },
    /// Too few or too many columns.
    #[error("line {line} of the trace has {found} columns: expected 18 numbers, at least the first {REQUIRED_COLUMNS}")]
    Columns {
        /// Line, from 1.
        line: usize,
        /// How many there are.
        found: usize,
    },
    /// The last line breaks off.
    #[error(
        "the trace is cut off: its last line, {line}, has no end and only {found} of {expected} columns; fetch it again"
    )]
    TruncatedLine {
        /// Line, from 1.
        line: usize,
        /// How many columns there are.
        found: usize,
        /// How many the line before has.
        expected: usize,
    },
    /// No job at all.
    #[error("the trace holds no job: expected lines of 18 numbers, as in the Standard Workload Format")]
    Empty,
    /// Nothing usable.
    #[error("none of the {read} jobs of the trace can be used: {reasons}")]
    NothingUsable {
        /// Jobs read.
        read: usize,
        /// Why, with counts.
        reasons: String,
    },
    /// A rescaling that makes no sense.
    #[error("arrivals can be rescaled by a positive, finite number only, not {0}")]
    Rescale(f64),
    /// More jobs than ids.
    #[error("the trace holds more jobs than the {} that a run can number", u32::MAX)]
    TooMany,
}

/// `;` lines of the form `Key: value`, in order. Other comments are kept with an empty key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// (key, value).
    pub fields: Vec<(String, String)>,
}

impl Header {
    /// The first value of a key, any case.
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }

    /// Processors of the machine, if declared: `MaxProcs`, else `MaxNodes`.
    pub fn processors(&self) -> Option<u32> {
        ["MaxProcs", "MaxNodes"].into_iter().find_map(|key| self.get(key)?.split_whitespace().next()?.parse().ok())
    }

    fn add(&mut self, comment: &str) {
        let comment = comment.trim();
        let (key, value) = match comment.split_once(':') {
            Some((key, value)) if !key.contains(char::is_whitespace) => (key, value),
            _ => ("", comment),
        };
        if !comment.is_empty() {
            let field = (key.trim().to_owned(), value.trim().to_owned());
            self.fields.push(field);
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Line it stands on, from 1.
    pub line: usize,
    /// Columns given on that line.
    pub columns: usize,
    values: [f64; 18],
}

impl Record {
    /// A field, or `None` where the log says unknown (any negative number) or leaves it out.
    pub fn get(&self, column: Column) -> Option<f64> {
        let value = self.values[column as usize];
        (value >= 0.0).then_some(value)
    }
}

/// A parsed log.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Header and comments.
    pub header: Header,
    /// Jobs, in the order of the log; at least one.
    pub records: Vec<Record>,
}

impl Trace {
    /// Parses a log, plain or gzipped, with the default limit on the inflated size.
    pub fn parse(bytes: &[u8]) -> Result<Self, SwfError> {
        Self::parse_within(bytes, DEFAULT_INFLATED_LIMIT)
    }

    /// Parses a log that may inflate to at most `limit` bytes.
    pub fn parse_within(bytes: &[u8], limit: usize) -> Result<Self, SwfError> {
        let text = if gzip::is_gzip(bytes) { Cow::Owned(gzip::inflate(bytes, limit)?) } else { Cow::Borrowed(bytes) };
        parse_text(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text))
    }
}

fn parse_text(text: &[u8]) -> Result<Trace, SwfError> {
    let mut header = Header::default();
    let mut records: Vec<Record> = Vec::new();
    for (index, raw) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let line = index + 1;
        let content = raw.trim_ascii();
        if let Some(comment) = content.strip_prefix(b";") {
            header.add(&String::from_utf8_lossy(comment));
        } else if !content.is_empty() {
            let record = parse_line(content, line)?;
            let expected = records.last().map_or(0, |before| before.columns);
            if raw.last() != Some(&b'\n') && record.columns < expected {
                return Err(SwfError::TruncatedLine { line, found: record.columns, expected });
            }
            records.push(record);
        }
    }
    if records.is_empty() {
        return Err(SwfError::Empty);
    }
    Ok(Trace { header, records })
}

fn parse_line(content: &[u8], line: usize) -> Result<Record, SwfError> {
    let text = std::str::from_utf8(content).map_err(|_| SwfError::NotText { line })?;
    if text.contains('\0') {
        return Err(SwfError::NotText { line });
    }
    let mut values = [-1.0; 18];
    let mut columns = 0;
    for field in text.split_whitespace() {
        if let Some(&column) = Column::ALL.get(columns) {
            values[columns] = parse_field(field, line, column)?;
        }
        columns += 1;
    }
    if !(REQUIRED_COLUMNS..=Column::ALL.len()).contains(&columns) {
        let found = columns;
        return Err(SwfError::Columns { line, found });
    }
    Ok(Record { line, columns, values })
}

fn parse_field(field: &str, line: usize, column: Column) -> Result<f64, SwfError> {
    let wrong = |expected| SwfError::Field { line, column, expected, found: field.chars().take(40).collect() };
    // Rust also reads `inf`, `NaN` and `infinity`; a log has digits.
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    let value: f64 = match field.parse() {
        Ok(value) if field.chars().all(numeric) => value,
        _ => return Err(wrong("a number, or -1 if unknown")),
    };
    if value.abs() > LARGEST {
        return Err(wrong("a number of at most 15 digits"));
    }
    Ok(value)
}

#[cfg(test)]
mod tests;

//! The port to a source of readings.

use crate::channel::Channel;

/// A reading. For gauges the source gives its bounds as well, where it has any.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Read {
    /// Counts since the counter's own zero.
    Counter(u64),
    /// Power now or, for a model, since its last reading, watts.
    Watts {
        /// The value.
        value: f64,
        /// Lower bound.
        lo: f64,
        /// Upper bound.
        hi: f64,
    },
}

/// Why there is no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Permission.
    #[error("no permission to read it")]
    Denied,
    /// It is not there (any more).
    #[error("it is not there")]
    Missing,
    /// It is there and has no data now.
    #[error("it has no data now")]
    NoData,
    /// What it says is no number it could say.
    #[error("it says something that is no reading")]
    Malformed,
    /// Another error of the operating system, by number.
    #[error("system error {0}")]
    Io(i32),
}

impl From<&std::io::Error> for ReadError {
    fn from(error: &std::io::Error) -> Self {
        /// ENODATA of Linux.
        const NO_DATA: i32 = 61;
        /// ENODEV of Linux.
        const NO_DEVICE: i32 = 19;
        match (error.kind(), error.raw_os_error()) {
            (std::io::ErrorKind::PermissionDenied, _) => Self::Denied,
            (std::io::ErrorKind::NotFound, _) | (_, Some(NO_DEVICE)) => Self::Missing,
            (_, Some(NO_DATA)) => Self::NoData,
            (_, code) => Self::Io(code.unwrap_or(0)),
        }
    }
}

/// A source of energy or power readings.
pub trait EnergySource: Send {
    /// Its name, for people and provenance.
    fn name(&self) -> &str;

    /// What it reads, in order.
    fn channels(&self) -> &[Channel];

    /// Reads every channel at the given monotonic time, in order; as many results as channels.
    fn read(&mut self, now_ns: u64, out: &mut Vec<Result<Read, ReadError>>);

    /// Tries to open anew what could not be read.
    fn reopen(&mut self) {}
}

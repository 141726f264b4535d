//! A tape of readings: what sources said, as they said it, so that figures can be worked out again elsewhere.
//!
//! Form: JSON, a line each. First the sources with their channels, then each reading of a source (`t` monotonic
//! nanoseconds, `s` the source's number, `r` a count, `[watts, lo, hi]` or an error's name per channel) and notes
//! (`from` and `to`: the window that was measured).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ergon_domain::Provenance;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelKind};
use crate::source::{EnergySource, Read, ReadError};

/// Version of the form.
pub(crate) const VERSION: u32 = 1;

/// Why a tape can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Its contents.
    #[error("line {line}: {what}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// What is wrong with it, and what is expected.
        what: String,
    },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) ergon_energy_recording: u32,
    pub(crate) sources: Vec<SourceForm>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SourceForm {
    pub(crate) name: String,
    pub(crate) channels: Vec<ChannelForm>,
}

/// A channel in writing; a gauge has no counter.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelForm {
    domain: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<CounterForm>,
    update_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_w: Option<f64>,
    provenance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    place: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct CounterForm {
    joule_per_count: f64,
    modulus: u64,
    max_watts: f64,
}

impl From<&Channel> for ChannelForm {
    fn from(channel: &Channel) -> Self {
        let counter = match channel.kind {
            ChannelKind::Counter { joule_per_count, modulus, max_watts } => {
                Some(CounterForm { joule_per_count, modulus, max_watts })
            }
            ChannelKind::Gauge => None,
        };
        Self {
            domain: channel.domain.to_string(),
            counter,
            update_s: channel.update_s,
            idle_w: channel.idle_w,
            provenance: channel.provenance.name().into(),
            source: channel.provenance.source().map(Into::into),
            place: channel.place.clone(),
        }
    }
}

impl ChannelForm {
    /// The channel, as weak as `provenance` or weaker. `None`: its provenance has no such name.
    pub(crate) fn channel(&self, provenance: Provenance) -> Option<Channel> {
        let known = Provenance::from_parts(&self.provenance, self.source.as_deref())?;
        let kind = self.counter.map_or(ChannelKind::Gauge, |c| ChannelKind::Counter {
            joule_per_count: c.joule_per_count,
            modulus: c.modulus.max(1),
            max_watts: c.max_watts,
        });
        Some(Channel {
            domain: self.domain.as_str().into(),
            kind,
            update_s: self.update_s,
            idle_w: self.idle_w,
            provenance: known.max(provenance),
            place: self.place.clone(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    Readings { t: u64, s: usize, r: Vec<ReadingForm> },
    Note { t: u64, note: String },
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum ReadingForm {
    Count(u64),
    Watts([f64; 3]),
    Error(String),
}

const ERRORS: [(&str, ReadError); 4] = [
    ("denied", ReadError::Denied),
    ("missing", ReadError::Missing),
    ("no_data", ReadError::NoData),
    ("malformed", ReadError::Malformed),
];

impl From<&Result<Read, ReadError>> for ReadingForm {
    fn from(reading: &Result<Read, ReadError>) -> Self {
        match reading {
            Ok(Read::Counter(count)) => Self::Count(*count),
            Ok(Read::Watts { value, lo, hi }) => Self::Watts([*value, *lo, *hi]),
            Err(ReadError::Io(code)) => Self::Error(code.to_string()),
            Err(why) => Self::Error(ERRORS.iter().find(|(_, e)| e == why).map_or("no_data", |(name, _)| name).into()),
        }
    }
}

impl From<&ReadingForm> for Result<Read, ReadError> {
    fn from(form: &ReadingForm) -> Self {
        match form {
            ReadingForm::Count(count) => Ok(Read::Counter(*count)),
            ReadingForm::Watts([value, lo, hi]) => Ok(Read::Watts { value: *value, lo: *lo, hi: *hi }),
            ReadingForm::Error(name) => {
                let known = ERRORS.iter().find(|(known, _)| known == name).map(|(_, error)| *error);
                Err(known.or_else(|| name.parse().ok().map(ReadError::Io)).unwrap_or(ReadError::Malformed))
            }
        }
    }
}

struct Out {
    file: BufWriter<File>,
    failed: Option<std::io::Error>,
}

impl Out {
    /// A disk that fails ends the tape, not the measuring.
    fn line(&mut self, line: &impl Serialize) {
        if self.failed.is_some() {
            return;
        }
        let written = serde_json::to_writer(&mut self.file, line).map_err(std::io::Error::from);
        self.failed = written.and_then(|()| self.file.write_all(b"\n")).err();
    }
}

/// A tape that is being written.
pub struct Tape(Arc<Mutex<Out>>);

impl Tape {
    /// Begins a tape of these sources; what comes back reads through to them.
    ///
    /// # Errors
    /// The file can't be made.
    pub fn begin(
        path: &Path,
        sources: Vec<Box<dyn EnergySource>>,
    ) -> Result<(Self, Vec<Box<dyn EnergySource>>), RecordingError> {
        let mut out = Out { file: BufWriter::new(File::create(path)?), failed: None };
        let form = |source: &dyn EnergySource| SourceForm {
            name: source.name().into(),
            channels: source.channels().iter().map(ChannelForm::from).collect(),
        };
        out.line(&Header {
            ergon_energy_recording: VERSION,
            sources: sources.iter().map(|source| form(source.as_ref())).collect(),
        });
        let out = Arc::new(Mutex::new(out));
        let taped = |(number, inner)| Box::new(Taped { inner, number, out: out.clone() }) as Box<dyn EnergySource>;
        let sources = sources.into_iter().enumerate().map(taped).collect();
        Ok((Self(out), sources))
    }

    /// Notes where the measured window begins (`from`) or ends (`to`).
    pub fn note(&self, note: &str, monotonic_ns: u64) {
        lock(&self.0).line(&Line::Note { t: monotonic_ns, note: note.into() });
    }

    /// Ends the tape.
    ///
    /// # Errors
    /// Something of it could not be written.
    pub fn finish(self) -> Result<(), RecordingError> {
        let mut out = lock(&self.0);
        let failed = out.failed.take().or_else(|| out.file.flush().err());
        failed.map_or(Ok(()), |e| Err(e.into()))
    }
}

fn lock(out: &Mutex<Out>) -> std::sync::MutexGuard<'_, Out> {
    out.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A source whose readings go onto a tape as well.
struct Taped {
    inner: Box<dyn EnergySource>,
    number: usize,
    out: Arc<Mutex<Out>>,
}

impl EnergySource for Taped {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn channels(&self) -> &[Channel] {
        self.inner.channels()
    }

    fn read(&mut self, now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        let before = out.len();
        self.inner.read(now_ns, out);
        let readings = out.iter().skip(before).map(ReadingForm::from).collect();
        lock(&self.out).line(&Line::Readings { t: now_ns, s: self.number, r: readings });
    }

    fn reopen(&mut self) {
        self.inner.reopen();
    }
}

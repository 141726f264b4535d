//! Sources that say again what a tape holds, and the figures that come of it. They are derived: nobody knows what
//! happened to the file meanwhile.

use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use ergon_domain::Provenance;

use crate::channel::Channel;
use crate::meter::{DomainFigure, Mark, Meter};
use crate::recording::{Header, Line, RecordingError, VERSION};
use crate::scripted::ScriptedClock;
use crate::source::{EnergySource, Read, ReadError};

/// Rule behind everything that comes of a tape.
const REPLAYED: &str = "replay of a recording";

/// A source on a tape.
struct ReplaySource {
    name: String,
    channels: Vec<Channel>,
    readings: VecDeque<(u64, Vec<Result<Read, ReadError>>)>,
}

impl EnergySource for ReplaySource {
    fn name(&self) -> &str {
        &self.name
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        while self.readings.front().is_some_and(|(t, _)| *t < now_ns) {
            self.readings.pop_front();
        }
        match self.readings.front() {
            Some((t, readings)) if *t == now_ns => out.extend(readings),
            _ => out.extend(self.channels.iter().map(|_| Err(ReadError::NoData))),
        }
    }
}

/// A tape that has been read.
pub struct Replay {
    sources: Vec<ReplaySource>,
    times: BTreeSet<u64>,
    window: (Option<u64>, Option<u64>),
}

/// What came of a tape.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// Energy of the window that was measured, by domain.
    pub parts: Vec<DomainFigure>,
    /// Seconds.
    pub duration_s: f64,
    /// Readings of all sources together.
    pub readings: u64,
}

impl Replay {
    /// Reads a tape.
    ///
    /// # Errors
    /// The file can't be read; a line of it is no line of a tape.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let mut lines = BufReader::new(File::open(path)?).lines().enumerate();
        let wrong = |line: usize, what: String| RecordingError::Form { line: line + 1, what };
        let first = lines.next().map(|(_, line)| line).transpose()?.unwrap_or_default();
        let header: Header = serde_json::from_str(&first)
            .map_err(|e| wrong(0, format!("{e}; expected what ergon energy record --readings wrote")))?;
        if header.ergon_energy_recording != VERSION {
            let what = format!("recording of version {}; expected {VERSION}", header.ergon_energy_recording);
            return Err(wrong(0, what));
        }
        let mut sources = Vec::new();
        for source in header.sources {
            let derived = || Provenance::Derived(REPLAYED.into());
            let channels: Option<Vec<Channel>> = source.channels.iter().map(|c| c.channel(derived())).collect();
            let channels = channels.ok_or_else(|| {
                wrong(0, "a channel's provenance; expected measured, derived, estimated or simulated".into())
            })?;
            sources.push(ReplaySource { name: source.name, channels, readings: VecDeque::new() });
        }
        let mut replay = Self { sources, times: BTreeSet::new(), window: (None, None) };
        for (number, line) in lines {
            let line: Line = serde_json::from_str(&line?).map_err(|e| wrong(number, e.to_string()))?;
            replay.take(line).map_err(|what| wrong(number, what))?;
        }
        Ok(replay)
    }

    fn take(&mut self, line: Line) -> Result<(), String> {
        match line {
            Line::Note { t, note } => match note.as_str() {
                "from" => self.window.0 = Some(t),
                "to" => self.window.1 = Some(t),
                _ => return Err(format!("note '{note}'; expected from or to")),
            },
            Line::Readings { t, s, r } => {
                let known = self.sources.len();
                let source = self.sources.get_mut(s).ok_or_else(|| format!("source {s} of {known}"))?;
                if r.len() != source.channels.len() {
                    return Err(format!("{} readings of {} channels", r.len(), source.channels.len()));
                }
                if source.readings.back().is_some_and(|(last, _)| *last > t) {
                    return Err("time runs backwards".into());
                }
                source.readings.push_back((t, r.iter().map(Into::into).collect()));
                self.times.insert(t);
            }
        }
        Ok(())
    }

    /// Works out what it comes to. `None`: it holds no two readings.
    pub fn play(self) -> Option<Replayed> {
        let readings = self.sources.iter().map(|source| source.readings.len() as u64).sum();
        let (from, to) = self.window;
        let clock = ScriptedClock::default();
        // A note tells the middle of a reading whose beginning is on the tape.
        let mut times = self.times.into_iter().take_while(|at| to.is_none_or(|to| *at <= to));
        clock.advance(times.next()?);
        let sources = self.sources.into_iter().map(|source| Box::new(source) as Box<dyn EnergySource>).collect();
        let meter = Meter::new(sources, Arc::new(clock.clone()));
        let mut first: Mark = meter.mark();
        let mut last = first.clone();
        for at in times {
            clock.advance(at - last.monotonic_ns);
            last = meter.mark();
            if from.is_some_and(|from| at <= from) {
                first = last.clone();
            }
        }
        (last.monotonic_ns > first.monotonic_ns).then(|| Replayed {
            parts: meter.between(&first, &last),
            duration_s: last.since_s(&first),
            readings,
        })
    }
}

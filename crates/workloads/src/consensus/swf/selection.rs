//! From the lines of a log to jobs that can be run, with an account of every line left out.

use std::collections::BTreeMap;
use std::fmt;

use super::super::job::{Domain, Job, nanoseconds};
use super::{Column, Record, SwfError, Trace};

/// When the chosen jobs arrive.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Arrivals {
    /// As logged.
    #[default]
    AsLogged,
    /// All times between arrivals multiplied by this.
    Stretched(f64),
    /// All times between arrivals multiplied so that the mean rate becomes this many jobs per hour
    /// (from the first to the last arrival).
    PerHour(f64),
}

/// Which jobs of a log are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Selection {
    /// Only the first this many usable jobs, in the order of the log.
    pub first: Option<usize>,
    /// Leave out jobs with more processors than this.
    pub widest: Option<u32>,
    /// When they arrive.
    pub arrivals: Arrivals,
}

/// Why a line is no job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Run time unknown (−1).
    NoRunTime,
    /// Cancelled before it started.
    NeverStarted,
    /// Neither allocated nor requested processors are known.
    NoProcessors,
    /// Submit time unknown.
    NoSubmitTime,
    /// Status 2–4: a part of a job that the log gives whole elsewhere.
    PartOfAJob,
    /// More processors than the widest wanted.
    TooWide,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NoRunTime => "without a run time",
            Self::NeverStarted => "cancelled before they started",
            Self::NoProcessors => "without processors",
            Self::NoSubmitTime => "without a submit time",
            Self::PartOfAJob => "only part of a job given elsewhere",
            Self::TooWide => "wider than the machine",
        })
    }
}

/// A line left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Line in the log, from 1.
    pub line: usize,
    /// Why.
    pub reason: SkipReason,
}

/// The jobs chosen, and what was done to get them.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// In order of arrival, ids from 1, the first arrival at time 0. They ask for cores and, where
    /// the log knows it, memory; they are of the compute domain.
    pub jobs: Vec<Job>,
    /// Line of each job in the log, from 1.
    pub lines: Vec<usize>,
    /// Lines read until the selection was full.
    pub read: usize,
    /// Lines left out, in order.
    pub skipped: Vec<Skip>,
    /// Jobs without a requested time: their run time stands for it.
    pub estimates_missing: usize,
    /// Jobs that ran past their requested time: it was raised to their run time.
    pub estimates_raised: usize,
    /// Jobs whose memory is unknown: they ask for none.
    pub memory_unknown: usize,
    /// Lines with fewer than 18 columns: the rest counts as unknown.
    pub short_lines: usize,
}

impl Trace {
    /// The usable jobs.
    ///
    /// Processors are the allocated, else the requested; memory the requested, else the used, times
    /// processors. Failed and cancelled jobs that ran held the machine and are kept.
    pub fn select(&self, selection: &Selection) -> Result<Selected, SwfError> {
        let mut selected = Selected {
            jobs: Vec::new(),
            lines: Vec::new(),
            read: 0,
            skipped: Vec::new(),
            estimates_missing: 0,
            estimates_raised: 0,
            memory_unknown: 0,
            short_lines: 0,
        };
        let wanted = selection.first.unwrap_or(usize::MAX);
        let mut usable: Vec<(Job, usize)> = Vec::new();
        for record in &self.records {
            if usable.len() >= wanted {
                break;
            }
            selected.read += 1;
            selected.short_lines += usize::from(record.columns < Column::ALL.len());
            match selected.job(record, selection.widest) {
                Ok(job) => usable.push((job, record.line)),
                Err(reason) => selected.skipped.push(Skip { line: record.line, reason }),
            }
        }
        if usable.is_empty() {
            return Err(SwfError::NothingUsable { read: selected.read, reasons: selected.reasons() });
        }
        // Logs are sorted by submission, most of them.
        usable.sort_by_key(|(job, _)| job.submit_ns);
        (selected.jobs, selected.lines) = usable.into_iter().unzip();
        number(&mut selected.jobs)?;
        arrive(&mut selected.jobs, selection.arrivals)?;
        Ok(selected)
    }
}

impl Selected {
    fn job(&mut self, record: &Record, widest: Option<u32>) -> Result<Job, SkipReason> {
        let status = record.get(Column::Status);
        if status.is_some_and(|status| (2.0..=4.0).contains(&status)) {
            return Err(SkipReason::PartOfAJob);
        }
        let submit_s = record.get(Column::SubmitTime).ok_or(SkipReason::NoSubmitTime)?;
        let cancelled = status == Some(5.0);
        let run_s = match record.get(Column::RunTime) {
            Some(run_s) if cancelled && run_s == 0.0 => return Err(SkipReason::NeverStarted),
            Some(run_s) => run_s,
            None if cancelled => return Err(SkipReason::NeverStarted),
            None => return Err(SkipReason::NoRunTime),
        };
        let processors = [Column::AllocatedProcessors, Column::RequestedProcessors]
            .into_iter()
            .filter_map(|column| record.get(column))
            .find(|&processors| processors > 0.0)
            .ok_or(SkipReason::NoProcessors)?;
        // `as` saturates.
        let cores = libm::ceil(processors) as u32;
        if widest.is_some_and(|widest| cores > widest) {
            return Err(SkipReason::TooWide);
        }
        let requested_s = record.get(Column::RequestedTime).filter(|&s| s > 0.0);
        self.estimates_missing += usize::from(requested_s.is_none());
        self.estimates_raised += usize::from(requested_s.is_some_and(|s| s < run_s));
        let memory_kb = [Column::RequestedMemory, Column::UsedMemory]
            .into_iter()
            .filter_map(|column| record.get(column))
            .find(|&memory_kb| memory_kb > 0.0);
        self.memory_unknown += usize::from(memory_kb.is_none());
        Ok(Job {
            // The format counts KB of 1,024 bytes.
            memory_gb: memory_kb.unwrap_or(0.0) * 1_024.0 * f64::from(cores) / 1e9,
            domain: Domain::Compute,
            ..Job::of_cores(
                0,
                nanoseconds(submit_s),
                nanoseconds(run_s),
                nanoseconds(requested_s.unwrap_or(run_s).max(run_s)),
                cores,
            )
        })
    }

    fn reasons(&self) -> String {
        let mut counts: BTreeMap<SkipReason, usize> = BTreeMap::new();
        for skip in &self.skipped {
            *counts.entry(skip.reason).or_default() += 1;
        }
        let parts: Vec<String> = counts.iter().map(|(why, n)| format!("{n} {why}")).collect();
        parts.join(", ")
    }
}

/// The account a user reads: what was kept, skipped and assumed.
impl fmt::Display for Selected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} jobs kept of {} read", self.jobs.len(), self.read)?;
        if !self.skipped.is_empty() {
            write!(out, "; skipped: {}", self.reasons())?;
        }
        for (count, what) in [
            (self.estimates_missing, "without a requested time (run time taken)"),
            (self.estimates_raised, "ran past their requested time (raised to run time)"),
            (self.memory_unknown, "of unknown memory"),
            (self.short_lines, "lines of fewer than 18 columns"),
        ] {
            if count > 0 {
                write!(out, "; {count} {what}")?;
            }
        }
        Ok(())
    }
}

fn number(jobs: &mut [Job]) -> Result<(), SwfError> {
    for (index, job) in jobs.iter_mut().enumerate() {
        job.id = u32::try_from(index + 1).map_err(|_| SwfError::TooMany)?;
    }
    Ok(())
}

/// Shifts the first arrival to 0 and rescales the rest.
fn arrive(jobs: &mut [Job], arrivals: Arrivals) -> Result<(), SwfError> {
    let first = jobs.first().map_or(0, |job| job.submit_ns);
    let span_ns = jobs.last().map_or(0, |job| job.submit_ns - first);
    let asked = match arrivals {
        Arrivals::AsLogged => 1.0,
        Arrivals::Stretched(by) | Arrivals::PerHour(by) => by,
    };
    if !(asked.is_finite() && asked > 0.0) {
        return Err(SwfError::Rescale(asked));
    }
    let stretch = match arrivals {
        Arrivals::PerHour(rate) if span_ns > 0 => {
            let gaps = jobs.len() as f64 - 1.0;
            gaps / rate * nanoseconds(3_600.0) as f64 / span_ns as f64
        }
        // All at once: no factor makes a rate of it.
        Arrivals::PerHour(_) | Arrivals::AsLogged => 1.0,
        Arrivals::Stretched(by) => by,
    };
    for job in jobs {
        job.submit_ns -= first;
        if stretch != 1.0 {
            job.submit_ns = libm::round(job.submit_ns as f64 * stretch) as u64;
        }
    }
    Ok(())
}

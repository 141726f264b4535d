//! A file that shows one counter, kept open and read with `pread`.
//!
//! The kernel shows such a file whole. What stands in for one may be rewritten under its reader: truncated and written
//! again, overwritten digit by digit, or replaced under its name; none of that is a reading.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::time::Duration;

use crate::accumulator::MARGIN;
use crate::source::ReadError;

/// Longest text of a counter.
const TEXT: usize = 64;
/// A reading that can't be right is made anew: twice at once and, where a file that could be read shows no number now
/// (who truncated it was stopped before writing), after these pauses.
const AGAIN: [Duration; 8] = [
    Duration::ZERO,
    Duration::ZERO,
    Duration::from_micros(100),
    Duration::from_micros(300),
    Duration::from_millis(1),
    Duration::from_millis(3),
    Duration::from_millis(10),
    Duration::from_millis(30),
];
/// What is under the path is looked at no more often, nanoseconds: it costs as much as several readings.
const LOOK_NS: u64 = 10_000_000;

/// The file, open where it could be opened.
pub(crate) struct Counter {
    path: PathBuf,
    file: Option<File>,
    /// Most counts in a second.
    fastest: f64,
    /// When it was read last, and what it said.
    last: Option<(u64, u64)>,
    looked_ns: u64,
    /// Whether the last reading was one.
    readable: bool,
}

impl Counter {
    /// A counter that grows by at most `fastest` a second.
    pub(crate) fn new(path: PathBuf, fastest: f64) -> Self {
        let file = File::open(&path).ok();
        Self { path, file, fastest, last: None, looked_ns: 0, readable: true }
    }

    /// Reads it at a monotonic time.
    pub(crate) fn read(&mut self, now_ns: u64) -> Result<u64, ReadError> {
        let mut read = self.once();
        // Standing still is rare: a sensor moves every millisecond.
        if self.last.is_some_and(|(_, last)| read == Ok(last)) && self.replaced(now_ns) {
            self.file = None;
            read = self.once();
        }
        let read = self.settle(now_ns, read, Self::once);
        self.readable = read.is_ok();
        if let Ok(raw) = read {
            self.last = Some((now_ns, raw));
        }
        read
    }

    /// A reading, made anew while it can't be right.
    fn settle(
        &mut self,
        now_ns: u64,
        first: Result<u64, ReadError>,
        mut once: impl FnMut(&mut Self) -> Result<u64, ReadError>,
    ) -> Result<u64, ReadError> {
        let mut read = first;
        for pause in AGAIN {
            if self.believable(now_ns, read) || (!pause.is_zero() && (read.is_ok() || !self.readable)) {
                break;
            }
            if !pause.is_zero() {
                // Who rewrites it may be waiting for this very core.
                std::thread::sleep(pause);
            }
            let again = once(self);
            // Twice the same number is what it says: it has wrapped, started over, or is broken.
            let settled = again.is_ok() && again == read;
            read = again;
            if settled {
                break;
            }
        }
        read
    }

    /// Opens it anew where it can't be read.
    pub(crate) fn reopen_broken(&mut self) {
        if self.once().is_err() {
            self.file = File::open(&self.path).ok();
        }
    }

    fn once(&mut self) -> Result<u64, ReadError> {
        let file = match &mut self.file {
            Some(file) => file,
            closed => closed.insert(File::open(&self.path).map_err(|e| ReadError::from(&e))?),
        };
        number(file)
    }

    /// Not lower than before, and not higher than it can have grown meanwhile.
    fn believable(&self, now_ns: u64, read: Result<u64, ReadError>) -> bool {
        match (read, self.last) {
            (Ok(raw), Some((last_ns, last))) => {
                let elapsed_s = now_ns.saturating_sub(last_ns) as f64 * 1e-9;
                raw >= last && (raw - last) as f64 <= MARGIN * self.fastest * elapsed_s + 1.0
            }
            (Ok(_), None) => true,
            (Err(why), _) => !matches!(why, ReadError::NoData | ReadError::Malformed),
        }
    }

    /// Whether another file has taken its place: a descriptor goes on showing the old one for ever.
    fn replaced(&mut self, now_ns: u64) -> bool {
        let Some(file) = &self.file else { return false };
        let Ok(own) = file.metadata() else { return true };
        // Each time: one that was renamed over is stale from that moment on.
        if own.nlink() == 0 {
            return true;
        }
        if now_ns.saturating_sub(self.looked_ns) < LOOK_NS {
            return false;
        }
        self.looked_ns = now_ns;
        fs::metadata(&self.path).is_ok_and(|named| (named.dev(), named.ino()) != (own.dev(), own.ino()))
    }
}

/// A whole file that is one number.
fn number(file: &File) -> Result<u64, ReadError> {
    let mut text = [0_u8; TEXT];
    let length = file.read_at(&mut text, 0).map_err(|e| ReadError::from(&e))?;
    if length == 0 {
        return Err(ReadError::NoData);
    }
    let digits = text[..length].trim_ascii();
    let grown = digits.iter().try_fold(0_u64, |number, digit| match digit {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    });
    grown.filter(|_| !digits.is_empty()).ok_or(ReadError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A counter of at most 100 W in microjoules, read every 100 ms.
    struct Read(tempfile::TempDir, Counter, u64);

    impl Read {
        fn of(text: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("energy_uj"), text).unwrap();
            let counter = Counter::new(folder.path().join("energy_uj"), 100e6);
            Self(folder, counter, 0)
        }
        fn path(&self) -> PathBuf {
            self.0.path().join("energy_uj")
        }
        fn next(&mut self) -> Result<u64, ReadError> {
            self.2 += 100_000_000;
            self.1.read(self.2)
        }
    }

    #[test]
    fn a_file_that_was_renamed_over_or_away_is_opened_anew() {
        let mut read = Read::of("5\n");
        assert_eq!(read.next(), Ok(5));
        let other = read.0.path().join("other");
        fs::write(&other, "77\n").unwrap();
        fs::rename(&other, read.path()).unwrap();
        assert_eq!(read.next(), Ok(77));
        fs::rename(read.path(), &other).unwrap();
        fs::write(read.path(), "99\n").unwrap();
        assert_eq!(read.next(), Ok(99), "the old file still has a name, another one");
    }

    #[test]
    fn a_reading_amid_a_rewrite_is_made_anew() {
        const EMPTY: Result<u64, ReadError> = Err(ReadError::NoData);
        const ODD: Result<u64, ReadError> = Err(ReadError::Malformed);
        for (amid, then, said, left) in [
            // What is read first, what is read after that, what it comes to, how many readings were not needed.
            (EMPTY, vec![Ok(1_999), Ok(7)], Ok(1_999), 1),
            (ODD, vec![EMPTY, Ok(2_000), Ok(7)], Ok(2_000), 1),
            (EMPTY, vec![EMPTY, EMPTY, EMPTY, Ok(2_000)], Ok(2_000), 0),
            (EMPTY, vec![EMPTY; 9], EMPTY, 1),
            // Half old and half new: lower than before, or more than it can have drawn.
            (Ok(1_099), vec![Ok(2_000), Ok(7)], Ok(2_000), 1),
            (Ok(1_999_000_000), vec![Ok(2_000), Ok(7)], Ok(2_000), 1),
            // Right at once; and lower for good, as after a wrap.
            (Ok(2_000), vec![Ok(7)], Ok(2_000), 1),
            (Ok(12), vec![Ok(12), Ok(7)], Ok(12), 1),
        ] {
            let mut read = Read::of("1999");
            read.next().unwrap();
            let mut then = then.into_iter();
            let found = read.1.settle(200_000_000, amid, |_| then.next().unwrap());
            assert_eq!((found, then.len()), (said, left), "{amid:?}");
        }
    }

    #[test]
    fn what_stays_empty_odd_or_lower_is_said_at_once_and_stays_cheap() {
        let mut read = Read::of("900");
        read.next().unwrap();
        for (text, said) in [("12", Ok(12)), ("", Err(ReadError::NoData)), ("abc", Err(ReadError::Malformed))] {
            fs::write(read.path(), text).unwrap();
            assert_eq!([read.next(), read.next()], [said; 2]);
            let mut again = 0;
            let mut once = |_: &mut Counter| {
                again += 1;
                said
            };
            let found = read.1.settle(read.2, said, &mut once);
            assert!(found == said && again <= 2, "no pauses for what has been broken before: {again}");
        }
        fs::remove_file(read.path()).unwrap();
        read.1.reopen_broken();
        assert_eq!(read.next(), Err(ReadError::Missing));
    }
}

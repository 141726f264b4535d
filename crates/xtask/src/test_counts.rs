//! Adding up the closing lines of the many test binaries that one `cargo test` runs.

use std::fmt::{self, Display};
use std::io::{self, BufRead, Write};

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TestCounts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl TestCounts {
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Adds a line like `test result: ok. 3 passed; 0 failed; 1 ignored; …`; any other line changes nothing.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.trim_end().strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split("; ") {
            let Some((number, word)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Passes everything on as it comes (a test may print bytes that are no UTF-8) and counts on the way.
    pub(crate) fn tee(&mut self, mut from: impl BufRead, mut to: impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line)? > 0 {
            to.write_all(&line)?;
            self.add_line(&String::from_utf8_lossy(&line));
            line.clear();
        }
        to.flush()
    }
}

impl std::ops::AddAssign for TestCounts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl Display for TestCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} skipped", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_add_up_and_the_rest_passes_through() {
        let output = b"running 4 tests\ntest a ... ok\n\xff\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
            no newline at the end: test result: ok. 9 passed";
        let mut counts = TestCounts::default();
        let mut passed_on = Vec::new();
        counts.tee(&output[..], &mut passed_on).unwrap();
        assert_eq!(passed_on, output);
        assert_eq!(counts, TestCounts { passed: 4, failed: 2, ignored: 1 });
        assert_eq!(counts.to_string(), "4 passed, 2 failed, 1 skipped");
    }
}

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::job::SECOND_NS;
use super::*;

const SMALL: &str = "\
; Version: 2.2
;   MaxProcs:  240
; Note: a colon: inside
; no key here
;
  1   0  10   30   2 -1 -1  2   60 -1 1 1 1 1 -1 -1 -1 -1
  2  15  -1   -1   4 -1 -1  4  100 -1 5 1 1 1 -1 -1 -1 -1
  3  20   0 12.5   0 -1 -1  8   -1 -1 0 1 1 1 -1 -1 -1 -1

  4  25   0   40   3 -1 -1 -1   20 -1 1 1 1 1 -1 -1 -1 -1
  5  26   0   -1   3 -1 -1 -1   20 -1 -1 1 1 1 -1 -1 -1 -1
  6  27   0    9  -1 -1 -1  0   20 -1 1 1 1 1 -1 -1 -1 -1
  7  28   0    9   1 -1 -1  1   20 -1 3 1 1 1 -1 -1 -1 -1
";

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn all(text: &str) -> Selected {
    let trace = Trace::parse(text.as_bytes()).unwrap();
    trace.select(&Selection::default()).unwrap()
}

fn error(bytes: &[u8]) -> String {
    Trace::parse(bytes).unwrap_err().to_string()
}

#[test]
fn header_fields_are_kept() {
    let header = Trace::parse(SMALL.as_bytes()).unwrap().header;
    assert_eq!(header.processors(), Some(240));
    assert_eq!(header.get("note"), Some("a colon: inside"));
    assert_eq!(header.fields.last().unwrap().1, "no key here");
    assert_eq!(header.get("MaxNodes"), None);
}

#[test]
fn usable_jobs_are_kept_and_the_rest_is_accounted_for() {
    let selected = all(SMALL);
    let brief: Vec<_> = selected.jobs.iter().map(|j| (j.id, j.submit_ns, j.run_ns, j.requested_ns, j.cores)).collect();
    let s = SECOND_NS;
    assert_eq!(
        brief,
        [(1, 0, 30 * s, 60 * s, 2), (2, 20 * s, 12_500_000_000, 12_500_000_000, 8), (3, 25 * s, 40 * s, 40 * s, 3),]
    );
    assert_eq!(selected.lines, [6, 8, 10]);
    let skipped: Vec<_> = selected.skipped.iter().map(|s| (s.line, s.reason)).collect();
    assert_eq!(
        skipped,
        [
            (7, SkipReason::NeverStarted),
            (11, SkipReason::NoRunTime),
            (12, SkipReason::NoProcessors),
            (13, SkipReason::PartOfAJob),
        ]
    );
    assert_eq!(
        selected.to_string(),
        "3 jobs kept of 7 read; skipped: 1 without a run time, 1 cancelled before they started, \
         1 without processors, 1 only part of a job given elsewhere; \
         1 without a requested time (run time taken); \
         1 ran past their requested time (raised to run time); 3 of unknown memory"
    );
}

#[test]
fn gzip_is_told_by_its_magic_and_reads_the_same() {
    let plain = Trace::parse(SMALL.as_bytes()).unwrap();
    assert_eq!(Trace::parse(&gzipped(SMALL.as_bytes())).unwrap(), plain);
    let (a, b) = SMALL.split_at(SMALL.find("  3  20").unwrap());
    let members = [gzipped(a.as_bytes()), gzipped(b.as_bytes())].concat();
    assert_eq!(Trace::parse(&members).unwrap(), plain);
}

#[test]
fn quirks_of_archived_logs_are_tolerated() {
    let quirky = "\u{feff}; Computer: X\r\n\t1  0 1 2.5   3.0\r\n\r\n 2 1e1 -1 +4 2 -1\r\n;end";
    let selected = all(quirky);
    assert_eq!(selected.jobs[0].run_ns, 2_500_000_000);
    assert_eq!(selected.jobs[1].submit_ns, 10 * SECOND_NS);
    assert_eq!(selected.short_lines, 2);
    let latin1 = b"; Installation: Ume\xe5\n1 0 0 5 1\n";
    let trace = Trace::parse(latin1).unwrap();
    assert_eq!(trace.header.get("Installation"), Some("Ume\u{fffd}"));
}

#[test]
fn a_log_out_of_order_is_sorted_stably() {
    let selected = all("1 50 0 5 1\n2 10 0 6 1\n3 50 0 7 1\n4 10 0 8 1\n");
    assert_eq!(selected.lines, [2, 4, 1, 3]);
    assert_eq!(selected.jobs[2].submit_ns, 40 * SECOND_NS);
}

#[test]
fn memory_is_per_processor_in_kibibytes() {
    let selected = all("1 0 0 5 4 -1 2000 4 9 1000000 1\n2 0 0 5 4 -1 2000 4 9 -1 1\n");
    assert!((selected.jobs[0].memory_gb - 4.096).abs() < 1e-12);
    assert!((selected.jobs[1].memory_gb - 0.008192).abs() < 1e-12);
    assert_eq!(selected.memory_unknown, 0);
}

#[test]
fn the_first_n_and_the_widest_are_honoured() {
    let trace = Trace::parse(SMALL.as_bytes()).unwrap();
    let selection = Selection { first: Some(2), widest: Some(3), ..Selection::default() };
    let selected = trace.select(&selection).unwrap();
    assert_eq!(selected.lines, [6, 10]);
    assert_eq!(selected.skipped.len(), 2);
    assert_eq!(selected.read, 4, "the rest is not looked at");
    let nothing = Selection { first: Some(0), ..Selection::default() };
    assert!(trace.select(&nothing).is_err());
}

#[test]
fn arrivals_can_be_rescaled() {
    let trace = Trace::parse(SMALL.as_bytes()).unwrap();
    let submits = |arrivals| -> Vec<f64> {
        let selection = Selection { arrivals, ..Selection::default() };
        let jobs = trace.select(&selection).unwrap().jobs;
        jobs.iter().map(|j| j.submit_ns as f64 / 1e9).collect()
    };
    assert_eq!(submits(Arrivals::Stretched(0.5)), [0.0, 10.0, 12.5]);
    // Two gaps at 720 jobs/h: 10 s.
    assert_eq!(submits(Arrivals::PerHour(720.0)), [0.0, 8.0, 10.0]);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let selection = Selection { arrivals: Arrivals::PerHour(bad), ..Selection::default() };
        assert!(matches!(trace.select(&selection), Err(SwfError::Rescale(_))));
    }
}

#[test]
fn wrong_fields_are_named_with_line_and_column() {
    assert_eq!(
        error(b"1 0 0 5 1\n2 0 0 five 1\n"),
        "line 2, column 4 (run time) of the trace: expected a number, or -1 if unknown, found `five`"
    );
    assert_eq!(
        error(b"1 0 0 5 1 2 inf\n"),
        "line 1, column 7 (used memory) of the trace: expected a number, or -1 if unknown, found `inf`"
    );
    assert!(error(b"1 99999999999999999 0 5 1\n").contains("at most 15 digits"));
    assert!(error(b"1 0 0 5\n").starts_with("line 1 of the trace has 4 columns"));
    assert!(error([b"1 ".repeat(19), b"\n".to_vec()].concat().as_slice()).contains("19 columns"));
}

#[test]
fn damage_is_recognised_for_what_it_is() {
    let whole = gzipped(SMALL.repeat(50).as_bytes());
    for cut in [10, whole.len() / 2, whole.len() - 1] {
        assert_eq!(Trace::parse(&whole[..cut]), Err(SwfError::TruncatedGzip));
    }
    let mut flipped = whole.clone();
    let crc = whole.len() - 6;
    flipped[crc] ^= 0xff;
    assert!(error(&flipped).contains("damaged"));
    let cut_line = &SMALL.as_bytes()[..SMALL.len() - 20];
    assert!(error(cut_line).starts_with("the trace is cut off: its last line, 13"));
    assert!(error(b"1 0 0 5 1\n\xff\xfe 3\n").starts_with("line 2 of the trace is not text"));
    assert!(error(b"1\0 \x000\0").contains("not text"));
    for nothing in ["", "\n\n", "; MaxProcs: 4\n;\n"] {
        assert_eq!(Trace::parse(nothing.as_bytes()), Err(SwfError::Empty));
    }
    let unusable = Trace::parse(b"1 0 0 -1 4\n2 0 0 5 0\n").unwrap();
    assert_eq!(
        unusable.select(&Selection::default()).unwrap_err().to_string(),
        "none of the 2 jobs of the trace can be used: 1 without a run time, 1 without processors"
    );
}

#[test]
fn a_decompression_bomb_stops_at_the_limit() {
    let bomb = gzipped(&vec![b' '; 20 << 20]);
    assert!(bomb.len() < 40_000);
    let refused = Trace::parse_within(&bomb, 1 << 20);
    assert_eq!(refused, Err(SwfError::TooLarge { limit: 1 << 20 }));
    let exact = gzipped(SMALL.as_bytes());
    assert!(Trace::parse_within(&exact, SMALL.len()).is_ok());
    assert!(Trace::parse_within(&exact, SMALL.len() - 1).is_err());
}

#[test]
fn no_bytes_make_it_panic() {
    use crate::draw::below;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let sources = [SMALL.as_bytes().to_vec(), gzipped(SMALL.as_bytes())];
    for round in 0..4_000 {
        let mut bytes = sources[round % 2].clone();
        for _ in 0..=below(&mut rng, 6) {
            let at = below(&mut rng, bytes.len() as u64) as usize;
            bytes[at] = below(&mut rng, 256) as u8;
        }
        bytes.truncate(1 + below(&mut rng, bytes.len() as u64) as usize);
        if let Ok(trace) = Trace::parse(&bytes) {
            let _ = trace.select(&Selection::default());
        }
    }
}

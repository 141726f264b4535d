//! Reads the kernel's power counters for whoever started it, over a pipe; `ergon_energy::serve_perf_probe` says how.
//!
//! Belongs here: nothing more. It is what `setcap cap_perfmon=ep` is for, so it takes no argument and opens no path of
//! anybody's choice.

use std::io::{stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    match ergon_energy::serve_perf_probe(stdin().lock(), &mut stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Who asked is gone.
        Err(_) => ExitCode::FAILURE,
    }
}

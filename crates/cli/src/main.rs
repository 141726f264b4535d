//! The `ergon` command: parse, call one operation of `app`, show the reply. Nothing here decides anything.

mod args;
mod energy;
mod models;
mod output;
mod progress;
mod run;
mod scenario;
mod scramble;
mod show;
mod statistics;

use std::process::ExitCode;

use clap::Parser;
use ergon_app::{App, AppError, AppOptions, ErrorKind};

use args::Cli;
use output::Output;

/// Done; the operation failed; wrong usage or invalid input; some runs failed; stopped by a budget; interrupted.
pub(crate) const FAILED: u8 = 1;
pub(crate) const INVALID: u8 = 2;
pub(crate) const SOME_RUNS_FAILED: u8 = 3;
pub(crate) const BUDGET: u8 = 4;
pub(crate) const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = Output::new(&cli.general);
    log_to_stderr(cli.general.verbose, output.color);
    match go(cli, output) {
        Ok(code) => ExitCode::from(code),
        Err(error) => match error.downcast::<AppError>() {
            Ok(error) => {
                output.error(&error);
                ExitCode::from(match error.kind {
                    ErrorKind::Input => INVALID,
                    ErrorKind::Operation => FAILED,
                })
            }
            Err(error) => {
                output.error(&AppError::operation("io", format!("{error:#}")));
                ExitCode::from(FAILED)
            }
        },
    }
}

/// Help and version are no errors; wrong usage is one, and with `--json` a document too.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    let wrong = error.use_stderr();
    if wrong && std::env::args().any(|a| a == "--json") {
        let message = error.to_string();
        let message = message.trim_start_matches("error: ").trim_end();
        println!("{}", serde_json::json!({ "error": { "code": "usage", "message": message, "field": null } }));
    }
    ExitCode::from(if wrong { INVALID } else { 0 })
}

fn go(cli: Cli, output: Output) -> anyhow::Result<u8> {
    let app =
        App::new(AppOptions { store: cli.general.store, env_file: cli.general.env_file, ..AppOptions::default() })?;
    let runtimes = app.runtimes();
    runtimes.io().block_on(async {
        let done = show::command(&app, cli.command, output).await;
        app.close().await;
        done
    })
}

fn log_to_stderr(verbose: u8, color: bool) {
    use tracing_subscriber::filter::LevelFilter;
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(level).with_ansi(color).with_writer(std::io::stderr).init();
}

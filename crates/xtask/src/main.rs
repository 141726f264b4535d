//! `cargo xtask …`: what one does with this repository rather than with Ergon.
//!
//! Belongs here: the demo, the whole test run, the benchmarks, the check of the layers, the package, and installing what
//! those need.
//! Doesn't belong here: anything a user of Ergon would want (that is `app` and `cli`), and heavy dependencies: this
//! crate is built before everything else, so each second it compiles is paid by every newcomer and every CI run. That
//! is why its few arguments are read by hand.

mod arguments;
mod bench;
mod changes;
mod command;
mod debian;
mod demo;
mod engines;
mod fresh_root;
mod install;
mod keychain;
mod layers;
mod metadata;
mod node;
mod page;
mod stages;
mod test;
mod test_counts;
mod window;

use std::process::ExitCode;

use arguments::Task;

fn main() -> ExitCode {
    let outcome = match arguments::parse(std::env::args().skip(1)) {
        Ok(Task::Help) => {
            print!("{}", arguments::HELP);
            Ok(())
        }
        Ok(Task::Demo { folder }) => demo::run(folder.as_deref()),
        Ok(Task::Test { all }) => test::run(all),
        Ok(Task::Bench { filter }) => bench::run(filter.as_deref()),
        Ok(Task::Window) => window::flows(),
        Ok(Task::Bindings) => window::bindings(),
        Ok(Task::Release) => window::release(),
        Ok(Task::Layers) => layers::run(),
        Err(wrong) => {
            eprintln!("error: {wrong}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! A process that runs a GGUF file with llama.cpp, for Ergon's provider `gguf`.
//!
//! In a process of its own, because a crash in llama.cpp must cost one call and not the application, and because its
//! CPU time and joules are then its own.
//!
//! Belongs here: llama.cpp, and the pipe. Doesn't belong here: anything of Ergon: requests and replies are those of
//! OpenAI's chat completions, framed as `reply` says, so that `models` reads them as it reads a server's.

mod arguments;
mod generate;
mod reply;
mod request;

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::mpsc;

use serde_json::json;

use generate::Engine;
use reply::Reply;
use request::Asked;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)).and_then(|arguments| serve(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Who started us reads the first line, whether or not it is what was hoped for.
            let _ = writeln!(std::io::stdout(), "{}", json!({"error": why}));
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: &arguments::Arguments) -> Result<(), String> {
    let engine = Engine::load(arguments)?;
    let mut generator = engine.generator()?;
    let mut output = std::io::stdout().lock();
    let lost = |e: std::io::Error| format!("nobody reads: {e}");
    writeln!(output, "{}", json!({"ready": engine.model_id(), "context": generator.context()})).map_err(lost)?;
    output.flush().map_err(lost)?;
    for line in requests() {
        let mut reply = Reply::new(&mut output);
        match Asked::read(&line).and_then(|asked| generator.check(&asked).map(|prompt| (asked, prompt))) {
            Err(why) => reply.refuse(&why),
            Ok((asked, prompt)) => generator.answer(&asked, &prompt, &mut reply),
        }
        .map_err(lost)?;
    }
    Ok(())
}

/// Lines of standard input. When it closes, the process ends at once, also in the middle of a reply: nobody waits for it.
fn requests() -> mpsc::IntoIter<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    lines.into_iter()
}

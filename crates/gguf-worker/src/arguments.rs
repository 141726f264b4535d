//! What the process is started with.

use std::path::PathBuf;

/// Most cores that are spelt out in a message.
const MOST_THREADS: u32 = 1024;

pub(crate) struct Arguments {
    /// The GGUF file.
    pub(crate) file: PathBuf,
    /// Tokens of prompt and reply together.
    pub(crate) context: u32,
    /// Threads that compute.
    pub(crate) threads: u32,
}

/// Reads `FILE --context TOKENS --threads N`.
pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    const USAGE: &str = "usage: ergon-gguf-worker FILE [--context TOKENS] [--threads N]";
    let file = words.next().filter(|word| !word.starts_with("--")).ok_or(USAGE)?;
    let mut arguments = Arguments { file: file.into(), context: 4096, threads: default_threads() };
    while let Some(word) = words.next() {
        let (place, range) = match word.as_str() {
            "--context" => (&mut arguments.context, 16..=1 << 24),
            "--threads" => (&mut arguments.threads, 1..=MOST_THREADS),
            _ => return Err(format!("'{word}' is not known; {USAGE}")),
        };
        let number = words.next().and_then(|n| n.parse().ok()).filter(|n| range.contains(n));
        let expected = || format!("{word}: expected a whole number from {} to {}", range.start(), range.end());
        *place = number.ok_or_else(expected)?;
    }
    Ok(arguments)
}

/// One less than there are: llama.cpp's threads wait for the slowest, and where something else wants its core they burn
/// many times the CPU time for the same tokens.
fn default_threads() -> u32 {
    std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1).max(1) as u32)
}

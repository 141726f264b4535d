//! Bytes to text that a spec may consist of.

use crate::problem::{Position, Problem};

/// Largest spec.
const MOST_BYTES: usize = 32 << 20;

/// The text, without a byte order mark.
///
/// # Errors
/// Bytes that are not UTF-8, control characters, or too many of them.
pub(crate) fn checked(bytes: &[u8]) -> Result<&str, Problem> {
    if bytes.len() > MOST_BYTES {
        return Err(Problem::error("", format!("the file has {} bytes; a spec has at most {MOST_BYTES}", bytes.len())));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let good = bytes.get(..e.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("");
            let offset = e.valid_up_to();
            let byte = bytes.get(offset).copied().unwrap_or(0);
            let message = format!("not UTF-8: byte {offset} (0x{byte:02x}) can't stand there; save the file as UTF-8");
            return Err(Problem::error("", message).at(Some(end_of(good))));
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let forbidden = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    match text.char_indices().find(|(_, c)| forbidden(*c)) {
        None => Ok(text),
        Some((at, c)) => {
            let message = format!("the control character U+{:04X} can't stand in a spec", u32::from(c));
            Err(Problem::error("", message).at(Some(end_of(&text[..at]))))
        }
    }
}

/// The place right after a text.
pub(crate) fn end_of(text: &str) -> Position {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let last = text.rsplit('\n').next().unwrap_or("");
    Position { line: count(text.matches('\n').count() + 1), column: count(last.chars().count() + 1) }
}

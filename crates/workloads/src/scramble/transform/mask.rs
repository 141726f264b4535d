//! Parts of a text that are left alone.

use std::ops::Range;

use super::spelling::Spelling;
use super::units;
use super::wordlist;

/// What is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preserve {
    /// Numbers, with their signs' neighbours left as they are: digits with separators, and letters grown onto them (`3x`).
    pub numbers: bool,
    /// Proper nouns: capitalised words inside a sentence, and the same words and known names at its beginning.
    pub proper_nouns: bool,
    /// Code between backticks.
    pub code: bool,
    /// LaTeX: `$…$`, `\(…\)`, `\[…\]`, environments, commands.
    pub latex: bool,
    /// The letter of an option at the beginning of a line: `A)`, `(B)`, `C.`.
    pub option_letters: bool,
    /// These texts, wherever they stand as words: the answer.
    pub texts: Vec<String>,
}

impl Default for Preserve {
    fn default() -> Self {
        Self { numbers: true, proper_nouns: false, code: false, latex: false, option_letters: true, texts: Vec::new() }
    }
}

impl Preserve {
    /// Nothing.
    pub const NOTHING: Self = Self {
        numbers: false,
        proper_nouns: false,
        code: false,
        latex: false,
        option_letters: false,
        texts: Vec::new(),
    };

    /// The parts of this text that are left alone.
    pub fn mask(&self, text: &str) -> Mask {
        let mut parts = Vec::new();
        if self.numbers {
            numbers(text, &mut parts);
        }
        if self.proper_nouns {
            parts.extend(proper_nouns(text));
        }
        if self.code {
            code(text, &mut parts);
        }
        if self.latex {
            latex(text, &mut parts);
        }
        if self.option_letters {
            option_letters(text, &mut parts);
        }
        for kept in &self.texts {
            occurrences(text, kept, &mut parts);
        }
        Mask::of(parts)
    }
}

/// Byte ranges, rising and apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(Vec<Range<usize>>);

impl Mask {
    fn of(mut parts: Vec<Range<usize>>) -> Self {
        parts.retain(|part| part.start < part.end);
        parts.sort_unstable_by_key(|part| part.start);
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(parts.len());
        for part in parts {
            match merged.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => merged.push(part),
            }
        }
        Self(merged)
    }

    /// Whether any of it lies in the range.
    pub fn touches(&self, range: &Range<usize>) -> bool {
        let after = self.0.partition_point(|part| part.end <= range.start);
        self.0.get(after).is_some_and(|part| part.start < range.end)
    }

    /// The ranges that none of it lies in, of rising ones.
    pub fn untouched(&self, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let mut parts = self.0.iter().peekable();
        ranges.retain(|range| {
            while parts.next_if(|part| part.end <= range.start).is_some() {}
            parts.peek().is_none_or(|part| part.start >= range.end)
        });
        ranges
    }

    /// Whether the whole range lies in it.
    pub fn covers(&self, range: &Range<usize>) -> bool {
        let after = self.0.partition_point(|part| part.end <= range.start);
        self.0.get(after).is_some_and(|part| part.start <= range.start && part.end >= range.end)
    }

    /// What it leaves of a text of that many bytes.
    pub fn gaps(&self, length: usize) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.0.iter().map(|part| part.end));
        let ends = self.0.iter().map(|part| part.start).chain(std::iter::once(length));
        starts.zip(ends).map(|(start, end)| start..end).filter(|gap| gap.start < gap.end)
    }
}

/// Runs of digits with `.`, `,` or `:` between two of them; letters that touch a digit belong to it (`3x`, `H2O`).
fn numbers(text: &str, parts: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while let Some(next) = units::next_of(bytes, at, u8::is_ascii_digit) {
        at = next;
        // Most numbers stand between characters of ASCII that are no letters.
        let stands_free = at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(is_ascii_and_no_letter);
        let back = text.get(..at).unwrap_or_default();
        let start = if stands_free { at } else { back.trim_end_matches(char::is_alphanumeric).len() };
        let mut end = at + 1;
        loop {
            let joined = matches!(bytes.get(end), Some(b'.' | b',' | b':')) && is_digit(end + 1);
            if is_digit(end) || joined {
                end += 1;
                continue;
            }
            if bytes.get(end).is_none_or(is_ascii_and_no_letter) {
                break;
            }
            let Some(next) = text.get(end..).and_then(|rest| rest.chars().next()) else { break };
            if !next.is_alphanumeric() {
                break;
            }
            end += next.len_utf8();
        }
        parts.push(start..end);
        at = end;
    }
    // Digits of other scripts, one by one.
    if !text.is_ascii() {
        let others = text.char_indices().filter(|(_, c)| c.is_numeric() && !c.is_ascii());
        parts.extend(others.map(|(at, c)| at..at + c.len_utf8()));
    }
}

fn is_ascii_and_no_letter(byte: &u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// Proper nouns: capitalised words inside a sentence; at its beginning only those that also stand inside one, or are
/// known names. A rule of thumb for English: it needs no model and is the same everywhere.
pub fn proper_nouns(text: &str) -> Vec<Range<usize>> {
    proper_nouns_of(text, &units::all_word_ranges(text))
}

/// The same of a text whose words are known.
pub(super) fn proper_nouns_of(text: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
    let begins = beginnings(text, words);
    let word = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let is_capitalised = |range: &&Range<usize>| {
        // Most words begin with a small letter of ASCII.
        if text.as_bytes().get(range.start).is_none_or(u8::is_ascii_lowercase) {
            return false;
        }
        let mut chars = word(range).chars();
        chars.next().is_some_and(char::is_uppercase) && chars.next().is_some_and(char::is_alphabetic)
    };
    let mut capitalised: Vec<Range<usize>> = words.iter().filter(is_capitalised).cloned().collect();
    let mut rest = begins.into_iter().peekable();
    // What is short is its spelling, which is compared at once.
    let name = |range: &Range<usize>| {
        let spelling = Spelling::of(text.as_bytes(), range);
        (spelling, if spelling.is_whole() { "" } else { word(range) })
    };
    let mut certain = Vec::with_capacity(capitalised.len());
    for range in &capitalised {
        while rest.next_if(|begin| *begin < range.start).is_some() {}
        if rest.peek() != Some(&range.start) {
            certain.push(name(range));
        }
    }
    certain.sort_unstable();
    certain.dedup();
    capitalised.retain(|range| {
        let name = name(range);
        wordlist::is_name(name.0) || certain.binary_search(&name).is_ok()
    });
    capitalised
}

/// Where the first words of sentences begin, rising.
fn beginnings(text: &str, words: &[Range<usize>]) -> Vec<usize> {
    let sentences = units::sentences(text);
    if !text.is_ascii() {
        let first = |sentence: &Range<usize>| {
            let word = units::all_word_ranges(text.get(sentence.clone())?).first()?.start;
            Some(sentence.start + word)
        };
        return sentences.iter().filter_map(first).collect();
    }
    // No sentence ends within a word of ASCII, so that the text's words are its sentences'.
    let mut rest = words.iter().peekable();
    let first = |sentence: Range<usize>| {
        while rest.next_if(|word| word.start < sentence.start).is_some() {}
        rest.peek().map(|word| word.start).filter(|start| *start < sentence.end)
    };
    sentences.into_iter().filter_map(first).collect()
}

/// Fenced blocks and spans between single backticks.
fn code(text: &str, parts: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('`')).map(|i| at + i) {
        let fence = if text.get(open..).is_some_and(|rest| rest.starts_with("```")) { "```" } else { "`" };
        let inside = open + fence.len();
        let Some(close) = text.get(inside..).and_then(|rest| rest.find(fence)) else { return };
        at = inside + close + fence.len();
        parts.push(open..at);
    }
}

fn latex(text: &str, parts: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find(['$', '\\'])).map(|i| at + i) {
        let rest = text.get(open..).unwrap_or_default();
        let closing = if rest.starts_with("$$") {
            Some("$$".to_owned())
        } else if rest.starts_with('$') {
            Some("$".to_owned())
        } else if rest.starts_with("\\(") {
            Some("\\)".to_owned())
        } else if rest.starts_with("\\[") {
            Some("\\]".to_owned())
        } else {
            let name = rest.strip_prefix("\\begin{").and_then(|r| r.split_once('}')).map(|(name, _)| name);
            name.map(|name| format!("\\end{{{name}}}"))
        };
        let opening = if rest.starts_with("$$") || rest.starts_with("\\(") || rest.starts_with("\\[") { 2 } else { 1 };
        let whole = closing.and_then(|close| {
            let inside = rest.get(opening..)?;
            // Two prices in a sentence are no formula: `$` must hug what it encloses.
            let found = inside.find(&close)?;
            let hugs = close != "$" || !inside.get(..found)?.ends_with(char::is_whitespace);
            hugs.then_some(opening + found + close.len())
        });
        let command = || {
            let name = rest.strip_prefix('\\')?;
            Some(1 + name.len() - name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len())
        };
        let length = whole.or_else(command).unwrap_or(1).max(1);
        if rest.starts_with('\\') || length > 1 {
            parts.push(open..open + length);
        }
        at = open + length;
    }
}

/// `A)`, `(B)`, `C.`, `D:` at the beginning of a line.
fn option_letters(text: &str, parts: &mut Vec<Range<usize>>) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lead = line.len() - line.trim_start().len();
        let rest = line.get(lead..).unwrap_or_default();
        let bare = rest.strip_prefix('(').unwrap_or(rest);
        let open = rest.len() - bare.len();
        let mut chars = bare.chars();
        if let (Some('A'..='Z'), Some(')' | '.' | ':')) = (chars.next(), chars.next()) {
            parts.push(at + lead + open..at + lead + open + 1);
        }
        at += line.len();
    }
}

/// Every place where the text stands as words of its own, whatever its case.
fn occurrences(text: &str, kept: &str, parts: &mut Vec<Range<usize>>) {
    let wanted: Vec<String> = units::all_words(kept).into_iter().map(str::to_lowercase).collect();
    if wanted.is_empty() {
        return;
    }
    let words = units::all_word_ranges(text);
    for window in words.windows(wanted.len()) {
        let same = |(range, word): (&Range<usize>, &String)| {
            text.get(range.clone()).is_some_and(|found| found.to_lowercase() == *word)
        };
        if let (true, Some(first), Some(last)) = (window.iter().zip(&wanted).all(same), window.first(), window.last()) {
            parts.push(first.start..last.end);
        }
    }
}

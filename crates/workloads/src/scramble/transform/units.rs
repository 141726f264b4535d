//! Letters, words and sentences of a text, as byte ranges. A letter is a grapheme cluster: a base character with its
//! marks moves and changes as one.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::mask::Mask;

/// End of the grapheme cluster that begins at `at`, and its first character.
fn cluster(text: &str, at: usize) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    // Two ASCII characters in a row never share a cluster, but for CR LF, of which neither is a letter.
    if first < 0x80 && bytes.get(at + 1).is_none_or(|next| *next < 0x80) {
        return Some((char::from(first), at + 1));
    }
    let cluster = text.get(at..)?.graphemes(true).next()?;
    Some((cluster.chars().next()?, at + cluster.len()))
}

/// Letters and, where numbers are not preserved, digits: what the mask leaves.
pub fn letters(text: &str, mask: &Mask) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(text.len());
    let mut free = mask.gaps(text.len());
    if text.is_ascii() {
        // Every byte is a cluster: most text is like this, and a table is quicker than segmentation.
        for gap in free {
            let bytes = text.as_bytes().get(gap.clone()).unwrap_or_default();
            let letters = bytes.iter().zip(gap).filter(|(byte, _)| byte.is_ascii_alphanumeric());
            found.extend(letters.map(|(_, at)| at..at + 1));
        }
        return found;
    }
    let Some(mut gap) = free.next() else { return found };
    let mut at = 0;
    while let Some((first, end)) = cluster(text, at) {
        while at >= gap.end {
            let Some(next) = free.next() else { return found };
            gap = next;
        }
        if at >= gap.start && end <= gap.end && first.is_alphanumeric() {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// Words that the mask doesn't touch: letters and digits in a row, with apostrophes and hyphens between letters.
pub fn words(text: &str, mask: &Mask) -> Vec<Range<usize>> {
    let mut found = all_word_ranges(text);
    found.retain(|word| !mask.touches(word));
    found
}

/// Every word of a text.
pub fn all_words(text: &str) -> Vec<&str> {
    all_word_ranges(text).into_iter().filter_map(|range| text.get(range)).collect()
}

/// Every word of a text, as ranges.
pub fn all_word_ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    while let Some((first, end)) = cluster(text, at) {
        let goes_on = first.is_alphanumeric()
            || (start.is_some()
                && matches!(first, '\'' | '’' | '-')
                && cluster(text, end).is_some_and(|(next, _)| next.is_alphabetic()));
        match (start, goes_on) {
            (None, true) => start = Some(at),
            (Some(begin), false) => {
                found.push(begin..at);
                start = None;
            }
            _ => {}
        }
        at = end;
    }
    if let Some(begin) = start {
        found.push(begin..text.len());
    }
    found
}

/// Abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 14] =
    ["mr", "mrs", "ms", "dr", "prof", "st", "vs", "e.g", "i.e", "etc", "no", "fig", "approx", "p.m"];

/// Sentences without the blanks around them: they end at `.`, `!` or `?` before a blank, and at an empty line.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut close = |from: usize, to: usize| {
        let piece = text.get(from..to).unwrap_or_default();
        let lead = piece.len() - piece.trim_start().len();
        let kept = piece.trim().len();
        if kept > 0 {
            found.push(from + lead..from + lead + kept);
        }
    };
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let ends = match c {
            '!' | '?' | '。' | '！' | '？' => next.is_none_or(|n| !matches!(n, '!' | '?' | '"' | '”' | ')' | '\'')),
            '.' => next.is_none_or(char::is_whitespace) && !is_abbreviation(text.get(start..at).unwrap_or_default()),
            '"' | '”' | ')' | '\'' => {
                let before = text.get(..at).and_then(|t| t.chars().next_back());
                matches!(before, Some('.' | '!' | '?')) && next.is_none_or(char::is_whitespace)
            }
            '\n' => next == Some('\n'),
            _ => false,
        };
        if ends {
            close(start, at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    close(start, text.len());
    found
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

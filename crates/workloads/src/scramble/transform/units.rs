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
    if text.is_ascii() {
        return ascii_letters(text.as_bytes(), mask).into_iter().map(|at| at as usize..at as usize + 1).collect();
    }
    let mut found = Vec::with_capacity(text.len());
    let mut free = mask.gaps(text.len());
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

/// The same of a text of ASCII alone, where every byte is a cluster.
pub(super) fn ascii_letters(text: &[u8], mask: &Mask) -> Vec<u32> {
    let mut found = vec![0; text.len()];
    let mut next = 0;
    for gap in mask.gaps(text.len()) {
        let bytes = text.get(gap.clone()).unwrap_or_default();
        for (byte, at) in bytes.iter().zip(gap) {
            // Written in any case, so that there is no branch to be guessed wrong.
            if let Some(slot) = found.get_mut(next) {
                *slot = at as u32;
            }
            next += usize::from(is_letter(*byte));
        }
    }
    found.truncate(next);
    found
}

/// Words that the mask doesn't touch: letters and digits in a row, with apostrophes and hyphens between letters.
pub fn words(text: &str, mask: &Mask) -> Vec<Range<usize>> {
    mask.untouched(all_word_ranges(text))
}

/// Every word of a text.
pub fn all_words(text: &str) -> Vec<&str> {
    all_word_ranges(text).into_iter().filter_map(|range| text.get(range)).collect()
}

/// Every word of a text, as ranges.
pub fn all_word_ranges(text: &str) -> Vec<Range<usize>> {
    if text.is_ascii() {
        return ascii_words(text.as_bytes());
    }
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

const LETTER: u8 = 1;
const JOINS: u8 = 2;
const ALPHABETIC: u8 = 4;
/// What a byte of ASCII may be: part of a word, what joins its parts.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        classes[at] = match byte {
            b'\'' | b'-' => JOINS,
            _ if byte.is_ascii_alphabetic() => LETTER | ALPHABETIC,
            _ if byte.is_ascii_digit() => LETTER,
            _ => 0,
        };
        at += 1;
    }
    classes
};

#[inline]
fn is_of(class: u8, byte: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
}

#[inline]
fn is_letter(byte: u8) -> bool {
    is_of(LETTER, byte)
}

/// The words of a text of ASCII alone.
fn ascii_words(text: &[u8]) -> Vec<Range<usize>> {
    // Where words begin and end, in turn. Each position is written and only moved past where it is one, so that no branch
    // is guessed wrong.
    let mut edges = vec![0_u32; text.len() + 2];
    let (mut next, mut before, mut here, mut was_in) = (0, 0, 0, 0);
    let classes = text.iter().map(|byte| CLASSES.get(usize::from(*byte)).copied().unwrap_or_default());
    classes.chain([0]).zip(0_u32..).for_each(|(ahead, at)| {
        // What joins is never followed by what joins, so that the byte before is a letter or in no word.
        let joins = (here & JOINS != 0) & (before & LETTER != 0) & (ahead & ALPHABETIC != 0);
        let is_in = u8::from((here & LETTER != 0) | joins);
        if let Some(edge) = edges.get_mut(next) {
            *edge = at.wrapping_sub(1);
        }
        next += usize::from(is_in ^ was_in);
        (before, here, was_in) = (here, ahead, is_in);
    });
    if let Some(edge) = edges.get_mut(next) {
        *edge = text.len() as u32;
    }
    edges.truncate(next + usize::from(was_in));
    edges.as_chunks::<2>().0.iter().map(|[start, end]| *start as usize..*end as usize).collect()
}

/// The next byte of a kind.
#[inline]
pub(super) fn next_of(text: &[u8], mut at: usize, is_of_kind: impl Fn(&u8) -> bool) -> Option<usize> {
    // Whole stretches at once, as the processor can: most have none.
    while let Some(stretch) = text.get(at..).and_then(|rest| rest.first_chunk::<32>()) {
        if stretch.iter().fold(false, |found, byte| found | is_of_kind(byte)) {
            break;
        }
        at += stretch.len();
    }
    text.get(at..)?.iter().position(is_of_kind).map(|next| at + next)
}

/// Whether a character may begin with it that ends a sentence. Compared one by one, so that many are compared at once.
fn may_end(byte: u8) -> bool {
    let of_ascii = (byte == b'.') | (byte == b'!') | (byte == b'?') | (byte == b'"') | (byte == b')');
    of_ascii | (byte == b'\'') | (byte == b'\n') | (byte >= 0x80)
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
    let mut at = 0;
    while let Some(next) = next_of(text.as_bytes(), at, |byte| may_end(*byte)) {
        at = next;
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        let end = at + c.len_utf8();
        let next = || text.get(end..).and_then(|rest| rest.chars().next());
        let ends = match c {
            '!' | '?' | '。' | '！' | '？' => {
                next().is_none_or(|n| !matches!(n, '!' | '?' | '"' | '”' | ')' | '\''))
            }
            '.' => next().is_none_or(char::is_whitespace) && !is_abbreviation(text.get(start..at).unwrap_or_default()),
            '"' | '”' | ')' | '\'' => {
                let before = text.get(..at).and_then(|t| t.chars().next_back());
                matches!(before, Some('.' | '!' | '?')) && next().is_none_or(char::is_whitespace)
            }
            '\n' => next() == Some('\n'),
            _ => false,
        };
        if ends {
            close(start, end);
            start = end;
        }
        at = end;
    }
    close(start, text.len());
    found
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

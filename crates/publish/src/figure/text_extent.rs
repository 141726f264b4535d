//! How wide text will be, without a font at hand.

/// Advance widths of Helvetica for U+0020–U+007E in thousandths of the size (Adobe Core 14 AFM).
/// Arial and Liberation Sans share them.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// Width in points. Other letters count as wide as a digit, East Asian ones and emoji as a square.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let thousandths: u32 = text
        .chars()
        .map(|character| {
            let code = u32::from(character);
            let ascii = usize::try_from(code.wrapping_sub(0x20)).ok().and_then(|index| HELVETICA.get(index));
            match ascii {
                Some(width) => u32::from(*width),
                None if code >= 0x1100 && !(0x2000..0x2e80).contains(&code) => 1000,
                None => 600,
            }
        })
        .sum();
    f64::from(thousandths) / 1000.0 * size
}

/// Breaks text into lines no wider than `limit`: at spaces where possible, inside words where not;
/// what doesn't fit into `max_lines` ends in an ellipsis.
pub(super) fn wrap(text: &str, size: f64, limit: f64, max_lines: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&joined, size) <= limit {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            line.push(character);
            if width(&line, size) > limit && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, character.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            while width(&format!("{last}…"), size) > limit && last.pop().is_some() {}
            last.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_where_it_fits_and_cut_visibly_where_it_does_not() {
        for (text, max_lines, lines) in [
            ("short", 2, vec!["short"]),
            ("two words that wrap", 3, vec!["two words", "that wrap"]),
            ("Donaudampfschifffahrt", 3, vec!["Donaudampfs", "chifffahrt"]),
            ("one two three four five six seven", 2, vec!["one two three", "four five six…"]),
            ("", 2, vec![]),
        ] {
            assert_eq!(wrap(text, 8.0, 50.0, max_lines), lines, "{text}");
        }
    }
}

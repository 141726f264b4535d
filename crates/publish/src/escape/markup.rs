//! HTML and XML (SVG) text and attribute values.

use super::code_point;

/// Escapes text for HTML and XML, element content and quoted attributes alike. Characters that XML
/// forbids (controls, noncharacters) and those that reorder text on screen become a visible `U+XXXX`.
pub fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            hidden if is_forbidden(hidden) => escaped.push_str(&code_point(hidden)),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Text made fit for a writer that escapes `& < >` itself: only forbidden characters are replaced.
pub(crate) fn visible(text: &str) -> String {
    let mut fit = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' => fit.push(' '),
            hidden if is_forbidden(hidden) => fit.push_str(&code_point(hidden)),
            plain => fit.push(plain),
        }
    }
    fit
}

fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{fffe}' | '\u{ffff}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::markup;

    #[test]
    fn no_text_becomes_markup() {
        for (text, escaped) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("a & b &amp;", "a &amp; b &amp;amp;"),
            ("]]>", "]]&gt;"),
            ("nul\0 esc\u{1b}", "nulU+0000 escU+001B"),
            ("abc\u{202e}fed", "abcU+202Efed"),
            ("two\nlines", "two lines"),
            ("naïve β → 漢字", "naïve β → 漢字"),
        ] {
            assert_eq!(markup(text), escaped);
        }
    }
}

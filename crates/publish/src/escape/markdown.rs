//! GitHub-flavoured Markdown.

use super::markup::visible;

/// Escapes text for Markdown, inside a table cell or a paragraph: no emphasis, link, HTML, mention,
/// autolink, heading, list or table cell can come of it. Line breaks become spaces.
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut escaped = String::with_capacity(text.len());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (index, character) in text.char_indices() {
        let rest = &text[index + character.len_utf8()..];
        let needs_escape = match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '@' | '&' | '!' => true,
            // Only at the start of a line do these begin a heading, list or rule.
            '#' | '+' | '-' | '=' => index == 0,
            // `www.` and `http://` would become links.
            ':' => rest.starts_with("//"),
            '.' | ')' => {
                let numbers_a_list = index == digits && digits > 0 && rest.trim_start() != rest;
                let bare = index == digits && digits > 0 && rest.is_empty();
                numbers_a_list || bare || text[..index].to_lowercase().ends_with("www")
            }
            _ => false,
        };
        if needs_escape {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn no_text_becomes_markup() {
        for (text, escaped) in [
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\\\|b"),
            ("**bold** _it_ `code`", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`"),
            ("[x](http://e.org)", "\\[x\\](http\\://e.org)"),
            ("www.e.org", "www\\.e.org"),
            ("<b>&amp;", "\\<b\\>\\&amp;"),
            ("# head", "\\# head"),
            ("1. item", "1\\. item"),
            ("0.5 and 1.25", "0.5 and 1.25"),
            ("- item\n- item", "\\- item - item"),
            ("@user", "\\@user"),
            ("plain words, β", "plain words, β"),
        ] {
            assert_eq!(markdown(text), escaped);
        }
    }
}

//! Just enough of Rust's lexer to tell code from comments, strings and tests.
//!
//! A search in the raw text would find `/proc` in every comment that forbids it.

/// A piece of a source file that a rule may look at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Word(String),
    /// The text between the quotes, escapes as written.
    Text(String),
    Mark(char),
}

/// The tokens outside comments and outside items marked `#[cfg(test)]`.
pub(super) fn product_tokens(source: &str) -> Vec<Token> {
    without_tests(&tokens(source))
}

fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: source.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    while lexer.at < lexer.chars.len() {
        lexer.next_token();
    }
    lexer.tokens
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self) -> Option<char> {
        let char = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(char == '\n');
        Some(char)
    }

    fn push(&mut self, line: usize, kind: Kind) {
        self.tokens.push(Token { line, kind });
    }

    fn next_token(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            (Some('/'), Some('/')) => {
                while self.peek(0).is_some_and(|char| char != '\n') && self.advance().is_some() {}
            }
            (Some('/'), Some('*')) => self.block_comment(),
            (Some('"'), _) => {
                self.advance();
                let text = self.text_until_quote();
                self.push(line, Kind::Text(text));
            }
            (Some('\''), _) => self.char_or_lifetime(),
            (Some(char), _) if char.is_alphanumeric() || char == '_' => self.word(),
            (Some(char), _) => {
                self.advance();
                if !char.is_whitespace() {
                    self.push(line, Kind::Mark(char));
                }
            }
            (None, _) => {}
        }
    }

    /// They nest.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.advance();
                    continue;
                }
            }
            self.advance();
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    fn text_until_quote(&mut self) -> String {
        let mut text = String::new();
        while let Some(char) = self.advance() {
            match char {
                '"' => break,
                '\\' => {
                    text.push(char);
                    text.extend(self.advance());
                }
                _ => text.push(char),
            }
        }
        text
    }

    fn raw_text(&mut self, hashes: usize) -> String {
        let mut text = String::new();
        while let Some(char) = self.advance() {
            if char == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(char);
        }
        text
    }

    fn char_or_lifetime(&mut self) {
        self.advance();
        match (self.peek(0), self.peek(1)) {
            (Some('\\'), _) => {
                // `'\''` and `'\\'`: what follows the backslash is never the closing quote.
                self.advance();
                self.advance();
                while self.advance().is_some_and(|char| char != '\'') {}
            }
            (Some(_), Some('\'')) => {
                self.advance();
                self.advance();
            }
            _ => {}
        }
    }

    fn word(&mut self) {
        let line = self.line;
        let mut word = String::new();
        while let Some(char) = self.peek(0).filter(|char| char.is_alphanumeric() || *char == '_') {
            word.push(char);
            self.advance();
        }
        if matches!(word.as_str(), "r" | "br" | "cr") {
            let hashes = (0..).take_while(|ahead| self.peek(*ahead) == Some('#')).count();
            if self.peek(hashes) == Some('"') {
                self.at += hashes + 1;
                let text = self.raw_text(hashes);
                return self.push(line, Kind::Text(text));
            }
        }
        // The prefix of b"…" and c"…" says nothing; the string itself comes next.
        if !(matches!(word.as_str(), "b" | "c") && self.peek(0) == Some('"')) {
            self.push(line, Kind::Word(word));
        }
    }
}

/// Leaves out each `#[cfg(test)]` with the item behind it: up to its `;`, or its braces.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let marker = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let here = &tokens[at..];
        if here.len() >= marker.len() && marker.iter().zip(here).all(|(text, token)| token.is(text)) {
            at += marker.len() + item_length(&here[marker.len()..]);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Mark('{' | '(' | '[') => depth += 1,
            Kind::Mark(closing @ ('}' | ')' | ']')) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && closing == '}' {
                    return index + 1;
                }
            }
            Kind::Mark(';') if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Word(word) => word == text,
            Kind::Mark(mark) => text.chars().eq([*mark]),
            Kind::Text(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        let word = |token: Token| match token.kind {
            Kind::Word(word) => Some(word),
            Kind::Text(text) => Some(format!("\"{text}\"")),
            Kind::Mark(_) => None,
        };
        product_tokens(source).into_iter().filter_map(word).collect()
    }

    #[test]
    fn comments_are_no_code_and_strings_are_text() {
        assert_eq!(words("a // b \"c\"\n/* d /* e */ f */ g"), ["a", "g"]);
        assert_eq!(
            words(r####"x = "a // b \" c"; r#"d " e"# b"f" br##"g"# h"## y"####),
            ["x", "\"a // b \\\" c\"", "\"d \" e\"", "\"f\"", "\"g\"# h\"", "y",]
        );
    }

    #[test]
    fn a_quote_in_a_char_opens_no_string() {
        assert_eq!(words(r#"f('"', '\'', '\\', 'x', "s")"#), ["f", "\"s\""]);
        assert_eq!(words("fn f<'a>(x: &'a str) { '\\u{1F600}'; after }"), ["fn", "f", "a", "x", "a", "str", "after"]);
    }

    #[test]
    fn tests_are_left_out_and_what_follows_them_is_not() {
        let source = "mod a; #[cfg(test)] mod tests; #[cfg(test)] mod more { fn f() { g([1]) } } \
            #[cfg(test)] #[allow(x)] fn helper(a: [u8; 3]) {} fn kept() {}";
        assert_eq!(words(source), ["mod", "a", "fn", "kept"]);
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let tokens = product_tokens("/*\n*/ \"\n\" // \n r\"\n\"\nlast");
        assert_eq!(tokens.last().unwrap(), &Token { line: 6, kind: Kind::Word("last".into()) });
    }
}

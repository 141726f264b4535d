//! LaTeX text that compiles whatever it contains.
//!
//! The output is ASCII and needs no package: it holds in OT1 and T1 encoded documents, whatever
//! their input encoding. Accented letters are composed from commands; Greek and mathematical
//! characters go through mathematics; what neither can set becomes a visible `U+XXXX`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::code_point;
use super::latex_symbols::{mathematical_accent, symbol, text_accent};
use crate::{Piece, RichText, Warning};

/// Turns text into LaTeX and collects what couldn't be set.
#[derive(Debug, Default)]
pub struct LatexText {
    warnings: Vec<Warning>,
}

impl LatexText {
    /// The warnings so far, each once.
    pub fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }

    /// Typesets text with its typography.
    pub fn rich(&mut self, text: &RichText) -> String {
        let mut latex = String::new();
        for piece in &text.0 {
            let body = self.plain(piece.text());
            match piece {
                Piece::Plain(_) => latex.push_str(&body),
                Piece::Variable(_) => latex.push_str(&format!("\\textit{{{body}}}")),
                Piece::Subscript(_) => latex.push_str(&format!("\\textsubscript{{{body}}}")),
                Piece::Superscript(_) => latex.push_str(&format!("\\textsuperscript{{{body}}}")),
            }
        }
        latex
    }

    /// Typesets plain text.
    pub fn plain(&mut self, text: &str) -> String {
        let mut latex = String::with_capacity(text.len());
        let characters: Vec<char> = text.nfc().collect();
        let mut index = 0;
        while let Some(&base) = characters.get(index) {
            let marks = characters[index + 1..].iter().take_while(|character| is_combining_mark(**character)).count();
            let cluster = &characters[index..=index + marks];
            let joins = index == 0 || characters.get(index - 1) == Some(&base);
            match cluster_to_latex(base, cluster) {
                // `--` and `,,` would be joined to another sign.
                Some(command) if joins && matches!(base, '-' | ',') => {
                    latex.push_str(&format!("{{{command}}}"));
                }
                Some(command) => latex.push_str(&command),
                None => self.unsettable(cluster, &mut latex),
            }
            index += marks + 1;
        }
        latex
    }

    fn unsettable(&mut self, cluster: &[char], latex: &mut String) {
        for character in cluster {
            match (cluster.len() > 1).then(|| cluster_to_latex(*character, &[*character])).flatten() {
                Some(command) => latex.push_str(&command),
                None => {
                    latex.push_str(&code_point(*character));
                    let warning = Warning::Unsettable(*character);
                    if !self.warnings.contains(&warning) {
                        self.warnings.push(warning);
                    }
                }
            }
        }
    }
}

/// A base character with its combining marks.
fn cluster_to_latex(base: char, cluster: &[char]) -> Option<String> {
    if cluster.len() == 1
        && let Some(command) = symbol(base)
    {
        return Some(command.to_owned());
    }
    if cluster.len() == 1 && base.is_ascii() && !base.is_control() {
        return Some(base.to_string());
    }
    let decomposed: Vec<char> = cluster.iter().copied().nfd().collect();
    match decomposed.split_first() {
        Some((letter, marks)) if !marks.is_empty() => accented(*letter, marks),
        _ => alphanumeric_symbol(base),
    }
}

/// Letters with accents, stacked where there are several.
fn accented(letter: char, marks: &[char]) -> Option<String> {
    let latin = letter.is_ascii_alphabetic();
    let below = |mark: &char| matches!(mark, '\u{323}' | '\u{327}' | '\u{328}' | '\u{331}');
    let above: Vec<char> = marks.iter().filter(|mark| !below(mark)).copied().collect();
    let under: Vec<char> = marks.iter().filter(|mark| below(mark)).copied().collect();
    let mut latex = match above.as_slice() {
        [] if latin => letter.to_string(),
        [mark] if latin => {
            let accent = text_accent(*mark)?;
            let letter = match letter {
                'i' => "\\i".to_owned(),
                'j' => "\\j".to_owned(),
                other => other.to_string(),
            };
            format!("\\{accent}{{{letter}}}")
        }
        [] => return None,
        several if several.len() <= 3 => {
            let mut latex = match letter {
                'i' => "\\imath".to_owned(),
                'j' => "\\jmath".to_owned(),
                letter if latin => format!("\\mathrm{{{letter}}}"),
                greek => symbol(greek)
                    .filter(|command| command.starts_with("\\ensuremath") || command.len() == 1)?
                    .to_owned(),
            };
            for mark in several {
                latex = format!("\\{}{{{latex}}}", mathematical_accent(*mark)?);
            }
            format!("\\ensuremath{{{latex}}}")
        }
        _ => return None,
    };
    if under.len() > 2 || (!under.is_empty() && !latin) {
        return None;
    }
    for mark in under {
        latex = match mark {
            '\u{328}' => format!("{{\\fontencoding{{T1}}\\selectfont\\k{{{latex}}}}}"),
            mark => format!("\\{}{{{latex}}}", text_accent(mark)?),
        };
    }
    Some(latex)
}

/// 𝑥 and its kin (U+1D400–1D7FF) are letters in a mathematical style.
fn alphanumeric_symbol(character: char) -> Option<String> {
    if !('\u{1d400}'..='\u{1d7ff}').contains(&character) {
        return None;
    }
    let mut plain = std::iter::once(character).nfkc();
    let (Some(letter), None) = (plain.next(), plain.next()) else { return None };
    if letter.is_ascii_alphanumeric() {
        return Some(format!("\\ensuremath{{{letter}}}"));
    }
    symbol(letter).map(str::to_owned)
}

/// A `\label` key: letters, digits, `:` and `-` only.
pub fn identifier(text: &str) -> String {
    let mut key: String = text
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() || character == ':' { character } else { '-' })
        .collect();
    while key.contains("--") {
        key = key.replace("--", "-");
    }
    key.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latex(text: &str) -> String {
        LatexText::default().plain(text)
    }

    #[test]
    fn special_characters_are_set_as_written() {
        for (text, set) in [
            ("50 % & more", "50 \\% \\& more"),
            ("a_b #1 $x$", "a\\_b \\#1 \\$x\\$"),
            ("{x}~^\\", "\\{x\\}\\textasciitilde{}\\textasciicircum{}\\textbackslash{}"),
            ("\\input{/etc/passwd}", "\\textbackslash{}input\\{/etc/passwd\\}"),
            ("a--b---c", "a-{-}b-{-}{-}c"),
            (
                "\"q\" 'r' `s`",
                "{\\ttfamily\\char34}q{\\ttfamily\\char34} \\textquotesingle{}r\\textquotesingle{} \\textasciigrave{}s\\textasciigrave{}",
            ),
            ("<<a>>|", "\\textless{}\\textless{}a\\textgreater{}\\textgreater{}\\textbar{}"),
            ("[x]*", "{[}x{]}{*}"),
            ("two\nlines\ttab", "two lines tab"),
            ("?`!`,,", "?\\textasciigrave{}!\\textasciigrave{},{,}"),
        ] {
            assert_eq!(latex(text), set);
        }
    }

    #[test]
    fn latin_greek_and_mathematics_are_set_as_written() {
        for (text, set) in [
            ("é", "\\'{e}"),
            ("e\u{301}", "\\'{e}"),
            ("ï", "\\\"{\\i}"),
            ("ç ł ß", "\\c{c} \\l{} \\ss{}"),
            ("ậ", "\\d{\\^{a}}"),
            ("ế", "\\ensuremath{\\acute{\\hat{\\mathrm{e}}}}"),
            ("ą", "{\\fontencoding{T1}\\selectfont\\k{a}}"),
            ("α ≤ β", "\\ensuremath{\\alpha} \\ensuremath{\\leq} \\ensuremath{\\beta}"),
            ("ά", "\\ensuremath{\\acute{\\ensuremath{\\alpha}}}"),
            ("≠", "\\ensuremath{\\neq}"),
            ("x̄", "\\={x}"),
            ("m²", "m\\textsuperscript{2}"),
            ("𝑥", "\\ensuremath{x}"),
        ] {
            assert_eq!(latex(text), set);
        }
    }

    #[test]
    fn what_latex_cannot_set_is_visible_and_warned_about_once() {
        let mut text = LatexText::default();
        assert_eq!(text.plain("漢😀漢\0"), "U+6F22U+1F600U+6F22U+0000");
        let warned = ['漢', '😀', '\0'].map(Warning::Unsettable);
        assert_eq!(text.into_warnings(), warned);
    }

    #[test]
    fn labels_are_reduced_to_what_latex_accepts() {
        for (text, key) in [("tab:a_b%}\\", "tab:a-b"), ("--", ""), ("äx", "x")] {
            assert_eq!(identifier(text), key);
        }
    }
}

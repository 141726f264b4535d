//! How a word is written, apart from its letters.

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    AsIs,
    Title,
    Upper,
}

/// The entry of a word, and how it is written. A word whose case can't be had back from the entry is an entry itself.
pub(super) fn entry(word: &str) -> (String, Case) {
    let lower = word.to_lowercase();
    if lower == word {
        return (lower, Case::AsIs);
    }
    if word.chars().nth(1).is_some() && written(&lower, Case::Upper) == word {
        return (lower, Case::Upper);
    }
    if written(&lower, Case::Title) == word {
        return (lower, Case::Title);
    }
    (word.to_owned(), Case::AsIs)
}

/// An entry in a case.
pub(super) fn written(entry: &str, case: Case) -> String {
    match case {
        Case::AsIs => entry.to_owned(),
        Case::Upper => entry.to_uppercase(),
        Case::Title => {
            let mut chars = entry.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
        }
    }
}

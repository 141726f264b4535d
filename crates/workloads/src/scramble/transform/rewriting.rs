//! A text while it is rewritten from its beginning.

use std::ops::Range;

use super::{Edit, Key, Scrambled};

/// What is rewritten so far.
pub(super) struct Rewriting<'a> {
    text: &'a str,
    /// Up to where.
    at: usize,
    out: String,
    changed: usize,
    /// Where, if somebody wants to know.
    edits: Option<Vec<Edit>>,
}

impl<'a> Rewriting<'a> {
    /// Nothing so far. `longer`: bytes that the result has more than the text, at a guess.
    pub(super) fn of(text: &'a str, longer: usize, is_logged: bool) -> Self {
        let out = String::with_capacity(text.len() + longer);
        Self { text, at: 0, out, changed: 0, edits: is_logged.then(Vec::new) }
    }

    /// Puts something in a place's stead, and answers where it is in the result.
    #[inline]
    pub(super) fn put(&mut self, place: &Range<usize>, write: impl FnOnce(&mut String)) -> Range<usize> {
        self.out.push_str(self.text.get(self.at..place.start).unwrap_or_default());
        let start = self.out.len();
        write(&mut self.out);
        self.at = place.end;
        self.changed += 1;
        let to = start..self.out.len();
        if let Some(edits) = &mut self.edits {
            edits.push(Edit { from: place.clone(), to: to.clone() });
        }
        to
    }

    /// The result, with what is left of the text.
    pub(super) fn finish(mut self, eligible: usize, key: Key) -> Scrambled {
        self.out.push_str(self.text.get(self.at..).unwrap_or_default());
        let edits = self.edits.unwrap_or_default();
        Scrambled { text: self.out, eligible, changed: self.changed, edits, key }
    }
}

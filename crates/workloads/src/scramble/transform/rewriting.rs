//! A text while it is rewritten from its beginning.

use std::ops::Range;

use super::case::{Case, written};
use super::{Edit, Key, Scrambled};

/// Bytes that are copied at once: most words and all that is between them.
const STRIDE: usize = 16;

/// What is rewritten so far.
pub(super) struct Rewriting<'a> {
    text: &'a str,
    /// Up to where.
    at: usize,
    /// The result up to `end`, and room for more.
    out: Vec<u8>,
    end: usize,
    changed: usize,
    /// Where, if somebody wants to know.
    edits: Option<Vec<Edit>>,
}

impl<'a> Rewriting<'a> {
    /// Nothing so far. `longer`: bytes that the result has more than the text, at a guess.
    pub(super) fn of(text: &'a str, longer: usize, is_logged: bool) -> Self {
        let out = vec![0; text.len() + longer + STRIDE];
        Self { text, at: 0, out, end: 0, changed: 0, edits: is_logged.then(Vec::new) }
    }

    /// Puts a stretch of some text in a place's stead, and answers where it is in the result.
    #[inline]
    pub(super) fn put(
        &mut self,
        place: &Range<usize>,
        (source, stretch): (&str, Range<usize>),
        case: Case,
    ) -> Range<usize> {
        self.copy(self.text, self.at..place.start);
        let start = self.end;
        self.copy(source, stretch);
        self.at = place.end;
        self.changed += 1;
        if case != Case::AsIs {
            self.rewrite_in(case, start);
        }
        let to = start..self.end;
        if let Some(edits) = &mut self.edits {
            edits.push(Edit { from: place.clone(), to: to.clone() });
        }
        to
    }

    #[inline]
    fn copy(&mut self, source: &str, stretch: Range<usize>) {
        let from = source.as_bytes().get(stretch.start..).and_then(|rest| rest.first_chunk::<STRIDE>());
        let to = self.out.get_mut(self.end..).and_then(|rest| rest.first_chunk_mut::<STRIDE>());
        match (from, to) {
            // More is copied than wanted and overwritten by what follows: a length that is known takes no call.
            (Some(from), Some(to)) if stretch.len() <= STRIDE => {
                *to = *from;
                self.end += stretch.len();
            }
            _ => self.copy_exactly(source.as_bytes().get(stretch).unwrap_or_default()),
        }
    }

    fn copy_exactly(&mut self, stretch: &[u8]) {
        let end = self.end + stretch.len();
        if end > self.out.len() {
            self.out.resize(end + end / 4 + STRIDE, 0);
        }
        if let Some(to) = self.out.get_mut(self.end..end) {
            to.copy_from_slice(stretch);
        }
        self.end = end;
    }

    /// Writes what was put from `start` on in a case.
    #[inline]
    fn rewrite_in(&mut self, case: Case, start: usize) {
        let put = self.out.get_mut(start..self.end).unwrap_or_default();
        if put.is_ascii() {
            let upper = if case == Case::Title { put.get_mut(..1).unwrap_or_default() } else { put };
            upper.make_ascii_uppercase();
            return;
        }
        let again = written(&String::from_utf8_lossy(put), case);
        self.end = start;
        self.copy_exactly(again.as_bytes());
    }

    /// The result, with what is left of the text.
    pub(super) fn finish(mut self, eligible: usize, key: Key) -> Scrambled {
        self.copy_exactly(self.text.as_bytes().get(self.at..).unwrap_or_default());
        self.out.truncate(self.end);
        // Invariant: whole stretches of texts are UTF-8 when joined.
        let text = String::from_utf8(self.out).unwrap_or_default();
        Scrambled { text, eligible, changed: self.changed, edits: self.edits.unwrap_or_default(), key }
    }
}

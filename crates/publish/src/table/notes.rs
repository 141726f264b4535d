//! What stands under a table: general, then specific, then probability notes (APA 7, 7.14).

use crate::{Provenance, RichText};

use super::Table;

/// The notes that the author of a table writes. Notes that cells call for (provenance, bold, the
/// dash of a missing value) are added by the renderer and can't be forgotten.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notes {
    /// About the table as a whole.
    pub general: Vec<RichText>,
    /// About the cells that carry the marker.
    pub specific: Vec<(String, RichText)>,
    /// About significance.
    pub probability: Vec<RichText>,
}

/// A note with its marker (empty for a note about the whole table).
pub(super) struct MarkedNote {
    pub(super) marker: String,
    pub(super) text: RichText,
}

impl Table {
    /// Every note in the order in which it is printed.
    pub(super) fn all_notes(&self) -> Vec<MarkedNote> {
        let plain = |text: RichText| MarkedNote { marker: String::new(), text };
        let mut notes: Vec<MarkedNote> = self.notes.general.iter().cloned().map(plain).collect();
        let mut tests: Vec<&str> = Vec::new();
        for best in self.cells().filter_map(|cell| cell.best()) {
            if !tests.contains(&best.test.as_str()) {
                tests.push(&best.test);
            }
        }
        if !tests.is_empty() {
            let tests = tests.join("; ");
            notes.push(plain(format!("Bold: best value, separated from the next by {tests}.").into()));
        }
        if self.cells().any(super::Cell::is_missing) {
            notes.push(plain("A dash stands for a missing value.".into()));
        }
        for (marker, text) in &self.notes.specific {
            notes.push(MarkedNote { marker: marker.clone(), text: text.clone() });
        }
        for provenance in [Provenance::Simulated, Provenance::Estimated] {
            let used = self.cells().any(|cell| !cell.is_missing() && cell.provenance() == Some(provenance));
            if let (true, Some(mark), Some(note)) = (used, provenance.mark(), provenance.note()) {
                notes.push(MarkedNote { marker: mark.to_string(), text: note.into() });
            }
        }
        notes.extend(self.notes.probability.iter().cloned().map(plain));
        notes
    }
}

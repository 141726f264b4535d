//! The tool `search`: the documents of a local set that fit a query best, by BM25.

use std::collections::BTreeMap;

/// Saturation of a term's frequency, and weight of a document's length: the usual values.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Documents told.
const TOLD: usize = 3;

/// An inverted index over short documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct SearchIndex {
    documents: Vec<String>,
    lengths: Vec<f64>,
    postings: BTreeMap<String, Vec<(usize, f64)>>,
}

fn terms(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

impl SearchIndex {
    /// An index; documents that repeat are kept once.
    pub(crate) fn new(documents: impl IntoIterator<Item = String>) -> Self {
        let mut index = Self::default();
        let mut known = std::collections::BTreeSet::new();
        for document in documents {
            if !known.insert(document.clone()) {
                continue;
            }
            let at = index.documents.len();
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            let mut length = 0.0;
            for term in terms(&document) {
                *counts.entry(term).or_default() += 1.0;
                length += 1.0;
            }
            for (term, count) in counts {
                index.postings.entry(term).or_default().push((at, count));
            }
            index.documents.push(document);
            index.lengths.push(length);
        }
        index
    }

    /// The best documents and their scores, best first; ties in the order of the documents.
    ///
    /// Source: Robertson & Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009, equation 3.15, with
    /// the idf ln(1 + (N − n + ½)/(n + ½)) that is never negative.
    pub(crate) fn best(&self, query: &str) -> Vec<(&str, f64)> {
        let documents = self.documents.len() as f64;
        let mean = self.lengths.iter().sum::<f64>() / documents.max(1.0);
        let mut scores = vec![0.0; self.documents.len()];
        for term in terms(query) {
            let Some(postings) = self.postings.get(&term) else { continue };
            let with = postings.len() as f64;
            let idf = libm::log1p((documents - with + 0.5) / (with + 0.5));
            for (at, count) in postings {
                let length = self.lengths.get(*at).copied().unwrap_or(mean);
                let score = idf * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean));
                if let Some(sum) = scores.get_mut(*at) {
                    *sum += score;
                }
            }
        }
        let mut found: Vec<(&str, f64)> =
            self.documents.iter().map(String::as_str).zip(scores).filter(|(_, score)| *score > 0.0).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.truncate(TOLD);
        found
    }

    /// The best documents, for a model.
    pub(crate) fn answer(&self, query: &str) -> String {
        let found = self.best(query);
        if found.is_empty() {
            return "nothing was found".into();
        }
        let lines = found.iter().enumerate().map(|(i, (document, _))| format!("{}. {document}", i + 1));
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_bm25_s() {
        let index = SearchIndex::new(["the cat sat".to_owned(), "the dog sat on the cat".to_owned()]);
        // By hand: two documents, "dog" in one of them, once, in 6 words where the mean is 4.5.
        let idf = libm::log(1.0 + (2.0 - 1.0 + 0.5) / (1.0 + 0.5));
        let expected = idf * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * 6.0 / 4.5));
        let found = index.best("dog");
        assert_eq!(found.len(), 1);
        assert!((found[0].1 - expected).abs() < 1e-12, "{}", found[0].1);
        assert_eq!(index.best("cat sat")[0].0, "the cat sat", "the shorter one");
    }

    #[test]
    fn what_is_in_no_document_is_not_found_and_repeats_are_kept_once() {
        let index = SearchIndex::new(["one".to_owned(), "one".to_owned()]);
        assert_eq!(index.best("one").len(), 1);
        assert_eq!(index.answer("two"), "nothing was found");
        assert_eq!(SearchIndex::new([]).answer("one"), "nothing was found");
    }
}

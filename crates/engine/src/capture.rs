//! Captured output with a cap: the first half and the last half of what came.

use std::collections::VecDeque;

/// Keeps at most `cap` bytes. Invariant: memory never exceeds `cap` whatever a program prints.
pub(crate) struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    half: usize,
    dropped: u64,
}

impl Capture {
    pub(crate) fn new(cap: usize) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), half: (cap / 2).max(1), dropped: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let to_head = bytes.len().min(self.half - self.head.len());
        let (first, rest) = bytes.split_at(to_head);
        self.head.extend_from_slice(first);
        // Of a long piece only its end can survive in the tail.
        let skipped = rest.len().saturating_sub(self.half);
        self.dropped += skipped as u64;
        self.tail.extend(&rest[skipped..]);
        let excess = self.tail.len().saturating_sub(self.half);
        self.dropped += excess as u64;
        self.tail.drain(..excess);
    }

    /// What was kept, and how many bytes of the middle were not.
    pub(crate) fn finish(self) -> (Vec<u8>, u64) {
        let mut kept = self.head;
        kept.extend(self.tail);
        (kept, self.dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_dropped_and_counted() {
        for piece in [1, 3, 100] {
            let all: Vec<u8> = (0..100).collect();
            let mut capture = Capture::new(10);
            all.chunks(piece).for_each(|c| capture.push(c));
            assert_eq!(capture.finish(), (vec![0, 1, 2, 3, 4, 95, 96, 97, 98, 99], 90), "pieces of {piece}");
        }
    }

    #[test]
    fn short_output_is_whole() {
        let mut capture = Capture::new(10);
        capture.push(b"hello");
        assert_eq!(capture.finish(), (b"hello".to_vec(), 0));
    }
}

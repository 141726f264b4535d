//! The last few of something that is costly to make and is wanted again for the next text.

/// How many are kept: a run asks for one, and a thread takes runs of a few conditions in turn.
const KEPT: usize = 4;

/// What was last made, the latest last.
pub(super) struct Recent<K, V>(Vec<(K, V)>);

impl<K: PartialEq, V> Recent<K, V> {
    /// Nothing made so far.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes the one of that name out, or makes it.
    pub(super) fn take(&mut self, key: &K, make: impl FnOnce() -> V) -> V {
        match self.0.iter().position(|(known, _)| known == key) {
            Some(at) => self.0.remove(at).1,
            None => make(),
        }
    }

    /// Puts one back as the latest; the one not wanted for longest gives way.
    pub(super) fn keep(&mut self, key: K, value: V) {
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push((key, value));
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

//! Messages under way. A broadcast is stored once and delivered many times.

use super::adversary::LetterKind;
use super::group::AppMessage;
use super::node_set::NodeId;
use super::protocol::Message;

/// A message of the protocol or of the application.
#[derive(Clone, Debug)]
pub(super) enum Letter<M, A> {
    Protocol(M),
    Application(A),
}

impl<M: Message, A: AppMessage> Letter<M, A> {
    /// What it is for.
    pub(super) fn kind(&self) -> LetterKind {
        match self {
            Self::Protocol(message) if message.is_proposal() => LetterKind::Proposal,
            Self::Protocol(_) => LetterKind::Vote,
            Self::Application(_) => LetterKind::Application,
        }
    }

    /// What a Byzantine author would say instead.
    pub(super) fn tampered(&self, author: NodeId) -> Option<Self> {
        match self {
            Self::Protocol(message) => message.tampered(author).map(Self::Protocol),
            Self::Application(message) => message.tampered(author).map(Self::Application),
        }
    }
}

struct Held<M, A> {
    letter: Letter<M, A>,
    copies: u32,
}

/// Stores each letter until its last copy is delivered.
pub(super) struct PostOffice<M, A> {
    held: Vec<Held<M, A>>,
    free: Vec<u32>,
}

impl<M, A> Default for PostOffice<M, A> {
    fn default() -> Self {
        Self { held: Vec::new(), free: Vec::new() }
    }
}

impl<M: Message, A: AppMessage> PostOffice<M, A> {
    /// Takes a letter in; [`settle`](Self::settle) it after addressing all its copies.
    pub(super) fn accept(&mut self, letter: Letter<M, A>) -> u32 {
        let held = Held { letter, copies: 1 };
        match self.free.pop() {
            Some(slot) => {
                self.held[slot as usize] = held;
                slot
            }
            None => {
                self.held.push(held);
                (self.held.len() - 1) as u32
            }
        }
    }

    /// The letter's text.
    #[inline]
    pub(super) fn read(&self, letter: u32) -> &Letter<M, A> {
        &self.held[letter as usize].letter
    }

    /// One more copy is under way.
    #[inline]
    pub(super) fn address(&mut self, letter: u32) {
        self.held[letter as usize].copies += 1;
    }

    /// No more copies will be addressed.
    pub(super) fn settle(&mut self, letter: u32) {
        self.done(letter);
    }

    /// One copy was delivered.
    #[inline]
    pub(super) fn done(&mut self, letter: u32) {
        let copies = &mut self.held[letter as usize].copies;
        *copies -= 1;
        if *copies == 0 {
            self.free.push(letter);
        }
    }
}

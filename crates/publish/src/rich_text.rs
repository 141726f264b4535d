//! Short text with the little mathematics that table headings and cells need.

/// A stretch of a [`RichText`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Upright text, set exactly as written.
    Plain(String),
    /// A mathematical variable or statistic, set in italics: *t*, *SD*.
    Variable(String),
    /// Lowered, as the 2 in H₂.
    Subscript(String),
    /// Raised, as the 2 in η².
    Superscript(String),
}

/// Text made of pieces. User text is data: no piece is ever read as markup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RichText(pub Vec<Piece>);

impl RichText {
    /// A statistic or variable in italics.
    pub fn variable(name: impl Into<String>) -> Self {
        Self(vec![Piece::Variable(name.into())])
    }

    /// Adds upright text.
    pub fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Plain(text.into()));
        self
    }

    /// Adds an italic variable.
    pub fn and_variable(mut self, name: impl Into<String>) -> Self {
        self.0.push(Piece::Variable(name.into()));
        self
    }

    /// Adds a subscript.
    pub fn subscript(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Subscript(text.into()));
        self
    }

    /// Adds a superscript.
    pub fn superscript(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Superscript(text.into()));
        self
    }

    /// True when nothing would be seen.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| piece.text().is_empty())
    }

    /// The text with all typography dropped: `η²` written as `η2`.
    pub fn unadorned(&self) -> String {
        self.0.iter().map(Piece::text).collect()
    }
}

impl Piece {
    /// The characters of this piece.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Variable(text) | Self::Subscript(text) | Self::Superscript(text) => text,
        }
    }
}

impl From<&str> for RichText {
    fn from(text: &str) -> Self {
        Self(vec![Piece::Plain(text.to_owned())])
    }
}

impl From<String> for RichText {
    fn from(text: String) -> Self {
        Self(vec![Piece::Plain(text)])
    }
}

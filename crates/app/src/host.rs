//! What an operation may ask of the desktop it runs on. A command line has none of it.

use std::path::PathBuf;

/// What a file is chosen for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileQuestion {
    /// The dialog's title.
    pub title: String,
    /// A file to be written, rather than read.
    pub save: bool,
    /// Several files may be chosen (reading only).
    pub many: bool,
    /// Name offered for a file to be written.
    pub name: Option<String>,
    /// Endings accepted, without the dot; all when empty.
    pub endings: Vec<String>,
}

/// A desktop: native dialogs and notifications.
pub trait Host: Send + Sync {
    /// Lets the user choose files; empty when they choose none. Blocks until they have.
    fn choose_files(&self, question: &FileQuestion) -> Vec<PathBuf>;

    /// Tells the user something while they may be looking elsewhere.
    fn notify(&self, title: &str, text: &str);

    /// Shows the window's content at this size, percent of the usual.
    fn zoom(&self, percent: u32);
}

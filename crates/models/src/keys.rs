//! Where keys come from: this session's memory, the operating system's keychain, the environment, a file of the same
//! form that the user names. Never from a spec, never to a log.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;

/// Where a key was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// Given in this session, forgotten at its end.
    Session,
    /// The operating system's keychain.
    Keychain,
    /// An environment variable.
    Environment,
    /// The environment file that the user named.
    File,
}

impl KeySource {
    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "this session",
            Self::Keychain => "the keychain",
            Self::Environment => "the environment",
            Self::File => "the environment file",
        }
    }
}

/// Whether this can name a key, as `OPENAI_API_KEY`. Keys themselves have small letters or signs: one that was written in
/// a name's place must not get into a spec, a store or a message.
pub(crate) fn is_key_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) && (1..=64).contains(&name.len())
}

/// What is expected where a key's name is.
pub(crate) const KEY_NAME: &str =
    "expected the name of an environment variable in capital letters (OPENAI_API_KEY), never the key itself";

/// An environment file that can't be used. Never repeats what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvFileError {
    /// It can't be read.
    #[error("the environment file {0} can't be read: {1}")]
    Unreadable(String, String),
    /// A line is no assignment.
    #[error("line {1} of the environment file {0} is not NAME=value")]
    NotAssigned(String, usize),
}

/// The keys that this process may use.
#[derive(Debug, Default)]
pub struct Keys {
    session: Mutex<BTreeMap<String, SecretString>>,
    file: BTreeMap<String, SecretString>,
}

impl Keys {
    /// Keys of the environment, and of a file with lines `NAME=value` where one is named.
    ///
    /// # Errors
    /// The file can't be read, or a line of it is no assignment.
    pub fn open(env_file: Option<&Path>) -> Result<Self, EnvFileError> {
        let Some(path) = env_file else { return Ok(Self::default()) };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| EnvFileError::Unreadable(name.clone(), e.to_string()))?;
        let mut file = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let assigned = line.strip_prefix("export ").unwrap_or(line).split_once('=');
            let (key, value) = assigned.ok_or_else(|| EnvFileError::NotAssigned(name.clone(), at + 1))?;
            let value = value.trim();
            let quoted = |q: char| value.strip_prefix(q).and_then(|v| v.strip_suffix(q));
            let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
            file.insert(key.trim().to_owned(), SecretString::from(value));
        }
        Ok(Self { session: Mutex::default(), file })
    }

    /// Gives a key for this session only.
    pub fn remember(&self, name: &str, key: SecretString) {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), key);
    }

    /// Forgets what [`Keys::remember`] was given.
    pub fn forget(&self, name: &str) {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Where the key of this name was found; `None`: nowhere.
    pub fn source(&self, name: &str) -> Option<KeySource> {
        self.find(name).map(|(_, source)| source)
    }

    /// The key of this name, and where it was found.
    pub(crate) fn find(&self, name: &str) -> Option<(SecretString, KeySource)> {
        let session = || self.session.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let environment = || std::env::var(name).ok().filter(|value| !value.is_empty()).map(SecretString::from);
        session()
            .map(|key| (key, KeySource::Session))
            .or_else(|| crate::keychain::read(name).map(|key| (key, KeySource::Keychain)))
            .or_else(|| environment().map(|key| (key, KeySource::Environment)))
            .or_else(|| self.file.get(name).cloned().map(|key| (key, KeySource::File)))
    }
}

/// Takes the key out of a text, however often the other side repeats it; whether it did.
pub(crate) fn scrub(text: &mut Vec<u8>, key: &str) -> bool {
    const GONE: &[u8] = b"[key]";
    let key = key.trim().as_bytes();
    // What is shorter than a key would be found in innocent text.
    if key.len() < 8 || text.len() < key.len() {
        return false;
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(key) {
            kept.extend_from_slice(GONE);
            at += key.len();
        } else {
            kept.push(text[at]);
            at += 1;
        }
    }
    let found = kept != *text;
    *text = kept;
    found
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn an_environment_file_is_read_and_a_wrong_one_refused_without_repeating_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.env");
        std::fs::write(&path, "# mine\n\nexport A_KEY=\"abc=def\"\nB_KEY = 'x y'\nC_KEY=z\n").unwrap();
        let keys = Keys::open(Some(&path)).unwrap();
        let found = |name| keys.find(name).map(|(key, source)| (key.expose_secret().to_owned(), source));
        assert_eq!(found("A_KEY"), Some(("abc=def".into(), KeySource::File)));
        assert_eq!(found("B_KEY"), Some(("x y".into(), KeySource::File)));
        assert_eq!(found("ERGON_NO_SUCH_KEY"), None);
        keys.remember("C_KEY", "now".into());
        assert_eq!(found("C_KEY"), Some(("now".into(), KeySource::Session)), "the session comes first");
        assert!(!format!("{keys:?}").contains("abc"), "debug output shows no key");

        std::fs::write(&path, "A_KEY=x\nsk-planted-secret\n").unwrap();
        let error = Keys::open(Some(&path)).unwrap_err().to_string();
        assert!(error.starts_with("line 2 of") && !error.contains("planted"), "{error}");
    }

    #[test]
    fn a_key_that_is_echoed_is_taken_out() {
        let mut text = b"bad key sk-planted-1 (sk-planted-1)".to_vec();
        assert!(scrub(&mut text, "sk-planted-1"));
        assert_eq!(text, b"bad key [key] ([key])");
        assert!(!scrub(&mut text, "sk-planted-1"));
    }
}

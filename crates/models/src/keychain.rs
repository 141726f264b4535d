//! The operating system's keychain, where the program was built with it (feature `keychain`).

use secrecy::SecretString;

/// Name under which keys are kept.
#[cfg(feature = "keychain")]
const SERVICE: &str = "ergon";

#[cfg(not(feature = "keychain"))]
const NOT_BUILT: &str = "this program was built without it";

/// The keychain can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keychain can't be used: {0}; give the key in the environment or in a file with --env-file")]
pub struct KeychainError(String);

/// A key by its name; `None` too where there is no keychain (a server without a desktop).
#[cfg(feature = "keychain")]
pub(crate) fn read(name: &str) -> Option<SecretString> {
    keyring::Entry::new(SERVICE, name).ok()?.get_password().ok().map(SecretString::from)
}

/// Without a keychain there is nothing in it.
#[cfg(not(feature = "keychain"))]
pub(crate) fn read(_name: &str) -> Option<SecretString> {
    None
}

/// Whether this program was built with it.
pub const HAS_KEYCHAIN: bool = cfg!(feature = "keychain");

/// Takes a key out of the keychain; one that is not there is no error.
///
/// # Errors
/// There is no keychain, or it refuses.
#[cfg(feature = "keychain")]
pub fn forget(name: &str) -> Result<(), KeychainError> {
    match keyring::Entry::new(SERVICE, name).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(e) => Err(KeychainError(e.to_string())),
    }
}

/// Takes a key out of the keychain.
///
/// # Errors
/// Always: the program was built without the feature `keychain`.
#[cfg(not(feature = "keychain"))]
pub fn forget(_name: &str) -> Result<(), KeychainError> {
    Err(KeychainError(NOT_BUILT.into()))
}

/// Keeps a key.
///
/// # Errors
/// There is no keychain, or it refuses.
#[cfg(feature = "keychain")]
pub fn keep(name: &str, key: &SecretString) -> Result<(), KeychainError> {
    use secrecy::ExposeSecret;
    let kept = keyring::Entry::new(SERVICE, name).and_then(|entry| entry.set_password(key.expose_secret()));
    kept.map_err(|e| KeychainError(e.to_string()))
}

/// Keeps a key.
///
/// # Errors
/// Always: the program was built without the feature `keychain`.
#[cfg(not(feature = "keychain"))]
pub fn keep(_name: &str, _key: &SecretString) -> Result<(), KeychainError> {
    Err(KeychainError(NOT_BUILT.into()))
}

//! The operating system's keychain, where there is one: under Linux the Secret Service of a session bus. `cargo xtask
//! test` starts both (stage `keychain`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use ergon_models::{KeySource, Keys, forget_in_keychain, keep_in_keychain};

#[test]
#[ignore = "needs a session bus with a keychain; cargo xtask test starts one"]
fn keychain_keeps_a_key_for_the_next_start_until_it_is_forgotten() {
    let name = format!("ERGON_TEST_KEY_{}", std::process::id());
    let source = || Keys::default().source(&name);
    assert_eq!(source(), None);
    keep_in_keychain(&name, &"sk-planted-1".into()).unwrap();
    assert_eq!(source(), Some(KeySource::Keychain));
    keep_in_keychain(&name, &"sk-planted-2".into()).unwrap();
    forget_in_keychain(&name).unwrap();
    assert_eq!(source(), None, "given twice, it is one key");
    forget_in_keychain(&name).unwrap();
}

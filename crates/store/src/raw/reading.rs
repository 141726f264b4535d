//! Makes a connection read-only in SQLite's own eyes: an authorizer that lets only reading pass.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use libsqlite3_sys as ffi;

use super::Raw;

/// Pragmas that only tell something.
const TELLING: [&str; 14] = [
    "application_id",
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "foreign_key_list",
    "function_list",
    "index_info",
    "index_list",
    "page_count",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// SAFETY: called by SQLite with NUL-terminated texts or null.
unsafe extern "C" fn only_reading(
    _: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    _: *const c_char,
    _: *const c_char,
) -> c_int {
    let text = |p: *const c_char| {
        // SAFETY: not null is checked; SQLite's texts end with NUL and live for the call.
        (!p.is_null()).then(|| unsafe { CStr::from_ptr(p) }.to_string_lossy().to_ascii_lowercase())
    };
    // The argument of a pragma that tells names a table; for the two numbers of the header it would be a new value.
    let header = ["application_id", "user_version"];
    let tells =
        |name: String| TELLING.contains(&name.as_str()) && (second.is_null() || !header.contains(&name.as_str()));
    match action {
        ffi::SQLITE_SELECT | ffi::SQLITE_READ | ffi::SQLITE_FUNCTION | ffi::SQLITE_RECURSIVE => ffi::SQLITE_OK,
        ffi::SQLITE_PRAGMA if text(first).is_some_and(tells) => ffi::SQLITE_OK,
        _ => ffi::SQLITE_DENY,
    }
}

impl Raw<'_> {
    /// From here on a statement that would change anything is refused when it is prepared.
    pub(crate) fn allow_only_reading(&self) {
        // SAFETY: the connection is open; the callback keeps no state. The only error is a closed connection.
        unsafe { ffi::sqlite3_set_authorizer(self.db.as_ptr(), Some(only_reading), null_mut()) };
    }
}

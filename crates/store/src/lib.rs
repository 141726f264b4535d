//! The SQLite store: the only crate that contains SQL.

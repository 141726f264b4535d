//! A prepared statement in use, and the values that go in and out of it.

use std::ffi::{CStr, c_int};
use std::rc::Rc;

use libsqlite3_sys as ffi;

use super::{Handle, Raw};
use crate::error::StoreError;

/// A value to bind.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bind<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl<'a> Bind<'a> {
    pub(crate) fn text(x: Option<&'a str>) -> Self {
        x.map_or(Self::Null, Self::Text)
    }
    pub(crate) fn real(x: Option<f64>) -> Self {
        x.map_or(Self::Null, Self::Real)
    }
    pub(crate) fn int(x: Option<i64>) -> Self {
        x.map_or(Self::Null, Self::Int)
    }
}

/// A value read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A statement in use; reset when dropped.
pub(crate) struct Statement<'c> {
    raw: &'c Raw<'c>,
    handle: Rc<Handle>,
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement is alive; bindings point to nothing after a reset (values are copied: SQLITE_TRANSIENT).
        unsafe {
            ffi::sqlite3_reset(self.handle.0.as_ptr());
        }
    }
}

impl<'c> Statement<'c> {
    /// Takes a statement that nobody else steps.
    pub(super) fn new(raw: &'c Raw<'c>, handle: Rc<Handle>) -> Self {
        Self { raw, handle }
    }

    fn ptr(&self) -> *mut ffi::sqlite3_stmt {
        self.handle.0.as_ptr()
    }

    /// Binds from the first parameter on.
    pub(crate) fn bind_all(&mut self, values: &[Bind<'_>]) -> Result<(), StoreError> {
        for (at, value) in (1..).zip(values) {
            // SAFETY: the statement is alive; SQLITE_TRANSIENT makes SQLite copy texts and blobs before returning.
            let code = unsafe {
                match *value {
                    Bind::Null => ffi::sqlite3_bind_null(self.ptr(), at),
                    Bind::Int(x) => ffi::sqlite3_bind_int64(self.ptr(), at, x),
                    Bind::Real(x) => ffi::sqlite3_bind_double(self.ptr(), at, x),
                    Bind::Text(x) => ffi::sqlite3_bind_text64(
                        self.ptr(),
                        at,
                        x.as_ptr().cast(),
                        x.len() as u64,
                        ffi::SQLITE_TRANSIENT(),
                        ffi::SQLITE_UTF8 as u8,
                    ),
                    Bind::Blob(x) => ffi::sqlite3_bind_blob64(
                        self.ptr(),
                        at,
                        x.as_ptr().cast(),
                        x.len() as u64,
                        ffi::SQLITE_TRANSIENT(),
                    ),
                }
            };
            if code != ffi::SQLITE_OK {
                return Err(self.raw.error(code));
            }
        }
        Ok(())
    }

    /// Goes to the next row; false at the end.
    pub(crate) fn step(&mut self) -> Result<bool, StoreError> {
        // SAFETY: the statement is alive and on the thread that owns the connection.
        match unsafe { ffi::sqlite3_step(self.ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => {
                let error = self.raw.error(code);
                // SAFETY: as above; a statement that failed is reset before its transaction can be rolled back.
                unsafe { ffi::sqlite3_reset(self.ptr()) };
                Err(error)
            }
        }
    }

    /// Binds and runs again from the start.
    pub(crate) fn run(&mut self, values: &[Bind<'_>]) -> Result<(), StoreError> {
        // SAFETY: the statement is alive.
        unsafe { ffi::sqlite3_reset(self.ptr()) };
        self.bind_all(values)?;
        while self.step()? {}
        Ok(())
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        // SAFETY: the statement is alive.
        unsafe { ffi::sqlite3_column_count(self.ptr()) }.unsigned_abs() as usize
    }

    /// Name of a column.
    pub(crate) fn name(&self, column: usize) -> String {
        // SAFETY: the statement is alive; the name is copied. An index out of range gives null.
        unsafe {
            let name = ffi::sqlite3_column_name(self.ptr(), column as c_int);
            if name.is_null() { String::new() } else { CStr::from_ptr(name).to_string_lossy().into_owned() }
        }
    }

    fn kind(&self, column: usize) -> c_int {
        // SAFETY: on a row; an index out of range reads as null.
        unsafe { ffi::sqlite3_column_type(self.ptr(), column as c_int) }
    }

    pub(crate) fn is_null(&self, column: usize) -> bool {
        self.kind(column) == ffi::SQLITE_NULL
    }

    pub(crate) fn int(&self, column: usize) -> i64 {
        // SAFETY: on a row; any type converts.
        unsafe { ffi::sqlite3_column_int64(self.ptr(), column as c_int) }
    }

    pub(crate) fn real(&self, column: usize) -> f64 {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_column_double(self.ptr(), column as c_int) }
    }

    pub(crate) fn optional_int(&self, column: usize) -> Option<i64> {
        (!self.is_null(column)).then(|| self.int(column))
    }

    pub(crate) fn optional_real(&self, column: usize) -> Option<f64> {
        (!self.is_null(column)).then(|| self.real(column))
    }

    /// Bytes of a text or blob, valid until the next step.
    fn bytes(&self, column: usize) -> &[u8] {
        // SAFETY: on a row; the pointer is asked for before the length (SQLite's rule), is valid until the next call that
        // changes this column, and none can happen while `self` is borrowed.
        unsafe {
            let data = ffi::sqlite3_column_blob(self.ptr(), column as c_int);
            let length = ffi::sqlite3_column_bytes(self.ptr(), column as c_int).unsigned_abs() as usize;
            if data.is_null() { &[] } else { std::slice::from_raw_parts(data.cast(), length) }
        }
    }

    pub(crate) fn blob(&self, column: usize) -> &[u8] {
        self.bytes(column)
    }

    pub(crate) fn text(&self, column: usize) -> String {
        if self.is_null(column) {
            return String::new();
        }
        match self.kind(column) {
            ffi::SQLITE_INTEGER => self.int(column).to_string(),
            ffi::SQLITE_FLOAT => self.real(column).to_string(),
            _ => String::from_utf8_lossy(self.bytes(column)).into_owned(),
        }
    }

    pub(crate) fn optional_text(&self, column: usize) -> Option<String> {
        (!self.is_null(column)).then(|| self.text(column))
    }

    pub(crate) fn field(&self, column: usize) -> Field {
        match self.kind(column) {
            ffi::SQLITE_INTEGER => Field::Int(self.int(column)),
            ffi::SQLITE_FLOAT => Field::Real(self.real(column)),
            ffi::SQLITE_TEXT => Field::Text(self.text(column)),
            ffi::SQLITE_BLOB => Field::Blob(self.bytes(column).to_vec()),
            _ => Field::Null,
        }
    }
}

//! The one place that talks to SQLite's C interface: a connection and prepared statements, safely wrapped.
//!
//! Measured (ENGINE.md §5): row by row through the driver, one metric of 100,000 runs takes 61–341 ms; here 6–11 ms.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_int};
use std::ptr::{NonNull, null_mut};
use std::rc::Rc;

use libsqlite3_sys as ffi;

use crate::error::StoreError;

/// A connection borrowed from the driver. Not `Send`: used on the thread that holds the driver's lock on the handle.
pub(crate) struct Raw {
    db: NonNull<ffi::sqlite3>,
    prepared: RefCell<BTreeMap<String, Rc<Handle>>>,
}

struct Handle(NonNull<ffi::sqlite3_stmt>);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: made by sqlite3_prepare_v2, finalised once, here.
        unsafe { ffi::sqlite3_finalize(self.0.as_ptr()) };
    }
}

impl Raw {
    /// SAFETY (caller): `db` stays open, and is used by nobody else, for as long as this value lives.
    pub(crate) unsafe fn borrow(db: NonNull<ffi::sqlite3>) -> Self {
        Self { db, prepared: RefCell::default() }
    }

    fn error(&self, code: c_int) -> StoreError {
        // SAFETY: the connection is open; the message is copied before any further call.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.db.as_ptr())) }.to_string_lossy().into_owned();
        match code & 0xff {
            ffi::SQLITE_FULL => StoreError::DiskFull,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StoreError::Busy,
            // What the system said decides whether an I/O error means "no room".
            ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_CORRUPT | ffi::SQLITE_READONLY => {
                // SAFETY: as above.
                match unsafe { ffi::sqlite3_system_errno(self.db.as_ptr()) } {
                    errno if errno == nix::errno::Errno::ENOSPC as c_int => StoreError::DiskFull,
                    errno if errno == nix::errno::Errno::EDQUOT as c_int => StoreError::DiskFull,
                    _ => StoreError::Disk(message),
                }
            }
            _ => StoreError::Internal(message),
        }
    }

    fn prepare(&self, sql: &str) -> Result<Rc<Handle>, StoreError> {
        let text = CString::new(sql).map_err(|_| StoreError::Internal("a statement holds a NUL byte".into()))?;
        let mut statement = null_mut();
        // SAFETY: the connection is open, the text NUL-terminated, the out-pointer valid.
        let code =
            unsafe { ffi::sqlite3_prepare_v2(self.db.as_ptr(), text.as_ptr(), -1, &raw mut statement, null_mut()) };
        if code != ffi::SQLITE_OK {
            return Err(self.error(code));
        }
        NonNull::new(statement)
            .map(|s| Rc::new(Handle(s)))
            .ok_or_else(|| StoreError::Internal("an empty statement".into()))
    }

    /// A statement, kept prepared for the next time.
    pub(crate) fn statement(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        let known = self.prepared.borrow().get(sql).cloned();
        let handle = match known {
            // In use already (a query within the loop of the same query): prepared afresh.
            Some(handle) if Rc::strong_count(&handle) == 2 => handle,
            _ => {
                let handle = self.prepare(sql)?;
                self.prepared.borrow_mut().insert(sql.to_owned(), handle.clone());
                handle
            }
        };
        Ok(Statement { raw: self, handle, bound: 0 })
    }

    /// Runs a statement that returns no rows.
    pub(crate) fn execute(&self, sql: &str, values: &[Bind<'_>]) -> Result<(), StoreError> {
        let mut statement = self.statement(sql)?;
        statement.bind_all(values)?;
        while statement.step()? {}
        Ok(())
    }

    /// Number of rows the last statement changed.
    pub(crate) fn changes(&self) -> u64 {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_changes64(self.db.as_ptr()) }.unsigned_abs()
    }

    /// Id of the row inserted last.
    pub(crate) fn last_id(&self) -> i64 {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_last_insert_rowid(self.db.as_ptr()) }
    }

    /// Whether no transaction is open (an error may have ended it).
    pub(crate) fn is_autocommit(&self) -> bool {
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_get_autocommit(self.db.as_ptr()) != 0 }
    }
}

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
    raw: &'c Raw,
    handle: Rc<Handle>,
    bound: c_int,
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement is alive; bindings point to nothing after a reset (values are copied: SQLITE_TRANSIENT).
        unsafe {
            ffi::sqlite3_reset(self.handle.0.as_ptr());
        }
    }
}

impl Statement<'_> {
    fn ptr(&self) -> *mut ffi::sqlite3_stmt {
        self.handle.0.as_ptr()
    }

    /// Binds from the first parameter on.
    pub(crate) fn bind_all(&mut self, values: &[Bind<'_>]) -> Result<(), StoreError> {
        self.bound = 0;
        for value in values {
            self.bound += 1;
            let at = self.bound;
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

//! The one place that talks to SQLite's C interface: a connection and prepared statements, safely wrapped.
//!
//! Measured (ENGINE.md §5): row by row through the driver, one metric of 100,000 runs takes 61–341 ms; here 6–11 ms.
//!
//! Architecture invariant: the only unsafe code of the crate is in this folder.
#![allow(unsafe_code)]

mod aggregates;
mod reading;
mod statement;

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int};
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};
use std::rc::Rc;
use std::sync::Once;

use libsqlite3_sys as ffi;
use nix::errno::Errno;
use sqlx::sqlite::LockedSqliteHandle;

use crate::error::StoreError;

pub(crate) use statement::{Bind, Field, Statement};

/// Turns off SQLite's count of the memory it uses: every allocation would take a lock of the whole process for it.
/// To be called before the first connection is opened; later it has no effect.
pub(crate) fn configure() {
    static ONCE: Once = Once::new();
    // SAFETY: called once, by one thread; after SQLite has been initialised the call is refused without an effect. If
    // another thread initialises SQLite at the same moment (only this crate opens connections) it waits for `ONCE` first.
    ONCE.call_once(|| unsafe {
        ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0 as c_int);
    });
}

/// A connection borrowed from the driver for as long as the driver's lock on the handle is held. Not `Send`.
pub(crate) struct Raw<'h> {
    db: NonNull<ffi::sqlite3>,
    lock: PhantomData<&'h ()>,
    /// A few dozen: a walk that compares lengths is faster than any map of such long texts.
    prepared: RefCell<Vec<(String, Rc<Handle>)>>,
}

struct Handle(NonNull<ffi::sqlite3_stmt>);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: made by sqlite3_prepare_v2, finalised once, here.
        unsafe { ffi::sqlite3_finalize(self.0.as_ptr()) };
    }
}

impl<'h> Raw<'h> {
    /// The connection behind a locked handle: open, and used by nobody else, while the lock lives.
    pub(crate) fn of(locked: &'h mut LockedSqliteHandle<'_>) -> Self {
        Self { db: locked.as_raw_handle(), lock: PhantomData, prepared: RefCell::default() }
    }

    fn error(&self, code: c_int) -> StoreError {
        // SAFETY: the connection is open; the message is copied before any further call.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.db.as_ptr())) }.to_string_lossy().into_owned();
        match code & 0xff {
            ffi::SQLITE_FULL => StoreError::DiskFull,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StoreError::Busy,
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => StoreError::Damaged(message),
            ffi::SQLITE_CONSTRAINT => StoreError::Constraint(message),
            // What the system said decides whether an I/O error means "no room".
            ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY => {
                // SAFETY: as above.
                match Errno::from_raw(unsafe { ffi::sqlite3_system_errno(self.db.as_ptr()) }) {
                    Errno::ENOSPC | Errno::EDQUOT => StoreError::DiskFull,
                    Errno::UnknownErrno => StoreError::Disk(message),
                    errno => StoreError::Disk(format!("{message}; {}", errno.desc())),
                }
            }
            _ => StoreError::Internal(message),
        }
    }

    fn prepare(&self, sql: &str) -> Result<Rc<Handle>, StoreError> {
        let text = CString::new(sql).map_err(|_| StoreError::Query("it holds a NUL byte".into()))?;
        let (mut statement, mut rest): (_, *const c_char) = (null_mut(), null_mut());
        // SAFETY: the connection is open, the text NUL-terminated and alive, both out-pointers valid.
        let code =
            unsafe { ffi::sqlite3_prepare_v2(self.db.as_ptr(), text.as_ptr(), -1, &raw mut statement, &raw mut rest) };
        if code != ffi::SQLITE_OK {
            return Err(self.error(code));
        }
        let handle = NonNull::new(statement).map(|s| Rc::new(Handle(s)));
        let handle = handle.ok_or_else(|| StoreError::Query("it holds no statement".into()))?;
        // SAFETY: `rest` points into `text`, which ends with NUL.
        let rest = unsafe { CStr::from_ptr(rest) }.to_string_lossy();
        if rest.trim_matches(|c: char| c.is_whitespace() || c == ';').is_empty() {
            Ok(handle)
        } else {
            Err(StoreError::Query("it holds more than one statement".into()))
        }
    }

    /// A statement, kept prepared for the next time.
    pub(crate) fn statement(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        let known = self.prepared.borrow().iter().find(|(text, _)| text == sql).map(|(_, handle)| handle.clone());
        let handle = match known {
            Some(handle) if Rc::strong_count(&handle) == 2 => handle,
            // In use already (a query within the loop of the same query): another one, not kept.
            Some(_) => self.prepare(sql)?,
            None => {
                let handle = self.prepare(sql)?;
                self.prepared.borrow_mut().push((sql.to_owned(), handle.clone()));
                handle
            }
        };
        Ok(Statement::new(self, handle))
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

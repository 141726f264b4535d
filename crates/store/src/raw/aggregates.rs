//! `STDDEV(x)`, `MEDIAN(x)` and `PERCENTILE(x, p)` (p from 0 to 100) for queries of the user's own.

use std::ffi::{CStr, c_int};
use std::ptr::null_mut;

use libsqlite3_sys as ffi;

use super::Raw;

/// What an aggregate has seen. Made at the first row, taken down by `finish`, which SQLite calls exactly once.
#[derive(Default)]
struct Seen {
    values: Vec<f64>,
    percent: f64,
}

type Compute = fn(&mut Seen) -> Option<f64>;
type Finish = unsafe extern "C" fn(*mut ffi::sqlite3_context);

/// SAFETY: called by SQLite with a live context and `count` live values.
unsafe extern "C" fn step(context: *mut ffi::sqlite3_context, count: c_int, values: *mut *mut ffi::sqlite3_value) {
    // SAFETY: SQLite zeroes the memory it gives at the first call and returns the same afterwards; the registered
    // arities are 1 and 2, so `values` holds at least `count` ≥ 1 pointers.
    unsafe {
        let slot = ffi::sqlite3_aggregate_context(context, size_of::<*mut Seen>() as c_int).cast::<*mut Seen>();
        if slot.is_null() {
            ffi::sqlite3_result_error_nomem(context);
            return;
        }
        if (*slot).is_null() {
            *slot = Box::into_raw(Box::default());
        }
        let seen = &mut **slot;
        if count > 1 {
            seen.percent = ffi::sqlite3_value_double(*values.add(1));
        }
        let value = *values;
        if matches!(ffi::sqlite3_value_numeric_type(value), ffi::SQLITE_INTEGER | ffi::SQLITE_FLOAT) {
            seen.values.push(ffi::sqlite3_value_double(value));
        }
    }
}

/// SAFETY: called by SQLite with a live context, once per group, also when it gives up.
unsafe fn finish(context: *mut ffi::sqlite3_context, compute: Compute) {
    // SAFETY: with size 0 SQLite returns what `step` got, or null if there was no row; the box is taken back once.
    unsafe {
        let slot = ffi::sqlite3_aggregate_context(context, 0).cast::<*mut Seen>();
        if slot.is_null() || (*slot).is_null() {
            ffi::sqlite3_result_null(context);
            return;
        }
        let mut seen = Box::from_raw(*slot);
        *slot = null_mut();
        match compute(&mut seen) {
            Some(x) => ffi::sqlite3_result_double(context, x),
            None => ffi::sqlite3_result_null(context),
        }
    }
}

unsafe extern "C" fn stddev(context: *mut ffi::sqlite3_context) {
    // SAFETY: as `finish`.
    unsafe { finish(context, |seen| sample_deviation(&seen.values)) }
}

unsafe extern "C" fn median(context: *mut ffi::sqlite3_context) {
    // SAFETY: as `finish`.
    unsafe { finish(context, |seen| quantile(&mut seen.values, 0.5)) }
}

unsafe extern "C" fn percentile(context: *mut ffi::sqlite3_context) {
    // SAFETY: as `finish`.
    unsafe { finish(context, |seen| quantile(&mut seen.values, seen.percent / 100.0)) }
}

/// Sample standard deviation (n − 1), in two passes.
fn sample_deviation(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    Some((values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// The quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan, the usual one).
fn quantile(values: &mut [f64], p: f64) -> Option<f64> {
    if values.is_empty() || !(0.0..=1.0).contains(&p) {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let at = p * (values.len() - 1) as f64;
    let (low, share) = (at.floor() as usize, at - at.floor());
    let below = *values.get(low)?;
    Some(values.get(low + 1).map_or(below, |above| below + share * (above - below)))
}

impl Raw<'_> {
    /// Adds the aggregates to the connection.
    pub(crate) fn add_aggregates(&self) {
        let all: [(&CStr, c_int, Finish); 3] =
            [(c"stddev", 1, stddev), (c"median", 1, median), (c"percentile", 2, percentile)];
        for (name, arity, finish) in all {
            // SAFETY: the connection is open, the name NUL-terminated, the callbacks static. Failing (no memory)
            // leaves the function unknown, which a query then says.
            unsafe {
                ffi::sqlite3_create_function_v2(
                    self.db.as_ptr(),
                    name.as_ptr(),
                    arity,
                    ffi::SQLITE_UTF8 | ffi::SQLITE_DETERMINISTIC,
                    null_mut(),
                    None,
                    Some(step),
                    Some(finish),
                    None,
                );
            }
        }
    }
}

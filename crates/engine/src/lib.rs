//! From a plan to executed runs.

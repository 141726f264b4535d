//! From stored runs to analyses.

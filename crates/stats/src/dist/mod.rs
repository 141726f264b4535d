//! Probability distributions: distribution function, survival function and quantile, each
//! accurate in the tail it is named for. `statrs` 0.19 loses digits in several of these tails
//! (its issues 435, 434, 462, 432, 267), so none of it is used.
//!
//! These are plain functions of numbers: an argument outside its domain gives NaN.

pub mod beta;
pub mod binomial;
pub mod chi_squared;
pub mod fisher_f;
pub mod noncentral_chi_squared;
pub mod noncentral_f;
pub mod noncentral_t;
pub mod normal;
pub mod student_t;
pub mod studentized_range;

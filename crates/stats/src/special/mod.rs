//! Special functions behind the distributions. Everything transcendental comes from `libm`, so
//! that results are bit-identical on every platform.

pub(crate) mod gamma_ratio;
pub(crate) mod incomplete_beta;
pub(crate) mod incomplete_gamma;
pub(crate) mod quadrature;
pub(crate) mod root;
pub(crate) mod saddle;

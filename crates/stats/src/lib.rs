//! Statistics: slices in, typed results out. No I/O, no Ergon types.

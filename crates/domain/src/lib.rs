//! The words of Ergon as types. No I/O, no clock.

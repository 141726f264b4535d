//! Speed of the procedures that have a target.
fn main() {}

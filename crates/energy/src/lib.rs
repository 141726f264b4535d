//! Sensors and the host: the only crate that reads /sys and /proc.

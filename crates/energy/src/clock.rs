//! Time, monotonic and since boot; passed in so that tests can script it.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The clocks that measuring rests on.
pub trait Clock: Send + Sync {
    /// Nanoseconds, monotonic, standing still while the machine is suspended.
    fn monotonic_ns(&self) -> u64;
    /// Nanoseconds since boot, suspended time included.
    fn boot_ns(&self) -> u64;
    /// Returns at the given monotonic time, or at once if it is past.
    fn sleep_until(&self, monotonic_ns: u64);
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

fn read(id: ClockId) -> u64 {
    clock_gettime(id).map_or(0, |t| Duration::from(t).as_nanos() as u64)
}

impl Clock for SystemClock {
    fn monotonic_ns(&self) -> u64 {
        read(ClockId::CLOCK_MONOTONIC)
    }

    fn boot_ns(&self) -> u64 {
        read(ClockId::CLOCK_BOOTTIME)
    }

    fn sleep_until(&self, monotonic_ns: u64) {
        loop {
            let now = self.monotonic_ns();
            if now >= monotonic_ns {
                return;
            }
            std::thread::sleep(Duration::from_nanos(monotonic_ns - now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_from_boot_and_not_from_1970_so_setting_the_clock_changes_nothing() {
        let monotonic = SystemClock.monotonic_ns();
        assert!(monotonic <= SystemClock.boot_ns());
        SystemClock.sleep_until(monotonic + 2_000_000);
        assert!(SystemClock.monotonic_ns() >= monotonic + 2_000_000);
    }
}

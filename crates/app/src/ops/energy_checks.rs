//! The ways to energy, best first, for `doctor`: which are open, and the command that opens the others. Ergon never runs
//! them.

use ergon_domain::Provenance;

use super::doctor::{DoctorCheck, DoctorState};
use super::monitor::Sensors;

const POWERCAP_FIX: &str = "as root, once: groupadd -f energy; usermod -aG energy $USER; printf 'z \
    /sys/devices/virtual/powercap/*/*/energy_uj 0440 root energy\n' > /etc/tmpfiles.d/energy.conf; systemd-tmpfiles \
    --create. These counters were closed because of the PLATYPUS side channel (CVE-2020-8694): whoever reads them can \
    learn secrets of other programs, so put nobody into the group whom you would not trust with those";
const PERF_FIX: &str = "as root, for the command line: setcap cap_perfmon=ep \"$(command -v ergon)\" (the small helper \
    that is to hold it for the window is not built yet), or for everybody until the next boot: sysctl \
    kernel.perf_event_paranoid=0";

/// Checks of perf events, powercap and the estimate.
pub(crate) fn checks(sensors: &Sensors) -> Vec<DoctorCheck> {
    let places: Vec<&str> = sensors.meter.channels().iter().map(|c| c.place.as_str()).collect();
    let why = |what: &str| {
        let found = sensors.unavailable.iter().filter(|u| u.what.contains(what)).map(|u| u.why.clone());
        found.collect::<Vec<_>>().join("; ")
    };
    let way = |name: &str, open: bool, missing: String, fix: &str| {
        let fixable = missing.contains("permission") || missing.contains("CAP_PERFMON");
        DoctorCheck {
            name: name.into(),
            state: if open { DoctorState::Ok } else { DoctorState::Missing },
            detail: if open { "read".into() } else { missing },
            fix: (!open && fixable).then(|| fix.to_owned()),
        }
    };
    let read = |part: &str| places.iter().any(|place| place.contains(part));
    let estimated = sensors.meter.channels().iter().any(|c| matches!(c.provenance, Provenance::Estimated(_)));
    let estimate = if estimated {
        "used for the processor: nothing measures it here, and every joule is marked as estimated"
    } else {
        "not needed: the processor's energy is measured"
    };
    vec![
        way("energy: powercap", read("powercap"), why("powercap"), POWERCAP_FIX),
        way("energy: perf events", read("perf power"), why("perf power"), PERF_FIX),
        way("energy: NVIDIA GPUs", read("NVML"), why("NVML"), ""),
        DoctorCheck {
            name: "energy: estimate from CPU time".into(),
            state: DoctorState::Ok,
            detail: estimate.into(),
            fix: None,
        },
    ]
}

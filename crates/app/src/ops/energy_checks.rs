//! The ways to energy, best first, for `doctor`: which are open, and the command that opens the others. Ergon never runs
//! them.

use ergon_domain::Provenance;
use ergon_energy::{PERF_PROBE, Roots, RunCgroup, perf_probe_path};

use super::doctor::{DoctorCheck, DoctorState};
use super::monitor::Sensors;

const POWERCAP_FIX: &str = "as root, once: groupadd -f energy; usermod -aG energy $USER; printf 'z \
    /sys/devices/virtual/powercap/*/*/energy_uj 0440 root energy\n' > /etc/tmpfiles.d/energy.conf; systemd-tmpfiles \
    --create. These counters were closed because of the PLATYPUS side channel (CVE-2020-8694): whoever reads them can \
    learn secrets of other programs, so put nobody into the group whom you would not trust with those";
/// HELPER stands for the helper's path.
const PERF_FIX: &str = "as root, once: setcap cap_perfmon=ep HELPER (a small program that only reads these counters; \
    chgrp energy and chmod 0750 keep it to a group), or for everybody until the next boot: sysctl \
    kernel.perf_event_paranoid=0";

/// Checks of perf events, powercap and the estimate.
pub(crate) fn checks(sensors: &Sensors) -> Vec<DoctorCheck> {
    let places: Vec<&str> = sensors.meter.channels().iter().map(|c| c.place.as_str()).collect();
    let why = |what: &str| {
        let found = sensors.unavailable.iter().filter(|u| u.what.contains(what) && !u.counted_elsewhere);
        let found = found.map(|u| format!("{}: {}", u.what, u.why));
        found.collect::<Vec<_>>().join("; ")
    };
    // A part that is closed or stands still is missing from every total: one that is read doesn't make up for it.
    let way = |name: &str, open: bool, missing: String, fix: &str| {
        let fixable = missing.contains("permission") || missing.contains("CAP_PERFMON");
        let (state, detail) = match (open, missing.is_empty()) {
            (true, true) => (DoctorState::Ok, "read".into()),
            (true, false) => (DoctorState::Partly, format!("read, but for {missing}")),
            (false, _) => (DoctorState::Missing, missing),
        };
        let fix = (state != DoctorState::Ok && fixable).then(|| fix.to_owned());
        DoctorCheck { name: name.into(), state, detail, fix }
    };
    let helper = perf_probe_path().map_or_else(|| PERF_PROBE.to_owned(), |path| path.display().to_string());
    let perf_fix = PERF_FIX.replace("HELPER", &helper);
    let read = |part: &str| places.iter().any(|place| place.contains(part));
    let estimated = sensors.meter.channels().iter().any(|c| matches!(c.provenance, Provenance::Estimated(_)));
    let estimate = if estimated {
        "used for the processor: nothing measures it here, and every joule is marked as estimated"
    } else {
        "not needed: the processor's energy is measured"
    };
    vec![
        way("energy: powercap", read("powercap"), why("powercap"), POWERCAP_FIX),
        way("energy: perf events", read("perf power"), why("perf power"), &perf_fix),
        way("energy: NVIDIA GPUs", read("NVML"), why("NVML"), ""),
        match RunCgroup::parent(&Roots::from_environment()) {
            Ok(folder) => DoctorCheck {
                name: "energy: groups of processes".into(),
                state: DoctorState::Ok,
                detail: format!("runs that overlap are told apart under {}", folder.display()),
                fix: None,
            },
            Err(why) => DoctorCheck {
                name: "energy: groups of processes".into(),
                state: DoctorState::Missing,
                detail: format!("runs that overlap are told apart process by process instead: {why}"),
                fix: None,
            },
        },
        DoctorCheck {
            name: "energy: estimate from CPU time".into(),
            state: DoctorState::Ok,
            detail: estimate.into(),
            fix: None,
        },
    ]
}

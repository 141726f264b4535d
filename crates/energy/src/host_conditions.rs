//! What about the machine a reader of joules has to know: recorded once a session.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::discovery::Roots;
use crate::host_state;

/// Names and values as the kernel shows them; what it doesn't show is not in it.
pub fn host_conditions(roots: &Roots) -> BTreeMap<String, String> {
    let cpu = roots.sysfs.join("devices/system/cpu");
    let text = |path: &Path| fs::read_to_string(path).ok().map(|s| s.trim().to_owned());
    let info = fs::read_to_string(roots.procfs.join("cpuinfo")).unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let found = [
        ("processor", field("model name")),
        ("microcode", field("microcode")),
        ("kernel", text(&roots.procfs.join("sys/kernel/osrelease"))),
        ("governor", text(&cpu.join("cpu0/cpufreq/scaling_governor"))),
        ("energy_performance_preference", text(&cpu.join("cpu0/cpufreq/energy_performance_preference"))),
        ("turbo", host_state::turbo(&roots.sysfs).map(|on| if on { "on" } else { "off" }.to_owned())),
        ("hyperthreading", text(&cpu.join("smt/active")).map(|on| if on == "1" { "on" } else { "off" }.to_owned())),
        ("load_average", text(&roots.procfs.join("loadavg"))),
    ];
    found.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_shows_is_recorded_and_the_rest_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        let set = |file: &str, text: &str| {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        set("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2.0GHz\nmicrocode\t: 0xf0\n");
        set("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        set("sys/devices/system/cpu/cpufreq/boost", "0\n");
        let roots = Roots { sysfs: root.path().join("sys"), procfs: root.path().join("proc"), nvml: "none".into() };
        let expected =
            [("governor", "powersave"), ("microcode", "0xf0"), ("processor", "Some CPU @ 2.0GHz"), ("turbo", "off")];
        let found = host_conditions(&roots);
        assert_eq!(found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
    }
}

//! Energy and power that chips show under hwmon, and what a battery gives.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use ergon_domain::Provenance;

use crate::channel::{Channel, ChannelKind};
use crate::domain::Domain;
use crate::source::{EnergySource, Read, ReadError};

/// Chips refresh at their own, undocumented pace; most within this.
const UPDATE_S: f64 = 0.1;
/// A battery's electronics average over a second or longer.
const BATTERY_UPDATE_S: f64 = 1.0;
const MOST_W: f64 = 4_000.0;
const TEXT: usize = 64;

/// Energy and power inputs of all hwmon chips.
pub struct HwmonSource {
    channels: Vec<Channel>,
    inputs: Vec<(PathBuf, Option<File>)>,
}

impl HwmonSource {
    /// What `<sysfs>/class/hwmon` shows; `None` where it shows neither energy nor power.
    pub fn open(sysfs: &Path) -> Option<Self> {
        let mut source = Self { channels: Vec::new(), inputs: Vec::new() };
        for chip in listed(&sysfs.join("class/hwmon")) {
            let name = text(&chip.join("name")).unwrap_or_default();
            let files = listed(&chip);
            for file in &files {
                let Some(input) = file.file_name().and_then(|n| n.to_str()) else { continue };
                let energy = input.starts_with("energy") && input.ends_with("_input");
                // A chip that counts energy needn't be asked for power as well; the average before the instant.
                let power = input.starts_with("power") && (input.ends_with("_average") || input.ends_with("_input"));
                let counted =
                    files.iter().any(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("energy")));
                let stem = input.split('_').next().unwrap_or_default();
                let averaged = input.ends_with("_input") && chip.join(format!("{stem}_average")).exists();
                if energy || (power && !counted && !averaged) {
                    let label = text(&chip.join(format!("{stem}_label"))).unwrap_or_else(|| stem.to_owned());
                    source.add(file, domain(&name, &label), energy);
                }
            }
        }
        (!source.channels.is_empty()).then_some(source)
    }

    fn add(&mut self, file: &Path, domain: Domain, counts: bool) {
        let counter = ChannelKind::Counter { joule_per_count: 1e-6, modulus: u64::MAX, max_watts: MOST_W };
        self.channels.push(Channel {
            domain,
            kind: if counts { counter } else { ChannelKind::Gauge },
            update_s: UPDATE_S,
            idle_w: None,
            provenance: Provenance::Measured,
            place: file.display().to_string(),
        });
        self.inputs.push((file.to_owned(), File::open(file).ok()));
    }
}

/// What a chip's label is about, where that is known; else it stands for itself and is added to nothing.
fn domain(chip: &str, label: &str) -> Domain {
    let socket = |prefix: &str| label.strip_prefix(prefix).and_then(|n| n.trim().parse().ok());
    match (chip, socket("Esocket"), socket("CPU Power Socket ")) {
        ("amd_energy", Some(socket), _) | (_, _, Some(socket)) => Domain::Package { socket, die: 0 },
        _ => Domain::Other(format!("{chip} {label}")),
    }
}

impl EnergySource for HwmonSource {
    fn name(&self) -> &str {
        "hwmon"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        for (channel, (path, file)) in self.channels.iter().zip(&mut self.inputs) {
            let read = number(path, file);
            out.push(read.map(|n| match channel.kind {
                ChannelKind::Counter { .. } => Read::Counter(n),
                ChannelKind::Gauge => watts(n as f64 * 1e-6),
            }));
        }
    }

    fn reopen(&mut self) {
        self.inputs.iter_mut().for_each(|(_, file)| *file = None);
    }
}

/// A battery that is being emptied: then, and only then, it says what the machine draws.
pub struct BatterySource {
    channels: Vec<Channel>,
    folder: PathBuf,
}

impl BatterySource {
    /// The first battery under `<sysfs>/class/power_supply`.
    ///
    /// # Errors
    /// In words: there is none, or it shows no power.
    pub fn open(sysfs: &Path) -> Result<Self, String> {
        let supplies = listed(&sysfs.join("class/power_supply"));
        let folder = supplies.into_iter().find(|f| text(&f.join("type")).is_some_and(|t| t == "Battery"));
        let folder = folder.ok_or("there is none")?;
        if power_w(&folder).is_none() {
            return Err(format!("{} shows neither power nor current and voltage", folder.display()));
        }
        let channel = Channel {
            domain: Domain::Battery,
            kind: ChannelKind::Gauge,
            update_s: BATTERY_UPDATE_S,
            idle_w: None,
            provenance: Provenance::Measured,
            place: folder.display().to_string(),
        };
        Ok(Self { channels: vec![channel], folder })
    }
}

fn power_w(folder: &Path) -> Option<f64> {
    let micro = |file: &str| text(&folder.join(file))?.parse::<f64>().ok().map(|x| x.abs() * 1e-6);
    micro("power_now").or_else(|| Some(micro("current_now")? * micro("voltage_now")?))
}

impl EnergySource for BatterySource {
    fn name(&self) -> &str {
        "battery"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        let discharging = text(&self.folder.join("status")).is_some_and(|status| status == "Discharging");
        out.push(match power_w(&self.folder) {
            Some(power_w) if discharging => Ok(watts(power_w)),
            // On the mains it says what the battery takes, which is nothing of what the machine draws.
            Some(_) => Err(ReadError::NoData),
            None => Err(ReadError::Missing),
        });
    }
}

fn watts(value: f64) -> Read {
    Read::Watts { value, lo: value, hi: value }
}

fn number(path: &Path, file: &mut Option<File>) -> Result<u64, ReadError> {
    let opened = match file.take() {
        Some(opened) => opened,
        None => File::open(path).map_err(|e| ReadError::from(&e))?,
    };
    let mut text = [0_u8; TEXT];
    let length = opened.read_at(&mut text, 0).map_err(|e| ReadError::from(&e))?;
    *file = Some(opened);
    let digits = std::str::from_utf8(text[..length].trim_ascii()).ok().filter(|t| !t.is_empty());
    digits.ok_or(ReadError::NoData)?.parse().map_err(|_| ReadError::Malformed)
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    found.sort();
    found
}

fn text(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|s| s.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn readings(source: &mut dyn EnergySource) -> Vec<Result<Read, ReadError>> {
        let mut out = Vec::new();
        source.read(0, &mut out);
        out
    }

    #[test]
    fn chips_are_read_once_each_and_what_is_not_known_stands_for_itself() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert!(HwmonSource::open(root).is_none());
        set(root, "class/hwmon/hwmon0/name", "amd_energy");
        set(root, "class/hwmon/hwmon0/energy1_label", "Esocket1");
        set(root, "class/hwmon/hwmon0/energy1_input", "123456789\n");
        set(root, "class/hwmon/hwmon0/power1_input", "1\n");
        set(root, "class/hwmon/hwmon1/name", "amdgpu");
        set(root, "class/hwmon/hwmon1/power1_label", "PPT");
        set(root, "class/hwmon/hwmon1/power1_average", "35000000\n");
        set(root, "class/hwmon/hwmon1/power1_input", "36000000\n");
        let mut source = HwmonSource::open(root).unwrap();
        let domains: Vec<String> = source.channels().iter().map(|c| c.domain.to_string()).collect();
        assert_eq!(domains, ["package-1", "amdgpu PPT"]);
        assert_eq!(readings(&mut source), [Ok(Read::Counter(123_456_789)), Ok(watts(35.0))]);
        set(root, "class/hwmon/hwmon1/power1_average", "none\n");
        assert_eq!(readings(&mut source)[1], Err(ReadError::Malformed));
    }

    #[test]
    fn a_battery_counts_only_while_it_is_being_emptied() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert_eq!(BatterySource::open(root).err().unwrap(), "there is none");
        set(root, "class/power_supply/AC/type", "Mains\n");
        set(root, "class/power_supply/BAT0/type", "Battery\n");
        set(root, "class/power_supply/BAT0/status", "Discharging\n");
        set(root, "class/power_supply/BAT0/current_now", "-1500000\n");
        set(root, "class/power_supply/BAT0/voltage_now", "12000000\n");
        let mut source = BatterySource::open(root).unwrap();
        assert_eq!(readings(&mut source), [Ok(watts(18.0))]);
        set(root, "class/power_supply/BAT0/status", "Charging\n");
        assert_eq!(readings(&mut source), [Err(ReadError::NoData)]);
    }
}

//! NVIDIA GPUs through their management library, loaded when it is there. Total energy where the GPU counts it (Volta and
//! later), else power, which is polled. Unverified on hardware unless its contract test has run there.
//!
//! Interface: NVML API reference, `nvmlDeviceGetTotalEnergyConsumption` (millijoules since the driver was loaded) and
//! `nvmlDeviceGetPowerUsage` (milliwatts; a mean over a second on Ampere and later).

use std::ffi::{c_char, c_int, c_uint, c_ulonglong, c_void};
use std::path::Path;

use ergon_domain::Provenance;
use libloading::Library;

use crate::channel::{Channel, ChannelKind};
use crate::domain::Domain;
use crate::source::{EnergySource, Read, ReadError};

/// Where the driver puts it.
pub(crate) const LIBRARY: &str = "libnvidia-ml.so.1";
/// The counter moves every 20 to 100 ms (ENERGY.md §3).
const UPDATE_S: f64 = 0.1;
const MOST_W: f64 = 2_000.0;
const SUCCESS: c_int = 0;
const NOT_SUPPORTED: c_int = 3;
const NO_PERMISSION: c_int = 4;
const GPU_IS_LOST: c_int = 15;

type Device = *mut c_void;
type Plain = unsafe extern "C" fn() -> c_int;
type GetCount = unsafe extern "C" fn(*mut c_uint) -> c_int;
type GetHandle = unsafe extern "C" fn(c_uint, *mut Device) -> c_int;
type GetText = unsafe extern "C" fn(Device, *mut c_char, c_uint) -> c_int;
type GetEnergy = unsafe extern "C" fn(Device, *mut c_ulonglong) -> c_int;
type GetPower = unsafe extern "C" fn(Device, *mut c_uint) -> c_int;

/// The GPUs of this machine.
pub struct NvmlSource {
    channels: Vec<Channel>,
    devices: Vec<(usize, bool)>,
    energy: GetEnergy,
    power: GetPower,
    shutdown: Plain,
    /// Keeps the functions above callable.
    _library: Library,
}

impl NvmlSource {
    /// Loads the library and looks for GPUs.
    ///
    /// # Errors
    /// In words: there is no such library, it lacks a function, or it doesn't start.
    #[allow(unsafe_code)]
    pub fn open(library: &Path) -> Result<Self, String> {
        // SAFETY: loading the driver's library runs its initialisers, as every program that uses the GPU does.
        let loaded = unsafe { Library::new(library) };
        let library = loaded.map_err(|_| format!("{} is not here: no NVIDIA driver", library.display()))?;
        // SAFETY: the types are those of the NVML API reference; the library lives as long as the source.
        let functions = unsafe {
            let get = (
                library.get::<Plain>(b"nvmlInit_v2\0").map(|f| *f),
                library.get::<GetCount>(b"nvmlDeviceGetCount_v2\0").map(|f| *f),
                library.get::<GetHandle>(b"nvmlDeviceGetHandleByIndex_v2\0").map(|f| *f),
                library.get::<GetText>(b"nvmlDeviceGetUUID\0").map(|f| *f),
                library.get::<GetEnergy>(b"nvmlDeviceGetTotalEnergyConsumption\0").map(|f| *f),
                library.get::<GetPower>(b"nvmlDeviceGetPowerUsage\0").map(|f| *f),
                library.get::<Plain>(b"nvmlShutdown\0").map(|f| *f),
            );
            match get {
                (Ok(a), Ok(b), Ok(c), Ok(d), Ok(e), Ok(f), Ok(g)) => (a, b, c, d, e, f, g),
                _ => return Err("the NVIDIA management library lacks functions that Ergon needs".into()),
            }
        };
        let (init, count, handle, uuid, energy, power, shutdown) = functions;
        // SAFETY: as the API reference describes the calls; pointers are to live variables of the right type.
        unsafe {
            let code = init();
            if code != SUCCESS {
                return Err(format!("the NVIDIA management library does not start (code {code})"));
            }
            let mut found =
                Self { channels: Vec::new(), devices: Vec::new(), energy, power, shutdown, _library: library };
            let mut devices = 0;
            let code = count(&mut devices);
            if code != SUCCESS {
                return Err(format!("the NVIDIA management library counts no GPUs (code {code})"));
            }
            for index in 0..devices {
                let mut device: Device = std::ptr::null_mut();
                if handle(index, &mut device) != SUCCESS {
                    continue;
                }
                let mut text: [c_char; 96] = [0; 96];
                let named = uuid(device, text.as_mut_ptr(), text.len() as c_uint) == SUCCESS;
                let id: String = text.iter().take_while(|c| **c != 0).map(|c| *c as u8 as char).collect();
                let counts = energy(device, &mut 0) == SUCCESS;
                found.add(device, if named { id } else { index.to_string() }, counts);
            }
            if found.channels.is_empty() { Err("it shows no GPU".into()) } else { Ok(found) }
        }
    }

    fn add(&mut self, device: Device, id: String, counts: bool) {
        let kind = if counts {
            ChannelKind::Counter { joule_per_count: 1e-3, modulus: u64::MAX, max_watts: MOST_W }
        } else {
            ChannelKind::Gauge
        };
        self.channels.push(Channel {
            domain: Domain::Gpu(id.trim_start_matches("GPU-").to_owned()),
            kind,
            update_s: UPDATE_S,
            idle_w: None,
            provenance: Provenance::Measured,
            place: format!("NVML {}", if counts { "total energy" } else { "power" }),
        });
        self.devices.push((device as usize, counts));
    }
}

impl Drop for NvmlSource {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // SAFETY: the library was started in `open` and is still loaded.
        unsafe {
            (self.shutdown)();
        }
    }
}

impl EnergySource for NvmlSource {
    fn name(&self) -> &str {
        "nvml"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    #[allow(unsafe_code)]
    fn read(&mut self, _now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        for (device, counts) in &self.devices {
            let device = *device as Device;
            let (mut millijoules, mut milliwatts): (c_ulonglong, c_uint) = (0, 0);
            // SAFETY: the handle is the library's own; the pointers are to live variables.
            let code = unsafe {
                if *counts { (self.energy)(device, &mut millijoules) } else { (self.power)(device, &mut milliwatts) }
            };
            out.push(match code {
                SUCCESS if *counts => Ok(Read::Counter(millijoules)),
                SUCCESS => {
                    let value = f64::from(milliwatts) * 1e-3;
                    Ok(Read::Watts { value, lo: value, hi: value })
                }
                NOT_SUPPORTED => Err(ReadError::NoData),
                NO_PERMISSION => Err(ReadError::Denied),
                GPU_IS_LOST => Err(ReadError::Missing),
                code => Err(ReadError::Io(code)),
            });
        }
    }
}

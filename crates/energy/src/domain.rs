//! What part of the machine a reading is about.

use std::fmt;

use serde::{Serialize, Serializer};

/// A part of a machine that draws power.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Domain {
    /// A processor package: cores, caches, memory controller, built-in graphics.
    Package {
        /// Socket.
        socket: u16,
        /// Die, where a socket has several counters.
        die: u16,
    },
    /// The cores of a package.
    Core {
        /// Socket.
        socket: u16,
    },
    /// The rest of a package that has a counter of its own.
    Uncore {
        /// Socket.
        socket: u16,
    },
    /// Memory, which a package does not include.
    Dram {
        /// Socket.
        socket: u16,
    },
    /// The whole platform.
    Psys,
    /// The processors as a whole, where only a model says what they draw.
    Cpu,
    /// A graphics processor, by its unique id.
    Gpu(String),
    /// What a battery gives, the whole machine.
    Battery,
    /// Anything else, by the name its source gives.
    Other(String),
}

impl Domain {
    /// What kind of part it is: begins the names of its resources (`package_energy_j`).
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Package { .. } => "package",
            Self::Core { .. } => "core",
            Self::Uncore { .. } => "uncore",
            Self::Dram { .. } => "dram",
            Self::Psys => "psys",
            Self::Cpu => "cpu",
            Self::Gpu(_) => "gpu",
            Self::Battery => "battery",
            Self::Other(_) => "other",
        }
    }

    /// Whether its energy is part of the other's.
    pub fn is_within(&self, whole: &Self) -> bool {
        match (self, whole) {
            (Self::Psys | Self::Battery | Self::Gpu(_), Self::Psys) => false,
            (_, Self::Psys) => true,
            (Self::Core { socket } | Self::Uncore { socket }, Self::Package { socket: package, .. }) => {
                socket == package
            }
            _ => false,
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package { socket, die: 0 } => write!(f, "package-{socket}"),
            Self::Package { socket, die } => write!(f, "package-{socket}-die-{die}"),
            Self::Core { socket } => write!(f, "core-{socket}"),
            Self::Uncore { socket } => write!(f, "uncore-{socket}"),
            Self::Dram { socket } => write!(f, "dram-{socket}"),
            Self::Psys => f.write_str("psys"),
            Self::Cpu => f.write_str("cpu"),
            Self::Gpu(id) => write!(f, "gpu-{id}"),
            Self::Battery => f.write_str("battery"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

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
    /// Anything else, by the name its source gives.
    Other(String),
}

impl Domain {
    /// Whether its energy is part of the other's.
    pub fn is_within(&self, whole: &Self) -> bool {
        match (self, whole) {
            (Self::Psys, Self::Psys) => false,
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
            Self::Other(name) => f.write_str(name),
        }
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

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

impl From<&str> for Domain {
    /// Reads back what `Display` wrote; what it doesn't know is [`Domain::Other`].
    fn from(name: &str) -> Self {
        let socket = |rest: &str| rest.parse().ok();
        let known = match name.split_once('-') {
            Some(("package", rest)) => match rest.split_once("-die-") {
                None => socket(rest).map(|socket| Self::Package { socket, die: 0 }),
                Some((s, die)) => socket(s).zip(die.parse().ok()).map(|(socket, die)| Self::Package { socket, die }),
            },
            Some(("core", rest)) => socket(rest).map(|socket| Self::Core { socket }),
            Some(("uncore", rest)) => socket(rest).map(|socket| Self::Uncore { socket }),
            Some(("dram", rest)) => socket(rest).map(|socket| Self::Dram { socket }),
            Some(("gpu", id)) => Some(Self::Gpu(id.to_owned())),
            _ => None,
        };
        known.unwrap_or_else(|| match name {
            "psys" => Self::Psys,
            "cpu" => Self::Cpu,
            "battery" => Self::Battery,
            other => Self::Other(other.to_owned()),
        })
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_as_what_it_names() {
        for domain in [
            Domain::Package { socket: 1, die: 0 },
            Domain::Package { socket: 0, die: 2 },
            Domain::Core { socket: 3 },
            Domain::Uncore { socket: 0 },
            Domain::Dram { socket: 1 },
            Domain::Psys,
            Domain::Cpu,
            Domain::Gpu("GPU-a-b".into()),
            Domain::Battery,
            Domain::Other("amdgpu PPT".into()),
        ] {
            assert_eq!(Domain::from(domain.to_string().as_str()), domain);
        }
        assert_eq!(Domain::from("package-x"), Domain::Other("package-x".into()));
    }
}

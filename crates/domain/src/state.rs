//! States of runs and campaigns.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! named_states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// All states.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Name in the store and on the wire.
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.name()) }
        }
        impl FromStr for $name {
            type Err = ();
            fn from_str(s: &str) -> Result<Self, ()> { Self::ALL.iter().copied().find(|x| x.name() == s).ok_or(()) }
        }
    };
}

named_states! {
    /// State of a run. `Planned` runs have no row in the store.
    RunState {
        /// In the plan, nothing tried yet.
        Planned => "planned",
        /// Waiting for another attempt.
        Queued => "queued",
        /// An attempt is executing.
        Running => "running",
        /// An attempt succeeded.
        Succeeded => "succeeded",
        /// The last allowed attempt failed.
        Failed => "failed",
        /// The user cancelled it.
        Cancelled => "cancelled",
        /// It was not run, with a reason (a phase it depends on failed, a budget).
        Skipped => "skipped",
    }
}

named_states! {
    /// State of a campaign.
    CampaignState {
        /// Registered, never run.
        Created => "created",
        /// Waiting in the queue.
        Queued => "queued",
        /// An engine holds its lease.
        Running => "running",
        /// Paused by the user: no new runs start.
        Paused => "paused",
        /// Stopped before its end; `run` resumes it.
        Stopped => "stopped",
        /// Every planned run has ended.
        Finished => "finished",
    }
}

//! What lives as long as the application is open and is written nowhere: the desktop it runs on, the files the user chose,
//! subscriptions, and campaigns running in the background.

mod background;
mod chosen;
mod subscriptions;

pub(crate) use background::Background;
pub(crate) use chosen::{ChosenFiles, PREFIX};
pub(crate) use subscriptions::{Subscription, Subscriptions};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::host::Host;
use crate::kept_frame::KeptFrame;
use crate::ops::{SensorsOnce, Skeleton};

/// See the module.
#[derive(Default)]
pub(crate) struct Session {
    /// The desktop, where there is one. With one, paths of the page count only when the user chose them in a dialog.
    pub(crate) host: OnceLock<Arc<dyn Host>>,
    pub(crate) chosen: ChosenFiles,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) sensors: SensorsOnce,
    pub(crate) kept_frame: KeptFrame,
    background: Mutex<BTreeMap<String, Arc<Background>>>,
    skeleton: Mutex<Option<Arc<Skeleton>>>,
}

impl Session {
    /// Campaigns started here, also those that have ended.
    pub(crate) fn background(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Background>>> {
        self.background.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The heat map asked for last, without its counts: it is asked for again each second.
    pub(crate) fn skeleton(&self) -> MutexGuard<'_, Option<Arc<Skeleton>>> {
        self.skeleton.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

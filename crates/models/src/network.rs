//! What all models of a process share: the client, the keys, the prices, the pace of each provider.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use reqwest::{Client, Url};

use crate::keys::Keys;
use crate::pace::{Pace, PaceLimits};
use crate::price::Prices;
use crate::wire;

/// The way to providers. One per process: limits are the providers', not a campaign's.
#[derive(Default)]
pub struct Network {
    client: OnceLock<Result<Client, String>>,
    keys: Keys,
    prices: Prices,
    paces: Mutex<BTreeMap<String, Weak<Pace>>>,
}

impl Network {
    /// With these keys and prices. Nothing is connected to.
    pub fn new(keys: Keys, prices: Prices) -> Self {
        Self { keys, prices, ..Self::default() }
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The prices.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    pub(crate) fn client(&self) -> Result<Client, String> {
        self.client.get_or_init(wire::client).clone()
    }

    /// The pace of an address, for as long as anybody uses it.
    pub(crate) fn pace(&self, base: &Url, limits: PaceLimits) -> Arc<Pace> {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let known = paces.get(base.as_str()).and_then(Weak::upgrade);
        if let Some(pace) = known {
            pace.tighten(limits);
            return pace;
        }
        let pace = Arc::new(Pace::new(limits));
        paces.insert(base.as_str().to_owned(), Arc::downgrade(&pace));
        pace
    }
}

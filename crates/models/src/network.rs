//! What all models of a process share: the client, the keys, the prices, the pace of each provider.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use reqwest::{Client, Url};

use crate::gguf;
use crate::keys::Keys;
use crate::pace::{Pace, PaceLimits};
use crate::pipe::Worker;
use crate::preset::{OwnProvider, Presets, ProviderState};
use crate::price::Prices;
use crate::setting::SettingProblem;
use crate::wire;

/// The way to providers. One per process: limits are the providers', not a campaign's.
#[derive(Default)]
pub struct Network {
    client: OnceLock<Result<Client, String>>,
    keys: Keys,
    prices: Mutex<Arc<Prices>>,
    presets: Mutex<Arc<Presets>>,
    paces: Mutex<BTreeMap<String, Weak<Pace>>>,
    gguf_program: Option<PathBuf>,
    workers: Mutex<BTreeMap<Vec<OsString>, Weak<Worker>>>,
}

impl Network {
    /// With these keys and prices. Nothing is connected to.
    pub fn new(keys: Keys, prices: Prices) -> Self {
        Self { keys, prices: Mutex::new(Arc::new(prices)), ..Self::default() }
    }

    /// Runs GGUF files by another program than the one beside this.
    #[must_use]
    pub fn with_gguf_program(self, program: Option<PathBuf>) -> Self {
        Self { gguf_program: program, ..self }
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The prices.
    pub fn prices(&self) -> Arc<Prices> {
        self.prices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Other prices, for models opened from now on.
    pub fn set_prices(&self, prices: Prices) {
        *self.prices.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(prices);
    }

    /// The providers that specs may name, beside `simulated`.
    pub fn providers(&self) -> Vec<ProviderState> {
        self.presets().describe()
    }

    /// What the user added.
    pub fn own_providers(&self) -> Vec<OwnProvider> {
        self.presets().own()
    }

    /// Other providers of the user's own, for models opened from now on.
    ///
    /// # Errors
    /// The first that can't be used, by its field; then nothing is changed.
    pub fn set_own_providers(&self, own: Vec<OwnProvider>) -> Result<(), SettingProblem> {
        let presets = Arc::new(Presets::with(own)?);
        *self.presets.lock().unwrap_or_else(PoisonError::into_inner) = presets;
        Ok(())
    }

    pub(crate) fn presets(&self) -> Arc<Presets> {
        self.presets.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// The program that runs GGUF files; it need not be there.
    pub fn gguf_program(&self) -> PathBuf {
        self.gguf_program.clone().unwrap_or_else(gguf::beside_us)
    }

    /// The process that runs a file, for as long as anybody uses it: campaigns share the memory it takes.
    pub(crate) fn worker(&self, arguments: &[OsString]) -> Arc<Worker> {
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = workers.get(arguments).and_then(Weak::upgrade) {
            return worker;
        }
        let worker = Arc::new(Worker::new(self.gguf_program(), arguments.to_vec()));
        workers.insert(arguments.to_vec(), Arc::downgrade(&worker));
        worker
    }
}

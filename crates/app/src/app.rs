//! What the operations stand on: the store, the runtimes, and the rules that several of them share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ergon_design::spec::Parallel;
use ergon_design::{Campaign, Plan, PlanOptions};
use ergon_domain::{CampaignState, RunKey, RunLog, RunState};
use ergon_energy::host::ProcessIdentity;
use ergon_engine::Runtimes;
use ergon_store::{CampaignRecord, Engine, InputRecord, Lease, NewRevision, Registered, Store, StoreError};
use tokio::sync::OnceCell;

use crate::error::AppError;
use crate::host::Host;
use crate::ops::plan_error;
use crate::other_plan::analysis_hash;
use crate::session::Session;
use crate::spec_source::LoadedSpec;

/// How to open the application.
#[derive(Clone, Debug, Default)]
pub struct AppOptions {
    /// Store file; `None`: the user's data folder.
    pub store: Option<PathBuf>,
    /// A store with the sample campaign and its results: what a store that isn't there yet begins as.
    pub sample: Option<PathBuf>,
    /// File with provider keys, as lines `NAME=value`.
    pub env_file: Option<PathBuf>,
}

/// The application behind a host (command line, window); clones are the same application. The store is opened when
/// first needed.
#[derive(Clone)]
pub struct App {
    store_path: PathBuf,
    sample: Option<PathBuf>,
    store: Arc<OnceCell<Store>>,
    runtimes: Arc<Runtimes>,
    pub(crate) session: Arc<Session>,
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::NoCampaign(_) => Self::input("no_such_campaign", text).field("campaign"),
            StoreError::Ambiguous(..) => Self::input("ambiguous_campaign", text).field("campaign"),
            StoreError::ReasonRequired { .. } => Self::input("reason_required", text).field("amend"),
            StoreError::Query(_) => Self::input("invalid_query", text).field("query"),
            StoreError::Held { .. } => Self::operation("campaign_held", text),
            StoreError::DiskFull => Self::operation("disk_full", text),
            _ => Self::operation("store", text),
        }
    }
}

/// More slots than this are a slip of the finger.
const MOST_PARALLEL: usize = 10_000;

/// UTC now, microseconds since 1970.
pub(crate) fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64)
}

impl App {
    /// An application on a store. Nothing is opened or made yet.
    ///
    /// # Errors
    /// There is no data folder to put a store in, or no threads.
    pub fn new(options: AppOptions) -> Result<Self, AppError> {
        if let Some(path) = options.env_file {
            crate::models::name_env_file(path);
        }
        let store_path = match options.store {
            Some(path) => path,
            None => data_folder()?.join("library.ergon"),
        };
        let runtimes = Runtimes::start().map_err(|e| AppError::operation("no_threads", e.to_string()))?;
        Ok(Self {
            store_path,
            sample: options.sample,
            store: Arc::default(),
            runtimes: Arc::new(runtimes),
            session: Arc::default(),
        })
    }

    /// Attaches the desktop that this application runs on. From then on a path counts only when the user chose it.
    pub fn attach(&self, host: Arc<dyn Host>) {
        // A second desktop would be another window's, and there is one.
        let _ = self.session.host.set(host);
    }

    /// Ends all streams that go on until somebody ends them: whoever listened is gone.
    pub fn end_subscriptions(&self) {
        self.session.subscriptions.end_all();
    }

    /// The path meant by a request: as given on a command line; in a window, a file that the user chose.
    pub(crate) fn path(&self, given: &Path) -> Result<PathBuf, AppError> {
        if let Some(path) = self.session.chosen.path(given) {
            return Ok(path);
        }
        if self.session.host.get().is_none() {
            return Ok(given.to_path_buf());
        }
        Err(AppError::input("not_chosen", "in the window only files that were chosen in a dialog can be opened"))
    }

    /// The spec file meant by a request, where it means one.
    pub(crate) fn spec_file(&self, target: &str) -> Option<PathBuf> {
        self.path(Path::new(target)).ok().filter(|path| path.is_file())
    }

    /// The store's file.
    pub fn store_path(&self) -> &Path {
        &self.store_path
    }

    /// Where work runs.
    pub fn runtimes(&self) -> Arc<Runtimes> {
        self.runtimes.clone()
    }

    /// Cores of this machine.
    pub fn cores(&self) -> usize {
        std::thread::available_parallelism().map_or(1, |n| n.get())
    }

    pub(crate) async fn store(&self) -> Result<&Store, AppError> {
        Ok(self.store.get_or_try_init(|| self.open_store()).await?)
    }

    /// Opens the store ahead of the first operation, which tells it if that can't be done.
    pub async fn open(&self) {
        let _ = self.store().await;
    }

    async fn open_store(&self) -> Result<Store, StoreError> {
        if let Some(sample) = self.sample.as_ref().filter(|_| !self.store_path.exists())
            && let Err(error) = begin_with(sample, &self.store_path)
        {
            // A library without the sample is a library all the same.
            tracing::warn!("the sample was not copied: {error}");
        }
        Store::open(&self.store_path).await
    }

    /// Ends with one file on disk, without the write-ahead log beside it.
    pub async fn close(&self) {
        self.forget_frame().await;
        if let Some(store) = self.store.get() {
            store.clone().close().await;
        }
    }

    /// Attempts at once: what was asked for, else the spec's, else the cores.
    pub(crate) fn parallel(&self, spec: &Parallel, asked: Option<usize>) -> Result<usize, AppError> {
        let wanted = match (asked, spec) {
            (Some(n), _) => n,
            (None, Parallel::Count(n)) => *n as usize,
            (None, Parallel::Auto) => self.cores(),
        };
        if (1..=MOST_PARALLEL).contains(&wanted) {
            Ok(wanted)
        } else {
            let message =
                format!("{wanted} runs at once is not accepted; expected a whole number from 1 to {MOST_PARALLEL}");
            Err(AppError::input("invalid_parallel", message).field("parallel"))
        }
    }

    /// A spec file's or a stored campaign's spec, as it is written.
    pub(crate) async fn read_target(&self, target: &str, sets: &[String]) -> Result<LoadedSpec, AppError> {
        if let Some(path) = self.spec_file(target) {
            return LoadedSpec::from_file(&path, sets);
        }
        if looks_like_a_path(target) {
            return Err(AppError::input("no_such_file", format!("there is no spec file '{target}'")).field("spec"));
        }
        let record = self.store().await?.campaign(target).await?;
        // To run it, inputs count as they are now.
        self.load_revision(&record, sets, &[]).await
    }

    /// The spec in force of a stored campaign as it was planned, for those who read its results.
    pub(crate) async fn load_stored(&self, record: &CampaignRecord) -> Result<LoadedSpec, AppError> {
        let recorded = self.store().await?.inputs(record.id).await?;
        self.load_revision(record, &[], &recorded).await
    }

    async fn load_revision(
        &self,
        record: &CampaignRecord,
        sets: &[String],
        recorded: &[InputRecord],
    ) -> Result<LoadedSpec, AppError> {
        let revision = self.store().await?.revision(record.id).await?;
        let name = format!("{}.json", record.slug);
        let base = Path::new(&revision.base_folder);
        let planned = if recorded.is_empty() { None } else { serde_json::from_str(&revision.manifest).ok() };
        LoadedSpec::from_stored(revision.spec_json.as_bytes(), &name, base, sets, recorded, planned)
    }

    /// The stored campaign that a selector (or a spec file's id) means.
    pub(crate) async fn find(&self, selector: &str) -> Result<CampaignRecord, AppError> {
        let store = self.store().await?;
        if let Some(path) = self.spec_file(selector) {
            let loaded = LoadedSpec::from_file(&path, &[])?;
            return Ok(store.campaign(&loaded.campaign.id).await?);
        }
        Ok(store.campaign(selector).await?)
    }

    /// Registers a spec.
    pub(crate) async fn register(&self, loaded: &LoadedSpec, reason: Option<&str>) -> Result<Registered, AppError> {
        let plan = loaded.campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
        self.register_planned(loaded, &plan, reason).await
    }

    /// Registers a spec whose plan is at hand.
    pub(crate) async fn register_planned(
        &self,
        loaded: &LoadedSpec,
        plan: &Plan,
        reason: Option<&str>,
    ) -> Result<Registered, AppError> {
        let campaign = &loaded.campaign;
        let internal = |e: serde_json::Error| AppError::operation("internal", e.to_string());
        let spec = &campaign.spec;
        let new = NewRevision {
            slug: campaign.id.clone(),
            title: spec.campaign.title.clone().unwrap_or_else(|| campaign.id.clone()),
            workload: campaign.manifest.workload.to_string(),
            tags: spec.campaign.tags.clone(),
            spec_text: loaded.text.clone(),
            spec_json: serde_json::to_string(spec).map_err(internal)?,
            base_folder: loaded.base.to_string_lossy().into_owned(),
            spec_hash: campaign.spec_hash,
            plan_hash: plan.plan_hash(),
            analysis_hash: analysis_hash(spec)?,
            runs: plan.runs() + plan.runs_to_choose(),
            manifest: serde_json::to_string(campaign.manifest.as_ref()).map_err(internal)?,
            environment: environment(&loaded.base).to_string(),
            metrics: campaign.manifest.metrics.clone(),
            inputs: loaded
                .files
                .iter()
                .map(|(digest, path)| InputRecord {
                    digest: *digest,
                    path: path.to_string_lossy().into_owned(),
                    size_bytes: campaign.inputs.get(digest).map_or(0, |f| f.size),
                })
                .collect(),
            reason: match reason {
                Some(reason) => Some(reason.to_owned()),
                None => self.reason_of_choice(campaign).await?,
            },
        };
        self.refuse_new_plan_under_engine(&new).await?;
        let plan = plan.clone();
        let keys = move || plan.iter().map(|r| r.key).collect::<BTreeSet<RunKey>>();
        Ok(self.store().await?.register(new, keys, now_us()).await?)
    }

    /// A plan must not change under an engine that executes it.
    async fn refuse_new_plan_under_engine(&self, new: &NewRevision) -> Result<(), AppError> {
        let store = self.store().await?;
        let Ok(record) = store.campaign(&new.slug).await else { return Ok(()) };
        let Some(engine) = store.holder(record.id).await?.filter(|e| is_alive(e).unwrap_or(true)) else {
            return Ok(());
        };
        let revision = store.revision(record.id).await?;
        if (revision.plan_hash, revision.analysis_hash) == (new.plan_hash, new.analysis_hash) {
            return Ok(());
        }
        Err(StoreError::Held { campaign: record.slug, pid: engine.pid, host: engine.host }.into())
    }

    /// Takes a campaign for this process; what a dead engine left running is ended.
    pub(crate) async fn hold(&self, registered: &Registered, loaded: &LoadedSpec) -> Result<Hold, AppError> {
        let own = ProcessIdentity::own();
        let token = ulid::Ulid::generate().to_string();
        let engine = Engine {
            token: token.clone(),
            pid: own.pid,
            start_ticks: own.start_ticks,
            boot_id: own.boot_id,
            host: own.host,
        };
        let campaign = &loaded.campaign;
        let (lease, recovery) =
            self.store().await?.acquire(registered.id, &campaign.id, engine, is_alive, now_us()).await?;
        if let Some(dead) = &recovery.dead_token {
            ergon_engine::processes::end_leftovers(dead);
            let _ = std::fs::remove_dir_all(scratch_folder(dead));
        }
        let phases = campaign.phases.iter().map(|p| p.name.clone()).collect();
        let log =
            self.store().await?.run_log(&campaign.id, &lease, registered.revision, campaign.manifest.version, phases);
        Ok(Hold { lease, log, interrupted: recovery.interrupted, scratch: scratch_folder(&token), marker: token })
    }

    pub(crate) async fn release(&self, hold: &Hold) {
        if let Ok(store) = self.store().await {
            // A lease that can't be given back is taken over: its process is gone.
            let _ = store.release(&hold.lease, now_us()).await;
        }
    }

    /// `why`: why it stopped before its plan's end.
    pub(crate) async fn set_state(
        &self,
        campaign: i64,
        state: CampaignState,
        why: Option<&str>,
    ) -> Result<(), AppError> {
        Ok(self.store().await?.set_state(campaign, state, why, now_us()).await?)
    }

    pub(crate) async fn run_states(&self, campaign: i64) -> Result<BTreeMap<RunKey, (RunState, u32)>, AppError> {
        let states = self.store().await?.run_states(campaign).await?;
        Ok(states.into_iter().map(|(key, (state, attempts, _))| (key, (state, attempts))).collect())
    }

    /// Refuses a campaign that this machine can't carry, by its `execution.requires`.
    pub(crate) fn check_requirements(&self, campaign: &Campaign) -> Result<(), AppError> {
        let Some(needs) = &campaign.spec.execution.requires else { return Ok(()) };
        let refuse = |field: &str, what: String| {
            Err(AppError::operation("requirements", format!("execution.requires.{field}: {what}")).field(field))
        };
        if let Some(cpus) = needs.cpus.filter(|n| *n as usize > self.cores()) {
            return refuse("cpus", format!("{cpus} cores are required, this machine has {}", self.cores()));
        }
        let memory = ergon_energy::host::memory_available_bytes().map(|b| b as f64 / 1e9);
        if let (Some(gb), Some(have)) = (needs.memory_gb, memory)
            && gb > have
        {
            return refuse("memory_gb", format!("{gb} GB are required, {have:.1} GB are available"));
        }
        let disk = crate::ops::free_bytes(&self.store_path).map(|b| b as f64 / 1e9);
        if let (Some(gb), Some(have)) = (needs.disk_gb, disk)
            && gb > have
        {
            return refuse("disk_gb", format!("{gb} GB are required, {have:.1} GB are free where the store is"));
        }
        Ok(())
    }

    /// The next campaign of the queue.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn next_in_queue(&self) -> Result<Option<String>, AppError> {
        Ok(self.store().await?.next_queued().await?.map(|e| e.slug))
    }

    /// Takes a campaign that can't run out of the queue.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn leave_queue(&self, campaign: &str) -> Result<(), AppError> {
        let record = self.store().await?.campaign(campaign).await?;
        self.set_state(record.id, CampaignState::Stopped, None).await
    }

    /// (whose, mean and standard deviation of durations in seconds with their number), from earlier runs.
    pub(crate) async fn earlier_durations(&self, campaign: &Campaign) -> Option<(String, f64, f64, f64)> {
        // A look must not make a store.
        if !self.store_path.exists() {
            return None;
        }
        let store = self.store().await.ok()?;
        let record = store.campaign(&campaign.id).await.ok()?;
        let durations: Vec<f64> = store.durations(record.id, 1000).await.ok()?.into_iter().map(|d| d.0).collect();
        let described = mean_sd(&durations)?;
        Some((record.slug, described.0, described.1, durations.len() as f64))
    }

    /// USD of a run of a campaign, and of how many runs that is the mean.
    pub(crate) async fn earlier_cost(&self, campaign: &Campaign) -> Option<(f64, u64)> {
        if !self.store_path.exists() {
            return None;
        }
        let store = self.store().await.ok()?;
        let record = store.campaign(&campaign.id).await.ok()?;
        let spent = store.model_spend(record.id).await.ok()?;
        (spent.runs > 0).then(|| (spent.charged_usd / spent.runs as f64, spent.runs))
    }
}

/// Mean and standard deviation for a forecast.
fn mean_sd(x: &[f64]) -> Option<(f64, f64)> {
    let described = ergon_stats::descriptive(x, 0.95, ergon_stats::MissingPolicy::Refuse).ok()?;
    Some((described.mean, described.sd?))
}

/// A campaign held by this process.
pub(crate) struct Hold {
    lease: Lease,
    pub(crate) log: Arc<dyn RunLog>,
    pub(crate) interrupted: Vec<RunKey>,
    pub(crate) scratch: PathBuf,
    pub(crate) marker: String,
}

pub(crate) fn is_alive(engine: &Engine) -> Option<bool> {
    ProcessIdentity {
        pid: engine.pid,
        start_ticks: engine.start_ticks,
        boot_id: engine.boot_id.clone(),
        host: engine.host.clone(),
    }
    .is_alive()
}

fn scratch_folder(token: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ergon-{token}"))
}

/// Copies the sample store; under another name until it is whole.
fn begin_with(sample: &Path, store: &Path) -> std::io::Result<()> {
    if let Some(folder) = store.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = store.with_extension("part");
    std::fs::copy(sample, &part)?;
    std::fs::rename(part, store)
}

fn looks_like_a_path(target: &str) -> bool {
    target.contains('/') || [".yaml", ".yml", ".json"].iter().any(|e| target.ends_with(e))
}

fn data_folder() -> Result<PathBuf, AppError> {
    if let Some(folder) = std::env::var_os("ERGON_DATA_DIR").filter(|f| !f.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    directories::ProjectDirs::from("", "", "ergon")
        .map(|dirs| dirs.data_dir().to_path_buf())
        .ok_or_else(|| AppError::operation("no_data_folder", "no home folder is known; name a store with --store FILE"))
}

/// What the results were made with: program, machine, and the state of the user's program where it is in git.
fn environment(base: &Path) -> serde_json::Value {
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git").arg("-C").arg(base).args(args).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "HEAD"]);
    let changed = commit.as_ref().and_then(|_| git(&["status", "--porcelain", "--untracked-files=no"]));
    serde_json::json!({
        "ergon": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "host": ergon_energy::host::host_name(),
        "cores": std::thread::available_parallelism().map_or(1, |n| n.get()),
        "git_commit": commit,
        "git_changed": changed.map(|c| !c.is_empty()),
    })
}

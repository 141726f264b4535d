use std::sync::atomic::{AtomicU64, Ordering};

use ergon_energy::{Clock, ScriptedSource};

use super::*;

/// A clock that moves only when told to, whoever sleeps by it.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicU64>);

impl Hands {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1_000_000_000, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn monotonic_ns(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
    fn boot_ns(&self) -> u64 {
        self.monotonic_ns()
    }
    fn sleep_until(&self, _: u64) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// 10 W.
fn setup(clock: &Hands, budget_j: Option<f64>) -> EnergySetup {
    let curve = Box::new(|ns: u64| ns / 100);
    let source = ScriptedSource::new(vec![(Domain::Package { socket: 0, die: 0 }, curve)], 1 << 50, 1_000.0);
    EnergySetup {
        mode: EnergyMode::Campaign,
        meter: Arc::new(Meter::new(vec![Box::new(source)], Arc::new(clock.clone()))),
        roots: Roots { sysfs: "/nowhere".into(), procfs: "/nowhere".into(), nvml: "nowhere".into() },
        sensors: String::new(),
        baseline_s: 0.0,
        budget_j,
        spent_j: 0.0,
        lock_folder: PathBuf::new(),
    }
}

/// Blocks among entries: number, attempts, joules.
fn blocks(entries: &[EnergyEntry]) -> Vec<(u32, u64, f64)> {
    let block = |entry: &EnergyEntry| match entry {
        EnergyEntry::Window(w) if w.kind == EnergyWindowKind::Block => {
            let joules = w.measurements.iter().find(|m| m.metric.as_str() == "energy_j").map(|m| &m.observed);
            Some((w.number, w.attempts, if let Some(Observed::Value(joules)) = joules { *joules } else { f64::NAN }))
        }
        _ => None,
    };
    entries.iter().filter_map(block).collect()
}

#[tokio::test]
async fn an_attempt_lies_in_one_block_with_all_that_overlap_it() {
    let clock = Hands::default();
    let (account, _) = Account::open(setup(&clock, None), "m", &Handle::new()).await;
    let cpu = Arc::default();
    // 0 s ─ first ─ 12 s; 8 s ─ second ─ 30 s: each would have been a block of one attempt, with the other's joules.
    let first = account.begin(&cpu).await;
    clock.pass(8);
    let second = account.begin(&cpu).await;
    clock.pass(4);
    let of_first = account.end(first).1;
    assert_eq!(blocks(&account.watch().entries), []);
    clock.pass(18);
    let of_second = account.end(second).1;
    // Alone: a block of its own.
    let third = account.begin(&cpu).await;
    clock.pass(11);
    let of_third = account.end(third).1;
    assert_eq!((of_first, of_second, of_third), (Some(0), Some(0), Some(1)));
    assert_eq!(blocks(&account.close(&Handle::new()).await.0), [(0, 2, 300.0), (1, 1, 110.0)]);
}

#[tokio::test]
async fn a_budget_of_few_joules_is_told_of_in_words_that_add_up() {
    let clock = Hands::default();
    let (account, _) = Account::open(setup(&clock, Some(5.0)), "m", &Handle::new()).await;
    clock.pass(1);
    let looked = account.watch();
    assert_eq!(looked.warning.as_deref(), Some("budget.energy_j: 200 % of 5 J are used"));
    assert!(looked.used_up);
}

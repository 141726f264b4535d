use super::*;

const SCENE: FaultScene = FaultScene { agents: 10, simulation_ns: 1_000, mean_delay_ns: 10, timeout_ns: 200 };

fn plan(kind: FaultType, rate: f64, intensity: Intensity, agents: usize) -> FaultPlan {
    let settings = FaultSettings { kind, rate, intensity, ..FaultSettings::NONE };
    FaultPlan::draw(&settings, &FaultScene { agents, ..SCENE }, &mut ChaCha8Rng::seed_from_u64(5))
}

#[test]
fn the_realised_number_is_the_rounded_share() {
    for (agents, rate, count) in
        [(5, 0.0, 0), (5, 0.1, 1), (5, 0.2, 1), (5, 0.3, 2), (5, 0.5, 3), (10, 0.3, 3), (50, 0.33, 17), (3, 0.1, 0)]
    {
        assert_eq!(plan(FaultType::Crash, rate, Intensity::Light, agents).faulty.len(), count, "{agents} × {rate}");
    }
    assert_eq!(plan(FaultType::None, 0.5, Intensity::Chaos, 10).faulty.len(), 0);
    assert!(plan(FaultType::None, 0.5, Intensity::Chaos, 10).onset_ns().is_none());
}

#[test]
fn a_higher_rate_adds_agents_and_keeps_the_others() {
    let mut last = NodeSet::EMPTY;
    for rate in [0.1, 0.2, 0.3, 0.4, 0.5] {
        let faulty = plan(FaultType::Crash, rate, Intensity::Light, 10).faulty;
        assert!(last.iter().all(|node| faulty.contains(node)));
        last = faulty;
    }
}

#[test]
fn mixed_faults_are_of_every_kind() {
    let plan = plan(FaultType::Mixed, 0.5, Intensity::Heavy, 16);
    assert_eq!((plan.faulty.len(), plan.liars.len()), (8, 2));
    let count = |is: fn(&FaultKind) -> bool| plan.faults.iter().filter(|f| is(&f.kind)).count();
    assert_eq!(count(|k| matches!(k, FaultKind::Crash { .. })), 2);
    assert_eq!(count(|k| matches!(k, FaultKind::Slow { .. })), 2);
    assert_eq!(count(|k| matches!(k, FaultKind::Links(_))), 4);
}

#[test]
fn every_step_of_intensity_is_worse() {
    let steps: Vec<Severity> = Intensity::NAMES.map(|(_, i)| i.severity()).to_vec();
    for pair in steps.windows(2) {
        let length = |s: &Severity| s.duration.unwrap_or(1.0);
        assert!(pair[0].onset > pair[1].onset && length(&pair[0]) < length(&pair[1]));
        assert!(pair[0].loss < pair[1].loss && pair[0].extra_delays < pair[1].extra_delays);
        assert!(pair[0].processing_factor < pair[1].processing_factor && pair[0].share < pair[1].share);
    }
    let chaos = plan(FaultType::Network, 0.3, Intensity::Chaos, 10);
    let cut = chaos.faults.iter().find(|f| matches!(f.kind, FaultKind::CutOff(_)));
    assert_eq!(cut.map(|f| (f.onset_ns, f.end_ns)), Some((200, 600)));
}

#[test]
fn coordinated_liars_share_their_targets_and_never_target_each_other() {
    let plan = plan(FaultType::Byzantine, 0.4, Intensity::Chaos, 10);
    let targets: Vec<NodeSet> =
        plan.faults
            .iter()
            .filter_map(|f| {
                if let FaultKind::Byzantine { behaviour, .. } = &f.kind { Some(behaviour.targets) } else { None }
            })
            .collect();
    assert_eq!(targets.len(), 4);
    assert!(targets.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(targets[0].len(), 3);
    assert!(plan.liars.iter().all(|liar| !targets[0].contains(liar)));
}

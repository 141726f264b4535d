//! Energy of a window as measurements: what is stored, shown and exported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ergon_domain::{Flags, Measurement, Observed, Provenance};

use crate::attribution::Part;
use crate::baseline::{IdlePower, NO_BASELINE};
use crate::channel::Channel;
use crate::domain::Domain;
use crate::figure::{EnergyFigure, EnergyFlag};
use crate::meter::{DomainFigure, shortest_window_s};
use crate::totals::{counted, sum, total};

/// Rule behind dynamic energy.
const ABOVE_IDLE: &str = "energy above idle power × time";
/// Rule behind a run's share of what several took together.
const BY_CPU_TIME: &str = "dynamic energy split by CPU time";

/// Idle power of all that counts, with its spread, or why a part's is not known.
fn idle_power(domains: &[&Domain], idle: &[IdlePower]) -> Result<(f64, f64), &'static str> {
    let known = counted(domains).into_iter().map(|at| idle.get(at).copied().unwrap_or(Err(NO_BASELINE)));
    known.into_iter().try_fold((0.0, 0.0), |(watts, mad_w), i| i.map(|i| (watts + i.watts, mad_w + i.mad_w)))
}

/// What a baseline came to: `idle_power_w`, ± its median absolute deviation.
pub fn idle_measurement(channels: &[Channel], idle: &[IdlePower]) -> Measurement {
    let domains: Vec<&Domain> = channels.iter().map(|channel| &channel.domain).collect();
    let provenance = channels.iter().map(|c| c.provenance.clone()).max().unwrap_or(Provenance::Measured);
    let provenance = provenance.max(Provenance::Derived("median of one-second means".into()));
    let (watts, mad_w) = match idle_power(&domains, idle) {
        Ok(known) => known,
        Err(why) => return Measurement::new("idle_power_w", Observed::Unavailable(why.into()), provenance),
    };
    let mut power = Measurement::new("idle_power_w", Observed::value(watts), provenance);
    (power.lo, power.hi) = (Some(watts - mad_w), Some(watts + mad_w));
    power
}

/// Energy of a window that nobody shares, by channel, with the idle power of each channel where it is known.
///
/// Gives `energy_j` (all that isn't part of something else), `<kind>_energy_j`, `average_power_w`, `idle_energy_j` and
/// `dynamic_energy_j`. Dynamic energy is not clamped at 0: that would bias the mean of small runs upwards.
pub fn measurements(parts: &[DomainFigure], idle: &[IdlePower]) -> Vec<Measurement> {
    let mut out = Vec::new();
    let Some(whole) = total(parts) else { return out };
    out.push(measurement("energy_j", &whole.figure));
    let mut kinds: BTreeMap<&str, Vec<&EnergyFigure>> = BTreeMap::new();
    for part in parts {
        kinds.entry(part.domain.kind()).or_default().push(&part.figure);
    }
    for (kind, figures) in kinds {
        out.extend(sum(figures.into_iter()).map(|figure| measurement(&format!("{kind}_energy_j"), &figure)));
    }
    let d = whole.figure.duration_s;
    let mut power = measurement("average_power_w", &whole.figure);
    if let (Observed::Value(joules), true) = (&power.observed, d > 0.0) {
        power.observed = Observed::value(joules / d);
        (power.lo, power.hi) = (power.lo.map(|x| x / d), power.hi.map(|x| x / d));
    }
    power.provenance = power.provenance.max(Provenance::Derived("energy over time".into()));
    out.push(power);

    let domains: Vec<&Domain> = parts.iter().map(|part| &part.domain).collect();
    let weakest = whole.figure.provenance.clone().max(Provenance::Derived(ABOVE_IDLE.into()));
    let (idle_w, mad_w) = match idle_power(&domains, idle) {
        Ok(known) => known,
        Err(why) => {
            for name in ["idle_energy_j", "dynamic_energy_j"] {
                out.push(Measurement::new(name, Observed::Unavailable(why.into()), weakest.clone()));
            }
            return out;
        }
    };
    let (idle_j, spread_j) = (idle_w * d, mad_w * d);
    let mut at_rest = Measurement::new("idle_energy_j", Observed::value(idle_j), weakest.clone());
    (at_rest.lo, at_rest.hi) = (Some(idle_j - spread_j), Some(idle_j + spread_j));
    let mut dynamic = measurement("dynamic_energy_j", &whole.figure);
    dynamic.provenance = weakest;
    if let Observed::Value(joules) = dynamic.observed {
        dynamic.observed = Observed::value(joules - idle_j);
        dynamic.lo = dynamic.lo.map(|x| x - idle_j - spread_j);
        dynamic.hi = dynamic.hi.map(|x| x - idle_j + spread_j);
    }
    out.extend([at_rest, dynamic]);
    out
}

/// A run's share of windows that others were in too: what it was given of each channel.
///
/// Gives `dynamic_energy_j` and `<kind>_dynamic_energy_j`; `energy_j` is unavailable, because the machine's idle power is
/// nobody's (ENERGY.md "Attribution").
pub fn attributed(
    channels: &[Channel],
    shares: &[Result<Part, &str>],
    duration_s: f64,
    flags: &BTreeSet<EnergyFlag>,
) -> Vec<Measurement> {
    let shared = "runs may have overlapped: what the machine draws at rest is nobody's; see dynamic_energy_j";
    let needed_s = channels.iter().map(shortest_window_s).fold(0.0, f64::max);
    let mut flags = flags.clone();
    flags.insert(EnergyFlag::Concurrent);
    if duration_s < needed_s {
        flags.insert(EnergyFlag::Short);
    }
    let told = |name: &str, at: &[usize]| {
        let provenance = at.iter().filter_map(|i| channels.get(*i)).map(|c| c.provenance.clone()).max();
        let provenance = provenance.unwrap_or(Provenance::Measured).max(Provenance::Derived(BY_CPU_TIME.into()));
        let whole = at.iter().filter_map(|i| shares.get(*i)).try_fold(Part::default(), |mut sum, part| {
            sum += (*part)?;
            Ok::<Part, &str>(sum)
        });
        let mut measurement = Measurement::new(name, Observed::Unavailable("".into()), provenance);
        measurement.observed = match whole {
            _ if duration_s < needed_s => Observed::Unavailable(too_short(duration_s, needed_s)),
            Err(why) => Observed::Unavailable(why.into()),
            Ok(whole) => {
                (measurement.lo, measurement.hi) = (Some(whole.lo * 1e-6), Some(whole.hi * 1e-6));
                Observed::value(whole.microjoules as f64 * 1e-6)
            }
        };
        measurement.flags = names(&flags);
        measurement
    };
    let domains: Vec<&Domain> = channels.iter().map(|channel| &channel.domain).collect();
    let top = counted(&domains);
    let mut out = vec![told("dynamic_energy_j", &top)];
    let kinds: BTreeSet<&str> = domains.iter().map(|domain| domain.kind()).collect();
    for kind in kinds {
        let at: Vec<usize> = (0..domains.len()).filter(|at| domains[*at].kind() == kind).collect();
        out.push(told(&format!("{kind}_dynamic_energy_j"), &at));
    }
    let provenance = out.first().map_or(Provenance::Measured, |m| m.provenance.clone());
    out.push(Measurement::new("energy_j", Observed::Unavailable(shared.into()), provenance));
    out
}

/// A figure under a name.
pub(crate) fn measurement(name: &str, figure: &EnergyFigure) -> Measurement {
    let observed = match figure.energy_j {
        Some(joules) => Observed::value(joules),
        None => Observed::Unavailable(withheld(figure)),
    };
    let bounded = figure.energy_j.is_some() || figure.flags.contains(&EnergyFlag::WrapAmbiguous);
    Measurement {
        lo: bounded.then_some(figure.lo_j),
        hi: bounded.then_some(figure.hi_j),
        flags: names(&figure.flags),
        ..Measurement::new(name, observed, figure.provenance.clone())
    }
}

fn names(flags: &BTreeSet<EnergyFlag>) -> Flags {
    Flags(flags.iter().map(|flag| Arc::from(flag.name())).collect())
}

fn too_short(duration_s: f64, needed_s: f64) -> Arc<str> {
    format!("below resolution: {duration_s:.3} s long, and {needed_s} s are needed").into()
}

fn withheld(figure: &EnergyFigure) -> Arc<str> {
    let has = |flag| figure.flags.contains(&flag);
    if has(EnergyFlag::EndMissing) {
        "a sensor could not be read at an end of the window".into()
    } else if has(EnergyFlag::WrapAmbiguous) {
        "the counter may have wrapped unseen; the bounds hold the truth".into()
    } else {
        too_short(figure.duration_s, figure.shortest_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Idle;
    use crate::channel::ChannelKind;

    fn part(domain: Domain, joules: Option<f64>, flags: &[EnergyFlag]) -> DomainFigure {
        DomainFigure {
            domain,
            place: String::new(),
            figure: EnergyFigure {
                energy_j: joules,
                lo_j: joules.unwrap_or(0.0) - 1.0,
                hi_j: joules.unwrap_or(0.0) + 1.0,
                duration_s: 10.0,
                shortest_s: 0.2,
                provenance: Provenance::Measured,
                flags: flags.iter().copied().collect(),
            },
        }
    }

    const PACKAGE: Domain = Domain::Package { socket: 0, die: 0 };

    fn named<'a>(all: &'a [Measurement], name: &str) -> &'a Measurement {
        all.iter().find(|m| m.metric.as_str() == name).unwrap()
    }

    #[test]
    fn what_is_above_idle_may_be_negative_and_its_bounds_know_the_idle_power_s_spread() {
        let idle = [Ok(Idle { watts: 52.0, mad_w: 0.5, samples: 30 }), Err(NO_BASELINE)];
        let all = measurements(&[part(PACKAGE, Some(500.0), &[]), part(Domain::Core { socket: 0 }, None, &[])], &idle);
        let dynamic = named(&all, "dynamic_energy_j");
        assert_eq!((&dynamic.observed, dynamic.lo, dynamic.hi), (&Observed::Value(-20.0), Some(-26.0), Some(-14.0)));
        assert_eq!(dynamic.provenance.name(), "derived");
        assert_eq!(named(&all, "average_power_w").observed, Observed::Value(50.0));
        assert_eq!(named(&all, "energy_j").provenance, Provenance::Measured);
    }

    #[test]
    fn what_is_not_known_says_why_and_is_never_zero() {
        let parts = [part(PACKAGE, Some(5.0), &[]), part(Domain::Dram { socket: 0 }, None, &[EnergyFlag::Short])];
        let all = measurements(&parts, &[Err("its baseline says why"), Err(NO_BASELINE)]);
        let why = |name: &str| match &named(&all, name).observed {
            Observed::Unavailable(why) => why.to_string(),
            other => format!("{other:?}"),
        };
        assert!(why("energy_j").contains("below resolution"), "a missing part is not filled: {}", why("energy_j"));
        assert_eq!(why("dynamic_energy_j"), "its baseline says why");
        assert_eq!(named(&all, "package_energy_j").observed, Observed::Value(5.0));
    }

    #[test]
    fn a_share_is_derived_and_flagged_and_too_short_a_run_has_none() {
        let channel = |domain: Domain, provenance| Channel {
            domain,
            kind: ChannelKind::Gauge,
            update_s: 0.001,
            idle_w: None,
            provenance,
            place: String::new(),
        };
        let share = Ok(Part { microjoules: 2_000_000, lo: 1e6, hi: 3e6 });
        let channels = [channel(PACKAGE, Provenance::Measured), channel(Domain::Psys, Provenance::Measured)];
        let all = attributed(&channels, &[share, Err(NO_BASELINE)], 1.0, &BTreeSet::new());
        let dynamic = named(&all, "dynamic_energy_j");
        assert_eq!((&dynamic.observed, dynamic.lo, dynamic.hi), (&Observed::Value(2.0), Some(1.0), Some(3.0)));
        assert_eq!((dynamic.provenance.name(), dynamic.flags.joined()), ("derived", Some("concurrent".into())));
        assert!(matches!(named(&all, "energy_j").observed, Observed::Unavailable(_)));
        let short = attributed(&channels, &[share, Err(NO_BASELINE)], 0.1, &BTreeSet::new());
        assert!(matches!(named(&short, "dynamic_energy_j").observed, Observed::Unavailable(_)));
        let estimated = [channel(Domain::Cpu, Provenance::Estimated("CPU time".into()))];
        assert_eq!(
            named(&attributed(&estimated, &[share], 1.0, &BTreeSet::new()), "dynamic_energy_j").provenance.name(),
            "estimated"
        );
    }
}

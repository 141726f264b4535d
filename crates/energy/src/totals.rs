//! One total of several domains, nothing counted twice.

use ergon_domain::Provenance;

use crate::domain::Domain;
use crate::figure::EnergyFigure;
use crate::meter::DomainFigure;

/// The total of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// Its energy.
    pub figure: EnergyFigure,
    /// What was added.
    pub of: Vec<Domain>,
    /// What it covers, in words.
    pub covers: &'static str,
}

/// Adds what includes everything else and is included in nothing that is added: packages and memory and whatever has a
/// source of its own; cores and uncores are parts of packages. The platform's counter (psys) includes them all and is
/// on many machines implausible, so it is only the total where nothing else is there. `None` where there is nothing.
///
/// Invariant: a part that is missing is never filled with an estimate; `covers` says what the total is about.
pub fn total(parts: &[DomainFigure]) -> Option<Total> {
    let domains: Vec<&Domain> = parts.iter().map(|part| &part.domain).collect();
    let top: Vec<&DomainFigure> = counted(&domains).into_iter().filter_map(|at| parts.get(at)).collect();
    let figure = sum(top.iter().map(|part| &part.figure))?;
    let has = |wanted: fn(&Domain) -> bool| top.iter().any(|part| wanted(&part.domain));
    let covers = match (has(|d| matches!(d, Domain::Package { .. })), has(|d| matches!(d, Domain::Dram { .. }))) {
        (true, true) => "CPU packages and memory",
        (true, false) => "CPU packages only",
        _ if has(|d| *d == Domain::Psys) => "the platform",
        _ if has(|d| *d == Domain::Battery) => "what the battery gives",
        _ if has(|d| *d == Domain::Cpu) => "CPU only",
        _ => "the sensors listed",
    };
    Some(Total { of: top.iter().map(|part| part.domain.clone()).collect(), figure, covers })
}

/// Positions of the domains that a total is the sum of: what is known to be a part of its own; where there is none, the
/// first that stands for the whole machine; else whatever there is.
pub(crate) fn counted(domains: &[&Domain]) -> Vec<usize> {
    let rank = |domain: &Domain| match domain {
        Domain::Psys => 1,
        Domain::Battery => 2,
        Domain::Other(_) => 3,
        _ => 0,
    };
    let Some(best) = domains.iter().map(|domain| rank(domain)).min() else { return Vec::new() };
    let usable = |domain: &Domain| rank(domain) == best;
    let inside = |part: &Domain| domains.iter().any(|whole| usable(whole) && part.is_within(whole));
    (0..domains.len()).filter(|at| usable(domains[*at]) && !inside(domains[*at])).collect()
}

/// Figures of one window added up: withheld where one of them is, as weak as the weakest.
pub(crate) fn sum<'a>(mut figures: impl Iterator<Item = &'a EnergyFigure>) -> Option<EnergyFigure> {
    let mut sum = figures.next()?.clone();
    for figure in figures {
        sum.energy_j = sum.energy_j.zip(figure.energy_j).map(|(a, b)| a + b);
        sum.lo_j += figure.lo_j;
        sum.hi_j += figure.hi_j;
        sum.flags.extend(&figure.flags);
        sum.provenance = weaker(sum.provenance, &figure.provenance);
    }
    Some(sum)
}

fn weaker(a: Provenance, b: &Provenance) -> Provenance {
    a.max(b.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(domain: Domain, joules: f64) -> DomainFigure {
        DomainFigure {
            domain,
            place: String::new(),
            figure: EnergyFigure {
                energy_j: Some(joules),
                lo_j: joules - 1.0,
                hi_j: joules + 1.0,
                duration_s: 1.0,
                shortest_s: 0.2,
                provenance: Provenance::Measured,
                flags: Default::default(),
            },
        }
    }

    const fn package(socket: u16) -> Domain {
        Domain::Package { socket, die: 0 }
    }

    #[test]
    fn parts_of_a_package_and_the_platform_are_not_counted_twice_and_memory_is_counted_once() {
        let all = [
            (package(0), 500.0),
            (package(1), 300.0),
            (Domain::Dram { socket: 0 }, 80.0),
            (Domain::Dram { socket: 1 }, 60.0),
            (Domain::Core { socket: 0 }, 400.0),
            (Domain::Uncore { socket: 0 }, 50.0),
            (Domain::Psys, 1_100.0),
        ]
        .map(|(domain, joules)| part(domain, joules));
        let sum = total(&all).unwrap();
        assert_eq!((sum.figure.energy_j, sum.covers), (Some(940.0), "CPU packages and memory"));
        assert_eq!(total(&all[..2]).unwrap().covers, "CPU packages only");
        assert_eq!(total(&all[6..]).unwrap().figure.energy_j, Some(1_100.0));
        assert_eq!(total(&[]), None);
        // A chip that nobody knows and a battery measure what is in there already.
        let more = [part(Domain::Other("amdgpu PPT".into()), 30.0), part(Domain::Battery, 999.0)];
        assert_eq!(total(&[&all[..], &more].concat()).unwrap().figure.energy_j, Some(940.0));
        let with_gpu = [&all[..], &[part(Domain::Gpu("a".into()), 60.0)]].concat();
        assert_eq!(total(&with_gpu).unwrap().figure.energy_j, Some(1_000.0));
    }

    #[test]
    fn a_part_that_is_withheld_withholds_the_total() {
        let mut parts = [part(package(0), 5.0), part(package(1), 5.0)];
        parts[1].figure.energy_j = None;
        assert_eq!(total(&parts).unwrap().figure.energy_j, None);
    }
}

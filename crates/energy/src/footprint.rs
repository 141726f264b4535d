//! Carbon and water of an energy, from a table of record. Always derived, with the years' spread as bounds.
//!
//! Operational carbon = E · PUE · intensity. Water = E · (WUE on site + PUE · off-site intensity), Li et al. 2023,
//! arXiv:2304.03271. Embodied carbon = maker's figure · time / life. Methane is inside the life-cycle factors already.

use std::collections::BTreeSet;

use ergon_domain::{Measurement, Observed, Provenance};
use serde::Serialize;

/// Joules of a kilowatt-hour.
const J_PER_KWH: f64 = 3.6e6;
const SECONDS_PER_YEAR: f64 = 365.25 * 86_400.0;
const TABLE: &str = include_str!("../../../configs/grid-factors.csv");

/// A value of the table of record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridFactor {
    /// `carbon` (gCO2e/kWh) or `water` (L/kWh).
    pub kind: &'static str,
    /// Country code, or `WORLD`.
    pub region: &'static str,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The year it is about.
    pub year: u16,
    /// What it covers.
    pub scope: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// Where.
    pub url: &'static str,
    /// Under which licence.
    pub licence: &'static str,
    /// When it was copied.
    pub retrieved: &'static str,
    /// Whether it was compared with the publisher's own file.
    pub verified: bool,
}

/// The table of record.
pub fn grid_factors() -> Vec<GridFactor> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(factor).collect()
}

fn factor(line: &'static str) -> Option<GridFactor> {
    let mut cells = line.split(',');
    let mut next = || cells.next();
    Some(GridFactor {
        kind: next()?,
        region: next()?,
        value: next()?.parse().ok()?,
        unit: next()?,
        year: next()?.parse().ok()?,
        scope: next()?,
        source: next()?,
        url: next()?,
        licence: next()?,
        retrieved: next()?,
        verified: next()? == "yes",
    })
}

/// Regions that have a carbon intensity.
pub fn regions() -> BTreeSet<&'static str> {
    grid_factors().into_iter().filter(|f| f.kind == "carbon").map(|f| f.region).collect()
}

/// Where and how an energy was used.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Country code, or `WORLD`.
    pub region: String,
    /// Power usage effectiveness; 1 for a machine under a desk, by definition.
    pub pue: f64,
    /// Water used on site, litres per kWh.
    pub wue_l_per_kwh: f64,
    /// The machine's making, kg CO2e, and its life in years; `None`: not counted.
    pub embodied: Option<(f64, f64)>,
}

/// `carbon_g`, `water_l` and, where asked for, `embodied_carbon_g` of an energy used in a time (`None`: nobody knows how
/// long). An unknown region has unavailable figures; so has an energy that is withheld.
pub fn footprint(energy: &Measurement, duration_s: Option<f64>, site: &Site) -> Vec<Measurement> {
    let mut out = vec![
        intensity(energy, site, "carbon", "carbon_g", |value| site.pue * value),
        intensity(energy, site, "water", "water_l", |value| site.wue_l_per_kwh + site.pue * value),
    ];
    if let Some((kg, years)) = site.embodied {
        let grams = match duration_s {
            Some(duration_s) => Observed::value(kg * 1e3 * duration_s / (years * SECONDS_PER_YEAR)),
            None => Observed::Unavailable(
                "a machine's making is counted by the time it was used, which is not known".into(),
            ),
        };
        let rule = Provenance::Derived(format!("{kg} kg CO2e over {years} years, by time").into());
        out.push(Measurement::new("embodied_carbon_g", grams, rule));
    }
    out
}

fn intensity(energy: &Measurement, site: &Site, kind: &str, name: &str, per_kwh: impl Fn(f64) -> f64) -> Measurement {
    let factors: Vec<GridFactor> =
        grid_factors().into_iter().filter(|f| f.kind == kind && f.region == site.region).collect();
    let Some(newest) = factors.iter().max_by_key(|f| f.year) else {
        let why = format!("the table of record has no {kind} intensity for {}", site.region);
        return Measurement::new(name, Observed::Unavailable(why.into()), energy.provenance.clone());
    };
    let rule = format!("{} {} ({}, {}), PUE {}", newest.value, newest.unit, newest.year, newest.source, site.pue);
    let provenance = by(&energy.provenance, rule);
    let Observed::Value(joules) = energy.observed else {
        return Measurement::new(name, energy.observed.clone(), provenance);
    };
    let of = |joules: f64, value: f64| joules / J_PER_KWH * per_kwh(value);
    let mut found = Measurement::new(name, Observed::value(of(joules, newest.value)), provenance);
    let (least, most) = match spread(&factors) {
        Some((least, most)) if factors.len() > 1 => (least, most),
        // One year says nothing of the others: as far apart as those of the region that changed most.
        _ => {
            let apart = largest_change(kind);
            (newest.value * (1.0 - apart), newest.value * (1.0 + apart))
        }
    };
    if most > least {
        found.lo = Some(of(energy.lo.unwrap_or(joules), least));
        found.hi = Some(of(energy.hi.unwrap_or(joules), most));
    }
    found
}

/// Least and greatest of some factors.
fn spread(factors: &[GridFactor]) -> Option<(f64, f64)> {
    let values = || factors.iter().map(|f| f.value);
    values().reduce(f64::min).zip(values().reduce(f64::max))
}

/// Largest difference between years of one region, as a share of the greater; 0 where no region has two.
fn largest_change(kind: &str) -> f64 {
    let all: Vec<GridFactor> = grid_factors().into_iter().filter(|f| f.kind == kind).collect();
    let regions: BTreeSet<&str> = all.iter().map(|f| f.region).collect();
    let change = |region: &str| {
        let of_region: Vec<GridFactor> = all.iter().filter(|f| f.region == region).cloned().collect();
        spread(&of_region).map_or(0.0, |(least, most)| (most - least) / most)
    };
    regions.into_iter().map(change).fold(0.0, f64::max)
}

/// Where a figure comes from that this rule makes of an energy: no better than the energy, and both are named.
fn by(energy: &Provenance, rule: String) -> Provenance {
    let both = || energy.source().map_or_else(|| rule.clone(), |source| format!("{rule}; energy: {source}"));
    match energy {
        Provenance::Simulated => Provenance::Simulated,
        Provenance::Estimated(_) => Provenance::Estimated(both().into()),
        Provenance::Measured | Provenance::Derived(_) => Provenance::Derived(both().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(region: &str) -> Site {
        Site { region: region.into(), pue: 1.0, wue_l_per_kwh: 0.0, embodied: None }
    }

    fn kwh(n: f64) -> Measurement {
        Measurement::new("energy_j", Observed::value(n * J_PER_KWH), Provenance::Measured)
    }

    #[test]
    fn every_row_of_the_table_is_read_and_says_where_it_is_from() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count() - 1;
        let factors = grid_factors();
        assert_eq!(factors.len(), rows);
        for f in &factors {
            let (unit, range) = if f.kind == "carbon" { ("gCO2e/kWh", 10.0..1_500.0) } else { ("L/kWh", 0.1..50.0) };
            assert_eq!(f.unit, unit, "{f:?}");
            assert!(range.contains(&f.value), "grams are not kilograms, litres no millilitres: {f:?}");
            assert!((2020..2030).contains(&f.year) && !f.source.is_empty() && f.url.starts_with("https://"), "{f:?}");
        }
    }

    #[test]
    fn a_kilowatt_hour_in_france_is_tens_of_grams_with_the_years_as_bounds() {
        let found = footprint(&kwh(1.0), Some(3_600.0), &site("FR"));
        assert_eq!((&found[0].observed, found[0].lo, found[0].hi), (&Observed::Value(44.2), Some(44.2), Some(56.0)));
        assert_eq!(found[0].provenance.name(), "derived");
        assert_eq!(found[1].observed, Observed::Value(3.674));
        assert_eq!(found.len(), 2, "making the machine is counted when asked for");
    }

    #[test]
    fn a_data_centre_costs_its_overhead_and_a_machine_its_making() {
        let site = Site { pue: 1.5, wue_l_per_kwh: 0.2, embodied: Some((5_700.0, 3.0)), ..site("SE") };
        let found = footprint(&kwh(2.0), Some(SECONDS_PER_YEAR), &site);
        let value = |at: usize| match found[at].observed {
            Observed::Value(x) => x,
            _ => f64::NAN,
        };
        assert!((value(0) - 2.0 * 1.5 * 35.8).abs() < 1e-9);
        assert!((value(1) - 2.0 * (0.2 + 1.5 * 6.032)).abs() < 1e-9);
        assert!((value(2) - 1_900_000.0).abs() < 1e-6);
    }

    #[test]
    fn whatever_an_energy_is_its_carbon_says_by_which_factor_of_which_year_and_never_comes_without_bounds() {
        for (energy, weakest) in [
            (Provenance::Measured, "derived"),
            (Provenance::Derived("what was given".into()), "derived"),
            (Provenance::Estimated("time of the CPU".into()), "estimated"),
        ] {
            let carbon = &footprint(&Measurement { provenance: energy.clone(), ..kwh(1.0) }, None, &site("PL"))[0];
            let how = carbon.provenance.source().unwrap();
            assert!(how.contains("661.9 gCO2e/kWh (2023") && how.contains("PUE 1"), "{how}");
            assert!(energy.source().is_none_or(|source| how.contains(source)), "{how}");
            assert_eq!(carbon.provenance.name(), weakest);
            // One year of Poland: as far apart as the two of France, (56.0 - 44.2) / 56.0.
            let apart = 661.9 * 11.8 / 56.0;
            assert!(carbon.lo.is_some_and(|lo| (lo - (661.9 - apart)).abs() < 1e-9), "{carbon:?}");
            assert!(carbon.hi.is_some_and(|hi| (hi - (661.9 + apart)).abs() < 1e-9), "{carbon:?}");
        }
    }

    #[test]
    fn a_machine_s_making_is_unknown_where_the_time_is() {
        let found = footprint(&kwh(1.0), None, &Site { embodied: Some((100.0, 4.0)), ..site("FR") });
        assert!(matches!(&found[2].observed, Observed::Unavailable(why) if why.contains("time")), "{found:?}");
    }

    #[test]
    fn what_is_not_known_stays_so_and_an_estimate_stays_one() {
        let found = footprint(&kwh(1.0), Some(1.0), &site("XX"));
        assert!(matches!(&found[0].observed, Observed::Unavailable(why) if why.contains("XX")));
        let estimated = Measurement { provenance: Provenance::Estimated("CPU time".into()), ..kwh(1.0) };
        assert_eq!(footprint(&estimated, Some(1.0), &site("FR"))[0].provenance.name(), "estimated");
        let withheld = Measurement { observed: Observed::Unavailable("short".into()), ..kwh(1.0) };
        assert_eq!(footprint(&withheld, Some(1.0), &site("FR"))[0].observed, Observed::Unavailable("short".into()));
    }
}

//! Point-biserial correlation: Pearson's, of a two-valued variable with a measured one.

use crate::StatError;
use crate::account::{Account, Warning};
use crate::correlation::{Coefficient, Correlation};
use crate::missing::observed_pairs;
use crate::options::TestOptions;
use crate::pearson::enough;

const REFERENCES: &[&str] = &["Tate (1954), Annals of Mathematical Statistics 25, 603–607"];

/// Correlation of `group`, which holds 0 and 1, with `y`. The test equals Student's t test of the
/// two groups.
///
/// Use it to express a difference of two groups as a correlation.
///
/// ```
/// use ergon_stats::{TestOptions, point_biserial};
/// let group = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
/// let y = [1.0, 2.0, 3.0, 3.0, 4.0, 6.0];
/// let found = point_biserial(&group, &y, &TestOptions::default())?;
/// assert!((found.estimate - 0.742).abs() < 1e-4);
/// assert!((found.p - 0.09126).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn point_biserial(group: &[f64], y: &[f64], options: &TestOptions) -> Result<Correlation, StatError> {
    options.check()?;
    let (group, y, dropped) = observed_pairs(group, y, options.missing)?;
    if let Some(bad) = group.iter().find(|v| **v != 0.0 && **v != 1.0) {
        return Err(StatError::InvalidOption { option: "group", found: bad.to_string(), range: "{0, 1}" });
    }
    enough(group.len(), 3)?;
    let ones = group.iter().filter(|v| **v == 1.0).count();
    let (small, large) = (ones.min(group.len() - ones), ones.max(group.len() - ones));
    let mut account = Account::new("Point-biserial correlation", group.len(), dropped, REFERENCES);
    if small < 5 {
        account.warnings.push(Warning::FewObservations { n: small });
    }
    if large as f64 > 1.5 * small as f64 {
        account.warnings.push(Warning::Unbalanced { smallest: small, largest: large });
    }
    let r = Coefficient::of(&group, &y)?;
    r.tested((group.len() - 2) as f64, "point-biserial r", account, options)
}

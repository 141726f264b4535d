//! Colours that readers with any colour vision can tell apart.

use plotters::style::RGBColor;

/// Okabe & Ito, *Color Universal Design* (2008), <https://jfly.uni-koeln.de/color/>, ordered so that
/// the first ones also differ most in grey; the pale yellow comes last.
const OKABE_ITO: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(90, 90, 90),
    RGBColor(240, 228, 66),
];

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(0, 0, 0);
/// Remarks.
pub(super) const GREY: RGBColor = RGBColor(90, 90, 90);
/// Lines to read along.
pub(super) const GRID: RGBColor = RGBColor(228, 228, 228);

/// The colour of the group at this position.
pub(super) fn colour(position: usize) -> RGBColor {
    OKABE_ITO[position % OKABE_ITO.len()]
}

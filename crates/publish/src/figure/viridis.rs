//! The colours of a sequence: viridis, which rises evenly in lightness for every kind of colour vision.

use plotters::style::RGBColor;

/// Every tenth of matplotlib's viridis (van der Walt & Smith 2015, <https://bids.github.io/colormap/>, CC0).
const VIRIDIS: [(u8, u8, u8); 11] = [
    (68, 1, 84),
    (72, 36, 117),
    (65, 68, 135),
    (53, 95, 141),
    (42, 120, 142),
    (33, 145, 140),
    (34, 168, 132),
    (68, 191, 112),
    (122, 209, 81),
    (189, 223, 38),
    (253, 231, 37),
];

/// The colour at a share of the way, 0 to 1.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn viridis(share: f64) -> RGBColor {
    let place = share.clamp(0.0, 1.0) * 10.0;
    let below = (place.floor() as usize).min(9);
    let part = place - place.floor().min(9.0);
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    let (a, b) = (VIRIDIS[below], VIRIDIS[below + 1]);
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Black or white, whichever is easier to read on this colour.
pub(super) fn readable_on(ground: RGBColor) -> RGBColor {
    let (black, white) = (RGBColor(0, 0, 0), RGBColor(255, 255, 255));
    if contrast(ground, black) >= contrast(ground, white) { black } else { white }
}

/// Contrast ratio (WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>), 1 to 21.
fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_readable_everywhere_on_the_scale() {
        for step in 0..=1000 {
            let ground = viridis(f64::from(step) / 1000.0);
            assert!(contrast(ground, readable_on(ground)) >= 4.5, "{ground:?}");
        }
    }

    #[test]
    fn lightness_rises_all_the_way() {
        let shades: Vec<f64> = (0..=100).map(|step| luminance(viridis(f64::from(step) / 100.0))).collect();
        assert!(shades.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((viridis(0.0), viridis(1.0)), (RGBColor(68, 1, 84), RGBColor(253, 231, 37)));
    }
}

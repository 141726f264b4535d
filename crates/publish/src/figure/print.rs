//! PDF and PNG from the master SVG, set in a font that Ergon brings along.

use super::outline::{lacking, parse};

/// A figure in a binary form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The file.
    pub bytes: Vec<u8>,
    /// Characters that the font lacks; the SVG shows them where the reader's system has them.
    pub lacking: Vec<char>,
}

/// Why a figure can't be had in a binary form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// The SVG couldn't be read back.
    #[error("the drawing could not be read back: {0}")]
    Unreadable(String),
    /// A resolution that gives no picture or an absurd one.
    #[error("{0} dots per inch is not between 30 and 1200")]
    Resolution(String),
    /// The writer failed.
    #[error("the file could not be written: {0}")]
    Writing(String),
}

/// CSS pixels in an inch, the unit of a parsed SVG.
const PIXELS: f64 = 96.0;

/// A PDF of the figure's size, with the letters it uses embedded. It always looks the same, but the order of the objects
/// in the file may differ from call to call: compare figures by their SVG.
///
/// # Errors
/// An SVG that isn't one of Ergon's.
pub fn to_pdf(svg: &str) -> Result<Printed, PrintError> {
    let tree = parse(svg).map_err(PrintError::Unreadable)?;
    let options = svg2pdf::ConversionOptions { embed_text: true, ..svg2pdf::ConversionOptions::default() };
    // A parsed SVG is in pixels; the page is in points.
    let page = svg2pdf::PageOptions { dpi: 96.0 };
    let bytes = svg2pdf::to_pdf(&tree, options, page).map_err(|error| PrintError::Writing(error.to_string()))?;
    Ok(Printed { bytes, lacking: lacking(svg) })
}

/// A PNG on white.
///
/// # Errors
/// An SVG that isn't one of Ergon's; a resolution outside 30 to 1200 dots per inch.
pub fn to_png(svg: &str, dots_per_inch: f64) -> Result<Printed, PrintError> {
    if !(30.0..=1200.0).contains(&dots_per_inch) {
        return Err(PrintError::Resolution(dots_per_inch.to_string()));
    }
    let tree = parse(svg).map_err(PrintError::Unreadable)?;
    #[allow(clippy::cast_possible_truncation)]
    let scale = (dots_per_inch / PIXELS) as f32;
    let size = tree.size().to_int_size().scale_by(scale);
    let size = size.ok_or_else(|| PrintError::Resolution(dots_per_inch.to_string()))?;
    let mut picture = resvg::tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| PrintError::Resolution(dots_per_inch.to_string()))?;
    picture.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(scale, scale), &mut picture.as_mut());
    let bytes = picture.encode_png().map_err(|error| PrintError::Writing(error.to_string()))?;
    Ok(Printed { bytes, lacking: lacking(svg) })
}

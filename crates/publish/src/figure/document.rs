//! The SVG document around a drawing: real size, words for those who can't see it, provenance.

use super::{FigureError, Stamp};
use crate::escape::markup;

/// Dresses what plotters wrote: `width` and `height` are in points.
pub(super) fn document(
    drawing: &str,
    (width, height): (f64, f64),
    title: &str,
    alt: &str,
    stamp: Stamp<'_>,
) -> Result<String, FigureError> {
    let malformed = || FigureError::Drawing("plotters wrote no SVG element".to_owned());
    let start = drawing.find("<svg").ok_or_else(malformed)?;
    let end = start + drawing[start..].find('>').ok_or_else(malformed)?;
    let (_, view_box) = drawing[start..end].split_once("viewBox=\"").ok_or_else(malformed)?;
    let (view_box, _) = view_box.split_once('"').ok_or_else(malformed)?;
    let inches = |points: f64| format!("{}in", (points / 72.0 * 10_000.0).round() / 10_000.0);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"{view_box}\" role=\"img\">\n\
         <title>{}</title>\n\
         <desc>{}</desc>\n\
         <metadata><figure xmlns=\"urn:ergon:figure:1\" data-hash=\"{}\" spec-hash=\"{}\" ergon-version=\"{}\"/></metadata>{}",
        inches(width),
        inches(height),
        markup(title),
        markup(alt),
        markup(stamp.data_hash),
        markup(stamp.spec_hash),
        markup(stamp.ergon_version),
        &drawing[end + 1..],
    ))
}

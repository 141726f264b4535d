//! Figures set in a font that Ergon brings along, their letters as shapes.
//!
//! The font is Arimo (SIL Open Font License 1.1, `fonts/OFL.txt`), whose letters are as wide as those of Helvetica,
//! Arial and Liberation Sans: the drawing was laid out for them, and looks the same in every form.

use std::collections::BTreeSet;
use std::sync::Arc;

use usvg::fontdb;

const REGULAR: &[u8] = include_bytes!("../../fonts/Arimo-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/Arimo-Bold.ttf");

/// An SVG that looks as the PDF will and needs no font where it is shown; `None` for one that isn't Ergon's, and where
/// the font lacks a letter.
pub fn outlined(svg: &str) -> Option<String> {
    let tree = parse(svg).ok()?;
    let writing = usvg::WriteOptions { coordinates_precision: 3, ..usvg::WriteOptions::default() };
    lacking(svg).is_empty().then(|| tree.to_string(&writing))
}

/// The drawing with its letters placed; else why it can't be read.
pub(super) fn parse(svg: &str) -> Result<usvg::Tree, String> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    fonts.set_sans_serif_family("Arimo");
    let options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    usvg::Tree::from_str(svg, &options).map_err(|error| error.to_string())
}

/// Characters of the drawing's texts without a glyph in the font.
pub(super) fn lacking(svg: &str) -> Vec<char> {
    let (Ok(document), Ok(font)) = (usvg::roxmltree::Document::parse(svg), ttf_parser::Face::parse(REGULAR, 0)) else {
        return Vec::new();
    };
    let texts = document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
    let found: BTreeSet<char> = texts
        .flat_map(str::chars)
        .filter(|letter| !letter.is_whitespace() && font.glyph_index(*letter).is_none())
        .collect();
    found.into_iter().collect()
}

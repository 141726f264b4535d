//! Figures whose letters are shapes.

#![cfg(feature = "outline")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[allow(dead_code, reason = "each file of tests takes its part")]
mod drawing;

use drawing::{HOSTILE, KINDS, NAMES, setting};
use ergon_publish::figure::outlined;

#[test]
fn an_outlined_figure_is_of_the_same_size_and_holds_no_letter() {
    for (kind, draw) in KINDS {
        let svg = draw(setting(5.5), NAMES).unwrap().svg;
        let shapes = outlined(&svg).unwrap();
        let document = roxmltree::Document::parse(&shapes).unwrap();
        let root = document.root_element();
        assert!(root.descendants().all(|node| !node.has_tag_name("text")), "{kind}");
        assert!(root.descendants().filter(|node| node.has_tag_name("path")).count() > 20, "{kind}");
        let width: f64 = root.attribute("width").unwrap().parse().unwrap();
        assert!((width - 5.5 * 96.0).abs() < 0.5, "{kind}: {width} pixels for 5.5 inches");
    }
}

#[test]
fn where_the_font_lacks_a_letter_there_are_no_shapes() {
    assert_eq!(outlined(&drawing::bars(setting(5.5), HOSTILE).unwrap().svg), None);
    assert_eq!(outlined("<svg"), None);
}

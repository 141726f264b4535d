//! Figures as PDF and PNG.

#![cfg(feature = "print")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[allow(dead_code, reason = "each file of tests takes its part")]
mod drawing;

use drawing::{HOSTILE, KINDS, NAMES, setting};
use ergon_publish::figure::outlined;
use ergon_publish::figure::print::{PrintError, to_pdf, to_png};

#[test]
fn every_figure_is_a_small_pdf_of_its_size_in_the_bundled_font() {
    for (kind, draw) in KINDS {
        let figure = draw(setting(5.5), NAMES).unwrap();
        let pdf = to_pdf(&figure.svg).unwrap();
        if let Some(folder) = std::env::var_os("ERGON_FIGURES") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{kind}.pdf")), &pdf.bytes).unwrap();
        }
        assert!(pdf.bytes.len() <= 200_000, "{kind}: {} bytes", pdf.bytes.len());
        let text = String::from_utf8_lossy(&pdf.bytes);
        assert!(text.starts_with("%PDF") && text.contains("Arimo"), "{kind}");
        let (_, page) = text.split_once("/MediaBox [").unwrap();
        let sides: Vec<f64> = page.split(']').next().unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect();
        assert!((sides[2] - 5.5 * 72.0).abs() < 0.1, "{kind}: {sides:?}");
        assert_eq!(pdf.lacking, [], "{kind}");
    }
}

#[test]
fn a_png_has_the_dots_asked_for() {
    let svg = drawing::bars(setting(3.25), NAMES).unwrap().svg;
    for (dots, width) in [(100.0, 325_u32), (300.0, 975)] {
        let png = to_png(&svg, dots).unwrap().bytes;
        assert_eq!(&png[1..4], b"PNG");
        let found = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
        assert!(found.abs_diff(width) <= 1, "{found} for {width}");
    }
    assert_eq!(to_png(&svg, 5.0), Err(PrintError::Resolution("5".into())));
}

#[test]
fn characters_without_a_letter_in_the_font_are_named() {
    let svg = drawing::bars(setting(5.5), HOSTILE).unwrap().svg;
    assert_eq!(to_pdf(&svg).unwrap().lacking, ['字', '漢']);
}

#[test]
fn an_outlined_figure_looks_the_same() {
    for (kind, draw) in KINDS {
        let svg = draw(setting(5.5), NAMES).unwrap().svg;
        let [a, b] = [&outlined(&svg).unwrap(), &svg].map(|drawn| {
            let png = to_png(drawn, 96.0).unwrap().bytes;
            resvg::tiny_skia::Pixmap::decode_png(&png).unwrap()
        });
        assert_eq!((a.width(), a.height()), (b.width(), b.height()), "{kind}");
        let other = a.data().iter().zip(b.data()).filter(|(a, b)| a.abs_diff(**b) > 8).count();
        assert!(other * 1_000 <= a.data().len(), "{kind}: {other} of {} bytes differ", a.data().len());
    }
}

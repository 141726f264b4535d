//! `figure`: a publication figure.

use std::path::{Path, PathBuf};

use ergon_analysis::{Analysis, AnalysisKind};
use ergon_publish::figure::{Span, Venue};
use ergon_publish::from_analysis::{RaincloudError, raincloud};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::frame::Framed;
use crate::ops::TextReply;
use crate::ops::table::{ask, subject, unknown};

/// Which figure.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct FigureRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// `raincloud`.
    pub kind: String,
    /// One metric; left out: that of the spec's first question, else the first.
    pub metric: Option<String>,
    /// Factors; left out: those of the question, else the campaign's.
    pub by: Vec<String>,
    /// Venue whose width is used: `neurips`, `icml`, `icml-page` ….
    pub width: String,
    /// `svg`.
    pub format: String,
}

const VENUES: [(&str, Venue); 10] = [
    ("neurips", Venue::NeurIps),
    ("iclr", Venue::Iclr),
    ("icml", Venue::Icml),
    ("aistats", Venue::Aistats),
    ("aaai", Venue::Aaai),
    ("cvpr", Venue::Cvpr),
    ("acm", Venue::AcmSigconf),
    ("acmsmall", Venue::AcmSmall),
    ("jmlr", Venue::Jmlr),
    ("ieee", Venue::Ieee),
];

impl From<RaincloudError> for AppError {
    fn from(error: RaincloudError) -> Self {
        Self::input("no_figure", error.to_string())
    }
}

/// Inches of a venue's column, or with `-page` of its whole page.
fn width_inches(name: &str) -> Result<f64, AppError> {
    let (venue, span) = match name.strip_suffix("-page") {
        Some(venue) => (venue, Span::Page),
        None => (name, Span::Column),
    };
    let venue = if venue.is_empty() { "neurips" } else { venue };
    VENUES.iter().find(|(n, _)| *n == venue).map(|(_, v)| v.width(span)).ok_or_else(|| {
        let names: Vec<&str> = VENUES.iter().map(|(n, _)| *n).collect();
        let message =
            format!("'{name}' is no venue; expected one of {}, with -page for the whole page", names.join(", "));
        AppError::input("unknown_width", message).field("width")
    })
}

/// Draws a figure.
///
/// # Errors
/// An unknown kind, width or form; names that aren't there; nothing to draw.
pub async fn figure(app: &App, request: FigureRequest) -> Result<TextReply, AppError> {
    if request.kind != "raincloud" {
        return Err(unknown("kind", &request.kind, &["raincloud"]));
    }
    if !matches!(request.format.as_str(), "" | "svg") {
        return Err(unknown("format", &request.format, &["svg"]));
    }
    let width = width_inches(&request.width)?;
    let framed = app.frame(&request.campaign, None).await?;
    let (metric, by) = subject(&framed, request.metric.as_deref(), &request.by)?;
    let drawn = raincloud(&framed.frame, &ask(&framed, &metric), &by, width, env!("CARGO_PKG_VERSION"))?;
    Ok(TextReply { text: drawn.svg, warnings: drawn.notes })
}

/// A raincloud for every descriptive analysis, with its description; what can't be drawn is left out.
pub(crate) fn write_all(
    framed: &Framed,
    analyses: &[Analysis],
    folder: &Path,
) -> Result<Vec<(PathBuf, String)>, AppError> {
    let refuse = |e: std::io::Error| AppError::operation("unwritable_folder", format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(refuse)?;
    let mut written = Vec::new();
    for analysis in analyses.iter().filter(|a| a.kind == AnalysisKind::Descriptive) {
        let question = &analysis.question;
        let asked = ask(framed, question.metric.as_str());
        let width = Venue::NeurIps.width(Span::Column);
        let Ok(drawn) = raincloud(&framed.frame, &asked, &question.by, width, env!("CARGO_PKG_VERSION")) else {
            continue;
        };
        let mut name = format!("raincloud-{}", question.metric);
        for factor in &question.by {
            name += &format!("-{factor}");
        }
        let path = folder.join(format!("{}.svg", name.replace('/', "-")));
        std::fs::write(&path, drawn.svg).map_err(refuse)?;
        written.push((path, drawn.alt));
    }
    Ok(written)
}

//! `figure`: a publication figure.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ergon_analysis::{Analysis, AnalysisKind, Detail};
use ergon_design::spec::{Question, QuestionKind};
use ergon_publish::figure::{Figure, Span, Venue};
use ergon_publish::from_analysis::{Drawing, DrawingError};
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
    /// `raincloud`, `bars`, `scalability`, `heatmap`, `radar`, `forest`, `interaction`, `ecdf`, `survival`, `histogram`,
    /// `pareto`, `tax`, `per_correct`, `phase_shares`, `success_factors`, `cost_efficiency`, `exploitation`,
    /// `efficiency`, or of a question asked as such `dependency`, `threshold`, `contamination`, `ab_test`.
    pub kind: String,
    /// One metric (for `radar` several, separated by commas); left out: that of the spec's question which such a figure
    /// answers, else the first (for `radar` all that have a better side). For `pareto` what is
    /// gained and what it costs, e.g. `accuracy,energy_j`; the cost left out: the energy of a run.
    pub metric: Option<String>,
    /// Factors; left out: those of the question, else as many of the campaign's as the kind takes. Where a question
    /// answers to metric and factors, its phases and filters are drawn, else all runs.
    pub by: Vec<String>,
    /// Venue whose width is used: `neurips`, `icml`, `icml-page` ….
    pub width: String,
    /// `svg`.
    pub format: String,
    /// Also with its letters as shapes, to be shown.
    pub outlined: bool,
}

/// A figure.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct FigureReply {
    /// The SVG.
    #[serde(flatten)]
    #[ts(flatten)]
    pub svg: TextReply,
    /// The same with its letters as shapes, where asked for and the bundled font has them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outlined: Option<String>,
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

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Kinds, and how many factors each takes; `None` for any number.
const KINDS: [(&str, Option<usize>); 22] = [
    ("raincloud", None),
    ("bars", None),
    ("scalability", Some(1)),
    ("heatmap", Some(2)),
    ("radar", Some(1)),
    ("forest", Some(1)),
    ("interaction", Some(2)),
    ("ecdf", Some(1)),
    ("survival", Some(1)),
    ("histogram", Some(1)),
    ("tax", Some(1)),
    ("per_correct", Some(1)),
    ("phase_shares", Some(1)),
    ("success_factors", None),
    ("cost_efficiency", Some(1)),
    ("exploitation", None),
    ("efficiency", Some(1)),
    ("dependency", None),
    ("threshold", None),
    ("contamination", None),
    ("ab_test", None),
    ("pareto", None),
];

impl From<DrawingError> for AppError {
    fn from(error: DrawingError) -> Self {
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
pub async fn figure(app: &App, request: FigureRequest) -> Result<FigureReply, AppError> {
    let Some((_, factors)) = KINDS.iter().find(|(name, _)| *name == request.kind) else {
        return Err(unknown("kind", &request.kind, &KINDS.map(|(name, _)| name)));
    };
    if !matches!(request.format.as_str(), "" | "svg") {
        return Err(unknown("format", &request.format, &["svg"]));
    }
    let width = width_inches(&request.width)?;
    let mut framed = app.frame(&request.campaign).await?;
    if super::surface::is_kind(&request.kind) {
        let analysis = super::surface::analysis(&framed, &request.kind, request.metric.as_deref())?;
        let asked = ask(&framed, analysis.question.metric.as_str());
        let drawing = Drawing { frame: &framed.frame, ask: &asked, width_inches: width, ergon_version: VERSION };
        let drawn = drawing.surface(&analysis)?;
        return Ok(reply(drawn, request.outlined));
    }
    let several = metrics(&request);
    let one = match request.kind.as_str() {
        "radar" => None,
        "pareto" => several.first().map(String::as_str),
        _ => request.metric.as_deref(),
    };
    let question =
        question_for(&framed.loaded.campaign.spec.analysis.questions, &request.kind, one, &request.by).cloned();
    if let Some(choice) = question.as_ref().and_then(|question| question.frame.as_ref()) {
        framed.frame = Arc::new(framed.frame.select(choice)?);
    }
    let (metric, mut by) = match question {
        Some(Question { metric, by, .. }) if request.by.is_empty() && !by.is_empty() => (metric, by),
        Some(Question { metric, .. }) => subject(&framed, Some(&metric), &request.by)?,
        None => subject(&framed, one, &request.by)?,
    };
    if request.by.is_empty() {
        by = factors_for(&framed, &request.kind, *factors, by);
    }
    let drawn = draw(&framed, &request.kind, &metric, &several, &by, width)?;
    Ok(reply(drawn, request.outlined))
}

fn reply(drawn: Figure, with_outlined: bool) -> FigureReply {
    let outlined = with_outlined.then(|| ergon_publish::figure::outlined(&drawn.svg)).flatten();
    FigureReply { svg: TextReply { text: drawn.svg, warnings: drawn.notes }, outlined }
}

/// The first question that such a figure answers and that is about this metric and these factors, where they are given:
/// rather one that asks for what the figure shows.
fn question_for<'q>(
    questions: &'q [Question],
    kind: &str,
    metric: Option<&str>,
    by: &[String],
) -> Option<&'q Question> {
    let asked_as = match kind {
        "scalability" => QuestionKind::Scalability,
        "heatmap" => QuestionKind::Grid,
        "radar" => QuestionKind::Ranking,
        "survival" => QuestionKind::Survival,
        "tax" => QuestionKind::Tax,
        "per_correct" => QuestionKind::PerCorrect,
        "phase_shares" => QuestionKind::PhaseShares,
        "success_factors" => QuestionKind::SuccessFactors,
        "cost_efficiency" => QuestionKind::CostEfficiency,
        "exploitation" => QuestionKind::Exploitation,
        "efficiency" => QuestionKind::Efficiency,
        "dependency" => QuestionKind::Dependency,
        "threshold" => QuestionKind::Threshold,
        "contamination" => QuestionKind::Contamination,
        "ab_test" => QuestionKind::AbTest,
        _ => QuestionKind::Comparison,
    };
    let about = |q: &&Question| metric.is_none_or(|name| q.metric == name) && by.iter().all(|name| q.by.contains(name));
    let fits = |q: &&Question| q.kind.unwrap_or(QuestionKind::Comparison) == asked_as;
    questions.iter().filter(about).find(fits).or_else(|| questions.iter().find(about))
}

/// The metrics of a figure of several.
fn metrics(request: &FigureRequest) -> Vec<String> {
    let named = request.metric.iter().flat_map(|names| names.split(','));
    named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Of the factors in question as many as the kind takes; for a curve over sizes one with numbers.
fn factors_for(framed: &Framed, kind: &str, wanted: Option<usize>, mut by: Vec<String>) -> Vec<String> {
    let varied: Vec<String> = framed.frame.varied().iter().map(ToString::to_string).collect();
    let Some(wanted) = wanted else { return by };
    let numeric = |name: &String| framed.frame.levels(name).iter().all(|level| level.as_f64().is_some());
    if by.len() < wanted || kind == "scalability" {
        by.extend(varied.into_iter().filter(|name| !by.contains(name)).collect::<Vec<_>>());
    }
    if kind == "scalability" {
        by.retain(numeric);
    }
    by.truncate(wanted);
    by
}

/// The share of the best mean that a question of the spec allows to be lost, else that of a question without one.
fn allowed_loss(framed: &Framed, metric: &str) -> f64 {
    let questions = &framed.loaded.campaign.spec.analysis.questions;
    questions.iter().filter(|question| question.metric == metric).find_map(|question| question.loss).unwrap_or(0.2)
}

/// What a trade-off is against: the second metric named, else the energy of a run.
fn cost_of(framed: &Framed, metrics: &[String]) -> Result<String, AppError> {
    if let Some(named) = metrics.get(1) {
        return Ok(named.clone());
    }
    let known = ["energy_j", "dynamic_energy_j"].into_iter().find(|name| framed.frame.metric(name).is_ok());
    known.map(str::to_owned).ok_or_else(|| {
        let message = "the runs have no energy that can be compared; run with execution.energy: exclusive, or name the \
                       cost as the second of two metrics";
        AppError::input("no_figure", message).field("metric")
    })
}

fn draw(
    framed: &Framed,
    kind: &str,
    metric: &str,
    metrics: &[String],
    by: &[String],
    width_inches: f64,
) -> Result<Figure, AppError> {
    let asked = ask(framed, metric);
    let drawing = Drawing { frame: &framed.frame, ask: &asked, width_inches, ergon_version: VERSION };
    let drawn = match kind {
        "bars" => drawing.bars(by),
        "scalability" => drawing.scalability(by, allowed_loss(framed, metric)),
        "heatmap" => drawing.heat_map(by),
        "radar" => drawing.profile(by, metrics),
        "forest" => drawing.forest(by),
        "interaction" => drawing.interaction(by),
        "ecdf" => drawing.ecdf(by),
        "survival" => drawing.survival(by),
        "histogram" => drawing.histogram(by),
        "tax" => drawing.tax(by),
        "per_correct" => drawing.per_correct(by),
        "phase_shares" => drawing.phase_shares(by),
        "success_factors" => drawing.success_factors(by),
        "cost_efficiency" => drawing.cost_efficiency(by),
        "exploitation" => drawing.exploitation(by),
        "efficiency" => drawing.efficiency(by),
        "pareto" => drawing.pareto(by, &cost_of(framed, metrics)?),
        _ => drawing.raincloud(by),
    };
    Ok(drawn?)
}

/// The kind of figure that shows an analysis of transformed items.
fn surface_kind(kind: AnalysisKind) -> &'static str {
    match kind {
        AnalysisKind::Threshold => "threshold",
        AnalysisKind::Contamination => "contamination",
        AnalysisKind::AbTest => "ab_test",
        _ => "dependency",
    }
}

/// A raincloud for every description, and what each named analysis is drawn as; what can't be drawn is left out.
pub(crate) fn write_all(
    framed: &Framed,
    analyses: &[Analysis],
    folder: &Path,
) -> Result<Vec<(PathBuf, String)>, AppError> {
    let refuse = |e: std::io::Error| AppError::operation("unwritable_folder", format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(refuse)?;
    let width_inches = Venue::NeurIps.width(Span::Column);
    let mut written: Vec<(PathBuf, String)> = Vec::new();
    for analysis in analyses {
        let question = &analysis.question;
        let asked = ask(framed, question.metric.as_str());
        let drawing = Drawing { frame: &framed.frame, ask: &asked, width_inches, ergon_version: VERSION };
        let (kind, by, drawn) = match &analysis.detail {
            Some(Detail::Scalability(found)) => {
                let by: Vec<String> = [&found.factor].into_iter().chain(&question.by).cloned().collect();
                let drawn = drawing.scalability(&by, found.allowed_loss);
                ("scalability", by, drawn)
            }
            Some(Detail::Grid(found)) => {
                let by = vec![found.row_factor.clone(), found.column_factor.clone()];
                let drawn = drawing.heat_map(&by);
                ("heatmap", by, drawn)
            }
            Some(Detail::Ranking(found)) => {
                let by = vec![found.factor.clone()];
                let drawn = drawing.profile(&by, &[]);
                ("radar", by, drawn)
            }
            Some(Detail::SuccessFactors(_)) => {
                let drawn = drawing.success_factors(&question.by);
                ("success_factors", question.by.clone(), drawn)
            }
            Some(Detail::CostEfficiency(found)) => {
                let by = vec![found.factor.clone()];
                let drawn = drawing.cost_efficiency(&by);
                ("cost_efficiency", by, drawn)
            }
            Some(Detail::Survival(found)) => {
                let by = vec![found.factor.clone()];
                let drawn = drawing.survival(&by);
                ("survival", by, drawn)
            }
            Some(Detail::Tax(found)) => {
                let by = vec![found.factor.clone()];
                let drawn = drawing.tax(&by);
                ("tax", by, drawn)
            }
            Some(Detail::PerCorrect(found)) => {
                let by = vec![found.factor.clone()];
                let drawn = drawing.per_correct(&by);
                ("per_correct", by, drawn)
            }
            Some(Detail::PhaseShares(found)) => {
                let by = vec![found.factor.clone()];
                let drawn = drawing.phase_shares(&by);
                ("phase_shares", by, drawn)
            }
            Some(Detail::Bargaining(found)) if analysis.kind == AnalysisKind::Exploitation => {
                ("exploitation", found.factors.clone(), drawing.exploitation(&found.factors))
            }
            Some(Detail::Bargaining(found)) => {
                ("efficiency", found.factors.clone(), drawing.efficiency(&found.factors))
            }
            Some(Detail::Dependency(_) | Detail::Contamination(_) | Detail::AbTest(_)) => {
                (surface_kind(analysis.kind), question.by.clone(), drawing.surface(analysis))
            }
            _ if analysis.kind == AnalysisKind::Descriptive => {
                ("raincloud", question.by.clone(), drawing.raincloud(&question.by))
            }
            _ => continue,
        };
        let Ok(drawn) = drawn else { continue };
        let mut name = format!("{kind}-{}", question.metric);
        for factor in &by {
            name += &format!("-{factor}");
        }
        let path = folder.join(format!("{}.svg", name.replace('/', "-")));
        if written.iter().any(|(earlier, _)| *earlier == path) {
            continue;
        }
        std::fs::write(&path, drawn.svg).map_err(refuse)?;
        written.push((path, drawn.alt));
    }
    Ok(written)
}

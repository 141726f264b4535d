//! Raincloud plot: density, mean with interval, box and every run (Allen et al. 2019,
//! <https://doi.org/10.12688/wellcomeopenres.15191.2>).

use plotters::style::RGBColor;

use super::axis::Axis;
use super::canvas::{Align, Canvas};
use super::density::{Density, FEWEST, density};
use super::frame::{Frame, Layout, RowLabel};
use super::lettering::REMARK;
use super::marker::Marker;
use super::order_statistics::{quantile, thinned};
use super::palette::{GREY, INK, colour};
use super::text_extent::width;
use super::{Estimate, Figure, FigureError, Setting, alt_text};

/// One group of runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RaincloudGroup<'a> {
    /// Its condition.
    pub label: &'a str,
    /// The values, one a run, in any order.
    pub values: &'a [f64],
    /// Mean and interval, from the analysis; not recomputed here.
    pub estimate: Option<Estimate>,
    /// Runs without a value.
    pub missing: usize,
}

/// What a raincloud plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RaincloudInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The groups, from top to bottom.
    pub groups: Vec<RaincloudGroup<'a>>,
}

const ROW_HEIGHT: f64 = 44.0;
/// Fewer values than this have no quartiles worth a box.
const FEWEST_FOR_BOX: usize = 5;
/// Fewer values than this have no interval worth showing.
const FEWEST_FOR_MEAN: usize = 3;
/// More points than this only blacken the page.
const MOST_POINTS: usize = 300;

struct Drawn {
    sorted: Vec<f64>,
    cloud: Option<Density>,
    estimate: Option<Estimate>,
}

impl RaincloudInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// No groups, values that aren't finite, an impossible width or range.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        if self.groups.is_empty() {
            return Err(FigureError::NoGroups);
        }
        let drawn: Vec<Drawn> = self.groups.iter().map(Drawn::new).collect::<Result<_, _>>()?;
        let labels: Vec<RowLabel<'_>> = self
            .groups
            .iter()
            .map(|group| RowLabel { label: group.label, n: group.values.len(), missing: group.missing })
            .collect();
        let shown = drawn.iter().flat_map(Drawn::shown_values);
        let frame = Frame::new(&self.setting, &labels, shown, Layout { key: true, ..Layout::rows(ROW_HEIGHT) })?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, frame.size.0, frame.size.1);
        frame.draw(&mut canvas)?;
        for (position, (group, top)) in drawn.iter().zip(&frame.rows).enumerate() {
            match &frame.axis {
                Some(axis) if !group.sorted.is_empty() => {
                    let scale = frame.row_height.min(60.0) / ROW_HEIGHT;
                    let top = top - group.blank_above() * scale;
                    let row = Row { axis, top, scale, position };
                    row.draw(&mut canvas, group)?;
                }
                _ => frame.draw_no_data(&mut canvas, *top)?,
            }
        }
        self.draw_key(&mut canvas, &frame, &drawn)?;
        canvas.finish()?;
        let title = format!("Raincloud plot of {}", self.setting.quantity.title);
        Figure::assemble(&svg, frame.size, (title, self.alt(&drawn)), self.notes(&drawn), &self.setting)
    }

    fn draw_key(&self, canvas: &mut Canvas<'_>, frame: &Frame, drawn: &[Drawn]) -> Result<(), FigureError> {
        let Some(y) = frame.key else { return Ok(()) };
        let mut x = frame.plot.0;
        let mean = format!("mean, {}", self.setting.interval_name());
        let entries = [
            (mean.as_str(), drawn.iter().any(|group| group.estimate.is_some())),
            ("median, quartiles", drawn.iter().any(Drawn::has_box)),
            ("one run", drawn.iter().any(|group| !group.sorted.is_empty())),
        ];
        let entries: Vec<(usize, &str)> =
            entries.iter().enumerate().filter(|(_, entry)| entry.1).map(|(index, entry)| (index, entry.0)).collect();
        let extent: f64 = entries.iter().map(|(_, text)| 17.0 + width(text, REMARK.size) + 9.0).sum();
        // Centred under the axis, unless it needs the room under the labels, too.
        let centred = x + (frame.plot.1 - x - extent + 9.0) / 2.0;
        x = centred.min(frame.size.0 - extent).max(3.0);
        for (index, text) in entries {
            match index {
                0 => mean_mark(canvas, (x, x + 7.0, x + 14.0), y, 1.0)?,
                1 => box_mark(canvas, [x, x + 2.5, x + 7.0, x + 11.5, x + 14.0], y, 2.0, GREY)?,
                _ => Marker::at(0).draw(canvas, (x + 11.0, y), 1.2, colour(0), 0.8)?,
            }
            canvas.text(text, (x + 17.0, y), Align::Left, REMARK)?;
            x += 17.0 + width(text, REMARK.size) + 9.0;
        }
        Ok(())
    }

    fn alt(&self, drawn: &[Drawn]) -> String {
        let mut alt = alt_text::opening("Raincloud plot", &self.setting, self.groups.len());
        for (group, drawn) in self.groups.iter().zip(drawn) {
            let count = alt_text::count(group.values.len(), group.missing);
            let mut parts = vec![format!(" {}: {count}", group.label)];
            if let Some(estimate) = drawn.estimate {
                parts.push(alt_text::estimate(estimate, &self.setting));
            }
            let show = |value| alt_text::as_for(value, drawn.estimate);
            if drawn.has_box()
                && let Some(median) = quantile(&drawn.sorted, 0.5)
            {
                parts.push(format!("median {}", show(median)));
            }
            if let (Some(low), Some(high)) = (drawn.sorted.first(), drawn.sorted.last()) {
                parts.push(format!("range {} to {}", show(*low), show(*high)));
            }
            alt.push_str(&parts.join(", "));
            alt.push('.');
        }
        alt
    }

    fn notes(&self, drawn: &[Drawn]) -> Vec<String> {
        let mut notes = Vec::new();
        if drawn.iter().any(|group| group.cloud.is_some()) {
            notes.push(
                "Clouds: Gaussian kernel density, bandwidth by Silverman’s rule of thumb, cut at the smallest and largest value, each scaled to the same height."
                    .to_owned(),
            );
        }
        if drawn.iter().any(|group| group.cloud.is_none() && !group.sorted.is_empty()) {
            notes.push(format!(
                "No cloud is drawn for fewer than {FEWEST} values or for values that are too few different ones."
            ));
        }
        if drawn.iter().any(Drawn::has_box) {
            notes.push(
                "Boxes: median and quartiles; whiskers reach the furthest value within 1.5 interquartile ranges."
                    .to_owned(),
            );
        }
        if drawn.iter().any(|group| group.estimate.is_some()) {
            notes.push(format!("Diamonds: mean with {}.", self.setting.interval_name()));
        }
        if drawn.iter().any(|group| group.sorted.len() > MOST_POINTS) {
            notes.push(format!("Of groups with more than {MOST_POINTS} runs, {MOST_POINTS} evenly spaced in rank are drawn as points; everything else uses all."));
        }
        notes
    }
}

impl Drawn {
    fn new(group: &RaincloudGroup<'_>) -> Result<Self, FigureError> {
        let estimate = group.estimate.filter(|_| group.values.len() >= FEWEST_FOR_MEAN);
        let ends = estimate.map_or([0.0; 3], |e| [e.mean, e.ci_low, e.ci_high]);
        if group.values.iter().chain(&ends).any(|value| !value.is_finite()) {
            return Err(FigureError::NotFinite { group: group.label.to_owned() });
        }
        let mut sorted = group.values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Ok(Self { cloud: density(&sorted), sorted, estimate })
    }

    fn has_box(&self) -> bool {
        self.sorted.len() >= FEWEST_FOR_BOX
    }

    /// What a row has no cloud for leaves room above; half of it goes below.
    fn blank_above(&self) -> f64 {
        match (&self.cloud, self.estimate) {
            (Some(_), _) => 0.0,
            (None, Some(_)) => 10.5,
            (None, None) if self.has_box() => 13.0,
            (None, None) => 15.75,
        }
    }

    fn shown_values(&self) -> impl Iterator<Item = f64> {
        let ends = [self.sorted.first().copied(), self.sorted.last().copied()];
        let interval = self.estimate.map(|e| [e.mean, e.ci_low, e.ci_high]);
        ends.into_iter().flatten().chain(interval.into_iter().flatten())
    }
}

/// The part of the page that belongs to a group.
struct Row<'a> {
    axis: &'a Axis,
    top: f64,
    scale: f64,
    position: usize,
}

impl Row<'_> {
    fn y(&self, offset: f64) -> f64 {
        self.top + offset * self.scale
    }

    fn draw(&self, canvas: &mut Canvas<'_>, group: &Drawn) -> Result<(), FigureError> {
        let colour = colour(self.position);
        if let Some(cloud) = &group.cloud {
            self.cloud(canvas, cloud, colour)?;
        }
        if group.has_box() {
            self.quartile_box(canvas, &group.sorted, colour)?;
        }
        self.rain(canvas, &group.sorted, colour)?;
        if let Some(estimate) = group.estimate {
            let place = |value| self.axis.place(value);
            let ends = (place(estimate.ci_low), place(estimate.mean), place(estimate.ci_high));
            mean_mark(canvas, ends, self.y(24.5), self.scale.min(1.0))?;
        }
        Ok(())
    }

    fn cloud(&self, canvas: &mut Canvas<'_>, cloud: &Density, colour: RGBColor) -> Result<(), FigureError> {
        let curve: Vec<(f64, f64)> =
            cloud.curve.iter().map(|(value, height)| (self.axis.place(*value), self.y(21.0 - 18.0 * height))).collect();
        let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return Ok(()) };
        let mut outline = vec![(first.0, self.y(21.0))];
        outline.extend(&curve);
        outline.push((last.0, self.y(21.0)));
        canvas.fill(&outline, colour, 0.35)?;
        outline.push((first.0, self.y(21.0)));
        canvas.line(&outline, 0.6, colour, 1.0)
    }

    fn quartile_box(&self, canvas: &mut Canvas<'_>, sorted: &[f64], colour: RGBColor) -> Result<(), FigureError> {
        let at = |probability| quantile(sorted, probability);
        let (Some(lower), Some(median), Some(upper)) = (at(0.25), at(0.5), at(0.75)) else { return Ok(()) };
        let reach = 1.5 * (upper - lower);
        let low = sorted.iter().find(|value| **value >= lower - reach).copied().unwrap_or(lower).min(lower);
        let high = sorted.iter().rfind(|value| **value <= upper + reach).copied().unwrap_or(upper).max(upper);
        let places = [low, lower, median, upper, high].map(|value| self.axis.place(value));
        box_mark(canvas, places, self.y(30.0), 2.1 * self.scale, colour)
    }

    /// The points, spread vertically by the van der Corput sequence over their ranks, so that
    /// neighbours lie apart, and the same data always look the same.
    fn rain(&self, canvas: &mut Canvas<'_>, sorted: &[f64], colour: RGBColor) -> Result<(), FigureError> {
        let points = thinned(sorted, MOST_POINTS);
        let (radius, opacity) = if points.len() > 100 { (0.9, 0.5) } else { (1.15, 0.65) };
        let marker = Marker::at(self.position);
        for (rank, value) in points.iter().enumerate() {
            let y = self.y(34.5 + 6.5 * van_der_corput(rank));
            marker.draw(canvas, (self.axis.place(*value), y), radius, colour, opacity)?;
        }
        Ok(())
    }
}

/// Bits mirrored at the point: 0, 1/2, 1/4, 3/4, 1/8, …
fn van_der_corput(rank: usize) -> f64 {
    let bits = u32::try_from(rank % (1 << 16)).unwrap_or(0);
    f64::from(bits.reverse_bits()) / 4_294_967_296.0
}

fn mean_mark(
    canvas: &mut Canvas<'_>,
    (low, mean, high): (f64, f64, f64),
    y: f64,
    scale: f64,
) -> Result<(), FigureError> {
    canvas.line(&[(low, y), (high, y)], 1.0, INK, 1.0)?;
    Marker::Diamond.draw(canvas, (mean, y), 1.9 * scale, INK, 1.0)
}

fn box_mark(canvas: &mut Canvas<'_>, places: [f64; 5], y: f64, half: f64, colour: RGBColor) -> Result<(), FigureError> {
    let [low, lower, median, upper, high] = places;
    canvas.line(&[(low, y), (lower, y)], 0.6, colour, 1.0)?;
    canvas.line(&[(upper, y), (high, y)], 0.6, colour, 1.0)?;
    let corners = [(lower, y - half), (upper, y - half), (upper, y + half), (lower, y + half)];
    canvas.fill(&corners, colour, 0.25)?;
    let closed: Vec<(f64, f64)> = corners.iter().chain(&corners[..1]).copied().collect();
    canvas.line(&closed, 0.6, colour, 1.0)?;
    canvas.line(&[(median, y - half), (median, y + half)], 1.2, INK, 1.0)
}

//! Profiles over several metrics: a radar for the shape beside a dot plot that can be read.
//!
//! A radar's area depends on the order of its axes and hides uncertainty, so it never stands alone: the dot plot shows
//! the same means, on the same scale from the worst level to the best, with their intervals and the values at the ends.

use super::axis::Axis;
use super::canvas::{Align, Canvas};
use super::lettering::{LINE, MARGIN, REMARK, SMALL_LINE, TEXT, TICK, TITLE, lines_height, nth_line};
use super::palette::{GREY, GRID, INK};
use super::series::{Key, Look};
use super::text_extent::{width, wrap};
use super::{Estimate, Figure, FigureError, Quantity, Setting, all_finite, alt_text, at_most};

/// One metric of a profile.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileMetric<'a> {
    /// Title and unit.
    pub quantity: Quantity<'a>,
    /// Whether more is better.
    pub higher_is_better: bool,
    /// Mean with its interval of each level; none where there were no data.
    pub estimates: Vec<Option<Estimate>>,
}

/// What a figure of profiles shows; the quantity of the setting is the factor.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The levels compared.
    pub levels: Vec<&'a str>,
    /// Three metrics or more.
    pub metrics: Vec<ProfileMetric<'a>>,
}

const FEWEST_METRICS: usize = 3;
const MOST_METRICS: usize = 10;
const MOST_LEVELS: usize = 7;
/// Narrower than this, the dot plot stands under the radar.
const BESIDE: f64 = 5.0 * 72.0;
/// How far intervals are followed beyond the worst and the best mean.
const BEYOND: f64 = 0.6;

struct Layout {
    size: (f64, f64),
    centre: (f64, f64),
    radius: f64,
    /// Where metric names of the dot plot end and its axis begins.
    dots: Axis,
    left: f64,
    rows: Vec<f64>,
    row: f64,
    title: Vec<String>,
    names: Vec<Vec<String>>,
    key: Key,
    key_top: f64,
}

impl ProfileInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Fewer than three metrics, too much to tell apart, values that aren't finite, an impossible width.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        self.setting.check()?;
        at_most(MOST_LEVELS, self.levels.len(), "profiles")?;
        at_most(MOST_METRICS, self.metrics.len(), "metrics")?;
        if self.metrics.len() < FEWEST_METRICS {
            return Err(FigureError::TooFew {
                what: "metrics with a better side",
                count: self.metrics.len(),
                fewest: FEWEST_METRICS,
            });
        }
        for metric in &self.metrics {
            all_finite(metric.quantity.title, metric.estimates.iter().flatten().flat_map(|e| e.ends()))?;
        }
        let layout = self.lay_out();
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, layout.size.0, layout.size.1);
        for (index, line) in layout.title.iter().enumerate() {
            canvas.text(line, (MARGIN, MARGIN + nth_line(index, LINE)), Align::Left, TITLE)?;
        }
        self.draw_radar(&mut canvas, &layout)?;
        self.draw_dots(&mut canvas, &layout)?;
        layout.key.draw(&mut canvas, layout.key_top)?;
        canvas.finish()?;
        let mut notes = vec![
            "Each metric from the worst mean among the levels (0) to the best (1); outward and to the right is better."
                .to_owned(),
            format!("Lines in the dot plot: {}; a line without an end continues.", self.setting.interval_name()),
            "The area of a radar depends on the order of its axes: read sizes in the dot plot.".to_owned(),
        ];
        if self.metrics.iter().any(|metric| metric.ends().is_none()) {
            notes.push("A metric in which all levels are equal has no scale.".to_owned());
        }
        let title = format!("Profiles by {}", self.setting.quantity.title);
        Figure::assemble(&svg, layout.size, (title, self.alt()), notes, &self.setting)
    }

    fn lay_out(&self) -> Layout {
        let page = self.setting.width_inches * 72.0;
        let beside = page >= BESIDE;
        let title = self.setting.title.map_or(Vec::new(), |title| wrap(title, TITLE.size, page - 2.0 * MARGIN, 2));
        let top = MARGIN + lines_height(title.len(), LINE) + 2.0;
        let radar_width = if beside { page * 0.44 } else { page };
        let radius = (radar_width * 0.5 - 44.0).clamp(30.0, 80.0);
        let radar_height = 2.0 * (radius + 24.0);
        let centre = (radar_width / 2.0, top + radar_height / 2.0);
        let start = if beside { radar_width + 4.0 } else { MARGIN };
        let names: Vec<Vec<String>> = self
            .metrics
            .iter()
            .map(|metric| wrap(&crate::escape::visible(metric.quantity.title), TICK.size, (page - start) * 0.36, 2))
            .collect();
        let name_width = names.iter().flatten().map(|line| width(line, TICK.size)).fold(0.0, f64::max);
        let left = start + name_width + 5.0;
        #[allow(clippy::cast_precision_loss)]
        let row = (self.levels.len() as f64 * 5.5 + 6.0).max(24.0) + SMALL_LINE;
        let dots_top = if beside { top } else { top + radar_height + 6.0 };
        #[allow(clippy::cast_precision_loss)]
        let rows: Vec<f64> = (0..self.metrics.len()).map(|index| dots_top + row * index as f64).collect();
        let (low, high) = self.reach();
        let dots = Axis::between(low, high, left, page - MARGIN - 8.0);
        let dots_bottom = rows.last().map_or(dots_top, |last| last + row) + 4.0 + SMALL_LINE + LINE + 2.0;
        let key = Key::new(self.levels.iter().copied(), page, true);
        let key_top = dots_bottom.max(top + radar_height) + 3.0;
        let size = (page, key_top + key.height() + MARGIN);
        Layout { size, centre, radius, dots, left, rows, row, title, names, key, key_top }
    }

    /// How far the dot plot reaches: as far as intervals do, within reason.
    fn reach(&self) -> (f64, f64) {
        let scaled = self.metrics.iter().flat_map(|metric| {
            metric.estimates.iter().flatten().flat_map(|e| e.ends().map(|end| metric.scaled(end))).flatten()
        });
        let (low, high) = super::axis::range(scaled).unwrap_or((0.0, 1.0));
        (low.clamp(-BEYOND, 0.0) - 0.04, high.clamp(1.0, 1.0 + BEYOND) + 0.04)
    }

    fn draw_radar(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<(), FigureError> {
        #[allow(clippy::cast_precision_loss)]
        let spoke = |index: usize, share: f64| {
            let angle = std::f64::consts::TAU * index as f64 / self.metrics.len() as f64;
            let reach = layout.radius * share;
            (layout.centre.0 + reach * libm::sin(angle), layout.centre.1 - reach * libm::cos(angle))
        };
        let around =
            |share: f64| (0..=self.metrics.len()).map(|i| spoke(i % self.metrics.len(), share)).collect::<Vec<_>>();
        for share in [0.25, 0.5, 0.75, 1.0] {
            canvas.line(&around(share), 0.5, GRID, 1.0)?;
        }
        for (index, lines) in self.radar_names(layout).iter().enumerate() {
            canvas.line(&[layout.centre, spoke(index, 1.0)], 0.5, GREY, 0.6)?;
            let (x, y) = spoke(index, 1.0 + 7.0 / layout.radius);
            let align = match x - layout.centre.0 {
                dx if dx > 4.0 => Align::Left,
                dx if dx < -4.0 => Align::Right,
                _ => Align::Middle,
            };
            let block = lines_height(lines.len(), SMALL_LINE);
            let start = match y - layout.centre.1 {
                dy if dy < -layout.radius => y - block + SMALL_LINE / 2.0,
                dy if dy > layout.radius => y - SMALL_LINE / 2.0,
                _ => y - block / 2.0,
            };
            for (line, text) in lines.iter().enumerate() {
                canvas.text(text, (x, start + nth_line(line, SMALL_LINE)), align, TICK)?;
            }
        }
        for level in 0..self.levels.len() {
            let look = Look::at(level);
            let places: Vec<Option<(f64, f64)>> = self
                .metrics
                .iter()
                .enumerate()
                .map(|(index, metric)| Some(spoke(index, metric.scaled(metric.estimates.get(level).copied()??.mean)?)))
                .collect();
            // A metric without a value interrupts the outline.
            for index in 0..places.len() {
                let next = (index + 1) % places.len();
                if let (Some(from), Some(to)) = (places[index], places[next]) {
                    look.curve(canvas, &[from, to])?;
                }
            }
            for place in places.into_iter().flatten() {
                look.mark(canvas, place)?;
            }
        }
        Ok(())
    }

    /// Names around the radar, broken where its side ends.
    fn radar_names(&self, layout: &Layout) -> Vec<Vec<String>> {
        let side = (layout.centre.0 - MARGIN - layout.radius * 0.75).clamp(38.0, 70.0);
        let broken = |metric: &ProfileMetric<'_>, limit| {
            wrap(&crate::escape::visible(metric.quantity.title), TICK.size, limit, 3)
        };
        self.metrics
            .iter()
            .enumerate()
            .map(|(index, metric)| {
                #[allow(clippy::cast_precision_loss)]
                let angle = std::f64::consts::TAU * index as f64 / self.metrics.len() as f64;
                let x = layout.radius * libm::sin(angle).abs();
                // Above and below the circle there is room at both sides; beside it, up to the margin.
                let limit = if x < 4.0 { 90.0 } else { (layout.centre.0 - MARGIN - x - 7.0).min(side) };
                broken(metric, limit)
            })
            .collect()
    }

    fn draw_dots(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<(), FigureError> {
        let bottom = layout.rows.last().map_or(0.0, |last| last + layout.row);
        let top = layout.rows.first().copied().unwrap_or(0.0);
        let ends = (layout.dots.place(0.0), layout.dots.place(1.0));
        for share in [0.0, 0.5, 1.0] {
            let x = layout.dots.place(share);
            canvas.line(&[(x, top), (x, bottom)], 0.5, GRID, 1.0)?;
            canvas.line(&[(x, bottom), (x, bottom + 2.5)], 0.6, INK, 1.0)?;
            let text = crate::number::exact(share);
            canvas.text(&text, (x, bottom + 4.0 + SMALL_LINE / 2.0), Align::Middle, TICK)?;
        }
        canvas.line(&[(layout.left, bottom), (layout.size.0 - MARGIN - 8.0, bottom)], 0.6, INK, 1.0)?;
        let title_y = bottom + 4.0 + SMALL_LINE + LINE / 2.0 + 1.0;
        let mark = self
            .setting
            .provenance
            .mark()
            .map_or(String::new(), |mark| format!(", {}{mark}", self.setting.provenance.word()));
        let title = wrap(&format!("Worst to best mean{mark}"), TEXT.size, layout.size.0 - layout.left, 1).concat();
        let middle = ((ends.0 + ends.1) / 2.0).min(layout.size.0 - MARGIN - width(&title, TEXT.size) / 2.0);
        canvas.text(&title, (middle, title_y), Align::Middle, TEXT)?;
        for ((metric, names), top) in self.metrics.iter().zip(&layout.names).zip(&layout.rows) {
            let middle = top + (layout.row - SMALL_LINE) / 2.0;
            let start = middle - lines_height(names.len(), SMALL_LINE) / 2.0;
            for (index, line) in names.iter().enumerate() {
                canvas.text(line, (layout.left - 5.0, start + nth_line(index, SMALL_LINE)), Align::Right, TICK)?;
            }
            let Some((worst, best)) = metric.ends() else {
                canvas.text("all equal, or no data", (ends.0, middle), Align::Left, REMARK)?;
                continue;
            };
            let value_y = top + layout.row - SMALL_LINE / 2.0 - 1.0;
            let typical = metric.estimates.iter().flatten().next().copied();
            let show = |value| alt_text::as_for(value, typical);
            let unit = crate::number::with_unit(&show(worst), metric.quantity.unit);
            canvas.text(&unit, (ends.0, value_y), Align::Left, REMARK)?;
            canvas.text(&show(best), (ends.1, value_y), Align::Right, REMARK)?;
            self.draw_row(canvas, layout, metric, middle)?;
        }
        Ok(())
    }

    fn draw_row(
        &self,
        canvas: &mut Canvas<'_>,
        layout: &Layout,
        metric: &ProfileMetric<'_>,
        middle: f64,
    ) -> Result<(), FigureError> {
        for (level, estimate) in metric.estimates.iter().enumerate() {
            let Some(estimate) = estimate else { continue };
            let look = Look::at(level);
            #[allow(clippy::cast_precision_loss)]
            let y = middle + (level as f64 - (self.levels.len() as f64 - 1.0) / 2.0) * 5.5;
            let [a, mean, b] = estimate.ends().map(|end| metric.scaled(end).unwrap_or(0.0));
            let (low, high) = (a.min(b), a.max(b));
            let (from, to) = (low.max(-BEYOND), high.min(1.0 + BEYOND));
            canvas.line(&[(layout.dots.place(from), y), (layout.dots.place(to), y)], 0.8, look.colour, 1.0)?;
            for (end, cut) in [(low, from), (high, to)] {
                if end == cut {
                    let x = layout.dots.place(end);
                    canvas.line(&[(x, y - 1.6), (x, y + 1.6)], 0.8, look.colour, 1.0)?;
                }
            }
            look.mark(canvas, (layout.dots.place(mean), y))?;
        }
        Ok(())
    }

    fn alt(&self) -> String {
        let mut alt = alt_text::opening("Radar beside a dot plot", &self.setting, self.levels.len());
        for metric in &self.metrics {
            let heading = crate::number::heading_with_unit(metric.quantity.title, metric.quantity.unit);
            let better = if metric.higher_is_better { "higher" } else { "lower" };
            alt.push_str(&format!(" {heading}, {better} is better:"));
            let levels: Vec<String> = self
                .levels
                .iter()
                .zip(&metric.estimates)
                .map(|(level, estimate)| {
                    let what = estimate.map_or("no data".to_owned(), |e| alt_text::estimate(e, &self.setting));
                    format!(" {level} {what}")
                })
                .collect();
            alt.push_str(&levels.join(";"));
            alt.push('.');
        }
        alt
    }
}

impl ProfileMetric<'_> {
    /// The worst and the best mean; none where all are equal or missing.
    fn ends(&self) -> Option<(f64, f64)> {
        let (low, high) = super::axis::range(self.estimates.iter().flatten().map(|estimate| estimate.mean))?;
        if low >= high || !(high - low).is_finite() {
            return None;
        }
        Some(if self.higher_is_better { (low, high) } else { (high, low) })
    }

    /// A value between the worst (0) and the best (1) mean.
    fn scaled(&self, value: f64) -> Option<f64> {
        let (worst, best) = self.ends()?;
        Some((value - worst) / (best - worst))
    }
}

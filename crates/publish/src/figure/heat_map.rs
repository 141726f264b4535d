//! Heat map of means over two factors, with the number in every cell.

use super::axis::{Axis, range};
use super::canvas::{Align, Canvas};
use super::lettering::{LINE, Lettering, MARGIN, REMARK, SMALL_LINE, TEXT, TICK, TITLE, lines_height, nth_line};
use super::palette::{GREY, INK};
use super::text_extent::{width, wrap};
use super::viridis::{readable_on, viridis};
use super::{Figure, FigureError, Setting, all_finite, alt_text, at_most};
use crate::number::{Digits, Grouping, Shown};

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatCell {
    /// The number; none where there were no data.
    pub value: Option<f64>,
    /// Its standard error, which decides the digits.
    pub standard_error: Option<f64>,
    /// Runs it rests on.
    pub n: usize,
}

/// What a heat map shows.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMapInput<'a> {
    /// Title, quantity, width and provenance.
    pub setting: Setting<'a>,
    /// The factor down the side.
    pub row_factor: &'a str,
    /// Its levels.
    pub rows: Vec<&'a str>,
    /// The factor along the bottom.
    pub column_factor: &'a str,
    /// Its levels.
    pub columns: Vec<&'a str>,
    /// Cells row by row, one for every pair of levels.
    pub cells: Vec<HeatCell>,
}

const MOST_ROWS: usize = 32;
const MOST_COLUMNS: usize = 40;
const CELL_HEIGHT: f64 = 21.0;
/// The scale of colours at the right.
const SCALE: f64 = 8.0;
/// Smaller numbers can't be read in print.
const SMALLEST_TEXT: f64 = 6.0;

struct Layout {
    size: (f64, f64),
    left: f64,
    top: f64,
    cell: f64,
    bottom: f64,
    right: f64,
    letter: Lettering,
    rows: Vec<Vec<String>>,
    columns: Vec<Vec<String>>,
    title: Vec<String>,
    titles: [Vec<String>; 3],
    scale: Option<Axis>,
}

impl HeatMapInput<'_> {
    /// Draws the figure.
    ///
    /// # Errors
    /// Nothing to draw, more cells than can be read, values that aren't finite, an impossible width.
    pub fn draw(&self) -> Result<Figure, FigureError> {
        self.setting.check()?;
        at_most(MOST_ROWS, self.rows.len(), "rows")?;
        at_most(MOST_COLUMNS, self.columns.len(), "columns")?;
        for (index, cell) in self.cells.iter().enumerate() {
            let row = self.rows.get(index / self.columns.len()).copied().unwrap_or_default();
            all_finite(row, cell.value)?;
        }
        let texts = self.texts();
        let layout = self.lay_out(&texts)?;
        let mut svg = String::new();
        let mut canvas = Canvas::new(&mut svg, layout.size.0, layout.size.1);
        self.draw_cells(&mut canvas, &layout, &texts)?;
        self.draw_words(&mut canvas, &layout)?;
        draw_scale(&mut canvas, &layout)?;
        canvas.finish()?;
        let title = format!("{} by {} and {}", self.setting.quantity.title, self.row_factor, self.column_factor);
        let counts = self.cells.iter().map(|cell| cell.n).filter(|n| *n > 0);
        let mut notes = Vec::new();
        if let (Some(least), Some(most)) = (counts.clone().min(), counts.max()) {
            let n = if least == most { format!("{least}") } else { format!("{least} to {most}") };
            notes.push(format!("Numbers: means of {n} runs a cell."));
        }
        if self.cells.iter().any(|cell| cell.value.is_none()) {
            notes.push("Crossed out: no data.".to_owned());
        }
        Figure::assemble(&svg, layout.size, (title, self.alt(&texts)), notes, &self.setting)
    }

    /// The number of each cell, all with the digits of a typical standard error; none without a value.
    fn texts(&self) -> Vec<Option<String>> {
        let mut errors: Vec<f64> =
            self.cells.iter().filter_map(|cell| cell.standard_error).filter(|e| *e > 0.0).collect();
        errors.sort_by(f64::total_cmp);
        let digits = errors.get(errors.len() / 2).map_or(Digits::Significant(3), |error| Digits::as_for(*error));
        let show = |value| Shown::new(value, None, digits).map(|shown| shown.to_text(Grouping::None));
        self.cells.iter().map(|cell| cell.value.and_then(show)).collect()
    }

    fn lay_out(&self, texts: &[Option<String>]) -> Result<Layout, FigureError> {
        let page = self.setting.width_inches * 72.0;
        let title = self.setting.title.map_or(Vec::new(), |title| wrap(title, TITLE.size, page - 2.0 * MARGIN, 2));
        let top = MARGIN + lines_height(title.len(), LINE) + 2.0;
        #[allow(clippy::cast_precision_loss)]
        let (row_count, column_count) = (self.rows.len() as f64, self.columns.len() as f64);
        let label = |text: &&str, limit| wrap(&crate::escape::visible(text), TICK.size, limit, 2);
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| label(row, page * 0.2)).collect();
        let label_width = rows.iter().flatten().map(|line| width(line, TICK.size)).fold(0.0, f64::max);
        let bottom = top + CELL_HEIGHT * row_count;
        let ends = range(self.cells.iter().filter_map(|cell| cell.value));
        let scale = ends.filter(|(low, high)| low < high).map(|(low, high)| Axis::upright(low, high, bottom, top));
        if ends.is_some_and(|(low, high)| !(high - low).is_finite()) {
            return Err(FigureError::RangeTooWide);
        }
        let tick_width =
            scale.iter().flat_map(|axis| &axis.ticks).map(|(_, text)| width(text, TICK.size)).fold(0.0, f64::max);
        let side = wrap(&crate::escape::visible(self.row_factor), TEXT.size, bottom - top, 2);
        let measured = wrap(&self.setting.axis_title(), TEXT.size, (bottom - top).max(90.0), 2);
        let left = MARGIN + lines_height(side.len(), LINE) + 3.0 + label_width + 4.0;
        let scale_room = SCALE + 4.0 + tick_width + 5.0 + lines_height(measured.len(), LINE);
        let right = page - MARGIN - scale_room - 7.0;
        let cell = (right - left) / column_count;
        let widest = texts.iter().flatten().map(|text| width(text, 1.0)).fold(0.0, f64::max);
        let size = if widest > 0.0 { ((cell - 3.0) / widest).min(TEXT.size) } else { TEXT.size };
        if size < SMALLEST_TEXT {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let most = ((right - left) / (widest * SMALLEST_TEXT + 3.0)).floor().max(0.0) as usize;
            return Err(FigureError::TooMany {
                what: "columns of numbers on this width",
                count: self.columns.len(),
                most,
            });
        }
        let columns: Vec<Vec<String>> = self.columns.iter().map(|column| label(column, cell - 2.0)).collect();
        let lines = columns.iter().map(Vec::len).max().unwrap_or(1);
        let under = wrap(&crate::escape::visible(self.column_factor), TEXT.size, right - left, 2);
        let plot_end = bottom + 4.0 + lines_height(lines, SMALL_LINE) + 1.0 + lines_height(under.len(), LINE) + MARGIN;
        // The title of the scale may be longer than the map is high.
        let spoken = measured.iter().map(|line| width(line, TEXT.size)).fold(0.0, f64::max);
        let height = plot_end.max(top + spoken + MARGIN);
        Ok(Layout {
            size: (page, height),
            left,
            top,
            cell,
            bottom,
            right,
            letter: Lettering { size, ..TEXT },
            rows,
            columns,
            title,
            titles: [side, under, measured],
            scale,
        })
    }

    fn draw_cells(
        &self,
        canvas: &mut Canvas<'_>,
        layout: &Layout,
        texts: &[Option<String>],
    ) -> Result<(), FigureError> {
        let (low, high) = range(self.cells.iter().filter_map(|cell| cell.value)).unwrap_or((0.0, 1.0));
        for (index, (cell, text)) in self.cells.iter().zip(texts).enumerate() {
            #[allow(clippy::cast_precision_loss)]
            let (row, column) = ((index / self.columns.len()) as f64, (index % self.columns.len()) as f64);
            let (x, y) = (layout.left + column * layout.cell, layout.top + row * CELL_HEIGHT);
            let (right, bottom) = (x + layout.cell, y + CELL_HEIGHT);
            let outline = [(x, y), (right, y), (right, bottom), (x, bottom), (x, y)];
            let (Some(value), Some(text)) = (cell.value, text) else {
                canvas.line(&[(x, y), (right, bottom)], 0.5, GREY, 0.6)?;
                canvas.line(&[(x, bottom), (right, y)], 0.5, GREY, 0.6)?;
                canvas.line(&outline, 0.5, GREY, 0.6)?;
                continue;
            };
            let share = if high > low { (value - low) / (high - low) } else { 0.5 };
            let ground = viridis(share);
            canvas.fill(&outline[..4], ground, 1.0)?;
            let letter = Lettering { colour: readable_on(ground), ..layout.letter };
            canvas.text(text, ((x + right) / 2.0, (y + bottom) / 2.0), Align::Middle, letter)?;
        }
        Ok(())
    }

    fn draw_words(&self, canvas: &mut Canvas<'_>, layout: &Layout) -> Result<(), FigureError> {
        for (index, line) in layout.title.iter().enumerate() {
            canvas.text(line, (MARGIN, MARGIN + nth_line(index, LINE)), Align::Left, TITLE)?;
        }
        let mut y = layout.top + CELL_HEIGHT / 2.0;
        for lines in &layout.rows {
            let start = y - lines_height(lines.len(), SMALL_LINE) / 2.0;
            for (index, line) in lines.iter().enumerate() {
                canvas.text(line, (layout.left - 4.0, start + nth_line(index, SMALL_LINE)), Align::Right, TICK)?;
            }
            y += CELL_HEIGHT;
        }
        let mut x = layout.left + layout.cell / 2.0;
        for lines in &layout.columns {
            for (index, line) in lines.iter().enumerate() {
                canvas.text(line, (x, layout.bottom + 4.0 + nth_line(index, SMALL_LINE)), Align::Middle, TICK)?;
            }
            x += layout.cell;
        }
        let [side, under, _] = &layout.titles;
        for (index, line) in side.iter().enumerate() {
            let at = (MARGIN + nth_line(index, LINE), (layout.top + layout.bottom) / 2.0);
            canvas.text_upwards(line, at, TEXT)?;
        }
        let lines = layout.columns.iter().map(Vec::len).max().unwrap_or(1);
        let start = layout.bottom + 5.0 + lines_height(lines, SMALL_LINE);
        for (index, line) in under.iter().enumerate() {
            let at = ((layout.left + layout.right) / 2.0, start + nth_line(index, LINE));
            canvas.text(line, at, Align::Middle, TEXT)?;
        }
        Ok(())
    }

    fn alt(&self, texts: &[Option<String>]) -> String {
        let mut alt = alt_text::opening("Heat map", &self.setting, self.cells.len());
        alt.push_str(&format!(" Rows: {}; columns: {}.", self.row_factor, self.column_factor));
        for (row, cells) in self.rows.iter().zip(texts.chunks(self.columns.len().max(1))) {
            let cells: Vec<String> = self
                .columns
                .iter()
                .zip(cells)
                .map(|(column, text)| format!("{column} {}", text.as_deref().unwrap_or("no data")))
                .collect();
            alt.push_str(&format!(" {row}: {}.", cells.join(", ")));
        }
        alt
    }
}

fn draw_scale(canvas: &mut Canvas<'_>, layout: &Layout) -> Result<(), FigureError> {
    let x = layout.right + 7.0;
    let mut title_x = x;
    if let Some(axis) = &layout.scale {
        const STEPS: u32 = 64;
        let height = (layout.bottom - layout.top) / f64::from(STEPS);
        for step in 0..STEPS {
            let bottom = layout.bottom - height * f64::from(step);
            let colour = viridis((f64::from(step) + 0.5) / f64::from(STEPS));
            // Steps overlap a little, so that no light shows between them.
            let top = (bottom - height - 0.3).max(layout.top);
            canvas.fill(&[(x, bottom), (x + SCALE, bottom), (x + SCALE, top), (x, top)], colour, 1.0)?;
        }
        for (value, text) in &axis.ticks {
            let y = axis.place(*value);
            canvas.line(&[(x + SCALE, y), (x + SCALE + 2.0, y)], 0.6, INK, 1.0)?;
            canvas.text(text, (x + SCALE + 4.0, y), Align::Left, TICK)?;
        }
        let ticks = axis.ticks.iter().map(|(_, text)| width(text, TICK.size)).fold(0.0, f64::max);
        title_x = x + SCALE + 4.0 + ticks + 5.0;
        if let Some(multiplier) = &axis.multiplier {
            canvas.text(multiplier, (x, layout.bottom + 6.0), Align::Left, REMARK)?;
        }
    }
    let [_, _, measured] = &layout.titles;
    let middle = ((layout.top + layout.bottom) / 2.0).max(layout.size.1 / 2.0);
    for (index, line) in measured.iter().enumerate() {
        canvas.text_upwards(line, (title_x + nth_line(index, LINE), middle), TEXT)?;
    }
    Ok(())
}

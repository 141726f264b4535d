//! An SVG read back: its texts and its marks, in points.

use roxmltree::{Document, Node};

pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) size: f64,
    pub(crate) anchor: String,
    pub(crate) turned: bool,
}

pub(crate) struct Page {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) words: Vec<Word>,
    /// Corners of lines and shapes; of circles, the ends of their diameters.
    pub(crate) marks: Vec<(f64, f64)>,
    /// Centres of circles.
    pub(crate) circles: Vec<(f64, f64)>,
    pub(crate) strokes: Vec<f64>,
}

/// Units of the drawing in a point.
const UNITS: f64 = 10.0;

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse::<f64>().ok()).unwrap() / UNITS
}

pub(crate) fn read(svg: &str) -> Page {
    let document = Document::parse(svg).unwrap();
    let root = document.root_element();
    let size: Vec<f64> =
        root.attribute("viewBox").unwrap().split(' ').map(|n| n.parse::<f64>().unwrap() / UNITS).collect();
    let mut page =
        Page { width: size[2], height: size[3], words: vec![], marks: vec![], circles: vec![], strokes: vec![] };
    for node in root.descendants().filter(Node::is_element) {
        if node.has_attribute("stroke-width") && node.attribute("stroke") != Some("none") {
            page.strokes.push(number(node, "stroke-width"));
        }
        match node.tag_name().name() {
            "text" => page.words.push(Word {
                text: node.text().unwrap_or_default().trim().to_owned(),
                x: number(node, "x"),
                y: number(node, "y"),
                size: number(node, "font-size"),
                anchor: node.attribute("text-anchor").unwrap_or("start").to_owned(),
                turned: node.has_attribute("transform"),
            }),
            "circle" => {
                let (x, y, r) = (number(node, "cx"), number(node, "cy"), number(node, "r"));
                page.circles.push((x, y));
                page.marks.extend([(x - r, y - r), (x + r, y + r)]);
            }
            "polyline" | "polygon" => {
                for point in node.attribute("points").unwrap().split_whitespace() {
                    let (x, y) = point.split_once(',').unwrap();
                    page.marks.push((x.parse::<f64>().unwrap() / UNITS, y.parse::<f64>().unwrap() / UNITS));
                }
            }
            "line" => {
                page.marks.extend([(number(node, "x1"), number(node, "y1")), (number(node, "x2"), number(node, "y2"))])
            }
            "rect" => {
                let (x, y) = (number(node, "x"), number(node, "y"));
                page.marks.extend([(x, y), (x + number(node, "width"), y + number(node, "height"))]);
            }
            "svg" | "title" | "desc" | "metadata" | "figure" => {}
            other => panic!("a drawing holds no <{other}>"),
        }
    }
    page
}

impl Page {
    /// Turns a place into a value, by the two outermost ticks of an axis.
    fn scale(ticks: &[(f64, f64)]) -> impl Fn(f64) -> f64 + use<> {
        let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
        move |place| first.0 + (place - first.1) / (last.1 - first.1) * (last.0 - first.0)
    }

    fn numbers(&self, anchor: &str, place: impl Fn(&Word) -> f64) -> Vec<(f64, f64)> {
        let words = self.words.iter().filter(|word| word.anchor == anchor && !word.turned);
        words.filter_map(|word| Some((word.text.replace('−', "-").parse().ok()?, place(word)))).collect()
    }

    /// What the axis under the plot says of a place.
    pub(crate) fn across(&self) -> impl Fn(f64) -> f64 + use<> {
        Self::scale(&self.numbers("middle", |word| word.x))
    }

    /// What the axis beside the plot says of a place.
    pub(crate) fn up(&self) -> impl Fn(f64) -> f64 + use<> {
        Self::scale(&self.numbers("end", |word| word.y))
    }
}

//! From bytes to records: JSON Lines, a JSON list, or CSV.

use serde_json::{Map, Value};

use super::DatasetProblem;
use super::distinct::Distinct;

/// Longest line that is read, bytes: an item of a benchmark is a page or two. A longer line is not JSON Lines.
const LINE_CAP: usize = 16 * 1024 * 1024;
/// Lists that some collections wrap their items in.
const WRAPPERS: [&str; 6] = ["data", "items", "questions", "examples", "samples", "instances"];

/// An object with its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Line, from 1, or number in a list.
    pub line: usize,
    /// Its fields.
    pub fields: Map<String, Value>,
}

/// Reads the records of a file. The first character decides the format: `[` a JSON list, `{` JSON Lines (or one object
/// around a list), anything else CSV.
///
/// # Errors
/// Bytes that aren't UTF-8, a line that is too long, or a record that can't be read.
pub fn records(bytes: &[u8]) -> Result<Vec<Record>, DatasetProblem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(DatasetProblem::whole("it is written in UTF-16; save it as UTF-8"));
    }
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        None => Ok(Vec::new()),
        Some(b'[') => list(text(bytes, 1)?),
        Some(b'{') => lines(bytes),
        Some(_) => csv(bytes),
    }
}

/// The bytes as text; the error names the line.
fn text(bytes: &[u8], first_line: usize) -> Result<&str, DatasetProblem> {
    std::str::from_utf8(bytes).map_err(|e| {
        let good = bytes.get(..e.valid_up_to()).unwrap_or_default();
        let line = first_line + good.iter().filter(|b| **b == b'\n').count();
        let column = 1 + good.iter().rev().take_while(|b| **b != b'\n').count();
        let byte = bytes.get(e.valid_up_to()).copied().unwrap_or(0);
        DatasetProblem::at(
            line,
            format!("byte {column} (0x{byte:02X}) is not UTF-8: encodings are mixed; save the file as UTF-8"),
        )
    })
}

fn object(value: Value, line: usize) -> Result<Record, DatasetProblem> {
    match value {
        Value::Object(fields) => Ok(Record { line, fields }),
        other => {
            let found = match other {
                Value::Array(_) => "a list",
                Value::String(_) => "a text",
                Value::Null => "null",
                _ => "a plain value",
            };
            Err(DatasetProblem::at(line, format!("is {found}; expected an object with the item's fields")))
        }
    }
}

fn list(text: &str) -> Result<Vec<Record>, DatasetProblem> {
    let values: Vec<Distinct> = serde_json::from_str(text)
        .map_err(|e| DatasetProblem::at(e.line(), format!("is no JSON list of objects: {e}")))?;
    values.into_iter().enumerate().map(|(i, Distinct(value))| object(value, i + 1)).collect()
}

fn lines(bytes: &[u8]) -> Result<Vec<Record>, DatasetProblem> {
    let mut found = Vec::new();
    for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
        if line.len() > LINE_CAP {
            return Err(too_long(i + 1, line.len()));
        }
        let line = text(line, i + 1)?.trim();
        if line.is_empty() {
            continue;
        }
        match serde_json::from_str(line) {
            Ok(Distinct(value)) => found.push(object(value, i + 1)?),
            // One object over several lines: a collection around its items.
            Err(e) if found.is_empty() && e.is_eof() => return wrapped(text(bytes, 1)?),
            Err(e) => return Err(DatasetProblem::at(i + 1, format!("is no JSON object: {e}"))),
        }
    }
    if let [only] = found.as_slice()
        && WRAPPERS.iter().any(|name| only.fields.get(*name).is_some_and(Value::is_array))
    {
        return wrapped(text(bytes, 1)?);
    }
    Ok(found)
}

fn wrapped(text: &str) -> Result<Vec<Record>, DatasetProblem> {
    let Distinct(whole) =
        serde_json::from_str(text).map_err(|e| DatasetProblem::at(e.line(), format!("is no JSON object: {e}")))?;
    let Record { fields: whole, .. } = object(whole, 1)?;
    match WRAPPERS.iter().find_map(|name| whole.get(*name)).cloned() {
        Some(Value::Array(values)) => values.into_iter().enumerate().map(|(i, value)| object(value, i + 1)).collect(),
        _ => Ok(vec![Record { line: 1, fields: whole }]),
    }
}

fn too_long(line: usize, length: usize) -> DatasetProblem {
    DatasetProblem::at(line, format!("has {length} bytes; at most {LINE_CAP} are read. Is it one item a line?"))
}

/// CSV by RFC 4180: a header, fields in double quotes where they hold commas, quotes or line breaks.
fn csv(bytes: &[u8]) -> Result<Vec<Record>, DatasetProblem> {
    if let Some((i, line)) = bytes.split(|b| *b == b'\n').enumerate().find(|(_, line)| line.len() > LINE_CAP) {
        return Err(too_long(i + 1, line.len()));
    }
    let mut rows = rows(text(bytes, 1)?)?.into_iter().peekable();
    let header = match rows.peek() {
        Some((_, first)) if is_bare_mmlu(first) => {
            ["question", "A", "B", "C", "D", "answer"].map(ToOwned::to_owned).to_vec()
        }
        _ => rows.next().map(|(_, cells)| cells.iter().map(|c| c.trim().to_owned()).collect()).unwrap_or_default(),
    };
    if let [only] = header.as_slice()
        && let Some((mark, name)) =
            [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].iter().find(|(m, _)| only.contains(*m))
    {
        let message = format!(
            "the columns of '{only}' are separated by {name} ('{}'); separate them by commas",
            mark.escape_default()
        );
        return Err(DatasetProblem::at(1, message));
    }
    if let Some(twice) = header.iter().enumerate().find(|(i, name)| header.iter().take(*i).any(|n| n == *name)) {
        return Err(DatasetProblem::at(1, format!("the column '{}' stands twice", twice.1)));
    }
    rows.map(|(line, cells)| {
        if cells.len() != header.len() {
            let message =
                format!("has {} cells, but the header has {}: {}", cells.len(), header.len(), header.join(", "));
            return Err(DatasetProblem::at(line, message));
        }
        let fields = header.iter().cloned().zip(cells.into_iter().map(Value::String)).collect();
        Ok(Record { line, fields })
    })
    .collect()
}

/// MMLU's own files have no header: a question, four options and a letter.
fn is_bare_mmlu(cells: &[String]) -> bool {
    cells.len() == 6 && matches!(cells.last().map(String::as_str), Some("A" | "B" | "C" | "D"))
}

type Row = (usize, Vec<String>);

fn rows(text: &str) -> Result<Vec<Row>, DatasetProblem> {
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut began) = (1, 1);
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                if cells.len() > 1 || cells.first().is_some_and(|only: &String| !only.trim().is_empty()) {
                    rows.push((began, std::mem::take(&mut cells)));
                }
                cells.clear();
                began = line;
            }
            c => cell.push(c),
        }
    }
    if quoted {
        return Err(DatasetProblem::at(began, "a double quote is opened and never closed"));
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        rows.push((began, cells));
    }
    Ok(rows)
}

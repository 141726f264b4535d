//! The tool `table`: a cell of a table that comes with Ergon. Nothing else can be reached by it.

use super::ToolError;

/// A table with names in its first column.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) rows: &'static [(&'static str, &'static [f64])],
}

/// Planets: NASA planetary fact sheets, rounded; elements: IUPAC abridged atomic weights; parts: invented for Ergon, so
/// that no model can know them.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "planets",
        columns: &["radius_km", "moons", "year_days"],
        rows: &[
            ("Mercury", &[2_440.0, 0.0, 88.0]),
            ("Venus", &[6_052.0, 0.0, 224.7]),
            ("Earth", &[6_371.0, 1.0, 365.2]),
            ("Mars", &[3_390.0, 2.0, 687.0]),
            ("Jupiter", &[69_911.0, 95.0, 4_331.0]),
            ("Neptune", &[24_622.0, 16.0, 59_800.0]),
        ],
    },
    Table {
        name: "elements",
        columns: &["number", "weight"],
        rows: &[
            ("hydrogen", &[1.0, 1.008]),
            ("carbon", &[6.0, 12.011]),
            ("oxygen", &[8.0, 15.999]),
            ("iron", &[26.0, 55.845]),
            ("silver", &[47.0, 107.87]),
            ("gold", &[79.0, 196.97]),
        ],
    },
    Table {
        name: "parts",
        columns: &["price_cents", "stock", "weight_g"],
        rows: &[
            ("K-114", &[1_285.0, 37.0, 412.0]),
            ("K-209", &[640.0, 118.0, 95.0]),
            ("M-030", &[2_310.0, 4.0, 1_870.0]),
            ("M-551", &[89.0, 2_406.0, 12.0]),
            ("R-002", &[475.0, 260.0, 233.0]),
            ("R-771", &[1_999.0, 61.0, 540.0]),
        ],
    },
];

/// Answers `planets: radius_km of Mars`.
///
/// # Errors
/// It is written otherwise, or there is no such table, column or row.
pub(crate) fn look_up(input: &str) -> Result<String, ToolError> {
    let form = || ToolError::new("write TABLE: COLUMN of ROW, as in 'planets: radius_km of Mars'");
    let (table, rest) = input.trim().split_once(':').ok_or_else(form)?;
    let (column, row) = rest.split_once(" of ").ok_or_else(form)?;
    let (table, column, row) = (table.trim(), column.trim(), row.trim());
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let none = |what: &str, asked: &str, known: Vec<&str>| {
        ToolError::new(format!("there is no {what} '{asked}'; there are {}", known.join(", ")))
    };
    let found = TABLES.iter().find(|t| same(t.name, table));
    let found = found.ok_or_else(|| none("table", table, TABLES.iter().map(|t| t.name).collect()))?;
    let at = found.columns.iter().position(|c| same(c, column));
    let at = at.ok_or_else(|| none("column", column, found.columns.to_vec()))?;
    let (name, cells) = found
        .rows
        .iter()
        .find(|(name, _)| same(name, row))
        .ok_or_else(|| none("row", row, found.rows.iter().map(|(name, _)| *name).collect()))?;
    let cell = cells.get(at).ok_or_else(form)?;
    Ok(format!("{}: {column} of {name} = {cell}", found.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_and_what_is_not_there_is_said() {
        assert_eq!(look_up("planets: radius_km of mars").unwrap(), "planets: radius_km of Mars = 3390");
        for (input, why) in [
            ("passwd: root of etc", "no table 'passwd'; there are planets, elements, parts"),
            ("planets: mass of Mars", "no column 'mass'; there are radius_km"),
            ("planets: moons of Pluto", "no row 'Pluto'; there are Mercury"),
            ("Mars", "write TABLE: COLUMN of ROW"),
        ] {
            assert!(look_up(input).unwrap_err().to_string().contains(why), "{input}");
        }
    }

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        for table in TABLES {
            assert!(table.rows.iter().all(|(_, cells)| cells.len() == table.columns.len()), "{}", table.name);
        }
    }
}

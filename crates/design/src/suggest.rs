//! The name that was probably meant.

/// The nearest of the known names, if one is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = written.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            let likeness = strsim::jaro_winkler(&lower, &name.to_lowercase());
            let edits = strsim::damerau_levenshtein(&lower, &name.to_lowercase());
            (name, likeness, edits)
        })
        .filter(|(name, likeness, edits)| {
            let longest = name.chars().count().max(lower.chars().count());
            *edits <= 1.max(longest / 4) || (*likeness >= 0.92 && *edits <= longest / 2)
        })
        .min_by(|a, b| a.2.cmp(&b.2).then(b.1.total_cmp(&a.1)).then(a.0.cmp(b.0)))
        .map(|(name, _, _)| name.to_owned())
}

/// `unknown design 'ful_factorial'; did you mean full_factorial?`, or the known names if none is near.
pub(crate) fn not_one_of(what: &str, written: &str, known: &[&str]) -> String {
    match nearest(written, known.iter().copied()) {
        Some(name) => format!("unknown {what} '{written}'; did you mean {name}?"),
        None => format!("unknown {what} '{written}'; known: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_finds_none() {
        assert_eq!(nearest("fault_rat", ["fault_rate", "agent_type"]).as_deref(), Some("fault_rate"));
        assert_eq!(nearest("agents_count", ["agent_count", "agent_type"]).as_deref(), Some("agent_count"));
        assert_eq!(nearest("temperature", ["fault_rate", "agent_type"]), None);
    }
}

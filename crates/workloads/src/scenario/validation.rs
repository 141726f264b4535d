//! `validation-rules.yaml`: what is checked after each turn, and what a finding means.

use super::document::Fields;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub(super) const NAMES: [(&'static str, Self); 4] =
        [("low", Self::Low), ("medium", Self::Medium), ("high", Self::High), ("critical", Self::Critical)];

    pub(super) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, severity)| *severity == self).map_or("low", |(name, _)| name)
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) description: String,
}

/// The file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ValidationRules {
    pub(super) model: Option<String>,
    pub(super) checks: Vec<Check>,
    pub(super) each_turn: bool,
    /// Whether a finding of severity high or critical ends the run.
    pub(super) halts: bool,
    /// How many such findings it takes.
    pub(super) halts_at: u32,
}

/// What is checked where quality assurance is on and no file says what.
const USUAL: [(&str, Severity, &str); 3] = [
    ("actor_decision_consistency", Severity::Medium, "Decisions follow from the actors' goals and constraints."),
    ("world_state_coherence", Severity::High, "The world changes as the decisions and events make it change."),
    ("information_access_consistency", Severity::Medium, "Actors use only what they can know."),
];

impl Default for ValidationRules {
    fn default() -> Self {
        let check = |(name, severity, text): (&str, _, &str)| Check {
            name: name.to_owned(),
            severity,
            description: text.to_owned(),
        };
        Self { model: None, checks: USUAL.map(check).to_vec(), each_turn: true, halts: false, halts_at: 1 }
    }
}

impl ValidationRules {
    pub(super) fn read(fields: Fields<'_>) -> Self {
        let mut rules = Self { model: fields.text("validation_model"), ..Self::default() };
        if let Some(checks) = fields.map("checks") {
            rules.checks = checks.named_maps().into_iter().filter_map(|(name, entry)| check(name, entry)).collect();
        }
        rules.each_turn = fields.flag("run_after_each_turn").unwrap_or(true);
        rules.halts = fields.flag("halt_on_critical").unwrap_or(false);
        rules.halts_at = fields.whole("max_issues_before_halt", 1, 1000).unwrap_or(1);
        if let Some(reporting) = fields.map("reporting") {
            rules.halts |= reporting.flag("halt_on_critical").unwrap_or(false);
            reporting.finish();
        }
        fields.finish();
        rules
    }
}

fn check(name: &str, fields: Fields<'_>) -> Option<Check> {
    let enabled = fields.flag("enabled").unwrap_or(true);
    let severity = fields.word("severity", &Severity::NAMES).unwrap_or(Severity::Medium);
    let description = fields.text("description").unwrap_or_else(|| name.replace('_', " "));
    fields.finish();
    enabled.then(|| Check { name: name.to_owned(), severity, description })
}

//! A scenario's folder, read whole.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::Canonical;

use super::actor::Actor;
use super::definition::Definition;
use super::document::{Fields, Notes};
use super::events::{self, Event, Trigger};
use super::metrics::{MetricRules, Source};
use super::validation::ValidationRules;
use crate::catalog::{SettingsProblem, SourceContent, SourceFile};

/// Everything a scenario's files say.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) definition: Definition,
    pub(super) actors: Vec<Actor>,
    pub(super) metrics: MetricRules,
    pub(super) events: Vec<Event>,
    pub(super) validation: ValidationRules,
    /// Documents by name.
    pub(super) background: Vec<(String, String)>,
    /// The files, in order.
    pub(super) files: Vec<String>,
    /// Keys and files that nothing reads.
    pub(super) unread: BTreeSet<String>,
}

/// Metrics every scenario has, which conditions may name.
pub(super) const OWN_METRICS: [&str; 2] = ["turns", "cooperation_share"];

const DOCUMENTS: [&str; 4] = ["scenario", "metrics", "exogenous-events", "validation-rules"];

/// Name without extension of a YAML file.
fn stem(path: &str) -> Option<&str> {
    path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml"))
}

impl Scenario {
    /// Reads the files of a folder, given by their paths in it.
    pub(super) fn read(files: &BTreeMap<String, SourceFile>) -> Result<Self, Vec<SettingsProblem>> {
        let notes = Notes::default();
        let mut unread = BTreeSet::new();
        let mut documents = BTreeMap::new();
        let (mut actors, mut background, mut used) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (path, file) in files {
            match (&file.content, stem(path), path.split_once('/')) {
                (SourceContent::Document(document), Some(name), None) if DOCUMENTS.contains(&name) => {
                    documents.insert(name, (path.as_str(), document));
                }
                (SourceContent::Document(document), Some(name), Some(("actors", _))) => {
                    let short = name.trim_start_matches("actors/");
                    if let Some(fields) = Fields::of_file(&notes, path, document) {
                        actors.insert(short.to_owned(), Actor::read(fields, short));
                    }
                }
                (SourceContent::Text(text), None, Some(("background", name))) => {
                    background.push((name.trim_end_matches(".md").to_owned(), text.trim().to_owned()));
                }
                _ => {
                    unread.insert(path.clone());
                    continue;
                }
            }
            used.push(path.clone());
        }
        let document = |name: &str| documents.get(name).and_then(|(path, doc)| Fields::of_file(&notes, path, doc));
        let Some(definition) = document("scenario").map(Definition::read) else {
            notes.problem("scenario.yaml", "", "is missing; expected the scenario's own file");
            return Err(notes.finish().err().unwrap_or_default());
        };
        let scenario = Self {
            actors: taking_part(&definition, actors, &notes),
            metrics: document("metrics").map(MetricRules::read).unwrap_or_default(),
            events: document("exogenous-events").map(events::read).unwrap_or_default(),
            validation: document("validation-rules").map(ValidationRules::read).unwrap_or_default(),
            definition,
            background,
            files: used,
            unread: BTreeSet::new(),
        };
        scenario.check(&notes);
        unread.extend(notes.finish()?);
        Ok(Self { unread, ..scenario })
    }

    /// What one file says of another.
    fn check(&self, notes: &Notes) {
        let unknown = |name: &str| self.unknown_metric(name);
        for event in &self.events {
            let Trigger::Conditions(conditions) = &event.trigger else { continue };
            for why in conditions.iter().filter_map(|c| c.metric()).filter_map(unknown) {
                notes.problem("exogenous-events.yaml", &format!("{}.conditions", event.name), why);
            }
        }
        if let Some(until) = &self.definition.length.until {
            for why in until.names().into_iter().filter_map(unknown) {
                notes.problem("scenario.yaml", "scenario_length.condition", why);
            }
        }
        for rule in &self.metrics.rules {
            if let Source::Actor(actor) = &rule.source
                && self.actor(actor).is_none()
            {
                let names: Vec<&str> = self.actors.iter().map(|a| a.id.as_str()).collect();
                let why = format!("'{actor}' takes no part; expected one of {}", names.join(", "));
                notes.problem("metrics.yaml", &format!("{}.actor", rule.name), why);
            }
        }
    }

    /// What is wrong with a name that a condition gives to a metric.
    pub(super) fn unknown_metric(&self, name: &str) -> Option<String> {
        let parts = self.metrics.rules.iter().flat_map(|rule| super::manifest::parts(rule, self));
        let known: Vec<String> = parts.map(|part| part.0).chain(OWN_METRICS.map(str::to_owned)).collect();
        let is_known = known.iter().any(|known| known == name);
        (!is_known).then(|| format!("there is no metric '{name}'; expected one of {}", known.join(", ")))
    }

    /// The actor of that short name.
    pub(super) fn actor(&self, id: &str) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.id == id)
    }

    /// Identity of the folder's form; what the files hold is part of a run's key by itself.
    pub(super) fn write_canonical(&self, out: &mut Canonical) {
        out.u64(self.files.len() as u64);
        for file in &self.files {
            out.str(file);
        }
    }
}

/// The actors that `scenario.yaml` names, in its order: by file name or by short name, case aside.
fn taking_part(definition: &Definition, mut actors: BTreeMap<String, Actor>, notes: &Notes) -> Vec<Actor> {
    let mut part: Vec<Actor> = Vec::new();
    for wanted in &definition.actors {
        let same = |a: &str| a.eq_ignore_ascii_case(wanted);
        let key = actors
            .keys()
            .find(|file| same(file))
            .or_else(|| actors.iter().find(|(_, actor)| same(&actor.id)).map(|(file, _)| file));
        match key.cloned().and_then(|key| actors.remove(&key)) {
            Some(actor) if part.iter().any(|other| other.id == actor.id) => {
                notes.problem("scenario.yaml", "actors", format!("two actors are called '{}'", actor.id));
            }
            Some(actor) => part.push(actor),
            None => {
                let known: Vec<&str> = actors.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "none is left".to_owned() } else { known.join(", ") };
                let why = format!("'{wanted}' has no file in actors/ (left: {known}); expected one file per actor");
                notes.problem("scenario.yaml", "actors", why);
            }
        }
    }
    part
}

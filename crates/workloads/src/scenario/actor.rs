//! An actor: who it is, what it wants, what only it knows, and which model plays it.

use super::document::Fields;

/// One file of `actors/`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Actor {
    /// `short_name`: how other files call it.
    pub(super) id: String,
    pub(super) name: String,
    /// The model as the file names it; `None`: the scenario's.
    pub(super) model: Option<String>,
    /// What its own prompt says of it.
    pub(super) prompt: Option<String>,
    pub(super) goals: Vec<String>,
    pub(super) constraints: Vec<String>,
    /// Titled texts: role, expertise, how it decides.
    pub(super) traits: Vec<(&'static str, String)>,
    /// What only it knows.
    pub(super) private: Vec<String>,
    /// Whether it is given the background documents.
    pub(super) sees_background: bool,
}

impl Actor {
    /// Reads a file. `stem`: its name without extension, which names the actor where nothing else does.
    pub(super) fn read(fields: Fields<'_>, stem: &str) -> Self {
        if fields.text("control").is_some_and(|control| control != "ai") {
            fields.wrong("control", "is not ai; runs are unattended, so every actor is played by a model");
        }
        let (long_style, short_style) = (fields.text("decision_making_style"), fields.text("decision_style"));
        let (long_model, short_model) = (fields.text("llm_model"), fields.text("model"));
        let traits = [
            ("Role", fields.text("role")),
            ("Description", fields.text("description")),
            ("Expertise", fields.prose("expertise")),
            ("Level of expertise", fields.text("expertise_level")),
            ("Personality", fields.prose("personality_traits")),
            ("How you communicate", fields.text("communication_style")),
            ("How you decide", long_style.or(short_style)),
            ("Partners you prefer", fields.prose("preferred_coalitions")),
        ];
        let access = fields.map("information_access");
        let mut private: Vec<String> = fields.text("private_information").into_iter().collect();
        let mut sees_background = true;
        if let Some(access) = access {
            sees_background = access.flag("public").unwrap_or(true);
            private.extend(access.texts("private"));
            access.finish();
        }
        let actor = Self {
            id: fields.text("short_name").unwrap_or_else(|| stem.to_owned()),
            name: fields.required("name"),
            model: long_model.or(short_model),
            prompt: fields.text("system_prompt"),
            goals: fields.texts("goals"),
            constraints: fields.texts("constraints"),
            traits: traits.into_iter().filter_map(|(title, text)| Some((title, text?))).collect(),
            private,
            sees_background,
        };
        if !actor.id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            fields.wrong("short_name", format!("is '{}'; expected letters, digits, - and _", actor.id));
        }
        fields.finish();
        actor
    }
}

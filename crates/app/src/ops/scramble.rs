//! `scramble`, `dataset`: what a transformation makes of a text or item, and what a file of items holds, before anything
//! is asked.

use std::path::PathBuf;

use ergon_workloads::scramble::PARAPHRASE;
use ergon_workloads::scramble::bank::Bank;
use ergon_workloads::scramble::dataset::{self, Fields};
use ergon_workloads::scramble::item::{Difficulty, Item};
use ergon_workloads::scramble::transform::language::{Kind, Language};
use ergon_workloads::scramble::transform::{Key, Method, Preserve, Recipe, Scrambled, scramble as transform};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::ops::table::unknown;
use crate::spec_source::{INPUT_CAP, read_file};

/// Items shown where the request says nothing.
const SHOWN: usize = 20;
/// What can be left alone.
const PRESERVED: [&str; 5] = ["numbers", "proper_nouns", "code", "latex", "option_letters"];

/// A text and what is to be done to it. The parameters are those of the workload.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ScrambleRequest {
    /// The text; left out: the item's question.
    pub text: Option<String>,
    /// A bank that comes with Ergon, where no text is given.
    pub benchmark: String,
    /// The item's id; left out: the first one.
    pub item: Option<String>,
    /// The method.
    pub method: String,
    /// Percent of the eligible letters, words or sentences.
    pub level: f64,
    /// Seed of places, symbols and words.
    #[ts(type = "string")]
    #[serde(with = "seed_text")]
    pub seed: u64,
    /// What is left alone: numbers, proper_nouns, code, latex, option_letters.
    pub preserve: Vec<String>,
    /// The constructed language.
    pub language: String,
    /// Its complexity, 1–10.
    pub complexity: u8,
}

impl Default for ScrambleRequest {
    fn default() -> Self {
        Self {
            text: None,
            benchmark: "mixed".into(),
            item: None,
            method: "character_substitution".into(),
            level: 50.0,
            seed: 42,
            preserve: ["numbers", "option_letters"].map(Into::into).to_vec(),
            language: "substitution".into(),
            complexity: 5,
        }
    }
}

/// A seed is text on the wire: JavaScript's numbers end at 2⁵³.
mod seed_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(seed: &u64, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(seed)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A stretch of the result.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct ScrambledStretch {
    /// The stretch.
    pub text: String,
    /// What stood there; `None` where nothing was done.
    pub original: Option<String>,
}

/// What became of a text.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScrambleReply {
    /// The text's name: places depend on it.
    pub id: String,
    /// The original.
    pub original: String,
    /// The result.
    pub text: String,
    /// The result in stretches, changed and unchanged.
    pub stretches: Vec<ScrambledStretch>,
    /// Units that could have been transformed.
    pub eligible: usize,
    /// Units that were.
    pub transformed: usize,
    /// Percent of the eligible units that were; `None` where there are none.
    pub realised_level: Option<f64>,
    /// Symbols or words and what they stand for: what undoes the transformation.
    pub key: Vec<(String, String)>,
    /// Whether result and key alone give the original back.
    pub is_invertible: bool,
}

/// Shows what a transformation makes of a text.
///
/// # Errors
/// A name that isn't accepted, a level outside 0–100, an item that isn't there.
pub async fn scramble(_app: &App, request: ScrambleRequest) -> Result<ScrambleReply, AppError> {
    let recipe = recipe(&request)?;
    let (id, original) = match request.text {
        Some(text) => ("text".to_owned(), text),
        None => {
            let item = item(&request.benchmark, request.item.as_deref(), request.seed)?;
            (item.id, item.question)
        }
    };
    let done = transform(&original, &id, &recipe);
    let is_invertible = done.restored().as_deref() == Some(original.as_str());
    Ok(ScrambleReply {
        stretches: stretches(&original, &done),
        eligible: done.eligible,
        transformed: done.changed,
        realised_level: done.realised_level(),
        key: key(&done.key),
        is_invertible,
        text: done.text,
        id,
        original,
    })
}

fn named<T: Copy>(field: &str, name: &str, table: &[(&'static str, T)]) -> Result<T, AppError> {
    let found = table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| unknown(field, name, &table.iter().map(|(known, _)| *known).collect::<Vec<_>>()))
}

fn recipe(request: &ScrambleRequest) -> Result<Recipe, AppError> {
    if !(0.0..=100.0).contains(&request.level) {
        let message = format!("{} is no level; expected percent from 0 to 100", request.level);
        return Err(AppError::input("bad_level", message).field("level"));
    }
    if !(1..=10).contains(&request.complexity) {
        let message = format!("{} is no complexity; expected a whole number from 1 to 10", request.complexity);
        return Err(AppError::input("bad_complexity", message).field("complexity"));
    }
    if let Some(other) = request.preserve.iter().find(|name| !PRESERVED.contains(&name.as_str())) {
        return Err(unknown("preserve", other, &PRESERVED));
    }
    if request.method == PARAPHRASE {
        let message =
            "a paraphrase is written by a model: run a campaign with method: paraphrase and a paraphrase_model";
        return Err(AppError::input("needs_a_model", message).field("method"));
    }
    let has = |name: &str| request.preserve.iter().any(|p| p == name);
    Ok(Recipe {
        method: named("method", &request.method, &Method::NAMES)?,
        level: request.level,
        preserve: Preserve {
            numbers: has("numbers"),
            proper_nouns: has("proper_nouns"),
            code: has("code"),
            latex: has("latex"),
            option_letters: has("option_letters"),
            texts: Vec::new(),
        },
        language: Language {
            kind: named("language", &request.language, &Kind::NAMES)?,
            complexity: request.complexity,
        },
        seed: request.seed,
    })
}

fn item(benchmark: &str, id: Option<&str>, seed: u64) -> Result<Item, AppError> {
    let items = named("benchmark", benchmark, &Bank::NAMES)?.items(seed);
    let found = match id {
        None => items.into_iter().next(),
        Some(id) => items.into_iter().find(|item| item.id == id),
    };
    found.ok_or_else(|| {
        let message = format!("{benchmark} has no item '{}' at seed {seed}", id.unwrap_or_default());
        AppError::input("no_such_item", message).field("item")
    })
}

fn stretches(original: &str, done: &Scrambled) -> Vec<ScrambledStretch> {
    let piece = |text: &str, range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    let mut at = 0;
    for edit in &done.edits {
        if edit.to.start > at {
            found.push(ScrambledStretch { text: piece(&done.text, at..edit.to.start), original: None });
        }
        let was = piece(original, edit.from.clone());
        found.push(ScrambledStretch { text: piece(&done.text, edit.to.clone()), original: Some(was) });
        at = edit.to.end;
    }
    if at < done.text.len() {
        found.push(ScrambledStretch { text: piece(&done.text, at..done.text.len()), original: None });
    }
    found
}

fn key(key: &Key) -> Vec<(String, String)> {
    match key {
        Key::Symbols(symbols) => symbols.pairs().map(|(symbol, letter)| (symbol.into(), letter.to_owned())).collect(),
        Key::Words(lexicon) => lexicon.pairs().map(|(word, said)| (said.to_owned(), word.to_owned())).collect(),
        Key::Nothing | Key::Places(_) | Key::None => Vec::new(),
    }
}

/// A file of items and which field is what.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct DatasetRequest {
    /// The file, or what `choose_files` gave for it.
    pub file: PathBuf,
    /// Names of the file's fields, as the workload's setting `fields` has them.
    #[ts(type = "Record<string, string | string[]>")]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Items to show.
    pub limit: Option<usize>,
}

/// An item as it would be asked.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ItemInfo {
    /// Id.
    pub id: String,
    /// Field of knowledge.
    pub domain: String,
    /// easy, medium or hard, where the data say so.
    pub difficulty: Option<String>,
    /// The question.
    pub question: String,
    /// Options.
    pub options: Vec<String>,
    /// The right answer; `None` where it is unknown.
    pub answer: Option<String>,
}

/// What a file holds.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct DatasetReply {
    /// Where it is, as a spec names it.
    pub path: String,
    /// The shape that was recognised: gsm8k, mmlu, arc, hellaswag, winogrande, boolq or plain.
    pub shape: String,
    /// Names of its fields, sorted.
    pub fields: Vec<String>,
    /// Items.
    pub count: usize,
    /// Of these, the ones without a known answer: they are asked and not scored.
    pub unanswerable: usize,
    /// What of the file is left out of the items.
    pub left_out: Vec<String>,
    /// Domains.
    pub domains: Vec<String>,
    /// The first items.
    pub items: Vec<ItemInfo>,
}

/// Reads a file of items.
///
/// # Errors
/// The first thing that is wrong with the file or the mapping, with its line and field.
pub async fn dataset(app: &App, request: DatasetRequest) -> Result<DatasetReply, AppError> {
    let fields = Fields::read(&serde_json::Value::Object(request.fields.clone())).map_err(|problems| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        AppError::input("bad_fields", said.join("; ")).field("fields")
    })?;
    let path = app.path(&request.file)?;
    let bytes = read_file(&path, INPUT_CAP, "the dataset")?;
    let read = dataset::read(&bytes, &fields);
    let found = read.map_err(|e| AppError::input("bad_dataset", format!("{}: {e}", path.display())).field("file"))?;
    let info = |item: &Item| ItemInfo {
        id: item.id.clone(),
        domain: item.domain.clone(),
        difficulty: item.difficulty.map(|d: Difficulty| d.name().to_owned()),
        question: item.question.clone(),
        options: item.options.clone(),
        answer: item.answer_text(),
    };
    Ok(DatasetReply {
        path: path.display().to_string(),
        shape: found.shape.name().to_owned(),
        count: found.items.len(),
        unanswerable: found.unanswerable(),
        left_out: found.left_out.clone(),
        domains: found.domains().into_iter().map(ToOwned::to_owned).collect(),
        items: found.items.iter().take(request.limit.unwrap_or(SHOWN)).map(info).collect(),
        fields: found.fields,
    })
}

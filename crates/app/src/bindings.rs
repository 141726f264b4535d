//! The TypeScript that calls the operations: every request, reply and stream type, and which operation has which, all from
//! the `commands!` table.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ts_rs::{Config, TS, TypeVisitor};

use crate::commands::COMMANDS;
use crate::error::AppError;
use crate::ops;

/// Declarations by name, so that the text doesn't depend on the order of discovery.
#[derive(Default)]
struct Declarations {
    all: BTreeMap<String, String>,
    /// Names that two types have: one would hide the other.
    ambiguous: BTreeSet<String>,
    /// A type may contain itself.
    seen: BTreeSet<TypeId>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        let config = config();
        // Numbers, texts and lists have no declaration of their own, and no file they would be exported to.
        if T::output_path().is_none() {
            T::visit_dependencies(self);
            T::visit_generics(self);
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let (name, declaration) = (T::ident(&config), format!("{docs}export {}", T::decl(&config)));
        if self.all.get(&name).is_some_and(|before| *before != declaration) {
            self.ambiguous.insert(name.clone());
        }
        self.all.insert(name, declaration);
        T::visit_dependencies(self);
    }
}

/// Counts and sizes stay below 2^53; what doesn't (ids, seeds, digests) is text.
fn config() -> Config {
    Config::new().with_large_int("number")
}

macro_rules! commands {
    (@stream $found:ident) => {};
    (@stream $found:ident $stream:ident) => { $found.visit::<ops::$stream>() };
    ($($(#[doc = $doc:literal])+ $name:ident($request:ident) -> $reply:ident $(, stream $stream:ident)?;)+) => {
        fn declarations() -> Declarations {
            let mut found = Declarations::default();
            $(
                found.visit::<ops::$request>();
                found.visit::<ops::$reply>();
                commands!(@stream found $($stream)?);
            )+
            found.visit::<AppError>();
            found
        }
        /// TypeScript names of request, reply and stream, in the order of the table.
        fn names() -> Vec<[Option<String>; 3]> {
            let config = config();
            vec![$([
                Some(<ops::$request as TS>::name(&config)),
                Some(<ops::$reply as TS>::name(&config)),
                commands!(@name config $($stream)?),
            ]),+]
        }
    };
    (@name $config:ident) => { None };
    (@name $config:ident $stream:ident) => { Some(<ops::$stream as TS>::name(&$config)) };
}
include!("commands/table.rs");

/// Names that two types of the operations share: must be none, as TypeScript has one namespace.
pub fn ambiguous() -> BTreeSet<String> {
    declarations().ambiguous
}

/// The text of `ui/src/lib/ipc/bindings.ts`.
pub fn typescript() -> String {
    let mut text = String::from("// Made from crates/app by `cargo xtask bindings`; edits are lost.\n");
    for declaration in declarations().all.values() {
        let _ = write!(text, "\n{declaration}\n");
    }
    text.push_str("\n/** What an operation takes, gives back and streams. */\nexport interface Operations {\n");
    for (command, [request, reply, stream]) in COMMANDS.iter().zip(names()) {
        let part = |name: Option<String>| name.unwrap_or_else(|| "never".into());
        let _ = writeln!(
            text,
            "  /** {} */\n  {}: {{ request: {}; reply: {}; stream: {} }};",
            command.doc.trim(),
            command.name,
            part(request),
            part(reply),
            part(stream)
        );
    }
    text.push_str("}\n");
    text
}

/// The text of `src-tauri/capabilities/main.json`: the one page may call these operations and nothing else. Listening to
/// events is how drops and the menu reach it.
pub fn capability() -> String {
    let own = COMMANDS.iter().map(|command| format!("allow-{}", command.name.replace('_', "-")));
    let permissions: Vec<String> =
        ["core:event:allow-listen", "core:event:allow-unlisten"].into_iter().map(str::to_owned).chain(own).collect();
    let capability = serde_json::json!({
        "identifier": "main",
        "description": "What the page may call. Made from crates/app by `cargo xtask bindings`.",
        "windows": ["main"],
        "permissions": permissions,
    });
    serde_json::to_string_pretty(&capability).unwrap_or_default() + "\n"
}

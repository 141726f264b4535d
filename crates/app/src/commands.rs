//! Every operation, declared once: name, request, reply, stream. The window's handlers, the TypeScript wrappers, the
//! palette and the capability list are made from this table; the command line calls the same functions.

use crate::app::App;
use crate::error::AppError;
use crate::ops;

/// An operation as listed to a host.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct CommandInfo {
    /// Name.
    pub name: &'static str,
    /// Name of the request type.
    pub request: &'static str,
    /// Name of the reply type.
    pub reply: &'static str,
    /// Name of the type of the documents it streams while working, where it does.
    pub stream: Option<&'static str>,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

/// Where a streaming operation's documents go.
pub type JsonSink = Box<dyn FnMut(serde_json::Value) + Send>;

macro_rules! commands {
    (@stream) => { None };
    (@stream $stream:ident) => { Some(stringify!($stream)) };
    (@call $app:ident $sink:ident $request:ident $name:ident) => { ops::$name($app, $request).await };
    (@call $app:ident $sink:ident $request:ident $name:ident $stream:ident) => {
        ops::$name($app, $request, &mut |document: ops::$stream| {
            if let Ok(value) = serde_json::to_value(&document) {
                $sink(value);
            }
        })
        .await
    };
    ($($(#[doc = $doc:literal])+ $name:ident($request:ident) -> $reply:ident $(, stream $stream:ident)?;)+) => {
        /// All operations.
        pub const COMMANDS: &[CommandInfo] = &[$(CommandInfo {
            name: stringify!($name),
            request: stringify!($request),
            reply: stringify!($reply),
            stream: commands!(@stream $($stream)?),
            doc: concat!($($doc),+),
        }),+];

        impl App {
            /// Calls an operation by name, as a host without types does (IPC, HTTP).
            ///
            /// # Errors
            /// An unknown name, a request of the wrong form, or the operation's own error.
            pub async fn invoke(
                &self,
                name: &str,
                request: serde_json::Value,
                #[allow(unused_mut, unused_variables)] mut sink: JsonSink,
            ) -> Result<serde_json::Value, AppError> {
                let app = self;
                match name {
                    $(stringify!($name) => {
                        let request: ops::$request = serde_json::from_value(request)
                            .map_err(|e| AppError::input("invalid_request", format!("{name}: {e}")))?;
                        let reply: ops::$reply = commands!(@call app sink request $name $($stream)?)?;
                        serde_json::to_value(&reply).map_err(|e| AppError::operation("internal", e.to_string()))
                    })+
                    _ => Err(AppError::input("unknown_command", format!("there is no command '{name}'"))),
                }
            }
        }
    };
}

include!("commands/table.rs");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_name_of_its_own_and_says_what_it_does() {
        let names: std::collections::BTreeSet<&str> = COMMANDS.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(COMMANDS.iter().all(|c| c.doc.trim().ends_with('.')));
    }
}

//! One Tauri command per operation: a request comes in, its reply or error goes out, its stream into a channel.

use std::str::FromStr;
use std::sync::Arc;

use ergon_app::commands::{COMMANDS, JsonSink};
use ergon_app::{App, AppError};
use serde_json::Value;
use tauri::Wry;
use tauri::ipc::{Channel, Invoke, InvokeBody, InvokeError, JavaScriptChannelId};

/// Answers a call from the page; `false` where the command is not ours. Tauri has checked it against the capability.
pub(crate) fn handle(app: &Arc<App>, invoke: Invoke<Wry>) -> bool {
    let name = invoke.message.command();
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else { return false };
    let (app, name) = (app.clone(), command.name);
    let request = argument(&invoke, "request").cloned().unwrap_or_else(|| Value::Object(Default::default()));
    let sink = sink(&invoke);
    invoke.resolver.respond_async(async move {
        // A thread of its own: an analysis that computes for a second must not keep other calls waiting.
        let runtime = tokio::runtime::Handle::current();
        let work = tokio::task::spawn_blocking(move || runtime.block_on(app.invoke(name, request, sink)));
        match work.await {
            Ok(reply) => reply.map_err(wire),
            Err(lost) => Err(wire(AppError::operation("internal", format!("{name} broke off: {lost}")))),
        }
    });
    true
}

fn argument<'a>(invoke: &'a Invoke<Wry>, name: &str) -> Option<&'a Value> {
    match invoke.message.payload() {
        InvokeBody::Json(arguments) => arguments.get(name),
        InvokeBody::Raw(_) => None,
    }
}

/// Where the documents of a streaming operation go: the channel that the page made for it.
fn sink(invoke: &Invoke<Wry>) -> JsonSink {
    let channel = argument(invoke, "channel").and_then(Value::as_str);
    let channel: Option<Channel<Value>> =
        channel.and_then(|id| JavaScriptChannelId::from_str(id).ok()).map(|id| id.channel_on(invoke.message.webview()));
    Box::new(move |document| {
        if let Some(channel) = &channel {
            // A page that was left hears nothing; that is no error.
            let _ = channel.send(document);
        }
    })
}

fn wire(error: AppError) -> InvokeError {
    InvokeError::from(serde_json::to_value(&error).unwrap_or_else(|_| Value::String(error.to_string())))
}

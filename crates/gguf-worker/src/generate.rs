//! llama.cpp: a file loaded, a prompt read, tokens drawn.

use std::io::{Read as _, Write};
use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::json_schema_to_grammar;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::reply::Reply;
use crate::request::Asked;

/// Most tokens of a prompt that are read at once.
const BATCH: usize = 512;

/// A loaded file.
pub(crate) struct Engine {
    backend: LlamaBackend,
    model: LlamaModel,
    template: LlamaChatTemplate,
    model_id: String,
    context: u32,
    threads: i32,
}

/// Answers requests one after the other.
pub(crate) struct Generator<'a> {
    engine: &'a Engine,
    context: LlamaContext<'a>,
    batch: LlamaBatch<'static>,
    /// Tokens that llama.cpp takes at once: fewer than asked for where the context is smaller, and it aborts on more.
    chunk: usize,
}

impl Engine {
    pub(crate) fn load(arguments: &Arguments) -> Result<Self, String> {
        let shown = arguments.file.display();
        let mut backend = LlamaBackend::init().map_err(|e| format!("llama.cpp does not start: {e}"))?;
        backend.void_logs();
        let model_id = identity(&arguments.file).map_err(|e| format!("{shown} can't be read: {e}"))?;
        let model = LlamaModel::load_from_file(&backend, &arguments.file, &LlamaModelParams::default())
            .map_err(|e| format!("llama.cpp can't load {shown}: {e}"))?;
        let template = model.chat_template(None).map_err(|e| {
            format!("{shown} holds no chat template, so that nobody can tell how it wants to be asked: {e}")
        })?;
        let context = arguments.context.min(model.n_ctx_train());
        Ok(Self { backend, model, template, model_id, context, threads: arguments.threads as i32 })
    }

    /// Name and digest of the file.
    pub(crate) fn model_id(&self) -> &str {
        &self.model_id
    }

    pub(crate) fn generator(&self) -> Result<Generator<'_>, String> {
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(self.context))
            .with_n_batch(BATCH as u32)
            .with_n_threads(self.threads)
            .with_n_threads_batch(self.threads);
        let context = self
            .model
            .new_context(&self.backend, params)
            .map_err(|e| format!("there is no room for a context of {} tokens: {e}", self.context))?;
        let chunk = (context.n_batch() as usize).clamp(1, BATCH);
        Ok(Generator { engine: self, context, batch: LlamaBatch::new(chunk, 1), chunk })
    }
}

/// What distinguishes a file from another of the same name: results must be able to say which one answered.
fn identity(file: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let (mut reader, mut buffer) = (std::fs::File::open(file)?, vec![0; 1 << 20]);
    loop {
        match reader.read(&mut buffer)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        };
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{name}@blake3:{}", &hasher.finalize().to_hex()[..16]))
}

/// Why a reply ended early.
enum Fault {
    /// llama.cpp refuses.
    Engine(String),
    /// Nobody reads.
    Pipe(std::io::Error),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Pipe(error)
    }
}

impl Generator<'_> {
    /// Tokens of prompt and reply together.
    pub(crate) fn context(&self) -> u32 {
        self.context.n_ctx()
    }

    /// The request's prompt in tokens, where it can be answered.
    pub(crate) fn check(&self, asked: &Asked) -> Result<Vec<LlamaToken>, String> {
        let said = |m: &crate::request::Message| LlamaChatMessage::new(m.role.clone(), m.content.clone());
        let messages: Vec<LlamaChatMessage> =
            asked.messages.iter().map(said).collect::<Result<_, _>>().map_err(|e| format!("a message: {e}"))?;
        let model = &self.engine.model;
        let text = model
            .apply_chat_template(&self.engine.template, &messages, true)
            .map_err(|e| format!("llama.cpp does not know the file's chat template: {e}"))?;
        let prompt = model.vocab().tokenize(text.as_bytes(), true, true);
        let room = self.context() as usize;
        if prompt.len() >= room {
            return Err(format!(
                "the prompt has {} tokens and the context holds {room}; raise `context`",
                prompt.len()
            ));
        }
        Ok(prompt)
    }

    fn sampler(&self, asked: &Asked) -> Result<LlamaSampler, String> {
        let mut chain = Vec::new();
        if let Some(schema) = asked.schema() {
            let grammar = json_schema_to_grammar(&schema).map_err(|e| format!("the reply's schema: {e}"))?;
            chain.push(
                LlamaSampler::grammar(&self.engine.model, &grammar, "root")
                    .map_err(|e| format!("the reply's schema: {e}"))?,
            );
        }
        match asked.seed.filter(|_| asked.temperature > 0.0) {
            Some(seed) => chain.extend([LlamaSampler::temp(asked.temperature), LlamaSampler::dist(seed)]),
            None => chain.push(LlamaSampler::greedy()),
        }
        Ok(LlamaSampler::chain_simple(chain))
    }

    pub(crate) fn answer<W: Write>(
        &mut self,
        asked: &Asked,
        prompt: &[LlamaToken],
        reply: &mut Reply<'_, W>,
    ) -> std::io::Result<()> {
        let sampler = match self.sampler(asked) {
            Ok(sampler) => sampler,
            Err(why) => return reply.refuse(&why),
        };
        reply.begin()?;
        match self.generate(asked, prompt, sampler, reply) {
            Ok(()) => {}
            Err(Fault::Pipe(error)) => return Err(error),
            Err(Fault::Engine(why)) => reply.event(&json!({"error": {"message": why}}))?,
        }
        reply.end()
    }

    fn generate<W: Write>(
        &mut self,
        asked: &Asked,
        prompt: &[LlamaToken],
        mut sampler: LlamaSampler,
        reply: &mut Reply<'_, W>,
    ) -> Result<(), Fault> {
        let (began, cpu) = (Instant::now(), cpu_time());
        self.context.clear_kv_cache();
        self.read(prompt)?;
        let prefill = began.elapsed();
        let model = &self.engine.model;
        let mut written = Written::new(&asked.stop);
        let (mut at, mut tokens, mut finish) = (prompt.len(), 0, "length");
        while tokens < asked.max_tokens {
            let token = sampler.sample(&self.context, self.batch.n_tokens() - 1);
            tokens += 1;
            if model.vocab().is_eog(token) {
                finish = "stop";
                break;
            }
            let piece = written.push(&model.vocab().token_to_piece(token, false, None));
            if asked.stream && !piece.is_empty() {
                reply.event(&self.document(&json!({"delta": {"content": piece}}), None))?;
            }
            if written.stopped {
                finish = "stop";
                break;
            }
            if at + 1 >= self.context() as usize {
                break;
            }
            self.step(token, at)?;
            at += 1;
        }
        let rest = written.finish();
        let usage = json!({
            "prompt_tokens": prompt.len(), "completion_tokens": tokens, "total_tokens": prompt.len() as u64 + u64::from(tokens),
            "prefill_s": prefill.as_secs_f64(), "decode_s": (began.elapsed() - prefill).as_secs_f64(),
            "cpu_s": cpu_time().zip(cpu).map(|(after, before)| (after - before).as_secs_f64()),
            "threads": self.engine.threads,
        });
        if asked.stream {
            reply.event(&self.document(&json!({"delta": {"content": rest}, "finish_reason": finish}), Some(usage)))?;
            reply.done()?;
        } else {
            let message = json!({"message": {"role": "assistant", "content": written.text}, "finish_reason": finish});
            reply.piece(&self.document(&message, Some(usage)).to_string())?;
        }
        Ok(())
    }

    fn document(&self, choice: &Value, usage: Option<Value>) -> Value {
        json!({"model": self.engine.model_id, "choices": [choice], "usage": usage})
    }

    fn read(&mut self, prompt: &[LlamaToken]) -> Result<(), Fault> {
        let size = self.chunk;
        for (chunk, tokens) in prompt.chunks(size).enumerate() {
            self.batch.clear();
            for (within, token) in tokens.iter().enumerate() {
                let at = chunk * size + within;
                self.put(*token, at, at + 1 == prompt.len())?;
            }
            self.decode()?;
        }
        Ok(())
    }

    fn step(&mut self, token: LlamaToken, at: usize) -> Result<(), Fault> {
        self.batch.clear();
        self.put(token, at, true)?;
        self.decode()
    }

    fn put(&mut self, token: LlamaToken, at: usize, wanted: bool) -> Result<(), Fault> {
        self.batch.add(token, at as i32, &[0], wanted).map_err(|e| Fault::Engine(e.to_string()))
    }

    fn decode(&mut self) -> Result<(), Fault> {
        self.context.decode(&mut self.batch).map_err(|e| Fault::Engine(format!("llama.cpp: {e}")))
    }
}

/// User and system time of the process; `None`: the kernel does not tell.
fn cpu_time() -> Option<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let time = |t: nix::sys::time::TimeVal| Duration::from_micros((t.tv_sec() * 1_000_000 + t.tv_usec()) as u64);
    Some(time(usage.user_time()) + time(usage.system_time()))
}

/// What has been said. Tokens are pieces of characters, and a stop text may come in several of them.
struct Written<'a> {
    stop: &'a [String],
    bytes: Vec<u8>,
    text: String,
    sent: usize,
    stopped: bool,
}

impl<'a> Written<'a> {
    fn new(stop: &'a [String]) -> Self {
        Self { stop, bytes: Vec::new(), text: String::new(), sent: 0, stopped: false }
    }

    /// Takes a token's bytes; gives what can be said of them already: whole characters that begin no stop text.
    fn push(&mut self, bytes: &[u8]) -> String {
        self.bytes.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.bytes) {
            Ok(text) => text.len(),
            Err(e) if e.error_len().is_none() => e.valid_up_to(),
            // No character any more, whatever comes.
            Err(_) => self.bytes.len(),
        };
        let read: Vec<u8> = self.bytes.drain(..whole).collect();
        self.text.push_str(&String::from_utf8_lossy(&read));
        if let Some(end) = self.stop.iter().filter(|s| !s.is_empty()).filter_map(|s| self.text.find(s.as_str())).min() {
            self.text.truncate(end);
            self.stopped = true;
            return String::new();
        }
        let longest = self.stop.iter().map(String::len).max().unwrap_or(0).saturating_sub(1);
        let mut until = self.text.len().saturating_sub(longest).max(self.sent);
        while !self.text.is_char_boundary(until) {
            until -= 1;
        }
        let piece = self.text[self.sent..until].to_owned();
        self.sent = until;
        piece
    }

    /// What was held back.
    fn finish(&mut self) -> String {
        if !self.stopped {
            self.text.push_str(&String::from_utf8_lossy(&std::mem::take(&mut self.bytes)));
        }
        let rest = self.text.get(self.sent..).unwrap_or_default().to_owned();
        self.sent = self.text.len();
        rest
    }
}

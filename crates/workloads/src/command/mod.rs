//! `command`: anybody's own program as a workload.
//!
//! Belongs here: the command template, what is read out of a program's output, the manifest made from the settings.
//! Doesn't belong here: starting and killing processes (the engine does, behind the `Processes` port).

mod output;
mod settings;
mod template;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{
    Canonical, Condition, FailureClass, InputError, Inputs, Manifest, Outcome, ParameterName, Prepared, ProcessExit,
    ProcessReport, ProcessRequest, RunContext, RunError, RunLimit, Stream, Value, Workload,
};

pub use settings::{CommandSettings, MetricSetting, MetricSource, MetricType, OutputStream, StdinForm};

use crate::catalog::SettingsProblem;
use template::Template;

/// Anybody's own program: a template command line, metrics read from its output.
pub struct CommandWorkload {
    manifest: Manifest,
    program: Arc<Program>,
}

struct Program {
    settings: CommandSettings,
    folder: PathBuf,
    argv: Vec<Template>,
    env: Vec<(String, Template)>,
    readers: Vec<output::Reader>,
}

impl CommandWorkload {
    /// Builds the workload from the spec's `workload` section. Relative folders are taken from `base`.
    ///
    /// # Errors
    /// The settings that are wrong, each with its path.
    pub fn open(
        section: &serde_json::Map<String, serde_json::Value>,
        base: &Path,
    ) -> Result<Self, Vec<SettingsProblem>> {
        let (settings, canonical) = CommandSettings::read(section)?;
        let mut problems = Vec::new();
        let mut compile = |path: String, text: &str| match Template::parse(text) {
            Ok(t) => t,
            Err(message) => {
                problems.push(SettingsProblem { path, message });
                Template::default()
            }
        };
        let argv: Vec<Template> =
            settings.argv().iter().enumerate().map(|(i, a)| compile(format!("workload.run[{i}]"), a)).collect();
        let env: Vec<(String, Template)> =
            settings.env.iter().map(|(k, v)| (k.clone(), compile(format!("workload.env.{k}"), v))).collect();
        let mut readers = Vec::new();
        for (name, metric) in &settings.metrics {
            match output::Reader::new(name, metric) {
                Ok(r) => readers.push(r),
                Err(message) => {
                    problems.push(SettingsProblem { path: format!("workload.metrics.{name}.pattern"), message });
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let manifest = Manifest {
            workload: "command".into(),
            version: 1,
            doc: "Your own program, run once per condition and replicate; metrics are read from its output.".into(),
            parameters: Vec::new(),
            open_parameters: true,
            metrics: settings.metrics.iter().map(|(name, m)| m.metric(name)).collect(),
            streams: streams_of(argv.iter().chain(env.iter().map(|(_, t)| t))),
            spans: vec!["program".into()],
            settings: settings::KEYS.iter().map(|k| Arc::from(*k)).collect(),
            settings_digest: Canonical::new("ergon.command.1").str(&canonical).finish(),
            files: settings.inputs.iter().map(|f| Arc::from(f.as_str())).collect(),
            limit: RunLimit::WallTime,
            deterministic: false,
            number_tables: Vec::new(),
        };
        let folder = base.join(settings.folder.as_deref().unwrap_or("."));
        Ok(Self { manifest, program: Arc::new(Program { settings, folder, argv, env, readers }) })
    }

    /// The folder the program runs in.
    pub fn folder(&self) -> &Path {
        &self.program.folder
    }
}

#[async_trait]
impl Workload for CommandWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn check(&self, condition: &Condition) -> Result<(), (ParameterName, String)> {
        let taken = |name: &str| template::RUN_FACTS.contains(&name) || settings::RESERVED.contains(&name);
        if let Some(name) = condition.0.keys().find(|n| n.as_str().is_empty() || taken(n.as_str())) {
            let message = format!("'{name}' is a name that every run has or results use; give the factor another one");
            return Err((name.clone(), message));
        }
        let templates = self.program.argv.iter().chain(self.program.env.iter().map(|(_, t)| t));
        for name in templates.flat_map(Template::names) {
            if condition.get(name).is_none() && !template::RUN_FACTS.contains(&name) {
                let known: Vec<&str> =
                    condition.0.keys().map(ParameterName::as_str).chain(template::RUN_FACTS).collect();
                return Err((
                    ParameterName::new("run"),
                    format!(
                        "the command uses {{{name}}}, which is no factor or parameter; known: {}",
                        known.join(", ")
                    ),
                ));
            }
        }
        Ok(())
    }

    async fn prepare(&self, _inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        if !self.program.folder.is_dir() {
            return Err(InputError {
                input: None,
                message: format!(
                    "workload.folder: {} is no folder; give the folder the program runs in, relative to the spec",
                    self.program.folder.display()
                ),
            });
        }
        Ok(self.program.clone())
    }
}

#[async_trait]
impl Prepared for Program {
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let streams = context.streams();
        let fill = |t: &Template| t.fill(condition, streams);
        let mut env: Vec<(String, String)> = self.env.iter().map(|(k, t)| (k.clone(), fill(t))).collect();
        env.push(("ERGON_SEED".into(), streams.seed().to_string()));
        env.push(("ERGON_REPLICATE".into(), streams.replicate.to_string()));
        env.push(("ERGON_RUN_KEY".into(), streams.key.to_string()));
        let stdin = match self.settings.stdin {
            StdinForm::None => None,
            StdinForm::Json => Some(stdin_json(condition, context)?),
        };
        let request = ProcessRequest {
            argv: self.argv.iter().map(fill).collect(),
            folder: Some(self.folder.clone()),
            env,
            keys: self.settings.keys.clone(),
            stdin,
            memory_bytes: self.settings.memory_gb.map(|gb| (gb * 1e9) as u64),
            output_cap_bytes: self.settings.output_cap_kb as usize * 1024,
            read_back: self.settings.metrics_file.clone(),
            keep: self.settings.artefacts.clone(),
        };
        let report = {
            let _span = context.span("program");
            context.processes()?.run(request).await?
        };
        let log = attempt_log(&report);
        self.judge_exit(&report).map_err(|e| e.with_log(log.clone()))?;
        let measurements = output::read_all(&self.readers, &report, self.settings.metrics_file.as_deref())
            .map_err(|message| RunError::new(FailureClass::MalformedReply, message).with_log(log.clone()))?;
        Ok(Outcome { measurements, artefacts: report.artefacts, cpu_s: report.cpu_s, log })
    }
}

impl Program {
    fn judge_exit(&self, report: &ProcessReport) -> Result<(), RunError> {
        let said = output::last_line(&report.stderr).map(|l| format!(": {l}")).unwrap_or_default();
        match report.exit {
            ProcessExit::Code(c) if self.settings.success_exit_codes.contains(&c) => Ok(()),
            ProcessExit::Code(c) => {
                Err(RunError::new(FailureClass::Crashed, format!("the program exited with status {c}{said}")))
            }
            ProcessExit::Signal(s) => {
                Err(RunError::new(FailureClass::Crashed, format!("the program was ended by signal {s}{said}")))
            }
        }
    }
}

fn stdin_json(condition: &Condition, context: &RunContext) -> Result<Vec<u8>, RunError> {
    let streams = context.streams();
    // The seed is text: it may exceed 2^53, which JSON readers round.
    let document = serde_json::json!({
        "condition": condition,
        "replicate": streams.replicate,
        "seed": streams.seed().to_string(),
        "run_key": streams.key,
    });
    serde_json::to_vec(&document).map_err(|e| RunError::new(FailureClass::Internal, format!("stdin document: {e}")))
}

fn attempt_log(report: &ProcessReport) -> String {
    let part = |title: &str, bytes: &[u8], dropped: u64| {
        let cut = if dropped > 0 { format!(" ({dropped} bytes in the middle not kept)") } else { String::new() };
        format!("--- {title}{cut}\n{}\n", String::from_utf8_lossy(bytes).trim_end())
    };
    let mut log = String::new();
    if !report.stdout.is_empty() {
        log += &part("standard output", &report.stdout, report.stdout_dropped);
    }
    if !report.stderr.is_empty() {
        log += &part("standard error", &report.stderr, report.stderr_dropped);
    }
    log
}

/// A program that takes `{replicate_seed}` shares it among the conditions of a replicate, which makes them comparable
/// in pairs; one that takes `{seed}` or none does not.
fn streams_of<'a>(mut templates: impl Iterator<Item = &'a Template>) -> Vec<Stream> {
    let shared = templates.any(|t| t.names().any(|n| n == template::REPLICATE_SEED));
    let mut streams = vec![Stream { name: "seed".into(), common: false }];
    if shared {
        streams.push(Stream { name: template::REPLICATE_SEED.into(), common: true });
    }
    streams
}

/// Every value a template may use as text.
fn value_text(value: &Value) -> String {
    value.to_string()
}

//! Calls the operation of a command and shows its reply.

use std::path::Path;
use std::time::Duration;

use ergon_app as app_api;
use ergon_app::{App, AppError, ControlCommand, PlanLine, ResultsForm, Selection};

use crate::args::{Command, ResultsFormat, WatchArgs};
use crate::output::{Output, columns, printable, seconds};
use crate::run;

fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

pub(crate) async fn command(app: &App, command: Command, output: Output) -> anyhow::Result<u8> {
    match command {
        Command::Validate(args) => {
            let request = app_api::ValidateRequest { spec: args.spec, set: args.set };
            output.result(&app_api::validate(app, request).await?, validated)?;
        }
        Command::Plan(args) => {
            return plan(app, args.spec.spec, args.spec.set, run::selection(args.selection), output).await;
        }
        Command::Create(args) => {
            let request = app_api::CreateRequest {
                spec: args.spec.spec.into(),
                set: args.spec.set,
                name: args.name,
                question: args.question,
                researcher: args.researcher,
            };
            output.result(&app_api::create(app, request).await?, |r| {
                format!("{} registered (revision {}); run it with: ergon run {0}", r.campaign, r.revision)
            })?;
        }
        Command::Run(args) => return run::run(app, *args, output).await,
        Command::Energy(command) => return crate::energy::energy(app, command, output).await,
        Command::Models(command) => return crate::models::models(app, command, output).await,
        Command::Scramble(args) => return crate::scramble::scramble(app, args, output).await,
        Command::Dataset(args) => return crate::scramble::dataset(app, args, output).await,
        Command::Calls(args) => return crate::models::calls(app, args, output).await,
        Command::Status(args) => {
            let request = app_api::StatusRequest { campaign: args.campaign };
            output.result(&app_api::status(app, request).await?, standing)?;
        }
        Command::Watch(args) => watch(app, args, output).await?,
        Command::List(args) => {
            let request = app_api::ListRequest { status: args.status, tag: args.tag };
            output.result(&app_api::list(app, request).await?, listed)?;
        }
        Command::Queue(args) => {
            let request =
                app_api::QueueRequest { campaign: args.campaign, priority: args.priority, depends_on: args.depends_on };
            output.result(&app_api::queue(app, request).await?, |r| r.message.clone())?;
        }
        Command::Pause(args) => steer(app, args.campaign, ControlCommand::Pause, output).await?,
        Command::Resume(args) => steer(app, args.campaign, ControlCommand::Resume, output).await?,
        Command::Stop(args) => steer(app, args.campaign, ControlCommand::Stop, output).await?,
        Command::Retry(args) => steer(app, args.campaign, ControlCommand::Retry, output).await?,
        Command::Results(args) => {
            let form = match args.format {
                ResultsFormat::Csv => ResultsForm::Csv,
                ResultsFormat::Json => ResultsForm::Json,
                ResultsFormat::Jsonl => ResultsForm::Jsonl,
            };
            // `--json` asks for JSON whatever the form: an array is one document.
            let form = if output.json && form == ResultsForm::Csv { ResultsForm::Json } else { form };
            let request = app_api::ResultsRequest {
                campaign: args.campaign,
                phase: args.phase,
                form,
                wide: args.wide,
                resources: args.with.is_some(),
                out_of_plan: args.out_of_plan,
            };
            let reply = app_api::results(app, request).await?;
            if reply.without_result > 0 {
                let have = if reply.without_result == 1 { "has" } else { "have" };
                output.remark(&format!("{} of the plan {have} no result yet", count(reply.without_result, "run")));
            }
            text(&reply.text, args.output.as_deref(), output)?;
        }
        Command::Sql(args) => {
            let reply = app_api::sql(app, app_api::SqlRequest { query: args.query }).await?;
            output.result(&reply, |r| {
                let head: Vec<&str> = r.columns.iter().map(String::as_str).collect();
                let cell = |v: &serde_json::Value| match v {
                    serde_json::Value::String(s) => printable(s).replace('\n', "\\n"),
                    serde_json::Value::Null => "–".into(),
                    v => v.to_string(),
                };
                columns(&head, &r.rows.iter().map(|row| row.iter().map(cell).collect()).collect::<Vec<_>>())
            })?;
        }
        Command::Check(args) => {
            let request = app_api::CheckRequest { campaign: args.campaign, run: args.run };
            output.result(&app_api::check(app, request).await?, |r| r.text())?;
        }
        Command::Analyze(args) => {
            let request = app_api::AnalyzeRequest {
                campaign: args.campaign,
                plan: args.plan,
                metric: args.metric,
                by: args.by,
                test: args.test,
                correction: args.correction,
                figures: args.figures,
                tables: false,
            };
            output.result(&app_api::analyze(app, request).await?, |r| r.text())?;
        }
        Command::Next(args) => crate::statistics::next(app, args, output).await?,
        Command::Power(args) => crate::statistics::power(app, args, output).await?,
        Command::Stat(args) => crate::statistics::stat(app, args, output).await?,
        Command::Scenario(args) => crate::scenario::scenario(app, args, output).await?,
        Command::Report(args) => {
            let request = app_api::ReportRequest {
                campaign: args.campaign,
                phases: args.phases,
                interim: args.interim,
                output: args.output,
            };
            output.result(&app_api::report(app, request).await?, |r| {
                r.paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join("\n")
            })?;
        }
        Command::Export(args) => {
            let request = app_api::ExportRequest {
                campaign: args.campaign,
                kind: args.kind,
                layout: args.layout,
                output: args.output,
            };
            output.result(&app_api::export(app, request).await?, |r| {
                let left_out: String = r.left_out.iter().map(|what| format!("\nleft out: {what}")).collect();
                format!("{} runs, {} files in {}{left_out}", r.runs, r.files, r.folder.display())
            })?;
        }
        Command::Table(args) => {
            let request = app_api::TableRequest {
                campaign: args.campaign,
                kind: args.kind,
                metric: args.metric,
                by: args.by,
                style: args.style,
                format: args.format,
            };
            written(app_api::table(app, request).await?, args.output.as_deref(), output)?;
        }
        Command::Figure(args) => {
            let request = app_api::FigureRequest {
                campaign: args.campaign,
                kind: args.kind,
                metric: args.metric,
                by: args.by,
                width: args.width,
                format: args.format,
                outlined: false,
            };
            written(app_api::figure(app, request).await?.svg, args.output.as_deref(), output)?;
        }
        Command::Import(args) => {
            let request = app_api::ImportRequest {
                files: args.files,
                kind: args.kind,
                dry_run: args.dry_run,
                id: args.id,
                amend: args.amend,
            };
            let reply = app_api::import(app, request).await?;
            let failed = !reply.problems.is_empty();
            output.result(&reply, imported)?;
            return Ok(if failed { crate::INVALID } else { 0 });
        }
        Command::Diff(args) => {
            let reply = app_api::diff(app, app_api::DiffRequest { a: args.a, b: args.b }).await?;
            output.result(&reply, differing)?;
        }
        Command::Doctor => {
            let reply = app_api::doctor(app, app_api::DoctorRequest::default()).await?;
            output.result(&reply, |r| {
                let state = |s: &app_api::DoctorState| match s {
                    app_api::DoctorState::Ok => "ok",
                    app_api::DoctorState::Partly => "partly",
                    app_api::DoctorState::Missing => "missing",
                    app_api::DoctorState::Failed => "FAILED",
                    app_api::DoctorState::NotBuilt => "not built",
                };
                let row = |c: &app_api::DoctorCheck| {
                    let fix = c.fix.as_ref().map(|f| format!(" → {f}")).unwrap_or_default();
                    vec![c.name.clone(), state(&c.state).into(), format!("{}{fix}", c.detail)]
                };
                columns(&["check", "state", "detail"], &r.checks.iter().map(row).collect::<Vec<_>>())
            })?;
        }
        Command::Schema => output.write(&serde_json::to_string_pretty(&app_api::spec_schema())?)?,
    }
    Ok(0)
}

pub(crate) async fn plan(
    app: &App,
    spec: String,
    set: Vec<String>,
    selection: Selection,
    output: Output,
) -> anyhow::Result<u8> {
    let mut broken = None;
    let request = app_api::PlanRequest { spec, set, selection };
    let reply = app_api::plan(app, request, &mut |line: PlanLine| {
        let said = if output.json {
            output.line(&line)
        } else {
            let levels: Vec<String> = line.condition.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let id = line.run_id.short();
            output.write(&format!(
                "{id}  {}  replicate {}  {}",
                line.phase,
                line.replicate,
                printable(&levels.join(" "))
            ))
        };
        if let Err(e) = said {
            broken.get_or_insert(e);
        }
    })
    .await?;
    if let Some(error) = broken {
        return Err(error);
    }
    if output.json {
        output.line(&reply)?;
    } else {
        output.remark(&format!("{}, plan {}", count(reply.runs, "run"), reply.plan_hash));
        for (phase, when) in &reply.chosen_when {
            output.remark(&format!("{phase} is not listed: its conditions are {when}"));
        }
    }
    Ok(0)
}

async fn steer(app: &App, campaign: String, command: ControlCommand, output: Output) -> anyhow::Result<()> {
    let reply = app_api::steer(app, app_api::SteerRequest { campaign, command }).await?;
    output.result(&reply, |r| r.message.clone())
}

async fn watch(app: &App, args: WatchArgs, output: Output) -> anyhow::Result<()> {
    if !(0.1..=86_400.0).contains(&args.every) {
        return Err(AppError::input("invalid_option", "--every: expected 0.1 to 86400 (seconds)")
            .field("every")
            .into());
    }
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    loop {
        let reply = app_api::list(app, app_api::ListRequest::default()).await?;
        let busy = reply.campaigns.iter().any(|c| matches!(c.state.as_str(), "running" | "paused"));
        if output.json {
            output.line(&reply)?;
        } else {
            // Home and clear below: a table that stays in place.
            let clear = if terminal { "\x1b[H\x1b[J" } else { "" };
            output.write(&format!("{clear}{}\n", listed(&reply)))?;
        }
        if args.until_idle && !busy {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs_f64(args.every)).await;
    }
}

fn text(text: &str, file: Option<&Path>, output: Output) -> anyhow::Result<()> {
    match file {
        None => output.write(text),
        Some(path) => {
            let refuse = |e: std::io::Error| AppError::operation("unwritable_file", format!("{}: {e}", path.display()));
            std::fs::write(path, text).map_err(refuse)?;
            output.result(&serde_json::json!({ "path": path }), |_| path.display().to_string())
        }
    }
}

fn written(reply: app_api::TextReply, file: Option<&Path>, output: Output) -> anyhow::Result<()> {
    for warning in &reply.warnings {
        output.remark(&format!("warning: {}", printable(warning)));
    }
    if file.is_none() && output.json { output.line(&reply) } else { text(&reply.text, file, output) }
}

fn validated(r: &app_api::ValidateReply) -> String {
    let mut lines =
        vec![format!("{} is valid: {}, {}", r.campaign, count(r.conditions, "condition"), count(r.runs, "run"))];
    let phases: Vec<Vec<String>> =
        r.phases.iter().map(|p| vec![p.name.clone(), p.conditions.to_string(), p.runs.to_string()]).collect();
    lines.push(columns(&["phase", "conditions", "runs"], &phases));
    let open = r.phases.iter().filter_map(|p| Some((&p.name, p.chosen_when.as_ref()?)));
    lines.extend(open.map(|(name, when)| format!("{name}: its conditions are {when}")));
    if r.excluded_by_constraints > 0 {
        lines.push(format!("{} left out by constraints", count(r.excluded_by_constraints, "condition")));
    }
    if r.collapsed > 0 {
        lines.push(format!("{} can't differ from another and are run once", count(r.collapsed, "combination")));
    }
    let duration = &r.estimate.duration_s;
    lines.push(match (duration.lo, duration.value, duration.hi) {
        (Some(lo), Some(value), Some(hi)) => {
            format!("about {} (80 %: {} to {}; {})", seconds(value), seconds(lo), seconds(hi), duration.why)
        }
        _ => format!("duration unknown: {}", duration.why),
    });
    lines.extend(r.warnings.iter().map(|w| format!("warning: {}", printable(w))));
    lines.push(format!("spec {}\nplan {}", r.spec_hash, r.plan_hash));
    lines.join("\n")
}

fn standing(r: &app_api::StatusReply) -> String {
    let mut lines = vec![
        format!("{} – {}", r.campaign, printable(&r.title)),
        format!(
            "{}{}, revision {}: {} of {} runs succeeded, {} failed, {} executing",
            r.state,
            if r.live { " (an engine holds it)" } else { "" },
            r.revision,
            r.runs_completed,
            r.runs,
            r.runs_failed,
            r.runs_running
        ),
    ];
    lines.extend(r.stopped_by.iter().map(|why| format!("stopped: {}", printable(why))));
    if r.runs_out_of_plan > 0 {
        lines.push(format!(
            "{} of earlier revisions are kept, out of the plan",
            count(r.runs_out_of_plan, "finished run")
        ));
    }
    if let (Some(eta), Some(lo), Some(hi)) = (r.eta_s, r.eta_lo_s, r.eta_hi_s) {
        lines.push(format!("{} left (80 %: {} to {})", seconds(eta), seconds(lo), seconds(hi)));
    }
    for f in r.failed_runs.iter().take(20) {
        let times = count(u64::from(f.attempts), "attempt");
        lines.push(format!("  {} {} after {times}: {}", f.run_id.short(), f.class, printable(&f.message)));
    }
    if r.failed_runs.len() > 20 {
        lines.push(format!("  … and {} more", r.failed_runs.len() - 20));
    }
    lines.join("\n")
}

fn listed(r: &app_api::ListReply) -> String {
    if r.campaigns.is_empty() {
        return "no campaigns yet; run one with: ergon run SPEC".into();
    }
    let rows: Vec<Vec<String>> = r
        .campaigns
        .iter()
        .map(|c| {
            vec![
                c.campaign.clone(),
                c.state.clone(),
                format!("{}/{}", c.succeeded, c.runs),
                c.failed.to_string(),
                c.workload.clone(),
                c.created.clone(),
                printable(&c.title),
            ]
        })
        .collect();
    columns(&["campaign", "state", "done", "failed", "workload", "created (UTC)", "title"], &rows)
}

fn imported(r: &app_api::ImportReply) -> String {
    let lines: Vec<String> = r
        .files
        .iter()
        .map(|f| {
            let name = f.file.display();
            let keys =
                format!("{} mapped, {} defaulted, {} ignored", f.mapped.len(), f.defaulted.len(), f.ignored.len());
            match (&f.campaign, f.problems.is_empty()) {
                (Some(campaign), _) => format!("{name}: campaign {campaign} ({keys})"),
                (None, true) if f.spec.is_none() && f.kind.as_deref() == Some("consensus-report") => {
                    format!("{name}: nothing to import ({keys})")
                }
                (None, true) => format!("{name}: can be imported ({keys})"),
                (None, false) => format!("{name}: not imported\n  {}", f.problems.join("\n  ")),
            }
        })
        .collect();
    let parts = [("mapped", &r.mapped), ("defaulted", &r.defaulted), ("ignored", &r.ignored), ("look at", &r.warnings)];
    let said = parts.iter().filter(|(_, lines)| !lines.is_empty());
    let said = said.map(|(title, lines)| printable_lines(title, lines));
    lines.into_iter().chain(said).collect::<Vec<_>>().join("\n")
}

fn printable_lines(title: &str, lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("\n  {}", printable(line))).collect();
    format!("{title}:{}", lines.concat())
}

fn differing(r: &app_api::DiffReply) -> String {
    let value = |v: &Option<serde_json::Value>| v.as_ref().map_or_else(|| "–".into(), |v| printable(&v.to_string()));
    let mut lines: Vec<String> =
        r.differences.iter().map(|d| format!("{}: {} → {}", d.path, value(&d.old), value(&d.new))).collect();
    if lines.is_empty() {
        lines.push("the specs say the same".into());
    }
    lines.push(format!(
        "{} in both plans, {} only in the first, {} only in the second",
        count(r.runs_shared, "run"),
        r.runs_only_a,
        r.runs_only_b
    ));
    lines.join("\n")
}

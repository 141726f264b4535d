//! `ergon energy …`: sensors, recordings and programs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ergon_app as app_api;
use ergon_app::{
    App, DomainEnergy, EnergySessionsReply, EnergyTraceReply, FootprintReply, IdleDomain, IdleReply, MissingSensor,
    RecordReply, ResourceInfo, SensorInfo, SensorsReply,
};

use crate::output::{Output, columns};

#[derive(Debug, Subcommand)]
pub(crate) enum EnergyCommand {
    /// What is measured or estimated here, and why the rest isn't.
    Sensors(Roots),
    /// Record for a while.
    Record(RecordArgs),
    /// Work out again what `record --readings` wrote.
    Replay(ReplayArgs),
    /// Power during the last attempt of a run.
    Trace(TraceArgs),
    /// What the machine draws at rest.
    Idle(IdleArgs),
    /// Run a program, account the machine's energy meanwhile.
    Exec(ExecArgs),
    /// What a campaign took, session by session.
    Show(ShowArgs),
    /// Carbon and water of a campaign's energy, or of any.
    Footprint(FootprintArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(default_value = "latest")]
    campaign: String,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The file.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    campaign: String,
    /// The run's id, or its beginning.
    run: String,
}

#[derive(Debug, Args)]
pub(crate) struct IdleArgs {
    /// Seconds, one sample each.
    #[arg(long, value_name = "S", default_value_t = 30)]
    seconds: u32,
}

#[derive(Debug, Args)]
pub(crate) struct FootprintArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    #[arg(required_unless_present = "joules")]
    campaign: Option<String>,
    /// So many joules instead of a campaign's.
    #[arg(long, value_name = "J", conflicts_with = "campaign")]
    joules: Option<f64>,
    /// Country code, or WORLD.
    #[arg(long, default_value = "WORLD")]
    region: String,
    /// Power usage effectiveness of the site; 1 for a machine under a desk.
    #[arg(long, default_value_t = 1.0)]
    pue: f64,
    /// Water used on site, litres per kWh.
    #[arg(long, value_name = "L/kWh", default_value_t = 0.0)]
    wue: f64,
    /// The machine's making, kg CO2e; counted by time over its life.
    #[arg(long, value_name = "KG", requires = "campaign")]
    embodied: Option<f64>,
    /// The machine's life, years.
    #[arg(long, default_value_t = 4.0)]
    life_years: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Roots {
    /// Stands in for /sys (also `ERGON_SYSFS_ROOT`).
    #[arg(long, value_name = "DIR")]
    sysfs_root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Seconds.
    #[arg(long, value_name = "S", default_value_t = 10.0)]
    duration: f64,
    /// Samples a second.
    #[arg(long, value_name = "HZ", default_value_t = 10.0)]
    rate: f64,
    /// Keep every reading in this file, to work the figures out again.
    #[arg(long, value_name = "FILE")]
    readings: Option<PathBuf>,
    #[command(flatten)]
    roots: Roots,
}

#[derive(Debug, Args)]
pub(crate) struct ExecArgs {
    /// Samples a second.
    #[arg(long, value_name = "HZ", default_value_t = 10.0)]
    rate: f64,
    #[command(flatten)]
    roots: Roots,
    /// Program and arguments, after `--`.
    #[arg(last = true, required = true, value_name = "CMD")]
    argv: Vec<String>,
}

/// Answers the exit code: a program's own, where one ran.
pub(crate) async fn energy(app: &App, command: EnergyCommand, output: Output) -> anyhow::Result<u8> {
    match command {
        EnergyCommand::Sensors(roots) => {
            let request = app_api::SensorsRequest { sysfs_root: roots.sysfs_root };
            output.result(&app_api::sensors(app, request).await?, sensors)?;
        }
        EnergyCommand::Record(args) => {
            let request = app_api::RecordRequest {
                duration_s: Some(args.duration),
                rate_hz: Some(args.rate),
                sysfs_root: args.roots.sysfs_root,
            };
            let reply = match &args.readings {
                Some(file) => app_api::energy_tape(app, request, file).await?,
                None => app_api::energy_record(app, request).await?,
            };
            output.result(&reply, record)?;
        }
        EnergyCommand::Replay(args) => {
            output.result(&app_api::energy_replay(app, &args.file).await?, record)?;
        }
        EnergyCommand::Trace(args) => {
            let request = app_api::EnergyTraceRequest { campaign: args.campaign, run: args.run };
            output.result(&app_api::energy_trace(app, request).await?, trace)?;
        }
        EnergyCommand::Idle(args) => {
            let request = app_api::IdleRequest { seconds: Some(args.seconds) };
            output.result(&app_api::energy_idle(app, request).await?, idle)?;
        }
        EnergyCommand::Exec(args) => {
            let request = app_api::ExecRequest {
                argv: args.argv,
                rate_hz: Some(args.rate),
                sysfs_root: args.roots.sysfs_root,
                output_to_stderr: output.json,
            };
            let reply = app_api::energy_exec(app, request).await?;
            output.result(&reply, |reply| {
                let cpu = reply.cpu_s.map_or_else(|| "CPU time unknown".into(), |s| format!("{s:.2} s of CPU time"));
                format!("{}\n{cpu}", record(&reply.record))
            })?;
            let code = reply.exit_code.or_else(|| reply.signal.map(|signal| 128 + signal));
            // What the program said with its exit code is what this command says.
            return Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(crate::FAILED));
        }
        EnergyCommand::Show(args) => {
            let request = app_api::EnergySessionsRequest { campaign: args.campaign };
            output.result(&app_api::energy_sessions(app, request).await?, sessions)?;
        }
        EnergyCommand::Footprint(args) => {
            let request = app_api::FootprintRequest {
                campaign: args.campaign,
                energy_j: args.joules,
                region: args.region,
                pue: args.pue,
                wue_l_per_kwh: args.wue,
                embodied_kg: args.embodied,
                life_years: args.life_years,
            };
            output.result(&app_api::energy_footprint(app, request).await?, footprint)?;
        }
    }
    Ok(0)
}

fn resource(r: &ResourceInfo) -> Vec<String> {
    let number = |x: f64| if x.abs() >= 1000.0 { format!("{x:.1}") } else { format!("{x:.4}") };
    let mark = if matches!(r.provenance.as_str(), "estimated" | "simulated") { " †" } else { "" };
    let shown = r.value.map_or_else(|| "—".to_owned(), |x| format!("{}{mark}", number(x)));
    let bounds = r.lo.zip(r.hi).map_or_else(String::new, |(lo, hi)| format!("{}–{}", number(lo), number(hi)));
    let note = r.reason.clone().or_else(|| r.source.clone()).unwrap_or_default();
    vec![r.name.clone(), shown, bounds, r.provenance.clone(), r.flags.join(" "), note]
}

const RESOURCE: [&str; 6] = ["", "value", "bounds", "provenance", "flags", "how, or why not"];

fn sessions(reply: &EnergySessionsReply) -> String {
    let mut text = String::new();
    for session in &reply.sessions {
        text += &format!("session of {}, mode {}\n", session.started_at, session.mode);
        for w in &session.windows {
            text += &format!("\n{} from {}, {:.3} s, {} attempts\n", w.kind, w.started_at, w.duration_s, w.attempts);
            let rows: Vec<_> = w.resources.iter().map(resource).collect();
            text += &columns(&RESOURCE, &rows);
            text += "\n";
        }
    }
    if text.is_empty() { format!("no energy of {} is in the store", reply.campaign) } else { text }
}

fn trace(reply: &EnergyTraceReply) -> String {
    let names = reply.channels.as_array().into_iter().flatten();
    let names = names.map(|c| c.get("domain").and_then(|d| d.as_str()).unwrap_or("?").to_owned() + ", W");
    let heads: Vec<String> = std::iter::once("s".to_owned()).chain(names).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let watts = |w: &Option<f64>| w.map_or_else(|| "—".to_owned(), |w| format!("{w:.3}"));
    let rows = reply.points.iter().map(|p| [format!("{:.3}", p.at_s)].into_iter().chain(p.power_w.iter().map(watts)));
    let rows: Vec<Vec<String>> = rows.map(Iterator::collect).collect();
    let table = if rows.is_empty() { "no samples were kept of this run".into() } else { columns(&heads, &rows) };
    let resources: Vec<_> = reply.resources.iter().map(resource).collect();
    format!("{table}\n\n{}", columns(&RESOURCE, &resources))
}

fn idle(reply: &IdleReply) -> String {
    let watts = |w: Option<f64>| w.map_or_else(|| "—".to_owned(), |w| format!("{w:.2}"));
    let row = |d: &IdleDomain| vec![d.domain.clone(), watts(d.watts), watts(d.mad_w), d.provenance.clone()];
    let rows: Vec<_> = reply.domains.iter().map(row).collect();
    let mut text = columns(&["domain", "idle W", "± W", "provenance"], &rows);
    for domain in &reply.domains {
        text += &domain.why.as_ref().map(|why| format!("\n{}: {why}", domain.domain)).unwrap_or_default();
    }
    let busy =
        reply.cpu_percent.map_or_else(|| "processor load unknown".into(), |p| format!("processor {p:.0} % busy"));
    text += &format!("\nmedian of {:.0} s; {busy}", reply.duration_s);
    for warning in &reply.warnings {
        text += &format!("\nwarning: {warning}");
    }
    text
}

fn footprint(reply: &FootprintReply) -> String {
    let rows: Vec<_> = std::iter::once(&reply.energy).chain(&reply.footprint).map(resource).collect();
    let mut text = columns(&RESOURCE, &rows);
    for f in &reply.factors {
        let verified = if f.verified { "" } else { "; not verified with the publisher" };
        text += &format!(
            "\n{}: {} {} ({}, {}), {}, {}{verified}",
            f.kind, f.value, f.unit, f.year, f.scope, f.source, f.licence
        );
    }
    text
}

fn sensors(reply: &SensorsReply) -> String {
    let row = |d: &SensorInfo| vec![d.domain.clone(), d.provenance.clone(), d.place.clone()];
    let rows: Vec<_> = reply.domains.iter().map(row).collect();
    let text = columns(&["domain", "provenance", "read at"], &rows);
    text + &not_available(&reply.unavailable)
}

fn not_available(unavailable: &[MissingSensor]) -> String {
    let mut text = String::new();
    for missing in unavailable {
        text += &format!("\nnot available: {} — {}", missing.what, missing.why);
        if !missing.fix.is_empty() {
            text += &format!("\n    {}", missing.fix);
        }
    }
    text
}

fn row(name: &str, energy: &DomainEnergy) -> Vec<String> {
    let shown = |x: Option<f64>| x.map_or_else(|| "withheld".to_owned(), |x| format!("{x:.3}"));
    let bounds = format!("{:.3}–{:.3}", energy.lo_j, energy.hi_j);
    let mark = if energy.provenance == "measured" { "" } else { " †" };
    vec![
        name.to_owned(),
        format!("{}{mark}", shown(energy.energy_j)),
        bounds,
        shown(energy.mean_w),
        energy.provenance.clone(),
        energy.flags.join(" "),
    ]
}

fn record(reply: &RecordReply) -> String {
    let mut rows: Vec<_> = reply.domains.iter().map(|(name, energy)| row(name, energy)).collect();
    if let (Some(sum), Some(covers)) = (&reply.total, &reply.total_covers) {
        rows.push(row(&format!("total: {covers}"), sum));
    }
    let mut text = columns(&["domain", "J", "bounds (J)", "mean W", "provenance", "flags"], &rows);
    let estimated = reply.domains.values().find(|d| d.provenance == "estimated").and_then(|d| d.source.as_ref());
    if let Some(source) = estimated {
        text += &format!("\n† estimated: {source}; nothing here measures energy");
    }
    text += &format!(
        "\n{:.3} s, {} samples, {} missed; sampling took {:.4} s of CPU time",
        reply.duration_s, reply.samples, reply.missed, reply.overhead_cpu_s
    );
    text + &not_available(&reply.unavailable)
}

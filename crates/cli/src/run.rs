//! `run`: progress on standard error, events with `--json`, Ctrl-C drains and a second one stops.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ergon_app::{App, AppError, Handle, ResultsForm, RunReply, RunRequest, Selection, Stopped};

use crate::args::{RunArgs, Selection as SelectionArgs};
use crate::output::{Output, seconds};
use crate::progress::Screen;
use crate::{BUDGET, FAILED, INTERRUPTED, SOME_RUNS_FAILED};

pub(crate) fn selection(args: SelectionArgs) -> Selection {
    Selection {
        phases: args.phases,
        filters: args.filters,
        limit: args.limit,
        start_from: args.start_from.unwrap_or(0),
    }
}

pub(crate) async fn run(app: &App, args: RunArgs, output: Output) -> anyhow::Result<u8> {
    if args.queue {
        return run_queue(app, args, output).await;
    }
    let target = args.target.or(args.config).unwrap_or_default();
    let selection = selection(args.selection);
    if args.dry_run {
        return crate::show::plan(app, target, args.set, selection, output).await;
    }
    let request = RunRequest {
        target,
        set: args.set,
        selection,
        only: args.only,
        parallel: args.parallel,
        retry_failed: args.retry_failed,
        amend: args.amend,
        replay: args.replay.is_some(),
        replay_from: args.replay.flatten(),
    };
    let reply = run_one(app, request, output).await?;
    if reply.remaining == 0 && reply.succeeded > 1 {
        warn_of_nothing_varied(app, &reply.campaign, output).await?;
    }
    if let Some(folder) = &args.output {
        write_outputs(app, &reply.campaign, folder, output).await?;
    }
    Ok(code(&reply))
}

async fn run_one(app: &App, request: RunRequest, output: Output) -> anyhow::Result<RunReply> {
    RUNNING.store(true, Ordering::SeqCst);
    let handle = Handle::new();
    let signals = tokio::spawn(obey_signals(handle.clone(), output));
    let _leave_on_signal = LeaveOnSignal;
    let mut screen = Screen::new(output);
    let mut broken = None;
    let reply = ergon_app::run_with(app, request, handle, &mut |event| {
        if output.json {
            if let Err(e) = output.line(&event) {
                broken.get_or_insert(e);
            }
        } else {
            screen.show(&event);
        }
    })
    .await;
    screen.finish();
    signals.abort();
    let reply = reply?;
    if let Some(error) = broken {
        return Err(error);
    }
    for warning in &reply.warnings {
        output.remark(&format!("warning: {warning}"));
    }
    output.result(&reply, |r| {
        let also = |n: u64, what: &str| if n > 0 { format!(", {n} {what}") } else { String::new() };
        let mut text = format!(
            "{}: {} of {} runs succeeded{}{}{} in {}",
            r.campaign,
            r.succeeded,
            r.runs,
            also(r.failed, "failed"),
            also(r.skipped, "skipped"),
            also(r.remaining, "still to do"),
            seconds(r.duration_s),
        );
        if r.remaining > 0 {
            text += &format!("\nresume with: ergon run {}", r.campaign);
        }
        if r.failed > 0 {
            text += &format!("\nlook with: ergon status {0}; try again with: ergon run {0} --retry-failed", r.campaign);
        }
        text
    })?;
    Ok(reply)
}

fn code(reply: &RunReply) -> u8 {
    // A stop that came when everything had ended stopped nothing.
    match reply.stopped.filter(|_| reply.remaining > 0) {
        Some(Stopped::Budget) => BUDGET,
        Some(Stopped::Asked) => INTERRUPTED,
        None if reply.failed > 0 || reply.skipped > 0 => SOME_RUNS_FAILED,
        None => 0,
    }
}

/// After a campaign there is nothing to drain: from then on a signal ends the program.
struct LeaveOnSignal;

impl Drop for LeaveOnSignal {
    fn drop(&mut self) {
        tokio::spawn(async {
            use tokio::signal::unix::{SignalKind, signal};
            let (Ok(mut interrupt), Ok(mut terminate)) =
                (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
            else {
                return;
            };
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if !RUNNING.load(Ordering::SeqCst) {
                std::process::exit(i32::from(INTERRUPTED));
            }
        });
        RUNNING.store(false, Ordering::SeqCst);
    }
}

/// Whether a campaign executes: then signals are its business.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// First SIGINT or SIGTERM: drain. Second: stop.
async fn obey_signals(handle: Handle, output: Output) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    let mut asked = false;
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if asked {
            output.remark("stopping: executing runs are cancelled; they run again when you resume");
            handle.stop_now();
        } else {
            output.remark("draining: executing runs end, no new ones start (again to stop at once)");
            handle.drain(Stopped::Asked, "interrupted");
            asked = true;
        }
    }
}

async fn run_queue(app: &App, args: RunArgs, output: Output) -> anyhow::Result<u8> {
    let (mut done, mut worst) = (0, 0);
    while args.max_campaigns.is_none_or(|most| done < most) {
        let Some(campaign) = app.next_in_queue().await? else {
            if !args.continuous {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            continue;
        };
        let request = RunRequest { target: campaign, parallel: args.parallel, ..RunRequest::default() };
        let name = request.target.clone();
        done += 1;
        let reply = match run_one(app, request, output).await {
            Ok(reply) => reply,
            // One campaign that can't run must not keep the others waiting.
            Err(error) => {
                let error = error.downcast::<AppError>()?;
                output.error(&error);
                worst = worst.max(FAILED);
                if error.code != "campaign_held" {
                    app.leave_queue(&name).await?;
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                continue;
            }
        };
        match code(&reply) {
            INTERRUPTED => return Ok(INTERRUPTED),
            code => worst = worst.max(code),
        }
    }
    let queued = ergon_app::ListRequest { status: Some("queued".into()), tag: None };
    let waiting = ergon_app::list(app, queued).await?.campaigns;
    if !waiting.is_empty() && args.max_campaigns.is_none() {
        let names: Vec<&str> = waiting.iter().map(|c| c.campaign.as_str()).collect();
        output.remark(&format!(
            "still queued, waiting for campaigns that have not finished: {}; run those, or queue these again without \
             --depends-on",
            names.join(", ")
        ));
        worst = worst.max(FAILED);
    } else if done == 0 {
        output.remark("nothing is queued; put a campaign there with: ergon queue CAMPAIGN");
    }
    Ok(worst)
}

/// What would make the results meaningless is said at once, not only when somebody asks.
async fn warn_of_nothing_varied(app: &App, campaign: &str, output: Output) -> anyhow::Result<()> {
    let request = ergon_app::CheckRequest { campaign: campaign.to_owned(), run: None };
    let found = ergon_app::check(app, request).await?.nothing_varied();
    for finding in &found {
        output.remark(&format!("warning: {finding}"));
    }
    if !found.is_empty() {
        output.remark(&format!("look with: ergon check {campaign}"));
    }
    Ok(())
}

/// Results, report and the default table and figure.
async fn write_outputs(app: &App, campaign: &str, folder: &Path, output: Output) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .map_err(|e| AppError::operation("unwritable_folder", format!("{}: {e}", folder.display())))?;
    let results = ergon_app::results(
        app,
        ergon_app::ResultsRequest {
            campaign: campaign.to_owned(),
            form: ResultsForm::Csv,
            ..ergon_app::ResultsRequest::default()
        },
    )
    .await?;
    let path = folder.join("campaign_results.csv");
    std::fs::write(&path, results.text)?;
    output.remark(&format!("wrote {}", path.display()));
    let report = ergon_app::report(
        app,
        ergon_app::ReportRequest {
            campaign: campaign.to_owned(),
            output: Some(folder.to_path_buf()),
            ..ergon_app::ReportRequest::default()
        },
    )
    .await?;
    for path in report.paths {
        output.remark(&format!("wrote {}", path.display()));
    }
    Ok(())
}

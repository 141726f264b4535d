//! `ergon scenario`: a run turn by turn, and branches.

use clap::Args;
use ergon_app::{App, BranchRequest, RunDetailRequest, ScenarioReply};

use crate::output::{Output, printable};

#[derive(Debug, Args)]
pub(crate) struct ScenarioArgs {
    /// Campaign id, ULID prefix, spec path or `latest`.
    campaign: String,
    /// The run's id, or its beginning.
    run: String,
    /// Register a campaign that takes over the turns up to this one (0: none) and goes on from there.
    #[arg(long, value_name = "TURN")]
    branch: Option<u32>,
    /// Id of that campaign.
    #[arg(long, value_name = "ID", requires = "branch")]
    id: Option<String>,
}

pub(crate) async fn scenario(app: &App, args: ScenarioArgs, output: Output) -> anyhow::Result<()> {
    let ScenarioArgs { campaign, run, branch, id } = args;
    match branch {
        Some(turn) => {
            let request = BranchRequest { campaign, run, turn, new_id: id };
            let reply = ergon_app::branch(app, request).await?;
            output.result(&reply, |r| {
                format!("registered {0}; change its spec as you like, then: ergon run {0}", r.campaign)
            })
        }
        None => {
            let reply = ergon_app::scenario(app, RunDetailRequest { campaign, run }).await?;
            output.result(&reply, text)
        }
    }
}

fn text(reply: &ScenarioReply) -> String {
    let mut lines = vec![printable(&reply.scenario), String::new(), printable(&reply.initial_world)];
    for turn in &reply.turns {
        lines.push(format!("\nTurn {} of {}", turn.turn, reply.planned_turns));
        lines.extend(turn.events.iter().map(|e| format!("  event {}: {}", printable(&e.name), printable(&e.text))));
        lines.extend(turn.messages.iter().map(|m| {
            let to = if m.to.is_empty() { "all".to_owned() } else { m.to.join(", ") };
            format!("  {} to {}: {}", printable(&m.from), printable(&to), printable(&m.text))
        }));
        lines.extend(
            turn.decisions
                .iter()
                .map(|d| format!("  {} ({}): {}", printable(&d.actor), d.stance, printable(&d.decision))),
        );
        lines.push(printable(&turn.world));
        lines.extend(turn.metrics.iter().map(|m| {
            let why = m.reason.as_ref().map_or_else(String::new, |why| format!(" ({})", printable(why)));
            format!("  {} = {}{why}", m.metric, m.display)
        }));
        lines.extend(turn.issues.iter().map(|issue| format!("  issue: {}", printable(issue))));
    }
    if let Some(why) = &reply.halted_reason {
        lines.push(format!("\nended: {}", printable(why)));
    }
    if reply.simulated {
        lines.push("\nsimulated: not evidence about a real model".into());
    }
    lines.join("\n")
}

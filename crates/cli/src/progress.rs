//! Progress of a run on a terminal: done, failed, rate, ETA with its range.

use ergon_app::{Event, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{Output, printable, seconds};

/// Shows events to a person. On a terminal a bar; otherwise a line at every tenth.
pub(crate) struct Screen {
    output: Output,
    bar: ProgressBar,
    tenths: u64,
}

impl Screen {
    pub(crate) fn new(output: Output) -> Self {
        let bar = if output.terminal && !output.quiet && !output.json {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
            if let Ok(style) = ProgressStyle::with_template("{bar:28} {pos}/{len} {msg}") {
                bar.set_style(style);
            }
            bar
        } else {
            ProgressBar::hidden()
        };
        Self { output, bar, tenths: 0 }
    }

    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::CampaignStarted { campaign, runs, ended_before, parallel } => {
                self.bar.set_length(*runs);
                let before = if *ended_before > 0 { format!(", {ended_before} done before") } else { String::new() };
                self.say(&format!("{campaign}: {runs} runs{before}, {parallel} at once"));
            }
            Event::Recovered { runs } => self.say(&format!(
                "an earlier engine ended while {} run(s) were executing; they are closed as interrupted and run again",
                runs.len()
            )),
            Event::RunEnded { run_id, state, failure: Some(class), message, attempt, .. } => self.say(&format!(
                "run {} attempt {attempt} {class}: {}{}",
                run_id.short(),
                printable(message.as_deref().unwrap_or_default()),
                if state.name() == "queued" { " (tried again)" } else { "" }
            )),
            Event::PhaseSkipped { phase, reason } => self.say(&format!("phase {phase} is skipped: {reason}")),
            Event::Paused => self.say("paused: no new runs start"),
            Event::Resumed => self.say("resumed"),
            Event::Draining { reason } => {
                self.say(&format!("draining ({reason}): executing runs end, no new ones start"))
            }
            Event::StoreTrouble { message } => {
                self.say(&format!("the store could not be written, trying again: {message}"))
            }
            Event::Alert(alert) => self.say(&alert.to_string()),
            Event::Progress(progress) => self.progress(progress),
            Event::RunStarted { .. } | Event::RunEnded { .. } | Event::Models(_) => {}
        }
    }

    fn progress(&mut self, p: &Progress) {
        let done = p.succeeded + p.failed + p.skipped;
        let eta = match (p.eta_s, p.eta_lo_s, p.eta_hi_s) {
            (Some(eta), Some(lo), Some(hi)) if done < p.runs => {
                format!(", {} left (80 %: {} to {})", seconds(eta), seconds(lo), seconds(hi))
            }
            _ => String::new(),
        };
        let failed = if p.failed > 0 { format!(", {} failed", p.failed) } else { String::new() };
        self.bar.set_position(done);
        self.bar.set_message(format!("{} running{failed}{eta}", p.running));
        let tenths = (done * 10).checked_div(p.runs).unwrap_or(0);
        if self.bar.is_hidden() && !self.output.json && tenths > self.tenths {
            self.tenths = tenths;
            self.output.remark(&format!("{done}/{}{failed}{eta}", p.runs));
        }
    }

    fn say(&self, text: &str) {
        if self.output.json {
            return;
        }
        if self.bar.is_hidden() {
            self.output.remark(text);
        } else if !self.output.quiet {
            self.bar.println(text);
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

//! One turn: events, communication, decisions, the world, metrics, validation. A state goes in, the next comes out.

use std::collections::BTreeMap;

use ergon_domain::{DecisionProblem, RunContext, RunError};
use futures_util::future::join_all;

use super::asking::{Answer, Purpose, Question, ask};
use super::events::{Chances, Situation, happening};
use super::extraction::{Found, form, from_reply, from_text, readings};
use super::manifest::{identifier, parts};
use super::metrics::{Extraction, MetricRule, Source};
use super::prompt::{Stage, actor_system, actor_view, narrator_system, narrator_view, part};
use super::settings::Play;
use super::simulated_play;
use super::state::{CallLine, Decision, EventFired, Message, Reading, State, Turn};
use super::talk::{COOPERATE, Channels, DECISION_QUESTION, decision_schema, read_decision};

/// A run under way.
pub(super) struct Player<'a> {
    pub(super) play: &'a Play<'a>,
    pub(super) context: &'a RunContext,
    pub(super) chances: &'a Chances,
}

impl Player<'_> {
    /// Plays the turn after `state`.
    pub(super) async fn turn(&self, state: &State) -> Result<Turn, RunError> {
        let number = state.turns.len() as u32 + 1;
        let events = self.events(state, number);
        let (history, mut calls) = self.history(state, number).await?;
        let stage = Stage { turn: number, state, history, events: &events };
        let messages = self.communicate(&stage, &mut calls).await?;
        let decisions = self.decide(&stage, &messages, &mut calls).await?;
        let world = self.narrate(&stage, &messages, &decisions, &mut calls).await?;
        let metrics = self.measure(&stage, &world, &decisions, &mut calls).await?;
        let mut turn = Turn { turn: number, events, messages, decisions, world, metrics, issues: Vec::new(), calls };
        if self.play.quality && (self.play.scenario.validation.each_turn || number == self.play.turns) {
            let _span = self.context.span("validation");
            let found = self.check(state, &turn).await?;
            turn.issues = found.0;
            turn.calls.extend(found.1);
        }
        Ok(turn)
    }

    fn events(&self, state: &State, turn: u32) -> Vec<EventFired> {
        if !self.play.events {
            return Vec::new();
        }
        let metrics = known_values(state);
        let now = Situation { turn, world: state.world(), metrics: &metrics };
        let happening = happening(&self.play.scenario.events, self.chances, &now, &|name| state.happened(name));
        happening.into_iter().map(|(name, text)| EventFired { name, text }).collect()
    }

    /// The worlds of earlier turns as far as they are shown, and what summarising the rest took.
    async fn history(&self, state: &State, turn: u32) -> Result<(Vec<(String, String)>, Vec<CallLine>), RunError> {
        // The last world is shown as the world now.
        let earlier = state.turns.len().saturating_sub(1);
        let first = earlier.saturating_sub(self.play.context_turns as usize);
        let worlds: Vec<&Turn> = state.turns.iter().take(earlier).skip(first).collect();
        let room = self.play.max_context_tokens.map_or(usize::MAX, |tokens| tokens as usize * 4 / 2);
        let mut used = 0;
        let fits = worlds.iter().rev().take_while(|t| {
            used += t.world.len();
            used <= room
        });
        let fits = fits.count();
        let (left_out, shown) = worlds.split_at(worlds.len() - fits);
        let mut history = Vec::new();
        let mut calls = Vec::new();
        if let (Some(from), Some(to)) = (left_out.first(), left_out.last()) {
            let title = format!("The world after turns {} to {}", from.turn, to.turn);
            let text = match &self.play.summarization_model {
                None => "(Left out: it no longer fits.)".to_owned(),
                Some(model) => {
                    let (summary, lines) = self.summarise(model, turn, left_out).await?;
                    calls = lines;
                    format!("(A summary.)\n{summary}")
                }
            };
            history.push((title, text));
        }
        history.extend(shown.iter().map(|t| (format!("The world after turn {}", t.turn), t.world.clone())));
        Ok((history, calls))
    }

    async fn summarise(&self, model: &str, turn: u32, worlds: &[&Turn]) -> Result<(String, Vec<CallLine>), RunError> {
        let mut user = String::new();
        for world in worlds {
            part(&mut user, &format!("After turn {}", world.turn), &world.world);
        }
        let short: Vec<String> =
            worlds.iter().map(|t| format!("Turn {}: {} decisions.", t.turn, t.decisions.len())).collect();
        let question = Question {
            purpose: Purpose::Summary,
            turn,
            who: None,
            model,
            system: "You summarise the course of a scenario in a few sentences, without judging it.".into(),
            user,
            schema: None,
            aside: DecisionProblem::Script(short.join("\n")),
        };
        ask(self.context, self.play.sampling, question, not_empty).await?.or_fail("the summary")
    }

    /// The rounds of messages. In a parallel turn a round's messages are heard after it.
    async fn communicate(&self, stage: &Stage<'_>, calls: &mut Vec<CallLine>) -> Result<Vec<Message>, RunError> {
        let mut said: Vec<Message> = Vec::new();
        if self.play.message_rounds == 0 || self.play.scenario.actors.len() < 2 {
            return Ok(said);
        }
        let _span = self.context.span("communication");
        for round in 1..=self.play.message_rounds {
            let heard = said.clone();
            if self.play.parallel {
                let actors = 0..self.play.scenario.actors.len();
                for answer in join_all(actors.map(|actor| self.speak(stage, actor, &heard, round))).await {
                    said.extend(heard_of(answer?, calls));
                }
            } else {
                for actor in 0..self.play.scenario.actors.len() {
                    let heard = said.clone();
                    let answer = self.speak(stage, actor, &heard, round).await?;
                    said.extend(heard_of(answer, calls));
                }
            }
        }
        Ok(said)
    }

    async fn speak(
        &self,
        stage: &Stage<'_>,
        actor: usize,
        heard: &[Message],
        round: u32,
    ) -> Result<Answer<Option<Message>>, RunError> {
        let features = &self.play.scenario.definition.features;
        let channels =
            Channels { public: features.public, bilateral: features.bilateral, coalition: features.coalition };
        let actor_is = &self.play.scenario.actors[actor];
        let others: Vec<&str> = self.others(actor);
        let user = actor_view(self.play, stage, actor_is, heard, &[]) + &channels.question(&others);
        let question = Question {
            purpose: Purpose::Message,
            turn: stage.turn,
            who: Some(&actor_is.id),
            model: &self.play.actor_models[actor],
            system: actor_system(self.play, actor_is),
            user,
            schema: Some(channels.schema(&others)),
            aside: simulated_play::message(actor_is, &others, channels, stage.turn + round),
        };
        let read = |text: &str| channels.read(text, &actor_is.id, &others, round);
        ask(self.context, self.play.sampling, question, read).await
    }

    fn others(&self, actor: usize) -> Vec<&str> {
        let all = self.play.scenario.actors.iter().enumerate();
        all.filter(|(i, _)| *i != actor).map(|(_, other)| other.id.as_str()).collect()
    }

    async fn decide(
        &self,
        stage: &Stage<'_>,
        said: &[Message],
        calls: &mut Vec<CallLine>,
    ) -> Result<Vec<Decision>, RunError> {
        let _span = self.context.span("decisions");
        let count = self.play.scenario.actors.len();
        let mut decided = Vec::with_capacity(count);
        if self.play.parallel {
            for answer in join_all((0..count).map(|actor| self.choose(stage, actor, said, &[]))).await {
                decided.push(take_decision(answer?, calls)?);
            }
        } else {
            for actor in 0..count {
                let answer = self.choose(stage, actor, said, &decided).await?;
                decided.push(take_decision(answer, calls)?);
            }
        }
        Ok(decided)
    }

    async fn choose(
        &self,
        stage: &Stage<'_>,
        actor: usize,
        said: &[Message],
        decided: &[Decision],
    ) -> Result<Answer<Decision>, RunError> {
        let actor_is = &self.play.scenario.actors[actor];
        let question = Question {
            purpose: Purpose::Decision,
            turn: stage.turn,
            who: Some(&actor_is.id),
            model: &self.play.actor_models[actor],
            system: actor_system(self.play, actor_is),
            user: actor_view(self.play, stage, actor_is, said, decided) + DECISION_QUESTION,
            schema: Some(decision_schema()),
            aside: simulated_play::decision(actor_is, stage.turn),
        };
        ask(self.context, self.play.sampling, question, |text: &str| read_decision(text, &actor_is.id)).await
    }

    async fn narrate(
        &self,
        stage: &Stage<'_>,
        said: &[Message],
        decided: &[Decision],
        calls: &mut Vec<CallLine>,
    ) -> Result<String, RunError> {
        let _span = self.context.span("world");
        let question = Question {
            purpose: Purpose::World,
            turn: stage.turn,
            who: None,
            model: &self.play.world_model,
            system: narrator_system(self.play),
            user: narrator_view(self.play, stage, said, decided),
            schema: None,
            aside: simulated_play::world(self.play, stage.state, stage.turn, stage.events, decided),
        };
        let answer = ask(self.context, self.play.sampling, question, not_empty).await?;
        let (world, lines) = answer.or_fail("the narrator's world")?;
        calls.extend(lines);
        Ok(world)
    }

    async fn measure(
        &self,
        stage: &Stage<'_>,
        world: &str,
        decided: &[Decision],
        calls: &mut Vec<CallLine>,
    ) -> Result<BTreeMap<String, Reading>, RunError> {
        let _span = self.context.span("metrics");
        let mut metrics = BTreeMap::new();
        if self.play.scenario.definition.features.metrics {
            let mut asked = Vec::new();
            for rule in &self.play.scenario.metrics.rules {
                for (base, text, what) in texts_of(rule, world, decided) {
                    match from_text(rule, &text, &what) {
                        Some(found) => metrics.extend(readings(rule, &base, &found)),
                        None => asked.push((rule, base, text)),
                    }
                }
            }
            for answer in
                join_all(asked.iter().map(|(rule, base, text)| self.rate(stage, rule, base, text, decided))).await
            {
                let (rule, base, Answer { said, calls: lines }) = answer?;
                calls.extend(lines);
                let found =
                    said.unwrap_or_else(|wrong| Found::Nothing(format!("the model's reply can't be read: {wrong}")));
                metrics.extend(readings(rule, &base, &found));
            }
        }
        debug_assert!(metrics.keys().all(|id| {
            let rules = &self.play.scenario.metrics.rules;
            rules.iter().flat_map(|rule| parts(rule, self.play.scenario)).any(|(part, _)| part == *id)
        }));
        Ok(metrics)
    }

    async fn rate<'r>(
        &self,
        stage: &Stage<'_>,
        rule: &'r MetricRule,
        base: &str,
        text: &str,
        decided: &[Decision],
    ) -> Result<(&'r MetricRule, String, Answer<Found>), RunError> {
        let Extraction::Model { prompt, .. } = &rule.extraction else {
            let said = Err("no model reads it".to_owned());
            return Ok((rule, base.to_owned(), Answer { said, calls: Vec::new() }));
        };
        let mut user = String::new();
        part(&mut user, "The text", text);
        part(&mut user, "The question", &format!("{prompt}\n\n{}", form(rule)));
        let question = Question {
            purpose: Purpose::Metric,
            turn: stage.turn,
            who: Some(base),
            model: self.play.metric_models.get(&rule.name).map_or("", String::as_str),
            system: "You read one number or word out of a text. You answer with it and nothing else.".into(),
            user,
            schema: None,
            aside: simulated_play::reading(rule, stage.state, decided),
        };
        let answer = ask(self.context, self.play.sampling, question, |text: &str| from_reply(rule, text)).await?;
        Ok((rule, base.to_owned(), answer))
    }
}

/// What a metric is read from: its id, the text, and what that is called in a message.
fn texts_of(rule: &MetricRule, world: &str, decided: &[Decision]) -> Vec<(String, String, String)> {
    let of = |decision: &Decision, base: String| {
        let text = [decision.reasoning.as_deref().unwrap_or_default(), &decision.decision].join("\n");
        (base, text, format!("{}'s decision", decision.actor))
    };
    match &rule.source {
        Source::World => vec![(rule.name.clone(), world.to_owned(), "the world".into())],
        Source::Actor(actor) => {
            decided.iter().filter(|d| d.actor == *actor).map(|d| of(d, rule.name.clone())).collect()
        }
        Source::EachActor => decided.iter().map(|d| of(d, format!("{}.{}", rule.name, identifier(&d.actor)))).collect(),
    }
}

/// What the others hear. A message that can't be read after its repair is heard by nobody: it is counted, and the turn goes
/// on without it, as it does where an actor says nothing.
fn heard_of(answer: Answer<Option<Message>>, calls: &mut Vec<CallLine>) -> Option<Message> {
    calls.extend(answer.calls);
    answer.said.ok().flatten()
}

fn take_decision(answer: Answer<Decision>, calls: &mut Vec<CallLine>) -> Result<Decision, RunError> {
    let (said, lines) = answer.or_fail("a decision")?;
    calls.extend(lines);
    Ok(said)
}

fn not_empty(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("it is empty".into()) } else { Ok(text.to_owned()) }
}

/// Everything that conditions may name, as it is after the last turn.
pub(super) fn known_values(state: &State) -> BTreeMap<String, f64> {
    let mut values = state.metrics();
    values.insert("turns".into(), state.turns.len() as f64);
    if let Some(share) = cooperation(state) {
        values.insert("cooperation_share".into(), share);
    }
    values
}

/// Cooperative decisions ÷ decisions; `None` where there are none.
pub(super) fn cooperation(state: &State) -> Option<f64> {
    let decisions: Vec<&Decision> = state.turns.iter().flat_map(|turn| &turn.decisions).collect();
    let cooperative = decisions.iter().filter(|d| d.stance == COOPERATE).count();
    (!decisions.is_empty()).then(|| cooperative as f64 / decisions.len() as f64)
}

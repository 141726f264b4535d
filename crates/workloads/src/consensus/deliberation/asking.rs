//! Putting questions to a model: several at once, one repair of an unreadable reply, and the account of it all.

use ergon_domain::structured::repair;
use ergon_domain::{ChatReply, ChatRequest, FailureClass, ModelError, RunContext, RunError};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::job::{nanoseconds, seconds};
use super::prompt::system;
use super::reply::read;
use super::{AgentType, Conclusion, Judgement, Minds, Question};

/// Questions under way at the same time, at most.
const AT_ONCE: usize = 16;

/// What agents do when their model fails them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::consensus) enum Fallback {
    /// The run fails.
    None,
    /// They judge by the heuristic.
    Heuristic,
}

impl Fallback {
    /// All, as named in specs.
    pub(in crate::consensus) const NAMES: [(&'static str, Self); 2] =
        [("none", Self::None), ("heuristic", Self::Heuristic)];
}

/// Tokens, summed; `None` once a reply did not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens(pub Option<u64>);

impl Tokens {
    fn add(&mut self, count: Option<u64>) {
        self.0 = self.0.zip(count).map(|(sum, count)| sum + count);
    }
}

/// The account of a run's questions.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Replies, repairs included.
    pub calls: u64,
    /// Replies that could not be read.
    pub malformed: u64,
    /// Decisions that were left to the heuristic, or bids that it made.
    pub fallbacks: u64,
    /// Sum of service latencies, seconds.
    pub latency_s: f64,
    /// Tokens of prompts.
    pub prompt_tokens: Tokens,
    /// Tokens of replies.
    pub completion_tokens: Tokens,
    /// Some tokens were counted by Ergon.
    pub tokens_estimated: bool,
    /// Some reply was simulated.
    pub simulated: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            calls: 0,
            malformed: 0,
            fallbacks: 0,
            latency_s: 0.0,
            prompt_tokens: Tokens(Some(0)),
            completion_tokens: Tokens(Some(0)),
            tokens_estimated: false,
            simulated: false,
        }
    }
}

impl Tally {
    fn count(&mut self, reply: &ChatReply) {
        self.calls += 1;
        self.latency_s += reply.latency_s;
        self.prompt_tokens.add(reply.usage.prompt_tokens);
        self.completion_tokens.add(reply.usage.completion_tokens);
        self.tokens_estimated |= reply.usage.estimated;
        self.simulated |= reply.simulated;
    }
}

/// What came of one question.
struct Concluded {
    ticket: u32,
    conclusion: Conclusion,
    replies: Vec<ChatReply>,
    malformed: u64,
}

/// Whom the agents of a run ask, and how far they trust it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::consensus) struct Counsel<'a> {
    pub(in crate::consensus) minds: Minds,
    /// The model's name in the spec.
    pub(in crate::consensus) model: &'a str,
    /// A choice with less confidence is left to the heuristic, 0–1.
    pub(in crate::consensus) least_confidence: f64,
    pub(in crate::consensus) fallback: Fallback,
}

/// The model of a run at work.
pub(in crate::consensus) struct Panel<'a> {
    context: &'a RunContext,
    counsel: Counsel<'a>,
    tally: Tally,
}

impl<'a> Panel<'a> {
    pub(in crate::consensus) fn new(context: &'a RunContext, counsel: Counsel<'a>) -> Self {
        Self { context, counsel, tally: Tally::default() }
    }

    /// How the agents judge.
    pub(in crate::consensus) fn minds(&self) -> Minds {
        self.counsel.minds
    }

    /// The account so far.
    pub(in crate::consensus) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Puts the questions, several at a time, and answers in their order.
    ///
    /// # Errors
    /// The model failed and there is no fallback, or the run is cancelled.
    pub(in crate::consensus) async fn ask(
        &mut self,
        questions: Vec<Question>,
    ) -> Result<Vec<(u32, Conclusion)>, RunError> {
        let asked = &*self;
        let concluded: Vec<Concluded> = stream::iter(questions.into_iter().map(|question| asked.deliberate(question)))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut answers = Vec::with_capacity(concluded.len());
        for one in concluded {
            one.replies.iter().for_each(|reply| self.tally.count(reply));
            self.tally.malformed += one.malformed;
            self.tally.fallbacks += u64::from(one.conclusion.judgement == Judgement::Heuristic);
            answers.push((one.ticket, one.conclusion));
        }
        Ok(answers)
    }

    /// One question: asked, asked once more where the reply can't be read, concluded.
    async fn deliberate(&self, question: Question) -> Result<Concluded, RunError> {
        let Question { ticket, wanted, prompt, aside } = question;
        let mut request = ChatRequest::new(self.counsel.model, system(&wanted), prompt);
        let mut concluded = Concluded {
            ticket,
            conclusion: Conclusion { after_ns: 0, judgement: self.unread() },
            replies: Vec::with_capacity(1),
            malformed: 0,
        };
        let mut taken_s = 0.0;
        for _attempt in 0..2 {
            self.context.checkpoint()?;
            let reply = match self.context.chat(&request, Some(&aside)).await {
                Ok(reply) => reply,
                Err(error) => {
                    concluded.conclusion.judgement = self.failed(error)?;
                    break;
                }
            };
            taken_s += reply.latency_s;
            let said = read(&wanted, &reply.text);
            let (confidence, text) = (reply.confidence, reply.text.clone());
            concluded.replies.push(reply);
            concluded.malformed += u64::from(said.is_err());
            if taken_s > seconds(self.counsel.minds.patience_ns) {
                // The agent no longer listens, whatever the reply says.
                concluded.conclusion.judgement = self.unread();
                break;
            }
            match said {
                Ok(said) => {
                    let confidence = confidence.or(said.confidence);
                    concluded.conclusion.judgement = self.weigh(said.judgement, confidence);
                    break;
                }
                Err(wrong) => request.messages.extend(repair(text, &wrong)),
            }
        }
        concluded.conclusion.after_ns = nanoseconds(taken_s).min(self.counsel.minds.patience_ns);
        Ok(concluded)
    }

    /// What an agent does without a reply that it can use.
    fn unread(&self) -> Judgement {
        match self.counsel.minds.agent_type {
            AgentType::Llm => Judgement::Nothing,
            AgentType::Heuristic | AgentType::Hybrid => Judgement::Heuristic,
        }
    }

    fn weigh(&self, judgement: Judgement, confidence: Option<f64>) -> Judgement {
        let unsure = confidence.is_some_and(|confidence| confidence < self.counsel.least_confidence);
        if self.counsel.minds.agent_type == AgentType::Hybrid && unsure { Judgement::Heuristic } else { judgement }
    }

    /// Only a model that can't be had is fallen back from: a mistake in the spec or an empty budget ends the run.
    fn failed(&self, error: ModelError) -> Result<Judgement, RunError> {
        use FailureClass::{MalformedReply, ModelRefused, ModelUnavailable, RateLimited, Timeout};
        let outage = matches!(error.class, ModelUnavailable | RateLimited | ModelRefused | Timeout | MalformedReply);
        match self.counsel.fallback {
            Fallback::Heuristic if outage => Ok(Judgement::Heuristic),
            _ => Err(error.into()),
        }
    }
}

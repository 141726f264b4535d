//! A request before it is sent: its body, where it goes, what it can cost at most.

use bytes::Bytes;
use ergon_domain::{CallContext, ChatRequest, FailureClass, ModelError};
use rand_core::Rng;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Url};
use secrecy::SecretString;

use super::{BYTES_PER_TOKEN, Remote};
use crate::dialect::Manner;
use crate::price::Price;
use crate::purse::Cost;
use crate::wire::{self, Outgoing};

/// Tokens beyond `max_tokens` that servers are known to take (an invisible first token, say).
const SLACK_TOKENS: u64 = 16;

/// Everything that is the same at every try.
pub(super) struct Prepared {
    pub(super) key: Option<SecretString>,
    headers: HeaderMap,
    pub(super) client: Client,
    pub(super) url: Url,
    pub(super) body: Bytes,
    pub(super) worst: Worst,
    /// What is reserved for it.
    pub(super) bound: Cost,
    /// Tokens that count against the pace until the reply says how many they were.
    pub(super) expected: u64,
}

impl Prepared {
    pub(super) fn outgoing(&self) -> Outgoing {
        let (url, headers, body) = (self.url.clone(), self.headers.clone(), self.body.clone());
        Outgoing { method: Method::POST, url, headers, body }
    }
}

impl Remote {
    /// `limits_money`: a request of which nobody can say what it may cost is refused.
    pub(super) fn prepare(
        &self,
        request: &ChatRequest,
        call: &CallContext,
        limits_money: bool,
    ) -> Result<Prepared, ModelError> {
        let invalid = |message: String| self.error(FailureClass::InvalidInput, message, None);
        let key = self.key().map_err(invalid)?.map(|(key, _)| key);
        let headers = wire::headers(self.dialect.headers(key.as_ref())).map_err(invalid)?;
        let client = self.network.client().map_err(|e| self.error(FailureClass::Internal, e, None))?;
        let seed = self.seeded.then(|| u64::from(call.streams.rng(&call.stream(request)).next_u32()));
        let max_tokens = request.max_tokens.unwrap_or(self.max_tokens);
        let manner = Manner {
            model: &self.model,
            streamed: self.streamed,
            max_tokens,
            temperature: request.temperature.or(self.temperature),
            seed: request.seed.or(seed),
            json: self.json,
            logprobs: self.logprobs,
            max_tokens_field: self.max_tokens_field,
        };
        let body = Bytes::from(self.dialect.body(request, &manner).to_string());
        let path = if self.file.is_some() { String::new() } else { self.dialect.path(&manner) };
        let url = self.url(&path).ok_or_else(|| invalid("the address can't be used".into()))?;
        let worst = Worst { prompt: body.len() as u64, completion: u64::from(max_tokens) + SLACK_TOKENS };
        let bound = worst.cost(self.price.as_ref());
        if bound.is_none() && limits_money {
            let why = "the request may be longer than its price is good for, so that no budget in USD can be kept; give \
                       usd_per_mtok_in and usd_per_mtok_out as for long requests";
            return Err(self.error(FailureClass::Budget, why.into(), None));
        }
        let bound = bound.unwrap_or_else(|| Cost { usd: 0.0, tokens: worst.tokens() });
        let expected = body.len() as u64 / BYTES_PER_TOKEN + u64::from(max_tokens);
        Ok(Prepared { key, headers, client, url, body, worst, bound, expected })
    }
}

/// Most that a request can take: no token is shorter than a byte.
#[derive(Clone, Copy)]
pub(super) struct Worst {
    pub(super) prompt: u64,
    pub(super) completion: u64,
}

impl Worst {
    pub(super) fn tokens(self) -> u64 {
        self.prompt + self.completion
    }

    /// What it costs at most; nothing where its price is unknown; `None`: it may be longer than its price is good for.
    pub(super) fn cost(self, price: Option<&Price>) -> Option<Cost> {
        let usd = match price {
            None => 0.0,
            // A table may, wrongly or not, ask more for what was cached.
            Some(price) => {
                price.of(self.prompt, 0, self.completion)?.max(price.of(self.prompt, self.prompt, self.completion)?)
            }
        };
        Some(Cost { usd, tokens: self.tokens() })
    }
}

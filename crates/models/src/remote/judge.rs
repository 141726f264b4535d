//! What a failed request means: its class, whether another try can help, whether it cost anything.

use std::time::Duration;

use ergon_domain::{Exchange, FailureClass};
use serde_json::Value;

use super::reading::{Read, Unread};
use crate::dialect::{self, ProviderFault};
use crate::wire::{Broken, Head};

/// A request that brought no answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) class: FailureClass,
    pub(super) message: String,
    /// Another try can help.
    pub(super) again: bool,
    /// The provider did no work for it: nothing is charged.
    pub(super) is_free: bool,
    /// When the provider said to come back.
    pub(super) wait: Option<Duration>,
}

/// Characters of a provider's message that are repeated.
const MOST_MESSAGE: usize = 500;

/// What is wrong, if something is.
pub(super) fn judge(outcome: &Result<Head, Broken>, answer: &mut Read, exchange: &Exchange) -> Option<Fault> {
    use FailureClass::{Crashed, MalformedReply, ModelUnavailable, Timeout};
    let fault = |class, again, is_free, message: String| Some(Fault { class, message, again, is_free, wait: None });
    match outcome {
        Err(Broken::Unreached(why)) => fault(ModelUnavailable, true, true, format!("can't be reached: {why}")),
        Err(Broken::Lost(why)) => fault(ModelUnavailable, true, false, format!("the reply broke off: {why}")),
        // It would crash again: whether to try is the engine's to decide, with a new attempt.
        Err(Broken::Died(how)) => {
            fault(Crashed, false, true, format!("its process ended ({how}) before its reply did"))
        }
        Err(Broken::TimedOut) => {
            fault(Timeout, true, false, format!("no whole reply within {:.0} s", exchange.duration_s))
        }
        Err(Broken::TooLong) => {
            fault(MalformedReply, false, false, "the reply is longer than max_reply_mb accepts".into())
        }
        Ok(head) if !head.is_success() => Some(refused(head, &exchange.received)),
        Ok(head) => match answer {
            Err(Unread::Malformed(wrong)) => fault(MalformedReply, false, false, cut(wrong)),
            Err(Unread::Fault(told)) => Some(broke_off(head, told)),
            Ok(Some(answer)) if !answer.ended => {
                fault(ModelUnavailable, true, false, "the stream ended before the reply did".into())
            }
            Ok(Some(answer)) if answer.finish.is_none() && answer.text.is_empty() && answer.tools.is_empty() => {
                fault(MalformedReply, false, false, "the reply holds neither a text nor a reason".into())
            }
            _ => None,
        },
    }
}

/// A fault that is told of in a successful reply, most often in the middle of a stream: text may have been generated,
/// and charged. The request itself had been accepted, so a fault that does not say what it is is the provider's.
fn broke_off(head: &Head, told: &ProviderFault) -> Fault {
    let (class, again, what) = told.status.map_or(FAILED, |status| meaning(status, &told.message));
    let message = cut(&format!("{what} (told in a reply of status {}): {}", head.status, told.message));
    Fault { class, message, again, is_free: false, wait: head.retry_after }
}

/// A reply with another status than one of success: nothing was generated for it.
fn refused(head: &Head, received: &[u8]) -> Fault {
    if (300..400).contains(&head.status) {
        let to = head.location.as_deref().unwrap_or("nowhere");
        let base = dialect::base_of(to);
        let message = format!("it sends one to {to}; nothing was sent there. Write base_url: {base} if it is right");
        let class = FailureClass::InvalidInput;
        return Fault { class, message: cut(&message), again: false, is_free: true, wait: None };
    }
    let body: Value = serde_json::from_slice(received).unwrap_or_default();
    let said = ProviderFault::of(&body).map(|fault| fault.message);
    let said = cut(said.unwrap_or_else(|| String::from_utf8_lossy(received).into_owned()).trim());
    let (class, again, what) = meaning(head.status, &said);
    let message = format!("{what} (status {}): {said}", head.status);
    Fault { class, message, again, is_free: true, wait: head.retry_after }
}

/// A fault's class, whether another try can help, and what it is in words.
type Meaning = (FailureClass, bool, &'static str);

const FAILED: Meaning = (FailureClass::ModelUnavailable, true, "it failed");

/// What a status with these words means.
fn meaning(status: u16, said: &str) -> Meaning {
    use FailureClass::{Budget, InvalidInput, ModelRefused, RateLimited};
    let said = said.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match status {
        401 | 403 => (InvalidInput, false, "the key was refused"),
        402 => (Budget, false, "the account there has no credit"),
        404 => (InvalidInput, false, "there is no such model or address"),
        429 if holds(&["insufficient_quota", "billing"]) => (Budget, false, "the account there has no credit"),
        429 => (RateLimited, true, "too many requests"),
        408 | 409 | 425 | 500..=599 => FAILED,
        _ if holds(&["content_filter", "content_policy", "content management policy"]) => {
            (ModelRefused, false, "the request was refused")
        }
        _ => (InvalidInput, false, "the request was refused"),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_MESSAGE).collect()
}

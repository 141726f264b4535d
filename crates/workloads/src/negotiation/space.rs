//! What can be agreed on: issues, each settled by one of its alternatives, worth so much to every agent.
//!
//! All games are of this form: utilities add up over issues, and where money is spent, nobody spends more than their
//! budget. So strategies, solutions and prompts know nothing of the games.

use serde_json::Value as Json;

/// Utilities and budgets closer than this are equal: they are sums of a few numbers of up to 100.
pub const EQUAL: f64 = 1e-9;

/// One way to settle an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// As written in a proposal.
    pub label: Json,
    /// What it adds to each agent's utility, points.
    pub gains: Vec<f64>,
    /// What each agent pays for it, in the unit of the budgets; empty where nothing is paid.
    pub spends: Vec<f64>,
}

/// One thing to settle.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Its name in a proposal.
    pub name: String,
    /// The ways to settle it; at least one.
    pub alternatives: Vec<Alternative>,
}

/// An agreement: the place of the chosen alternative, issue by issue.
pub type Outcome = Vec<u16>;

/// Everything that can be agreed on.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// How many agents.
    pub agents: usize,
    /// What is to be settled.
    pub issues: Vec<Issue>,
    /// What each agent can pay at most; `None` where nothing is paid.
    pub budgets: Option<Vec<f64>>,
}

impl Space {
    /// Combinations of alternatives, those beyond a budget included.
    pub fn size(&self) -> u64 {
        self.issues.iter().fold(1, |size, issue| size.saturating_mul(issue.alternatives.len() as u64))
    }

    fn chosen<'s>(&'s self, outcome: &'s [u16]) -> impl Iterator<Item = &'s Alternative> {
        self.issues.iter().zip(outcome).filter_map(|(issue, &at)| issue.alternatives.get(usize::from(at)))
    }

    /// What the outcome is worth to an agent, points.
    pub fn utility(&self, agent: usize, outcome: &[u16]) -> f64 {
        self.chosen(outcome).filter_map(|a| a.gains.get(agent)).sum()
    }

    /// What the outcome is worth to everybody, points.
    pub fn utilities(&self, outcome: &[u16]) -> Vec<f64> {
        (0..self.agents).map(|agent| self.utility(agent, outcome)).collect()
    }

    /// Whether nobody pays more than they have.
    pub fn is_affordable(&self, outcome: &[u16]) -> bool {
        let Some(budgets) = &self.budgets else { return true };
        budgets.iter().enumerate().all(|(agent, budget)| {
            let spent: f64 = self.chosen(outcome).filter_map(|a| a.spends.get(agent)).sum();
            spent <= budget + EQUAL
        })
    }

    /// Every affordable outcome with its utilities, in the order of an odometer whose last issue turns fastest.
    pub fn for_each(&self, mut visit: impl FnMut(&[u16], &[f64])) {
        let mut outcome = vec![0u16; self.issues.len()];
        let mut utilities = vec![0.0; self.agents];
        loop {
            if self.is_affordable(&outcome) {
                for (agent, utility) in utilities.iter_mut().enumerate() {
                    *utility = self.utility(agent, &outcome);
                }
                visit(&outcome, &utilities);
            }
            let mut turning = self.issues.iter().zip(outcome.iter_mut()).rev();
            let turned = turning.find_map(|(issue, at)| {
                let next = usize::from(*at) + 1;
                *at = if next < issue.alternatives.len() { next as u16 } else { 0 };
                (*at > 0).then_some(())
            });
            if turned.is_none() {
                return;
            }
        }
    }

    /// The outcome in which two agents have each other's part; `None` where parts aren't agents' own.
    pub fn swapped(&self, outcome: &[u16], a: usize, b: usize) -> Option<Outcome> {
        let (a, b) = (agent_name(a), agent_name(b));
        let name = |name: &str| {
            if name == a {
                b.clone()
            } else if name == b {
                a.clone()
            } else {
                name.to_owned()
            }
        };
        let swap = |label: &Json| match label {
            Json::String(owner) => Some(Json::from(name(owner))),
            Json::Object(split) => {
                Some(Json::Object(split.iter().map(|(who, part)| (name(who), part.clone())).collect()))
            }
            _ => None,
        };
        let place = |(issue, &at): (&Issue, &u16)| {
            let label = swap(&issue.alternatives.get(usize::from(at))?.label)?;
            issue.alternatives.iter().position(|other| other.label == label).map(|at| at as u16)
        };
        self.issues.iter().zip(outcome).map(place).collect()
    }

    /// The outcome as a proposal writes it.
    pub fn written(&self, outcome: &[u16]) -> Json {
        let entries = self.issues.iter().zip(self.chosen(outcome));
        Json::Object(entries.map(|(issue, chosen)| (issue.name.clone(), chosen.label.clone())).collect())
    }

    /// Reads a proposal: every issue settled by one of its alternatives, nothing else, within the budgets.
    ///
    /// # Errors
    /// The first thing that is wrong and what is accepted, in words that a model can mend its reply by.
    pub fn read(&self, proposal: &Json) -> Result<Outcome, String> {
        let Some(fields) = proposal.as_object() else {
            return Err(format!("\"proposal\" is {}; expected an object with {}", brief(proposal), self.names()));
        };
        if let Some(unknown) = fields.keys().find(|key| !self.issues.iter().any(|issue| issue.name == **key)) {
            return Err(format!("\"{unknown}\" is nothing to settle; expected {}", self.names()));
        }
        let mut outcome = Outcome::with_capacity(self.issues.len());
        for issue in &self.issues {
            let Some(given) = fields.get(&issue.name) else {
                return Err(format!("\"proposal\" does not settle \"{}\"; expected {}", issue.name, self.names()));
            };
            let found = issue.alternatives.iter().position(|a| means(&a.label, given));
            let at = found.ok_or_else(|| {
                format!("\"{}\" is {}; expected {}", issue.name, brief(given), accepted(&issue.alternatives))
            })?;
            outcome.push(at as u16);
        }
        if self.is_affordable(&outcome) { Ok(outcome) } else { Err(self.overspent(&outcome)) }
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.issues.iter().map(|issue| format!("\"{}\"", issue.name)).collect();
        format!("each of {} once", names.join(", "))
    }

    fn overspent(&self, outcome: &[u16]) -> String {
        let budgets = self.budgets.iter().flatten().enumerate();
        let said: Vec<String> = budgets
            .map(|(agent, budget)| {
                let spent: f64 = self.chosen(outcome).filter_map(|a| a.spends.get(agent)).sum();
                format!("{} pays {spent} of {budget}", agent_name(agent))
            })
            .collect();
        format!("nobody may pay more than their budget: {}", said.join(", "))
    }
}

/// An agent's name by its seat, from 0.
pub fn agent_name(seat: usize) -> String {
    format!("agent_{}", seat + 1)
}

/// Alternatives listed in full up to so many.
const LISTED: usize = 12;

fn accepted(alternatives: &[Alternative]) -> String {
    let listed: Vec<String> = alternatives.iter().take(LISTED).map(|a| a.label.to_string()).collect();
    let more = alternatives.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(", or {more} more of this kind") } else { String::new() };
    format!("one of {}{more}", listed.join(", "))
}

fn brief(value: &Json) -> String {
    let text = value.to_string();
    if text.chars().count() > 80 { text.chars().take(80).chain("…".chars()).collect() } else { text }
}

/// Whether a written value means the alternative: numbers up to rounding; an agent left out of a split gets nothing.
fn means(label: &Json, given: &Json) -> bool {
    match (label, given) {
        (Json::Number(a), Json::Number(b)) => a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-6),
        (Json::Object(split), Json::Object(fields)) => {
            let nothing = Json::from(0);
            fields.keys().all(|key| split.contains_key(key))
                && split.iter().all(|(key, share)| means(share, fields.get(key).unwrap_or(&nothing)))
        }
        _ => label == given,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn two_items() -> Space {
        let issue = |name: &str, values: [f64; 2]| Issue {
            name: name.into(),
            alternatives: (0..2)
                .map(|owner| Alternative {
                    label: agent_name(owner).into(),
                    gains: (0..2).map(|agent| if agent == owner { values[agent] } else { 0.0 }).collect(),
                    spends: Vec::new(),
                })
                .collect(),
        };
        Space { agents: 2, issues: vec![issue("lamp", [70.0, 40.0]), issue("clock", [30.0, 60.0])], budgets: None }
    }

    #[test]
    fn every_outcome_is_visited_once_with_its_utilities() {
        let mut seen = Vec::new();
        two_items().for_each(|outcome, utilities| seen.push((outcome.to_vec(), utilities.to_vec())));
        assert_eq!(
            seen,
            [
                (vec![0, 0], vec![100.0, 0.0]),
                (vec![0, 1], vec![70.0, 60.0]),
                (vec![1, 0], vec![30.0, 40.0]),
                (vec![1, 1], vec![0.0, 100.0]),
            ]
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let space = two_items();
        space.for_each(|outcome, _| assert_eq!(space.read(&space.written(outcome)).unwrap(), outcome));
    }

    #[test]
    fn a_proposal_that_is_no_partition_is_refused_in_words_that_help_to_mend_it() {
        let said = |proposal: Json| two_items().read(&proposal).unwrap_err();
        for (proposal, words) in [
            (json!([1]), "\"proposal\" is [1]; expected an object with each of \"lamp\", \"clock\" once"),
            (
                json!({"lamp": "agent_1"}),
                "\"proposal\" does not settle \"clock\"; expected each of \"lamp\", \"clock\" once",
            ),
            (
                json!({"lamp": "agent_1", "clock": "agent_3"}),
                "\"clock\" is \"agent_3\"; expected one of \"agent_1\", \"agent_2\"",
            ),
            (
                json!({"lamp": "agent_1", "clock": ["agent_1", "agent_2"]}),
                "\"clock\" is [\"agent_1\",\"agent_2\"]; expected one of \"agent_1\", \"agent_2\"",
            ),
            (
                json!({"lamp": "agent_1", "clock": "agent_1", "rug": "agent_1"}),
                "\"rug\" is nothing to settle; expected each of \"lamp\", \"clock\" once",
            ),
        ] {
            assert_eq!(said(proposal), words);
        }
    }

    #[test]
    fn nobody_can_be_made_to_pay_more_than_they_have() {
        let mut space = two_items();
        space.issues[0].alternatives[0].spends = vec![30.0, 20.0];
        space.budgets = Some(vec![25.0, 25.0]);
        let said = space.read(&json!({"lamp": "agent_1", "clock": "agent_1"})).unwrap_err();
        assert_eq!(said, "nobody may pay more than their budget: agent_1 pays 30 of 25, agent_2 pays 20 of 25");
    }
}

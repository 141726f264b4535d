//! A game, round by round: talk, proposals, votes, until something passes or the rounds are over.

use ergon_domain::{RunContext, RunError, draw};
use futures_util::future::join_all;
use rand_chacha::ChaCha8Rng;

use super::asking::{Asking, Speaker};
use super::game::Dealt;
use super::pool::Pool;
use super::space::Outcome;
use super::strategy::{Scripted, View};
use super::table::{Agreement, History, Proposal, Round, Rules, Said};

/// Who decides for a seat.
pub enum Mind {
    /// A script.
    Scripted(Box<Scripted>),
    /// A language model.
    Model(Speaker),
}

/// A game under way.
pub struct Game<'g> {
    /// What is played about.
    pub dealt: &'g Dealt,
    /// Candidate agreements.
    pub pool: &'g Pool,
    /// The rules.
    pub rules: &'g Rules,
}

impl<'g> Game<'g> {
    /// What an agent knows in a round, from 1.
    pub fn view<'v>(&'v self, history: &'v History, round: usize) -> View<'v> {
        View { space: &self.dealt.space, pool: self.pool, rules: self.rules, history, round }
    }

    /// Plays to the end.
    ///
    /// # Errors
    /// A model gave no answer, or the run is cancelled.
    pub async fn play(
        &self,
        minds: &mut [Mind],
        asking: &Asking<'_>,
        context: &RunContext,
        ties: &mut ChaCha8Rng,
    ) -> Result<History, RunError> {
        let mut history = History::default();
        for round in 1..=self.rules.max_rounds {
            context.checkpoint()?;
            history.rounds.push(Round::default());
            if self.rules.phases {
                self.discuss(minds, asking, &mut history, round).await?;
                self.each_alone(minds, asking, &mut history, round, "thinking").await?;
            }
            let proposals = self.proposals(minds, asking, &history, round).await?;
            let votes = self.votes(minds, asking, &history, round, &proposals).await?;
            let made = proposals.into_iter().enumerate().map(|(at, (by, outcome))| Proposal {
                by,
                utilities: self.dealt.space.utilities(&outcome),
                outcome,
                votes: votes.iter().map(|of_seat| of_seat.get(at).copied().flatten()).collect(),
            });
            let made: Vec<Proposal> = made.collect();
            let passed = passed(&made, self.rules.quorum(), ties);
            if let Some(now) = history.rounds.last_mut() {
                now.proposals = made;
            }
            if let Some(proposal) = passed {
                history.agreement = Some(Agreement { round, proposal });
                break;
            }
            if self.rules.phases && round < self.rules.max_rounds {
                self.each_alone(minds, asking, &mut history, round, "reflection").await?;
            }
        }
        Ok(history)
    }

    /// Laps in the order of the seats: everybody hears what was said before.
    async fn discuss(
        &self,
        minds: &[Mind],
        asking: &Asking<'_>,
        history: &mut History,
        round: usize,
    ) -> Result<(), RunError> {
        for _lap in 0..self.rules.discussion_turns {
            for (by, mind) in minds.iter().enumerate() {
                if let Mind::Model(speaker) = mind {
                    let text = asking.say(speaker, self, history, round, "discussion").await?;
                    said(history, Said { by, phase: "discussion", text });
                }
            }
        }
        Ok(())
    }

    /// What everybody notes for itself.
    async fn each_alone(
        &self,
        minds: &[Mind],
        asking: &Asking<'_>,
        history: &mut History,
        round: usize,
        phase: &'static str,
    ) -> Result<(), RunError> {
        let known = &*history;
        let speakers = minds.iter().enumerate().filter_map(|(by, mind)| match mind {
            Mind::Model(speaker) => Some((by, speaker)),
            Mind::Scripted(_) => None,
        });
        let notes = speakers.map(|(by, speaker)| async move {
            let text = asking.say(speaker, self, known, round, phase).await?;
            Ok::<_, RunError>(Said { by, phase, text })
        });
        for note in in_order(notes).await? {
            said(history, note);
        }
        Ok(())
    }

    /// What is proposed, in the order of seats. A proposal that can't be read is none.
    async fn proposals(
        &self,
        minds: &mut [Mind],
        asking: &Asking<'_>,
        history: &History,
        round: usize,
    ) -> Result<Vec<(usize, Outcome)>, RunError> {
        let view = self.view(history, round);
        let proposing = minds.iter_mut().enumerate().filter(|(seat, _)| self.rules.proposes(*seat, round));
        let made = proposing.map(|(seat, mind)| async move {
            let outcome = match mind {
                Mind::Scripted(agent) => agent.propose(view).map(|at| self.pool.outcome(at).to_vec()),
                Mind::Model(speaker) => asking.propose(speaker, self, history, round).await?,
            };
            Ok::<_, RunError>(outcome.map(|outcome| (seat, outcome)))
        });
        Ok(in_order(made).await?.into_iter().flatten().collect())
    }

    /// Votes by seat and proposal.
    async fn votes(
        &self,
        minds: &mut [Mind],
        asking: &Asking<'_>,
        history: &History,
        round: usize,
        proposals: &[(usize, Outcome)],
    ) -> Result<Vec<Vec<Option<bool>>>, RunError> {
        let view = self.view(history, round);
        let valued: Vec<(usize, Vec<f64>)> =
            proposals.iter().map(|(by, outcome)| (*by, self.dealt.space.utilities(outcome))).collect();
        let valued = &valued;
        let votes = minds.iter_mut().map(|mind| async move {
            Ok::<_, RunError>(match mind {
                Mind::Scripted(agent) => valued.iter().map(|(by, u)| Some(agent.accepts(view, *by, u))).collect(),
                Mind::Model(_) if proposals.is_empty() => Vec::new(),
                Mind::Model(speaker) => asking.vote(speaker, self, history, round, proposals).await?,
            })
        });
        in_order(votes).await
    }
}

/// What all answer at the same time, in the order of seats. Of several failures it is the first seat's that counts, whoever
/// failed first: a replay fails alike.
async fn in_order<T>(
    asked: impl Iterator<Item = impl Future<Output = Result<T, RunError>>>,
) -> Result<Vec<T>, RunError> {
    join_all(asked).await.into_iter().collect()
}

fn said(history: &mut History, what: Said) {
    if let Some(now) = history.rounds.last_mut() {
        now.said.push(what);
    }
}

/// The proposal that passes: the one with most accepts of those that have the quorum; ties by lot.
fn passed(proposals: &[Proposal], quorum: usize, ties: &mut ChaCha8Rng) -> Option<usize> {
    let most = proposals.iter().map(Proposal::accepts).max().filter(|most| *most >= quorum)?;
    let tied: Vec<usize> = (0..proposals.len()).filter(|at| proposals[*at].accepts() == most).collect();
    tied.get(draw::below(ties, tied.len() as u64) as usize).copied()
}

#[cfg(test)]
mod tests {
    use rand_core::SeedableRng;

    use super::*;

    fn with(votes: &[bool]) -> Proposal {
        let votes = votes.iter().map(|v| Some(*v)).collect();
        Proposal { by: 0, outcome: Vec::new(), utilities: Vec::new(), votes }
    }

    #[test]
    fn of_several_that_pass_the_one_with_most_accepts_does_and_ties_are_drawn() {
        let mut lots = ChaCha8Rng::seed_from_u64(1);
        let two = with(&[true, true, false]);
        let three = with(&[true, true, true]);
        assert_eq!(passed(&[two.clone(), three.clone()], 2, &mut lots), Some(1));
        assert_eq!(passed(std::slice::from_ref(&two), 3, &mut lots), None);
        let drawn: Vec<Option<usize>> =
            (0..200).map(|_| passed(&[three.clone(), three.clone()], 3, &mut lots)).collect();
        let first = drawn.iter().filter(|d| **d == Some(0)).count();
        assert!((60..=140).contains(&first), "{first} of 200");
    }

    #[test]
    fn a_missing_vote_is_no_accept() {
        let mut missing = with(&[true, true]);
        missing.votes[1] = None;
        assert_eq!(passed(&[missing], 2, &mut ChaCha8Rng::seed_from_u64(1)), None);
    }
}

//! Ways to share out so many equal parts among agents.

use serde_json::{Map, Value as Json};

use crate::negotiation::space::agent_name;

/// In how many ways: C(parts + agents − 1, agents − 1); `None` beyond what can be counted.
pub(super) fn count(parts: usize, agents: usize) -> Option<usize> {
    (1..agents).try_fold(1usize, |ways, k| Some(ways.checked_mul(parts + k)? / k))
}

/// Every way, as parts by agent, from all to the first agent to all to the last.
pub(super) fn ways(parts: usize, agents: usize) -> Vec<Vec<usize>> {
    if agents <= 1 {
        return vec![vec![parts]];
    }
    let with_first = |first: usize| {
        ways(parts - first, agents - 1).into_iter().map(move |rest| std::iter::once(first).chain(rest).collect())
    };
    (0..=parts).rev().flat_map(with_first).collect()
}

/// A way as written in a proposal.
pub(super) fn label(shares: impl Iterator<Item = Json>) -> Json {
    Json::Object(shares.enumerate().map(|(agent, share)| (agent_name(agent), share)).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_share_is_there_once() {
        assert_eq!(ways(2, 2), [[2, 0], [1, 1], [0, 2]]);
        for (parts, agents) in [(0, 2), (4, 1), (4, 3), (7, 4)] {
            let mut all = ways(parts, agents);
            assert!(all.iter().all(|w| w.iter().sum::<usize>() == parts && w.len() == agents));
            all.sort();
            all.dedup();
            assert_eq!(Some(all.len()), count(parts, agents));
        }
        assert_eq!(count(4, 10), Some(715));
    }
}

//! A negotiation replayed round by round, and the map of who exploits whom.

use crate::desk::Desk;

const SPEC: &str = "ergon: 1
campaign: { id: games, seed: 7 }
workload: { kind: negotiation, weak_agent: model, strong_agent: model, discussion_turns: 1 }
models: { small: { provider: simulated, skill: 0.2 }, large: { provider: simulated, skill: 0.9 } }
factors:
  weak_model: [small, large]
  strong_model: [large, small]
  competition_level: [0.5, 1.0]
  order: [weak_first, strong_first]
phases: [ { name: games, replicates: 1 } ]
analysis:
  questions:
    - { metric: exploitation_gap, by: [weak_model, strong_model, competition_level], as: exploitation }
";

#[test]
fn a_game_is_replayed_round_by_round_against_its_front_and_exploitation_is_drawn() {
    let desk = Desk::new();
    let file = desk.path("games.yaml");
    std::fs::write(&file, SPEC).unwrap();
    desk.ergon(&["--quiet", "run", file.to_str().unwrap()]);
    // A run of several rounds, so that there is something to step through.
    let long = desk.ergon(&[
        "sql",
        "SELECT run FROM metric_long WHERE metric = 'final_round' AND value BETWEEN 2 AND 9 ORDER BY value, run LIMIT 1",
    ]);
    let run = long["rows"][0][0].as_str().unwrap().to_owned();

    let window = desk.open();
    window.press("open-games");
    window.press("nav-explore");
    window.click(&format!("[id='run-{run}']"));
    window.click("#tab-Game");
    let first = window.text("round-shown");
    assert!(first.starts_with("Round 1 of "), "{first}");
    window.see("[data-testid='game-front']");
    window.see("[data-testid='proposal']");
    window.picture("negotiation");
    window.press("round-after");
    let second = window.text("round-shown");
    assert!(second.starts_with("Round 2 of "), "{second}");
    assert!(window.text("game-outcome").starts_with("agreed in round"), "{}", window.text("game-outcome"));

    window.press("nav-publish");
    window.press("figure-exploitation");
    window.see("[data-testid='figure-preview']");
    window.picture("exploitation");
}

//! What is left alone.

use ergon_workloads::scramble::transform::{Method, Preserve, Recipe, scramble};

fn kept(text: &str, preserve: Preserve, method: Method) -> String {
    scramble(text, "m", &Recipe { preserve, ..Recipe::new(method, 100.0, 3) }).text
}

#[test]
fn each_mask_leaves_its_parts_alone_and_nothing_else() {
    let nothing = || Preserve::NOTHING;
    let table = [
        (
            Preserve { proper_nouns: true, ..nothing() },
            "the train to Lisbon waits",
            vec!["Lisbon"],
            vec!["train", "waits"],
        ),
        (
            Preserve { code: true, ..nothing() },
            "run `cargo test` and ```let x = y;``` now",
            vec!["`cargo test`", "```let x = y;```"],
            vec!["run", "now"],
        ),
        (
            Preserve { latex: true, ..nothing() },
            r"solve $ax+b$ or \(cy\) or \[dz\] with \alpha but pay",
            vec!["$ax+b$", r"\(cy\)", r"\[dz\]", r"\alpha"],
            vec!["solve", "pay"],
        ),
        (
            Preserve { latex: true, ..nothing() },
            r"see \begin{align}ef\end{align} here",
            vec![r"\begin{align}ef\end{align}"],
            vec!["see", "here"],
        ),
        (
            Preserve { option_letters: true, ..nothing() },
            "Pick:\nA) red\n(B) blue\nC. green",
            vec!["A)", "(B)", "C."],
            vec!["red", "blue", "green"],
        ),
        (
            Preserve { texts: vec!["South Africa".into()], ..nothing() },
            "Is it south africa or africa",
            vec!["south africa"],
            vec!["Is", "or"],
        ),
        (Preserve { numbers: true, ..nothing() }, "add H2O to 1.5 cups", vec!["H2O", "1.5"], vec!["add", "cups"]),
    ];
    for (preserve, text, stays, goes) in table {
        for method in [Method::CharacterSubstitution, Method::WordSubstitution] {
            let result = kept(text, preserve.clone(), method);
            for part in &stays {
                assert!(result.contains(part), "{part} in {result}");
            }
            for part in &goes {
                assert!(!result.contains(part), "{part} not in {result}");
            }
        }
    }
}

#[test]
fn two_prices_are_no_formula() {
    let preserve = Preserve { latex: true, ..Preserve::NOTHING };
    let result = kept("from $5 to $9 today", preserve, Method::WordSubstitution);
    assert!(!result.contains("today") && !result.contains(" to "), "{result}");
}

#[test]
fn a_name_at_the_beginning_of_a_sentence_is_known_by_its_other_places_or_by_name() {
    let preserve = Preserve { proper_nouns: true, ..Preserve::NOTHING };
    let result = kept("Zorbia lies far. Nobody knows Zorbia. Maria asks why.", preserve, Method::WordSubstitution);
    assert!(result.starts_with("Zorbia ") && result.contains("Maria") && !result.contains("Nobody"), "{result}");
}

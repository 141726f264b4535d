//! Transformations: how much, where, and back again.

use std::collections::BTreeMap;

use ergon_workloads::scramble::transform::{
    Method, Preserve, Recipe, Rewritten, Scrambled, scramble, scramble_unlogged,
};

const STORY: &str = "Maria's train leaves Lisbon at 10:45 with 230 passengers. \"Is it late?\" asks the conductor, Ibrahim. \
                     It isn't late! Two e-mails arrive; both say that the well-known tunnel is closed. Everyone waits, and \
                     waits, until the quick announcement begins. What happens then?";
/// Marks that combine, letters outside the basic plane, scripts without case, emoji, a CR LF.
const WORLD: &str = "Cafe\u{301} naïve Straße İstanbul Привет мир 𝒜𝓁𝓅𝒽𝒶 नमस्ते दुनिया 日本語のテキスト e\u{301}te\u{301} 👩‍👩‍👧 ok.\r\nDžungla ﬁ\nEND";

const METHODS: [Method; 8] = [
    Method::CharacterSubstitution,
    Method::CharacterShuffle,
    Method::WordShuffle,
    Method::WordSubstitution,
    Method::SentenceShuffle,
    Method::ConstructedLanguage,
    Method::ProperNounSwap,
    Method::Synonym,
];
const LEVELS: [f64; 9] = [0.0, 1.0, 17.0, 33.0, 50.0, 67.0, 83.0, 99.0, 100.0];

fn at(text: &str, method: Method, level: f64) -> Scrambled {
    scramble(text, "item 1", &Recipe::new(method, level, 42))
}

fn originals(scrambled: &Scrambled) -> Vec<usize> {
    scrambled.edits.iter().map(|edit| edit.from.start).collect()
}

#[test]
fn the_number_of_transformed_units_is_within_half_a_unit_of_the_level() {
    for text in [STORY, WORLD] {
        for method in METHODS {
            for level in LEVELS {
                let done = at(text, method, level);
                let wanted = level / 100.0 * done.eligible as f64;
                // One unit alone has nowhere to go.
                if method.reorders() && wanted.round() == 1.0 {
                    assert_eq!(done.changed, 0);
                    continue;
                }
                let off = (done.changed as f64 - wanted).abs();
                assert!(off <= 0.5, "{method:?} at {level}: {} of {}", done.changed, done.eligible);
                assert_eq!(done.changed, done.edits.len());
            }
        }
    }
}

#[test]
fn places_of_a_level_are_among_those_of_every_higher_level() {
    for method in METHODS {
        let mut before: Vec<usize> = Vec::new();
        for level in LEVELS {
            let now = originals(&at(STORY, method, level));
            let moved = before.iter().all(|place| now.contains(place));
            assert!(moved, "{method:?} at {level}: {before:?} in {now:?}");
            before = now;
        }
    }
}

#[test]
fn every_invertible_method_gives_the_text_back_from_result_and_key_alone() {
    for text in [STORY, WORLD, "", "a", "A B", "1234 5678", "The THE the tHe", "\u{301}odd start"] {
        for method in METHODS {
            for level in LEVELS {
                let done = at(text, method, level);
                let back = done.restored();
                if method.is_invertible() || done.changed == 0 {
                    assert_eq!(back.as_deref(), Some(text), "{method:?} at {level}: {}", done.text);
                } else {
                    assert_eq!(back, None);
                }
            }
        }
    }
}

#[test]
fn a_letter_becomes_the_same_symbol_everywhere_in_a_text_and_no_two_share_one() {
    let done = at(WORLD, Method::CharacterSubstitution, 100.0);
    let mut symbols: BTreeMap<&str, &str> = BTreeMap::new();
    for edit in &done.edits {
        let (letter, symbol) = (&WORLD[edit.from.clone()], &done.text[edit.to.clone()]);
        assert_eq!(symbols.entry(letter).or_insert(symbol), &symbol, "{letter}");
        assert!(!WORLD.contains(symbol));
    }
    let mut distinct: Vec<&&str> = symbols.values().collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), symbols.len());
    // A letter with its mark is one letter.
    assert!(symbols.contains_key("e\u{301}"));
}

#[test]
fn symbols_are_the_same_in_all_texts_of_a_seed_and_others_for_another() {
    let (a, b) = (at("abc", Method::CharacterSubstitution, 100.0), at("xxcba", Method::CharacterSubstitution, 100.0));
    assert_eq!(a.text.chars().next(), b.text.chars().last());
    let other = scramble("abc", "item 1", &Recipe::new(Method::CharacterSubstitution, 100.0, 43));
    assert_ne!(a.text, other.text);
}

#[test]
fn a_shuffle_keeps_every_letter_and_moves_every_chosen_one() {
    for method in [Method::CharacterShuffle, Method::WordShuffle, Method::SentenceShuffle] {
        let done = at(STORY, method, 100.0);
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        assert_eq!(sorted(&done.text), sorted(STORY), "{method:?}");
        assert_ne!(done.text, STORY);
    }
    let words = at("one two three four five", Method::WordShuffle, 100.0);
    let stays = words.text.split(' ').zip("one two three four five".split(' ')).filter(|(a, b)| a == b).count();
    assert_eq!(stays, 0, "{}", words.text);
}

#[test]
fn numbers_are_left_alone_unless_asked_for() {
    let text = "3x plus 1,250.50 euros at 10:45 is 12";
    let kept = at(text, Method::CharacterSubstitution, 100.0);
    for number in ["3x", "1,250.50", "10:45", "12"] {
        assert!(kept.text.contains(number), "{number}: {}", kept.text);
    }
    let recipe = Recipe { preserve: Preserve::NOTHING, ..Recipe::new(Method::CharacterSubstitution, 100.0, 42) };
    assert!(!scramble(text, "item 1", &recipe).text.contains(|c: char| c.is_ascii_digit()));
}

#[test]
fn results_are_pinned_so_that_another_process_machine_or_version_gives_the_same() {
    // Changing these changes stored results: raise the workload's version.
    let text = "The quick brown fox jumps over 13 lazy dogs.";
    let pinned = PINNED.map(|(method, level, expected)| (method, level, expected.to_owned()));
    let now = PINNED.map(|(method, level, _)| (method, level, at(text, method, level).text));
    assert_eq!(now, pinned);
}

const PINNED: [(Method, f64, &str); 4] = [
    (Method::CharacterSubstitution, 33.0, "Th↴ q◜i⋚k b⋻o∂n f⇬x ≇◜mps ⇬ver 13 ◎a⊘y dogs."),
    (Method::CharacterShuffle, 50.0, "rhe qoTxs ucfmn dwo jukps ovei 13 lary bogz."),
    (Method::WordShuffle, 67.0, "brown over dogs fox jumps The 13 lazy quick."),
    (Method::ConstructedLanguage, 100.0, "Tqn fuicb orswd ksx jumey svnr 13 pazl hsgy."),
];

#[test]
fn another_item_is_transformed_at_other_places() {
    let of = |id: &str| originals(&scramble(STORY, id, &Recipe::new(Method::WordSubstitution, 33.0, 42)));
    assert_ne!(of("item 1"), of("item 2"));
}

#[test]
fn without_the_list_of_places_everything_else_is_the_same() {
    for text in [STORY, WORLD, "", "12", "A) one (B) two\nC. 3x"] {
        for method in METHODS {
            for level in LEVELS {
                let recipe = Recipe::new(method, level, 42);
                let Scrambled { text: became, eligible, changed, .. } = scramble(text, "item 1", &recipe);
                let wanted = Rewritten { text: became, eligible, changed };
                assert_eq!(scramble_unlogged(text, "item 1", &recipe), wanted, "{method:?} at {level}");
            }
        }
    }
}

#[test]
fn a_shuffle_counts_the_places_that_read_differently_and_makes_all_of_them_do_so_where_it_can() {
    let differing =
        |text: &str, done: &Scrambled| text.chars().zip(done.text.chars()).filter(|(was, is)| was != is).count();
    for level in LEVELS {
        let done = at(STORY, Method::CharacterShuffle, level);
        assert_eq!(done.changed, differing(STORY, &done), "at {level}");
        let wanted = (level / 100.0 * done.eligible as f64).round() as usize;
        assert!(done.changed == wanted || wanted < 2, "at {level}: {} of {wanted}", done.changed);
    }
    // More than half alike: each of the others takes the place of one of them, and the rest can't change.
    for (text, most) in [("aaaab", 2), ("aaabb", 4), ("aabb", 4), ("aaaa", 0), ("abcab", 5)] {
        let done = at(text, Method::CharacterShuffle, 100.0);
        assert_eq!((done.changed, differing(text, &done)), (most, most), "{text}: {}", done.text);
        assert_eq!(done.restored().as_deref(), Some(text));
    }
}

#[test]
fn places_that_change_in_a_text_of_few_letters_are_among_those_of_every_higher_level() {
    for text in ["aaaabaaacaaaabaaadaabbbb", "bbbbbbaaaaaaaaaaaaaaaac", "abababababab"] {
        for seed in 0..50 {
            let mut before: Vec<usize> = Vec::new();
            for level in 0..=100 {
                let recipe = Recipe::new(Method::CharacterShuffle, f64::from(level), seed);
                let now = originals(&scramble(text, "item 1", &recipe));
                assert!(before.iter().all(|place| now.contains(place)), "{text} at {level}: {before:?} in {now:?}");
                before = now;
            }
        }
    }
}

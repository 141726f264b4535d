//! Constructed languages: bijective, stable, exportable.

use std::collections::BTreeSet;

use ergon_workloads::scramble::transform::language::{Kind, Language};
use ergon_workloads::scramble::transform::{Key, Method, Recipe, scramble};

fn long_text() -> String {
    let items = ergon_workloads::scramble::bank::Bank::Mixed.items(7);
    items.iter().take(300).map(|item| item.question.as_str()).collect::<Vec<_>>().join(" ")
}

fn recipe(kind: Kind, complexity: u8) -> Recipe {
    Recipe { language: Language { kind, complexity }, ..Recipe::new(Method::ConstructedLanguage, 100.0, 5) }
}

#[test]
fn every_language_is_bijective_on_the_vocabulary_it_is_used_on() {
    let text = long_text();
    for (name, kind) in Kind::NAMES {
        for complexity in [1, 5, 10] {
            let done = scramble(&text, "all", &recipe(kind, complexity));
            let Key::Words(lexicon) = &done.key else { panic!("{name}") };
            let words: BTreeSet<&str> = lexicon.pairs().map(|(word, _)| word).collect();
            let said: BTreeSet<&str> = lexicon.pairs().map(|(_, said)| said).collect();
            assert!(words.len() > 300, "{name}: {}", words.len());
            assert_eq!(words.len(), said.len(), "{name} at {complexity}");
            assert!(words.is_disjoint(&said), "a word that was left alone can't be taken for another");
            assert_eq!(done.restored().as_deref(), Some(text.as_str()), "{name} at {complexity}");
        }
    }
}

#[test]
fn a_word_is_called_the_same_in_every_case_and_keeps_it() {
    let done = scramble("water Water WATER", "w", &recipe(Kind::EnglishLike, 5));
    let words: Vec<&str> = done.text.split(' ').collect();
    assert_eq!(words[1].to_lowercase(), words[0]);
    assert_eq!(words[2], words[0].to_uppercase());
    assert!(words[1].starts_with(char::is_uppercase));
}

#[test]
fn frequent_words_are_short_in_the_language_of_random_letters() {
    let text = format!("{} {}", "the ".repeat(50), long_text());
    let done = scramble(&text, "f", &recipe(Kind::RandomFrequency, 2));
    let Key::Words(lexicon) = &done.key else { panic!() };
    let the = lexicon.translate("the").unwrap().len();
    let longest = lexicon.pairs().map(|(_, said)| said.len()).max().unwrap();
    assert!(the < longest, "{the} {longest}");
}

#[test]
fn complexity_takes_a_cipher_further_from_english() {
    let changed = |complexity| {
        let letters = "abcdefghijklmnopqrstuvwxyz";
        let done = scramble(letters, "c", &recipe(Kind::Substitution, complexity));
        done.text.chars().zip(letters.chars()).filter(|(a, b)| a != b).count()
    };
    assert!(changed(2) < changed(5) && changed(5) < changed(10), "{} {} {}", changed(2), changed(5), changed(10));
    assert_eq!(changed(10), 26);
}

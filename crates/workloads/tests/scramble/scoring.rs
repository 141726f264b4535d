//! What counts as right.

use std::collections::BTreeMap;

use ergon_workloads::scramble::item::{Answer, Item};
use ergon_workloads::scramble::scoring::{Rule, Scoring};

fn item(answer: Answer, options: &[&str]) -> Item {
    Item {
        id: "i".into(),
        domain: "d".into(),
        difficulty: None,
        template: "t".into(),
        question: "q".into(),
        context: None,
        options: options.iter().map(ToString::to_string).collect(),
        answer,
        fields: BTreeMap::new(),
    }
}

fn text(accepted: &[&str]) -> Item {
    item(Answer::Text(accepted.iter().map(ToString::to_string).collect()), &[])
}

fn scoring(rule: Rule) -> Scoring {
    let pattern = (rule == Rule::Regex).then(|| regex::Regex::new(r"<<(.*?)>>").unwrap());
    Scoring { rule, tolerance: 0.01, pattern }
}

#[test]
fn replies_are_right_or_wrong_as_a_reader_would_say() {
    let colours = || item(Answer::Choice(1), &["a red hat", "blue", "green"]);
    let table: Vec<(Rule, Item, Vec<&str>, Vec<&str>)> = vec![
        (
            Rule::Exact,
            text(&["Paris"]),
            vec!["Paris", " paris. ", "**Paris**", "Let me think.\nAnswer: Paris"],
            vec!["It is Paris", "London"],
        ),
        (Rule::Exact, text(&["the heart"]), vec!["heart", "The heart"], vec!["hearts"]),
        (Rule::Contains, text(&["4"]), vec!["4", "It has 4 wheels.", "(4)"], vec!["14", "4.5", "40", "-4"]),
        (
            Rule::Contains,
            text(&["South America"]),
            vec!["It is in South America!"],
            vec!["America", "South of America"],
        ),
        (
            Rule::Numeric,
            item(Answer::Number(1250.0), &[]),
            vec!["1,250", "so 3 × 4 … = 1250.", "#### 1250 (of 7)", "$\\boxed{1250}$ or 2", "1250.0 euros", "1255"],
            vec!["1,25", "1250 or 7", "12.50", "-1250", "none"],
        ),
        (Rule::Numeric, item(Answer::Number(-3.5), &[]), vec!["-3.5", "x = −3.5"], vec!["3.5", "7-3.5"]),
        (
            Rule::Choice,
            colours(),
            vec!["B", "b", "(B)", "B) blue", "Answer: B", "the answer is (b).", "blue", "I take (B) because of that"],
            vec!["A", "C", "a red hat", "A red hat", "maybe (A) or (B)", "Bees", ""],
        ),
        (
            Rule::Regex,
            text(&["Paris", "7"]),
            vec!["x <<Rome>> <<Paris>>", "<<7.0>>"],
            vec!["Paris", "<<Paris>> <<Rome>>"],
        ),
        (Rule::Auto, item(Answer::Number(7.0), &[]), vec!["7"], vec!["8"]),
        (Rule::Auto, colours(), vec!["B"], vec!["A"]),
        (Rule::Auto, text(&["Oslo"]), vec!["That is Oslo."], vec!["Osloer"]),
    ];
    for (rule, item, right, wrong) in table {
        for reply in right {
            assert!(scoring(rule).score(&item, reply).unwrap().right, "{rule:?}: {reply}");
        }
        for reply in wrong {
            assert!(!scoring(rule).score(&item, reply).unwrap().right, "{rule:?}: {reply}");
        }
    }
}

#[test]
fn a_reply_of_which_nothing_can_be_read_is_wrong_and_says_so() {
    for (rule, item, reply) in [
        (Rule::Numeric, item(Answer::Number(7.0), &[]), "seven"),
        (Rule::Choice, item(Answer::Choice(0), &["x", "y"]), "I would rather not"),
        (Rule::Exact, text(&["Paris"]), "  "),
        (Rule::Regex, text(&["Paris"]), "Paris"),
    ] {
        let scored = scoring(rule).score(&item, reply).unwrap();
        assert_eq!((scored.right, scored.read), (false, None), "{rule:?}");
    }
}

#[test]
fn an_item_without_a_known_answer_is_not_scored() {
    assert_eq!(scoring(Rule::Auto).score(&item(Answer::Unknown, &[]), "7"), None);
}

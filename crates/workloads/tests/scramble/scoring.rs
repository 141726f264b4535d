//! What counts as right.

use std::collections::BTreeMap;

use ergon_workloads::scramble::figure::Figure;
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

fn number(written: &str) -> Item {
    item(Answer::Number(Figure::read(written).unwrap()), &[])
}

fn scoring(rule: Rule) -> Scoring {
    let pattern = (rule == Rule::Regex).then(|| regex::Regex::new(r"<<(.*?)>>").unwrap());
    Scoring { rule, tolerance: (rule != Rule::Exact).then_some(0.01), pattern }
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
            number("1250"),
            vec!["1,250", "so 3 × 4 … = 1250.", "#### 1250 (of 7)", "$\\boxed{1250}$ or 2", "1250.0 euros", "1255"],
            vec!["1,25", "1250 or 7", "12.50", "-1250", "none"],
        ),
        (Rule::Numeric, number("-3.5"), vec!["-3.5", "x = −3.5"], vec!["3.5", "7-3.5"]),
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
        (Rule::Auto, number("7"), vec!["7"], vec!["8"]),
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
        (Rule::Numeric, number("7"), "seven"),
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

#[test]
fn without_a_tolerance_a_whole_number_is_right_in_every_digit_and_another_to_six() {
    let by = |rule| Scoring { rule, tolerance: None, pattern: None };
    let table = [
        (
            Rule::Auto,
            "1234567890",
            vec!["1234567890", "1,234,567,890", "1234567890.0"],
            vec!["1234567000", "1234567891"],
        ),
        (Rule::Exact, "1234567890", vec!["1234567890", "1,234,567,890"], vec!["1234567000"]),
        (Rule::Auto, "1,234", vec!["1234", "It is 1,234."], vec!["234", "1.234"]),
        (Rule::Exact, "1,234", vec!["1234", "1,234", "1234.0"], vec!["234", "1 or 1,234"]),
        (Rule::Auto, "9007199254740993", vec!["9007199254740993"], vec!["9007199254740992"]),
        (Rule::Exact, "9007199254740993", vec!["9007199254740993"], vec!["9007199254740992"]),
        (Rule::Auto, "0.333333", vec!["0.3333333", "so .333333"], vec!["0.3334"]),
        (Rule::Exact, "0.5", vec!["0.5", ".5", "0.50"], vec!["5", "0.5000001"]),
        (Rule::Exact, "-3.5", vec!["-3.5", "−3.5"], vec!["3.5"]),
        (Rule::Auto, "6e23", vec!["6e23", "6.0E+23"], vec!["23", "6"]),
    ];
    for (rule, gold, right, wrong) in table {
        for reply in right {
            assert!(by(rule).score(&number(gold), reply).unwrap().right, "{rule:?} {gold}: {reply}");
        }
        for reply in wrong {
            assert!(!by(rule).score(&number(gold), reply).unwrap().right, "{rule:?} {gold}: {reply}");
        }
    }
}

#[test]
fn an_option_named_by_its_text_is_chosen_only_where_one_option_reads_so() {
    let items = item(Answer::Choice(1), &["PH", "pH"]);
    let right = |reply| scoring(Rule::Choice).score(&items, reply).unwrap().right;
    assert_eq!([right("pH"), right("PH"), right("ph")], [true, false, false]);
}

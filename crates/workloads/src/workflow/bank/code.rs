//! Tasks about programs. Answers are values, so that they can be graded without running foreign code.

use super::arithmetic::{Template, generate};
use super::spread;
use crate::workflow::item::{Gold, TaskItem, shown};
use crate::workflow::tools::calculator::{Scope, evaluate};

/// Programs, and their output as an expression in their numbers.
const PROGRAMS: [Template; 8] = [
    (
        "What does this print?\n\ntotal = 0\nfor i in range({a}):\n    total += i * {b}\nprint(total)",
        &["{b} * {a} * ({a} - 1) / 2"],
        &[(4, 15), (2, 9)],
    ),
    ("What does this print?\n\nx = {a}\nx = x * {b} - x\nprint(x)", &["{a} * {b} - {a}"], &[(3, 40), (2, 12)]),
    (
        "What does this print?\n\nprint(sum(range({a}, {a} + {b})))",
        &["{b} * {a} + {b} * ({b} - 1) / 2"],
        &[(3, 20), (3, 8)],
    ),
    (
        "What does this print?\n\nprint(len([x for x in range({a}) if x % {b} == 0]))",
        &["floor(({a} - 1) / {b}) + 1"],
        &[(11, 60), (2, 6)],
    ),
    (
        "What does this print?\n\na, b = {a}, {b}\nwhile b:\n    a, b = b, a % b\nprint(a + {c})",
        &["{b} + {c}"],
        &[(84, 84), (7, 7), (1, 90)],
    ),
    ("What does this print?\n\nprint({a} // {b} + {a} % {b})", &["floor({a} / {b}) + {a} % {b}"], &[(40, 200), (3, 9)]),
    (
        "What does this print?\n\ndef f(n):\n    return 1 if n == 0 else 2 * f(n - 1)\nprint(f({a}) + {b})",
        &["2 ^ {a} + {b}"],
        &[(3, 9), (1, 20)],
    ),
    (
        "What does this print?\n\nwords = ['ab'] * {a}\nprint(len(''.join(words)) - {b})",
        &["2 * {a} - {b}"],
        &[(9, 40), (1, 9)],
    ),
];

pub(super) fn output() -> Vec<TaskItem> {
    let mut items = generate("output", &PROGRAMS, 3);
    // A calculator can't run a program: seeing what it computes is the task.
    items.iter_mut().for_each(|item| item.route.clear());
    items
}

/// Expressions for the n-th member, easy ones first.
const SEQUENCES: [&str; 22] = [
    "2*n",
    "n + 5",
    "3*n - 1",
    "10 - n",
    "n^2",
    "5*n + 2",
    "n^2 + 1",
    "2^n",
    "n*(n+1)/2",
    "n^2 - n",
    "3^n",
    "n*(n+2)",
    "2*n^2 + 1",
    "100 - n^2",
    "n^3",
    "2^n - 1",
    "n^2 + n + 1",
    "n*(n+1)*(2*n+1)/6",
    "n^3 - n",
    "2^n + n",
    "(n^2 + 3*n)/2",
    "n*(n+1)*(n+2)/6",
];

pub(super) fn expression() -> Vec<TaskItem> {
    let item = |(number, gold): (usize, &&str)| {
        let at = |n: f64| evaluate(gold, Scope { n: Some(n) }).map(shown).unwrap_or_default();
        let first: Vec<String> = (1..=6).map(|n| at(f64::from(n))).collect();
        TaskItem {
            id: format!("sequence-{}", number + 1),
            prompt: format!("Give an expression in n for this sequence, n = 1, 2, 3 …: {}, …", first.join(", ")),
            gold: Some(Gold::Sequence((*gold).to_owned())),
            wrong: vec![format!("({gold}) + 1"), "n".into(), format!("2*({gold})")],
            difficulty: spread(number, SEQUENCES.len()),
            route: Vec::new(),
            fact: None,
        }
    };
    SEQUENCES.iter().enumerate().map(item).collect()
}

/// What the program should do, its lines, and lines that are wrong in place of one of them, by number.
type Faulty = (&'static str, &'static [&'static str], &'static [(usize, &'static str)]);

const FAULTY: [Faulty; 6] = [
    (
        "add two numbers",
        &["def add(a, b):", "    total = a + b", "    return total", "print(add(2, 3))"],
        &[(1, "def add(a, b)"), (2, "    total = a - b"), (3, "    return a"), (4, "print(add(2))")],
    ),
    (
        "print the largest of a list",
        &[
            "numbers = [3, 8, 5]",
            "largest = numbers[0]",
            "for x in numbers:",
            "    if x > largest:",
            "        largest = x",
            "print(largest)",
        ],
        &[(2, "largest = numbers[3]"), (4, "    if x < largest:"), (5, "        x = largest"), (6, "print(numbers)")],
    ),
    (
        "count the vowels of a word",
        &[
            "word = 'banana'",
            "count = 0",
            "for letter in word:",
            "    if letter in 'aeiou':",
            "        count += 1",
            "print(count)",
        ],
        &[(2, "count = 1"), (4, "    if letter not in 'aeiou':"), (5, "        count = 1"), (6, "print(letter)")],
    ),
    (
        "print the mean of a list",
        &["values = [2, 4, 9]", "total = sum(values)", "mean = total / len(values)", "print(mean)"],
        &[(2, "total = max(values)"), (3, "mean = total / 2"), (4, "print(total)"), (1, "values = [2, 4, 9")],
    ),
    (
        "print the factorial of 5",
        &["result = 1", "for i in range(1, 6):", "    result *= i", "print(result)"],
        &[(1, "result = 0"), (2, "for i in range(1, 5):"), (3, "    result += i"), (4, "print(i)")],
    ),
    (
        "reverse a text",
        &["text = 'ergon'", "out = ''", "for letter in text:", "    out = letter + out", "print(out)"],
        &[(2, "out = text"), (4, "    out = out + letter"), (5, "print(text)"), (3, "for letter in out:")],
    ),
];

pub(super) fn bugs() -> Vec<TaskItem> {
    let total: usize = FAULTY.iter().map(|(.., bugs)| bugs.len()).sum();
    let mut items: Vec<TaskItem> = Vec::with_capacity(total);
    for (aim, lines, bugs) in &FAULTY {
        for (at, bad) in *bugs {
            let shown_lines = lines.iter().enumerate().map(|(i, line)| {
                let line = if i + 1 == *at { bad } else { line };
                format!("{}  {line}", i + 1)
            });
            let number = items.len();
            items.push(TaskItem {
                id: format!("bug-{}", number + 1),
                prompt: format!(
                    "This Python program should {aim}, and one line is wrong. What is the number of that line?\n\n{}",
                    shown_lines.collect::<Vec<_>>().join("\n")
                ),
                gold: Some(Gold::Number { value: *at as f64, tolerance: 0.0 }),
                wrong: (1..=lines.len()).filter(|line| line != at).map(|line| line.to_string()).collect(),
                difficulty: spread(number, total),
                route: Vec::new(),
                fact: None,
            });
        }
    }
    items
}

//! The user's own items: shapes, mapping, and what a wrong file says.

use ergon_workloads::scramble::dataset::{Dataset, Fields, Shape, read};
use ergon_workloads::scramble::item::Answer;
use serde_json::json;

fn fields(mapping: &serde_json::Value) -> Fields {
    Fields::read(mapping).unwrap()
}

fn plain(text: &str) -> Result<Dataset, String> {
    read(text.as_bytes(), &Fields::default()).map_err(|e| e.to_string())
}

#[test]
fn common_benchmarks_are_recognised_and_read() {
    let options = |n: usize| Answer::Choice(n);
    let table = [
        (
            Shape::Gsm8k,
            r#"{"question": "2 boxes of 3?", "answer": "2*3 = <<2*3=6>>6\n#### 6"}"#,
            0,
            Answer::number(6.0),
        ),
        (
            Shape::Mmlu,
            r#"{"question": "Q", "subject": "law", "choices": ["w", "x", "y", "z"], "answer": 2}"#,
            4,
            options(2),
        ),
        (Shape::Mmlu, r#"{"question": "Q", "choices": ["w", "x", "y", "z"], "answer": "D"}"#, 4, options(3)),
        (Shape::Mmlu, "question,A,B,C,D,answer\nQ,w,x,y,z,B\n", 4, options(1)),
        (Shape::Mmlu, "\"Which, then?\",w,x,y,z,C\n", 4, options(2)),
        (
            Shape::Arc,
            r#"{"id": "a", "question": {"stem": "Q", "choices": [{"label": "1", "text": "x"}, {"label": "2", "text": "y"}]}, "answerKey": "2"}"#,
            2,
            options(1),
        ),
        (
            Shape::Arc,
            r#"{"question": "Q", "choices": {"text": ["x", "y"], "label": ["A", "B"]}, "answerKey": "A"}"#,
            2,
            options(0),
        ),
        (
            Shape::Hellaswag,
            r#"{"ind": 4, "activity_label": "Cooking", "ctx": "He", "endings": ["a", "b", "c", "d"], "label": "3"}"#,
            4,
            options(3),
        ),
        (
            Shape::Winogrande,
            r#"{"qID": "q1", "sentence": "The _ fell.", "option1": "cup", "option2": "cat", "answer": "2"}"#,
            2,
            options(1),
        ),
        (Shape::Boolq, r#"{"question": "is it", "passage": "It is.", "answer": true}"#, 2, options(0)),
        (Shape::Plain, r#"[{"prompt": "2+2", "target": 4}]"#, 0, Answer::number(4.0)),
        (
            Shape::Plain,
            r#"{"data": [{"input": "Capital?", "output": ["Rome", "Roma"]}]}"#,
            0,
            Answer::Text(vec!["Rome".into(), "Roma".into()]),
        ),
        (Shape::Plain, "question;x,answer\nwhat,yes\n", 0, Answer::Text(vec!["yes".into()])),
        (Shape::Plain, "\u{feff}{\"text\": \"Say hello\"}\n", 0, Answer::Unknown),
    ];
    for (shape, text, options, answer) in table {
        if text.starts_with("question;") {
            let mapped = read(text.as_bytes(), &fields(&json!({ "question": "question;x" }))).unwrap();
            assert_eq!(mapped.items[0].answer, answer);
            continue;
        }
        let found = plain(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let item = &found.items[0];
        assert_eq!((found.shape, item.options.len(), &item.answer), (shape, options, &answer), "{text}");
    }
}

#[test]
fn the_users_mapping_wins_and_goes_into_objects() {
    let text = r#"{"k": "1", "ask": {"what": "Q?"}, "one": "x", "two": "y", "gold": "B", "question": "not this"}"#;
    let mapping = json!({ "id": "k", "question": "ask.what", "options": ["one", "two"], "answer": "gold" });
    let found = read(text.as_bytes(), &fields(&mapping)).unwrap();
    let item = &found.items[0];
    assert_eq!((item.id.as_str(), item.question.as_str(), &item.answer), ("1", "Q?", &Answer::Choice(1)));
}

#[test]
fn an_unknown_answer_is_reported_and_never_dropped() {
    let found = plain("{\"question\": \"a\", \"answer\": \"1\"}\n\n{\"question\": \"b\", \"answer\": null}\n").unwrap();
    assert_eq!((found.items.len(), found.unanswerable()), (2, 1));
}

#[test]
fn a_wrong_file_says_where_it_is_wrong_and_what_is_accepted() {
    let good = "{\"id\": \"a\", \"question\": \"q\", \"answer\": \"1\"}\n";
    let table = [
        (
            format!("{good}{{\"id\": \"b\", \"answer\": \"1\"}}"),
            "line 2: has no field 'question' for the item's question; it has answer, id. Map it with fields: { question: NAME }",
        ),
        (
            format!("{good}{{\"id\": \"b\", \"question\": \"q\"}}"),
            "line 2: has no field 'answer' for the item's answer, which the first item has; write null",
        ),
        (format!("{good}\n{good}"), "line 3: the id 'a' is that of line 1 already"),
        (format!("{good}{{\"id\": \"b\", \"question\": \"q\", "), "line 2: is no JSON object"),
        (format!("{good}[1, 2]"), "line 2: is a list; expected an object"),
        (
            "{\"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": \"E\"}".into(),
            "line 1: 'answer' is \"E\"; expected one of 2 options: a letter from A to B, a place from 0 to 1, or an option's text",
        ),
        (
            "{\"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": 2}".into(),
            "line 1: 'answer' is 2; expected one of 2 options",
        ),
        (
            "{\"sentence\": \"_\", \"option1\": \"x\", \"option2\": \"y\", \"answer\": \"3\"}".into(),
            "expected one of 2 options: a letter from A to B, a place from 1 to 2",
        ),
        ("{\"question\": \"\", \"answer\": \"1\"}".into(), "line 1: 'question' is empty"),
        ("{\"question\": \"q\", \"answer\": \"so #### none\"}".into(), "expected a number after ####"),
        ("question,answer\n\"never closed".into(), "line 2: a double quote is opened and never closed"),
        ("question,answer\na,b,c\n".into(), "line 2: has 3 cells, but the header has 2: question, answer"),
        ("question,question\na,b\n".into(), "line 1: the column 'question' stands twice"),
        (
            "id;question;answer\n1;x;4\n".into(),
            "line 1: the columns of 'id;question;answer' are separated by semicolons (';'); separate them by commas",
        ),
        ("".into(), "it holds no items"),
        ("[1]".into(), "line 1: is a plain value; expected an object"),
        (
            format!("{good}{{\"id\": \"b\", \"question\": \"q\", \"answer\": \"1\", \"answer\": \"2\"}}"),
            "line 2: is no JSON object: the key 'answer' stands twice in one object",
        ),
        ("[{\"question\": \"q\", \"question\": \"r\"}]".into(), "the key 'question' stands twice"),
        (
            "{\"id\": \"b\", \"question\": \"q\", \"options\": [\"y\", \"x\", \"x \"], \"answer\": \"x\"}".into(),
            "line 1: options B and C of the item 'b' are both 'x', which is the right answer; options must differ",
        ),
        (
            "{\"question\": \"q\", \"answer\": 123456789012345678901234}".into(),
            "expected a number of at most 2^53, or a longer one in quotes",
        ),
    ];
    for (text, expected) in table {
        let said = plain(&text).unwrap_err();
        assert!(said.contains(expected), "{text}\n  said {said}\n  not {expected}");
    }
    assert!(read(b"\xFF\xFEa\0", &Fields::default()).unwrap_err().to_string().contains("UTF-16"));
}

#[test]
fn mixed_encodings_are_refused_with_line_and_byte() {
    let mut bytes = b"{\"question\": \"caf\xC3\xA9\", \"answer\": \"1\"}\n{\"question\": \"caf".to_vec();
    bytes.push(0xE9);
    bytes.extend(b"\", \"answer\": \"1\"}\n");
    let said = read(&bytes, &Fields::default()).unwrap_err().to_string();
    assert!(said.starts_with("line 2: byte 18 (0xE9) is not UTF-8"), "{said}");
}

#[test]
fn a_line_of_a_gigabyte_is_refused_for_its_length() {
    // 64 MB stand for it: the rule is the same, and the test stays small. The limit is far below either.
    for head in ["{\"question\": \"", "question,answer\n"] {
        let mut bytes = head.as_bytes().to_vec();
        bytes.resize(64 * 1024 * 1024, b'x');
        let said = read(&bytes, &Fields::default()).unwrap_err().to_string();
        assert!(said.contains("bytes; at most 16777216 are read"), "{said}");
    }
}

#[test]
fn a_mapping_that_names_no_field_of_an_item_is_refused_by_name() {
    let said = |setting| {
        let problems = Fields::read(&setting).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(
        said(json!({ "qestion": "q" }))
            .starts_with("workload.fields.qestion: is no field of an item; expected one of question, answer")
    );
    assert!(said(json!({ "answer": 3 })).starts_with("workload.fields.answer: expected the name of a field"));
    assert!(said(json!(["q"])).starts_with("workload.fields: is no mapping"));
}

#[test]
fn a_right_answer_stays_as_it_is_written() {
    for (written, shown, is_number) in [
        ("\"02139\"", "02139", false),
        ("\"9007199254740993\"", "9007199254740993", true),
        ("9007199254740993", "9007199254740993", true),
        ("\"1,234\"", "1,234", true),
        ("\"1,23\"", "1,23", false),
        ("\" -3.50 \"", "-3.50", true),
        ("\"so 1,200 + 34\\n#### 1,234\"", "1,234", true),
        ("\"nan\"", "nan", false),
        ("\"192.168.0.1\"", "192.168.0.1", false),
    ] {
        let item = plain(&format!("{{\"question\": \"q\", \"answer\": {written}}}")).unwrap().items.remove(0);
        let found = (item.answer_text().unwrap(), matches!(item.answer, Answer::Number(_)));
        assert_eq!(found, (shown.to_owned(), is_number), "{written}");
    }
}

#[test]
fn a_difficulty_of_another_scale_is_said_and_refused_where_the_user_names_the_field() {
    let text = "{\"question\": \"a\", \"difficulty\": \"insane\"}\n{\"question\": \"b\", \"difficulty\": 7}\n\
                {\"question\": \"c\", \"difficulty\": \"Hard\"}";
    assert_eq!(
        plain(text).unwrap().left_out,
        ["the difficulty of 2 items is left out: '7' (1), 'insane' (1); expected easy, medium or hard"]
    );
    let mapped = read(text.as_bytes(), &fields(&json!({ "difficulty": "difficulty" })));
    assert_eq!(mapped.unwrap_err().to_string(), "line 1: 'difficulty' is 'insane'; expected easy, medium or hard");
}

//! Texts to shorten, and sentences to take something out of: made from frames, so that what they hold is known.

use super::spread;
use crate::workflow::item::{Gold, TaskItem};

const COUNT: usize = 24;
const PLACES: [&str; 8] = ["Lyon", "Porto", "Graz", "Leeds", "Turku", "Gdansk", "Bergen", "Utrecht"];
const PERSONS: [&str; 8] =
    ["Ines Moreau", "Paul Okafor", "Lena Brandt", "Tom Visser", "Aiko Mori", "Omar Haddad", "Eva Novak", "Raj Patel"];
const ORGANIZATIONS: [&str; 8] = [
    "Norlight",
    "Helvia Energy",
    "Castor Labs",
    "Blue Harbour",
    "Tessel Group",
    "Arden Bank",
    "Quillwork",
    "Ostara Foods",
];
const WORKS: [&str; 6] = ["bridge", "library", "tram line", "hospital", "solar park", "museum"];

fn at<T: Copy>(of: &[T], number: usize) -> Option<T> {
    of.get(number % of.len().max(1)).copied()
}

fn facts(all: &[&str]) -> Vec<Vec<String>> {
    all.iter().map(|fact| vec![(*fact).to_owned()]).collect()
}

fn item(bank: &str, number: usize, prompt: String, gold: Gold, wrong: Vec<String>) -> TaskItem {
    TaskItem {
        id: format!("{bank}-{}", number + 1),
        prompt,
        gold: Some(gold),
        wrong,
        difficulty: spread(number, COUNT),
        route: Vec::new(),
        fact: None,
    }
}

pub(super) fn news() -> Vec<TaskItem> {
    let one = |number: usize| {
        let (place, work) = (at(&PLACES, number)?, at(&WORKS, number / 2)?);
        let (person, builder) = (at(&PERSONS, number * 3 + 1)?, at(&ORGANIZATIONS, number * 5 + 2)?);
        let (millions, year) = (12 + 7 * number, 2027 + number % 6);
        let text = format!(
            "The council of {place} voted on Tuesday evening for a new {work}, after a debate that lasted almost until midnight. \
             It will cost {millions} million euros, most of which comes from a fund of the region. {builder} was chosen among five \
             bidders. Mayor {person} called it a good day for everybody who lives there, while the opposition asked for a second \
             estimate. Work begins in spring, and the opening is planned for {year}."
        );
        let (cost, year) = (millions.to_string(), year.to_string());
        Some(item(
            "news",
            number,
            format!("Summarize this in at most 30 words, with place, project, cost, builder and year:\n\n{text}"),
            Gold::Facts { facts: facts(&[place, work, &cost, builder, &year]), at_most_words: 30 },
            vec![format!("A council voted for something new, says {person}."), text],
        ))
    };
    (0..COUNT).filter_map(one).collect()
}

pub(super) fn research() -> Vec<TaskItem> {
    const SUBJECTS: [(&str, &str); 6] = [
        ("heat pumps", "households"),
        ("bicycle lanes", "streets"),
        ("reading aloud", "classes"),
        ("shade trees", "squares"),
        ("night trains", "routes"),
        ("crop rotation", "farms"),
    ];
    const EFFECTS: [&str; 4] = ["energy use", "noise", "waiting times", "costs"];
    let one = |number: usize| {
        let ((subject, units), effect) = (at(&SUBJECTS, number)?, at(&EFFECTS, number / 3)?);
        let (n, months, percent) =
            ((140 + 37 * number).to_string(), (6 + number % 5 * 3).to_string(), (8 + number).to_string());
        let text = format!(
            "Background: whether {subject} change {effect} is disputed, as earlier work compared places that differ in many ways. \
             Methods: we assigned {n} {units} at random and followed them for {months} months. Results: {effect} fell by {percent} \
             per cent against the comparison group, with no difference between regions. Conclusions: the effect is smaller than \
             reported before, yet large enough to matter for planning."
        );
        Some(item(
            "research",
            number,
            format!(
                "Summarize this abstract in at most 30 words, with subject, sample size, months, what changed and by how many \
                 per cent:\n\n{text}"
            ),
            Gold::Facts { facts: facts(&[subject, &n, &months, effect, &percent]), at_most_words: 30 },
            vec!["A study finds an effect that is smaller than reported before.".into(), text],
        ))
    };
    (0..COUNT).filter_map(one).collect()
}

pub(super) fn entities() -> Vec<TaskItem> {
    const FRAMES: [&str; 6] = [
        "{p} joined {o} in March as head of research.",
        "On Friday {o} said that {p} will leave the company.",
        "{p} founded {o} together with {q} in a garage.",
        "The prize went to {p} and {q}, who work for {o}.",
        "{o} was sued by {p} over an unpaid invoice.",
        "After ten years at {o}, {p} moved to {r}.",
    ];
    let one = |number: usize| {
        let (p, q) = (at(&PERSONS, number)?, at(&PERSONS, number + 3)?);
        let (o, r) = (at(&ORGANIZATIONS, number / 2)?, at(&ORGANIZATIONS, number / 2 + 3)?);
        let frame = at(&FRAMES, number)?;
        let named: Vec<String> = [("{p}", p), ("{q}", q), ("{o}", o), ("{r}", r)]
            .into_iter()
            .filter(|(place, _)| frame.contains(place))
            .map(|(_, name)| name.to_owned())
            .collect();
        let sentence = frame.replace("{p}", p).replace("{q}", q).replace("{o}", o).replace("{r}", r);
        let less = named.iter().skip(1).cloned().collect::<Vec<_>>().join("; ");
        let more = format!("{}; Friday", named.join("; "));
        Some(item(
            "entities",
            number,
            format!("Which persons and organizations does this sentence name? {sentence}"),
            Gold::Set(named),
            vec![less, more],
        ))
    };
    (0..COUNT).filter_map(one).collect()
}

pub(super) fn keywords() -> Vec<TaskItem> {
    const FIELDS: [[&str; 5]; 8] = [
        ["machine learning", "diagnosis", "radiology", "hospitals", "privacy"],
        ["heat pumps", "insulation", "subsidies", "electricity", "emissions"],
        ["glaciers", "sea level", "satellites", "warming", "coasts"],
        ["inflation", "interest rates", "wages", "housing", "savings"],
        ["vaccines", "immunity", "trials", "side effects", "regulators"],
        ["cargo bikes", "parking", "deliveries", "city centres", "air quality"],
        ["chess", "engines", "openings", "endgames", "ratings"],
        ["bees", "pesticides", "pollination", "orchards", "biodiversity"],
    ];
    const FRAMES: [&str; 3] = [
        "The report links {0} and {1} to {2}, and warns of what {3} mean for {4}.",
        "Experts on {0} debated {1}, {2} and {3}; only {4} were not on the agenda.",
        "Without {0}, say the authors, neither {1} nor {2} can be understood, let alone {3} or {4}.",
    ];
    let one = |number: usize| {
        let (field, frame) = (at(&FIELDS, number)?, at(&FRAMES, number / FIELDS.len())?);
        let sentence = (0..5).fold(frame.to_owned(), |text, at| text.replace(&format!("{{{at}}}"), field[at]));
        let terms: Vec<String> = field.iter().map(|term| (*term).to_owned()).collect();
        Some(item(
            "keywords",
            number,
            format!("Name the 5 key terms of this sentence: {sentence}"),
            Gold::Terms { terms, asked: 5, needed: 4 },
            vec!["report; experts; authors; agenda; debate".into(), format!("{}; experts", field[0])],
        ))
    };
    (0..COUNT).filter_map(one).collect()
}

//! Texts by automata: the shortest text in the intersection of some regular languages and outside others.
//!
//! Every test over texts is a regular language, so this is exact: an empty intersection is a proof that no text exists.

use regex_automata::dfa::Automaton;
use regex_automata::dfa::dense::{BuildError, Config, DFA};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_automata::{Anchored, util::start};
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use verdict_compiler::ir::pattern::Piece;
use verdict_compiler::ir::{Case, Pattern, Test};

/// How many tests one product may have, and how many of its states are visited.
const MAX_TESTS: usize = 40;
/// How many tests a text is compared with one by one, which costs little.
const MAX_NEGATIVE: usize = 400;
const MAX_STATES: usize = 6_000;
/// The largest automaton of one test, in bytes.
const MAX_DFA: usize = 4 << 20;
/// How many steps all searches for one rule may take together, a step being a byte class of a state of one automaton.
const MAX_STEPS: usize = 40_000_000;

/// What came of the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The shortest text, printable characters preferred.
    Text(String),
    /// There is none.
    Empty,
    /// A test is no regular language of texts, or a limit was reached.
    Unknown,
}

type Machine = DFA<Vec<u32>>;

/// The automata of one rule's tests and what was found with them. Tests recur from goal to goal, and so do whole questions.
#[derive(Default)]
pub struct Automata {
    numbers: HashMap<Test, usize>,
    machines: Vec<Option<Rc<Machine>>>,
    answers: HashMap<(Vec<usize>, Vec<usize>), Answer>,
    steps: usize,
}

impl Automata {
    /// The shortest text that every positive and no negative test accepts.
    pub fn shortest(&mut self, positive: &[&Test], negative: &[&Test]) -> Answer {
        if positive.len() > MAX_TESTS || negative.len() > MAX_NEGATIVE || self.steps >= MAX_STEPS {
            return Answer::Unknown;
        }
        let key = (self.numbers_of(positive), self.numbers_of(negative));
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let answer = self.in_stages(&key.0, &key.1);
        self.answers.insert(key, answer.clone());
        answer
    }

    /// Most contradictions are between two tests, and a question about two is small and comes again; so pairs are asked first.
    fn in_stages(&mut self, positive: &[usize], negative: &[usize]) -> Answer {
        let mut pairs: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        for (at, first) in positive.iter().enumerate() {
            let after = positive.iter().skip(at + 1);
            pairs.extend(after.map(|second| (vec![*first, *second], Vec::new())));
            pairs.extend(
                negative
                    .iter()
                    .map(|against| (vec![*first], vec![*against])),
            );
        }
        for pair in pairs {
            if self.pair(pair) == Answer::Empty {
                return Answer::Empty;
            }
        }
        if positive.len() + negative.len() > MAX_TESTS {
            return Answer::Unknown;
        }
        self.ask(positive, negative)
    }

    fn pair(&mut self, key: (Vec<usize>, Vec<usize>)) -> Answer {
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let answer = self.ask(&key.0, &key.1);
        self.answers.insert(key, answer.clone());
        answer
    }

    /// The tests by number, ascending, each once.
    fn numbers_of(&mut self, tests: &[&Test]) -> Vec<usize> {
        let mut found: Vec<usize> = tests.iter().map(|test| self.number(test)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn number(&mut self, test: &Test) -> usize {
        if let Some(known) = self.numbers.get(test) {
            return *known;
        }
        let number = self.machines.len();
        self.machines
            .push(machine(test).and_then(Result::ok).map(Rc::new));
        self.numbers.insert(test.clone(), number);
        number
    }

    fn ask(&mut self, positive: &[usize], negative: &[usize]) -> Answer {
        // Whatever else holds, the text must be UTF-8.
        let any_text = self.number(&Test::AnyValue);
        let mut machines = Vec::new();
        let wanted = positive
            .iter()
            .chain([&any_text])
            .map(|number| (number, true));
        for (number, wanted) in wanted.chain(negative.iter().map(|number| (number, false))) {
            match self.machines.get(*number).cloned().flatten() {
                Some(machine) => machines.push((machine, wanted)),
                None => return Answer::Unknown,
            }
        }
        search(&machines, &mut self.steps)
    }
}

fn machine(test: &Test) -> Option<Result<Machine, Box<BuildError>>> {
    match test {
        Test::AnyValue => Some(build("^(?s:.*)$")),
        Test::Text(pattern) => Some(build(&as_regex(pattern, true))),
        // Found anywhere: with the rest of the text spelled out, a match is known at its end and nowhere earlier.
        Test::Regex(regex) => regex
            .rust
            .as_deref()
            .map(|found| build(&format!("^(?s:.*)(?:{found})(?s:.*)$"))),
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => None,
    }
}

fn build(pattern: &str) -> Result<Machine, Box<BuildError>> {
    DFA::builder()
        .configure(
            Config::new()
                .dfa_size_limit(Some(MAX_DFA))
                .determinize_size_limit(Some(MAX_DFA)),
        )
        .syntax(syntax::Config::new().unicode(true).utf8(true))
        .build(pattern)
        .map_err(Box::new)
}

/// A pattern as a regular expression of its own fold: each letter as the class of what folds to it. `newlines` says whether wildcards take them, as
/// they should.
pub(crate) fn as_regex(pattern: &Pattern, newlines: bool) -> String {
    let mut out = String::from(if newlines { "^(?s:" } else { "^(?-s:" });
    for piece in pattern.pieces() {
        match piece {
            Piece::AnyRun => out.push_str(".*"),
            Piece::AnyChar => out.push('.'),
            Piece::Literal(text) => text
                .chars()
                .for_each(|c| push_char(&mut out, c, pattern.case())),
        }
    }
    out.push_str(")$");
    out
}

fn push_char(out: &mut String, c: char, case: Case) {
    let escaped = |c: char| regex_syntax::escape(&c.to_string());
    let upper = c
        .to_uppercase()
        .next()
        .filter(|upper| *upper != c && upper.is_ascii() == c.is_ascii());
    let lower = c
        .to_lowercase()
        .next()
        .filter(|lower| *lower != c && lower.is_ascii() == c.is_ascii());
    match (case, upper.or(lower)) {
        (Case::Fold, Some(other)) => {
            out.push_str("(?:");
            out.push_str(&escaped(c));
            out.push('|');
            out.push_str(&escaped(other));
            out.push(')');
        }
        (Case::Fold | Case::Exact, _) => out.push_str(&escaped(c)),
    }
}

/// A byte of every class that some automaton tells from others, in the order in which they are tried: letters and digits first, so that
/// witnesses read well.
fn alphabet(machines: &[(Rc<Machine>, bool)]) -> Vec<u8> {
    let nice = (b'a'..=b'z').chain(b'0'..=b'9').chain(b' '..=b'~');
    let mut seen = HashSet::new();
    nice.chain(0..=255)
        .filter(|byte| {
            seen.insert(
                machines
                    .iter()
                    .map(|(dfa, _)| dfa.byte_classes().get(*byte))
                    .collect::<Vec<u8>>(),
            )
        })
        .collect()
}

fn search(machines: &[(Rc<Machine>, bool)], steps: &mut usize) -> Answer {
    let config = start::Config::new().anchored(Anchored::No);
    let mut first = Vec::with_capacity(machines.len());
    for (dfa, _) in machines {
        match dfa.start_state(&config) {
            Ok(state) => first.push(state),
            Err(_) => return Answer::Unknown,
        }
    }
    let alphabet = alphabet(machines);
    let mut seen: HashMap<Vec<StateID>, Option<(usize, u8)>> = HashMap::new();
    let mut states: Vec<Vec<StateID>> = vec![first.clone()];
    seen.insert(first, None);
    let mut queue = VecDeque::from([0usize]);
    while let Some(at) = queue.pop_front() {
        let Some(state) = states.get(at).cloned() else {
            return Answer::Unknown;
        };
        if accepts(machines, &state) {
            return spell(&states, &seen, at);
        }
        *steps += alphabet.len() * machines.len();
        for byte in &alphabet {
            let next: Vec<StateID> = machines
                .iter()
                .zip(&state)
                .map(|((dfa, _), id)| dfa.next_state(*id, *byte))
                .collect();
            // A quit state knows no answer for this byte (a Unicode word boundary beside other bytes).
            let quits = machines
                .iter()
                .zip(&next)
                .any(|((dfa, _), id)| dfa.is_quit_state(*id));
            let dead = || {
                machines
                    .iter()
                    .zip(&next)
                    .any(|((dfa, wanted), id)| *wanted && dfa.is_dead_state(*id))
            };
            if quits {
                return Answer::Unknown;
            }
            if dead() || seen.contains_key(&next) {
                continue;
            }
            if states.len() >= MAX_STATES || *steps >= MAX_STEPS {
                return Answer::Unknown;
            }
            seen.insert(next.clone(), Some((at, *byte)));
            queue.push_back(states.len());
            states.push(next);
        }
    }
    Answer::Empty
}

/// Whether the text that led here is accepted as demanded: every pattern is anchored, so that is known at its end.
fn accepts(machines: &[(Rc<Machine>, bool)], state: &[StateID]) -> bool {
    machines
        .iter()
        .zip(state)
        .all(|((dfa, wanted), id)| dfa.is_match_state(dfa.next_eoi_state(*id)) == *wanted)
}

fn spell(
    states: &[Vec<StateID>],
    seen: &HashMap<Vec<StateID>, Option<(usize, u8)>>,
    end: usize,
) -> Answer {
    let mut bytes = Vec::new();
    let mut at = end;
    while let Some(Some((from, byte))) = states.get(at).and_then(|state| seen.get(state)) {
        bytes.push(*byte);
        at = *from;
    }
    bytes.reverse();
    String::from_utf8(bytes).map_or(Answer::Unknown, Answer::Text)
}

//! Alternatives on one column as one lookup: `IN (...)`, `LIKE (...)`, `CIDR_MATCH(..., ...)`.

use crate::esql::tree::Tree;
use crate::esql::version::{Dialect, Feature};
use crate::esql::{regex, text};
use std::collections::{HashMap, HashSet};
use verdict_compiler::ir::Comparison;

/// True if some operand is; equalities and patterns of one subject become one list, at the place of the first, values in order.
pub(crate) fn any(operands: Vec<Tree>, dialect: Dialect) -> Tree {
    // What has no letters compares alike with and without case; it goes where the others of its subject go.
    let lowered: HashSet<String> = operands.iter().filter_map(lowered_key).collect();
    let mut slots: Vec<Slot> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for operand in operands {
        let Some(item) = Item::of(&operand, &lowered, dialect) else {
            slots.push(Slot::Other(operand));
            continue;
        };
        // The printed form of a key is a key: trees have no order or hash of their own.
        let name = format!("{:?} {:?}", item.list, item.subject);
        let place = known.get(&name).copied().and_then(|at| slots.get_mut(at));
        match place {
            Some(Slot::Group(group)) => group.items.push(item),
            Some(Slot::Other(_)) | None => {
                known.insert(name, slots.len());
                slots.push(Slot::Group(Group {
                    first: operand,
                    items: vec![item],
                }));
            }
        }
    }
    Tree::any(slots.into_iter().flat_map(Slot::trees).collect::<Vec<_>>())
}

/// What alternatives become together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    In,
    Like,
    Networks,
}

struct Item {
    list: List,
    subject: Tree,
    value: Tree,
}

struct Group {
    first: Tree,
    items: Vec<Item>,
}

enum Slot {
    Group(Group),
    Other(Tree),
}

/// The subject of an alternative that minds no case, without its `TO_LOWER`.
fn lowered_key(operand: &Tree) -> Option<String> {
    let (list, subject) = match operand {
        Tree::Compare(Comparison::Equal, subject, _) => (List::In, subject),
        Tree::Like(subject, _) => (List::Like, subject),
        _ => return None,
    };
    let bare = match &**subject {
        Tree::Call("TO_LOWER", arguments) => arguments.first()?.clone(),
        Tree::Joined {
            column,
            text,
            lower: true,
        } => Tree::Joined {
            column: column.clone(),
            text: *text,
            lower: false,
        },
        _ => return None,
    };
    Some(format!("{list:?} {bare:?}"))
}

impl Item {
    /// An alternative that may join others.
    fn of(operand: &Tree, lowered: &HashSet<String>, dialect: Dialect) -> Option<Self> {
        match operand {
            Tree::Compare(Comparison::Equal, subject, value)
                if matches!(**value, Tree::Text(_) | Tree::Number(_)) =>
            {
                let cased = matches!(&**value, Tree::Text(text) if text::is_cased(text));
                let is_text = matches!(**value, Tree::Text(_));
                Some(Self {
                    list: List::In,
                    subject: aligned(List::In, subject, cased || !is_text, lowered),
                    value: (**value).clone(),
                })
            }
            Tree::Like(subject, patterns) if dialect.has(Feature::LikeList) => {
                let [pattern] = patterns.as_slice() else {
                    return None;
                };
                Some(Self {
                    list: List::Like,
                    subject: aligned(List::Like, subject, text::is_cased(pattern), lowered),
                    value: Tree::Text(pattern.clone()),
                })
            }
            Tree::Call("CIDR_MATCH", arguments) => match arguments.as_slice() {
                [subject, network] => Some(Self {
                    list: List::Networks,
                    subject: subject.clone(),
                    value: network.clone(),
                }),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The subject, with small letters if others of its kind have them and this value has no letters.
fn aligned(list: List, subject: &Tree, cased: bool, lowered: &HashSet<String>) -> Tree {
    let takes = (!cased || verdict_faults::at("esql/group/cased-among-uncased"))
        && lowered.contains(&format!("{list:?} {subject:?}"));
    text::lowered(subject.clone(), takes)
}

impl Slot {
    fn trees(self) -> Vec<Tree> {
        match self {
            Self::Other(tree) => vec![tree],
            Self::Group(group) => group.trees(),
        }
    }
}

impl Group {
    fn trees(self) -> Vec<Tree> {
        let Some((head, rest)) = self.items.split_first() else {
            return vec![self.first];
        };
        if rest.is_empty() {
            return vec![self.first];
        }
        let subject = head.subject.clone();
        let left_out = usize::from(verdict_faults::at("esql/group/last-value-dropped"));
        let kept = self.items.len() - left_out;
        let values = self.items.iter().take(kept).map(|item| item.value.clone());
        match head.list {
            List::In => vec![Tree::In(Box::new(subject), values.collect())],
            List::Networks => {
                let arguments = std::iter::once(subject).chain(values);
                vec![Tree::Call("CIDR_MATCH", arguments.collect())]
            }
            List::Like => {
                let patterns = values.filter_map(|value| match value {
                    Tree::Text(pattern) => Some(pattern),
                    _ => None,
                });
                let lists = split(patterns.collect());
                let like = |list| Tree::Like(Box::new(subject.clone()), list);
                lists.into_iter().map(like).collect()
            }
        }
    }
}

/// Patterns that are open at both ends, which one list is tried with. The list is one automaton, and each of them may double it.
const MOST_OPEN: usize = 5;
/// Other patterns that one list is tried with.
const MOST_CLOSED: usize = 100;

/// The patterns as lists of each of which Elasticsearch can make one automaton.
fn split(patterns: Vec<String>) -> Vec<Vec<String>> {
    let is_open = |pattern: &String| pattern.starts_with('*') && pattern.ends_with('*');
    let open = patterns.iter().filter(|pattern| is_open(pattern)).count();
    if verdict_faults::at("esql/group/list-not-split") {
        return vec![patterns];
    }
    let mut lists = Vec::new();
    if open <= MOST_OPEN && patterns.len() <= MOST_CLOSED {
        halve(&patterns, &mut lists);
        return lists;
    }
    let (open, closed): (Vec<String>, Vec<String>) = patterns.into_iter().partition(is_open);
    for list in open.chunks(MOST_OPEN).chain(closed.chunks(MOST_CLOSED)) {
        halve(list, &mut lists);
    }
    lists
}

fn halve(patterns: &[String], into: &mut Vec<Vec<String>>) {
    if patterns.len() < 2
        || regex::is_one_list(patterns)
        || verdict_faults::at("esql/group/list-too-large")
    {
        into.push(patterns.to_vec());
        return;
    }
    let (one, other) = patterns.split_at(patterns.len() / 2);
    halve(one, into);
    if verdict_faults::at("esql/group/second-half-dropped") {
        return;
    }
    halve(other, into);
}

//! Alternatives on one column as one lookup: `in (...)`, `in~ (...)`, `ipv4_is_in_any_range(...)`.

use crate::kql::tree::{Match, Operator, Tree};
use verdict_compiler::ir::Case;

/// True if some operand is; equalities of one subject become one list, at the place of the first, values in order.
pub(crate) fn any(operands: Vec<Tree>) -> Tree {
    let mut slots: Vec<Slot> = Vec::new();
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for operand in operands {
        let Some(item) = item(&operand) else {
            slots.push(Slot::Other(operand));
            continue;
        };
        // The printed form of a key is a key: trees have no order or hash of their own.
        let name = format!("{:?}", item.key);
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
    Tree::any(slots.into_iter().map(Slot::tree).collect::<Vec<_>>())
}

/// What alternatives must share to become one lookup.
#[derive(Clone, Debug)]
enum Key {
    /// The subject, without `tostring`, and what it equals.
    Equal { bare: Tree, values: Values },
    /// The function and its subject, and whether null is read as false.
    Range {
        function: &'static str,
        subject: Tree,
        /// What else is asked of the subject.
        guard: Option<Tree>,
        settled: bool,
    },
}

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    /// Numbers.
    Numbers,
    /// Texts whose letters must be equal in case.
    Cased,
    /// Texts whose case does not matter, those without letters included.
    Uncased,
}

struct Item {
    key: Key,
    /// The subject as this alternative has it.
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

/// An alternative that may join others.
fn item(operand: &Tree) -> Option<Item> {
    match operand {
        Tree::Compare(
            Operator::Match {
                place: Match::Whole,
                case,
                negated: false,
            },
            subject,
            value,
        ) => equality(*case, subject, value),
        Tree::Call("coalesce", arguments) => match arguments.as_slice() {
            [inner, Tree::Bool(false)] => range(inner, true),
            _ => None,
        },
        other => range(other, false),
    }
}

fn equality(case: Case, subject: &Tree, value: &Tree) -> Option<Item> {
    let values = match value {
        Tree::Text(text)
            if case == Case::Exact
                && text.contains(char::is_alphabetic)
                && !verdict_faults::at("kql/group/cased-among-uncased") =>
        {
            Values::Cased
        }
        Tree::Text(_) => Values::Uncased,
        Tree::Number(_) => Values::Numbers,
        _ => return None,
    };
    let bare = match subject {
        Tree::Call("tostring", arguments) => arguments.first()?.clone(),
        other => other.clone(),
    };
    Some(Item {
        key: Key::Equal { bare, values },
        subject: subject.clone(),
        value: value.clone(),
    })
}

fn range(tree: &Tree, settled: bool) -> Option<Item> {
    let (guard, function, arguments) = match tree {
        Tree::Call(function, arguments) => (None, *function, arguments),
        Tree::All(operands) => match operands.as_slice() {
            [
                guard @ Tree::Compare(Operator::Match { .. }, ..),
                Tree::Call(function, arguments),
            ] => (Some(guard.clone()), *function, arguments),
            _ => return None,
        },
        _ => return None,
    };
    let several = match function {
        "ipv4_is_in_range" => "ipv4_is_in_any_range",
        "ipv6_is_in_range" if verdict_faults::at("kql/group/range-v6-as-v4") => {
            "ipv4_is_in_any_range"
        }
        "ipv6_is_in_range" => "ipv6_is_in_any_range",
        _ => return None,
    };
    let [subject, value @ Tree::Text(_)] = arguments.as_slice() else {
        return None;
    };
    Some(Item {
        key: Key::Range {
            function: several,
            subject: subject.clone(),
            guard,
            settled,
        },
        subject: subject.clone(),
        value: value.clone(),
    })
}

impl Slot {
    fn tree(self) -> Tree {
        match self {
            Self::Other(tree) => tree,
            Self::Group(group) => group.tree(),
        }
    }
}

impl Group {
    fn tree(self) -> Tree {
        let Some((head, rest)) = self.items.split_first() else {
            return self.first;
        };
        if rest.is_empty() {
            return self.first;
        }
        let mut values: Vec<Tree> = self.items.iter().map(|item| item.value.clone()).collect();
        if verdict_faults::at("kql/group/last-value-dropped") {
            values.pop();
        }
        match &head.key {
            Key::Range {
                function,
                subject,
                guard,
                settled,
            } => {
                let texts = values.into_iter().filter_map(|value| match value {
                    Tree::Text(text) => Some(text),
                    _ => None,
                });
                let call = Tree::Call(function, vec![subject.clone(), Tree::List(texts.collect())]);
                let guard = guard
                    .iter()
                    .filter(|_| !verdict_faults::at("kql/group/range-guard-lost"));
                let call = Tree::all(guard.cloned().chain([call]));
                let settled =
                    *settled && !verdict_faults::at("kql/group/range-null-under-negation");
                if settled { call.settled() } else { call }
            }
            Key::Equal { bare, values: sort } => {
                let letters = |value: &Tree| matches!(value, Tree::Text(text) if text.contains(char::is_alphabetic));
                let case = match sort {
                    _ if verdict_faults::at("kql/group/case-minded") => Case::Exact,
                    Values::Uncased if values.iter().any(letters) => Case::Fold,
                    Values::Numbers | Values::Cased | Values::Uncased => Case::Exact,
                };
                // One alternative that needs `tostring` makes it right for all.
                let wrapped = self.items.iter().any(|item| item.subject != *bare)
                    && !verdict_faults::at("kql/group/tostring-lost");
                let subject = if wrapped {
                    Tree::call("tostring", bare.clone())
                } else {
                    bare.clone()
                };
                Tree::In {
                    case,
                    negated: false,
                    subject: Box::new(subject),
                    values,
                }
            }
        }
    }
}

//! Terms of the `search` command: a field compared with a literal. Letters of either case are the same, and a field with several values
//! satisfies a term if any of them does.

use crate::spl::logic::Logic;
use crate::spl::quote;

/// An expression of `search`.
pub(crate) type Search = Logic<Term>;

/// A field compared with literals: `=`, or `IN` where there are several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// The field.
    pub(crate) field: String,
    /// What it equals one of; at least one.
    pub(crate) values: Vec<Value>,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `*`: the field has a value.
    Any,
    /// A word that needs no quotes: `4688`, `true`.
    Word(String),
    /// A text, with wildcards around it or not.
    Text(Glob),
    /// The same with the case of its letters heeded: `CASE(...)`.
    Cased(Glob),
    /// Addresses in a network: `10.0.0.0/8`.
    Network(String),
    /// Numbers on one side of this one: `>=5`.
    Order(&'static str, String),
}

/// A text between wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob {
    /// Whether anything may stand before it.
    pub(crate) open_start: bool,
    /// The text, as it is.
    pub(crate) text: String,
    /// Whether anything may stand behind it.
    pub(crate) open_end: bool,
}

impl Glob {
    /// This text between wildcards, or not.
    pub(crate) fn new(open_start: bool, text: &str, open_end: bool) -> Self {
        Self {
            open_start,
            text: text.to_owned(),
            open_end,
        }
    }

    /// Exactly this text.
    pub(crate) fn whole(text: &str) -> Self {
        Self::new(false, text, false)
    }
}

impl Term {
    /// `field=value`.
    pub(crate) fn new(field: &str, value: Value) -> Search {
        Logic::Leaf(Self {
            field: field.to_owned(),
            values: vec![value],
        })
    }

    /// `field=*`.
    pub(crate) fn exists(field: &str) -> Search {
        Self::new(field, Value::Any)
    }

    /// Whether it says no more than that the field has a value.
    pub(crate) fn is_existence(&self) -> bool {
        self.values == [Value::Any]
    }
}

impl Value {
    /// Whether it may stand in an `IN` list.
    pub(crate) fn is_listable(&self) -> bool {
        match self {
            Self::Word(_) | Self::Text(_) => true,
            Self::Any | Self::Cased(_) | Self::Network(_) | Self::Order(..) => false,
        }
    }
}

/// The field holds such a text; None where `search` cannot say this text, or would read it as something else.
pub(crate) fn text(field: &str, glob: Glob) -> Option<Search> {
    let whole = !glob.open_start && !glob.open_end;
    if !quote::is_searchable(&glob.text) || (whole && quote::is_network(&glob.text)) {
        return None;
    }
    Some(Term::new(field, Value::Text(glob)))
}

/// The same where the case of letters counts.
pub(crate) fn cased(field: &str, glob: Glob) -> Option<Search> {
    if !quote::has_case(&glob.text) {
        return text(field, glob);
    }
    let word =
        quote::is_word(&glob.text) || verdict_faults::at("spl/search/cased-text-with-spaces");
    word.then(|| Term::new(field, Value::Cased(glob)))
}

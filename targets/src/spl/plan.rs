//! The IR as atoms, each said in both languages where that is possible.
//!
//! `search` ignores case, looks at every value of a field and keeps events that lack one under `NOT`, which is what most tests mean; it says
//! them exactly. What it cannot say, a condition of `where` says, and a wider term of `search` stands before it. Atoms are two-valued in
//! both languages, so that `not`, `and` and `or` are plain logic in either.

use crate::caps::{Caps, Limit};
use crate::spl::filter::{Condition, Expression, Filter};
use crate::spl::logic::Logic;
use crate::spl::search::{Search, Term, Value};
use crate::spl::{keyword, number, quote, text};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::divergence::KEYWORD_RAW;
use verdict_compiler::codes::target::{
    SPL_DATE, SPL_FIELD_NAME, SPL_FUNCTION, SPL_TYPE, SPL_VERSION,
};
use verdict_compiler::ir::{self, Expr, Leaf, LeafKind, Test};
use verdict_event::{FieldSchema, FieldType, Path};

/// A leaf as the target says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Atom {
    /// The same in `search`, if it can say it.
    pub(crate) exact: Option<Search>,
    /// What `search` can say at most: true wherever the leaf is.
    pub(crate) wide: Search,
    /// The same in `where`.
    pub(crate) filter: Filter,
}

/// The plan of a rule.
pub(crate) type Plan = Logic<Atom>;

impl Atom {
    /// What both languages say.
    pub(crate) fn both(exact: Search, filter: Filter) -> Self {
        Self {
            wide: exact.clone(),
            exact: Some(exact),
            filter,
        }
    }

    /// What only `where` says.
    pub(crate) fn filtered(wide: Search, condition: Condition) -> Self {
        Self {
            exact: None,
            wide,
            filter: Logic::Leaf(condition),
        }
    }

    /// What no value satisfies.
    pub(crate) fn never() -> Self {
        Self::both(Logic::Bool(false), Logic::Bool(false))
    }
}

/// Makes the plan of one rule.
pub(crate) struct Planner<'i> {
    fields: &'i BTreeMap<Path, FieldSchema>,
    /// Where the profile looks: names that mean in `search` what the profile means by them.
    places: BTreeSet<Path>,
    pub(crate) caps: Caps,
}

impl<'i> Planner<'i> {
    /// A planner for rules over these fields.
    pub(crate) fn new(fields: &'i BTreeMap<Path, FieldSchema>) -> Self {
        Self {
            fields,
            places: BTreeSet::new(),
            caps: Caps::default(),
        }
    }

    /// The same, where every event has these columns: `source`, `sourcetype`, `tag` as Splunk's search means them.
    pub(crate) fn at(mut self, places: &BTreeSet<Path>) -> Self {
        self.places.clone_from(places);
        self
    }

    /// An expression.
    pub(crate) fn plan(&mut self, expr: &Expr) -> Plan {
        match expr {
            Expr::Const(value) => Logic::Bool(*value),
            Expr::Not(inner) if verdict_faults::at("spl/plan/negation-dropped") => self.plan(inner),
            Expr::Not(inner) if verdict_faults::at("spl/plan/negated-group-torn-apart") => {
                match self.plan(inner) {
                    Logic::All(operands) => {
                        let mut operands = operands.into_iter();
                        let first = operands.next().map(Logic::negate);
                        Logic::all(first.into_iter().chain(operands))
                    }
                    other @ (Logic::Bool(_) | Logic::Not(_) | Logic::Any(_) | Logic::Leaf(_)) => {
                        other.negate()
                    }
                }
            }
            Expr::Not(inner) => self.plan(inner).negate(),
            Expr::All(operands) => {
                let operands: Vec<Plan> = operands.iter().map(|x| self.plan(x)).collect();
                Logic::all(operands)
            }
            Expr::Any(operands) => {
                let operands: Vec<Plan> = operands.iter().map(|x| self.plan(x)).collect();
                Logic::any(operands)
            }
            Expr::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> Plan {
        let said = match &leaf.kind {
            LeafKind::Is {
                term: ir::Term::Field(path),
                test,
            } => self.field(path, test).map(Logic::Leaf),
            LeafKind::Is {
                term: ir::Term::Truth { holds, known },
                test,
            } => self
                .of_single_values(holds)
                .map(|()| self.truth(holds, known, test)),
            LeafKind::Is { term, test } => self.computed(term, test).map(Logic::Leaf),
            LeafKind::Relate {
                relation,
                left,
                right,
            } => self.relate(relation, left, right).map(Logic::Leaf),
            LeafKind::Missing(ir::Term::Truth { holds, known }) => self
                .of_single_values(holds)
                .map(|()| self.plan(known).negate()),
            LeafKind::Missing(ir::Term::Field(path)) => {
                let missing = self.exists(path).map(|atom| Logic::Leaf(atom).negate());
                if verdict_faults::at("spl/plan/missing-as-present") {
                    missing.map(Logic::negate)
                } else {
                    missing
                }
            }
            LeafKind::Missing(term) => self.has_value(term).map(Logic::negate),
            LeafKind::Present(path) => self.exists(path).map(Logic::Leaf),
            LeafKind::AnyText(text) => keyword::atom(text).map(|atom| {
                if !verdict_faults::at("spl/plan/keyword-claims-exact") {
                    self.caps.diverges(KEYWORD_RAW);
                }
                Logic::Leaf(atom)
            }),
        };
        said.unwrap_or_else(|limit| {
            if verdict_faults::at("spl/plan/refused-test-dropped") {
                return Logic::Bool(true);
            }
            self.caps.refuse(limit, leaf.span);
            Logic::Bool(false)
        })
    }

    /// Fails if a condition reads a list, of whose values it may say one thing each.
    fn of_single_values(&self, condition: &Expr) -> Result<(), Limit> {
        condition.reads_list(self.fields).map_or(Ok(()), |path| {
            let reason = format!(
                "`{path}` holds lists, and a condition as a value needs one value at a time"
            );
            Err(Limit::new(SPL_FUNCTION, reason))
        })
    }

    /// The field has a value. What an empty text is, Splunk's documents leave open.
    fn exists(&self, path: &Path) -> Result<Atom, Limit> {
        self.name(path).map(|name| existence(&name))
    }

    /// A test of a field's values.
    fn field(&self, path: &Path, test: &Test) -> Result<Atom, Limit> {
        let name = self.name(path)?;
        let special =
            quote::is_special(&name) && !verdict_faults::at("spl/plan/special-name-searched");
        if special && !self.places.contains(path) {
            return Ok(unsearched(self.test(path, &name, test)?));
        }
        self.test(path, &name, test)
    }

    fn test(&self, path: &Path, name: &str, test: &Test) -> Result<Atom, Limit> {
        let kind = self.kind(path);
        match test {
            Test::AnyValue => Ok(existence(name)),
            Test::Text(pattern) => Ok(text::pattern(name, pattern)),
            Test::Numeral(wanted) => Ok(number::numeral(name, wanted)),
            Test::Compare(comparison, wanted) => {
                Ok(number::compare(name, kind, *comparison, wanted))
            }
            Test::TextOrder(comparison, other) => text::order(name, *comparison, other),
            Test::Bool(wanted) => Ok(text::truth(name, kind, *wanted)),
            Test::Regex(expression) => text::search(name, expression),
            Test::Cidr(network) => Ok(text::network(name, network)),
            Test::Version(..) => Err(version()),
            Test::Instant(..) | Test::DatePart(..) => Err(date()),
        }
    }

    /// A condition as a value: what the test says of `true` and of `false`, where the condition is known. Where it holds it is known.
    fn truth(&mut self, holds: &Expr, known: &Expr, test: &Test) -> Plan {
        let Some([of_false, of_true]) = text::of_truths(test) else {
            return Logic::Bool(false);
        };
        let value = match (of_false, of_true) {
            (false, false) => Expr::Const(false),
            (true, true) => known.clone(),
            (false, true) => holds.clone(),
            (true, false) if verdict_faults::at("spl/plan/truth-not-negated") => holds.clone(),
            (true, false) if verdict_faults::at("spl/plan/unknown-as-false") => {
                holds.clone().negate()
            }
            (true, false) => Expr::all([known.clone(), holds.clone().negate()]),
        };
        self.plan(&value)
    }

    /// The name of the field in Splunk.
    pub(crate) fn name(&self, path: &Path) -> Result<String, Limit> {
        let name = path.as_str();
        if !quote::is_name(name) {
            let reason = format!(
                "`{name}` cannot be written as a field: names here are letters, digits, `_`, `.`, `-`, `@`, `/`, `{{`, `}}` and spaces, and do \
                 not begin with `_`, as Splunk's own do"
            );
            return Err(Limit::new(SPL_FIELD_NAME, reason));
        }
        if self.kind(path) == FieldType::Object {
            let reason =
                format!("`{name}` holds objects, of which Splunk has fields for the parts alone");
            return Err(Limit::new(SPL_TYPE, reason));
        }
        Ok(name.to_owned())
    }

    /// The type of a field; text where nothing is known.
    pub(crate) fn kind(&self, path: &Path) -> FieldType {
        self.fields
            .get(path)
            .map_or(FieldType::Keyword, |field| field.kind)
    }

    /// Fails if one of these fields holds lists: what reads several fields looks at one value of each.
    pub(crate) fn single(
        &self,
        fields: &BTreeSet<Path>,
        code: verdict_compiler::Code,
    ) -> Result<(), Limit> {
        let list = |path: &&Path| self.fields.get(*path).is_some_and(|field| field.array);
        match fields.iter().find(list) {
            None => Ok(()),
            Some(path) => Err(Limit::new(
                code,
                format!(
                    "`{path}` holds lists, and Splunk has no test of every pair of two fields' values"
                ),
            )),
        }
    }
}

/// Versions are ordered part by part, which no function does.
pub(crate) fn version() -> Limit {
    Limit::new(
        SPL_VERSION,
        "Splunk has no comparison of software versions that orders them part by part",
    )
}

/// Dates are read by a format and in the user's time zone.
pub(crate) fn date() -> Limit {
    Limit::new(
        SPL_DATE,
        "`strptime` reads a date by one format, and one without a zone in the time zone of whoever searches",
    )
}

/// The field has a value.
pub(crate) fn existence(name: &str) -> Atom {
    let atom = Atom::both(
        Term::exists(name),
        Logic::Leaf(Condition::Exists(name.to_owned())),
    );
    if quote::is_special(name) {
        return unsearched(atom);
    }
    atom
}

/// The atom without its terms of `search`, for fields whose names mean something else there.
fn unsearched(atom: Atom) -> Atom {
    Atom {
        exact: None,
        wide: Logic::Bool(true),
        filter: atom.filter,
    }
}

/// An expression is found in some value of the field.
pub(crate) fn found(name: &str, wide: Search, expression: Expression) -> Atom {
    Atom::filtered(wide, Condition::Found(name.to_owned(), expression))
}

/// `field=word` with the same as a condition.
pub(crate) fn word(name: &str, word: &str, expression: Expression) -> Atom {
    let term = Term::new(name, Value::Word(word.to_owned()));
    Atom::both(
        term,
        Logic::Leaf(Condition::Found(name.to_owned(), expression)),
    )
}

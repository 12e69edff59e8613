//! The IR as Rust. Every match is exhaustive: a new kind of the IR cannot be forgotten here.

use crate::rust::code::Code;
use crate::rust::fields::Fields;
use crate::rust::leaf::{self, Written};
use crate::rust::names::Names;
use crate::rust::quote;
use crate::rust::regex::{self, Expression};
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::ir::{AnyText, Expr, LeafKind, Regex, Term, Test};
use verdict_event::Path;

/// Longer lists get a table of their own.
const MANY: usize = 12;
const ANY_TEXT: &str = "ANY_TEXT";
const ANY_VALUE: &str = "Test::AnyValue";

/// Writes the predicate of a rule, and the tables that it needs.
pub(super) struct Writer<'c> {
    pub(super) ir: &'c Ir,
    pub(super) fields: &'c Fields,
    /// The names of its tables.
    pub(super) names: Names,
    /// Items that stand before the function.
    pub(super) items: Vec<String>,
}

impl<'c> Writer<'c> {
    /// A writer for one rule.
    pub(super) fn new(ir: &'c Ir, fields: &'c Fields, names: Names) -> Self {
        Self {
            ir,
            fields,
            names,
            items: Vec::new(),
        }
    }

    /// An expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> Code {
        match expr {
            Expr::Const(value) => Code::plain(value.to_string()),
            Expr::Not(inner) => self.expr(inner).not(),
            Expr::All(operands) => self.all(operands),
            Expr::Any(operands) => self.any(operands),
            Expr::Leaf(leaf) => self.leaf(&leaf.kind),
        }
    }

    /// The constant of a field.
    pub(super) fn field(&self, path: &Path) -> Code {
        Code::plain(self.fields.constant(path, self.ir))
    }

    /// Several conditions. Those that a field holds each of some texts become one.
    fn all(&mut self, operands: &[Expr]) -> Code {
        let mut codes = self.parts(operands, true);
        // A condition of one line goes first: the layout of a chain that begins with a longer one is hard to read.
        if codes.first().is_some_and(|first| !first.is_line())
            && let Some(at) = codes.iter().position(Code::is_line)
        {
            let line = codes.remove(at);
            codes.insert(0, line);
        }
        one_or(codes, Code::All)
    }

    /// Several alternatives. Those that test one field in one way become one.
    fn any(&mut self, operands: &[Expr]) -> Code {
        one_or(self.parts(operands, false), Code::Any)
    }

    fn parts(&mut self, operands: &[Expr], all: bool) -> Vec<Code> {
        let mut parts: Vec<Part> = Vec::new();
        let mut known: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
        for operand in operands {
            let group = self.grouped(operand);
            let Some(group) = group.filter(|group| !all || group.joins_in_all()) else {
                parts.push(Part::Code(self.expr(operand)));
                continue;
            };
            let place = known.entry((group.field.clone(), group.method));
            let place = *place.or_insert(parts.len());
            match parts.get_mut(place) {
                Some(Part::Group(known)) => known.items.extend(group.items),
                Some(Part::Code(_)) | None => parts.push(Part::Group(group)),
            }
        }
        let codes = parts.into_iter().map(|part| match part {
            Part::Code(code) => code,
            Part::Group(group) => self.group(group, all),
        });
        codes.collect()
    }

    /// The leaf as a group of one, if its kind of test takes lists.
    fn grouped(&self, expr: &Expr) -> Option<Group> {
        let Expr::Leaf(leaf) = expr else {
            return None;
        };
        match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } => Group::of(self.fields.constant(path, self.ir), test),
            LeafKind::AnyText(AnyText::Pattern(pattern)) => {
                Group::of(ANY_TEXT, &Test::Text(pattern.clone()))
            }
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(AnyText::Regex(_)) => None,
        }
    }

    fn group(&mut self, group: Group, all: bool) -> Code {
        let Group {
            field,
            mut method,
            mut items,
        } = group;
        let many = items.len() > MANY;
        method = match method {
            "contains" if all && items.len() > 1 => "contains_all",
            "contains_exact" if all && items.len() > 1 => "contains_all_exact",
            "equals" if many => "one_of",
            "equals_exact" if many => "one_of_exact",
            other => other,
        };
        if method.starts_with("one_of") {
            items.sort_by(|a, b| a.key.cmp(&b.key));
            items.dedup_by(|a, b| a.key == b.key);
        }
        let kind = if method.starts_with("like") {
            "&[Piece]"
        } else {
            "&str"
        };
        let codes: Vec<Code> = items.into_iter().map(|item| item.code).collect();
        let list = if many {
            let name = self
                .names
                .unique(&format!("{field}_{}", method.to_ascii_uppercase()));
            let head = format!("static {name}: [{kind}; {}] =", codes.len());
            self.items.push(Code::List(codes).item(&head));
            leaf::borrowed(Code::plain(name))
        } else {
            Code::slice(codes)
        };
        Code::call(format!("event.{method}"), [Code::plain(field), list])
    }

    fn leaf(&mut self, kind: &LeafKind) -> Code {
        match kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } => {
                let field = self.fields.constant(path, self.ir).to_owned();
                self.test_of_field(&field, test)
            }
            LeafKind::Is { term, test } => {
                let values = leaf::values(self, term);
                let test = self.test(test);
                Code::call("test::some", [leaf::borrowed(values), leaf::borrowed(test)])
            }
            LeafKind::Relate {
                relation,
                left,
                right,
            } => {
                let left = leaf::borrowed(leaf::values(self, left));
                let right = leaf::borrowed(leaf::values(self, right));
                let relation = leaf::relation(relation);
                Code::call("relation::related", [left, relation, right])
            }
            LeafKind::Missing(Term::Field(path)) => {
                Code::call("event.has", [self.field(path)]).not()
            }
            LeafKind::Missing(term) => {
                let values = leaf::borrowed(leaf::values(self, term));
                Code::call("test::lacks", [values])
            }
            LeafKind::Present(path) => Code::call("event.stands", [self.field(path)]),
            LeafKind::AnyText(AnyText::Pattern(pattern)) => {
                self.test_of_field(ANY_TEXT, &Test::Text(pattern.clone()))
            }
            LeafKind::AnyText(AnyText::Regex(regex)) => {
                self.test_of_field(ANY_TEXT, &Test::Regex(regex.clone()))
            }
        }
    }

    fn test_of_field(&mut self, field: &str, test: &Test) -> Code {
        if let Some(group) = Group::of(field, test) {
            return self.group(group, false);
        }
        let field = Code::plain(field);
        match self.test(test) {
            Code::Plain(test) if test == ANY_VALUE => Code::call("event.has", [field]),
            Code::Call(kind, patterns) if kind == "Test::Found" => {
                let arguments: Vec<Code> = std::iter::once(field).chain(patterns).collect();
                Code::call("event.matches", arguments)
            }
            test => Code::call("event.is", [field, leaf::borrowed(test)]),
        }
    }

    /// A test by itself, as a value.
    pub(super) fn test(&mut self, test: &Test) -> Code {
        match leaf::written(test) {
            Written::Listed(method, item) => {
                let list = Code::slice(vec![item.code]);
                Code::call(format!("Test::{}", leaf::variant(method)), [list])
            }
            Written::Simple(code) => code,
            Written::AnyValue => Code::plain(ANY_VALUE),
            Written::Regex(regex) => self.regex(regex),
        }
    }

    fn regex(&mut self, regex: &Regex) -> Code {
        match regex::expression(regex) {
            Some(Expression::Found(pattern)) => Code::call("Test::Found", [self.pattern(&pattern)]),
            Some(other) => Code::call("Test::Accepts", [leaf::borrowed(self.accepts(&other))]),
            // The claim refuses such a rule, and what is refused is not written.
            None => Code::plain(ANY_VALUE),
        }
    }

    fn accepts(&mut self, expression: &Expression) -> Code {
        match expression {
            Expression::Found(pattern) => Code::call("Accepts::Found", [self.pattern(pattern)]),
            Expression::Not(inner) => {
                Code::call("Accepts::Not", [leaf::borrowed(self.accepts(inner))])
            }
            Expression::All(parts) | Expression::Any(parts) => {
                let kind = if matches!(expression, Expression::All(_)) {
                    "Accepts::All"
                } else {
                    "Accepts::Any"
                };
                let parts = parts.iter().map(|part| self.accepts(part)).collect();
                Code::call(kind, [Code::slice(parts)])
            }
        }
    }

    /// The name of a table that holds a compiled expression.
    fn pattern(&mut self, pattern: &str) -> Code {
        let name = self.names.unique("PATTERN");
        let value = Code::call("Pattern::new", [Code::plain(quote::text(pattern))]);
        self.items
            .push(value.item(&format!("static {name}: Pattern =")));
        Code::Borrowed(Box::new(Code::plain(name)))
    }
}

/// An operand, or leaves that are told together.
enum Part {
    Code(Code),
    Group(Group),
}

/// Leaves that test one field in one way.
struct Group {
    field: String,
    method: &'static str,
    items: Vec<leaf::Item>,
}

impl Group {
    fn of(field: &str, test: &Test) -> Option<Self> {
        match leaf::written(test) {
            Written::Listed(method, item) => Some(Self {
                field: field.to_owned(),
                method,
                items: vec![item],
            }),
            Written::Simple(_) | Written::AnyValue | Written::Regex(_) => None,
        }
    }

    /// Whether several of its kind can be told together where all of them must hold.
    fn joins_in_all(&self) -> bool {
        matches!(self.method, "contains" | "contains_exact")
    }
}

/// The only code, or all of them joined.
pub(super) fn one_or(mut codes: Vec<Code>, join: fn(Vec<Code>) -> Code) -> Code {
    match codes.len() {
        1 => codes.pop().unwrap_or_else(|| join(Vec::new())),
        _ => join(codes),
    }
}

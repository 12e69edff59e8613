//! Calls of functions.

use super::super::ast::{Expr, ExprKind, Name};
use super::super::functions::Function;
use super::super::network;
use super::super::node::{Kind, Network, Node, Part, Test};
use super::super::pcre::Pcre;
use super::super::value::Val;
use super::expr::Called;
use super::{Binder, Outcome, compile};
use crate::QueryError;

/// Whether a function gives a condition.
pub(super) fn is_predicate(name: &str) -> bool {
    matches!(
        name,
        "true" | "false" | "match" | "like" | "cidrmatch" | "in" | "searchmatch"
    ) || kind(name).is_some()
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "isnull" => Kind::Null,
        "isnotnull" => Kind::NotNull,
        "isnum" => Kind::Number,
        "isint" => Kind::Integer,
        "isstr" => Kind::String,
        "isbool" => Kind::Bool,
        "ismv" => Kind::Several,
        _ => return None,
    })
}

/// Functions that are not run here.
const OTHERS: &str = "\
    acos acosh asin asinh atan atan2 atanh bit_and bit_not bit_or bit_shift_left bit_shift_right bit_xor cluster commands cos cosh exact exp \
    getfields hypot isarray isdouble isobject json_append json_array json_array_to_mv json_delete json_entries json_extend \
    json_extract json_extract_exact json_has_key_exact json_keys json_object json_set json_set_exact json_valid ln log lookup md5 \
    mv_to_json_array now pi printf random relative_time sha1 sha256 sha512 sigfig sin sinh spath tan tanh time \
    toarray tobool todouble toint tomv toobject xpath";

/// Functions of Splunk that this engine does not run. Source: Search Reference, "Evaluation functions", quick reference.
fn is_known(name: &str) -> bool {
    OTHERS.split_whitespace().any(|known| known == name)
}

impl Binder<'_> {
    /// A call. Source: Search Reference, "Evaluation functions", and the pages of the single functions.
    pub(super) fn call(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Outcome<Called> {
        if let Some(kind) = kind(name) {
            let [value] = exactly(name, arguments, expr)?;
            let node = if kind == Kind::Bool {
                self.either(value)?
            } else {
                self.value(value)?
            };
            return Ok(Called::Condition(Test::Is(kind, node)));
        }
        if let Some((function, least, most)) = Function::named(name) {
            return self.function(name, function, least..=most, arguments, expr);
        }
        match name {
            "true" | "false" => {
                let [] = exactly(name, arguments, expr)?;
                Ok(Called::Condition(Test::Constant(name == "true")))
            }
            "match" => {
                let [value, pattern] = exactly(name, arguments, expr)?;
                let pattern = literal_pattern(pattern)?;
                Ok(Called::Condition(Test::Match(self.value(value)?, pattern)))
            }
            "like" => {
                let [value, pattern] = exactly(name, arguments, expr)?;
                Ok(Called::Condition(self.like(value, pattern)?))
            }
            "cidrmatch" => self.cidrmatch(name, arguments, expr).map(Called::Condition),
            "in" => match arguments.split_first() {
                Some((value, list)) => self.one_of(value, list, expr).map(Called::Condition),
                None => Err(wrong_count(name, expr)),
            },
            "searchmatch" => self
                .searchmatch(name, arguments, expr)
                .map(Called::Condition),
            "mvfind" | "mvfilter" | "mvmap" | "replace" => {
                self.over_values(name, arguments, expr).map(Called::Value)
            }
            "if" | "case" | "validate" | "coalesce" => {
                self.chosen(name, arguments, expr).map(Called::Value)
            }
            _ if is_known(name) => Err(QueryError::new(
                format!("`{name}` is a function that this engine does not run"),
                expr.span.clone(),
            )),
            _ => Err(QueryError::new(
                format!("there is no function `{name}`"),
                expr.span.clone(),
            )),
        }
    }

    fn function(
        &mut self,
        name: &str,
        function: Function,
        count: std::ops::RangeInclusive<usize>,
        arguments: &[Expr],
        expr: &Expr,
    ) -> Outcome<Called> {
        if !count.contains(&arguments.len()) {
            return Err(wrong_count(name, expr));
        }
        let nodes = if function.takes_condition() {
            arguments
                .iter()
                .map(|argument| self.either(argument))
                .collect::<Outcome<_>>()?
        } else {
            self.values(arguments)?
        };
        check_literals(function, arguments)?;
        Ok(Called::Value(Node::Call(function, nodes)))
    }

    /// Source: Comparison and Conditional functions, cidrmatch: the network comes first, both are strings.
    fn cidrmatch(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Outcome<Test> {
        let [range, value] = exactly(name, arguments, expr)?;
        let network = match &range.kind {
            ExprKind::Text(text) => match network::parse(text) {
                Some(network) => Network::Known(network),
                None => {
                    return Err(QueryError::new(
                        "this is no network in CIDR notation",
                        range.span.clone(),
                    ));
                }
            },
            _ => Network::Computed(self.value(range)?),
        };
        Ok(Test::Inside(network, self.value(value)?))
    }

    /// Source: Comparison and Conditional functions, searchmatch. The text is read once more, as a search.
    fn searchmatch(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Outcome<Test> {
        let [text] = exactly(name, arguments, expr)?;
        let ExprKind::Text(search) = &text.kind else {
            return Err(QueryError::new(
                "searchmatch() needs a text in double quotes",
                text.span.clone(),
            ));
        };
        if search.contains(['|', '[', ']', '`']) {
            return Err(QueryError::new(
                "a search within searchmatch() has one command",
                text.span.clone(),
            ));
        }
        let at_text = |error: QueryError| QueryError {
            span: text.span.clone(),
            ..error
        };
        let search = super::super::search::parse(search, 0..search.len()).map_err(at_text)?;
        let filter = self.search(&search).map_err(at_text)?;
        Ok(Test::Search(Box::new(filter)))
    }

    /// Functions that go through the values of a field.
    fn over_values(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Outcome<Node> {
        match name {
            "mvfind" => {
                let [value, pattern] = exactly(name, arguments, expr)?;
                let pattern = literal_pattern(pattern)?;
                Ok(Node::Find(Box::new(self.value(value)?), pattern))
            }
            "mvfilter" => {
                let [condition] = exactly(name, arguments, expr)?;
                let slot = self.only_field(condition, expr)?;
                let test = self.within(slot, expr, |binder| binder.test(condition))?;
                Ok(Node::Filter(Box::new(Node::Slot(slot)), Box::new(test)))
            }
            "mvmap" => {
                let [value, inner] = exactly(name, arguments, expr)?;
                let node = self.value(value)?;
                // Source: mvmap: the field may stand within mvindex.
                let slot = self.only_field(value, expr)?;
                let inner = self.within(slot, expr, |binder| binder.value(inner))?;
                Ok(Node::Map(Box::new(node), Box::new(inner)))
            }
            _ => {
                let [value, pattern, replacement] = exactly(name, arguments, expr)?;
                let pattern = literal_pattern(pattern)?;
                let parts = parts(replacement, &pattern)?;
                Ok(Node::Replace(Box::new(self.value(value)?), pattern, parts))
            }
        }
    }

    /// Binds something that is evaluated for each value of a field.
    fn within<T>(
        &mut self,
        slot: usize,
        expr: &Expr,
        bind: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        if self.current.is_some() {
            return Err(QueryError::new(
                "mvfilter() and mvmap() cannot be nested here",
                expr.span.clone(),
            ));
        }
        self.current = Some(slot);
        let bound = bind(self);
        self.current = None;
        bound
    }

    /// The one field of an expression. Source: Multivalue eval functions, mvfilter: the condition can reference only one field.
    fn only_field(&mut self, expr: &Expr, call: &Expr) -> Outcome<usize> {
        let mut names = Vec::new();
        fields(expr, &mut names);
        let mut slots = Vec::new();
        for name in names {
            let slot = self.scope.slot(&name);
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        }
        match slots.as_slice() {
            [slot] => Ok(*slot),
            _ => Err(QueryError::new(
                "exactly one field must stand in here",
                call.span.clone(),
            )),
        }
    }

    /// Source: Comparison and Conditional functions, if, case, validate, coalesce. What they make of truth values no page says, so they take
    /// and give none.
    fn chosen(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Outcome<Node> {
        let nothing = || Box::new(Node::Literal(Val::Null));
        match (name, arguments) {
            ("if", [condition, yes, no]) => {
                let branch = (self.test(condition)?, self.value(yes)?);
                Ok(Node::Choice(vec![branch], Box::new(self.value(no)?)))
            }
            ("case" | "validate", [_, _, ..]) if arguments.len().is_multiple_of(2) => {
                let mut branches = Vec::new();
                for pair in arguments.chunks_exact(2) {
                    if let [condition, value] = pair {
                        branches.push((self.test(condition)?, self.value(value)?));
                    }
                }
                Ok(if name == "case" {
                    Node::Choice(branches, nothing())
                } else {
                    Node::Validate(branches)
                })
            }
            ("coalesce", [_, ..]) => Ok(Node::Coalesce(self.values(arguments)?)),
            _ => Err(wrong_count(name, expr)),
        }
    }
}

fn exactly<'a, const N: usize>(
    name: &str,
    arguments: &'a [Expr],
    expr: &Expr,
) -> Outcome<[&'a Expr; N]> {
    let found: Vec<&Expr> = arguments.iter().collect();
    found.try_into().map_err(|_| wrong_count(name, expr))
}

/// Source: Conversion functions, tonumber: a literal that is no number is an error. Mathematical functions, sum: so is every literal text.
fn check_literals(function: Function, arguments: &[Expr]) -> Outcome<()> {
    let is_text = |argument: &&Expr| matches!(argument.kind, ExprKind::Text(_));
    if let (Function::Sum, Some(text)) = (function, arguments.iter().find(is_text)) {
        let message = "sum() takes fields and numbers, no text";
        return Err(QueryError::new(message, text.span.clone()));
    }
    let (Function::ToNumber, [value]) = (function, arguments) else {
        return Ok(());
    };
    match &value.kind {
        ExprKind::Text(text) if super::super::value::number(text).is_none() => Err(
            QueryError::new("this text is no number", value.span.clone()),
        ),
        _ => Ok(()),
    }
}

/// A regular expression: a text in double quotes, since it is compiled once. Source: Comparison and Conditional functions, match.
fn literal_pattern(expr: &Expr) -> Outcome<Pcre> {
    let ExprKind::Text(text) = &expr.kind else {
        return Err(QueryError::new(
            "a regular expression must be a text in double quotes here",
            expr.span.clone(),
        ));
    };
    compile(&Name {
        text: text.clone(),
        span: expr.span.clone(),
    })
}

fn wrong_count(name: &str, expr: &Expr) -> QueryError {
    QueryError::new(
        format!("`{name}` does not take this many arguments"),
        expr.span.clone(),
    )
}

/// The names of fields in an expression.
fn fields(expr: &Expr, found: &mut Vec<Name>) {
    match &expr.kind {
        ExprKind::Field(name) => found.push(Name {
            text: name.clone(),
            span: expr.span.clone(),
        }),
        ExprKind::Number(_) | ExprKind::Text(_) => {}
        ExprKind::Group(inner) | ExprKind::Negate(inner) | ExprKind::Not(inner) => {
            fields(inner, found);
        }
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Like(left, right) => {
            fields(left, found);
            fields(right, found);
        }
        ExprKind::In(value, list) => {
            fields(value, found);
            list.iter().for_each(|item| fields(item, found));
        }
        ExprKind::Call(_, parts)
        | ExprKind::Concat(parts)
        | ExprKind::And(parts)
        | ExprKind::Or(parts)
        | ExprKind::Xor(parts) => parts.iter().for_each(|part| fields(part, found)),
    }
}

/// What `replace` writes. Source: Text functions, replace: `\1` is a group. What other backslashes mean no page says.
fn parts(expr: &Expr, pattern: &Pcre) -> Outcome<Vec<Part>> {
    let ExprKind::Text(text) = &expr.kind else {
        return Err(QueryError::new(
            "the replacement must be a text in double quotes here",
            expr.span.clone(),
        ));
    };
    let refuse = |message: &str| QueryError::new(message, expr.span.clone());
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let group = letters.next().and_then(|next| next.to_digit(10));
        let group = group.and_then(|group| usize::try_from(group).ok());
        let Some(group) = group else {
            return Err(refuse(
                "what this backslash means to replace() is not documented",
            ));
        };
        if letters.peek().is_some_and(char::is_ascii_digit) {
            return Err(refuse("a digit behind the number of a group"));
        }
        if group == 0 || group >= pattern.regex.captures_len() {
            return Err(refuse("there is no such group"));
        }
        parts.push(Part::Text(std::mem::take(&mut plain)));
        parts.push(Part::Group(group));
    }
    parts.push(Part::Text(plain));
    Ok(parts)
}

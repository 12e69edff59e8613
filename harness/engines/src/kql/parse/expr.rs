//! Expressions, by precedence: `or`, `and`, equality and lists, order, sums, products, text operators, postfix.

use super::{CALL_DEPTH, DEPTH, Parsed, Parser, too_deep};
use crate::QueryError;
use crate::kql::ast::{
    Arithmetic, Comparison, Connective, Expr, ExprKind, Membership, MembershipKind, Name, TextKind, TextOperator,
};
use crate::kql::lex::TokenKind;
use crate::kql::literal::{self, Literal};
use crate::kql::suggest;
use crate::kql::value::Type;

const OR: u8 = 1;
const AND: u8 = 2;
const EQUALITY: u8 = 3;
const ORDER: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const TEXT: u8 = 7;

/// An infix operator.
#[derive(Clone, Copy)]
enum Infix {
    Chain(Connective),
    Compare(Comparison),
    Arithmetic(Arithmetic),
    Text(TextOperator),
    Regex,
    In(Membership),
    Between { negated: bool },
}

impl Infix {
    fn level(self) -> u8 {
        match self {
            Self::Chain(Connective::Or) => OR,
            Self::Chain(Connective::And) => AND,
            Self::Compare(Comparison::Equal | Comparison::NotEqual) | Self::In(_) | Self::Between { .. } => EQUALITY,
            Self::Compare(_) => ORDER,
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => SUM,
            Self::Arithmetic(_) => PRODUCT,
            Self::Text(_) | Self::Regex => TEXT,
        }
    }
}

impl Parser {
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.binary(OR)
    }

    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let mut left = self.unary()?;
        // Comparisons do not chain: `1 < 2 < 3` is refused.
        let mut most = TEXT;
        while let Some((infix, width)) = self.infix()? {
            let level = infix.level();
            if level < least || level > most {
                break;
            }
            self.at += width;
            left = match infix {
                Infix::In(membership) => self.membership(membership, left)?,
                Infix::Between { negated } => self.between(negated, left)?,
                Infix::Text(_) | Infix::Regex => {
                    let right = self.unary()?;
                    combine(infix, left, right)?
                }
                Infix::Chain(_) | Infix::Compare(_) | Infix::Arithmetic(_) => {
                    let right = self.binary(level + 1)?;
                    combine(infix, left, right)?
                }
            };
            most = match level {
                EQUALITY | ORDER | TEXT => level - 1,
                _ => level,
            };
        }
        Ok(left)
    }

    fn infix(&self) -> Parsed<Option<(Infix, usize)>> {
        let infix = match self.kind() {
            TokenKind::Sign(sign) => match sign_infix(sign) {
                Some(infix) => infix,
                None => return Ok(None),
            },
            TokenKind::Word(word) if word == "matches" => {
                if matches!(self.kind_after(1), TokenKind::Word(next) if next == "regex") {
                    return Ok(Some((Infix::Regex, 2)));
                }
                return Err(self.expected("`matches regex`"));
            }
            TokenKind::Word(word) => match word_infix(word) {
                Some(infix) => infix,
                None if word.starts_with('!') => {
                    return Err(suggest::hint(
                        QueryError::new(format!("`{word}` is not an operator"), self.span()),
                        word,
                        WORD_OPERATORS.iter().copied(),
                    ));
                }
                None => return Ok(None),
            },
            TokenKind::Literal(_) | TokenKind::Text(_) | TokenKind::Typed(..) | TokenKind::End => return Ok(None),
        };
        Ok(Some((infix, 1)))
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.span().start;
        let negate = self.is_sign("-");
        if !negate && !self.is_sign("+") {
            return self.postfix();
        }
        self.at += 1;
        let inner = self.postfix()?;
        let (span, depth) = (start..inner.span.end, inner.depth + 1);
        let kind = if negate {
            ExprKind::Negate(Box::new(inner))
        } else {
            ExprKind::Plus(Box::new(inner))
        };
        node(kind, span.start, span.end, depth)
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let mut left = self.primary()?;
        loop {
            if self.is_sign(".") {
                self.at += 1;
                let name = if let Some(name) = self.bracketed_name() {
                    name
                } else {
                    self.name("the name of a property")?
                };
                let (start, end, depth) = (left.span.start, name.span.end, left.depth + 1);
                left = node(ExprKind::Member(Box::new(left), name), start, end, depth)?;
            } else if self.is_sign("[") {
                self.at += 1;
                self.enter(1)?;
                let index = self.expression()?;
                self.leave(1);
                self.expect_sign("]")?;
                let (start, depth) = (left.span.start, left.depth.max(index.depth) + 1);
                let end = self.last_end();
                left = node(ExprKind::Index(Box::new(left), Box::new(index)), start, end, depth)?;
            } else {
                return Ok(left);
            }
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let span = self.span();
        if self.eat_sign("(") {
            self.enter(1)?;
            let inner = self.expression()?;
            self.leave(1);
            self.expect_sign(")")?;
            return node(inner.kind, span.start, self.last_end(), inner.depth + 1);
        }
        if let Some(value) = self.joined_text() {
            let literal = Literal::new(Type::Text, value);
            return node(ExprKind::Literal(literal), span.start, self.last_end(), 0);
        }
        if let Some(name) = self.bracketed_name() {
            return node(ExprKind::Name(name.text), name.span.start, name.span.end, 0);
        }
        match self.kind().clone() {
            TokenKind::Literal(literal) => {
                self.at += 1;
                node(ExprKind::Literal(literal), span.start, span.end, 0)
            }
            TokenKind::Typed(kind, raw) => {
                self.at += 1;
                let literal = literal::parse(kind, &raw).map_err(|message| QueryError::new(message, span.clone()))?;
                node(ExprKind::Literal(literal), span.start, span.end, 0)
            }
            TokenKind::Word(word) => self.word(&word),
            TokenKind::Sign(_) | TokenKind::Text(_) | TokenKind::End => Err(self.expected("an expression")),
        }
    }

    fn word(&mut self, word: &str) -> Parsed<Expr> {
        let span = self.span();
        let called = matches!(self.kind_after(1), TokenKind::Sign("("));
        // Kusto docs: scalar-data-types/bool; the spellings were measured on the vendor's parser.
        if let ("true" | "True" | "TRUE" | "false" | "False" | "FALSE", false) = (word, called) {
            self.at += 1;
            let value = crate::kql::value::Val::Bool(word.eq_ignore_ascii_case("true"));
            return node(ExprKind::Literal(Literal::new(Type::Bool, value)), span.start, span.end, 0);
        }
        if word == "dynamic" && called {
            let literal = self.dynamic()?;
            return node(ExprKind::Literal(literal), span.start, self.last_end(), 0);
        }
        if word == "not" && !called {
            return Err(QueryError::new("the function `not` needs parentheses", span).hint("write not(...)"));
        }
        if called {
            return self.call(word);
        }
        let name = self.name("an expression")?;
        node(ExprKind::Name(name.text), name.span.start, name.span.end, 0)
    }

    fn call(&mut self, word: &str) -> Parsed<Expr> {
        let name = Name {
            text: word.to_owned(),
            span: self.span(),
        };
        self.at += 2;
        self.enter(CALL_DEPTH)?;
        let arguments = if self.eat_sign(")") {
            Vec::new()
        } else {
            self.list_until(")")?
        };
        self.leave(CALL_DEPTH);
        let depth = arguments.iter().map(|argument| argument.depth).max().unwrap_or(0) + CALL_DEPTH;
        let start = name.span.start;
        node(ExprKind::Call(name, arguments), start, self.last_end(), depth)
    }

    /// Expressions parted by commas, and the closing sign.
    fn list_until(&mut self, close: &str) -> Parsed<Vec<Expr>> {
        let mut items = vec![self.expression()?];
        while self.eat_sign(",") {
            items.push(self.expression()?);
        }
        self.expect_sign(close)?;
        Ok(items)
    }

    fn membership(&mut self, membership: Membership, left: Expr) -> Parsed<Expr> {
        self.expect_sign("(")?;
        if self.is_sign(")") {
            return Err(QueryError::new(
                format!("the list of `{}` is empty", membership.text),
                self.span(),
            ));
        }
        self.enter(CALL_DEPTH)?;
        let items = self.list_until(")")?;
        self.leave(CALL_DEPTH);
        let inner = items.iter().map(|item| item.depth).max().unwrap_or(0) + CALL_DEPTH - 1;
        let (start, depth) = (left.span.start, left.depth.max(inner) + 1);
        let end = self.last_end();
        node(ExprKind::In(membership, Box::new(left), items), start, end, depth)
    }

    /// `between (a .. b)`. Kusto docs: between-operator.
    fn between(&mut self, negated: bool, value: Expr) -> Parsed<Expr> {
        self.expect_sign("(")?;
        self.enter(1)?;
        let low = self.binary(SUM)?;
        self.expect_sign("..")?;
        let high = self.binary(SUM)?;
        self.leave(1);
        self.expect_sign(")")?;
        let (start, end) = (value.span.start, self.last_end());
        let depth = value.depth.max(low.depth).max(high.depth) + 2;
        let kind = ExprKind::Between {
            negated,
            value: Box::new(value),
            low: Box::new(low),
            high: Box::new(high),
        };
        node(kind, start, end, depth)
    }
}

fn node(kind: ExprKind, start: usize, end: usize, depth: u32) -> Parsed<Expr> {
    let span = start..end;
    if depth > DEPTH {
        return Err(too_deep(span));
    }
    Ok(Expr { kind, span, depth })
}

fn combine(infix: Infix, left: Expr, right: Expr) -> Parsed<Expr> {
    let (start, end) = (left.span.start, right.span.end);
    let depth = left.depth.max(right.depth) + 1;
    let kind = match infix {
        Infix::Chain(connective) => match left.kind {
            ExprKind::Chain(same, mut terms) if same == connective => {
                terms.push(right);
                ExprKind::Chain(connective, terms)
            }
            _ => ExprKind::Chain(connective, vec![left, right]),
        },
        Infix::Compare(comparison) => ExprKind::Compare(comparison, Box::new(left), Box::new(right)),
        Infix::Arithmetic(arithmetic) => ExprKind::Arithmetic(arithmetic, Box::new(left), Box::new(right)),
        Infix::Text(operator) => ExprKind::Text(operator, Box::new(left), Box::new(right)),
        Infix::Regex => ExprKind::Regex(Box::new(left), Box::new(right)),
        // Both read a list of their own.
        Infix::In(membership) => ExprKind::In(membership, Box::new(left), vec![right]),
        Infix::Between { .. } => left.kind,
    };
    node(kind, start, end, depth)
}

fn sign_infix(sign: &str) -> Option<Infix> {
    let compare = |comparison| Some(Infix::Compare(comparison));
    let arithmetic = |arithmetic| Some(Infix::Arithmetic(arithmetic));
    match sign {
        "==" => compare(Comparison::Equal),
        "!=" | "<>" => compare(Comparison::NotEqual),
        "<" => compare(Comparison::Less),
        "<=" => compare(Comparison::LessOrEqual),
        ">" => compare(Comparison::Greater),
        ">=" => compare(Comparison::GreaterOrEqual),
        "=~" => Some(text(TextKind::Equal, true, false, "=~")),
        "!~" => Some(text(TextKind::Equal, true, true, "!~")),
        "+" => arithmetic(Arithmetic::Add),
        "-" => arithmetic(Arithmetic::Subtract),
        "*" => arithmetic(Arithmetic::Multiply),
        "/" => arithmetic(Arithmetic::Divide),
        "%" => arithmetic(Arithmetic::Modulo),
        _ => None,
    }
}

fn text(kind: TextKind, ignore_case: bool, negated: bool, text: &'static str) -> Infix {
    Infix::Text(TextOperator {
        kind,
        ignore_case,
        negated,
        text,
    })
}

/// Every word operator, for lookup and for hints.
const WORD_OPERATORS: [&str; 34] = [
    "has", "!has", "has_cs", "!has_cs", "hasprefix", "!hasprefix", "hasprefix_cs", "!hasprefix_cs", "hassuffix",
    "!hassuffix", "hassuffix_cs", "!hassuffix_cs", "contains", "!contains", "contains_cs", "!contains_cs",
    "startswith", "!startswith", "startswith_cs", "!startswith_cs", "endswith", "!endswith", "endswith_cs",
    "!endswith_cs", "in", "!in", "in~", "!in~", "has_any", "has_all", "between", "!between", "and", "or",
];

fn word_infix(word: &str) -> Option<Infix> {
    let known = WORD_OPERATORS.iter().copied().find(|known| *known == word)?;
    let negated = known.starts_with('!');
    let member = |kind| {
        Infix::In(Membership {
            kind,
            negated,
            text: known,
        })
    };
    let bare = known.trim_start_matches('!');
    let stem = bare.trim_end_matches("_cs");
    let kind = match stem {
        "and" => return Some(Infix::Chain(Connective::And)),
        "or" => return Some(Infix::Chain(Connective::Or)),
        "between" => return Some(Infix::Between { negated }),
        "in" => return Some(member(MembershipKind::Exact)),
        "in~" => return Some(member(MembershipKind::IgnoreCase)),
        "has_any" => return Some(member(MembershipKind::HasAny)),
        "has_all" => return Some(member(MembershipKind::HasAll)),
        "has" => TextKind::Has,
        "hasprefix" => TextKind::HasPrefix,
        "hassuffix" => TextKind::HasSuffix,
        "contains" => TextKind::Contains,
        "startswith" => TextKind::StartsWith,
        "endswith" => TextKind::EndsWith,
        _ => return None,
    };
    Some(text(kind, bare == stem, negated, known))
}

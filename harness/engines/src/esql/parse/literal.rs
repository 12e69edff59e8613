//! Constants.

use super::{Parsed, Parser};
use crate::esql::ast::Literal;
use crate::esql::lex::TokenKind;

impl Parser<'_> {
    /// Source: parser/Expression.g4: `constant`.
    pub(super) fn literal(&mut self) -> Parsed<Literal> {
        match self.peek().kind.clone() {
            TokenKind::Sign("[") => self.list(),
            TokenKind::Sign("?" | "??") => self.fail("a parameter has no value here"),
            TokenKind::Sign("+" | "-") | TokenKind::Integer(_) | TokenKind::Decimal(_) => {
                let number = self.number()?;
                self.amount(number)
            }
            _other => self.plain_literal(),
        }
    }

    /// A string, a boolean or null.
    fn plain_literal(&mut self) -> Parsed<Literal> {
        if let TokenKind::Text(text) = &self.peek().kind {
            let text = text.clone();
            self.at += 1;
            return Ok(Literal::Text(text));
        }
        for (word, literal) in [
            ("null", Literal::Null),
            ("true", Literal::Bool(true)),
            ("false", Literal::Bool(false)),
        ] {
            if self.take_keyword(word) {
                return Ok(literal);
            }
        }
        self.unexpected("an expression")
    }

    /// Source: `ExpressionBuilder.visitIntegerValue`: the smallest of integer, long, unsigned long and double that holds it.
    fn number(&mut self) -> Parsed<Literal> {
        let negative = self.take_sign("-");
        if !negative {
            self.take_sign("+");
        }
        let sign = if negative { "-" } else { "" };
        let literal = match &self.peek().kind {
            TokenKind::Integer(digits) => {
                let text = format!("{sign}{digits}");
                match (text.parse::<i64>(), text.parse::<u64>()) {
                    (Ok(value), _) if i32::try_from(value).is_ok() => Literal::Integer(value),
                    (Ok(value), _) => Literal::Long(value),
                    (Err(_), Ok(value)) => Literal::UnsignedLong(value),
                    (Err(_), Err(_)) => double(&text),
                }
            }
            TokenKind::Decimal(digits) => double(&format!("{sign}{digits}")),
            _other => return self.unexpected("a number"),
        };
        if matches!(literal, Literal::Double(value) if value.is_infinite()) {
            return self.fail("the number is too large");
        }
        self.at += 1;
        Ok(literal)
    }

    /// `5 minutes`: an integer with a unit behind it. Source: `ExpressionBuilder.visitQualifiedIntegerLiteral`.
    fn amount(&mut self, number: Literal) -> Parsed<Literal> {
        let unit = match &self.peek().kind {
            TokenKind::Word(word) => word.to_ascii_lowercase(),
            _other => return Ok(number),
        };
        let value = match number {
            Literal::Integer(value) | Literal::Long(value) => value,
            other => return Ok(other),
        };
        if super::RESERVED.contains(&unit.as_str()) {
            return Ok(number);
        }
        if !crate::esql::datetime::is_unit(&unit) {
            return self.fail(format!("unexpected temporal unit: `{unit}`"));
        }
        self.at += 1;
        Ok(Literal::Amount(value, unit))
    }

    /// Source: `ExpressionBuilder.visitNumericArrayLiteral` and its like: values of one kind; numbers take the widest type.
    fn list(&mut self) -> Parsed<Literal> {
        let start = self.peek().span.start;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            let item = match &self.peek().kind {
                TokenKind::Sign("+" | "-") | TokenKind::Integer(_) | TokenKind::Decimal(_) => {
                    self.number()?
                }
                _other => self.plain_literal()?,
            };
            items.push(item);
            if !self.take_sign(",") {
                break;
            }
        }
        self.expect_sign("]")?;
        let span = start..self.last_end();
        if items.iter().all(|item| matches!(item, Literal::Text(_)))
            || items.iter().all(|item| matches!(item, Literal::Bool(_)))
        {
            return Ok(Literal::List(items));
        }
        let Some(numbers) = items.iter().map(as_double).collect::<Option<Vec<f64>>>() else {
            return self.fail_at("a list holds values of one kind", span);
        };
        let has = |fits: fn(&Literal) -> bool| items.iter().any(fits);
        if has(|item| matches!(item, Literal::UnsignedLong(_))) {
            return self.fail_at("a list of unsigned_long is not supported here", span);
        }
        let items = if has(|item| matches!(item, Literal::Double(_))) {
            numbers.into_iter().map(Literal::Double).collect()
        } else if has(|item| matches!(item, Literal::Long(_))) {
            items.into_iter().map(widen).collect()
        } else {
            items
        };
        Ok(Literal::List(items))
    }
}

fn double(text: &str) -> Literal {
    Literal::Double(text.parse().unwrap_or(f64::INFINITY))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Java's doubleValue() rounds too"
)]
fn as_double(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Integer(value) | Literal::Long(value) => Some(*value as f64),
        Literal::UnsignedLong(value) => Some(*value as f64),
        Literal::Double(value) => Some(*value),
        _other => None,
    }
}

fn widen(literal: Literal) -> Literal {
    match literal {
        Literal::Integer(value) => Literal::Long(value),
        other => other,
    }
}

//! Numbers and timespans.

use super::{Lexer, TokenKind, is_name_part};
use crate::kql::literal::Literal;
use crate::kql::value::{Type, Val};
use crate::kql::{convert, timespan};

impl Lexer<'_> {
    /// `12`, `0x1F`, `1.5`, `1e5`, `5m`. The `..` of a range is no decimal point.
    pub(super) fn number(&mut self) -> Option<TokenKind> {
        let start = self.at;
        if self.rest().starts_with("0x") || self.rest().starts_with("0X") {
            self.name();
            let digits = self.text.get(start..self.at).unwrap_or("");
            return self.long(digits, start);
        }
        let mut real = false;
        self.digits();
        if self.rest().starts_with('.') && !self.rest().starts_with("..") {
            real = true;
            self.at += 1;
            self.digits();
        }
        real |= self.exponent();
        let number = self.text.get(start..self.at).unwrap_or("").to_owned();
        let suffix = self.name();
        if !suffix.is_empty() {
            return self.timespan(&number, &suffix, start);
        }
        if real {
            let value = convert::text_to_real(&number)?;
            return Some(TokenKind::Literal(Literal::new(
                Type::Real,
                Val::Real(value),
            )));
        }
        self.long(&number, start)
    }

    fn long(&mut self, digits: &str, start: usize) -> Option<TokenKind> {
        // The vendor's parser takes literals past 64 bits without a word; what they would mean is not documented.
        let value = convert::text_to_long(digits);
        if value.is_none() {
            self.error(format!("`{digits}` does not fit a long"), start..self.at);
        }
        value.map(|value| TokenKind::Literal(Literal::new(Type::Long, Val::Long(value))))
    }

    fn timespan(&mut self, number: &str, suffix: &str, start: usize) -> Option<TokenKind> {
        let ticks = timespan::unit(suffix)
            .zip(convert::text_to_real(number))
            .and_then(|(unit, amount)| timespan::scaled(amount, unit));
        if ticks.is_none() {
            self.error(
                format!("`{number}{suffix}` is neither a number nor a timespan"),
                start..self.at,
            );
        }
        ticks.map(|ticks| TokenKind::Literal(Literal::new(Type::TimeSpan, Val::TimeSpan(ticks))))
    }

    fn digits(&mut self) {
        self.at += self.rest().bytes().take_while(u8::is_ascii_digit).count();
    }

    /// `e5`, `E+5`; a letter that no digit follows belongs to a timespan.
    fn exponent(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix(['e', 'E']) else {
            return false;
        };
        let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        let next = unsigned.get(digits..).and_then(|rest| rest.chars().next());
        if digits == 0 || next.is_some_and(is_name_part) {
            return false;
        }
        self.at += 1 + rest.len() - unsigned.len() + digits;
        true
    }
}

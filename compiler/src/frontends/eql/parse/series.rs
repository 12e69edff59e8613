//! Sequences, samples and joins: what is said between the brackets and about them.

use super::{Parser, codes};
use crate::diagnostic::Diagnostic;
use crate::frontends::eql::ast::{Field, Maxspan, Series, SeriesTerm};
use crate::frontends::eql::token::{Kind, Sign};
use crate::span::Span;

impl Parser {
    /// What follows the keyword `sequence`, `sample` or `join`.
    pub(super) fn series(&mut self, keyword: Span) -> Series {
        let mut series = Series {
            keyword,
            by: self.keys(),
            maxspan: None,
            terms: Vec::new(),
            until: None,
        };
        if self.keyword("with") {
            series.maxspan = self.maxspan();
            let late = self.span();
            let keys = self.keys();
            if !keys.is_empty() {
                self.order(late);
                series.by = keys;
            }
        }
        while self.at_term() {
            if let Some(term) = self.term() {
                series.terms.push(term);
            }
        }
        if series.terms.is_empty() && self.findings.is_empty() {
            self.unexpected("`[` and an event");
        }
        if self.keyword("until") {
            if self.at_term() {
                series.until = self.term().map(Box::new);
            } else {
                self.unexpected("`[` and an event");
            }
        }
        if !self.at_end() && *self.peek() != Kind::Sign(Sign::Pipe) {
            self.unexpected("`[`, `until`, `|` or the end of the query");
            self.skip_to(|kind| matches!(kind, Kind::Sign(Sign::Pipe)));
        }
        series
    }

    fn at_term(&self) -> bool {
        matches!(self.peek(), Kind::Sign(Sign::OpenBracket))
            || (*self.peek() == Kind::Sign(Sign::Bang)
                && *self.ahead(1) == Kind::Sign(Sign::OpenBracket))
    }

    fn order(&mut self, span: Span) {
        self.error(
            codes::SEQUENCE_SHAPE,
            span,
            "`by` behind `with`",
            "the keys come first",
            "write `by` before `with`",
        );
    }

    /// `by a, b`, if it is next.
    fn keys(&mut self) -> Vec<Field> {
        let mut keys = Vec::new();
        if !self.keyword("by") {
            return keys;
        }
        while let Some(key) = self.path() {
            keys.push(key);
            if *self.peek() == Kind::Sign(Sign::Open) {
                self.error(
                    codes::SEQUENCE_SHAPE,
                    self.previous(),
                    "a key that is no field",
                    "a function",
                    "keys are fields",
                );
                self.skip_to(|kind| {
                    matches!(
                        kind,
                        Kind::Sign(Sign::Close | Sign::CloseBracket | Sign::OpenBracket)
                    )
                });
                self.sign(Sign::Close);
            }
            if !self.sign(Sign::Comma) {
                break;
            }
        }
        keys
    }

    /// `maxspan=5m`.
    fn maxspan(&mut self) -> Option<Maxspan> {
        let start = self.span();
        if !self.keyword("maxspan") {
            self.unexpected("`maxspan`");
            return None;
        }
        if !self.sign(Sign::Equal) {
            self.expect(Sign::Assign);
        }
        let number = self.span();
        if let Kind::Decimal(_) = self.peek() {
            self.next();
            self.unit();
            self.error(
                codes::SEQUENCE_SHAPE,
                number,
                "maxspan with a fraction",
                "not a whole number",
                "use a smaller unit: `1500ms` for `1.5s`",
            );
            return None;
        }
        let count = self.count("how long a match may last")?;
        let unit = self.unit();
        let span = start.to(self.previous());
        let milliseconds = unit.and_then(|unit| count.checked_mul(unit));
        if count == 0 || (unit.is_some() && milliseconds.is_none()) {
            self.error(
                codes::SEQUENCE_SHAPE,
                number,
                "maxspan out of range",
                "not a length of time",
                "give a positive whole number",
            );
        }
        Some(Maxspan {
            milliseconds: milliseconds?,
            span,
        })
    }

    /// Milliseconds of `ms`, `s`, `m`, `h` or `d`.
    fn unit(&mut self) -> Option<u64> {
        let span = self.span();
        let unit = match self.peek() {
            Kind::Word { name, tilde: false } => match name.as_str() {
                "ms" => Some(1),
                "s" => Some(1000),
                "m" => Some(60_000),
                "h" => Some(3_600_000),
                "d" => Some(86_400_000),
                _ => None,
            },
            Kind::Word { .. }
            | Kind::Quoted(_)
            | Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Decimal(_)
            | Kind::Sign(_)
            | Kind::End => None,
        };
        let unit_follows =
            unit.is_some() || matches!(self.peek(), Kind::Word { name, .. } if name != "by");
        if unit_follows {
            self.next();
        }
        if unit.is_none() {
            self.error(
                codes::SEQUENCE_SHAPE,
                span,
                "maxspan without a unit of time",
                "not a unit",
                "the units are `ms`, `s`, `m`, `h` and `d`",
            );
        }
        unit
    }

    /// `[event] by a with runs=3`, with its `!`; None if the event could not be read.
    fn term(&mut self) -> Option<SeriesTerm> {
        let start = self.span();
        let missing = self.sign(Sign::Bang);
        self.sign(Sign::OpenBracket);
        let event = self.event();
        if !self.sign(Sign::CloseBracket) {
            let found = self.peek().describe();
            let here = self.span();
            self.report(
                Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    here,
                    format!("expected `]`, found {found}"),
                    "the event is still open",
                )
                .related(start, "opened here"),
            );
            self.skip_to(|kind| matches!(kind, Kind::Sign(Sign::CloseBracket)));
            self.sign(Sign::CloseBracket);
        }
        let span = start.to(self.previous());
        let mut by = self.keys();
        let runs = if self.keyword("with") { self.runs() } else { 1 };
        let late = self.span();
        if by.is_empty() {
            by = self.keys();
            if !by.is_empty() {
                self.order(late);
            }
        }
        event.map(|event| SeriesTerm {
            event,
            missing,
            by,
            runs,
            span,
        })
    }

    /// `runs=3`.
    fn runs(&mut self) -> u32 {
        if !self.keyword("runs") {
            self.unexpected("`runs`");
            return 1;
        }
        if !self.sign(Sign::Equal) {
            self.expect(Sign::Assign);
        }
        let span = self.span();
        let Some(count) = self.count("how often in a row the event occurs") else {
            return 1;
        };
        if let Ok(runs @ 1..=100) = u32::try_from(count) {
            return runs;
        }
        self.error(
            codes::SEQUENCE_SHAPE,
            span,
            "runs out of range",
            "not from 1 to 100",
            "give a number from 1 to 100",
        );
        1
    }
}

//! The operands of commands.

use super::{Failed, MAX_DEPTH, Parsed, Parser};
use crate::esql::ast::{
    Assignment, Command, Expr, ExprKind, Name, NamePattern, SortKey, Span, Stats,
};
use crate::esql::lex::TokenKind;

impl Parser<'_> {
    /// A whole expression of a command, within the vendor's depth.
    pub(super) fn condition(&mut self) -> Parsed<Expr> {
        let value = self.boolean()?;
        // The call for the whole expression counts too.
        if value.depth >= MAX_DEPTH {
            let message = format!("the expression is nested deeper than {MAX_DEPTH}");
            return self.fail_at(message, value.span);
        }
        Ok(value)
    }

    /// Source: EsqlBaseParser.g4: `fields`, `aggFields`. A field without a name is called like its text.
    pub(super) fn fields(&mut self, filtered: bool) -> Parsed<Vec<Assignment>> {
        let mut fields = Vec::new();
        loop {
            let name = if self.assigns() {
                let name = self.qualified_name()?;
                self.expect_sign("=")?;
                Some(name)
            } else {
                None
            };
            let value = self.condition()?;
            let name = name.unwrap_or_else(|| self.name_of(&value));
            let filter = if filtered && self.take_keyword("where") {
                Some(self.condition()?)
            } else {
                None
            };
            fields.push(Assignment {
                name,
                value,
                filter,
            });
            if !self.take_sign(",") {
                return Ok(fields);
            }
        }
    }

    /// Whether `name =` stands here.
    fn assigns(&self) -> bool {
        let mut offset = 0;
        loop {
            match &self.peek_after(offset).kind {
                TokenKind::Word(_) | TokenKind::Quoted(_) => {}
                _other => return false,
            }
            match &self.peek_after(offset + 1).kind {
                TokenKind::Sign(".") => offset += 2,
                TokenKind::Sign("=") => return true,
                _other => return false,
            }
        }
    }

    fn name_of(&self, value: &Expr) -> Name {
        let text = match &value.kind {
            ExprKind::Column(name) => name.clone(),
            _computed => self.source_text(&value.span),
        };
        Name {
            text,
            span: value.span.clone(),
        }
    }

    pub(super) fn patterns(&mut self) -> Parsed<Vec<NamePattern>> {
        let mut patterns = Vec::new();
        loop {
            let span = self.peek().span.clone();
            let TokenKind::Pattern(pieces) = self.peek().kind.clone() else {
                return self.unexpected("the name of a column");
            };
            self.at += 1;
            patterns.push(NamePattern { pieces, span });
            if !self.take_sign(",") {
                return Ok(patterns);
            }
        }
    }

    /// Source: EsqlBaseParser.g4: `renameClause`: `old AS new`, or `new = old`.
    pub(super) fn renames(&mut self) -> Parsed<Vec<(Name, Name)>> {
        let mut renames = Vec::new();
        loop {
            let first = self.plain_pattern()?;
            if self.take_sign("=") {
                let old = self.plain_pattern()?;
                renames.push((old, first));
            } else {
                match &self.peek().kind {
                    TokenKind::Pattern(pieces) if matches!(pieces.as_slice(), [word] if word.eq_ignore_ascii_case("as")) =>
                    {
                        self.at += 1;
                    }
                    _other => return self.unexpected("AS"),
                }
                let new = self.plain_pattern()?;
                renames.push((first, new));
            }
            if !self.take_sign(",") {
                return Ok(renames);
            }
        }
    }

    fn plain_pattern(&mut self) -> Parsed<Name> {
        let span = self.peek().span.clone();
        match &self.peek().kind {
            TokenKind::Pattern(pieces) => match pieces.as_slice() {
                [name] => {
                    let text = name.clone();
                    self.at += 1;
                    Ok(Name { text, span })
                }
                _wild => self.fail("a wildcard is not allowed in RENAME"),
            },
            _other => self.unexpected("the name of a column"),
        }
    }

    /// Source: `LogicalPlanBuilder.visitLimitCommand`: a constant integer that is not negative.
    pub(super) fn limit(&mut self) -> Parsed<u64> {
        if let TokenKind::Integer(digits) = &self.peek().kind
            && let Ok(value) = digits.parse::<u32>()
            && i32::try_from(value).is_ok()
        {
            self.at += 1;
            return Ok(u64::from(value));
        }
        self.unexpected("the number of rows")
    }

    /// Source: `ExpressionBuilder.visitOrderExpression`: nulls come last when ascending, first when descending.
    pub(super) fn sort_keys(&mut self) -> Parsed<Vec<SortKey>> {
        let mut keys = Vec::new();
        loop {
            let value = self.condition()?;
            let ascending = self.take_keyword("asc") || !self.take_keyword("desc");
            let nulls_first = if self.take_keyword("nulls") {
                if self.take_keyword("first") {
                    true
                } else if self.take_keyword("last") {
                    false
                } else {
                    return self.unexpected("FIRST or LAST");
                }
            } else {
                !ascending
            };
            keys.push(SortKey {
                value,
                ascending,
                nulls_first,
            });
            if !self.take_sign(",") {
                return Ok(keys);
            }
        }
    }

    /// Source: EsqlBaseParser.g4: `statsCommand`, `inlineStatsCommand`.
    pub(super) fn stats(&mut self, span: Span, inline: bool) -> Parsed<Command> {
        let aggregates = if self.is_keyword(0, "by") {
            Vec::new()
        } else {
            self.fields(true)?
        };
        let groups = if self.take_keyword("by") {
            self.fields(false)?
        } else {
            Vec::new()
        };
        if aggregates.is_empty() && groups.is_empty() {
            self.unexpected::<()>("an aggregate")?;
            return Err(Failed);
        }
        Ok(Command::Stats(Stats {
            span,
            inline,
            aggregates,
            groups,
        }))
    }
}

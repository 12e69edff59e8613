//! `scan`. Kusto docs: scan-operator.

use super::{Parsed, Parser};
use crate::kql::ast::{Declared, Output, Scan, ScanStep, Span};

impl Parser {
    pub(super) fn scan(&mut self, span: Span) -> Parsed<Scan> {
        let match_id = if self.eat_word("with_match_id") {
            self.expect_sign("=")?;
            Some(self.name("the name of a column")?)
        } else {
            None
        };
        let mut declared = Vec::new();
        if self.eat_word("declare") {
            self.expect_sign("(")?;
            loop {
                declared.push(self.declared()?);
                if !self.eat_sign(",") {
                    break;
                }
            }
            self.expect_sign(")")?;
        }
        self.expect_word("with")?;
        self.expect_sign("(")?;
        self.enter(1)?;
        let mut steps = Vec::new();
        while self.is_word("step") {
            steps.push(self.scan_step()?);
        }
        self.leave(1);
        if steps.is_empty() {
            return Err(self.expected("`step`"));
        }
        self.expect_sign(")")?;
        Ok(Scan {
            match_id,
            declared,
            steps,
            span,
        })
    }

    fn declared(&mut self) -> Parsed<Declared> {
        let name = self.name("the name of a column")?;
        self.expect_sign(":")?;
        let kind = self.type_name()?;
        let default = if self.eat_sign("=") {
            Some(self.expression()?)
        } else {
            None
        };
        Ok(Declared {
            name,
            kind,
            default,
        })
    }

    fn scan_step(&mut self) -> Parsed<ScanStep> {
        self.expect_word("step")?;
        let name = self.name("the name of a step")?;
        let mut output = Output::All;
        if self.eat_word("output") {
            self.expect_sign("=")?;
            output = if self.eat_word("all") {
                Output::All
            } else if self.eat_word("last") {
                Output::Last
            } else if self.eat_word("none") {
                Output::None
            } else {
                return Err(self.expected("all, last or none, the output of a step"));
            };
        }
        self.expect_sign(":")?;
        let condition = self.expression()?;
        let mut assignments = Vec::new();
        if self.eat_sign("=>") {
            loop {
                let column = self.name("the name of a declared column")?;
                self.expect_sign("=")?;
                assignments.push((column, self.expression()?));
                if !self.eat_sign(",") {
                    break;
                }
            }
        }
        self.expect_sign(";")?;
        Ok(ScanStep {
            name,
            output,
            condition,
            assignments,
        })
    }
}

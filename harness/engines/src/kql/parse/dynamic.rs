//! `dynamic(...)`: JSON that may hold other literals. Kusto docs: scalar-data-types/dynamic.

use super::{Parsed, Parser};
use crate::QueryError;
use crate::kql::lex::TokenKind;
use crate::kql::literal::{self, Literal};
use crate::kql::value::{Json, Type, Val};

impl Parser {
    pub(super) fn dynamic(&mut self) -> Parsed<Literal> {
        self.at += 2;
        let json = self.json()?;
        self.expect_sign(")")?;
        Ok(Literal::new(Type::Dynamic, Val::json(json)))
    }

    fn json(&mut self) -> Parsed<Json> {
        if let Some(text) = self.joined_text() {
            return Ok(Json::from_val(&text));
        }
        if self.eat_sign("[") {
            self.enter(1)?;
            let items = self.json_list()?;
            self.leave(1);
            return Ok(Json::List(items));
        }
        if self.eat_sign("{") {
            self.enter(1)?;
            let entries = self.json_bag()?;
            self.leave(1);
            return Ok(Json::Bag(entries));
        }
        let negative = self.eat_sign("-");
        let span = self.span();
        let json = match self.kind().clone() {
            TokenKind::Literal(literal) => match (negative, Json::from_val(&literal.value)) {
                (true, Json::Long(value)) => Json::Long(value.wrapping_neg()),
                (true, Json::Real(value)) => Json::Real(-value),
                (_, json) => json,
            },
            TokenKind::Typed(kind, raw) => {
                let literal =
                    literal::parse(kind, &raw).map_err(|message| QueryError::new(message, span))?;
                Json::from_val(&literal.value)
            }
            TokenKind::Word(word) => match word.as_str() {
                "null" => Json::Null,
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                _ => return Err(self.expected("a JSON value")),
            },
            TokenKind::Text(_) | TokenKind::Sign(_) | TokenKind::End => {
                return Err(self.expected("a JSON value"));
            }
        };
        self.at += 1;
        Ok(json)
    }

    fn json_list(&mut self) -> Parsed<Vec<Json>> {
        let mut items = Vec::new();
        if self.eat_sign("]") {
            return Ok(items);
        }
        loop {
            items.push(self.json()?);
            if !self.eat_sign(",") {
                self.expect_sign("]")?;
                return Ok(items);
            }
        }
    }

    fn json_bag(&mut self) -> Parsed<Vec<(String, Json)>> {
        let mut entries = Vec::new();
        if self.eat_sign("}") {
            return Ok(entries);
        }
        loop {
            let TokenKind::Text(key) = self.kind() else {
                return Err(self.expected("a key in quotes"));
            };
            let key = key.clone();
            self.at += 1;
            self.expect_sign(":")?;
            entries.push((key, self.json()?));
            if !self.eat_sign(",") {
                self.expect_sign("}")?;
                return Ok(entries);
            }
        }
    }
}

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
        let json = self.json_scalar()?;
        self.at += 1;
        match json {
            json if !negative => Ok(json),
            Json::Long(value) => Ok(Json::Long(value.wrapping_neg())),
            Json::Real(value) => Ok(Json::Real(-value)),
            // Kql.g4: only `jsonLong` and `jsonReal` have a sign.
            _ => Err(QueryError::new("only a number has a sign in JSON", span)),
        }
    }

    /// The value that the token at hand is.
    fn json_scalar(&self) -> Parsed<Json> {
        match self.kind() {
            TokenKind::Literal(literal) => Ok(Json::from_val(&literal.value)),
            TokenKind::Typed(kind, raw) => literal::parse(*kind, raw)
                .map(|literal| Json::from_val(&literal.value))
                .map_err(|message| QueryError::new(message, self.span())),
            TokenKind::Word(word) => match word.as_str() {
                "null" => Ok(Json::Null),
                "true" => Ok(Json::Bool(true)),
                "false" => Ok(Json::Bool(false)),
                _ => Err(self.expected("a JSON value")),
            },
            TokenKind::Text(_) | TokenKind::Sign(_) | TokenKind::End => {
                Err(self.expected("a JSON value"))
            }
        }
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

//! Sets of characters: `[a-z]`, `\d` and their like.

use super::{Error, Node, Parser};
use crate::ir::pattern::Case;
use crate::ir::regex::lucene::characters;

impl Parser<'_> {
    pub(super) fn class(&mut self) -> Result<Node, Error> {
        let start = self.at;
        if !self.eat('[') {
            return self.simple();
        }
        let negated = self.eat('^');
        let mut ranges = Vec::new();
        loop {
            self.member(&mut ranges)?;
            if self.eat(']') {
                return Ok(Node::Set { ranges, negated });
            }
            if self.peek().is_none() {
                return Err(Error {
                    message: "set without an end".to_owned(),
                    start,
                    end: start + 1,
                });
            }
        }
    }

    /// A character, range or predefined class inside brackets.
    fn member(&mut self, ranges: &mut Vec<(char, char)>) -> Result<(), Error> {
        if let Some(predefined) = self.predefined()? {
            ranges.extend(predefined);
            return Ok(());
        }
        let start = self.at;
        let low = self.character()?;
        let high = if self.eat('-') {
            self.character()?
        } else {
            low
        };
        if high < low {
            return Err(self.error_since(start, "a range that ends before it begins"));
        }
        ranges.push((low, high));
        Ok(())
    }

    /// `\d`, `\w`, `\s` and their opposites, if one is next.
    pub(super) fn predefined(&mut self) -> Result<Option<Vec<(char, char)>>, Error> {
        let mut rest = self.source.get(self.at..).unwrap_or_default().chars();
        if rest.next() != Some('\\') {
            return Ok(None);
        }
        let digits = ('0', '9');
        let inside = match rest.next() {
            Some('d' | 'D') => vec![digits],
            Some('w' | 'W') => vec![digits, ('A', 'Z'), ('_', '_'), ('a', 'z')],
            Some('s' | 'S') => vec![('\t', '\n'), ('\r', '\r'), (' ', ' ')],
            Some(c) if c.is_ascii_alphabetic() => {
                let end = self.at + 2;
                return Err(Error {
                    message: "no such escape".to_owned(),
                    start: self.at,
                    end,
                });
            }
            _ => return Ok(None),
        };
        self.bump();
        let outside = self.bump().is_some_and(|c| c.is_ascii_uppercase());
        Ok(Some(if outside { others(&inside) } else { inside }))
    }

    pub(super) fn character(&mut self) -> Result<char, Error> {
        self.eat('\\');
        self.bump()
            .ok_or_else(|| self.error("the expression ends too early"))
    }
}

/// Every character outside these ascending ranges.
fn others(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let class = characters(ranges, true, Case::Exact);
    class
        .iter()
        .map(|range| (range.start(), range.end()))
        .collect()
}

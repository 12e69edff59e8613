//! Text to [`Node`], as Lucene reads it.

mod class;

use super::{Error, Node};

/// How deep an expression may nest.
const MAX_DEPTH: usize = 100;
/// How often something may be repeated at most.
const MAX_REPEAT: u32 = 1000;
/// How many times one complement or intersection may stand inside another: each costs the matcher a pass per place.
const MAX_BOOLEAN: usize = 3;

/// Reads a whole expression.
pub fn parse(source: &str) -> Result<Node, Error> {
    if source.is_empty() {
        return Ok(Node::Empty);
    }
    let mut parser = Parser {
        source,
        at: 0,
        depth: 0,
    };
    let node = parser.union()?;
    if parser.at < source.len() {
        return Err(parser.error("unopened bracket"));
    }
    if booleans(&node) > MAX_BOOLEAN {
        return Err(Error {
            message: format!(
                "more than {MAX_BOOLEAN} complements or intersections inside one another"
            ),
            start: 0,
            end: source.len(),
        });
    }
    Ok(node)
}

fn booleans(node: &Node) -> usize {
    let most = |nodes: &[Node]| nodes.iter().map(booleans).max().unwrap_or(0);
    match node {
        Node::Empty
        | Node::Nothing
        | Node::Char(_)
        | Node::Set { .. }
        | Node::Any
        | Node::AnyText
        | Node::Number { .. } => 0,
        Node::Concat(parts) | Node::Union(parts) => most(parts),
        Node::Intersection(parts) => 1 + most(parts),
        Node::Complement(inner) => 1 + booleans(inner),
        Node::Repeat { node, .. } => booleans(node),
    }
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
}

/// A node for two or more parts, else the part.
fn joined(mut parts: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.source
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// An error at the next character, or at the last one if there is no next.
    fn error(&self, message: &str) -> Error {
        let (start, end) = if let Some(c) = self.peek() {
            (self.at, self.at + c.len_utf8())
        } else {
            let last = self.source.chars().next_back().map_or(0, char::len_utf8);
            (self.at - last, self.at)
        };
        Error {
            message: message.to_owned(),
            start,
            end,
        }
    }

    /// An error at what stands between `start` and here.
    fn error_since(&self, start: usize, message: impl Into<String>) -> Error {
        Error {
            message: message.into(),
            start,
            end: self.at,
        }
    }

    fn union(&mut self) -> Result<Node, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.depth += 1;
        let mut parts = vec![self.intersection()?];
        while self.eat('|') {
            parts.push(self.intersection()?);
        }
        self.depth -= 1;
        Ok(joined(parts, Node::Union))
    }

    fn intersection(&mut self) -> Result<Node, Error> {
        let mut parts = vec![self.concat()?];
        while self.eat('&') {
            parts.push(self.concat()?);
        }
        Ok(joined(parts, Node::Intersection))
    }

    fn concat(&mut self) -> Result<Node, Error> {
        let mut parts = vec![self.repeat()?];
        while self.peek().is_some_and(|c| !matches!(c, ')' | '|' | '&')) {
            parts.push(self.repeat()?);
        }
        Ok(joined(parts, Node::Concat))
    }

    fn repeat(&mut self) -> Result<Node, Error> {
        let mut node = self.complement()?;
        let mut stacked = 0;
        while self
            .peek()
            .is_some_and(|c| matches!(c, '?' | '*' | '+' | '{'))
        {
            stacked += 1;
            if stacked > MAX_DEPTH {
                return Err(self.error("nested too deeply"));
            }
            let (min, max) = if self.peek() == Some('{') {
                self.bounds()?
            } else {
                match self.bump() {
                    Some('?') => (0, Some(1)),
                    Some('+') => (1, None),
                    _ => (0, None),
                }
            };
            node = Node::Repeat {
                node: Box::new(node),
                min,
                max,
            };
        }
        Ok(node)
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), Error> {
        let start = self.at;
        self.bump();
        let min = self
            .count()?
            .ok_or_else(|| self.error("a number belongs here"))?;
        let max = if self.eat(',') {
            self.count()?
        } else {
            Some(min)
        };
        if !self.eat('}') {
            return Err(self.error("`}` belongs here"));
        }
        if max.is_some_and(|max| max < min) {
            return Err(self.error_since(start, "the least is greater than the most"));
        }
        Ok((min, max))
    }

    fn count(&mut self) -> Result<Option<u32>, Error> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.bump();
        }
        let digits = self.source.get(start..self.at).unwrap_or_default();
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse() {
            Ok(count) if count <= MAX_REPEAT => Ok(Some(count)),
            Ok(_) | Err(_) => Err(self.error_since(start, format!("more than {MAX_REPEAT} times"))),
        }
    }

    fn complement(&mut self) -> Result<Node, Error> {
        let mut negated = 0_usize;
        while self.eat('~') {
            negated += 1;
        }
        let inner = self.class()?;
        Ok(match negated {
            0 => inner,
            _ if negated % 2 == 1 => Node::Complement(Box::new(inner)),
            // Twice is nothing, but it stays an operator, so that no literal hides behind it.
            _ => Node::Union(vec![inner]),
        })
    }

    fn simple(&mut self) -> Result<Node, Error> {
        match self.peek() {
            Some('.') => Ok(self.read(Node::Any)),
            Some('#') => Ok(self.read(Node::Nothing)),
            Some('@') => Ok(self.read(Node::AnyText)),
            Some('"') => self.quoted(),
            Some('(') => self.group(),
            Some('<') => self.number(),
            _ => match self.predefined()? {
                Some(ranges) => Ok(Node::Set {
                    ranges,
                    negated: false,
                }),
                None => self.character().map(Node::Char),
            },
        }
    }

    fn read(&mut self, node: Node) -> Node {
        self.bump();
        node
    }

    fn quoted(&mut self) -> Result<Node, Error> {
        let start = self.at;
        self.bump();
        let mut characters = Vec::new();
        loop {
            match self.bump() {
                Some('"') => break,
                Some(c) => characters.push(Node::Char(c)),
                None => {
                    return Err(Error {
                        message: "quotes without an end".to_owned(),
                        start,
                        end: start + 1,
                    });
                }
            }
        }
        Ok(if characters.is_empty() {
            Node::Empty
        } else {
            joined(characters, Node::Concat)
        })
    }

    fn group(&mut self) -> Result<Node, Error> {
        let start = self.at;
        self.bump();
        if self.eat(')') {
            return Ok(Node::Empty);
        }
        let node = self.union()?;
        if self.eat(')') {
            return Ok(node);
        }
        Err(Error {
            message: "bracket without an end".to_owned(),
            start,
            end: start + 1,
        })
    }

    /// `<low-high>`.
    fn number(&mut self) -> Result<Node, Error> {
        let start = self.at;
        self.bump();
        let Some(length) = self.source.get(self.at..).and_then(|rest| rest.find('>')) else {
            return Err(Error {
                message: "`<` without `>`".to_owned(),
                start,
                end: start + 1,
            });
        };
        let inner = self
            .source
            .get(self.at..self.at + length)
            .unwrap_or_default();
        self.at += length + 1;
        let bounds = inner.split_once('-').and_then(|(low, high)| {
            let read = |digits: &str| {
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                digits
                    .parse::<u32>()
                    .ok()
                    .filter(|value| plain && *value <= i32::MAX.unsigned_abs())
            };
            let digits = (low.len() == high.len()).then_some(low.len());
            Some((read(low)?, read(high)?, digits))
        });
        let Some((low, high, digits)) = bounds else {
            return Err(self.error_since(start, "not a range of numbers such as `<1-5>`"));
        };
        if digits.is_some_and(|digits| digits > 10) {
            return Err(self.error_since(start, "too many digits"));
        }
        Ok(Node::Number {
            low: low.min(high),
            high: low.max(high),
            digits,
        })
    }
}

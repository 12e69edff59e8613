//! YAML as a tree that forgets nothing a rule may depend on: spans, scalar style, source text.

use crate::span::{Span, Text};
use verdict_event::Number;

/// A YAML value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands.
    pub span: Span,
}

/// What a YAML value is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A scalar, not yet resolved.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in source order. Keys are unique: the loader refuses others.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

/// A scalar as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// Its text after quotes, escapes and indentation are taken off.
    pub text: Text,
    /// How it was written.
    pub style: Style,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: it may be null, a boolean or a number.
    Plain,
    /// In quotes or as a block: it is text.
    Quoted,
}

/// What a scalar means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved<'n> {
    /// Plain `null`, `Null`, `NULL`, `~` or nothing.
    Null,
    /// A plain boolean in one of PyYAML's spellings.
    Bool(bool),
    /// A plain decimal number without a leading zero, a sign `+`, an underscore or an exponent that PyYAML would not take.
    Number(Number),
    /// Anything else.
    Text(&'n str),
}

impl Scalar {
    /// What the scalar means: plain scalars as PyYAML resolves them (YAML 1.1), except that octal, hexadecimal, binary, sexagesimal,
    /// underscored and zero-led numbers stay text (`docs/semantics.md`, S5).
    pub fn resolve(&self) -> Resolved<'_> {
        let text = self.text.text.as_str();
        match self.style {
            Style::Quoted => Resolved::Text(text),
            Style::Plain => match text {
                "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
                "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
                    Resolved::Bool(true)
                }
                "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
                    Resolved::Bool(false)
                }
                _ => plain_number(text).map_or(Resolved::Text(text), Resolved::Number),
            },
        }
    }
}

/// A plain number: `-?(0|[1-9][0-9]*)(\.[0-9]+([eE][+-][0-9]+)?)?`. PyYAML takes no exponent without a point and a sign, so
/// `1e3` is text there and here.
fn plain_number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            exponent.strip_prefix(['+', '-'])?;
            mantissa
        }
        Some(_) => return None,
        None => unsigned,
    };
    let whole = digits.split('.').next().unwrap_or_default();
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let zero_led = whole.len() > 1 && whole.starts_with('0');
    if plain && !zero_led {
        Number::parse(text)
    } else {
        None
    }
}

impl Node {
    /// The entries, if this is a mapping.
    pub fn as_map(&self) -> Option<&[Entry]> {
        match &self.kind {
            NodeKind::Map(entries) => Some(entries),
            NodeKind::Scalar(_) | NodeKind::List(_) => None,
        }
    }

    /// The items, if this is a sequence.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(items) => Some(items),
            NodeKind::Scalar(_) | NodeKind::Map(_) => None,
        }
    }

    /// The scalar, if this is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            NodeKind::List(_) | NodeKind::Map(_) => None,
        }
    }

    /// Whether this is a plain null.
    pub fn is_null(&self) -> bool {
        self.as_scalar()
            .is_some_and(|scalar| scalar.resolve() == Resolved::Null)
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Resolved, Scalar, Style};
    use crate::span::Text;

    #[test]
    fn plain_scalars_resolve_as_in_pyyaml() {
        let plain = |text: &str| Scalar {
            text: Text::verbatim(text, 0),
            style: Style::Plain,
        };
        for number in ["0", "4688", "-1", "1.0", "0.5", "1.5e+3", "-2.0E-1"] {
            assert!(
                matches!(plain(number).resolve(), Resolved::Number(_)),
                "{number}"
            );
        }
        for text in [
            "00000429", "010", "0x10", "1_000", "1e3", "1.5e3", "1.e+3", "007.5", "12:30:45", "+5",
            ".5", "5.", "-", "1.2.3", "y",
        ] {
            assert_eq!(plain(text).resolve(), Resolved::Text(text), "{text}");
        }
        assert_eq!(plain("~").resolve(), Resolved::Null);
        assert_eq!(plain("Yes").resolve(), Resolved::Bool(true));
    }
}

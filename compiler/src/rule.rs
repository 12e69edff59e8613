//! The rule definition: our YAML, plain Sigma YAML and Elastic rule TOML, all as one [`Rule`].

pub mod node;
pub mod yaml;

use crate::compile::Refusal;
use crate::span::{Span, Text};
use node::Node;

/// One detection with its metadata and guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The UUID.
    pub id: String,
    /// Its name (`title` in Sigma).
    pub name: String,
    /// Who wrote it. A match must be able to name them.
    pub authors: Vec<String>,
    /// What it detects, in its own language.
    pub body: Body,
}

/// What a rule detects, in its own language.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An EQL query.
    Eql(EqlBody),
    /// A Sigma detection.
    Sigma(SigmaBody),
    /// A language or kind of rule that is loaded with its metadata only; every target of it is unsupported.
    Opaque(Refusal),
}

/// An EQL query.
#[derive(Clone, Debug, PartialEq)]
pub struct EqlBody {
    /// The query.
    pub query: Text,
    /// The field that the event category reads.
    pub category_field: String,
    /// Whether the query speaks the Elastic Common Schema, whose types are then known.
    pub ecs: bool,
}

/// A Sigma detection.
#[derive(Clone, Debug, PartialEq)]
pub struct SigmaBody {
    /// Where the rule looks.
    pub logsource: Logsource,
    /// The `detection:` mapping, `condition` included.
    pub detection: Node,
}

/// Sigma's logsource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logsource {
    /// `category:`
    pub category: Option<String>,
    /// `product:`
    pub product: Option<String>,
    /// `service:`
    pub service: Option<String>,
    /// Where it stands.
    pub span: Span,
}

//! The rule definition: our YAML, plain Sigma YAML and Elastic rule TOML, all as one [`Rule`].
//!
//! Every form is a tree of [`node::Node`]s first, so one set of typed readers serves all three, and every value has its place.

mod anchor;
pub mod attack;
pub mod date_math;
mod draft;
pub mod ecs;
mod elastic_keys;
mod elastic_threat;
mod elastic_toml;
mod endpoint_toml;
pub mod filter;
pub mod fixture;
pub mod guide;
mod load;
pub mod located;
pub mod metadata;
pub mod node;
pub mod pack;
pub mod pivot;
pub mod placeholder;
pub mod reader;
mod sigma_tags;
mod sigma_yaml;
pub mod toml;
pub mod verdict_yaml;
pub mod yaml;

use crate::compile::Refusal;
use crate::span::{Span, Text};
use node::Node;

pub use filter::Filter;
pub use fixture::{Expected, Fixture};
pub use load::{Loaded, load, load_pack};
pub use located::Located;
pub use metadata::Metadata;
pub use pack::Pack;
pub use pivot::Pivot;

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
    /// Everything else that is said about it.
    pub metadata: Metadata,
    /// Events that a person wrote, with what the rule must say of them.
    pub fixtures: Vec<Fixture>,
}

impl Rule {
    /// A rule with nothing but what it needs.
    pub fn new(id: impl Into<String>, name: impl Into<String>, body: Body) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            authors: Vec::new(),
            body,
            metadata: Metadata::default(),
            fixtures: Vec::new(),
        }
    }

    /// The short name by which correlations and filters refer to it: Sigma's `name`.
    pub fn handle(&self) -> Option<&str> {
        let name = self.metadata.vendor.get("sigma")?.get("name")?;
        Some(name.as_scalar()?.text.text.as_str())
    }

    /// Whether a correlation or filter that says so means this rule.
    pub fn is_called(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name) || self.handle() == Some(name)
    }
}

/// What a rule detects, in its own language.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An EQL query.
    Eql(EqlBody),
    /// A Sigma detection.
    Sigma(SigmaBody),
    /// A Sigma correlation.
    Correlation(CorrelationBody),
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
    /// Whether the query is written for Elastic Endpoint, whose EQL has more than Elasticsearch's.
    pub endpoint: bool,
}

/// A Sigma detection.
#[derive(Clone, Debug, PartialEq)]
pub struct SigmaBody {
    /// Where the rule looks.
    pub logsource: Logsource,
    /// The `detection:` mapping, `condition` included.
    pub detection: Node,
}

/// A Sigma correlation.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelationBody {
    /// The `correlation:` mapping.
    pub section: Node,
    /// The `generate:` beside it.
    pub generate: Option<Node>,
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

impl Logsource {
    /// Its keys as they are written: `product: windows, service: security`.
    pub fn words(&self) -> String {
        let keys = [
            ("category", &self.category),
            ("product", &self.product),
            ("service", &self.service),
        ];
        let written = keys
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{key}: {}", value.as_ref()?)));
        written.collect::<Vec<_>>().join(", ")
    }
}

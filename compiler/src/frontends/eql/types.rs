//! What type each field has: from the mapping, else from the rule's vocabulary, else from the literals it meets.

mod evidence;

use super::ast::{EventQuery, Field};
use crate::codes::eql as codes;
use crate::compile::Inputs;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::{EqlBody, ecs};
use crate::span::Span;
use std::collections::{BTreeMap, BTreeSet};
use verdict_event::{FieldSchema, FieldType, Path, Schema};

/// What the Elastic Common Schema says of a field; None for fields it does not know.
pub(super) fn vocabulary(path: &str) -> Option<FieldSchema> {
    ecs::field(path).cloned()
}

/// What is known of the fields of a query.
#[derive(Clone)]
pub(super) struct Fields<'i> {
    schema: Option<&'i Schema>,
    vocabulary: Option<fn(&str) -> Option<FieldSchema>>,
    inferred: BTreeMap<String, FieldType>,
    /// Fields whose literals disagree; that was reported, once.
    contradicted: BTreeSet<String>,
    /// Fields that are read as `?field` and never otherwise.
    optional: BTreeSet<Path>,
    /// A field that is taken to be mapped nowhere.
    without: Option<Path>,
    category: String,
}

/// What a field turns out to be.
pub(super) enum Resolved {
    /// A field of this kind.
    Known(FieldSchema),
    /// An optional field that nothing maps: null.
    Unmapped,
    /// Reported.
    Invalid,
}

impl<'i> Fields<'i> {
    /// The fields of these events; contradictions among the literals are reported.
    pub(super) fn new(
        body: &EqlBody,
        inputs: &Inputs<'i>,
        events: &[&EventQuery],
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut fields = Self {
            schema: inputs.schema,
            vocabulary: body.ecs.then_some(vocabulary),
            inferred: BTreeMap::new(),
            contradicted: BTreeSet::new(),
            category: body.category_field.clone(),
            optional: BTreeSet::new(),
            without: None,
        };
        let found = evidence::of(events);
        let optional = found.optional.into_iter().filter(|(_, always)| *always);
        fields.optional = optional.map(|(name, _)| Path::new(name)).collect();
        for (name, evidence) in found.fields {
            let kind = evidence.kind();
            if !fields.is_listed(&name) && evidence.report(&name, findings) {
                fields.contradicted.insert(name);
            } else {
                fields.inferred.insert(name, kind);
            }
        }
        fields
    }

    /// Fields that are read as `?field` and never otherwise.
    pub(super) fn optional(&self) -> &BTreeSet<Path> {
        &self.optional
    }

    /// Whether no mapping says which fields there are, so that all are taken to be mapped.
    pub(super) fn are_assumed(&self) -> bool {
        self.schema.is_none()
    }

    /// The same where no index maps a field.
    pub(super) fn without(&self, path: &Path) -> Self {
        Self {
            without: Some(path.clone()),
            ..self.clone()
        }
    }

    /// Whether the mapping or the vocabulary tells a field's type.
    pub(super) fn is_listed(&self, name: &str) -> bool {
        self.schema.is_some() || self.vocabulary.is_some_and(|known| known(name).is_some())
    }

    /// What a field is without asking whether the mapping has it.
    pub(super) fn lookup(&self, name: &str) -> FieldSchema {
        let listed = self.schema.and_then(|schema| schema.field(name)).cloned();
        let spoken = || self.vocabulary.and_then(|known| known(name));
        let inferred = || {
            let kind = self.inferred.get(name).copied();
            FieldSchema::new(kind.unwrap_or(FieldType::Keyword))
        };
        listed.or_else(spoken).unwrap_or_else(inferred)
    }

    /// What a field is, and whether any index maps it.
    pub(super) fn as_mapped(&self, field: &Field) -> FieldSchema {
        let known = self.lookup(&field.name);
        let mapped = match self.schema {
            None => known.mapped,
            Some(schema) => schema.field(&field.name).is_some_and(|field| field.mapped),
        };
        let without = self
            .without
            .as_ref()
            .is_some_and(|path| path.as_str() == field.name);
        let mapped = mapped && !without;
        FieldSchema { mapped, ..known }
    }

    /// What a field of the query is.
    pub(super) fn resolve(&self, field: &Field, findings: &mut Vec<Diagnostic>) -> Resolved {
        if let Some(index) = field.index {
            findings.push(array_index(index));
            return Resolved::Invalid;
        }
        if self.contradicted.contains(&field.name) {
            return Resolved::Invalid;
        }
        let known = self.as_mapped(field);
        if !known.mapped && field.name != self.category {
            if field.optional {
                findings.push(unmapped(field));
                return Resolved::Unmapped;
            }
            findings.push(self.unknown(field));
            return Resolved::Invalid;
        }
        match known.kind {
            FieldType::Text | FieldType::Object => {
                findings.push(unsupported(field, known.kind));
                Resolved::Invalid
            }
            FieldType::Keyword
            | FieldType::Long
            | FieldType::Double
            | FieldType::Boolean
            | FieldType::Date
            | FieldType::Ip
            | FieldType::Version => Resolved::Known(known),
        }
    }

    fn unknown(&self, field: &Field) -> Diagnostic {
        let listed = self.schema.iter().flat_map(|schema| &schema.fields);
        let mapped = listed.filter(|(_, field)| field.mapped);
        let hint = match did_you_mean(&field.name, mapped.map(|(name, _)| name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`?{}` is null where no index maps the field", field.name),
        };
        Diagnostic::error(
            codes::UNKNOWN_FIELD,
            field.span,
            format!("no index maps the field `{}`", field.name),
            "not in the schema",
        )
        .hint(hint)
    }
}

fn array_index(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::ARRAY_INDEX,
        span,
        "an element of a list cannot be chosen",
        "an index",
    )
    .hint("leave the index out: a condition on a field looks at every value")
}

fn unmapped(field: &Field) -> Diagnostic {
    Diagnostic::note(
        codes::UNMAPPED_OPTIONAL,
        field.span,
        format!("no index maps the optional field `{}`", field.name),
        "always null",
    )
}

fn unsupported(field: &Field, kind: FieldType) -> Diagnostic {
    let (what, hint) = match kind {
        FieldType::Text => (
            "analysed text",
            "use a `keyword` or `wildcard` field that holds the same",
        ),
        FieldType::Object
        | FieldType::Keyword
        | FieldType::Long
        | FieldType::Double
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Ip
        | FieldType::Version => ("an object", "name a field inside it"),
    };
    Diagnostic::error(
        codes::FIELD_TYPE,
        field.span,
        format!("`{}` is {what}, which EQL cannot query", field.name),
        what,
    )
    .hint(hint)
}

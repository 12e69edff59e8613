//! Columns of profile `raw`: named like the rule's fields, typed by what is known of them.

use verdict_event::{FieldSchema, FieldType};

/// What a column, or the value of a function, holds. Each may be null: a missing value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `keyword` and `text`, which behave alike.
    Text,
    /// `long`; also `integer`, where a function gives one.
    Long,
    /// `double`.
    Double,
    /// `boolean`.
    Bool,
    /// `date`.
    Date,
    /// `ip`.
    Ip,
    /// `version`.
    Version,
    /// Objects, which no test can look at.
    Opaque,
}

impl Kind {
    /// The kind of the values of such a field.
    pub(crate) fn of(field: &FieldSchema) -> Self {
        match field.kind {
            FieldType::Keyword | FieldType::Text => Self::Text,
            FieldType::Long => Self::Long,
            FieldType::Double => Self::Double,
            FieldType::Boolean => Self::Bool,
            FieldType::Date => Self::Date,
            FieldType::Ip => Self::Ip,
            FieldType::Version => Self::Version,
            FieldType::Object => Self::Opaque,
        }
    }

    /// What Elasticsearch calls the type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "keyword",
            Self::Long => "long",
            Self::Double => "double",
            Self::Bool => "boolean",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::Version => "version",
            Self::Opaque => "object",
        }
    }
}

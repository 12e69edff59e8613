//! Columns of profile `raw`: named like the rule's fields, typed by what is known of them.

use verdict_event::{FieldSchema, FieldType};

/// What a column, or the value of a function, holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `string`: never null, a missing value is `""`.
    Text,
    /// `long`.
    Long,
    /// `real`.
    Real,
    /// `bool`.
    Bool,
    /// `datetime`.
    Date,
    /// `dynamic`: a list of texts. `integers` says that each is the text of a whole number.
    List {
        /// Whether the elements are whole numbers.
        integers: bool,
    },
    /// Objects and what else no test can look at.
    Opaque,
}

impl Kind {
    /// The kind of the column that holds such a field.
    pub(crate) fn of(field: &FieldSchema) -> Self {
        match (field.kind, field.array) {
            (FieldType::Object, _) | (FieldType::Double | FieldType::Date, true) => Self::Opaque,
            (FieldType::Long, true) => Self::List { integers: true },
            (
                FieldType::Keyword
                | FieldType::Text
                | FieldType::Ip
                | FieldType::Version
                | FieldType::Boolean,
                true,
            ) => Self::List { integers: false },
            (FieldType::Keyword | FieldType::Text | FieldType::Ip | FieldType::Version, false) => {
                Self::Text
            }
            (FieldType::Long, false) => Self::Long,
            (FieldType::Double, false) => Self::Real,
            (FieldType::Boolean, false) => Self::Bool,
            (FieldType::Date, false) => Self::Date,
        }
    }
}

//! The fields that the rules of a crate read: a constant each, and the table behind them.

use crate::rust::code::Code;
use crate::rust::names::{Names, constant};
use crate::rust::quote;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use verdict_compiler::Ir;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Correlation, Matches, Term};
use verdict_event::{FieldSchema, FieldType, Path, Value};

/// A field as a rule reads it. Rules whose mappings differ read different fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Field {
    path: String,
    /// The variant of `Reads`.
    reads: &'static str,
    /// The value of `Null`.
    null: String,
}

impl Field {
    fn of(path: &Path, ir: &Ir) -> Self {
        Self::known(path, ir.fields.get(path))
    }

    fn known(path: &Path, known: Option<&FieldSchema>) -> Self {
        let reads = match known.map_or(FieldType::Keyword, |field| field.kind) {
            FieldType::Keyword | FieldType::Text | FieldType::Version | FieldType::Object => "Any",
            FieldType::Long => "Long",
            FieldType::Double => "Double",
            FieldType::Boolean => "Boolean",
            FieldType::Date => "Date",
            FieldType::Ip => "Ip",
        };
        let stand_in = known.and_then(|field| field.null_value.clone());
        let null = match stand_in.map(Value::from) {
            Some(Value::String(text)) => format!("Null::Text({})", quote::text(&text)),
            Some(Value::Number(number)) => format!("Null::Number({})", quote::text(number.text())),
            Some(Value::Bool(truth)) => format!("Null::Bool({truth})"),
            Some(Value::Null | Value::List(_) | Value::Object(_)) | None => {
                "Null::Missing".to_owned()
            }
        };
        Self {
            path: path.as_str().to_owned(),
            reads,
            null,
        }
    }
}

/// Every field of a crate with its constant.
#[derive(Debug, Default)]
pub(super) struct Fields {
    constants: BTreeMap<Field, String>,
    any_text: bool,
}

impl Fields {
    /// The fields of some rules, and of rules over several events. A field that several rules read in different ways has a constant for each way.
    pub(super) fn of<'i>(
        irs: impl IntoIterator<Item = &'i Ir>,
        series: impl IntoIterator<Item = &'i Series>,
    ) -> Self {
        let mut constants: BTreeMap<Field, String> = BTreeMap::new();
        let mut any_text = false;
        let mut irs: Vec<&Ir> = irs.into_iter().collect();
        for series in series {
            irs.extend(series.events());
            each_beside(series, &mut |path, known| {
                constants.entry(Field::known(path, known)).or_default();
            });
        }
        for ir in irs {
            for leaf in ir.predicate.leaves() {
                any_text |= matches!(leaf.kind, verdict_compiler::ir::LeafKind::AnyText(_));
                leaf.each_field(&mut |path| {
                    constants.entry(Field::of(path, ir)).or_default();
                });
            }
        }
        let mut names = Names::without(["ANY_TEXT", "FIELDS", "RULE"]);
        let mut ways: BTreeMap<String, usize> = BTreeMap::new();
        for field in constants.keys() {
            *ways.entry(field.path.clone()).or_default() += 1;
        }
        for (field, name) in &mut constants {
            let plain = constant(&field.path);
            let several = ways.get(&field.path).is_some_and(|ways| *ways > 1);
            *name = names.unique(&if several && field.reads != "Any" {
                format!("{plain}_{}", field.reads.to_ascii_uppercase())
            } else {
                plain
            });
        }
        Self {
            constants,
            any_text,
        }
    }

    /// The constant of a key.
    pub(super) fn key(&self, path: &Path, schema: &FieldSchema) -> &str {
        self.plain(&Field::known(path, Some(schema)))
    }

    /// The constant of a field that is read as it stands.
    pub(super) fn as_it_stands(&self, path: &Path) -> &str {
        self.plain(&Field::known(path, None))
    }

    fn plain(&self, field: &Field) -> &str {
        self.constants.get(field).map_or("ANY_TEXT", String::as_str)
    }

    /// The constant of a field as a rule reads it.
    pub(super) fn constant(&self, path: &Path, ir: &Ir) -> &str {
        self.plain(&Field::of(path, ir))
    }

    /// The file `fields.rs`.
    pub(super) fn file(&self) -> String {
        let mut text = String::from(
            "//! The fields that the rules read. An event is searched for all of them once; a rule asks by their place.\n\n\
             use crate::runtime::event::{Field, FieldName, Fields, Null, Reads};\n\
             use std::sync::LazyLock;\n\n",
        );
        for (at, (field, name)) in (1..).zip(&self.constants) {
            let mut shown = quote::text(&field.path).replace('`', "'");
            if field.reads != "Any" {
                let _ = write!(shown, ", read as {}", field.reads.to_ascii_lowercase());
            }
            // A literal cannot leave its line, so neither can this comment.
            text.push_str(&quote::comment(&shown, "///"));
            let value = Code::plain(format!("Field({at})"));
            text.push_str(&value.item(&format!("pub const {name}: Field =")));
        }
        let row = |path: &str, reads: &str, null: &str| {
            format!(
                "    FieldName {{\n        path: {},\n        reads: Reads::{reads},\n        null: {null},\n    }},\n",
                quote::text(path)
            )
        };
        let _ = write!(
            text,
            "\nstatic NAMES: [FieldName; {}] = [\n{}",
            self.constants.len() + 1,
            row("", "Any", "Null::Missing")
        );
        for field in self.constants.keys() {
            text.push_str(&row(&field.path, field.reads, &field.null));
        }
        text.push_str("];\n\n");
        text.push_str("/// What leads to a field.\n");
        let _ = writeln!(
            text,
            "pub static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields::new(&NAMES, {}));",
            self.any_text
        );
        text
    }
}

/// Every field that a rule over several events reads beside its predicates: of time, of keys, of groups and conditions.
fn each_beside(series: &Series, found: &mut dyn FnMut(&Path, Option<&FieldSchema>)) {
    if let Some(order) = series.order() {
        found(&Path::new(order.timestamp.field.as_str()), None);
        if let Some(tiebreaker) = &order.tiebreaker {
            found(tiebreaker, None);
        }
    }
    let mut keys = |term: &Term| {
        for key in term.keys.iter().filter(|key| key.schema.mapped) {
            found(&key.field, Some(&key.schema));
        }
    };
    match series {
        Series::Sequence(sequence) => sequence.terms().for_each(keys),
        Series::Sample(sample) => sample.terms.iter().for_each(&mut keys),
        Series::Correlation(correlation) => each_place(correlation, found),
    }
}

fn each_place(correlation: &Correlation, found: &mut dyn FnMut(&Path, Option<&FieldSchema>)) {
    for rule in &correlation.rules {
        let places = rule.group.iter().chain(&rule.values);
        for path in places.filter_map(|place| place.field()) {
            found(path, None);
        }
        match &rule.matches {
            Matches::Events(_) => {}
            Matches::Correlation(inner) => each_place(inner, found),
        }
    }
}

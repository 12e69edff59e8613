//! The file of a rule over several events: what is known of it, a predicate for each of its terms, and the plan that puts them together.

use crate::outline;
use crate::rust::code::Code;
use crate::rust::fields::Fields;
use crate::rust::module::{documentation, function, known};
use crate::rust::names::Names;
use crate::rust::predicate::Writer;
use crate::rust::quote;
use crate::series::correlation::{Bound, Correlation, CorrelationKind, Place, Than};
use crate::series::output::Limit;
use std::fmt::Display;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{self, Key, Matches, Order, Sample, Sequence, Stage, Term};
use verdict_compiler::{Ir, Rule};
use verdict_event::{FieldType, Path, TimestampFormat};

/// The file of a rule whose text comes from `origin`.
pub(super) fn file(rule: &Rule, series: &Series, fields: &Fields, origin: &str) -> String {
    let mut text = quote::comment(origin, "//!");
    text.push_str("\nuse crate::prelude::*;\n\n");
    text.push_str(&known(rule, "Series", ("plan", Code::plain("plan"))));
    text.push('\n');
    text.push_str(&functions(rule, series, fields));
    text
}

/// The functions of a rule by itself.
pub(super) fn alone(rule: &Rule, series: &Series) -> String {
    functions(rule, series, &Fields::of([], [series]))
}

/// The plan of a rule, and its predicates with the tables that they need.
fn functions(rule: &Rule, series: &Series, fields: &Fields) -> String {
    let mut predicates = Predicates {
        fields,
        tables: Names::without(["RULE"]),
        text: String::new(),
        count: 0,
    };
    let plan = match series {
        Series::Sequence(sequence) => predicates.sequence(sequence),
        Series::Sample(sample) => predicates.sample(sample),
        Series::Correlation(correlation) => predicates.correlation(correlation),
    };
    let mut text = documentation(rule);
    let body = plan.block(4);
    text.extend(["pub fn plan() -> Plan {\n    ", &body, "\n}\n"]);
    text.push_str(&predicates.text);
    text
}

/// Writes the predicates of a rule.
struct Predicates<'c> {
    fields: &'c Fields,
    tables: Names,
    text: String,
    count: usize,
}

impl Predicates<'_> {
    /// The name of the next predicate.
    fn predicate(&mut self, named: &str, ir: &Ir) -> Code {
        let mut writer = Writer::new(ir, self.fields, std::mem::take(&mut self.tables));
        let body = writer.expr(&ir.predicate);
        for item in &writer.items {
            self.text.push('\n');
            self.text.push_str(item);
        }
        self.tables = writer.names;
        self.text.push('\n');
        self.text.push_str(&function(named, &body));
        Code::plain(named)
    }

    fn numbered(&mut self, word: &str, ir: &Ir) -> Code {
        self.count += 1;
        self.predicate(&format!("{word}_{}", self.count), ir)
    }

    fn sequence(&mut self, sequence: &Sequence) -> Code {
        let stages = sequence.stages.iter().map(|stage| self.stage(stage));
        let stages = Code::slice(stages.collect());
        let maxspan = maybe(sequence.maxspan.map(number));
        let until = sequence.until.as_deref().map(|term| {
            let predicate = self.predicate("until", &term.event);
            Code::call("Term::new", [predicate, self.keys(&term.keys)])
        });
        let arguments = [
            self.clock(&sequence.order),
            stages,
            maxspan,
            maybe(until),
            limits(&sequence.limits),
        ];
        Code::call("Plan::sequence", arguments)
    }

    fn stage(&mut self, stage: &Stage) -> Code {
        let head = if stage.missing {
            "Stage::missing"
        } else {
            "Stage::events"
        };
        let predicate = self.numbered("stage", &stage.term.event);
        let keys = self.keys(&stage.term.keys);
        Code::call(head, [number(stage.runs), predicate, keys])
    }

    fn sample(&mut self, sample: &Sample) -> Code {
        let term = |term: &Term| {
            let predicate = self.numbered("term", &term.event);
            Code::call("Term::new", [predicate, self.keys(&term.keys)])
        };
        let terms = Code::slice(sample.terms.iter().map(term).collect());
        Code::call("Plan::sample", [terms, limits(&sample.limits)])
    }

    fn correlation(&mut self, correlation: &series::Correlation) -> Code {
        let rules = correlation.every_rule().into_iter();
        let predicates = rules.filter_map(|rule| match &rule.matches {
            Matches::Events(ir) => Some(self.numbered("rule", ir)),
            Matches::Correlation(_) => None,
        });
        let predicates = Code::slice(predicates.collect());
        let arguments = [
            self.clock(&correlation.order),
            predicates,
            self.window(&outline::correlation(correlation)),
        ];
        Code::call("Plan::correlation", arguments)
    }

    fn window(&self, correlation: &Correlation<Path>) -> Code {
        let places = |places: &[Place<Path>]| {
            let place = |place: &Place<Path>| match place {
                Place::Field(path) => Code::call(
                    "Place::Field",
                    [Code::plain(self.fields.as_it_stands(path))],
                ),
                Place::Group(at) => Code::call("Place::Group", [number(*at)]),
            };
            vec(places.iter().map(place).collect())
        };
        let rules = correlation.rules.iter().map(|rule| {
            let (group, values) = (places(&rule.group), places(&rule.values));
            match &rule.inner {
                None => Code::call("Counted::events", [group, values]),
                Some(inner) => Code::call("Counted::matches", [self.window(inner), group, values]),
            }
        });
        let arguments = [
            Code::plain(kind(correlation.kind)),
            number(correlation.timespan),
            vec(correlation.condition.iter().map(bound).collect()),
            vec(rules.collect()),
        ];
        Code::call("Correlation::new", arguments)
    }

    fn clock(&self, order: &Order) -> Code {
        let format = match order.timestamp.format {
            TimestampFormat::Iso => "Format::Iso",
            TimestampFormat::Ms => "Format::Ms",
            TimestampFormat::S => "Format::S",
            TimestampFormat::Filetime => "Format::Filetime",
        };
        let field = |path: &Path| Code::plain(self.fields.as_it_stands(path));
        let time = field(&Path::new(order.timestamp.field.as_str()));
        match &order.tiebreaker {
            None => Code::call("Clock::new", [time, Code::plain(format)]),
            Some(tiebreaker) => Code::call(
                "Clock::with_tiebreaker",
                [time, Code::plain(format), field(tiebreaker)],
            ),
        }
    }

    fn keys(&self, keys: &[Key]) -> Code {
        Code::slice(keys.iter().map(|key| self.key(key)).collect())
    }

    fn key(&self, key: &Key) -> Code {
        let head = match key.schema.kind {
            FieldType::Keyword
            | FieldType::Text
            | FieldType::Version
            | FieldType::Boolean
            | FieldType::Object => "Key::text",
            FieldType::Long | FieldType::Double => "Key::number",
            FieldType::Ip => "Key::address",
            FieldType::Date => "Key::instant",
        };
        let code = if key.schema.mapped {
            let field = self.fields.key(&key.field, &key.schema);
            Code::call(head, [Code::plain(field)])
        } else {
            Code::call("Key::unmapped", [])
        };
        if key.optional {
            Code::call("Key::optional", [code])
        } else {
            code
        }
    }
}

fn number(number: impl Display) -> Code {
    Code::plain(number.to_string())
}

fn maybe(code: Option<Code>) -> Code {
    match code {
        Some(code) => Code::call("Some", [code]),
        None => Code::plain("None"),
    }
}

/// A list that its owner keeps.
fn vec(items: Vec<Code>) -> Code {
    if items.is_empty() {
        return Code::call("Vec::new", []);
    }
    Code::call("Vec::from", [Code::List(items)])
}

fn limits(limits: &[series::Limit]) -> Code {
    let limits = outline::limits(limits)
        .into_iter()
        .map(|limit| match limit {
            Limit::Head(count) => Code::call("Limit::Head", [number(count)]),
            Limit::Tail(count) => Code::call("Limit::Tail", [number(count)]),
        });
    Code::slice(limits.collect())
}

fn kind(kind: CorrelationKind) -> String {
    match kind {
        CorrelationKind::EventCount => "CorrelationKind::EventCount".to_owned(),
        CorrelationKind::ValueCount => "CorrelationKind::ValueCount".to_owned(),
        CorrelationKind::Temporal => "CorrelationKind::Temporal".to_owned(),
        CorrelationKind::TemporalOrdered => "CorrelationKind::TemporalOrdered".to_owned(),
        CorrelationKind::ValueSum => "CorrelationKind::ValueSum".to_owned(),
        CorrelationKind::ValueAvg => "CorrelationKind::ValueAvg".to_owned(),
        CorrelationKind::ValuePercentile(percent) => {
            format!("CorrelationKind::ValuePercentile({percent})")
        }
    }
}

fn bound(bound: &Bound) -> Code {
    let than = Code::plain(match bound.than {
        Than::Less => "Than::Less",
        Than::LessOrEqual => "Than::LessOrEqual",
        Than::Equal => "Than::Equal",
        Than::NotEqual => "Than::NotEqual",
        Than::GreaterOrEqual => "Than::GreaterOrEqual",
        Than::Greater => "Than::Greater",
    });
    let floor = number(bound.floor);
    if bound.whole {
        return Code::call("Bound::whole", [than, floor]);
    }
    let double = match bound.double {
        double if double.is_finite() => format!("{double:?}"),
        double if double < 0.0 => "f64::NEG_INFINITY".to_owned(),
        _ => "f64::INFINITY".to_owned(),
    };
    Code::call("Bound::above", [than, floor, Code::plain(double)])
}

//! Sequences and samples as EQL: what a series says of single events is planned as ever; how they come together is EQL's own syntax.
//!
//! What the query does not say, the search request does: where the time stands, what breaks ties, how many matches are wanted.

use crate::eql::tree::Tree;
use crate::eql::{caps, category, columns, emit, plan, project, quote};
use crate::header::{Comment, header};
use crate::profile::{BoundSeries, Profile};
use crate::target::{Claim, Emitted, Projection, SeriesRows, StreamProjection};
use std::collections::BTreeSet;
use verdict_compiler::codes::target::{EQL_CORRELATION, EQL_FIELD_NAME, PROFILE_TEST};
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::print::duration;
use verdict_compiler::ir::series::{Key, Limit, Sample, Sequence, Stage, Term};
use verdict_compiler::{Ir, Refusal, Rule};
use verdict_event::{Event, FieldSchema, FieldType, Path, Schema};

/// Compiles a rule over several events.
pub(crate) fn compile(rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
    let bound = match bind(series, profile) {
        Ok(bound) => bound.of_indices(rule),
        Err(refusals) => {
            return Emitted {
                claim: Claim::Unsupported(refusals),
                text: None,
            };
        }
    };
    let mut writer = Writer::new(&bound);
    let body = match &bound.series {
        Series::Sequence(sequence) => writer.sequence(sequence),
        Series::Sample(sample) => writer.sample(sample),
        // `bind` has refused it.
        Series::Correlation(_) => String::new(),
    };
    if !writer.refusals.is_empty() {
        return Emitted {
            claim: Claim::Unsupported(writer.refusals),
            text: None,
        };
    }
    let codes: Vec<_> = writer.codes.into_iter().collect();
    let header = header(rule, &codes, Comment::SLASHES);
    let claim = if codes.is_empty() {
        Claim::Exact
    } else {
        Claim::Diverges(codes)
    };
    Emitted {
        claim,
        text: Some(format!("{header}{body}")),
    }
}

/// The rule over columns, where EQL can say it at all.
fn bind(series: &Series, profile: &Profile) -> Result<BoundSeries, Vec<Refusal>> {
    if let Series::Correlation(correlation) = series {
        let reason = "a sequence uses each event up, where windows of a correlation share them; `native`, `kql` and `spl` can say it";
        return Err(vec![Refusal {
            code: EQL_CORRELATION,
            reason: reason.to_owned(),
            span: correlation.span,
        }]);
    }
    let bound = profile.bind_series(series)?;
    if let Some(derived) = bound.derived.first() {
        let reason = format!("`{}` would have to be computed first", derived.name);
        return Err(vec![Refusal {
            code: PROFILE_TEST,
            reason,
            span: series.span(),
        }]);
    }
    Ok(bound)
}

/// The fields of the index that the query reads, keys among them.
fn fields(bound: &BoundSeries) -> std::collections::BTreeMap<Path, FieldSchema> {
    let mut fields = columns::of(&bound.together());
    for key in keys(&bound.series) {
        fields
            .entry(key.field.clone())
            .or_insert_with(|| key.schema.clone());
    }
    fields
}

fn keys(series: &Series) -> Vec<&Key> {
    match series {
        Series::Sequence(sequence) => sequence.terms().flat_map(|term| &term.keys).collect(),
        Series::Sample(sample) => sample.terms.iter().flat_map(|term| &term.keys).collect(),
        Series::Correlation(_) => Vec::new(),
    }
}

/// The field that categories are asked of: that of the first event which names one.
fn category_field(series: &Series) -> Option<Path> {
    let events = series.events();
    let mut categories = events.iter().filter_map(|ir| category(ir));
    categories.next().map(|category| category.field)
}

/// The documents that the query reads.
pub(crate) fn rows(series: &Series, profile: &Profile) -> Result<SeriesRows, Vec<Refusal>> {
    let bound = bind(series, profile)?;
    let mut schema = Schema {
        fields: fields(&bound)
            .into_iter()
            .map(|(path, field)| (path.as_str().to_owned(), field))
            .collect(),
        ..Schema::default()
    };
    if let Some(field) = category_field(&bound.series) {
        field.as_str().clone_into(&mut schema.category);
    }
    if let Some(order) = bound.series.order() {
        schema.timestamp = order.timestamp.clone();
        schema.tiebreaker = order
            .tiebreaker
            .as_ref()
            .map(|path| path.as_str().to_owned());
        // The tiebreaker has the type of its values, as dynamic mapping gives it: 9 comes before 10.
        schema
            .fields
            .entry(order.timestamp.field.clone())
            .or_insert_with(|| FieldSchema::new(FieldType::Keyword));
    }
    let typing = project::projector(&bound.together());
    let tie = bound
        .series
        .order()
        .and_then(|order| order.tiebreaker.clone());
    Ok(SeriesRows {
        schema,
        project: Box::new(move |_, event| match bound.row(event) {
            Err(reason) => StreamProjection::Unrepresentable(reason),
            Ok(None) => StreamProjection::Elsewhere,
            Ok(Some(row)) => match typing(&row) {
                Projection::Row(typed) => {
                    StreamProjection::Row(with_tie(typed, tie.as_ref(), &row))
                }
                Projection::Unrepresentable(reason) => StreamProjection::Unrepresentable(reason),
            },
        }),
    })
}

/// The document with the tiebreaker, which no condition need read.
fn with_tie(typed: Event, tie: Option<&Path>, row: &Event) -> Event {
    let value = tie.filter(|path| typed.values(path).is_empty());
    let value = value.and_then(|path| Some((path, (*row.values(path).first()?).clone())));
    match value {
        None => typed,
        Some((path, value)) => {
            let own = (path.as_str().to_owned(), value);
            Event::new(typed.entries().iter().cloned().chain([own]).collect())
        }
    }
}

/// How many matches a search asks for; Elasticsearch's own default is ten.
const SIZE: u64 = 1000;

/// The body of a request to `_eql/search`.
pub(crate) fn search_body(query: &str, series: &Series, profile: &Profile) -> Option<String> {
    let bound = bind(series, profile).ok()?;
    let mut body = serde_json::Map::new();
    let mut say = |key: &str, value: serde_json::Value| {
        body.insert(key.to_owned(), value);
    };
    say("query", query.into());
    let category = category_field(&bound.series).map_or_else(
        || Schema::default().category,
        |field| field.as_str().to_owned(),
    );
    say("event_category_field", category.into());
    if let Some(order) = bound.series.order() {
        say("timestamp_field", order.timestamp.field.clone().into());
        if let Some(tiebreaker) = &order.tiebreaker {
            say("tiebreaker_field", tiebreaker.as_str().into());
        }
    }
    let limits: &[Limit] = match &bound.series {
        Series::Sequence(sequence) => &sequence.limits,
        Series::Sample(sample) => &sample.limits,
        Series::Correlation(_) => &[],
    };
    // What the rule limits is not limited again; where it takes the last matches, the search begins at the end.
    let size = limits.iter().map(|limit| match limit {
        Limit::Head(count) | Limit::Tail(count) => *count,
    });
    say("size", size.min().unwrap_or(SIZE).min(SIZE).into());
    if !matches!(bound.series, Series::Sample(_)) {
        let tail = limits.iter().any(|limit| matches!(limit, Limit::Tail(_)));
        // Without a pipe the oldest matches come first, so that paging loses none.
        say("result_position", if tail { "tail" } else { "head" }.into());
    }
    let mut text = serde_json::to_string_pretty(&body).ok()?;
    text.push('\n');
    Some(text)
}

/// Writes the parts of a series and collects what they lose.
struct Writer<'b> {
    fields: std::collections::BTreeMap<Path, FieldSchema>,
    category: Option<Path>,
    codes: BTreeSet<verdict_compiler::Code>,
    refusals: Vec<Refusal>,
    /// How many leading keys all terms share.
    shared: usize,
    terms: Vec<&'b Term>,
}

impl<'b> Writer<'b> {
    fn new(bound: &'b BoundSeries) -> Self {
        let terms: Vec<&Term> = match &bound.series {
            Series::Sequence(sequence) => sequence.terms().collect(),
            Series::Sample(sample) => sample.terms.iter().collect(),
            Series::Correlation(_) => Vec::new(),
        };
        Self {
            fields: fields(bound),
            category: category_field(&bound.series),
            codes: bound.codes.iter().copied().collect(),
            refusals: Vec::new(),
            shared: shared(&terms),
            terms,
        }
    }

    fn sequence(&mut self, sequence: &Sequence) -> String {
        let mut text = format!("sequence{}", self.shared_keys());
        if let Some(maxspan) = sequence.maxspan
            && !verdict_faults::at("eql/series/maxspan-forgotten")
        {
            text.push_str(" with maxspan=");
            let shorter = u64::from(verdict_faults::at("eql/series/maxspan-shorter"));
            let longer = u64::from(verdict_faults::at("eql/series/maxspan-longer"));
            text.push_str(&duration(maxspan + longer - shorter));
        }
        text.push('\n');
        for stage in &sequence.stages {
            text.push_str(&self.stage(stage));
        }
        if let Some(until) = &sequence.until
            && !verdict_faults::at("eql/series/until-forgotten")
        {
            text.push_str("until\n");
            text.push_str(&self.term(until, "", ""));
        }
        text.push_str(&limits(&sequence.limits));
        text
    }

    fn sample(&mut self, sample: &Sample) -> String {
        let mut text = format!("sample{}\n", self.shared_keys());
        for term in &sample.terms {
            text.push_str(&self.term(term, "", ""));
        }
        text.push_str(&limits(&sample.limits));
        text
    }

    fn stage(&mut self, stage: &Stage) -> String {
        let missing = stage.missing && !verdict_faults::at("eql/series/missing-mark-lost");
        let mark = if missing { "!" } else { "" };
        let runs = match stage.runs {
            1 => String::new(),
            _ if verdict_faults::at("eql/series/runs-forgotten") => String::new(),
            runs => {
                let runs = runs - u32::from(verdict_faults::at("eql/series/runs-one-less"));
                format!(" with runs={runs}")
            }
        };
        self.term(&stage.term, mark, &runs)
    }

    /// An event in brackets, with the keys that it does not share.
    fn term(&mut self, term: &Term, mark: &str, runs: &str) -> String {
        let (name, condition) = self.condition(&term.event);
        let own = term.keys.get(self.shared..).unwrap_or_default();
        let by = if verdict_faults::at("eql/series/own-keys-forgotten") {
            String::new()
        } else {
            self.by(own)
        };
        let event = emit::bracketed(name.as_deref(), &condition);
        format!("  {mark}{event}{by}{runs}\n")
    }

    fn condition(&mut self, ir: &Ir) -> (Option<String>, Tree) {
        let field = self.category.clone();
        let category = category(ir).filter(|category| Some(&category.field) == field.as_ref());
        let mut planner = plan::Planner::new(&self.fields, &ir.origin.optional);
        let condition = match &category {
            Some(category) => planner.plan(&category.rest),
            None => planner.plan(&ir.predicate),
        };
        match caps::claim(planner.caps, ir) {
            Claim::Exact => {}
            Claim::Diverges(codes) => self.codes.extend(codes),
            Claim::Unsupported(refusals) => self.refusals.extend(refusals),
        }
        (category.map(|category| category.name), condition)
    }

    fn shared_keys(&mut self) -> String {
        let keys = self.terms.first().map(|term| term.keys.as_slice());
        let keys: Vec<Key> = keys
            .and_then(|keys| keys.get(..self.shared))
            .unwrap_or_default()
            .to_vec();
        self.by(&keys)
    }

    fn by(&mut self, keys: &[Key]) -> String {
        let mut names = Vec::new();
        for key in keys {
            let optional = key.optional && !verdict_faults::at("eql/series/optional-key-mark-lost");
            let mark = if optional { "?" } else { "" };
            match quote::name(key.field.as_str()) {
                Some(name) => names.push(format!("{mark}{name}")),
                None => self.refusals.push(Refusal {
                    code: EQL_FIELD_NAME,
                    reason: format!(
                        "{:?} is empty or holds a character that does not show itself",
                        key.field.as_str()
                    ),
                    span: key.span,
                }),
            }
        }
        if names.len() > 1 && verdict_faults::at("eql/series/last-key-dropped") {
            names.pop();
        }
        if names.is_empty() {
            String::new()
        } else {
            format!(" by {}", names.join(", "))
        }
    }
}

/// How many keys all terms have in common at their beginning.
fn shared(terms: &[&Term]) -> usize {
    let Some((first, others)) = terms.split_first() else {
        return 0;
    };
    let same = |at: usize, key: &Key| {
        others.iter().all(|term| {
            let other = term.keys.get(at);
            other.is_some_and(|other| other.field == key.field && other.optional == key.optional)
        })
    };
    let keys = first.keys.iter().enumerate();
    keys.take_while(|(at, key)| same(*at, key)).count()
}

fn limits(limits: &[Limit]) -> String {
    let limits = limits.iter().map(|limit| match limit {
        Limit::Head(count) if verdict_faults::at("eql/series/head-one-more") => {
            format!("| head {}\n", count + 1)
        }
        Limit::Head(count) => format!("| head {count}\n"),
        Limit::Tail(count) if verdict_faults::at("eql/series/tail-as-head") => {
            format!("| head {count}\n")
        }
        Limit::Tail(count) => format!("| tail {count}\n"),
    });
    limits.collect()
}

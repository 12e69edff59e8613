//! The columns that a query reads from its source.

use super::ast::{
    Assignment, Definition, Expr, ExprKind, Join, Operator, Pipeline, Program, Scan, Source,
    Summarize, Union,
};
use std::collections::{BTreeMap, BTreeSet};

/// Names that the text reads and does not itself define.
pub(super) fn columns(program: &Program) -> BTreeSet<String> {
    let mut reader = Reader::default();
    for definition in &program.lets {
        let name = definition.name.text.clone();
        match &definition.definition {
            Definition::Table(pipeline) => {
                let made = reader.pipeline(pipeline);
                reader.tables.insert(name, made);
            }
            // A name that is no scalar is another table.
            Definition::Scalar(Expr {
                kind: ExprKind::Name(source),
                ..
            }) if !reader.scalars.contains(source) => {
                let made = reader.tables.get(source).cloned().unwrap_or_default();
                reader.tables.insert(name, made);
            }
            Definition::Scalar(_) => {
                reader.scalars.insert(name);
            }
        }
    }
    reader.pipeline(&program.query);
    reader.found
}

/// The columns at one point of a pipeline.
#[derive(Clone, Default)]
struct Made {
    /// Those that the query made.
    names: BTreeSet<String>,
    /// Whether the source's own are gone.
    closed: bool,
    /// Whether a join gave columns of its right side another name: `x1` is then none of the source.
    joined: bool,
}

#[derive(Default)]
struct Reader {
    found: BTreeSet<String>,
    scalars: BTreeSet<String>,
    /// The columns that a table makes.
    tables: BTreeMap<String, Made>,
}

impl Reader {
    fn pipeline(&mut self, pipeline: &Pipeline) -> Made {
        let mut made = match &pipeline.source {
            Source::Table(name) => self.tables.get(&name.text).cloned().unwrap_or_default(),
            Source::Union(union) => self.union(union, None),
            Source::Data { columns, .. } => Made {
                names: columns.iter().map(|(name, _)| name.text.clone()).collect(),
                closed: true,
                joined: false,
            },
        };
        self.steps(&pipeline.steps, &mut made);
        made
    }

    fn steps(&mut self, steps: &[Operator], made: &mut Made) {
        for step in steps {
            match step {
                Operator::Where(predicate) => self.read(predicate, made),
                Operator::Extend(list) | Operator::Project(list) | Operator::Serialize(list) => {
                    self.assign(list, made);
                }
                Operator::ProjectAway(_)
                | Operator::ProjectKeep(_)
                | Operator::Take(_)
                | Operator::Distinct(None)
                | Operator::Count => {}
                Operator::ProjectRename(pairs) => {
                    for (new, old) in pairs {
                        self.name(&old.text, made);
                        made.names.insert(new.text.clone());
                    }
                }
                Operator::Sort(keys) => keys.iter().for_each(|key| self.read(&key.value, made)),
                Operator::Top(_, key) => self.read(&key.value, made),
                Operator::Distinct(Some(list)) => self.assign(list, made),
                Operator::Summarize(summarize) => self.summarize(summarize, made),
                Operator::Expand(expand) => {
                    for column in &expand.columns {
                        self.assign(std::slice::from_ref(&column.value), made);
                    }
                    made.names
                        .extend(expand.index.iter().map(|name| name.text.clone()));
                }
                Operator::Join(join) => self.join(join, made),
                Operator::Union(union) => *made = self.union(union, Some(made.clone())),
                Operator::Partition(partition) => {
                    self.name(&partition.by.text, made);
                    self.steps(&partition.steps, made);
                }
                Operator::Scan(scan) => self.scan(scan, made),
            }
        }
    }

    fn summarize(&mut self, summarize: &Summarize, made: &mut Made) {
        for aggregation in &summarize.aggregates {
            self.read(&aggregation.value, made);
        }
        self.assign(&summarize.by, made);
        let names = summarize.aggregates.iter().flat_map(|one| &one.names);
        made.names.extend(names.map(|name| name.text.clone()));
        // Names that the vendor makes up, such as `count_`, are no columns of the source either.
        made.closed = true;
    }

    fn join(&mut self, join: &Join, made: &mut Made) {
        let right = self.pipeline(&join.right);
        for condition in &join.on {
            match &condition.kind {
                ExprKind::Compare(_, left, other) => {
                    for side in [left, other] {
                        if let ExprKind::Member(inner, name) = &side.kind {
                            let at_left =
                                matches!(&inner.kind, ExprKind::Name(side) if side == "$left");
                            self.name(&name.text, if at_left { made } else { &right });
                        }
                    }
                }
                _ => self.read(condition, made),
            }
        }
        made.names.extend(right.names);
        made.closed &= right.closed;
        made.joined = true;
    }

    fn union(&mut self, union: &Union, first: Option<Made>) -> Made {
        let mut all = first.unwrap_or(Made {
            closed: true,
            ..Made::default()
        });
        for table in &union.tables {
            let made = self.pipeline(table);
            all.names.extend(made.names);
            all.closed &= made.closed;
            all.joined |= made.joined;
        }
        all.names
            .extend(union.source.iter().map(|name| name.text.clone()));
        all
    }

    fn scan(&mut self, scan: &Scan, made: &mut Made) {
        let mut inner = made.clone();
        inner
            .names
            .extend(scan.steps.iter().map(|step| step.name.text.clone()));
        for step in &scan.steps {
            self.read(&step.condition, &inner);
            for (_, value) in &step.assignments {
                self.read(value, &inner);
            }
        }
        let declared = scan.declared.iter().map(|one| &one.name);
        let names = declared.chain(&scan.match_id);
        made.names.extend(names.map(|name| name.text.clone()));
    }

    fn assign(&mut self, list: &[Assignment], made: &mut Made) {
        for assignment in list {
            self.read(&assignment.value, made);
        }
        let names = list
            .iter()
            .filter_map(|assignment| assignment.name.as_ref());
        made.names.extend(names.map(|name| name.text.clone()));
    }

    fn name(&mut self, name: &str, made: &Made) {
        let renamed = made.joined && name.len() > 1 && name.ends_with('1');
        if !made.closed && !renamed && !made.names.contains(name) && !self.scalars.contains(name) {
            self.found.insert(name.to_owned());
        }
    }

    fn read_all(&mut self, items: &[Expr], made: &Made) {
        for item in items {
            self.read(item, made);
        }
    }

    fn read(&mut self, expr: &Expr, made: &Made) {
        match &expr.kind {
            // `*` names no column: what it ranges over is known only with the event.
            ExprKind::Literal(_) | ExprKind::All => {}
            ExprKind::Name(name) => self.name(name, made),
            ExprKind::Star(_, inner)
            | ExprKind::Negate(inner)
            | ExprKind::Plus(inner)
            | ExprKind::Member(inner, _) => {
                self.read(inner, made);
            }
            ExprKind::Chain(_, items) | ExprKind::Call(_, items) => self.read_all(items, made),
            ExprKind::Compare(_, left, right)
            | ExprKind::Arithmetic(_, left, right)
            | ExprKind::Text(_, left, right)
            | ExprKind::Regex(left, right)
            | ExprKind::Index(left, right) => {
                self.read(left, made);
                self.read(right, made);
            }
            ExprKind::In(_, value, items) => {
                self.read(value, made);
                self.read_all(items, made);
            }
            ExprKind::Between {
                value, low, high, ..
            } => [value, low, high]
                .into_iter()
                .for_each(|part| self.read(part, made)),
        }
    }
}

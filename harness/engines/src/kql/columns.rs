//! The columns that a query reads from its source.

use super::ast::{Assignment, Definition, Expr, ExprKind, Operator, Pipeline, Program};
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

#[derive(Default)]
struct Reader {
    found: BTreeSet<String>,
    scalars: BTreeSet<String>,
    /// The columns that a table makes.
    tables: BTreeMap<String, BTreeSet<String>>,
}

impl Reader {
    fn pipeline(&mut self, pipeline: &Pipeline) -> BTreeSet<String> {
        let mut made = self
            .tables
            .get(&pipeline.source.text)
            .cloned()
            .unwrap_or_default();
        for step in &pipeline.steps {
            match step {
                Operator::Where(predicate) => self.read(predicate, &made),
                Operator::Extend(list) | Operator::Project(list) => self.assign(list, &mut made),
                Operator::ProjectAway(_) | Operator::ProjectKeep(_) | Operator::Take(_) => {}
                Operator::ProjectRename(pairs) => {
                    for (new, old) in pairs {
                        self.name(&old.text, &made);
                        made.insert(new.text.clone());
                    }
                }
                Operator::Sort(keys) => keys.iter().for_each(|key| self.read(&key.value, &made)),
                Operator::Top(_, key) => self.read(&key.value, &made),
            }
        }
        made
    }

    fn assign(&mut self, list: &[Assignment], made: &mut BTreeSet<String>) {
        for assignment in list {
            self.read(&assignment.value, made);
        }
        let names = list
            .iter()
            .filter_map(|assignment| assignment.name.as_ref());
        made.extend(names.map(|name| name.text.clone()));
    }

    fn name(&mut self, name: &str, made: &BTreeSet<String>) {
        if !made.contains(name) && !self.scalars.contains(name) {
            self.found.insert(name.to_owned());
        }
    }

    fn read_all(&mut self, items: &[Expr], made: &BTreeSet<String>) {
        for item in items {
            self.read(item, made);
        }
    }

    fn read(&mut self, expr: &Expr, made: &BTreeSet<String>) {
        match &expr.kind {
            ExprKind::Literal(_) => {}
            ExprKind::Name(name) => self.name(name, made),
            // `*` names no column: what it ranges over is known only with the event.
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

//! The columns that a query reads from its source.

use super::ast::{Arguments, Assignment, Command, Expr, ExprKind, Program};
use std::collections::BTreeSet;

/// Names that the text reads and does not itself define. What `METADATA` adds is none.
pub(super) fn columns(program: &Program) -> BTreeSet<String> {
    let mut reader = Reader::default();
    reader
        .made
        .extend(program.metadata.iter().map(|name| name.text.clone()));
    for command in &program.commands {
        reader.command(command);
    }
    reader.found
}

#[derive(Default)]
struct Reader {
    found: BTreeSet<String>,
    made: BTreeSet<String>,
}

impl Reader {
    fn command(&mut self, command: &Command) {
        match command {
            Command::Where(condition) => self.read(condition),
            Command::Eval(fields) => {
                for field in fields {
                    self.read(&field.value);
                    self.made.insert(field.name.text.clone());
                }
            }
            Command::Keep(patterns) | Command::Drop(patterns) => {
                for pattern in patterns {
                    if let Some(name) = pattern.plain() {
                        self.name(name);
                    }
                }
            }
            Command::Rename(pairs) => {
                for (old, new) in pairs {
                    self.name(&old.text);
                    self.made.insert(new.text.clone());
                }
            }
            Command::Limit(_) => {}
            Command::Sort(keys) => keys.iter().for_each(|key| self.read(&key.value)),
            Command::Stats(stats) => {
                self.fields(&stats.groups);
                self.fields(&stats.aggregates);
            }
            Command::Expand(name) => {
                self.name(&name.text);
                self.made.insert(name.text.clone());
            }
        }
    }

    fn fields(&mut self, fields: &[Assignment]) {
        for field in fields {
            self.read(&field.value);
            if let Some(filter) = &field.filter {
                self.read(filter);
            }
            self.made.insert(field.name.text.clone());
        }
    }

    fn name(&mut self, name: &str) {
        if !self.made.contains(name) {
            self.found.insert(name.to_owned());
        }
    }

    fn read(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Call(_, Arguments::Star) => {}
            ExprKind::Column(name) => self.name(name),
            ExprKind::Match(name) => self.name(&name.text),
            ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Cast(inner, _) => {
                self.read(inner);
            }
            ExprKind::Like { value, .. } | ExprKind::IsNull { value, .. } => self.read(value),
            ExprKind::Chain(_, items) | ExprKind::Call(_, Arguments::List(items)) => {
                items.iter().for_each(|item| self.read(item));
            }
            ExprKind::Compare(_, left, right) | ExprKind::Arithmetic(_, left, right) => {
                self.read(left);
                self.read(right);
            }
            ExprKind::In { value, items, .. } => {
                self.read(value);
                items.iter().for_each(|item| self.read(item));
            }
        }
    }
}

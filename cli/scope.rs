//! What a rule stands among: the rules, filters and exceptions of its file and pack. Files are loaded first, all of them, and compiled then.

use crate::rulebook::{Entry, PackFile, Setting};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use verdict_compiler::codes::rule as codes;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::{Body, Filter, Loaded, load};
use verdict_compiler::{
    Among, Compiled, Diagnostic, Inputs, Meaning, Rule, Source, check_filter, compile_among,
};

/// A finding with its file.
type Finding = (Arc<Source>, Diagnostic);

/// A file, loaded.
pub(crate) struct Loading {
    source: Arc<Source>,
    below: PathBuf,
    pack: Option<Arc<PackFile>>,
    loaded: Loaded,
}

impl Loading {
    /// Loads a file.
    pub(crate) fn new(source: Arc<Source>, below: PathBuf, pack: Option<Arc<PackFile>>) -> Self {
        let loaded = load(&source);
        Self {
            source,
            below,
            pack,
            loaded,
        }
    }

    /// The file, if it has errors and no rule or filter came of it.
    pub(crate) fn unread(&self) -> Option<PathBuf> {
        let empty = self.loaded.rules.is_empty() && self.loaded.filters.is_empty();
        let broken = self.loaded.diagnostics.iter().any(Diagnostic::is_error);
        (empty && broken).then(|| PathBuf::from(&self.source.name))
    }

    fn place(&self) -> Option<&Path> {
        self.pack.as_ref().map(|pack| pack.folder.as_path())
    }

    /// What each rule of the file means.
    pub(crate) fn compile(
        &self,
        scopes: &Scopes<'_>,
        setting: &Setting,
    ) -> Vec<(Compiled, Vec<Filter>)> {
        let scope = scopes.by_pack.get(&self.place());
        let among = Among {
            file: &self.loaded.rules,
            pack: scope.map_or(&[], |scope| &scope.rules),
            filters: scope.map_or(&[], |scope| &scope.filters),
        };
        with_inputs(self.pack.as_deref(), setting, |inputs| {
            let rules = self.loaded.rules.iter();
            rules
                .map(|rule| {
                    let applied = applied(rule, &among);
                    (compile_among(rule, inputs, &among), applied)
                })
                .collect()
        })
    }

    /// The file's entries and findings.
    pub(crate) fn finish(
        self,
        compiled: Vec<(Compiled, Vec<Filter>)>,
        entries: &mut Vec<Entry>,
        findings: &mut Vec<Finding>,
    ) {
        let found = self.loaded.diagnostics.into_iter();
        let at = |finding: Diagnostic| (Arc::clone(&self.source), finding);
        findings.extend(found.map(at));
        let several = self.loaded.rules.len() + self.loaded.filters.len() > 1;
        let parts = parts(&self.loaded.rules, &compiled);
        let rules = self.loaded.rules.into_iter().zip(compiled);
        for (document, (rule, (compiled, filters))) in rules.enumerate() {
            findings.extend(compiled.diagnostics.iter().cloned().map(at));
            entries.push(Entry {
                source: Arc::clone(&self.source),
                below: self.below.clone(),
                document,
                several,
                is_part: parts.contains(&rule.id),
                rule,
                pack: self.pack.clone(),
                compiled,
                filters,
            });
        }
    }
}

/// The filters that take something away from a rule.
pub(crate) fn applied(rule: &Rule, among: &Among<'_>) -> Vec<Filter> {
    let everywhere = verdict_compiler::rule::Logsource::default();
    let logsource = match &rule.body {
        Body::Sigma(body) => &body.logsource,
        Body::Eql(_) => &everywhere,
        Body::Correlation(_) | Body::Opaque(_) => return Vec::new(),
    };
    let filters = among.filters_of(rule);
    filters
        .filter(|filter| filter.applies_to(logsource))
        .cloned()
        .collect()
}

/// The ids of the rules that are there only for a correlation of their file (C14).
fn parts(rules: &[Rule], compiled: &[(Compiled, Vec<Filter>)]) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for (compiled, _) in compiled {
        let Meaning::Series(series) = &compiled.meaning else {
            continue;
        };
        let Series::Correlation(correlation) = &**series else {
            continue;
        };
        if correlation.generate {
            continue;
        }
        for referenced in &correlation.rules {
            let meant = rules.iter().filter(|rule| rule.is_called(&referenced.name));
            parts.extend(meant.map(|rule| rule.id.clone()));
        }
    }
    parts
}

fn with_inputs<T>(
    pack: Option<&PackFile>,
    setting: &Setting,
    with: impl FnOnce(&Inputs<'_>) -> T,
) -> T {
    let none = BTreeMap::new();
    with(&Inputs {
        logsources: setting.logsources.as_ref(),
        placeholders: pack.map_or(&none, |file| &file.pack.placeholders),
        schema: setting.schema.as_ref(),
    })
}

/// Rules and filters by the pack that they stand in; those without a pack stand together.
pub(crate) struct Scopes<'l> {
    by_pack: BTreeMap<Option<&'l Path>, Scope<'l>>,
}

#[derive(Default)]
struct Scope<'l> {
    rules: Vec<&'l Rule>,
    filters: Vec<&'l Filter>,
    pack: Option<&'l Arc<PackFile>>,
}

impl<'l> Scopes<'l> {
    /// The scopes of some files.
    pub(crate) fn new(files: &'l [Loading]) -> Self {
        let mut by_pack: BTreeMap<Option<&Path>, Scope<'l>> = BTreeMap::new();
        for file in files {
            let scope = by_pack.entry(file.place()).or_default();
            scope.rules.extend(&file.loaded.rules);
            scope.filters.extend(&file.loaded.filters);
            if scope.pack.is_none()
                && let Some(pack) = &file.pack
            {
                scope.pack = Some(pack);
                scope.filters.extend(&pack.pack.exceptions);
            }
        }
        Self { by_pack }
    }

    /// What is wrong with filters and exceptions.
    pub(crate) fn findings(&self, files: &[Loading], setting: &Setting) -> Vec<Finding> {
        let mut found = Vec::new();
        for file in files {
            let scope = self.by_pack.get(&file.place());
            let rules = scope.map_or(&[][..], |scope| &scope.rules);
            for filter in &file.loaded.filters {
                let wrong = of_filter(filter, rules, file.pack.as_deref(), setting);
                let at = |finding| (Arc::clone(&file.source), finding);
                found.extend(wrong.into_iter().map(at));
            }
        }
        for scope in self.by_pack.values() {
            let Some(pack) = scope.pack else {
                continue;
            };
            for exception in &pack.pack.exceptions {
                let wrong = of_filter(exception, &scope.rules, Some(pack), setting);
                let at = |finding| (Arc::clone(&pack.source), finding);
                found.extend(wrong.into_iter().map(at));
            }
        }
        found
    }
}

fn of_filter(
    filter: &Filter,
    rules: &[&Rule],
    pack: Option<&PackFile>,
    setting: &Setting,
) -> Vec<Diagnostic> {
    let mut found = with_inputs(pack, setting, |inputs| check_filter(filter, inputs));
    for name in filter.rules.iter().flatten() {
        let mut named = rules.iter().filter(|rule| rule.is_called(&name.value));
        let Some(rule) = named.next() else {
            let code = codes::FILTER_UNKNOWN_RULE;
            let reason = format!("nothing here has the id or name `{}`", name.value);
            found.push(Diagnostic::warning(code, name.span, code.title, reason));
            continue;
        };
        let looks_elsewhere = match &rule.body {
            Body::Sigma(body) => !filter.applies_to(&body.logsource),
            Body::Eql(_) => !filter.applies_to(&verdict_compiler::rule::Logsource::default()),
            Body::Correlation(_) => true,
            Body::Opaque(_) => false,
        };
        if looks_elsewhere {
            let code = codes::FILTER_LOGSOURCE;
            let reason = match &rule.body {
                Body::Correlation(_) => "filter the rules that the correlation counts".to_owned(),
                Body::Sigma(_) | Body::Eql(_) | Body::Opaque(_) => {
                    format!("`{}` has another logsource", rule.name)
                }
            };
            found.push(Diagnostic::warning(code, name.span, code.title, reason));
        }
    }
    found
}

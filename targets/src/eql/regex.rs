//! Regular expressions in Lucene's syntax.
//!
//! Lucene matches the whole value. A search is therefore written between `.*` and `.*`, and anchors become the absence of these (`edges`). Sets are
//! spelled out, so that no engine's idea of a digit matters. `regex~` ignores the case of single letters; a set shows both cases anyway.

use crate::caps::Limit;
use crate::eql::edges::{self, Branch, Edge};
use crate::eql::size;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};
use std::fmt::Write as _;
use verdict_compiler::codes::target::EQL_REGEX;
use verdict_compiler::ir::{Case, Pattern, Piece, Regex, Syntax};

/// The longest expression that Elasticsearch takes (`index.max_regex_length`).
const LONGEST: usize = 1000;

/// A pattern over a whole text.
pub(crate) fn of_pattern(pattern: &Pattern) -> Result<String, Limit> {
    let mut text = String::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Literal(literal) => literal.chars().for_each(|c| escape(c, &mut text)),
            Piece::AnyRun => text.push_str(".*"),
            Piece::AnyChar if verdict_faults::at("eql/regex/one-as-run") => text.push_str(".*"),
            Piece::AnyChar => text.push('.'),
        }
    }
    fitting(text)
}

/// A rule's expression, and whether case matters.
pub(crate) fn of_expression(expression: &Regex) -> Result<(String, Case), Limit> {
    if verdict_faults::at("eql/regex/rule-text-unchanged") {
        return Ok((expression.source.clone(), expression.case));
    }
    let text = match (expression.syntax, &expression.rust) {
        (Syntax::Lucene, _) => {
            if expression.source.contains('\0') {
                return Err(limit(&expression.source, "no string of EQL holds a zero"));
            }
            return fitting(expression.source.clone()).map(|text| (text, expression.case));
        }
        (Syntax::Sigma, Some(text)) => text,
        (Syntax::Sigma, None) => return Err(limit(&expression.source, "it has no plain form")),
    };
    let said = |why: &str| limit(&expression.source, why);
    let parsed = regex_syntax::parse(text).map_err(|error| said(&error.kind_text()))?;
    let branches = edges::branches(&parsed).map_err(said)?;
    let case = match case_of(&branches) {
        _ if verdict_faults::at("eql/regex/case-ignored") => Case::Fold,
        case => case,
    };
    // Optional copies that follow one another make more states than as many of `x?`.
    let flat = [false, true]
        .into_iter()
        .find(|flat| size::fits(&branches, *flat));
    let Some(flat) = flat else {
        return Err(said("its automaton is larger than Elasticsearch builds"));
    };
    let written = union(&branches, Style { case, flat }).map_err(said)?;
    Ok((fitting(written)?, case))
}

trait KindText {
    fn kind_text(&self) -> String;
}

impl KindText for regex_syntax::Error {
    fn kind_text(&self) -> String {
        let text = self.to_string();
        text.lines().last().unwrap_or_default().to_owned()
    }
}

fn limit(source: &str, why: &str) -> Limit {
    Limit::new(
        EQL_REGEX,
        format!("`{source}` is no expression of Lucene's: {why}"),
    )
}

fn fitting(text: String) -> Result<String, Limit> {
    let length = text.encode_utf16().count();
    if length > LONGEST {
        return Err(Limit::new(
            EQL_REGEX,
            format!("the expression has {length} characters, and Elasticsearch takes {LONGEST}"),
        ));
    }
    Ok(text)
}

/// Whether the expression can be one that ignores case: no letter stands in it whose other case does not.
fn case_of(branches: &[Branch]) -> Case {
    let mut cased = false;
    let mut pairs = false;
    for hir in branches.iter().flat_map(|branch| &branch.body) {
        each(hir, &mut |node| match node.kind() {
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0);
                cased |= text.chars().any(|c| folded(c).is_some());
            }
            HirKind::Class(Class::Unicode(class)) => {
                pairs |= pair(class).is_some();
                cased |= !is_closed(class);
            }
            HirKind::Empty
            | HirKind::Class(Class::Bytes(_))
            | HirKind::Look(_)
            | HirKind::Repetition(_)
            | HirKind::Capture(_)
            | HirKind::Concat(_)
            | HirKind::Alternation(_) => {}
        });
    }
    if pairs && (!cased || verdict_faults::at("eql/regex/some-letters-minded")) {
        Case::Fold
    } else {
        Case::Exact
    }
}

fn each(hir: &Hir, visit: &mut dyn FnMut(&Hir)) {
    visit(hir);
    match hir.kind() {
        HirKind::Repetition(repetition) => each(&repetition.sub, visit),
        HirKind::Capture(capture) => each(&capture.sub, visit),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| each(part, visit));
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => {}
    }
}

/// The other cases of a character, itself included; None if it has none.
fn folded(c: char) -> Option<ClassUnicode> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    // Without Unicode tables nothing folds; they are compiled in.
    let _ = class.try_case_fold_simple();
    (class.iter().map(ClassUnicodeRange::len).sum::<usize>() > 1).then_some(class)
}

fn is_closed(class: &ClassUnicode) -> bool {
    let mut closed = class.clone();
    let _ = closed.try_case_fold_simple();
    closed == *class
}

/// The letter of which a set is the two cases.
fn pair(class: &ClassUnicode) -> Option<char> {
    let first = class.iter().next()?.start();
    if class.iter().map(ClassUnicodeRange::len).sum::<usize>() > 4 {
        return None;
    }
    let lower = class
        .iter()
        .map(ClassUnicodeRange::start)
        .find(|c| c.is_lowercase());
    (folded(first)? == *class).then(|| lower.unwrap_or(first))
}

/// How an expression is written.
#[derive(Clone, Copy)]
struct Style {
    case: Case,
    /// `x{2}(x?){3}` for `x{2,5}`.
    flat: bool,
}

/// Every branch with its two ends; ends that all share stand outside the brackets.
fn union(branches: &[Branch], style: Style) -> Result<String, &'static str> {
    let most = if verdict_faults::at("eql/regex/first-branch-alone") {
        1
    } else {
        branches.len()
    };
    let branches = branches.get(..most).unwrap_or(branches);
    let Some(first) = branches.first() else {
        return Ok("#".to_owned());
    };
    let anything =
        |branch: &Branch| branch.body.is_empty() && branch.start.is_free() && branch.end.is_free();
    if branches.iter().any(anything) {
        return Ok(".*".to_owned());
    }
    let bodies: Vec<String> = branches
        .iter()
        .map(|branch| body(&branch.body, style))
        .collect::<Result<_, _>>()?;
    let shared =
        |edge: fn(&Branch) -> &Edge| branches.iter().all(|branch| edge(branch) == edge(first));
    let (start, end) = (shared(|branch| &branch.start), shared(|branch| &branch.end));
    let ended = bodies.iter().zip(branches).map(|(body, branch)| {
        let before = if start {
            String::new()
        } else {
            before(&branch.start, style)
        };
        let behind = if end {
            String::new()
        } else {
            behind(&branch.end, style)
        };
        let whole = format!("{before}{body}{behind}");
        if whole.is_empty() {
            "()".to_owned()
        } else {
            whole
        }
    });
    let joined = ended.collect::<Vec<_>>().join("|");
    let grouped = (start || end) && !verdict_faults::at("eql/regex/alternatives-not-grouped");
    let inner = if branches.len() > 1 && grouped {
        format!("({joined})")
    } else {
        joined
    };
    let before = if start {
        before(&first.start, style)
    } else {
        String::new()
    };
    let behind = if end {
        behind(&first.end, style)
    } else {
        String::new()
    };
    Ok(format!("{before}{inner}{behind}"))
}

fn before(edge: &Edge, style: Style) -> String {
    match (edge.border, edge.is_free(), edge.is_closed()) {
        (true, true, _) if verdict_faults::at("eql/regex/start-of-the-text") => String::new(),
        (true, _, true) if verdict_faults::at("eql/regex/start-anchor-lost") => ".*".to_owned(),
        (true, false, false) if verdict_faults::at("eql/regex/start-border-needs-a-character") => {
            format!(".*{}", set(&edge.class, style.case))
        }
        (true, true, _) => ".*".to_owned(),
        (true, _, true) => String::new(),
        (true, ..) => format!("(.*{})?", set(&edge.class, style.case)),
        (false, ..) => format!(".*{}", set(&edge.class, style.case)),
    }
}

fn behind(edge: &Edge, style: Style) -> String {
    match (edge.border, edge.is_free(), edge.is_closed()) {
        (true, true, _) if verdict_faults::at("eql/regex/end-of-the-text") => String::new(),
        (true, _, true) if verdict_faults::at("eql/regex/end-anchor-lost") => ".*".to_owned(),
        (true, false, false) if verdict_faults::at("eql/regex/end-border-needs-a-character") => {
            format!("{}.*", set(&edge.class, style.case))
        }
        (true, true, _) => ".*".to_owned(),
        (true, _, true) => String::new(),
        (true, ..) => format!("({}.*)?", set(&edge.class, style.case)),
        (false, ..) => format!("{}.*", set(&edge.class, style.case)),
    }
}

/// What stands between the ends.
fn body(parts: &[Hir], style: Style) -> Result<String, &'static str> {
    let mut text = String::new();
    for part in parts {
        write_hir(part, style, Place::Sequence, &mut text)?;
    }
    Ok(text)
}

/// What an expression is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// One of alternatives.
    Alternative,
    /// One after another.
    Sequence,
    /// What is repeated.
    Repeated,
}

fn write_hir(hir: &Hir, style: Style, place: Place, into: &mut String) -> Result<(), &'static str> {
    match hir.kind() {
        HirKind::Empty => {
            if place != Place::Sequence {
                into.push_str("()");
            }
        }
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).map_err(|_| "it looks at bytes")?;
            let several = text.chars().count() > 1 && place == Place::Repeated;
            bracketed(several, into, |into| {
                text.chars().for_each(|c| escape(c, into));
                Ok(())
            })?;
        }
        HirKind::Class(class) => {
            let class = unicode(class)?;
            match pair(&class).filter(|_| style.case == Case::Fold) {
                Some(letter) => escape(letter, into),
                None => into.push_str(&set(&class, style.case)),
            }
        }
        HirKind::Look(_) => return Err("an anchor stands inside a repetition"),
        HirKind::Repetition(repetition) => {
            bracketed(place == Place::Repeated, into, |into| {
                let (min, max) = (repetition.min, repetition.max);
                let sub = &repetition.sub;
                let Some(most) = max.filter(|max| style.flat && *max > min && *max > 1) else {
                    write_hir(sub, style, Place::Repeated, into)?;
                    into.push_str(&times(min, max));
                    return Ok(());
                };
                if min > 0 {
                    write_hir(sub, style, Place::Repeated, into)?;
                    into.push_str(&times(min, Some(min)));
                }
                into.push('(');
                write_hir(sub, style, Place::Repeated, into)?;
                into.push_str("?)");
                let most = most - u32::from(verdict_faults::at("eql/regex/most-count-one-less"));
                into.push_str(&times(most - min, Some(most - min)));
                Ok(())
            })?;
        }
        HirKind::Capture(capture) => write_hir(&capture.sub, style, place, into)?,
        HirKind::Concat(parts) => bracketed(place == Place::Repeated, into, |into| {
            let mut parts = parts.iter();
            parts.try_for_each(|part| write_hir(part, style, Place::Sequence, into))
        })?,
        HirKind::Alternation(parts) => bracketed(place != Place::Alternative, into, |into| {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 && verdict_faults::at("eql/regex/later-alternatives-dropped") {
                    break;
                }
                if at > 0 {
                    into.push('|');
                }
                write_hir(part, style, Place::Alternative, into)?;
            }
            Ok(())
        })?,
    }
    Ok(())
}

fn bracketed(
    needed: bool,
    into: &mut String,
    inner: impl FnOnce(&mut String) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    let needed = needed && !verdict_faults::at("eql/regex/brackets-lost");
    if needed {
        into.push('(');
    }
    inner(into)?;
    if needed {
        into.push(')');
    }
    Ok(())
}

fn times(min: u32, max: Option<u32>) -> String {
    match (min, max) {
        (0, None) => "*".to_owned(),
        (1, None) if verdict_faults::at("eql/regex/plus-as-star") => "*".to_owned(),
        (1, None) => "+".to_owned(),
        (0, Some(1)) => "?".to_owned(),
        (1, Some(1)) => String::new(),
        (min, None) if verdict_faults::at("eql/regex/at-least-as-exactly") => format!("{{{min}}}"),
        (min, None) => format!("{{{min},}}"),
        (min, Some(max)) if min == max => format!("{{{min}}}"),
        (min, Some(max)) => format!("{{{min},{max}}}"),
    }
}

/// A set of characters, of bytes only where these are ASCII.
pub(crate) fn unicode(class: &Class) -> Result<ClassUnicode, &'static str> {
    match class {
        Class::Unicode(class) => Ok(class.clone()),
        Class::Bytes(bytes) => bytes.to_unicode_class().ok_or("it looks at bytes"),
    }
}

/// A set as Lucene writes it.
fn set(class: &ClassUnicode, case: Case) -> String {
    let mut class = class.clone();
    if case == Case::Fold {
        without_strangers(&mut class);
    }
    let mut others = class.clone();
    others.negate();
    let (members, rest) = (class.ranges(), others.ranges());
    match (members, rest) {
        ([first, ..], [_, ..])
            if first.start() == '\0' && verdict_faults::at("eql/regex/set-negation-lost") =>
        {
            format!("[{}]", ranges(rest))
        }
        (_, []) => ".".to_owned(),
        ([], _) => "#".to_owned(),
        // No string of EQL may hold the character zero, so a set that has it is told by what it leaves out.
        ([first, ..], _) if first.start() == '\0' => format!("[^{}]", ranges(rest)),
        ([only], _) if only.start() == only.end() => {
            let mut text = String::new();
            escape(only.start(), &mut text);
            text
        }
        _ => format!("[{}]", ranges(members)),
    }
}

/// Takes the Kelvin sign and the long s from beside `k` and `s`, whose cases they are to Unicode alone: `regex~` decides about them as it does for
/// single letters.
fn without_strangers(class: &mut ClassUnicode) {
    for (letter, stranger) in [('k', '\u{212a}'), ('s', '\u{17f}')] {
        let one = |c: char| ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
        let mut held = one(letter);
        held.intersect(class);
        let narrow = class.iter().all(|range| range.len() < 1000);
        if !held.ranges().is_empty() && narrow {
            class.difference(&one(stranger));
        }
    }
}

fn ranges(ranges: &[ClassUnicodeRange]) -> String {
    let mut text = String::new();
    for range in ranges {
        member(range.start(), &mut text);
        match u32::from(range.end()) - u32::from(range.start()) {
            0 => {}
            1 => member(range.end(), &mut text),
            _ => {
                if !verdict_faults::at("eql/regex/range-as-its-ends") {
                    text.push('-');
                }
                member(range.end(), &mut text);
            }
        }
    }
    text
}

fn member(c: char, into: &mut String) {
    let special = matches!(c, '\\' | '[' | ']' | '^' | '-' | '"' | '&' | '~');
    if special && !verdict_faults::at("eql/regex/member-not-escaped") {
        into.push('\\');
    }
    into.push(c);
}

/// A character as itself. Zero is what all others leave: EQL has no escape for it.
fn escape(c: char, into: &mut String) {
    if c == '\0' {
        into.push_str("[^\u{1}-\u{10ffff}]");
        return;
    }
    let as_is = match c {
        '"' => verdict_faults::at("eql/regex/quote-not-escaped"),
        '\\' => verdict_faults::at("eql/regex/backslash-not-escaped"),
        '#' | '@' | '&' | '<' | '>' | '~' => {
            verdict_faults::at("eql/regex/lucene-operator-not-escaped")
        }
        _ => verdict_faults::at("eql/regex/meta-not-escaped"),
    };
    if !as_is && r#".?+*|{}[]()"\#@&<>~"#.contains(c) {
        into.push('\\');
    }
    // Writing to a string does not fail.
    let _ = write!(into, "{c}");
}

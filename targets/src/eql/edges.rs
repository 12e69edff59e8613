//! Anchors and word borders of a search, turned into what may stand beside a match.
//!
//! An expression with anchors is first spread into branches, each a sequence of anchors and of parts without any. In a branch an anchor either says
//! something of the text before or behind the match (an [`Edge`]), or is decided by its neighbours, or cannot be said.

use crate::eql::regex::unicode;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

/// The most branches that an expression may become.
const MOST_BRANCHES: usize = 64;
/// The most copies of something with an anchor that are written out.
const MOST_COPIES: u32 = 8;

/// What may stand beside a match: the text's own border, one of these characters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    /// The match may stand at the text's border.
    pub(crate) border: bool,
    /// Or beside one of these.
    pub(crate) class: ClassUnicode,
}

impl Edge {
    fn free() -> Self {
        Self {
            border: true,
            class: everything(),
        }
    }

    fn narrow(&mut self, border: bool, class: &ClassUnicode) {
        self.border &= border;
        self.class.intersect(class);
    }

    /// Anything may stand there.
    pub(crate) fn is_free(&self) -> bool {
        self.border && self.class == everything()
    }

    /// Nothing may.
    pub(crate) fn is_closed(&self) -> bool {
        self.class.ranges().is_empty()
    }
}

/// One way to match, without anchors.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    /// What stands before it.
    pub(crate) start: Edge,
    /// What matches.
    pub(crate) body: Vec<Hir>,
    /// What stands behind it.
    pub(crate) end: Edge,
}

#[derive(Clone)]
enum Item {
    Part(Hir),
    Look(Look),
}

/// The branches of an expression; none if it never matches.
pub(crate) fn branches(hir: &Hir) -> Result<Vec<Branch>, &'static str> {
    let mut found = Vec::new();
    for items in spread(hir)? {
        let Some(mut branch) = resolve(items)? else {
            continue;
        };
        trim(&mut branch);
        if !found.iter().any(|known: &Branch| same(known, &branch)) {
            found.push(branch);
        }
    }
    Ok(found)
}

fn same(a: &Branch, b: &Branch) -> bool {
    a.start == b.start && a.body == b.body && a.end == b.end
}

/// What may be left out beside an end where anything may stand.
fn trim(branch: &mut Branch) {
    if branch.end.is_free() {
        while branch.body.last().is_some_and(is_nullable) {
            branch.body.pop();
        }
    }
    if branch.start.is_free() {
        let kept = branch.body.iter().position(|part| !is_nullable(part));
        branch.body.drain(..kept.unwrap_or(branch.body.len()));
    }
}

fn is_nullable(hir: &Hir) -> bool {
    hir.properties().minimum_len() == Some(0)
}

/// Every way through the alternatives that hold anchors.
fn spread(hir: &Hir) -> Result<Vec<Vec<Item>>, &'static str> {
    if hir.properties().look_set().is_empty() {
        let parts = match hir.kind() {
            HirKind::Concat(parts) => parts.clone(),
            HirKind::Empty => Vec::new(),
            HirKind::Literal(_)
            | HirKind::Class(_)
            | HirKind::Look(_)
            | HirKind::Repetition(_)
            | HirKind::Capture(_)
            | HirKind::Alternation(_) => vec![hir.clone()],
        };
        return Ok(vec![parts.into_iter().map(Item::Part).collect()]);
    }
    match hir.kind() {
        HirKind::Look(look) => Ok(vec![vec![Item::Look(*look)]]),
        HirKind::Capture(capture) => spread(&capture.sub),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.filter(|most| *most <= MOST_COPIES);
            let most = most.ok_or("an anchor stands inside a repetition")?;
            let once = spread(&repetition.sub)?;
            let mut copies: Vec<Vec<Item>> = vec![Vec::new()];
            let mut ways = Vec::new();
            for count in 0..=most {
                if count >= repetition.min {
                    ways.extend(copies.iter().cloned());
                }
                if count < most {
                    copies = product(&copies, &once)?;
                }
            }
            bounded(ways)
        }
        HirKind::Alternation(parts) => {
            let mut ways = Vec::new();
            for part in parts {
                ways.extend(spread(part)?);
            }
            bounded(ways)
        }
        HirKind::Concat(parts) => {
            let mut ways: Vec<Vec<Item>> = vec![Vec::new()];
            for part in parts {
                ways = product(&ways, &spread(part)?)?;
            }
            Ok(ways)
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => Ok(vec![Vec::new()]),
    }
}

/// Every way through two parts, one after another.
fn product(ways: &[Vec<Item>], behind: &[Vec<Item>]) -> Result<Vec<Vec<Item>>, &'static str> {
    let longer = ways.iter().flat_map(|way| {
        behind
            .iter()
            .map(|more| way.iter().chain(more).cloned().collect())
    });
    bounded(longer.take(MOST_BRANCHES + 1).collect())
}

fn bounded(ways: Vec<Vec<Item>>) -> Result<Vec<Vec<Item>>, &'static str> {
    if ways.len() > MOST_BRANCHES {
        return Err("its anchors stand in too many alternatives");
    }
    Ok(ways)
}

/// A branch without its anchors; None if they contradict what stands beside them.
fn resolve(items: Vec<Item>) -> Result<Option<Branch>, &'static str> {
    let Some(items) = cut(items) else {
        return Ok(None);
    };
    let mut branch = Branch {
        start: Edge::free(),
        body: Vec::new(),
        end: Edge::free(),
    };
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Part(part) => branch.body.push(part.clone()),
            Item::Look(look) => {
                let right: Vec<&Hir> = items
                    .iter()
                    .skip(at)
                    .filter_map(|item| match item {
                        Item::Part(part) => Some(part),
                        Item::Look(_) => None,
                    })
                    .collect();
                if !settle(*look, &mut branch, &right)? {
                    return Ok(None);
                }
            }
        }
    }
    Ok(Some(branch))
}

/// What stands before the start of the text, or behind its end, can only be empty.
fn cut(items: Vec<Item>) -> Option<Vec<Item>> {
    let is = |wanted: Look| move |item: &Item| matches!(item, Item::Look(look) if *look == wanted);
    let start = items.iter().rposition(is(Look::Start));
    let end = items.iter().position(is(Look::End));
    let mut kept = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let outside = start.is_some_and(|start| at < start) || end.is_some_and(|end| at > end);
        match item {
            Item::Part(part) if outside && !is_nullable(&part) => return None,
            Item::Part(_) if outside => {}
            other @ (Item::Part(_) | Item::Look(_)) => kept.push(other),
        }
    }
    Some(kept)
}

/// What is known of the character beside an anchor.
enum Beside {
    /// The edge of the match.
    Edge,
    /// One of these.
    One(ClassUnicode),
    /// The parts there may be empty.
    Open,
}

/// Applies an anchor between what is already in the branch and what is to come; false if it cannot hold.
fn settle(look: Look, branch: &mut Branch, right: &[&Hir]) -> Result<bool, &'static str> {
    let before = beside(branch.body.iter().rev(), last)?;
    let behind = beside(right.iter().copied(), first)?;
    let newline = one('\n');
    match look {
        Look::Start if verdict_faults::at("eql/edges/start-anchor-ignored") => Ok(true),
        Look::End if verdict_faults::at("eql/edges/end-anchor-ignored") => Ok(true),
        Look::StartLF if verdict_faults::at("eql/edges/line-as-text") => {
            branch.start.narrow(true, &nothing());
            Ok(true)
        }
        Look::Start => {
            branch.start.narrow(true, &nothing());
            Ok(true)
        }
        Look::End => {
            branch.end.narrow(true, &nothing());
            Ok(true)
        }
        Look::StartLF => match before {
            Beside::Edge => {
                branch.start.narrow(true, &newline);
                Ok(true)
            }
            Beside::One(class) => decided(&class, &newline),
            Beside::Open => Err(OPEN),
        },
        Look::EndLF => match behind {
            Beside::Edge => {
                branch.end.narrow(true, &newline);
                Ok(true)
            }
            Beside::One(class) => decided(&class, &newline),
            Beside::Open => Err(OPEN),
        },
        Look::WordAscii => word(branch, before, behind, true),
        Look::WordAsciiNegate => word(branch, before, behind, false),
        Look::StartCRLF
        | Look::EndCRLF
        | Look::WordUnicode
        | Look::WordUnicodeNegate
        | Look::WordStartAscii
        | Look::WordEndAscii
        | Look::WordStartUnicode
        | Look::WordEndUnicode
        | Look::WordStartHalfAscii
        | Look::WordEndHalfAscii
        | Look::WordStartHalfUnicode
        | Look::WordEndHalfUnicode => Err("it has an anchor that Lucene lacks"),
    }
}

const OPEN: &str = "what stands beside an anchor is not known";

/// A border of a word (or none) between two characters.
fn word(
    branch: &mut Branch,
    before: Beside,
    behind: Beside,
    border: bool,
) -> Result<bool, &'static str> {
    if verdict_faults::at("eql/edges/word-border-ignored") {
        return Ok(true);
    }
    let side = |class: &ClassUnicode| decided(class, &words());
    match (before, behind) {
        (Beside::One(before), Beside::One(behind)) => {
            Ok((side(&before)? != side(&behind)?) == border)
        }
        (Beside::Edge, Beside::One(behind)) => {
            let wanted = side(&behind)? != border;
            branch
                .start
                .narrow(!wanted, &if wanted { words() } else { others() });
            Ok(true)
        }
        (Beside::One(before), Beside::Edge) => {
            let wanted = side(&before)? != border;
            branch
                .end
                .narrow(!wanted, &if wanted { words() } else { others() });
            Ok(true)
        }
        (Beside::Edge | Beside::Open, Beside::Edge | Beside::Open)
        | (Beside::One(_), Beside::Open)
        | (Beside::Open, Beside::One(_)) => Err(OPEN),
    }
}

/// Whether a character of the class is one of the wanted; an error if some are and some not.
fn decided(class: &ClassUnicode, wanted: &ClassUnicode) -> Result<bool, &'static str> {
    let mut common = class.clone();
    common.intersect(wanted);
    if common == *class {
        Ok(true)
    } else if common.ranges().is_empty() {
        Ok(false)
    } else {
        Err(OPEN)
    }
}

fn beside<'h>(
    parts: impl Iterator<Item = &'h Hir>,
    end: fn(&Hir) -> Result<ClassUnicode, &'static str>,
) -> Result<Beside, &'static str> {
    let mut class = nothing();
    let mut some = false;
    for part in parts {
        some = true;
        class.union(&end(part)?);
        if !is_nullable(part) {
            return Ok(Beside::One(class));
        }
    }
    Ok(if some { Beside::Open } else { Beside::Edge })
}

/// The characters that a part may begin with.
fn first(hir: &Hir) -> Result<ClassUnicode, &'static str> {
    border(hir, false)
}

/// The characters that a part may end with.
fn last(hir: &Hir) -> Result<ClassUnicode, &'static str> {
    border(hir, true)
}

fn border(hir: &Hir, back: bool) -> Result<ClassUnicode, &'static str> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Ok(nothing()),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).map_err(|_| "it looks at bytes")?;
            let c = if back {
                text.chars().next_back()
            } else {
                text.chars().next()
            };
            Ok(c.map_or_else(nothing, one))
        }
        HirKind::Class(class @ (Class::Unicode(_) | Class::Bytes(_))) => unicode(class),
        HirKind::Repetition(repetition) => border(&repetition.sub, back),
        HirKind::Capture(capture) => border(&capture.sub, back),
        HirKind::Alternation(parts) => {
            let mut class = nothing();
            for part in parts {
                class.union(&border(part, back)?);
            }
            Ok(class)
        }
        HirKind::Concat(parts) => {
            let mut class = nothing();
            let mut ordered: Vec<&Hir> = parts.iter().collect();
            if back {
                ordered.reverse();
            }
            for part in ordered {
                class.union(&border(part, back)?);
                if !is_nullable(part) {
                    break;
                }
            }
            Ok(class)
        }
    }
}

fn nothing() -> ClassUnicode {
    ClassUnicode::empty()
}

fn everything() -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new('\0', '\u{10ffff}')])
}

fn one(c: char) -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new(c, c)])
}

fn words() -> ClassUnicode {
    let first = if verdict_faults::at("eql/edges/word-without-digits") {
        '9'
    } else {
        '0'
    };
    let ranges = [(first, '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    ClassUnicode::new(ranges.map(|(low, high)| ClassUnicodeRange::new(low, high)))
}

fn others() -> ClassUnicode {
    let mut class = words();
    class.negate();
    class
}

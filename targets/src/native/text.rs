//! Patterns over a whole text, prepared.

use memchr::memmem::Finder;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Pattern, Piece, fold};

use crate::native::view::View;

/// A prepared [`Pattern`]. Its literals are folded already where case does not matter, so it only ever looks at
/// folded text then.
#[derive(Debug)]
pub(super) struct TextCheck {
    pub(super) case: Case,
    pub(super) form: Form,
}

/// What a text must be, in the order of what it costs.
#[derive(Debug)]
pub(super) enum Form {
    Anything,
    Equals(Literal),
    StartsWith(Literal),
    EndsWith(Literal),
    Contains(Box<Finder<'static>>),
    General(Wildcard),
}

impl TextCheck {
    pub(super) fn new(pattern: &Pattern) -> Self {
        let case = pattern.case();
        let literal = |text: &str| Literal::new(case, text);
        let form = match pattern.shape() {
            Shape::Anything => Form::Anything,
            Shape::Equals(text) => Form::Equals(literal(text)),
            Shape::StartsWith(text) => Form::StartsWith(literal(text)),
            Shape::EndsWith(text) => Form::EndsWith(literal(text)),
            Shape::Contains(text) => Form::Contains(Box::new(finder(&literal(text).text))),
            Shape::General(pieces) => Form::General(Wildcard::new(pieces, case)),
        };
        Self { case, form }
    }

    pub(super) fn accepts(&self, view: &View<'_>) -> bool {
        match &self.form {
            Form::Anything => true,
            Form::Equals(wanted) => wanted.equals(view),
            Form::StartsWith(wanted) => wanted.begins(view),
            Form::EndsWith(wanted) => wanted.ends(view),
            Form::Contains(finder) => finder.find(by_case(self.case, view).as_bytes()).is_some(),
            Form::General(wildcard) => wildcard.accepts(by_case(self.case, view)),
        }
    }
}

/// A literal and how to compare it.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) text: Box<str>,
    how: How,
}

#[derive(Debug)]
enum How {
    Exact,
    /// Case does not matter and the literal is ASCII: folding never crosses that border, so the value need not be folded.
    Ascii,
    Folded,
}

impl Literal {
    fn new(case: Case, text: &str) -> Self {
        let how = match case {
            Case::Exact => How::Exact,
            Case::Fold if text.is_ascii() => How::Ascii,
            Case::Fold => How::Folded,
        };
        let text = literal(case, text);
        Self { text, how }
    }

    fn equals(&self, view: &View<'_>) -> bool {
        match self.how {
            How::Exact => view.text() == &*self.text,
            How::Ascii => view.text().eq_ignore_ascii_case(&self.text),
            How::Folded => view.folded() == &*self.text,
        }
    }

    fn begins(&self, view: &View<'_>) -> bool {
        match self.how {
            How::Exact => view.text().starts_with(&*self.text),
            How::Ascii => {
                let start = view.text().as_bytes().get(..self.text.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(self.text.as_bytes()))
            }
            How::Folded => view.folded().starts_with(&*self.text),
        }
    }

    fn ends(&self, view: &View<'_>) -> bool {
        match self.how {
            How::Exact => view.text().ends_with(&*self.text),
            How::Ascii => {
                let bytes = view.text().as_bytes();
                let from = bytes.len().checked_sub(self.text.len());
                let end = from.and_then(|from| bytes.get(from..));
                end.is_some_and(|end| end.eq_ignore_ascii_case(self.text.as_bytes()))
            }
            How::Folded => view.folded().ends_with(&*self.text),
        }
    }
}

/// The text of a value as a case sees it.
pub(super) fn by_case<'v>(case: Case, view: &'v View<'_>) -> &'v str {
    match case {
        Case::Exact => view.text(),
        Case::Fold => view.folded(),
    }
}

/// A literal as a case sees it.
pub(super) fn literal(case: Case, text: &str) -> Box<str> {
    match case {
        Case::Exact => text.into(),
        Case::Fold => fold::fold(text).into(),
    }
}

fn finder(text: &str) -> Finder<'static> {
    Finder::new(text).into_owned()
}

/// A pattern cut at its any-runs.
///
/// What stands before the first run must begin the text and what stands after the last must end it; what is between is found
/// leftmost, one after the other. A stretch without runs has a fixed length in characters, so leftmost is never worse than
/// any later place, and nothing is ever tried again.
#[derive(Debug)]
pub(super) struct Wildcard {
    first: Stretch,
    /// The middle stretches and the last; None for a pattern without any-runs.
    rest: Option<(Vec<Sought>, Stretch)>,
}

/// Literals and any-characters.
type Stretch = Vec<Step>;

#[derive(Debug)]
enum Step {
    Literal(Box<str>),
    AnyChar,
}

/// A stretch to be found: its first literal and the steps after it. A stretch behind an any-run begins with a literal, by the pattern's
/// normal form.
#[derive(Debug)]
struct Sought {
    head: Finder<'static>,
    tail: Stretch,
}

impl Wildcard {
    fn new(pieces: &[Piece], case: Case) -> Self {
        let mut stretches = pieces
            .split(|piece| matches!(piece, Piece::AnyRun))
            .map(|stretch| steps(stretch, case));
        let first = stretches.next().unwrap_or_default();
        let mut middle: Vec<Stretch> = stretches.collect();
        let rest = middle
            .pop()
            .map(|last| (middle.into_iter().map(Sought::new).collect(), last));
        Self { first, rest }
    }

    fn accepts(&self, text: &str) -> bool {
        self.remainder(text).is_some_and(|left| match &self.rest {
            None => left.is_empty(),
            Some(_) => true,
        })
    }

    /// What is left of a text when every stretch has its place.
    fn remainder<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut text = self.first.iter().try_fold(text, after)?;
        if let Some((middle, last)) = &self.rest {
            text = last.iter().rev().try_fold(text, before)?;
            for sought in middle {
                text = sought.find(text)?;
            }
        }
        Some(text)
    }
}

impl Sought {
    fn new(stretch: Stretch) -> Self {
        let mut steps = stretch.into_iter();
        let (head, tail) = match steps.next() {
            Some(Step::Literal(text)) => (finder(&text), steps.collect()),
            Some(Step::AnyChar) => {
                let tail = std::iter::once(Step::AnyChar).chain(steps).collect();
                (finder(""), tail)
            }
            None => (finder(""), Vec::new()),
        };
        Self { head, tail }
    }

    /// What follows the leftmost place of the stretch.
    fn find<'t>(&self, mut text: &'t str) -> Option<&'t str> {
        loop {
            let at = self.head.find(text.as_bytes())?;
            let behind = text.get(at + self.head.needle().len()..)?;
            if let Some(left) = self.tail.iter().try_fold(behind, after) {
                return Some(left);
            }
            let mut chars = text.get(at..)?.chars();
            chars.next()?;
            text = chars.as_str();
        }
    }
}

fn steps(pieces: &[Piece], case: Case) -> Stretch {
    let step = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(Step::Literal(literal(case, text))),
        Piece::AnyChar => Some(Step::AnyChar),
        Piece::AnyRun => None,
    };
    pieces.iter().filter_map(step).collect()
}

/// The text after a step at its beginning.
fn after<'t>(text: &'t str, step: &Step) -> Option<&'t str> {
    match step {
        Step::Literal(literal) => text.strip_prefix(&**literal),
        Step::AnyChar => {
            let mut chars = text.chars();
            chars.next().map(|_| chars.as_str())
        }
    }
}

/// The text before a step at its end.
fn before<'t>(text: &'t str, step: &Step) -> Option<&'t str> {
    match step {
        Step::Literal(literal) => text.strip_suffix(&**literal),
        Step::AnyChar => {
            let mut chars = text.chars();
            chars.next_back().map(|_| chars.as_str())
        }
    }
}

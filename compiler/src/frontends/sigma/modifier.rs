//! Modifiers: their names, and what a chain of them makes of an item.
//!
//! A chain settles one *reading* of the values (text, regular expression, network ...) and, for text, the *steps*
//! that transform it, left to right (S24). `all`, `neq` and `cased` belong to the whole item and may stand anywhere.

use super::ast::Modifier;
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::regex::sigma::Flags;
use crate::ir::{Case, Comparison, DatePart};
use crate::span::Span;

/// A modifier of Sigma 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModifierKind {
    All,
    Neq,
    Cased,
    Exists,
    Contains,
    StartsWith,
    EndsWith,
    Windash,
    Utf16(Utf16),
    Base64,
    Base64Offset,
    Expand,
    Re,
    RegexFlag(RegexFlag),
    Cidr,
    Compare(Comparison),
    Part(DatePart),
    FieldRef,
}

/// A flavour of UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Utf16 {
    Little,
    Big,
    /// A byte order mark, then little endian.
    Marked,
}

/// A flag of `re`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegexFlag {
    IgnoreCase,
    MultiLine,
    DotAll,
}

/// Every name a modifier is written by; the first of a kind is the one that messages use.
pub(super) const NAMES: &[(&str, ModifierKind)] = &[
    ("all", ModifierKind::All),
    ("neq", ModifierKind::Neq),
    ("cased", ModifierKind::Cased),
    ("exists", ModifierKind::Exists),
    ("contains", ModifierKind::Contains),
    ("startswith", ModifierKind::StartsWith),
    ("endswith", ModifierKind::EndsWith),
    ("windash", ModifierKind::Windash),
    ("wide", ModifierKind::Utf16(Utf16::Little)),
    ("utf16le", ModifierKind::Utf16(Utf16::Little)),
    ("utf16be", ModifierKind::Utf16(Utf16::Big)),
    ("utf16", ModifierKind::Utf16(Utf16::Marked)),
    ("base64", ModifierKind::Base64),
    ("base64offset", ModifierKind::Base64Offset),
    ("expand", ModifierKind::Expand),
    ("re", ModifierKind::Re),
    ("i", ModifierKind::RegexFlag(RegexFlag::IgnoreCase)),
    ("m", ModifierKind::RegexFlag(RegexFlag::MultiLine)),
    ("s", ModifierKind::RegexFlag(RegexFlag::DotAll)),
    ("ignorecase", ModifierKind::RegexFlag(RegexFlag::IgnoreCase)),
    ("multiline", ModifierKind::RegexFlag(RegexFlag::MultiLine)),
    ("dotall", ModifierKind::RegexFlag(RegexFlag::DotAll)),
    ("cidr", ModifierKind::Cidr),
    ("lt", ModifierKind::Compare(Comparison::Less)),
    ("lte", ModifierKind::Compare(Comparison::LessOrEqual)),
    ("gt", ModifierKind::Compare(Comparison::Greater)),
    ("gte", ModifierKind::Compare(Comparison::GreaterOrEqual)),
    ("minute", ModifierKind::Part(DatePart::Minute)),
    ("hour", ModifierKind::Part(DatePart::Hour)),
    ("day", ModifierKind::Part(DatePart::Day)),
    ("week", ModifierKind::Part(DatePart::Week)),
    ("month", ModifierKind::Part(DatePart::Month)),
    ("year", ModifierKind::Part(DatePart::Year)),
    ("fieldref", ModifierKind::FieldRef),
];

impl ModifierKind {
    /// The modifier with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    }

    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("?", |(name, _)| name)
    }
}

/// As what the values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A pattern over the value's text; without steps, a number is a number (S4).
    Text,
    /// A regular expression.
    Regex(Flags),
    /// An IP network.
    Network,
    /// A number to compare with.
    Compare(Comparison),
    /// A number to compare a part of a date with; the comparison is written only once.
    Part(DatePart, Option<Comparison>),
    /// The name of another field.
    FieldRef,
    /// Whether the key stands in the event.
    Exists,
}

/// A transformation of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Any-runs before and behind.
    Widen {
        before: bool,
        behind: bool,
    },
    Windash,
    Utf16(Utf16),
    Base64,
    Base64Offset,
}

/// What a chain of modifiers amounts to.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) reading: Reading,
    pub(super) steps: Vec<Step>,
    pub(super) expand: bool,
    pub(super) case: Case,
    /// Where `all` stands, if it does.
    pub(super) all: Option<Span>,
    pub(super) neq: bool,
}

impl Chain {
    /// Settles a chain; None if its modifiers do not go together, which is reported.
    pub(super) fn read(modifiers: &[Modifier], found: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut chain = Self {
            reading: Reading::Text,
            steps: Vec::new(),
            expand: false,
            case: Case::Exact,
            all: None,
            neq: false,
        };
        chain.case = Case::Fold;
        let mut sound = true;
        for (index, modifier) in modifiers.iter().enumerate() {
            let before = modifiers.get(..index).unwrap_or_default();
            if let Some(first) = before.iter().find(|other| other.kind == modifier.kind) {
                found.push(twice(modifier, first));
                sound = false;
            } else if let Err(reason) = chain.take(modifier) {
                found.push(conflict(modifier, &reason, before));
                sound = false;
            }
        }
        let last = chain.steps.last();
        if let Some(Step::Utf16(flavour)) = last {
            let kind = ModifierKind::Utf16(*flavour);
            if let Some(modifier) = modifiers.iter().find(|modifier| modifier.kind == kind) {
                found.push(conflict(
                    modifier,
                    "it gives bytes, which only `base64` and `base64offset` can write as text",
                    &[],
                ));
                sound = false;
            }
        }
        if let (Reading::Regex(flags), Case::Exact) = (chain.reading, chain.case)
            && flags.ignore_case
            && let Some(cased) = modifiers.iter().find(|one| one.kind == ModifierKind::Cased)
        {
            found.push(conflict(
                cased,
                "the expression is told to ignore case",
                &[],
            ));
            sound = false;
        }
        sound.then_some(chain)
    }

    fn take(&mut self, modifier: &Modifier) -> Result<(), String> {
        match modifier.kind {
            ModifierKind::All => self.all = Some(modifier.span),
            ModifierKind::Neq => self.neq = true,
            ModifierKind::Cased => self.case = Case::Exact,
            ModifierKind::Contains => self.widen(true, true)?,
            ModifierKind::StartsWith => self.widen(false, true)?,
            ModifierKind::EndsWith => self.widen(true, false)?,
            ModifierKind::Windash => self.step(Step::Windash)?,
            ModifierKind::Utf16(flavour) => self.step(Step::Utf16(flavour))?,
            ModifierKind::Base64 => self.step(Step::Base64)?,
            ModifierKind::Base64Offset => self.step(Step::Base64Offset)?,
            ModifierKind::Expand => self.expand()?,
            ModifierKind::Re => self.settle(Reading::Regex(Flags::default()))?,
            ModifierKind::RegexFlag(flag) => self.flag(flag)?,
            ModifierKind::Cidr => {
                let expand = std::mem::take(&mut self.expand);
                self.settle(Reading::Network)?;
                self.expand = expand;
            }
            ModifierKind::Compare(comparison) => match &mut self.reading {
                Reading::Part(_, written @ None) => *written = Some(comparison),
                Reading::Text
                | Reading::Regex(_)
                | Reading::Network
                | Reading::Compare(_)
                | Reading::Part(..)
                | Reading::FieldRef
                | Reading::Exists => self.settle(Reading::Compare(comparison))?,
            },
            ModifierKind::Part(part) => self.settle(Reading::Part(part, None))?,
            ModifierKind::FieldRef => self.field_ref()?,
            ModifierKind::Exists => self.settle(Reading::Exists)?,
        }
        Ok(())
    }

    /// Gives the values a reading that nothing before has touched.
    fn settle(&mut self, reading: Reading) -> Result<(), String> {
        if self.reading != Reading::Text {
            return Err(format!(
                "the values are already read as {}",
                self.reading.words()
            ));
        }
        if !self.steps.is_empty() || self.expand {
            return Err("the values were already changed as text".to_owned());
        }
        self.reading = reading;
        Ok(())
    }

    fn widen(&mut self, before: bool, behind: bool) -> Result<(), String> {
        match self.reading {
            Reading::FieldRef => self.steps.push(Step::Widen { before, behind }),
            Reading::Text
            | Reading::Regex(_)
            | Reading::Network
            | Reading::Compare(_)
            | Reading::Part(..)
            | Reading::Exists => self.step(Step::Widen { before, behind })?,
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), String> {
        if self.reading != Reading::Text {
            return Err(format!(
                "the values are read as {}, not as text",
                self.reading.words()
            ));
        }
        let encoding = matches!(step, Step::Base64 | Step::Base64Offset);
        match self.steps.last() {
            Some(Step::Utf16(_)) if !encoding => {
                return Err(
                    "only `base64` or `base64offset` may follow a change of encoding".to_owned(),
                );
            }
            Some(
                Step::Utf16(_)
                | Step::Widen { .. }
                | Step::Windash
                | Step::Base64
                | Step::Base64Offset,
            )
            | None => {}
        }
        self.steps.push(step);
        Ok(())
    }

    /// Placeholders are looked for in the value as written, so nothing may have rewritten it before (S19).
    fn expand(&mut self) -> Result<(), String> {
        let readable = matches!(self.reading, Reading::Text | Reading::Network);
        if !readable {
            return Err(format!("the values are read as {}", self.reading.words()));
        }
        if self
            .steps
            .iter()
            .any(|step| !matches!(step, Step::Widen { .. }))
        {
            return Err("the values were already changed, placeholders included".to_owned());
        }
        self.expand = true;
        Ok(())
    }

    fn flag(&mut self, flag: RegexFlag) -> Result<(), String> {
        let Reading::Regex(flags) = &mut self.reading else {
            return Err("it is a flag of `re`, which must stand before it".to_owned());
        };
        match flag {
            RegexFlag::IgnoreCase => flags.ignore_case = true,
            RegexFlag::MultiLine => flags.multi_line = true,
            RegexFlag::DotAll => flags.dot_all = true,
        }
        Ok(())
    }

    fn field_ref(&mut self) -> Result<(), String> {
        let steps = std::mem::take(&mut self.steps);
        if steps.iter().any(|step| !matches!(step, Step::Widen { .. })) {
            return Err("the name of a field is taken as it is".to_owned());
        }
        self.settle(Reading::FieldRef)?;
        self.steps = steps;
        Ok(())
    }

    /// Whether any-runs stand before and behind: all that steps can be for [`Reading::FieldRef`].
    pub(super) fn widened(&self) -> (bool, bool) {
        self.steps
            .iter()
            .fold((false, false), |(left, right), step| match step {
                Step::Widen { before, behind } => (left || *before, right || *behind),
                Step::Windash | Step::Utf16(_) | Step::Base64 | Step::Base64Offset => (left, right),
            })
    }
}

impl Reading {
    /// The reading in a message.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Regex(_) => "regular expressions",
            Self::Network => "networks",
            Self::Compare(_) => "numbers",
            Self::Part(..) => "parts of a date",
            Self::FieldRef => "names of fields",
            Self::Exists => "a question of presence",
        }
    }
}

fn twice(modifier: &Modifier, first: &Modifier) -> Diagnostic {
    Diagnostic::error(
        codes::MODIFIER_TWICE,
        modifier.span,
        format!("`{}` stands twice", modifier.kind.name()),
        "the second one says nothing new",
    )
    .related(first.span, "first here")
}

fn conflict(modifier: &Modifier, reason: &str, before: &[Modifier]) -> Diagnostic {
    let finding = Diagnostic::error(
        codes::MODIFIER_CONFLICT,
        modifier.span,
        format!("`{}` cannot stand here", modifier.kind.name()),
        reason,
    );
    match before.last() {
        None => finding,
        Some(last) => finding.related(last.span, format!("after `{}`", last.kind.name())),
    }
}

//! The little Rust that predicates are written in, and its layout.
//!
//! Laid out as rustfmt does it (`rust/tests` asks rustfmt itself), so that what is written needs no tool to be read.

use std::fmt::Write as _;

/// The widest line.
const WIDTH: usize = 100;
/// The widest arguments or list on one line, unless there is only one of them.
const WIDEST: usize = 60;
/// Lists whose items are all this short fill their lines.
const SHORT: usize = 10;
const STEP: usize = 4;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// A literal or name.
    Plain(String),
    /// `!a`
    Not(Box<Code>),
    /// `a && b`
    All(Vec<Code>),
    /// `a || b`
    Any(Vec<Code>),
    /// A function or method with its arguments.
    Call(String, Vec<Code>),
    /// `[a, b]`
    List(Vec<Code>),
    /// `&a`
    Borrowed(Box<Code>),
}

/// Where an expression is to be printed.
#[derive(Clone, Copy)]
struct Place {
    /// How far the lines of its block are indented.
    indent: usize,
    /// The column where it begins.
    column: usize,
    /// How much must fit behind it on its last line.
    behind: usize,
}

impl Code {
    /// A name or literal.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// A call.
    pub(super) fn call(head: impl Into<String>, arguments: impl Into<Vec<Self>>) -> Self {
        Self::Call(head.into(), arguments.into())
    }

    /// `&[a, b]`
    pub(super) fn slice(items: Vec<Self>) -> Self {
        Self::Borrowed(Box::new(Self::List(items)))
    }

    /// The operand's opposite.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it fits one line.
    pub(super) fn is_line(&self) -> bool {
        self.flat()
            .is_some_and(|line| line.len() + 3 * STEP <= WIDTH)
    }

    /// The expression as the value of a block that is indented so.
    pub(super) fn block(&self, indent: usize) -> String {
        self.print(Place {
            indent,
            column: indent,
            behind: 0,
        })
    }

    /// `head` and the expression, such as `static X: [&str; 2] = `, with a semicolon behind it.
    pub(super) fn item(&self, head: &str) -> String {
        let column = head.len();
        let here = self.print(Place {
            indent: 0,
            column: column + 1,
            behind: 1,
        });
        let wide = here.contains('\n') || column + 1 + here.len() >= WIDTH;
        if wide
            && let Some(line) = self.flat()
            && STEP + line.len() < WIDTH
        {
            return format!("{head}\n    {line};\n");
        }
        format!("{head} {here};\n")
    }

    /// The expression as a member of a structure: `name: value,`.
    pub(super) fn member(&self, name: &str) -> String {
        self.member_at(STEP, name)
    }

    /// The same, indented so.
    pub(super) fn member_at(&self, indent: usize, name: &str) -> String {
        let pad = " ".repeat(indent);
        let column = indent + name.len() + 2;
        let value = self.print(Place {
            indent,
            column,
            behind: 1,
        });
        let below = indent + STEP + value.len() < WIDTH;
        if !value.contains('\n') && column + value.len() >= WIDTH && below {
            return format!("{pad}{name}:\n{pad}    {value},\n");
        }
        format!("{pad}{name}: {value},\n")
    }

    /// Whether it asks the event anything.
    pub(super) fn reads_event(&self) -> bool {
        match self {
            Self::Plain(text) => text == "event",
            Self::Not(inner) | Self::Borrowed(inner) => inner.reads_event(),
            Self::All(parts) | Self::Any(parts) | Self::List(parts) => {
                parts.iter().any(Self::reads_event)
            }
            Self::Call(head, arguments) => {
                head.starts_with("event.") || arguments.iter().any(Self::reads_event)
            }
        }
    }

    /// The expression on one line, if it may stand on one.
    fn flat(&self) -> Option<String> {
        let text = match self {
            Self::Plain(text) => text.clone(),
            Self::Not(inner) => format!("!{}", inner.flat_operand()?),
            Self::Borrowed(inner) => format!("&{}", inner.flat()?),
            Self::All(operands) => flat_chain(operands, " && ")?,
            Self::Any(operands) => flat_chain(operands, " || ")?,
            Self::Call(head, arguments) => format!("{head}({})", flat_list(arguments)?),
            Self::List(items) => format!("[{}]", flat_list(items)?),
        };
        (text.len() <= WIDTH).then_some(text)
    }

    fn is_chain(&self) -> bool {
        matches!(self, Self::All(_) | Self::Any(_))
    }

    fn flat_operand(&self) -> Option<String> {
        if self.is_chain() {
            return Some(format!("({})", self.flat()?));
        }
        self.flat()
    }

    fn print(&self, place: Place) -> String {
        if let Some(line) = self.flat()
            && place.column + line.len() + place.behind <= WIDTH
        {
            return line;
        }
        match self {
            Self::Plain(text) => text.clone(),
            Self::Not(inner) => format!("!{}", inner.operand(place.after(1))),
            Self::Borrowed(inner) => format!("&{}", inner.print(place.after(1))),
            Self::All(operands) => chain(operands, "&&", place),
            Self::Any(operands) => chain(operands, "||", place),
            Self::Call(head, arguments) => {
                format!(
                    "{head}({})",
                    list(arguments, place.after(head.len()), false)
                )
            }
            Self::List(items) => format!("[{}]", list(items, place, true)),
        }
    }

    fn operand(&self, place: Place) -> String {
        if self.is_chain() {
            let inner = Place {
                behind: place.behind + 1,
                ..place.after(1)
            };
            return format!("({})", self.print(inner));
        }
        self.print(place)
    }

    /// Whether it hugs the brackets around it where it is alone in them.
    fn hugs(&self) -> bool {
        match self {
            Self::List(_) | Self::Call(..) => true,
            Self::Borrowed(inner) => inner.hugs(),
            Self::Plain(_) | Self::Not(_) | Self::All(_) | Self::Any(_) => false,
        }
    }
}

impl Place {
    fn after(self, width: usize) -> Self {
        Self {
            column: self.column + width,
            ..self
        }
    }
}

fn flat_chain(operands: &[Code], sign: &str) -> Option<String> {
    let mut line = String::new();
    for operand in operands {
        if !line.is_empty() {
            line.push_str(sign);
        }
        line.push_str(&operand.flat_operand()?);
        if line.len() > WIDTH {
            return None;
        }
    }
    Some(line)
}

fn flat_list(items: &[Code]) -> Option<String> {
    let mut line = String::new();
    for item in items {
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&item.flat()?);
        if line.len() > if items.len() > 1 { WIDEST } else { WIDTH } {
            return None;
        }
    }
    Some(line)
}

/// Arguments or items over several lines.
fn list(items: &[Code], place: Place, filled: bool) -> String {
    if let [only] = items
        && only.hugs()
    {
        return only.print(Place {
            behind: place.behind + 1,
            ..place.after(1)
        });
    }
    let indent = place.indent + STEP;
    let pad = " ".repeat(indent);
    let inner = Place {
        indent,
        column: indent,
        behind: 1,
    };
    let short = |item: &Code| matches!(item, Code::Plain(text) if text.len() <= SHORT);
    let mut text = String::from("\n");
    if filled && items.iter().all(short) {
        let mut line = pad.clone();
        for item in items {
            let word = item.print(inner);
            if line.len() > indent && line.len() + 1 + word.len() + 1 > WIDTH {
                text.push_str(line.trim_end());
                text.push('\n');
                line.clone_from(&pad);
            }
            if line.len() > indent {
                line.push(' ');
            }
            line.push_str(&word);
            line.push(',');
        }
        text.push_str(&line);
        text.push('\n');
    } else {
        for item in items {
            text.push_str(&pad);
            text.push_str(&item.print(inner));
            text.push_str(",\n");
        }
    }
    text.push_str(&" ".repeat(place.indent));
    text
}

/// A chain of conditions over several lines. Behind a closing bracket that stands alone, the next one goes on in the same line.
fn chain(operands: &[Code], sign: &str, place: Place) -> String {
    let Some((first, rest)) = operands.split_first() else {
        return String::new();
    };
    let indent = place.indent + STEP;
    let mut text = first.operand(place);
    for operand in rest {
        let last = text.rsplit('\n').next().unwrap_or_default().len();
        let used = if text.contains('\n') {
            last
        } else {
            place.column + last
        };
        if used <= indent {
            let here = Place {
                column: used + sign.len() + 2,
                ..place
            };
            // Writing to a string does not fail.
            let _ = write!(text, " {sign} {}", operand.operand(here));
            continue;
        }
        let below = Place {
            indent,
            column: indent + sign.len() + 1,
            behind: place.behind,
        };
        let pad = " ".repeat(indent);
        let _ = write!(text, "\n{pad}{sign} {}", operand.operand(below));
    }
    text
}

//! The functions of EQL: names, arguments, what they give.

/// A function by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Add,
    Between,
    CidrMatch,
    Concat,
    Divide,
    EndsWith,
    IndexOf,
    Length,
    Modulo,
    Multiply,
    Number,
    StartsWith,
    Text,
    StringContains,
    Substring,
    Subtract,
}

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    Text,
    Number,
    /// A number, and as a literal one without a fraction.
    Whole,
    Bool,
    /// An address or its text.
    Address,
    Anything,
}

/// A function's signature.
pub(super) struct Signature {
    pub(super) name: Name,
    pub(super) text: &'static str,
    /// What the arguments are; the last one repeats where `most` is larger.
    pub(super) arguments: &'static [Wants],
    pub(super) least: usize,
    pub(super) most: usize,
    /// Whether `~` may follow the name.
    pub(super) tilde: bool,
}

const ANY_NUMBER: usize = usize::MAX;

const fn plain(name: Name, text: &'static str, arguments: &'static [Wants]) -> Signature {
    Signature {
        name,
        text,
        arguments,
        least: arguments.len(),
        most: arguments.len(),
        tilde: false,
    }
}

/// Every function.
pub(super) const ALL: [Signature; 16] = [
    plain(Name::Add, "add", &[Wants::Number, Wants::Number]),
    Signature {
        least: 3,
        tilde: true,
        ..plain(
            Name::Between,
            "between",
            &[Wants::Text, Wants::Text, Wants::Text, Wants::Bool],
        )
    },
    Signature {
        most: ANY_NUMBER,
        ..plain(Name::CidrMatch, "cidrMatch", &[Wants::Address, Wants::Text])
    },
    Signature {
        most: ANY_NUMBER,
        ..plain(Name::Concat, "concat", &[Wants::Anything])
    },
    plain(Name::Divide, "divide", &[Wants::Number, Wants::Number]),
    Signature {
        tilde: true,
        ..plain(Name::EndsWith, "endsWith", &[Wants::Text, Wants::Text])
    },
    Signature {
        least: 2,
        tilde: true,
        ..plain(
            Name::IndexOf,
            "indexOf",
            &[Wants::Text, Wants::Text, Wants::Whole],
        )
    },
    plain(Name::Length, "length", &[Wants::Text]),
    plain(Name::Modulo, "modulo", &[Wants::Number, Wants::Number]),
    plain(Name::Multiply, "multiply", &[Wants::Number, Wants::Number]),
    Signature {
        least: 1,
        ..plain(Name::Number, "number", &[Wants::Text, Wants::Whole])
    },
    Signature {
        tilde: true,
        ..plain(Name::StartsWith, "startsWith", &[Wants::Text, Wants::Text])
    },
    plain(Name::Text, "string", &[Wants::Anything]),
    Signature {
        tilde: true,
        ..plain(
            Name::StringContains,
            "stringContains",
            &[Wants::Text, Wants::Text],
        )
    },
    Signature {
        least: 2,
        ..plain(
            Name::Substring,
            "substring",
            &[Wants::Text, Wants::Whole, Wants::Whole],
        )
    },
    plain(Name::Subtract, "subtract", &[Wants::Number, Wants::Number]),
];

/// The function of this name, whatever the case of its letters.
pub(super) fn find(name: &str) -> Option<&'static Signature> {
    ALL.iter()
        .find(|function| function.text.eq_ignore_ascii_case(name))
}

impl Signature {
    /// What the argument at this place must be.
    pub(super) fn wants(&self, at: usize) -> Wants {
        self.arguments
            .get(at)
            .or(self.arguments.last())
            .copied()
            .unwrap_or(Wants::Anything)
    }

    /// How many arguments there may be, in words.
    pub(super) fn arity(&self) -> String {
        let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
        if self.least == self.most {
            format!("{} {}", self.least, plural(self.least))
        } else if self.most == ANY_NUMBER {
            format!("at least {} {}", self.least, plural(self.least))
        } else {
            format!("{} to {} arguments", self.least, self.most)
        }
    }
}

//! The files of the runtime, as a crate gets them: the text of this folder's `runtime` and of the machines that the native matcher runs, without the tests.

/// Every file below `src/`, with its text.
pub(super) fn files(regexes: bool) -> impl Iterator<Item = (&'static str, String)> {
    RUNTIME.iter().chain(MACHINES).map(move |(path, text)| {
        let text = match *path {
            "runtime/pattern.rs" if !regexes => NO_PATTERN,
            _ => text,
        };
        (*path, without_tests(text))
    })
}

fn without_tests(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
    format!("{}\n", code.trim_end())
}

/// Where no rule has a regular expression, the crate needs no other crate.
const NO_PATTERN: &str = "//! Regular expressions: no rule of this crate has one.

/// A regular expression; there is none.
#[derive(Debug)]
pub enum Pattern {}

impl Pattern {
    /// Whether the expression is found in a text.
    pub fn finds(&self, _text: &str) -> bool {
        match *self {}
    }
}
";

/// Names files, which lie below a folder.
macro_rules! below {
    ($folder:literal: $($name:literal),*) => {
        &[$(($name, include_str!(concat!($folder, $name)))),*]
    };
}

const RUNTIME: &[(&str, &str)] = below!["":
    "runtime.rs",
    "runtime/clock.rs",
    "runtime/event.rs",
    "runtime/function.rs",
    "runtime/instant.rs",
    "runtime/json.rs",
    "runtime/key.rs",
    "runtime/number.rs",
    "runtime/pattern.rs",
    "runtime/relation.rs",
    "runtime/rule.rs",
    "runtime/scalar.rs",
    "runtime/stream.rs",
    "runtime/test.rs",
    "runtime/text.rs",
    "runtime/version.rs"
];

/// The machines of rules over several events: those of the native matcher.
const MACHINES: &[(&str, &str)] = below!["../":
    "series.rs",
    "series/chain.rs",
    "series/correlation.rs",
    "series/group.rs",
    "series/instants.rs",
    "series/measure.rs",
    "series/output.rs",
    "series/recent.rs",
    "series/sample.rs",
    "series/sequence.rs",
    "series/state.rs",
    "series/tuple.rs"
];

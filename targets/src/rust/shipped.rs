//! The files of the runtime, as a crate gets them: the text of this folder's `runtime`, without the tests.

/// Every file below `src/`, with its text.
pub(super) fn files(regexes: bool) -> impl Iterator<Item = (&'static str, String)> {
    FILES.iter().map(move |(path, text)| {
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

/// Names the files of the runtime.
macro_rules! runtime {
    ($($name:literal),*) => {
        &[$(($name, include_str!($name))),*]
    };
}

const FILES: &[(&str, &str)] = runtime![
    "runtime.rs",
    "runtime/event.rs",
    "runtime/function.rs",
    "runtime/instant.rs",
    "runtime/json.rs",
    "runtime/number.rs",
    "runtime/pattern.rs",
    "runtime/relation.rs",
    "runtime/rule.rs",
    "runtime/scalar.rs",
    "runtime/test.rs",
    "runtime/text.rs",
    "runtime/version.rs"
];

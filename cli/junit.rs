//! Results as JUnit XML, the form in which build servers take them.
//!
//! Source: <https://github.com/testmoapp/junitxml>, which collects what readers of it agree on.

use std::fmt::Write as _;

/// What belongs together: a rule, or everything that `check` read.
pub(crate) struct Suite {
    /// Its name.
    pub name: String,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// One thing that can fail.
pub(crate) struct Case {
    /// Its name.
    pub name: String,
    /// The file that it is about.
    pub file: String,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out of a case.
pub(crate) enum Outcome {
    /// Nothing is wrong.
    Passed,
    /// It was not asked, for this reason.
    Skipped(String),
    /// It is wrong: in a word, and in full.
    Failed(&'static str, String),
    /// It could not be asked: in a word, and in full.
    Error(&'static str, String),
}

/// The whole document.
pub(crate) fn document(suites: &[Suite]) -> String {
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let _ = writeln!(text, "<testsuites name=\"verdict\" {}>", counts(cases()));
    for suite in suites {
        let name = escape(&suite.name);
        let counts = counts(suite.cases.iter());
        let _ = writeln!(text, "  <testsuite name=\"{name}\" {counts}>");
        suite.cases.iter().for_each(|case| case.write(&mut text));
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>");
    text
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Skipped(_) => skipped += 1,
            Outcome::Failed(..) => failures += 1,
            Outcome::Error(..) => errors += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

impl Case {
    fn write(&self, text: &mut String) {
        let _ = write!(
            text,
            "    <testcase name=\"{}\" classname=\"{}\"",
            escape(&self.name),
            escape(&self.file)
        );
        let (element, word, told) = match &self.outcome {
            Outcome::Passed => {
                text.push_str("/>\n");
                return;
            }
            Outcome::Skipped(reason) => {
                let reason = escape(reason);
                let _ = writeln!(text, "><skipped message=\"{reason}\"/></testcase>");
                return;
            }
            Outcome::Failed(word, told) => ("failure", word, told),
            Outcome::Error(word, told) => ("error", word, told),
        };
        let first = escape(told.lines().next().unwrap_or_default());
        let told = escape(told);
        let _ = writeln!(
            text,
            "><{element} type=\"{word}\" message=\"{first}\">{told}</{element}></testcase>"
        );
    }
}

/// Text for an attribute or an element. Characters that no XML document may hold become U+FFFD. XML 1.0, section 2.2.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_counts_its_cases_and_holds_no_markup_of_others() {
        let case = |outcome| Case {
            name: "a <b> & \"c\"\u{1}".to_owned(),
            file: "a.yml".to_owned(),
            outcome,
        };
        let suites = [Suite {
            name: "s".to_owned(),
            cases: vec![
                case(Outcome::Passed),
                case(Outcome::Skipped("x".to_owned())),
                case(Outcome::Failed("disagree", "one\n</failure>".to_owned())),
                case(Outcome::Error("invalid", "two".to_owned())),
            ],
        }];
        let text = document(&suites);
        let counts = "tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\"";
        assert_eq!(text.matches(counts).count(), 2, "{text}");
        assert_eq!(
            text.matches("a &lt;b&gt; &amp; &quot;c&quot;\u{fffd}")
                .count(),
            4
        );
        let failure =
            "<failure type=\"disagree\" message=\"one\">one&#10;&lt;/failure&gt;</failure>";
        assert!(text.contains(failure), "{text}");
    }
}

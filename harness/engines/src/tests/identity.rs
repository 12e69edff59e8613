//! Print and parse identity, as the tests of every engine with a printer ask for it: what is printed is read back as the same tree.

use crate::QueryError;
use std::fs;
use std::path::Path;

/// A query that can be written down again.
pub(crate) trait Printed: Sized {
    fn read(text: &str) -> Result<Self, Vec<QueryError>>;
    fn printed(&self) -> String;
    fn is_same(&self, other: &Self) -> bool;
}

macro_rules! printed {
    ($($engine:ident),*) => {
        $(impl Printed for crate::$engine::Query {
            fn read(text: &str) -> Result<Self, Vec<QueryError>> {
                Self::parse(text)
            }

            fn printed(&self) -> String {
                self.print()
            }

            fn is_same(&self, other: &Self) -> bool {
                self.same_tree(other)
            }
        })*
    };
}

printed!(esql, kql, spl);

/// What is wrong with the way there and back.
pub(crate) fn comes_back<Q: Printed>(query: &Q) -> Result<(), String> {
    let printed = query.printed();
    let again = Q::read(&printed).map_err(|errors| format!("{printed}\n{errors:?}"))?;
    if !again.is_same(query) {
        return Err(format!("{printed}\nis read back as {}", again.printed()));
    }
    if again.printed() != printed {
        return Err(format!(
            "{printed}\nis printed again as {}",
            again.printed()
        ));
    }
    Ok(())
}

/// Every query of a language's conformance cases comes back, and there are at least so many.
pub(crate) fn conformance<Q: Printed>(language: &str, least: usize) {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut wrong = Vec::new();
    let mut read = 0;
    for file in fs::read_dir(cases.join(language)).expect("the cases") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("a text");
        let table: toml::Table = text.parse().expect("TOML");
        let cases = table.get("case").and_then(toml::Value::as_array);
        for case in cases.expect("cases") {
            let text = case.get("query").and_then(toml::Value::as_str);
            let text = text.expect("a query");
            // A case of what is refused has nothing to print.
            let Ok(query) = Q::read(text) else {
                continue;
            };
            read += 1;
            wrong.extend(comes_back(&query).err().map(|why| format!("{text}\n{why}")));
        }
    }
    let all = wrong.join("\n\n");
    assert!(wrong.is_empty(), "{} of {read}\n{all}", wrong.len());
    assert!(read >= least, "only {read} queries");
}

//! Arbitrary texts and names, from the IR to the engine's verdict.

use super::{rule, text, verdict};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::Span;
use verdict_compiler::ir::regex::sigma::Flags;
use verdict_compiler::ir::{Case, Expr, Origin, Pattern, Piece, Regex, Test};
use verdict_engines::esql::Query;
use verdict_event::{FieldSchema, FieldType, Path};
use verdict_targets::esql::Esql;
use verdict_targets::profile::Profile;
use verdict_targets::{Claim, Target};

fn ir(predicate: Expr, path: Path, list: bool) -> Ir {
    let mut field = FieldSchema::new(FieldType::Keyword);
    field.array = list;
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: Origin::default(),
        fields: BTreeMap::from([(path, field)]),
    }
}

/// What the engine says of a field with these values, as the rule has the test and negated.
///
/// None if no text can say it.
fn judged(name: &str, test: &Test, list: bool, values: &[&str]) -> Option<[bool; 2]> {
    let (rule, _) = rule(
        "title: x\nid: 6d0a4c1e-0000-4000-8000-000000000001\nlogsource:\n    product: x\ndetection:\n    s:\n        f: x\n    condition: s\n",
    );
    let path = Path::new(name);
    let leaf = Expr::field(path.clone(), test.clone(), Span::default());
    let value = match values {
        [one] if !list => serde_json::json!(one),
        several => serde_json::json!(several),
    };
    let event = serde_json::json!({ name: value }).to_string();
    let ir = |predicate| ir(predicate, path.clone(), list);
    let claim = Esql
        .compile(&rule, &ir(leaf.clone()), &Profile::raw())
        .claim;
    if matches!(&claim, Claim::Unsupported(refusals) if refusals.iter().all(|refusal| refusal.code.id == "V0921"))
    {
        return None;
    }
    Some([leaf.clone(), leaf.negate()].map(|predicate| {
        let ir = ir(predicate);
        let query = text(&rule, &ir);
        // What stands in the text of a query is read and nothing else.
        Query::parse(&query).unwrap_or_else(|errors| panic!("{errors:?}\n{query}"));
        verdict(&query, &ir, &event)
    }))
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        Just(Piece::AnyRun),
        Just(Piece::AnyChar),
        "[ab*?\\\\\"\n]{1,3}".prop_map(Piece::Literal),
        "\\PC{1,3}".prop_map(Piece::Literal),
    ];
    proptest::collection::vec(piece, 0..5)
}

/// Whether a text is safe from what Elasticsearch's folding does otherwise (`non-ascii-case`), and from the separator.
fn is_plain(text: &str) -> bool {
    let cased = |c: char| {
        !c.is_ascii()
            && (c.is_uppercase() || !c.to_lowercase().eq([c]) || !c.to_uppercase().eq([c]))
    };
    !text.contains(|c| cased(c) || c == '\u{241f}')
}

proptest! {
    #[test]
    fn texts_and_names_survive(
        name in "[a-zA-Z_@][a-zA-Z0-9_\\- ]{0,6}|[`'\"\\\\a|\n*?/]{1,6}|\\PC{1,4}",
        value in "\\PC{0,12}|[\"'\\\\@`a\n\r\t\u{1}-\u{20}\u{2028}\u{85}/*?|;]{1,8}",
        other in "\\PC{0,3}",
        fold in any::<bool>(),
    ) {
        prop_assume!(!name.contains('.') && !name.trim().is_empty() && is_plain(&value) && is_plain(&other));
        let case = if fold { Case::Fold } else { Case::Exact };
        let test = Test::Text(Pattern::literal(value.clone(), case));
        prop_assert_eq!(judged(&name, &test, false, &[&value]), Some([true, false]));
        let differs = format!("{value}{other}x");
        prop_assert_eq!(judged(&name, &test, false, &[&differs]), Some([false, true]));
    }

    #[test]
    fn patterns_mean_the_same(
        pieces in pieces(), value in "[ab*?\\\\\"AB\n]{0,6}|\\PC{0,4}", fold in any::<bool>(), list in any::<bool>(),
        other in "[ab]{0,2}",
    ) {
        let case = if fold { Case::Fold } else { Case::Exact };
        let pattern = Pattern::new(pieces, case);
        prop_assume!(is_plain(&value) && pattern.literals().all(|text| is_plain(&text)));
        let values: Vec<&str> = if list { vec![&other, &value] } else { vec![&value] };
        let expected = values.iter().any(|value| pattern.matches(value));
        let test = Test::Text(pattern);
        prop_assert_eq!(judged("f", &test, list, &values), Some([expected, !expected]), "{:?}", test);
    }

    #[test]
    fn expressions_mean_the_same(
        source in "(\\^|\\\\b|\\(\\?i\\))?([abx.]|\\[a-c\\]|\\[\\^a\\]|\\\\w|\\\\s|\\\\.|\"|@|\\(a\\|b\\)|\\(\\^\\|b\\)|\\\\b|\\\\B){1,5}([*+?]|\\{2,3\\})?(\\$|\\\\b)?",
        value in "[abcABxk. @\"\n_-]{0,7}", list in any::<bool>(),
    ) {
        let Ok(expression) = Regex::sigma(&source, Flags::default()) else { return Ok(()) };
        let expected = expression.matches(&value);
        let test = Test::Regex(expression);
        // Borders below an endless repetition are refused.
        let judged = judged("f", &test, list, &[&value]);
        prop_assert!(judged.is_none_or(|judged| judged == [expected, !expected]), "{}", source);
    }

    #[test]
    fn expressions_of_lucene_mean_the_same(
        source in "([abA.]|\\[a-c\\]|\\[\\^a\\]|\\(a\\|b\\)|~a|~\\(ab\\)|<1-12>|\\\\\\*|@|#){1,5}([*+?]|\\{2,3\\})?(&[ab.@]{1,3})?",
        value in "[abcAB1*]{0,6}", fold in any::<bool>(), list in any::<bool>(),
    ) {
        let case = if fold { Case::Fold } else { Case::Exact };
        let Ok(expression) = Regex::lucene(&source, case) else { return Ok(()) };
        let expected = expression.matches(&value);
        let test = Test::Regex(expression);
        prop_assert_eq!(judged("f", &test, list, &[&value]), Some([expected, !expected]), "{} {:?}", source, test);
    }
}

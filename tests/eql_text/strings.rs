//! Whatever a rule's texts and names hold, the engine finds what the rule means.

use super::{emit, finds};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::ir::{Case, Expr, Origin, Pattern, Piece, Test};
use verdict_compiler::rule::Body;
use verdict_compiler::{Ir, Refusal, Rule, Span};
use verdict_event::{Event, FieldSchema, FieldType, Path, Value};

fn rule() -> Rule {
    let body = Body::Opaque(Refusal {
        code: verdict_compiler::codes::target::LANGUAGE,
        reason: String::new(),
        span: Span::default(),
    });
    Rule::new("6d0a4c1e-0000-4000-8000-000000000001", "Rule", body)
}

fn ir(field: &str, test: Test) -> Ir {
    let path = Path::new(field);
    let predicate = Expr::field(path.clone(), test, Span::default());
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: Origin::default(),
        fields: BTreeMap::from([(path, FieldSchema::new(FieldType::Keyword))]),
    }
}

/// Texts that are hard to write down, without letters of more than one case outside ASCII.
fn hard() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,8}",
        "[\"\\\\*?`$%'/\n\r\t\u{0}\u{7}\u{2028}\u{202e}\u{feff}{}()\\[\\]~#@&<>.|+^]{0,6}",
        "[ab王\u{1f600} ]{0,5}",
    ]
}

proptest! {
    #[test]
    fn patterns_of_any_text(
        parts in prop::collection::vec(prop_oneof![hard().prop_map(Some), Just(None)], 1..4),
        before in hard(), behind in hard(), fold in any::<bool>(), upper in any::<bool>(), field in "[a-zA-Z_@\\-. `\"\\\\*]{1,8}",
    ) {
        prop_assume!(!field.split('.').any(str::is_empty));
        let case = if fold { Case::Fold } else { Case::Exact };
        let pieces = parts.iter().map(|part| part.clone().map_or(Piece::AnyRun, Piece::Literal));
        let pattern = Pattern::new(pieces, case);
        let ir = ir(&field, Test::Text(pattern.clone()));
        let emitted = emit(&rule(), &ir);
        let plain: String = parts.iter().flatten().map(String::as_str).collect();
        let filled = parts.iter().map(|part| part.as_deref().unwrap_or(&before)).collect::<String>();
        for text in [plain.clone(), filled, format!("{before}{plain}"), format!("{plain}{behind}")] {
            let text = if upper { text.to_ascii_uppercase() } else { text };
            let event = Event::new(vec![(field.clone(), Value::String(text.clone()))]);
            prop_assert_eq!(finds(&emitted, &ir, &event), pattern.matches(&text), "{:?} on {:?}", emitted.text, text);
        }
    }
}

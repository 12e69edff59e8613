//! Hostile rules: no text makes the parser panic, hang or grow without bounds.

use crate::parse;
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_event::Event;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn sigma_parse_takes_any_text(text in any::<String>()) {
        let _ = parse(&text, None, &BTreeMap::new());
    }

    #[test]
    fn sigma_parse_takes_anything_like_a_rule(words in proptest::collection::vec(fragment(), 0..40)) {
        let text = format!("logsource: {{}}\ndetection:\n  s: {}", words.concat());
        if let Ok(rule) = parse(&text, None, &BTreeMap::new()) {
            let _ = rule.matches(&Event::new(vec![("F".to_owned(), "x".into())]));
        }
    }
}

/// Pieces of rules.
fn fragment() -> impl Strategy<Value = String> {
    let words = [
        "F",
        "|contains",
        "|all",
        "|re",
        "|windash",
        "|base64offset",
        "|wide",
        "|expand",
        "|cidr",
        "|hour",
        "|gt",
        "|exists",
        "|fieldref",
        ": ",
        ":",
        "\n  ",
        "\n    ",
        "\n  t: ",
        "\n  condition: ",
        "- ",
        "s",
        "not ",
        " and ",
        "1 of ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "|\n",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "%",
        "\\",
        "*",
        "?",
        "-x",
        "null",
        "4688",
        "010",
        "é",
        "\u{feff}",
        "\u{85}",
        "\r\n",
        "#",
        "<<",
        "10.0.0.0/8",
        "\t",
        "---\n",
    ];
    prop_oneof![4 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,3}"]
}

#[test]
fn sigma_limits() {
    let none = BTreeMap::new();
    let refused = |rule: &str, error: &str| {
        let message = parse(rule, None, &none).expect_err("a fault");
        assert!(message.contains(error), "{message}");
    };
    let condition = |text: &str| format!("detection:\n  s: {{F: x}}\n  condition: {text}");
    refused(&condition(&"(".repeat(200)), "nests deeper");
    refused(&condition(&"not ".repeat(50_000)), "nests deeper");
    refused(&"x".repeat(2 << 20), "longer than");
    refused(
        &format!("detection: {}", "[".repeat(5_000)),
        "not a YAML document",
    );
    refused(
        &format!("detection: {}", "[".repeat(100_000)),
        "more than 10000 opening brackets",
    );
    refused(
        &format!(
            "detection:\n  s: [{}x]\n  condition: s",
            "x,".repeat(100_000)
        ),
        "more than 100000 values",
    );
    let flags = format!(
        "detection:\n  s: {{F|windash: '-a -b -c -d -e {}'}}\n  condition: s",
        "x".repeat(10_000)
    );
    refused(&flags, "too many alternatives");
    let encoded = format!(
        "detection:\n  s: {{F{}: xxxxxxxx}}\n  condition: s",
        "|base64offset".repeat(50)
    );
    refused(&encoded, "stands twice");
    refused(
        &format!("detection: {}", "- ".repeat(400_000)),
        "not a YAML document",
    );
    refused(
        &format!("detection:\n {}", "? ".repeat(400_000)),
        "not a YAML document",
    );
    refused(
        "detection: &a {s: {F: [*a]}, condition: s}",
        "not a YAML document",
    );
    let mut laughs = "detection:\n  a0: &a0 [x, x]\n".to_owned();
    for level in 1..40 {
        let below = format!("*a{}", level - 1);
        laughs += &[
            "  a",
            &level.to_string(),
            ": &a",
            &level.to_string(),
            " [",
            &below,
            ", ",
            &below,
            "]\n",
        ]
        .concat();
    }
    refused(&laughs, "not a YAML document");
    parse(
        &condition(&format!("s{}", " and s".repeat(10_000))),
        None,
        &none,
    )
    .expect("a long condition");
}

//! Divergences of one language that are narrower than their code: what the code's page says of that language, and no more.

use super::{keyword_scope, standing};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
use std::net::IpAddr;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Leaf, LeafKind, Term, Test};
use verdict_event::{Event, Value};

/// Whether a language may differ on an event that the code covers. True where its page says no more of the language than of all.
pub(super) fn covers(code: &str, language: &str, ir: &Ir, event: &Event) -> bool {
    let may_differ: fn(&Leaf, &Event) -> bool = match (code, language) {
        ("non-ascii-case", "kql") => case_in_kusto,
        ("address-text", "eql") => address_in_eql,
        ("date-text", "kql") => date_in_kusto,
        ("keyword-scope", "kql") => return keyword_scope::differs_in_columns(ir, event),
        _ => return true,
    };
    let mut covered = false;
    ir.predicate
        .each_leaf_within(&mut |leaf| covered = covered || may_differ(leaf, event));
    covered
}

/// Where a rule names letters outside ASCII, the query makes letters small, and agrees on all that are one of a pair. Two columns, computed texts and
/// whole events are compared by operators that know the case of ASCII alone.
fn case_in_kusto(leaf: &Leaf, event: &Event) -> bool {
    let plain_text = matches!(
        &leaf.kind,
        LeafKind::Is {
            term: Term::Field(_),
            ..
        }
    );
    let differs = |text: &str| !plain_text || text.chars().any(is_of_no_pair);
    some_text(leaf, event, &differs) || matches!(leaf.kind, LeafKind::AnyText(_))
}

/// Whether some text in the fields of a leaf is such.
fn some_text(leaf: &Leaf, event: &Event, such: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    leaf.each_field(&mut |path| {
        let texts = event.values(path).into_iter();
        found = found || texts.filter_map(Value::scalar_text).any(such);
    });
    found
}

/// A letter outside ASCII that is not one of two which are each other's only other case: `ς`, the Kelvin sign, `İ`, `𝐀`.
fn is_of_no_pair(letter: char) -> bool {
    if letter.is_ascii() || !letter.is_alphabetic() {
        return false;
    }
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
    if class.try_case_fold_simple().is_err() {
        return true;
    }
    let members = class.iter().map(ClassUnicodeRange::len).sum::<usize>();
    let ascii = class.iter().any(|range| range.start().is_ascii());
    let small: Vec<char> = letter.to_lowercase().collect();
    let capital_alone = letter.is_uppercase() && small == [letter];
    ascii || members > 2 || small.len() != 1 || members == 1 && (capital_alone || small != [letter])
}

/// Kusto reads the digits behind a second's point however many there are.
fn date_in_kusto(leaf: &Leaf, event: &Event) -> bool {
    standing::is_of_dates(leaf) && some_text(leaf, event, &standing::reads_as_date)
}

/// Elasticsearch keeps a mapped address as the IPv4 one. The expression of an IPv4 network over texts is exact; that of an IPv6 network looks at the
/// fixed groups, and takes what an address is written with behind them.
fn address_in_eql(leaf: &Leaf, event: &Event) -> bool {
    let LeafKind::Is {
        test: Test::Cidr(network),
        ..
    } = &leaf.kind
    else {
        return false;
    };
    let over_six = network.addr().is_ipv6();
    some_text(leaf, event, &|text| match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().is_some(),
        Ok(IpAddr::V4(_)) => over_six,
        // The first groups are fixed, and each has its colon.
        Err(_) => over_six && text.contains(':') && text.chars().all(is_of_an_address),
    })
}

fn is_of_an_address(c: char) -> bool {
    c.is_ascii_hexdigit() || matches!(c, ':' | '.')
}

#[cfg(test)]
mod tests {
    use super::{address_in_eql, is_of_no_pair};
    use serde_json::json;
    use verdict_compiler::Span;
    use verdict_compiler::ir::{Leaf, LeafKind, Term, Test};
    use verdict_event::{Event, Path};

    #[test]
    fn letters_of_a_pair_and_others() {
        for letter in ['é', 'É', 'ж', 'Ж', 'ÿ', 'a', 'K', '中', '5'] {
            assert!(!is_of_no_pair(letter), "{letter}");
        }
        for letter in ['\u{212a}', 'ſ', 'ς', 'σ', 'Σ', 'µ', 'İ', '𝐀'] {
            assert!(is_of_no_pair(letter), "{letter}");
        }
    }

    #[test]
    fn texts_that_an_expression_of_a_network_takes() {
        for (network, text, covered) in [
            ("10.0.0.0/8", "10x1x2x3", false),
            ("10.0.0.0/8", "010.1.2.3", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("fe80::/10", "fe80:::1", true),
            ("fe80::/10", "fe80::1 or so", false),
            ("fe80::/10", "10.08.0.1", false),
        ] {
            let leaf = Leaf {
                kind: LeafKind::Is {
                    term: Term::Field(Path::new("ip")),
                    test: Test::Cidr(network.parse().expect("a network")),
                },
                span: Span::default(),
            };
            let event = Event::from_json(json!({ "ip": text })).expect("an object");
            assert_eq!(address_in_eql(&leaf, &event), covered, "{network} {text}");
        }
    }
}

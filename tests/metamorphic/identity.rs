//! What is printed is read back as the same tree.
//!
//! The printers of rules set every bracket, so two trees are the same, their places in the text left aside, if and only if their prints are. The text of the
//! EQL target is EQL, and our front end reads it. The engines of ES|QL, KQL and SPL have printers of their own, with the fewest brackets, and compare
//! trees themselves.

use crate::eql_text;
use crate::rules::{self, Specimen, Tree};
use crate::sigma_text;
use verdict_compiler::frontends::eql;
use verdict_compiler::frontends::sigma::condition;
use verdict_compiler::rule::{Body, load};
use verdict_compiler::span::Text;
use verdict_compiler::{Rule, Source};
use verdict_engines::{esql, kql, spl};
use verdict_targets::Target;
use verdict_targets::eql::Eql;
use verdict_targets::esql::Esql;
use verdict_targets::kql::Kql;
use verdict_targets::profile::Profile;
use verdict_targets::spl::Spl;

/// Whether a query comes back as itself when `print` writes it. What is wrong is told.
fn query(text: &str, print: impl Fn(&eql::ast::Statement) -> String) -> Result<(), String> {
    let read = |text: &str| {
        let (tree, findings) = eql::parse(&Text::verbatim(text, 0));
        let sound = !findings.iter().any(verdict_compiler::Diagnostic::is_error);
        tree.filter(|_| sound)
            .ok_or_else(|| format!("not read: {text}\n{findings:?}"))
    };
    let tree = read(text)?;
    let printed = print(&tree);
    let again = eql_text::statement(&read(&printed)?);
    let first = eql_text::statement(&tree);
    if again == first {
        Ok(())
    } else {
        Err(format!("{text}\nis read back from {printed}\nas {again}"))
    }
}

/// The same of a Sigma rule, its detections and its conditions.
fn detection(specimen: &Specimen, print: impl Fn(&Specimen) -> String) -> Result<(), String> {
    let Tree::Sigma(_, node) = &specimen.tree else {
        return Ok(());
    };
    let printed = print(specimen);
    let rules = load(&Source::new("r.yml", printed.as_str())).rules;
    let Some(Rule {
        body: Body::Sigma(again),
        ..
    }) = rules.into_iter().next()
    else {
        return Err(format!("not read: {printed}"));
    };
    let (first, again) = (sigma_text::node(node), sigma_text::node(&again.detection));
    if first != again {
        return Err(format!("{first}\nis read back as\n{again}"));
    }
    let conditions = node.get("condition");
    let one = conditions.into_iter().filter_map(|node| node.as_scalar());
    for scalar in one {
        let Some(tree) = condition::parse(&scalar.text).0 else {
            continue;
        };
        let printed = sigma_text::condition(&tree);
        let again = condition::parse(&Text::verbatim(printed.as_str(), 0)).0;
        let again = again.map(|tree| sigma_text::condition(&tree));
        if again.as_ref() != Some(&printed) {
            return Err(format!(
                "{}: {printed} is read back as {again:?}",
                scalar.text.text
            ));
        }
    }
    Ok(())
}

/// Queries over several events, and words that only quotes make names.
const QUERIES: &[&str] = &[
    "sequence by host.id with maxspan=5m [process where a == 1] by b with runs=3 ![file where true] by c until [any where x : \"y*\"] by d | tail 3",
    "sample by host.id [process where `in`.`a-b` like~ (\"x\", \"y?\")] by ?o [\"odd \\\" one\" where not not a] by p",
    "any where not (a or b) and c in~ (\"\\\\\", \"\\n\\t\\\"é\") and d not in (-1, 2.5) or e regex \"\"\"a\\d\"\"\"",
    "any where -n - -3 + (4 - 2) * m % 2 / 5 >= length(concat(`odd.name`, null, true)) and startsWith~(?a, \"x\", \"y\") == false",
    "any where ((a and b) and c) or (d or (e or f)) and cidrMatch(ip, \"10.0.0.0/8\") != null",
];

#[test]
fn every_query_comes_back() {
    let mut texts: Vec<String> = QUERIES.iter().map(|text| (*text).to_owned()).collect();
    for specimen in rules::all() {
        if let Tree::Eql(body, _) = &specimen.tree {
            texts.push(body.query.text.clone());
        }
        let (rule, ir) = specimen.compile().expect("it compiles");
        texts.extend(Eql.compile(&rule, &ir, &Profile::raw()).text);
    }
    let wrong: Vec<String> = texts
        .iter()
        .filter_map(|text| query(text, eql_text::statement).err())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        texts.len(),
        wrong.join("\n")
    );
    assert!(texts.len() > 100, "only {} queries", texts.len());
}

/// What an emitter writes, with every bundled profile, is read and printed by the engine of its language; `back` says what was printed, and whether that is
/// the same tree and prints the same.
fn every_text(target: &dyn Target, back: fn(&str) -> (String, bool)) {
    let profiles = Profile::names(target.name()).into_iter().map(|name| {
        Profile::bundled(target.name(), name).expect("a profile that is listed is there")
    });
    let profiles: Vec<Profile> = profiles.collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for specimen in rules::all() {
        let (rule, ir) = specimen.compile().expect("it compiles");
        for text in profiles
            .iter()
            .filter_map(|to| target.compile(&rule, &ir, to).text)
        {
            seen += 1;
            let (printed, same) = back(&text);
            wrong.extend((!same).then(|| format!("{text}\nis not read back from\n{printed}")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {seen}\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    assert!(seen > 100, "only {seen} queries");
}

/// What [`every_text`] asks of an engine with a printer.
macro_rules! back {
    ($engine:ident) => {
        |text| {
            let query = $engine::Query::parse(text).expect("it is read");
            let printed = query.print();
            let again = $engine::Query::parse(&printed);
            let same = again.is_ok_and(|again| again.same_tree(&query) && again.print() == printed);
            (printed, same)
        }
    };
}

#[test]
fn every_esql_query_comes_back() {
    every_text(&Esql, back!(esql));
}

#[test]
fn every_kql_query_comes_back() {
    every_text(&Kql, back!(kql));
}

#[test]
fn every_spl_query_comes_back() {
    every_text(&Spl, back!(spl));
}

#[test]
fn every_detection_comes_back() {
    let specimens = rules::all();
    let wrong: Vec<String> = specimens
        .iter()
        .filter_map(|s| detection(s, Specimen::text).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let sigma = specimens
        .iter()
        .filter(|s| matches!(s.tree, Tree::Sigma(..)));
    assert!(sigma.count() >= 20);
}

/// A printer with a mistake is caught, whatever the mistake is.
#[test]
fn broken_printers_are_caught() {
    let mistakes: &[(&str, &str, &str)] = &[
        ("any where a like~ \"x\"", "~", ""),
        ("any where a not in (1, 2)", "not ", ""),
        ("any where a == 1 or b == 2 and c == 3", "(", " "),
        ("any where a == \"x\\\\y\"", "\\\\", ""),
        (
            "sequence [any where true] with runs=2 [any where true]",
            " with runs=2",
            "",
        ),
        ("sequence by a [any where true] ![any where true]", "!", ""),
        ("any where ?a == null", "?", ""),
        ("any where a - (b - c) > 1", "(`b` - `c`)", "`b` - `c`"),
        (
            "sequence by a [any where true] [any where true] | tail 3",
            "tail",
            "head",
        ),
    ];
    for (text, from, to) in mistakes {
        assert_eq!(query(text, eql_text::statement), Ok(()), "{text}");
        let broken = query(text, |tree| eql_text::statement(tree).replace(from, to));
        assert!(broken.is_err(), "{text}: {from:?} as {to:?} is not seen");
    }
    let text = "title: R\nid: 6d0a4c1e-0000-4000-8000-000000000001\nlogsource: {product: none}\ndetection:\n  s: {A: [1, '1', null, 'null'], 'B|re': 'a\\\\b'}\n  condition: s\n";
    let specimen = Specimen::read("r", text).remove(0);
    assert_eq!(detection(&specimen, Specimen::text), Ok(()));
    for (from, to) in [
        ("\"1\"", "1"),
        ("\"null\"", "null"),
        ("|re", ""),
        (", null", ""),
        ("\\\\\\\\", "\\\\"),
    ] {
        let broken = detection(&specimen, |s| s.text().replace(from, to));
        assert!(
            broken.is_err(),
            "{from:?} as {to:?} is not seen in {}",
            specimen.text()
        );
    }
}

//! Faults that published translations of Sigma to ES|QL have: each with a rule, the events that show it, and what the right query holds.

use super::{refused, rule, sigma, text, verdict};
use verdict_targets::esql::Esql;
use verdict_targets::profile::Profile;
use verdict_targets::{Claim, Target};

/// Checks what the query of a Sigma detection says of events, and that it holds a text.
fn check(detection: &str, written: &str, events: &[(&str, bool)]) {
    let (rule, ir) = sigma(detection);
    let query = text(&rule, &ir);
    assert!(query.contains(written), "{written} in {query}");
    for (event, expected) in events {
        assert_eq!(verdict(&query, &ir, event), *expected, "{event}\n{query}");
    }
}

#[test]
fn backslashes_are_escaped_for_the_pattern_and_for_the_literal() {
    check(
        "s:\n    CommandLine|contains: '\\AppData\\Roaming\\'\ncondition: s",
        r#"LIKE """*\\appdata\\roaming\\*""""#,
        &[
            (
                r#"{"CommandLine":"C:\\Users\\a\\AppData\\Roaming\\x.exe"}"#,
                true,
            ),
            (r#"{"CommandLine":"AppDataRoaming*"}"#, false),
        ],
    );
}

#[test]
fn case_is_ignored() {
    check(
        "s:\n    OriginalFileName: PowerShell.EXE\n    Image|endswith: '\\PowerShell.EXE'\ncondition: s",
        r#"TO_LOWER(OriginalFileName) == "powershell.exe""#,
        &[
            (
                r#"{"OriginalFileName":"POWERSHELL.exe","Image":"C:\\powershell.exe"}"#,
                true,
            ),
            (
                r#"{"OriginalFileName":"PowerShell.EXE","Image":"C:\\PowerShell.EXE"}"#,
                true,
            ),
        ],
    );
}

#[test]
fn a_value_in_small_letters_is_compared_with_small_letters() {
    // Elasticsearch makes a comparison of `TO_LOWER(f)` with a capital the constant false.
    let (rule, ir) = sigma(
        "s:\n    Image|endswith: '\\PowerShell.EXE'\n    Title|re: '(?i)Foo\\D[A-C]x\\W'\ncondition: s",
    );
    let query = text(&rule, &ir);
    let condition = query.split("| KEEP").next().unwrap_or_default();
    let literals: String = condition.split('"').skip(1).step_by(2).collect();
    assert!(
        !literals.contains(char::is_uppercase),
        "{literals}\n{query}"
    );
    let event = r#"{"Image":"C:\\PowerShell.EXE","Title":"a FOO-bX!"}"#;
    assert!(verdict(&query, &ir, event), "{query}");
    assert!(
        !verdict(&query, &ir, &event.replace("FOO-", "FOO1")),
        "{query}"
    );
}

#[test]
fn what_is_not_there_is_not_what_is_excluded() {
    check(
        "s:\n    Image: a\nf:\n    Parent|endswith: '\\b.exe'\n    User|contains: c\ncondition: s and not f",
        "NOT COALESCE(",
        &[
            (r#"{"Image":"a"}"#, true),
            (r#"{"Image":"a","Parent":"x\\b.exe"}"#, true),
            (r#"{"Image":"a","Parent":"x\\b.exe","User":"c"}"#, false),
            (r#"{"Image":"a","Parent":null,"User":"xcx"}"#, true),
        ],
    );
}

#[test]
fn any_value_of_a_list_is_enough() {
    let (rule, ir) = rule(
        "id: 6d0a4c1e-0000-4000-8000-000000000002\nname: x\ndescription: x\nseverity: low\nstatus: test\nlanguage: eql\ndata:\n  schema: ecs\n\
         query: |\n  process where process.args : (\"-enc*\", \"/c\") and not process.args == \"safe\"\n",
    );
    let query = text(&rule, &ir);
    let process = |args: &str| {
        format!(r#"{{"event":{{"category":["process"]}},"process":{{"args":{args}}}}}"#)
    };
    for (args, expected) in [
        (r#"["x","-ENCoded"]"#, true),
        (r#"["x","/C"]"#, true),
        (r#""/c""#, true),
        (r#"["x/c"]"#, false),
        (r#"["/c","safe"]"#, false),
        ("null", false),
    ] {
        assert_eq!(
            verdict(&query, &ir, &process(args)),
            expected,
            "{args}\n{query}"
        );
    }
}

#[test]
fn an_expression_is_searched_and_its_borders_are_borders() {
    check(
        "s:\n    CommandLine|re: '^[A-Za-z0-9]{16}$'\ncondition: s",
        r#"RLIKE "[0-9A-Za-z]{16}""#,
        &[
            (r#"{"CommandLine":"abcdefghijkl0123"}"#, true),
            (r#"{"CommandLine":"^abcdefghijkl0123$"}"#, false),
            (r#"{"CommandLine":"abcdefghijkl01234"}"#, false),
        ],
    );
    check(
        "s:\n    CommandLine|re: '\\bnet1?\\s+user\\b.+\"@x\"'\ncondition: s",
        "RLIKE",
        &[
            (
                "{\"CommandLine\":\"cmd /c net\\tuser a\\\"@x\\\" b\"}",
                true,
            ),
            (
                "{\"CommandLine\":\"cmd /c internet user a\\\"@x\\\"\"}",
                false,
            ),
            ("{\"CommandLine\":\"net user a\\n\\\"@x\\\"\"}", false),
            ("{\"CommandLine\":\"net1 users a\\\"@x\\\"\"}", false),
        ],
    );
}

#[test]
fn literal_wildcards_stay_in_legal_literals() {
    check(
        "s:\n    CommandLine|contains: 'a\\*b\\?c\"'\ncondition: s",
        "LIKE",
        &[
            (r#"{"CommandLine":"xa*b?c\"x"}"#, true),
            (r#"{"CommandLine":"xaxbxc\""}"#, false),
        ],
    );
}

#[test]
fn parts_of_a_time_are_parts_of_a_time() {
    check(
        "s:\n    UtcTime|hour: 3\ncondition: s",
        r#"DATE_EXTRACT("hour_of_day""#,
        &[
            (r#"{"UtcTime":"2024-05-25 03:10:00.123"}"#, true),
            (r#"{"UtcTime":"2024-05-25T05:10:00+02:00"}"#, true),
            (r#"{"UtcTime":"3"}"#, false),
        ],
    );
    // 2021-01-03 is a Sunday in the last week of 2020, 2024-12-30 a Monday in the first of 2025.
    for (week, time) in [(53, "2021-01-03 10:00:00"), (1, "2024-12-30 10:00:00")] {
        let event = format!(r#"{{"UtcTime":"{time}"}}"#);
        let detection = format!("s:\n    UtcTime|week: {week}\ncondition: s");
        check(&detection, "DATE_TRUNC(1 week", &[(&event, true)]);
    }
}

#[test]
fn cased_fieldref_and_exists_are_written() {
    check(
        "s:\n    A|cased|contains: EnCoded\n    B|fieldref: C\n    D|exists: true\ncondition: s",
        r#"A LIKE "*EnCoded*""#,
        &[
            (r#"{"A":"xEnCodedx","B":"u","C":"U","D":""}"#, true),
            (r#"{"A":"xencodedx","B":"u","C":"U","D":""}"#, false),
            (r#"{"A":"xEnCodedx","B":"u","D":""}"#, false),
        ],
    );
}

#[test]
fn numbers_on_keyword_columns_are_quoted() {
    check(
        "s:\n    EventID:\n      - 4688\n      - 1\n    Port|gte: 1024\ncondition: s",
        r#"EventID IN ("4688", "1")"#,
        &[
            (r#"{"EventID":4688,"Port":"8080"}"#, true),
            (r#"{"EventID":"1","Port":1024}"#, true),
            (r#"{"EventID":2,"Port":"x"}"#, false),
        ],
    );
}

#[test]
fn keywords_are_looked_for_in_the_text_and_the_claim_says_so() {
    let (rule, ir) = sigma("keywords:\n  - mimikatz\ncondition: keywords");
    let claim = Esql.compile(&rule, &ir, &Profile::raw()).claim;
    assert!(
        matches!(&claim, Claim::Diverges(codes) if codes.iter().any(|code| code.id == "keyword-scope")),
        "{claim:?}"
    );
    assert!(verdict(
        &text(&rule, &ir),
        &ir,
        r#"{"message":"ran Mimikatz"}"#
    ));
}

#[test]
fn what_cannot_be_said_has_a_code() {
    let (rule, ir) = sigma("s:\n    f|re: '(a\\b)+'\ncondition: s");
    assert_eq!(refused(&rule, &ir), "V0921");
}

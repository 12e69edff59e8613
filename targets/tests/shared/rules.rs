//! Whole rules that every target shows, and what its own are made of. Each target's tests include this file and keep their own snapshots.

use super::notation::{Fields, leaf};
use super::{compile, ir};
use verdict_compiler::ir::Expr;

/// The leaves of these lines, and their fields.
pub(crate) fn leaves(lines: &[&str], fields: &mut Fields) -> Vec<Expr> {
    let leaves = lines.iter().map(|line| {
        let (leaf, more) = leaf(line);
        fields.extend(more);
        leaf
    });
    leaves.collect()
}

/// Compares the text of a whole rule with what was reviewed.
pub(crate) fn snapshot(name: &str, predicate: Expr, fields: Fields) {
    let emitted = compile("Suspicious child of a script host", &ir(predicate, fields));
    super::snapshot(name, &emitted.text.expect("a query"));
}

#[test]
fn a_sigma_rule() {
    let mut fields = Fields::new();
    let source = leaves(
        &["EventID:keyword num 1", "EventID:keyword num 4688"],
        &mut fields,
    );
    let images = leaves(
        &[
            r"Image:keyword ~ *\powershell.exe",
            r"Image:keyword ~ *\pwsh.exe",
        ],
        &mut fields,
    );
    let words = leaves(
        &[
            "CommandLine:keyword ~ *-enc *",
            "CommandLine:keyword ~ *-encodedcommand*",
            "CommandLine:keyword ~ *frombase64string*",
            "CommandLine:keyword ~ *downloadstring*",
            "CommandLine:keyword ~ *invoke-expression*",
        ],
        &mut fields,
    );
    let filter = leaves(
        &[
            r"ParentImage:keyword =~ C:\Program Files\Tool\agent.exe",
            "ParentCommandLine:keyword ~ *--silent*",
            r"User:keyword =~ NT AUTHORITY\SYSTEM",
        ],
        &mut fields,
    );
    let noise = leaves(
        &["ParentImage:keyword missing", "IntegrityLevel:long > 3"],
        &mut fields,
    );
    let predicate = Expr::all([
        Expr::any(source),
        Expr::any(images),
        Expr::any(words),
        Expr::all(filter).negate(),
        Expr::any(noise).negate(),
    ]);
    snapshot("rule-sigma", predicate, fields);
}

#[test]
fn lists_of_values() {
    let mut fields = Fields::new();
    let names: Vec<String> = (0..12)
        .map(|at| format!(r"OriginalFileName:keyword =~ unusual-file-name-{at}.exe"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let files = Expr::any(leaves(&names, &mut fields));
    let mixed = Expr::any(leaves(
        &[
            "Code:keyword =~ a1",
            "Code:keyword = Exact",
            "Other:keyword =~ x",
            "Code:keyword num 17",
            "Code:keyword =~ B2",
            "Code:keyword = Only",
        ],
        &mut fields,
    ));
    let ports = Expr::any(leaves(
        &["Port:long num 80", "Port:long num 443", "Port:long =~ 8080"],
        &mut fields,
    ));
    let local = leaves(
        &[
            "Ip:ip cidr 10.0.0.0/8",
            "Ip:ip cidr 192.168.0.0/16",
            "Ip:ip cidr fc00::/7",
            "Ip:ip cidr fe80::/10",
        ],
        &mut fields,
    );
    let local = Expr::any(local);
    let predicate = Expr::all([
        files.clone(),
        mixed,
        ports,
        local.clone(),
        local.negate(),
        files.negate(),
    ]);
    snapshot("rule-lists-of-values", predicate, fields);
}

use std::collections::BTreeMap;
use verdict_compiler::{render, rule, rule::Body, span::Source};
fn walk(p: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    if p.is_dir() {
        let mut v: Vec<_> = std::fs::read_dir(p)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        v.sort();
        for q in v {
            walk(&q, out);
        }
    } else {
        out.push(p.to_owned());
    }
}
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let show: usize = args[0].parse().unwrap();
    let mut files = vec![];
    for a in &args[1..] {
        walk(a.as_ref(), &mut files);
    }
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let mut bodies: BTreeMap<String, usize> = BTreeMap::new();
    let (mut rules, mut n, mut errs) = (0, 0, 0);
    if std::env::var("DUMP").is_ok() {
        for f in &files {
            if f.extension().is_none_or(|e| e != "yml") {
                continue;
            }
            let s = Source::new(f.to_string_lossy(), std::fs::read_to_string(f).unwrap());
            for r in rule::load(&s).rules {
                if let Body::Sigma(b) = &r.body {
                    println!(
                        "{}",
                        serde_json::json!([
                            f.to_string_lossy(),
                            rule::fixture::value(&b.detection).to_json()
                        ])
                    );
                }
            }
        }
        return;
    }
    let (mut words, mut bad) = (0usize, 0usize);
    for f in &files {
        if f.file_name().unwrap() == "pack.yml" {
            continue;
        }
        let s = Source::new(f.to_string_lossy(), std::fs::read_to_string(f).unwrap());
        for r in rule::load(&s).rules {
            if let Body::Eql(b) = &r.body {
                let t = &b.query.text;
                let mut at = 0;
                for w in t.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
                    let word = w.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
                    if !word.is_empty() {
                        words += 1;
                        let sp = b.query.locate(at, at + word.len());
                        if &s.text[sp.start..sp.end] != word {
                            bad += 1;
                            if bad < 5 {
                                println!("{} {word} {}", s.name, &s.text[sp.start..sp.end]);
                            }
                        }
                    }
                    at += w.len();
                }
            }
        }
    }
    println!("{words} words located, {bad} wrong");
    let mut shown = 0;
    let t = std::time::Instant::now();
    let mut fixtures = 0;
    for f in files {
        let e = f
            .extension()
            .map(|e| e.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !["yml", "toml"].contains(&e.as_str()) {
            continue;
        }
        n += 1;
        let s = Source::new(f.to_string_lossy(), std::fs::read_to_string(&f).unwrap());
        let found = if f.file_name().unwrap() == "pack.yml" {
            let (p, d) = rule::load_pack(&s);
            println!("{:?}", p.map(|p| p.targets.len()));
            d
        } else {
            let l = rule::load(&s);
            rules += l.rules.len();
            for r in &l.rules {
                fixtures += r.fixtures.len();
                *bodies
                    .entry(match &r.body {
                        Body::Eql(_) => "eql".into(),
                        Body::Sigma(_) => "sigma".into(),
                        Body::Opaque(r) => format!("opaque {}", r.code),
                    })
                    .or_default() += 1;
            }
            l.diagnostics
        };
        if found.iter().any(|d| d.is_error()) {
            errs += 1;
        }
        for d in &found {
            *count
                .entry(format!("{} {:?}", d.code, d.severity))
                .or_default() += 1;
            if shown < show {
                shown += 1;
                println!("{}", render::human(&s, std::slice::from_ref(d), false));
            }
        }
    }
    println!(
        "{n} files, {rules} rules, {fixtures} fixtures, {errs} files with errors, {:?}\n{count:#?}\n{bodies:#?}",
        t.elapsed()
    );
}

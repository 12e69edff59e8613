//! Tests of the reader.
use super::*;
#[test]
fn dump() {
    for language in ["kql", "esql", "eql", "spl"] {
        let mut all: BTreeMap<String, (usize, Mark)> = BTreeMap::new();
        let mut marks: BTreeMap<Mark, usize> = BTreeMap::new();
        let mut open = vec![std::path::PathBuf::from(format!("/tmp/built/{language}"))];
        while let Some(at) = open.pop() {
            for entry in std::fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                if path.extension().is_none_or(|e| e != language) {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let grounds = Grounds::of(language, &text).unwrap();
                *marks.entry(grounds.mark()).or_default() += 1;
                for (name, mark) in grounds.operators {
                    all.entry(name).or_insert((0, mark)).0 += 1;
                }
            }
        }
        println!("== {language} {marks:?}");
        for (name, (count, mark)) in all {
            println!("{name} {count} {}", mark.word());
        }
    }
}

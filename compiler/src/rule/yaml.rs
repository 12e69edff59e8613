//! YAML text to [`Node`]s, with limits.
//!
//! Built on parser events rather than on a loader, because a loader resolves scalars by its own rules and forgets style and
//! place: an unquoted `00000429` would become the number 429.

mod dashes;
mod tags;

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::anchor::anchored;
use crate::rule::node::{Entry, Node, NodeKind, Scalar, Style};
use crate::span::{Span, Text};
use saphyr_parser::{Event, Parser, ScalarStyle, Span as Range, Tag};
use std::collections::HashMap;

/// The largest rule file, in bytes.
pub const MAX_BYTES: usize = 16 << 20;
/// The deepest nesting of mappings and sequences.
pub const MAX_DEPTH: usize = 64;
/// How many nodes aliases may bring in, together.
pub const MAX_ALIASED: usize = 10_000;

/// Every document of a YAML file, in order; an empty document is a null scalar.
///
/// Refused, each with a place: what is not YAML, a file over [`MAX_BYTES`], nesting over [`MAX_DEPTH`], a key that stands twice in a mapping, keys
/// that are no scalars, and aliases that bring in more than [`MAX_ALIASED`] nodes.
pub fn documents(text: &str) -> Result<Vec<Node>, Vec<Diagnostic>> {
    if text.len() > MAX_BYTES {
        return Err(vec![too_large(text)]);
    }
    let read = dashes::guarded(text);
    let mut loader = Loader::new(text, read.stand_in);
    let mut documents = Vec::new();
    let mut parser = Parser::new_from_str(&read.text);
    loop {
        match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => break,
            Some(Err(error)) => {
                let at = loader.byte(error.marker().index());
                loader.found.push(
                    Diagnostic::error(
                        codes::YAML_SYNTAX,
                        Span::new(at, at),
                        "the file is not YAML",
                        error.info(),
                    )
                    .hint(syntax_hint(error.info())),
                );
                break;
            }
            Some(Ok((event, range))) => match loader.take(event, range) {
                Step::More => {}
                Step::Document(node) => documents.push(node),
                Step::Stop => break,
            },
        }
    }
    if loader.found.is_empty() {
        Ok(documents)
    } else {
        Err(loader.found)
    }
}

/// What mends it, by what the parser says of the place: tabs and Windows paths between double quotes are what rules stumble over most.
fn syntax_hint(said: &str) -> &'static str {
    if said.contains("tab") {
        "indent with spaces; YAML allows no tabs there"
    } else if said.contains("escape") {
        "between double quotes a backslash begins an escape; put a value with backslashes between single quotes"
    } else {
        "quote values that hold `: `, ` #`, or begin with a character such as `*`, `%`, `@` or `[`"
    }
}

/// What is said of a file over [`MAX_BYTES`].
pub(crate) fn too_large(text: &str) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_LARGE,
        Span::new(0, 0),
        format!("the file has {} bytes", text.len()),
        format!("a rule file may have {MAX_BYTES} bytes"),
    )
}

enum Step {
    More,
    Document(Node),
    Stop,
}

/// A collection that is still open.
struct Open {
    start: usize,
    anchor: usize,
    items: Vec<Node>,
    /// In a mapping: the entries so far and the key that waits for its value.
    map: Option<(Vec<Entry>, Option<(String, Span)>)>,
    /// In a mapping: where each key stands first.
    keys: HashMap<String, Span>,
}

struct Loader<'t> {
    text: &'t str,
    /// What the parser read in place of some dashes.
    stand_in: Option<char>,
    /// Byte offset of every 64th character, since the parser counts characters.
    marks: Vec<usize>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    root: Option<Node>,
    found: Vec<Diagnostic>,
}

const STRIDE: usize = 64;

impl<'t> Loader<'t> {
    fn new(text: &'t str, stand_in: Option<char>) -> Self {
        Self {
            text,
            stand_in,
            marks: text
                .char_indices()
                .step_by(STRIDE)
                .map(|(at, _)| at)
                .collect(),
            open: Vec::new(),
            anchors: HashMap::new(),
            aliased: 0,
            root: None,
            found: Vec::new(),
        }
    }

    /// The byte offset of a character index.
    fn byte(&self, index: usize) -> usize {
        let Some(mark) = self.marks.get(index / STRIDE) else {
            return self.text.len();
        };
        self.text
            .get(*mark..)
            .and_then(|rest| rest.char_indices().nth(index % STRIDE))
            .map_or(self.text.len(), |(at, _)| mark + at)
    }

    fn span(&self, range: Range) -> Span {
        Span::new(self.byte(range.start.index()), self.byte(range.end.index()))
    }

    fn take(&mut self, event: Event<'_>, range: Range) -> Step {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {
                Step::More
            }
            Event::DocumentEnd => {
                let node = self.root.take();
                Step::Document(node.unwrap_or_else(|| self.null(range)))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.span(range);
                let text = match self.stand_in {
                    Some(stand_in) => text.replace(stand_in, "-").into(),
                    None => text,
                };
                let mut node = self.scalar(&text, style, span);
                if let (Some(tag), NodeKind::Scalar(scalar)) = (tag, &mut node.kind) {
                    match tags::style(&tag, scalar) {
                        Some(style) => scalar.style = style,
                        None => return self.unknown_tag(&tag, span),
                    }
                }
                self.add(node, anchor)
            }
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::SequenceStart(_, Some(tag)) if !tags::fits(&tag, false) => {
                self.unknown_tag(&tag, self.span(range))
            }
            Event::MappingStart(_, Some(tag)) if !tags::fits(&tag, true) => {
                self.unknown_tag(&tag, self.span(range))
            }
            Event::SequenceStart(anchor, _) => self.start(range, anchor, false),
            Event::MappingStart(anchor, _) => self.start(range, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(range),
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, span: Span) -> Step {
        let reason = format!("`{tag}` does not fit, or is no tag of YAML's own");
        let message = "a value has a tag that cannot be read";
        self.stop(codes::YAML_SYNTAX, span, message, reason)
    }

    fn null(&self, range: Range) -> Node {
        let span = self.span(range);
        Node {
            kind: NodeKind::Scalar(Scalar {
                text: Text::verbatim("", span.start),
                style: Style::Plain,
            }),
            span,
        }
    }

    fn start(&mut self, range: Range, anchor: usize, mapping: bool) -> Step {
        let start = self.byte(range.start.index());
        if self.open.len() >= MAX_DEPTH {
            return self.stop(
                codes::TOO_DEEP,
                Span::new(start, start),
                "the file nests too deeply",
                format!("more than {MAX_DEPTH} levels"),
            );
        }
        self.open.push(Open {
            start,
            anchor,
            items: Vec::new(),
            map: mapping.then(|| (Vec::new(), None)),
            keys: HashMap::new(),
        });
        Step::More
    }

    fn end(&mut self, range: Range) -> Step {
        let Some(open) = self.open.pop() else {
            return Step::More;
        };
        let end = self.byte(range.end.index());
        let kind = match open.map {
            Some((entries, _)) => NodeKind::Map(entries),
            None => NodeKind::List(open.items),
        };
        let last = match &kind {
            NodeKind::Map(entries) => entries
                .last()
                .map(|entry| entry.value.span.end.max(entry.key_span.end)),
            NodeKind::List(items) => items.last().map(|item| item.span.end),
            NodeKind::Scalar(_) => None,
        };
        // A block collection ends, for the parser, where the next token stands; for people, with its last item.
        let end = if range.start.index() == range.end.index() {
            last.unwrap_or(end)
        } else {
            end
        };
        let node = Node {
            kind,
            span: Span::new(open.start, end),
        };
        self.add(node, open.anchor)
    }

    fn add(&mut self, node: Node, anchor: usize) -> Step {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Step::More;
        };
        let Some((entries, pending)) = &mut open.map else {
            open.items.push(node);
            return Step::More;
        };
        if let Some((key, key_span)) = pending.take() {
            if let Some(first) = open.keys.get(&key) {
                self.found.push(
                    Diagnostic::error(
                        codes::DUPLICATE_KEY,
                        key_span,
                        format!("the key `{key}` stands twice in one mapping"),
                        "the second one would silently replace the first",
                    )
                    .related(*first, "first here"),
                );
            } else {
                open.keys.insert(key.clone(), key_span);
            }
            entries.push(Entry {
                key,
                key_span,
                value: node,
            });
            return Step::More;
        }
        match node.kind {
            NodeKind::Scalar(scalar) => {
                *pending = Some((scalar.text.text, node.span));
                Step::More
            }
            NodeKind::List(_) | NodeKind::Map(_) => self.stop(
                codes::KEY_NOT_SCALAR,
                node.span,
                "a key must be a scalar",
                "this key is a collection".to_owned(),
            ),
        }
    }

    fn alias(&mut self, anchor: usize, range: Range) -> Step {
        let span = self.span(range);
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return self.stop(
                codes::YAML_SYNTAX,
                span,
                "the file is not YAML",
                "an alias of something that is still open".to_owned(),
            );
        };
        self.aliased += size(&node);
        if self.aliased > MAX_ALIASED {
            return self.stop(
                codes::TOO_MANY_ALIASES,
                span,
                "the file's aliases bring in too many values",
                format!("more than {MAX_ALIASED} in all"),
            );
        }
        self.add(node, 0)
    }

    fn stop(&mut self, code: crate::Code, span: Span, message: &str, reason: String) -> Step {
        self.found
            .push(Diagnostic::error(code, span, message, reason));
        Step::Stop
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Node {
        let raw = self.text.get(span.start..span.end).unwrap_or_default();
        let (style, text) = match style {
            ScalarStyle::Plain => (Style::Plain, anchored(text, raw, span)),
            ScalarStyle::SingleQuoted
            | ScalarStyle::DoubleQuoted
            | ScalarStyle::Literal
            | ScalarStyle::Folded => (Style::Quoted, anchored(text, raw, span)),
        };
        Node {
            kind: NodeKind::Scalar(Scalar { text, style }),
            span,
        }
    }
}

/// How many nodes a tree has.
pub(crate) fn size(node: &Node) -> usize {
    1 + match &node.kind {
        NodeKind::Scalar(_) => 0,
        NodeKind::List(items) => items.iter().map(size).sum(),
        NodeKind::Map(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::documents;
    use crate::rule::node::{NodeKind, Style};
    use std::fmt::Write;

    fn codes(text: &str) -> Vec<&'static str> {
        documents(text)
            .err()
            .unwrap_or_default()
            .iter()
            .map(|found| found.code.id)
            .collect()
    }

    #[test]
    fn tags_say_how_a_scalar_is_read() {
        for (text, style) in [
            ("!!str 5", Style::Quoted),
            ("! 5", Style::Quoted),
            ("!!int '5'", Style::Plain),
            ("!!float 5", Style::Plain),
            ("!!bool \"yes\"", Style::Plain),
            ("!!null ~", Style::Plain),
        ] {
            let nodes = documents(&format!("a: {text}\n")).expect("YAML");
            let scalar = nodes[0].get("a").and_then(|node| node.as_scalar());
            assert_eq!(scalar.expect("a scalar").style, style, "{text}");
        }
        for text in [
            "!!int x",
            "!!int 010",
            "!!binary aGk=",
            "!mine 5",
            "!mine [5]",
            "!!set {a: }",
        ] {
            assert_eq!(codes(&format!("a: {text}\n")), ["V0101"], "{text}");
        }
        assert!(documents("a: !!map {b: !!seq [!!str c]}\n").is_ok());
    }

    #[test]
    fn spans_and_styles_are_kept() {
        let text = "é: 1\nquery: |\n  process where\n    true\nlist: ['a', 00000429]\n";
        let nodes = documents(text).expect("YAML");
        let query = nodes[0]
            .get("query")
            .and_then(|node| node.as_scalar())
            .expect("a scalar");
        assert_eq!(
            (query.text.text.as_str(), query.style),
            ("process where\n  true\n", Style::Quoted)
        );
        let at = query.text.text.find("true").expect("true");
        let span = query.text.locate(at, at + 4);
        assert_eq!(text.get(span.start..span.end), Some("true"));
        let list = nodes[0]
            .get("list")
            .and_then(|node| node.as_list())
            .expect("a list");
        let span = list[1].span;
        assert_eq!(text.get(span.start..span.end), Some("00000429"));
        assert!(matches!(&list[1].kind, NodeKind::Scalar(scalar) if scalar.style == Style::Plain));
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(codes("a: 1\nb: 2\na: 3"), ["V0104"]);
        assert_eq!(codes("a: [1, 2"), ["V0101"]);
        assert_eq!(codes(&"[".repeat(80)), ["V0105"]);
        assert_eq!(codes(&"[".repeat(100_000)), ["V0101"]);
        assert_eq!(codes("? [a]\n: 1"), ["V0106"]);
        let mut bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for (name, before) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e")] {
            let aliases = vec![format!("*{before}"); 10].join(",");
            let _ = writeln!(bomb, "{name}: &{name} [{aliases}]");
        }
        assert_eq!(codes(&bomb), ["V0107"]);
    }

    #[test]
    fn a_dash_at_the_end_of_a_word_list_is_text() {
        for (text, expected) in [
            ("{a: b -}", "b -"),
            ("{a: b -, c: d}", "b -"),
            ("[[b\n  -], c]", "b -"),
            ("[{b - - -: c}]", "b - - -"),
            ("a: -]", "-]"),
            ("a: b -]", "b -]"),
            ("- -[", "-["),
            ("a: |\n  [b -]\n", "[b -]\n"),
            ("[a, 'b -]']", "b -]"),
            ("{a: \u{e000} -}", "\u{e000} -"),
        ] {
            let documents = documents(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
            let shown = format!("{documents:?}");
            assert!(shown.contains(&format!("{expected:?}")), "{text}: {shown}");
        }
        for text in ["[-]", "[ -]", "{a: -}", "[a, -, b]"] {
            assert_eq!(codes(text), ["V0101"], "{text}");
        }
    }

    #[test]
    fn several_documents() {
        assert_eq!(documents("a: 1\n---\nb: 2\n").expect("YAML").len(), 2);
        assert!(documents("").expect("YAML").len() <= 1);
    }
}

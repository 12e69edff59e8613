//! A reader of the page: whether every element is closed in its turn, and what its attributes are.

/// Elements without an end.
const VOID: [&str; 3] = ["meta", "input", "br"];

/// An element with its attributes.
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(own, _)| own == name)?;
        Some(&found.1)
    }
}

/// Every element of a page, in order; what is not well formed is a panic.
pub(crate) fn elements(page: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>").expect("a page");
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let raw = open
            .last()
            .is_some_and(|name| name == "style" || name == "script");
        if raw && !rest.starts_with('/') {
            continue;
        }
        let end = rest.find('>').expect("an end of the tag");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            assert_eq!(last.as_deref(), Some(name), "before {rest:.80}");
            continue;
        }
        let element = element(tag);
        if !VOID.contains(&element.name.as_str()) {
            open.push(element.name.clone());
        }
        found.push(element);
    }
    assert!(open.is_empty(), "left open: {open:?}");
    found
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    assert!(plain(name), "no element: <{tag}>");
    let mut attributes = Vec::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let attribute = &rest[..end];
        assert!(plain(attribute), "no attribute: {attribute:?} of <{tag}>");
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').expect("an end of the value");
            value = &quoted[..end];
            rest = &quoted[end + 1..];
        }
        attributes.push((attribute.to_owned(), value.to_owned()));
    }
    Element {
        name: name.to_owned(),
        attributes,
    }
}

//! Join keys as bytes: tuples are equal exactly where their bytes are.

use std::net::IpAddr;

/// A tuple of key values.
pub(crate) type Tuple = Box<[u8]>;

/// More combinations of values than these, and an event joins by the first of them only.
pub(crate) const MAX_TUPLES: usize = 1000;

/// Tuples while they grow, key by key.
#[derive(Debug)]
pub(crate) struct Tuples {
    /// All tuples so far.
    tuples: Vec<Vec<u8>>,
}

impl Default for Tuples {
    fn default() -> Self {
        Self {
            tuples: vec![Vec::new()],
        }
    }
}

/// The values of one key, each once.
#[derive(Debug, Default)]
pub(crate) struct Values {
    values: Vec<Vec<u8>>,
}

const NULL: u8 = 0;
const TEXT: u8 = 1;
const WHOLE: u8 = 2;
const DECIMAL: u8 = 3;
const ADDRESS: u8 = 4;
const INSTANT: u8 = 5;

impl Values {
    fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.values.len() >= MAX_TUPLES {
            return;
        }
        let mut bytes = Vec::with_capacity(24);
        write(&mut bytes);
        if !self.values.contains(&bytes) {
            self.values.push(bytes);
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Null, which joins null.
    pub(crate) fn null(&mut self) {
        self.add(|bytes| bytes.push(NULL));
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        self.add(|bytes| push_text(text, bytes));
    }

    /// A whole number.
    pub(crate) fn whole(&mut self, whole: i64) {
        self.add(|bytes| {
            bytes.push(WHOLE);
            bytes.extend_from_slice(&whole.to_le_bytes());
        });
    }

    /// Any other number, by the one text that stands for its value.
    pub(crate) fn decimal(&mut self, normal: &str) {
        self.add(|bytes| {
            bytes.push(DECIMAL);
            push_text(normal, bytes);
        });
    }

    /// An address; one of IPv4 is the one of IPv6 that it is mapped to.
    pub(crate) fn address(&mut self, address: IpAddr) {
        let octets = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        };
        self.add(|bytes| {
            bytes.push(ADDRESS);
            bytes.extend_from_slice(&octets);
        });
    }

    /// An instant.
    pub(crate) fn instant(&mut self, instant: i64) {
        self.add(|bytes| {
            bytes.push(INSTANT);
            bytes.extend_from_slice(&instant.to_le_bytes());
        });
    }

    /// What stands in another tuple.
    pub(crate) fn part(&mut self, part: &[u8]) {
        self.add(|bytes| bytes.extend_from_slice(part));
    }
}

/// Text with its length before it, so that no two tuples look alike.
fn push_text(text: &str, bytes: &mut Vec<u8>) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    bytes.push(TEXT);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// The text that a part of a tuple is.
pub(crate) fn part_text(part: &[u8]) -> Option<&str> {
    // A tag and a length stand before the text.
    std::str::from_utf8(part.get(5..)?).ok()
}

impl Tuples {
    /// Every tuple with every value of another key behind it, the last key changing fastest.
    pub(crate) fn by(&mut self, read: impl FnOnce(&mut Values)) {
        let mut values = Values::default();
        read(&mut values);
        match (values.values.as_slice(), self.tuples.as_mut_slice()) {
            ([], _) => self.tuples.clear(),
            ([value], tuples) => {
                for tuple in tuples {
                    tuple.extend_from_slice(value);
                }
            }
            (values, tuples) => {
                let mut longer = Vec::new();
                for tuple in tuples.iter() {
                    for value in values.iter().take(MAX_TUPLES.saturating_sub(longer.len())) {
                        longer.push([tuple.as_slice(), value].concat());
                    }
                }
                self.tuples = longer;
            }
        }
    }

    /// Every tuple, in order of appearance.
    pub(crate) fn into_tuples(self) -> Vec<Tuple> {
        self.tuples.into_iter().map(Vec::into_boxed_slice).collect()
    }
}

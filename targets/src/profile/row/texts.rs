//! Texts that a column holds a part of, or holds among others.

use super::Kind;
use super::entries::nest;
use super::making::Making;
use crate::profile::mapping::{Alone, Inside, Joined};
use crate::profile::{prefix, spelling};
use verdict_event::{Path, Value};

impl Kind {
    /// A text inside a column.
    pub(super) fn inside(
        &self,
        path: &Path,
        inside: &Inside,
        values: &[Value],
        making: &mut Making,
    ) -> Result<(), String> {
        let [value] = values else {
            return match values {
                [] => Ok(()),
                _ => Err(format!("`{path}`: not one value")),
            };
        };
        let text = value
            .scalar_text()
            .ok_or_else(|| format!("`{path}`: not one text"))?;
        let written = spelling::write(text, &inside.spelled, self.exact.contains(path))?;
        if let Some(name) = self.derived.get(path) {
            let back = if written.back == text {
                value.clone()
            } else {
                Value::from(written.back.as_str())
            };
            making.put(name.as_str(), vec![back])?;
        }
        let value = Value::from(written.column.as_str());
        match &inside.key {
            Some(key) => {
                let entries = making.objects.entry(inside.column.clone()).or_default();
                nest(entries, key, value);
                Ok(())
            }
            None => making.put(&inside.column, vec![value]),
        }
    }

    /// A text cut in two.
    pub(super) fn cut(
        &self,
        path: &Path,
        joined: &Joined,
        values: &[Value],
        making: &mut Making,
    ) -> Result<(), String> {
        let empty = || (Vec::new(), Vec::new());
        let (first, second) = match values {
            [] => empty(),
            [Value::String(text)] => {
                let text = prefix::value(text, &joined.prefixes)?;
                let written = spelling::write(&text, &joined.spelled, self.exact.contains(path))?;
                let text = written.column;
                let cut = if joined.last {
                    text.rsplit_once(joined.by.as_str())
                } else {
                    text.split_once(joined.by.as_str())
                };
                if let Some(name) = self.derived.get(path) {
                    making.put(name.as_str(), vec![Value::from(written.back.as_str())])?;
                }
                match cut {
                    Some((first, second)) if !first.is_empty() && !second.is_empty() => {
                        (vec![Value::from(first)], vec![Value::from(second)])
                    }
                    Some((first, ""))
                        if joined.alone == Some(Alone::Before) && !first.is_empty() =>
                    {
                        (vec![Value::from(first)], Vec::new())
                    }
                    None if joined.alone == Some(Alone::First) && !text.is_empty() => {
                        (vec![Value::from(text.as_str())], Vec::new())
                    }
                    None if joined.alone == Some(Alone::Second) && !text.is_empty() => {
                        (Vec::new(), vec![Value::from(text.as_str())])
                    }
                    Some(_) | None => {
                        return Err(format!(
                            "`{path}`: `{text}` is not two texts with `{}` in between",
                            joined.by
                        ));
                    }
                }
            }
            _ => return Err(format!("`{path}`: not one text")),
        };
        making.put(&joined.first, first)?;
        making.put(&joined.second, second)
    }
}

/// The text of a field; none where it has no value.
pub(super) fn one_text<'v>(path: &Path, values: &'v [Value]) -> Result<Option<&'v str>, String> {
    match values {
        [] => Ok(None),
        [Value::String(text)] => Ok(Some(text)),
        _ => Err(format!("`{path}`: not one text")),
    }
}

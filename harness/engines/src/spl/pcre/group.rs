//! Groups and options.

use super::{Flags, Level, Line, MAX_GROUPS, Translator};

impl Translator {
    /// What stands behind `(`.
    pub(super) fn open(&mut self) -> Result<(), String> {
        if self.peek(0) == Some('*') {
            return Err("a verb such as `(*UCP)` cannot be run".to_owned());
        }
        if !self.eat("?") {
            return self.group("(");
        }
        match (self.peek(0), self.peek(1)) {
            (Some('#'), _) => {
                while let Some(letter) = self.next() {
                    if letter == ')' {
                        return Ok(());
                    }
                }
                Err("the comment is never closed".to_owned())
            }
            (Some('=' | '!'), _) => Err("lookahead cannot be run".to_owned()),
            (Some('<'), Some('=' | '!')) => Err("lookbehind cannot be run".to_owned()),
            (Some('>'), _) => Err("an atomic group cannot be run".to_owned()),
            (Some('|'), _) => Err("a branch reset cannot be run".to_owned()),
            (Some('('), _) => Err("a condition cannot be run".to_owned()),
            (Some('<'), _) => {
                self.at += 1;
                self.named('>')
            }
            (Some('\''), _) => {
                self.at += 1;
                self.named('\'')
            }
            (Some('P'), Some('<')) => {
                self.at += 2;
                self.named('>')
            }
            (Some('P' | 'R' | '&' | '0'..='9'), _) => {
                Err("recursion and back references cannot be run".to_owned())
            }
            _ => self.options(),
        }
    }

    fn named(&mut self, end: char) -> Result<(), String> {
        let mut name = String::new();
        while let Some(letter) = self.next() {
            if letter == end {
                let starts_well = name.starts_with(|first: char| !first.is_ascii_digit());
                if !starts_well {
                    return Err("the name of the group is none".to_owned());
                }
                return self.group(&format!("(?P<{name}>"));
            }
            if !(letter.is_ascii_alphanumeric() || letter == '_') {
                break;
            }
            name.push(letter);
        }
        Err("the name of the group is none".to_owned())
    }

    /// `(?i)`, `(?i-s:...)`, `(?:...)`.
    fn options(&mut self) -> Result<(), String> {
        let mut flags = self.flags;
        let mut on = true;
        let mut written = "(?".to_owned();
        loop {
            let Some(letter) = self.next() else {
                return Err("the group is never closed".to_owned());
            };
            match letter {
                'i' => flags.ignore_case = on,
                'm' => flags.multi_line = on,
                's' | 'U' => {}
                '-' if on => on = false,
                ':' => {
                    // Rust takes no minus without an option behind it.
                    let opening = written.strip_suffix('-').unwrap_or(&written);
                    let opening = format!("{opening}:");
                    self.group(&opening)?;
                    self.flags = flags;
                    return Ok(());
                }
                ')' => {
                    let options = written.strip_suffix('-').unwrap_or(&written);
                    if options != "(?" {
                        let options = format!("{options})");
                        self.out.push_str(&options);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                other => return Err(format!("the option or group `(?{other}` cannot be run")),
            }
            if letter != '-' || !written.ends_with('-') {
                written.push(letter);
            }
        }
    }

    fn group(&mut self, opening: &str) -> Result<(), String> {
        self.item()?;
        self.grow(8)?;
        if self.levels.len() >= MAX_GROUPS {
            return Err("the groups are nested too deeply".to_owned());
        }
        let awaited = self.level.line.awaits;
        self.levels.push(self.level);
        self.level = Level {
            outer: self.flags,
            line: Line {
                awaits: awaited,
                all: awaited,
            },
            ..Level::default()
        };
        self.out.push_str(opening);
        Ok(())
    }

    /// `)`.
    pub(super) fn close(&mut self) -> Result<(), String> {
        // `(?m:^)x`: what the group waits for may stand behind it, unless the group repeats.
        let awaits = self.level.line.awaits && !self.repeats();
        if !awaits {
            self.arrived()?;
        }
        let inner = self.level;
        let Some(outer) = self.levels.pop() else {
            return Err("a closing parenthesis without an opening one".to_owned());
        };
        self.level = outer;
        self.flags = inner.outer;
        self.out.push(')');
        self.level.line.awaits |= awaits;
        if !inner.end.any {
            if inner.line.all && !awaits {
                self.taken()?;
            }
            return self.quantifier();
        }
        self.level.end.here = true;
        self.level.end.any = true;
        if self.repeats() {
            return Err("`$` in a repeated group cannot be run".to_owned());
        }
        Ok(())
    }
}

impl Flags {
    /// Whether letters match in either case.
    pub(super) fn folds(self) -> bool {
        self.ignore_case
    }
}

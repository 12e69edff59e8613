//! Whether a text matches: the plain definition, by sets of places.
//!
//! A node takes the set of places where a match may begin to the set where it may end. Only complement and intersection
//! must take each beginning by itself.

use super::{Node, characters, numbers};
use crate::ir::pattern::Case;
use regex_syntax::hir::ClassUnicode;

/// A node with its sets of characters made out.
enum Step {
    Empty,
    Nothing,
    One(ClassUnicode),
    Any,
    AnyText,
    Concat(Vec<Step>),
    Union(Vec<Step>),
    Intersection(Vec<Step>),
    Complement(Box<Step>),
    Repeat(Box<Step>, u32, Option<u32>),
}

impl Node {
    /// Whether the expression matches the whole text. Ignoring case is Unicode simple folding.
    pub fn matches(&self, text: &str, case: Case) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut begin = vec![false; text.len() + 1];
        if let Some(first) = begin.first_mut() {
            *first = true;
        }
        let ends = self.step(case).ends(&text, &begin);
        ends.last().copied().unwrap_or(false)
    }

    fn step(&self, case: Case) -> Step {
        let steps = |nodes: &[Self]| nodes.iter().map(|node| node.step(case)).collect();
        match self {
            Self::Empty => Step::Empty,
            Self::Nothing => Step::Nothing,
            Self::Char(c) => Step::One(characters(&[(*c, *c)], false, case)),
            Self::Set { ranges, negated } => Step::One(characters(ranges, *negated, case)),
            Self::Any => Step::Any,
            Self::AnyText => Step::AnyText,
            Self::Concat(nodes) => Step::Concat(steps(nodes)),
            Self::Union(nodes) => Step::Union(steps(nodes)),
            Self::Intersection(nodes) => Step::Intersection(steps(nodes)),
            Self::Complement(node) => Step::Complement(Box::new(node.step(case))),
            Self::Repeat { node, min, max } => Step::Repeat(Box::new(node.step(case)), *min, *max),
            Self::Number { low, high, digits } => numbers::expand(*low, *high, *digits).step(case),
        }
    }
}

impl Step {
    fn ends(&self, text: &[char], begin: &[bool]) -> Vec<bool> {
        if !begin.contains(&true) {
            return begin.to_vec();
        }
        match self {
            Self::Empty => begin.to_vec(),
            Self::Nothing => vec![false; begin.len()],
            Self::One(class) => shifted(text, begin, |c| holds(class, c)),
            Self::Any => shifted(text, begin, |_| true),
            Self::AnyText => {
                let first = begin.iter().position(|here| *here).unwrap_or(begin.len());
                (0..begin.len()).map(|at| at >= first).collect()
            }
            Self::Concat(steps) => steps
                .iter()
                .fold(begin.to_vec(), |begin, step| step.ends(text, &begin)),
            Self::Union(steps) => steps
                .iter()
                .fold(vec![false; begin.len()], |mut ends, step| {
                    join(&mut ends, &step.ends(text, begin));
                    ends
                }),
            Self::Intersection(steps) => each(begin, |one, _| {
                let all = steps.iter().map(|step| step.ends(text, one));
                all.reduce(|a, b| a.iter().zip(&b).map(|(a, b)| *a && *b).collect())
                    .unwrap_or_default()
            }),
            Self::Complement(step) => each(begin, |one, start| {
                let ends = step.ends(text, one);
                ends.iter()
                    .enumerate()
                    .map(|(at, end)| at >= start && !end)
                    .collect()
            }),
            Self::Repeat(step, min, max) => step.repeated(text, begin, *min, *max),
        }
    }

    fn repeated(&self, text: &[char], begin: &[bool], min: u32, max: Option<u32>) -> Vec<bool> {
        let mut here = begin.to_vec();
        for _ in 0..min {
            here = self.ends(text, &here);
        }
        let mut ends = here.clone();
        let mut left = max.map(|max| max.saturating_sub(min));
        while left != Some(0) && here.contains(&true) {
            // Only places not reached before can lead to new ones.
            here = self.ends(text, &here);
            for (new, old) in here.iter_mut().zip(&ends) {
                *new = *new && !old;
            }
            join(&mut ends, &here);
            left = left.map(|left| left - 1);
        }
        ends
    }
}

fn holds(class: &ClassUnicode, c: char) -> bool {
    let after = class.ranges().partition_point(|range| range.end() < c);
    class
        .ranges()
        .get(after)
        .is_some_and(|range| range.start() <= c)
}

fn join(to: &mut [bool], from: &[bool]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to |= from);
}

/// One character further, where it is a wanted one.
fn shifted(text: &[char], begin: &[bool], wanted: impl Fn(char) -> bool) -> Vec<bool> {
    let moved = begin.iter().zip(text).map(|(here, c)| *here && wanted(*c));
    std::iter::once(false).chain(moved).collect()
}

/// The ends of each beginning by itself.
fn each(begin: &[bool], ends: impl Fn(&[bool], usize) -> Vec<bool>) -> Vec<bool> {
    let mut found = vec![false; begin.len()];
    for (start, _) in begin.iter().enumerate().filter(|(_, here)| **here) {
        let one: Vec<bool> = (0..begin.len()).map(|at| at == start).collect();
        join(&mut found, &ends(&one, start));
    }
    found
}

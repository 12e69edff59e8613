//! `verdict explain`: a code's page, what a rule means, why an event matches or not, or what became of each event of a stream.

mod timeline;

use crate::args::{Explain, Format};
use crate::events;
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{self, Chosen};
use crate::rulebook::{Entry, Rulebook, Setting};
use verdict_compiler::ir::{Expr, Series, print, series};
use verdict_compiler::{Diagnostic, Ir, codes};
use verdict_event::Event;
use verdict_harness::Oracle;
use verdict_harness::edits::with;
use verdict_harness::generate::{Amount, generate};
use verdict_targets::target::{Claim, Emitted};

/// Prints the page of a code, or the tree of a rule.
pub(crate) fn run(options: &Explain) -> Outcome {
    let name = options.subject.to_string_lossy();
    if let Some(code) = codes::find(&name) {
        output::line(code.page.trim_end());
        return Ok(Exit::Clean);
    }
    if !options.subject.exists() {
        let known = codes::all().map(|code| code.id).collect::<Vec<_>>();
        let near = verdict_compiler::diagnostic::did_you_mean(&name, known);
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(Failure::usage(format!(
            "`{name}` is neither a file nor a code{hint}"
        )));
    }
    let setting = Setting::new(options.any_source, options.schema.as_ref())?;
    let book = Rulebook::read(std::slice::from_ref(&options.subject), setting)?;
    book.report(Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let stream = match &options.event {
        Some(path) => {
            let found = events::read(std::slice::from_ref(path))?;
            if found.is_empty() {
                let reason = format!("{} holds no event", path.display());
                return Err(Failure::usage(reason));
            }
            Some(found)
        }
        None => None,
    };
    let event = stream.as_ref().and_then(|stream| stream.first());
    let named = registry::choose(
        options.targets.iter().map(String::as_str),
        &book.profiles()?,
    )?;
    let targets = if named.is_empty() {
        registry::all_raw()
    } else {
        named
    };
    for entry in &book.entries {
        output::line(&format!("{}  {}", entry.rule.name, entry.rule.id));
        match (entry.ir(), event) {
            (None, _) => match entry.series() {
                Some(series) => match &stream {
                    Some(stream) => timeline::draw(series, stream),
                    None => several(entry, series, &targets),
                },
                None => output::line(&format!("  unsupported: {}", entry.refusal())),
            },
            (Some(ir), None) => meaning(entry, ir, &targets),
            (Some(ir), Some(event)) => why(ir, event),
        }
    }
    Ok(Exit::Clean)
}

/// The IR, then every target's text.
fn meaning(entry: &Entry, ir: &Ir, targets: &[Chosen]) {
    output::line("\nmeaning");
    output::line(&indent(&print::print(ir)));
    for chosen in targets {
        let emitted = match chosen {
            Chosen::Native => continue,
            Chosen::Rust => registry::generated::function(&entry.rule, ir),
            Chosen::Text(row, profile) => {
                let profile = &entry.profile(profile);
                row.target.compile(&entry.rule, ir, profile)
            }
        };
        told(&chosen.name(), emitted);
    }
}

/// What a rule over several events means, then every target's text.
fn several(entry: &Entry, series: &Series, targets: &[Chosen]) {
    output::line("\nmeaning");
    output::line(&indent(&series::print::print(series)));
    for chosen in targets {
        let emitted = match chosen {
            Chosen::Native => continue,
            Chosen::Rust => registry::generated::plan(&entry.rule, series),
            Chosen::Text(row, profile) => {
                let profile = &entry.profile(profile);
                row.target.compile_series(&entry.rule, series, profile)
            }
        };
        told(&chosen.name(), emitted);
    }
}

/// What a target makes of a rule.
fn told(name: &str, emitted: Emitted) {
    let claim = match &emitted.claim {
        Claim::Exact => "exact".to_owned(),
        Claim::Diverges(codes) => {
            let told = codes
                .iter()
                .map(|code| format!("{code} ({})", code.title))
                .collect::<Vec<_>>();
            format!("diverges: {}", told.join(", "))
        }
        Claim::Unsupported(refusals) => {
            let told = refusals
                .iter()
                .map(|refusal| format!("{}: {}", refusal.code, refusal.reason))
                .collect::<Vec<_>>();
            format!("unsupported: {}", told.join("; "))
        }
    };
    output::line(&format!("\n{name}  {claim}"));
    if let Some(text) = emitted.text {
        output::line(&indent(&text));
    }
}

/// The tree with each part's truth, then the nearest edit that flips the outcome.
fn why(ir: &Ir, event: &Event) {
    let oracle = Oracle::new(ir);
    let holds = oracle.holds(event);
    output::line(if holds {
        "  the event matches"
    } else {
        "  the event does not match"
    });
    tree(&oracle, &ir.predicate, event, 1);
    match nearest_flip(ir, &oracle, event, holds) {
        Some((edit, flipped)) => {
            output::line(&format!("\n  nearest change that flips it: {edit}"));
            output::line(&format!("  {}", flipped.to_json_line()));
        }
        None => output::line("\n  no change of one or two fields was found that flips it"),
    }
}

fn tree(oracle: &Oracle<'_>, expr: &Expr, event: &Event, depth: usize) {
    let mark = if oracle.expr(expr, event) { "+" } else { "-" };
    let pad = "  ".repeat(depth);
    match expr {
        Expr::Const(value) => output::line(&format!("{pad}{mark} {value}")),
        Expr::Leaf(leaf) => {
            let mut values = Vec::new();
            leaf.each_field(&mut |path| {
                let found = event.values(path);
                let texts: Vec<&str> = found
                    .iter()
                    .filter_map(|value| value.scalar_text())
                    .collect();
                let told = if texts.is_empty() {
                    "missing".to_owned()
                } else {
                    format!("{texts:?}")
                };
                values.push(format!("{path} is {told}"));
            });
            let held = if values.is_empty() {
                String::new()
            } else {
                format!("   ({})", values.join(", "))
            };
            output::line(&format!("{pad}{mark} {leaf}{held}"));
        }
        Expr::Not(inner) => {
            output::line(&format!("{pad}{mark} not"));
            tree(oracle, inner, event, depth + 1);
        }
        Expr::All(operands) | Expr::Any(operands) => {
            let word = if matches!(expr, Expr::All(_)) {
                "all"
            } else {
                "any"
            };
            output::line(&format!("{pad}{mark} {word}"));
            let shown: Vec<&Expr> = telling(oracle, expr, operands, event);
            for operand in &shown {
                tree(oracle, operand, event, depth + 1);
            }
            if shown.len() < operands.len() {
                output::line(&format!(
                    "{pad}    ... {} more that are alike",
                    operands.len() - shown.len()
                ));
            }
        }
    }
}

/// The operands worth showing: all of few; of a long list those that decide, or the first ones.
fn telling<'x>(
    oracle: &Oracle<'_>,
    expr: &Expr,
    operands: &'x [Expr],
    event: &Event,
) -> Vec<&'x Expr> {
    const MANY: usize = 12;
    if operands.len() <= MANY {
        return operands.iter().collect();
    }
    let decides = matches!(expr, Expr::Any(_));
    let deciding: Vec<&Expr> = operands
        .iter()
        .filter(|operand| oracle.expr(operand, event) == decides)
        .take(MANY)
        .collect();
    if deciding.is_empty() {
        operands.iter().take(3).collect()
    } else {
        deciding
    }
}

/// The smallest change, of one field or two, that flips the outcome: values come from events that the harness makes for the rule.
fn nearest_flip(
    ir: &Ir,
    oracle: &Oracle<'_>,
    event: &Event,
    holds: bool,
) -> Option<(String, Event)> {
    let made = generate(ir, "explain", Amount::default());
    let others: Vec<&Event> = made
        .events
        .iter()
        .filter(|other| other.matches != holds)
        .map(|other| &other.event)
        .collect();
    let change = |base: &Event, path, other: &Event| {
        let value = other.values(path).first().map(|value| (*value).clone());
        let told = value
            .as_ref()
            .and_then(|value| value.scalar_text())
            .map_or_else(
                || format!("take `{path}` away"),
                |text| format!("set `{path}` to {text:?}"),
            );
        (told, with(base, path, value))
    };
    for path in ir.fields.keys() {
        for other in &others {
            let (told, changed) = change(event, path, other);
            if oracle.holds(&changed) != holds {
                return Some((told, changed));
            }
        }
    }
    for first in ir.fields.keys() {
        for second in ir.fields.keys().filter(|second| *second > first) {
            for other in others.iter().take(40) {
                let (told, changed) = change(event, first, other);
                let (also, changed) = change(&changed, second, other);
                if oracle.holds(&changed) != holds {
                    return Some((format!("{told} and {also}"), changed));
                }
            }
        }
    }
    None
}

fn indent(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

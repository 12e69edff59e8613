//! The coverage as a picture: tactics as columns in the matrix's order, covered techniques as cells with their number of rules and their sub-techniques below,
//! everything that is not covered as small squares.
//!
//! Two bands of columns, so that the names can be read at the width of a page. It paints its own ground and follows the reader's scheme, light or dark.

use super::widths::lines;
use super::{Cell, Column, Coverage};
use std::fmt::Write as _;
use verdict_compiler::rule::attack;

/// Columns of a band.
const BAND: usize = 8;
/// The width of a column, and the space between two.
const COLUMN: usize = 146;
const GAP: usize = 8;
/// The margin around everything, and the height of what stands above the first band.
const MARGIN: usize = 16;
const HEAD: usize = 58;
/// The space between two bands.
const BETWEEN: usize = 26;
/// A cell's inner margin.
const PAD: usize = 6;
/// The room that a cell's number has.
const NUMBER: usize = 20;
/// What a heading is measured with: its letters are bold, so wider than those of its size.
const HEADING: usize = 14;
/// Sizes of type, and heights of their lines.
const NAME: (usize, usize) = (11, 14);
const BELOW: (usize, usize) = (10, 13);
/// A square of something that is not covered, with the space behind it.
const SQUARE: usize = 9;
const STEP: usize = 12;

const STYLE: &str = "\
text{font-family:'Segoe UI',system-ui,-apple-system,'DejaVu Sans',Verdana,sans-serif;fill:#1f2328}\
.ground{fill:#fff}.muted{fill:#59636e}.title{font-size:17px;font-weight:600}.note{font-size:12px}\
.tactic{font-size:12px;font-weight:600}.name{font-size:11px}.below{font-size:10px}.number{text-anchor:end;font-weight:600}\
.rule{stroke:#d1d9e0}.c0{fill:#e4e8ec}.c1{fill:#dbe9f8}.c2{fill:#a9cdf0}.c3{fill:#2f6fb3}.c4{fill:#153e6f}\
.on3,.on4{fill:#fff}\
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}.muted{fill:#9198a1}.rule{stroke:#3d444d}\
.c0{fill:#262c34}.c1{fill:#12324f}.c2{fill:#1b4f7e}.c3{fill:#5aa2e6}.c4{fill:#b3d7fb}.on3,.on4{fill:#04121f}}";

/// The picture.
pub fn svg(coverage: &Coverage) -> String {
    let mut body = String::new();
    let mut top = MARGIN + HEAD;
    for band in coverage.columns.chunks(BAND) {
        let mut bottom = top;
        for (at, column) in band.iter().enumerate() {
            let left = MARGIN + at * (COLUMN + GAP);
            bottom = bottom.max(draw_column(&mut body, column, left, top));
        }
        top = bottom + BETWEEN;
    }
    let width = 2 * MARGIN + BAND * (COLUMN + GAP) - GAP;
    let height = top - BETWEEN + MARGIN;
    let (covered, all) = coverage.techniques();
    let told = format!(
        "{} rules cover {covered} of {all} techniques (ATT&amp;CK {})",
        coverage.rules,
        attack::release()
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"ATT&amp;CK coverage: {told}\">\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{}\">ATT&amp;CK coverage</text>\n\
         <text class=\"note muted\" x=\"{MARGIN}\" y=\"{}\">{told}</text>\n",
        MARGIN + 15,
        MARGIN + 35,
    );
    legend(&mut out, width - MARGIN);
    out.push_str(&body);
    out.push_str("</svg>\n");
    out
}

/// Writing to a string does not fail.
fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(line);
    out.push('\n');
}

/// What the shades say, ending at the right.
fn legend(out: &mut String, right: usize) {
    let shades = [
        (0, "none"),
        (1, "1"),
        (2, "2"),
        (3, "3\u{2013}4"),
        (4, "5 or more rules"),
    ];
    let widths = [58, 34, 34, 46, 114];
    let mut left = right - widths.iter().sum::<usize>();
    for ((shade, label), width) in shades.into_iter().zip(widths) {
        let (y, text) = (MARGIN + 5, left + 17);
        put(
            out,
            format_args!(
                "<rect class=\"c{shade}\" x=\"{left}\" y=\"{y}\" width=\"12\" height=\"12\" rx=\"2\"/>"
            ),
        );
        put(
            out,
            format_args!(
                "<text class=\"note muted\" x=\"{text}\" y=\"{}\">{label}</text>",
                y + 10
            ),
        );
        left += width;
    }
}

/// Which shade so many rules have.
fn shade(rules: usize) -> usize {
    match rules {
        0..=2 => rules,
        3 | 4 => 3,
        _ => 4,
    }
}

/// Draws a column and gives the height where it ends.
fn draw_column(out: &mut String, column: &Column, left: usize, top: usize) -> usize {
    let covered: Vec<&Cell> = column
        .cells
        .iter()
        .filter(|cell| cell.is_covered())
        .collect();
    let open: Vec<&Cell> = column
        .cells
        .iter()
        .filter(|cell| !cell.is_covered())
        .collect();
    let mut y = top + 12;
    for line in lines(column.tactic.name, HEADING, COLUMN) {
        put(
            out,
            format_args!(
                "<text class=\"tactic\" x=\"{left}\" y=\"{y}\">{}</text>",
                xml(&line)
            ),
        );
        y += 15;
    }
    // Room for two lines of heading, so that the columns of a band begin alike.
    y = top + 42;
    let told = format!("{} of {} techniques", covered.len(), column.cells.len());
    put(
        out,
        format_args!("<text class=\"below muted\" x=\"{left}\" y=\"{y}\">{told}</text>"),
    );
    y += 6;
    put(
        out,
        format_args!("<path class=\"rule\" d=\"M{left} {y}h{COLUMN}\"/>"),
    );
    y += 6;
    for cell in covered {
        y = draw_cell(out, cell, left, y) + 4;
    }
    squares(out, &open, left, y + 2)
}

/// Draws a technique with its sub-techniques and gives the height where it ends.
fn draw_cell(out: &mut String, cell: &Cell, left: usize, top: usize) -> usize {
    let mut y = draw_box(out, cell, NAME, "name", left, top, COLUMN);
    for below in cell.below.iter().filter(|below| below.is_covered()) {
        y = draw_box(out, below, BELOW, "below", left + 10, y + 2, COLUMN - 10);
    }
    y
}

fn draw_box(
    out: &mut String,
    cell: &Cell,
    (size, line): (usize, usize),
    class: &str,
    left: usize,
    top: usize,
    width: usize,
) -> usize {
    let words = lines(cell.technique.name, size, width - 2 * PAD - NUMBER);
    let height = words.len() * line + PAD;
    let shade = shade(cell.rules.len());
    put(
        out,
        format_args!(
            "<g><title>{} {}: {} rules</title><rect class=\"c{shade}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/>",
            cell.technique.id,
            xml(cell.technique.name),
            cell.rules.len()
        ),
    );
    let mut y = top + line - 1;
    let (number, text) = (left + width - PAD, left + PAD);
    put(
        out,
        format_args!(
            "<text class=\"{class} number on{shade}\" x=\"{number}\" y=\"{y}\">{}</text>",
            cell.rules.len()
        ),
    );
    for words in words {
        put(
            out,
            format_args!(
                "<text class=\"{class} on{shade}\" x=\"{text}\" y=\"{y}\">{}</text>",
                xml(&words)
            ),
        );
        y += line;
    }
    put(out, format_args!("</g>"));
    top + height
}

/// Draws techniques without a rule and gives the height where they end.
fn squares(out: &mut String, cells: &[&Cell], left: usize, top: usize) -> usize {
    let mut y = top;
    for row in cells.chunks(COLUMN / STEP) {
        for (at, cell) in row.iter().enumerate() {
            put(
                out,
                format_args!(
                    "<rect class=\"c0\" x=\"{}\" y=\"{y}\" width=\"{SQUARE}\" height=\"{SQUARE}\" rx=\"2\"><title>{} {}: no rule</title></rect>",
                    left + at * STEP,
                    cell.technique.id,
                    xml(cell.technique.name)
                ),
            );
        }
        y += STEP;
    }
    y
}

/// A text between tags.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

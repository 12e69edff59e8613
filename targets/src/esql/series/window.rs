//! Rows put beside the ends of windows: the steps of one pass.
//!
//! Before and behind a pass there is a row for each instant and group, with columns of numbers. All columns of a row go through `VALUES` as one text, since
//! that keeps them together; each text is different, because its instant is.

/// No instant: before every other, and far enough from the least whole number to be subtracted from an instant.
pub(super) const NEVER: i64 = -1_000_000_000_000_000_000;

/// Commands behind a query's first ones.
#[derive(Debug, Default)]
pub(super) struct Pipe(String);

impl Pipe {
    /// `| command rest`.
    pub(super) fn step(&mut self, command: &str, rest: &str) {
        self.0.push_str("| ");
        self.0.push_str(command);
        self.0.push(' ');
        self.0.push_str(rest);
        self.0.push('\n');
    }

    /// `| STATS terms BY groups`, a term a line.
    pub(super) fn stats(&mut self, terms: &[String], groups: &[String]) {
        let mut rest = terms.join(",\n    ");
        if !groups.is_empty() {
            if !rest.is_empty() {
                rest.push_str("\n  ");
            }
            rest.push_str("BY ");
            rest.push_str(&groups.join(", "));
        }
        self.step("STATS", &rest);
    }

    /// What the commands are.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A whole number.
    Whole,
    /// A number.
    Real,
    /// A text, which may hold anything; the last column of a row alone.
    Text,
}

/// A column of the rows.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// As it is written.
    pub(super) name: String,
    /// What it holds; never null.
    pub(super) held: Held,
}

/// Names of the columns that a pass makes.
#[derive(Debug)]
pub(super) struct Work {
    /// The instant of a row, in milliseconds since 1970.
    pub(super) at: String,
    /// The instant at which a window ends.
    pub(super) end: String,
    pub(super) home: String,
    pub(super) bucket: String,
    pub(super) item: String,
    pub(super) parts: String,
}

/// Puts each row beside every end of a window of this length that it lies in; the columns are there again behind it, and `end` beside them.
pub(super) fn beside_ends(
    pipe: &mut Pipe,
    work: &Work,
    groups: &[String],
    columns: &[Column],
    timespan: u64,
) {
    let Work {
        at,
        end,
        home,
        bucket,
        item,
        parts,
    } = work;
    let texts = columns.iter().map(|column| match column.held {
        Held::Whole | Held::Real => format!("TO_STRING({})", column.name),
        Held::Text => column.name.clone(),
    });
    let texts: Vec<String> = std::iter::once(format!("TO_STRING({at})"))
        .chain(texts)
        .collect();
    let next = if verdict_faults::at("esql/window/tumbling") {
        0
    } else {
        1
    };
    // A window of no length holds one instant, for which any bucket will do.
    let length = timespan.max(1);
    pipe.step(
        "EVAL",
        &format!(
            "{home} = {at} / {length},\n    {bucket} = MV_APPEND({at} / {length}, {at} / {length} + {next}),\n    {item} = {}",
            concat(&texts)
        ),
    );
    pipe.step("MV_EXPAND", bucket);
    let mut by = groups.to_vec();
    by.push(bucket.clone());
    pipe.stats(
        &[
            format!("{item} = VALUES({item})"),
            format!("{end} = VALUES(CASE({bucket} == {home}, {at}))"),
        ],
        &by,
    );
    pipe.step("MV_EXPAND", end);
    pipe.step("MV_EXPAND", item);
    let last_text = columns
        .last()
        .is_some_and(|column| column.held == Held::Text);
    if last_text && columns.len() == 1 {
        let text = columns.first().map(|column| column.name.as_str());
        pipe.step(
            "EVAL",
            &format!(
                "{at} = TO_LONG(SUBSTRING({item}, 1, LOCATE({item}, \" \") - 1)),\n    {} = SUBSTRING({item}, LOCATE({item}, \" \") + 1)",
                text.unwrap_or_default()
            ),
        );
    } else {
        let mut assignments = vec![
            format!("{parts} = SPLIT({item}, \" \")"),
            format!("{at} = TO_LONG(MV_SLICE({parts}, 0))"),
        ];
        assignments.extend(columns.iter().enumerate().map(|(index, column)| {
            let part = format!("MV_SLICE({parts}, {})", index + 1);
            let read = match column.held {
                Held::Whole => format!("TO_LONG({part})"),
                Held::Real => format!("TO_DOUBLE({part})"),
                Held::Text => part,
            };
            format!("{} = {read}", column.name)
        }));
        pipe.step("EVAL", &assignments.join(",\n    "));
    }
    pipe.step(
        "WHERE",
        &match timespan {
            _ if verdict_faults::at("esql/window/later-events-count") => {
                format!("{end} - {at} <= {timespan}")
            }
            _ if verdict_faults::at("esql/window/end-excluded") => {
                format!("{at} < {end} AND {end} - {at} <= {timespan}")
            }
            _ if verdict_faults::at("esql/window/start-excluded") => {
                format!("{at} <= {end} AND {end} - {at} < {timespan}")
            }
            _ if verdict_faults::at("esql/window/timespan-longer") => {
                format!("{at} <= {end} AND {end} - {at} <= {}", timespan + 1)
            }
            _ => format!("{at} <= {end} AND {end} - {at} <= {timespan}"),
        },
    );
}

/// Texts with a blank between them.
fn concat(texts: &[String]) -> String {
    match texts {
        [one] => one.clone(),
        several => format!("CONCAT({})", several.join(", \" \", ")),
    }
}

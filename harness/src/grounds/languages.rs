//! How each language is written, as far as its operators are concerned, and how the matrix calls them.

use super::tokens::{Quote, Signs};

/// A query language.
pub(super) struct Language {
    pub name: &'static str,
    pub signs: Signs,
    /// Whether keywords and functions are read in any case; the matrix has them in capitals.
    pub any_case: bool,
    /// What stands behind the name of a function in the matrix.
    pub function: &'static str,
    /// Several tokens that are one operator, longer ones first.
    pub phrases: &'static [Phrase],
    /// Words that belong to their command and have no row.
    pub plain: &'static [&'static str],
    /// Operators before a value.
    pub before_value: &'static [&'static str],
    pub literals: &'static [&'static str],
    pub literal_row: &'static str,
    /// The row of names without quotes.
    pub name_row: &'static str,
    /// The row of a number; empty where numbers have none.
    pub number: fn(&str) -> &'static str,
    /// The row of a bar.
    pub bar: &'static str,
    /// Commands that a query may begin with.
    pub starts: &'static [&'static str],
    /// Commands that list tables or columns, whose names may hold signs.
    pub sources: &'static [&'static str],
    /// Commands in which a word before a bracket is a name.
    pub no_functions: &'static [&'static str],
    /// The keyword behind an event's category.
    pub behind_category: &'static str,
    /// The rows of a bracket that stands alone, and of one behind a value.
    pub brackets: (&'static str, &'static str),
    /// Signs of the language that have no row: they give a name to a column.
    pub no_rows: &'static [&'static str],
}

/// Several tokens that are one operator.
pub(super) struct Phrase {
    pub words: &'static [&'static str],
    pub rows: &'static [&'static str],
    /// Whether it is a value then.
    pub is_value: bool,
}

const fn phrase(words: &'static [&'static str], rows: &'static [&'static str]) -> Phrase {
    Phrase {
        words,
        rows,
        is_value: false,
    }
}

const fn ends(words: &'static [&'static str], rows: &'static [&'static str]) -> Phrase {
    Phrase {
        words,
        rows,
        is_value: true,
    }
}

const fn quote(open: &'static str, close: &'static str, escapes: bool, row: &'static str) -> Quote {
    Quote {
        open,
        close,
        escapes,
        row,
    }
}

/// The language of this name.
pub(super) fn find(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.name == name)
}

/// What most languages have in common.
const COMMON: Language = Language {
    name: "",
    signs: Signs {
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        quotes: &[],
        operators: &[
            "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "=",
        ],
        in_words: &[],
    },
    any_case: false,
    function: "",
    phrases: &[],
    plain: &[],
    before_value: &[],
    literals: &["true", "false", "null"],
    literal_row: "",
    name_row: "",
    number: |_| "",
    bar: "",
    starts: &[],
    sources: &[],
    no_functions: &[],
    behind_category: "\0",
    brackets: ("", ""),
    no_rows: &["="],
};

static LANGUAGES: [Language; 3] = [KQL, ESQL, EQL];

const KQL: Language = Language {
    name: "kql",
    signs: Signs {
        line_comments: &["//"],
        block_comments: &[],
        quotes: &[
            quote("```", "```", false, "multi-line literal"),
            quote("h@\"", "\"", false, "obfuscated literal"),
            quote("h@'", "'", false, "obfuscated literal"),
            quote("h\"", "\"", true, "obfuscated literal"),
            quote("h'", "'", true, "obfuscated literal"),
            quote("@\"", "\"", false, "verbatim literal"),
            quote("@'", "'", false, "verbatim literal"),
            quote("\"", "\"", true, "string literal"),
            quote("'", "'", true, "string literal"),
        ],
        operators: &[
            "==", "=~", "!~", "!=", "<=", ">=", "..", "<", ">", "+", "-", "*", "/", "%", "=",
        ],
        in_words: &['~', '!', '$'],
    },
    function: "()",
    phrases: &[
        phrase(&["not", "matches", "regex"], &["not matches regex"]),
        phrase(&["matches", "regex"], &["matches regex"]),
        phrase(&["join", "kind", "=", "inner"], &["join kind=inner"]),
        phrase(
            &["join", "kind", "=", "innerunique"],
            &["join kind=innerunique"],
        ),
        phrase(
            &["join", "kind", "=", "leftouter"],
            &["join kind=leftouter"],
        ),
        phrase(&["join", "kind", "=", "leftanti"], &["join kind=leftanti"]),
        phrase(&["join", "kind", "=", "anti"], &["join kind=anti"]),
        phrase(&["join", "kind", "=", "leftsemi"], &["join kind=leftsemi"]),
        phrase(
            &["join", "kind", "=", "rightouter"],
            &["join kind=rightouter"],
        ),
        phrase(
            &["join", "kind", "=", "rightanti"],
            &["join kind=rightanti"],
        ),
        phrase(
            &["join", "kind", "=", "rightsemi"],
            &["join kind=rightsemi"],
        ),
        phrase(
            &["join", "kind", "=", "fullouter"],
            &["join kind=fullouter"],
        ),
        phrase(&["join", "kind"], &["join kind=?"]),
        phrase(&["join"], &["join kind=innerunique"]),
        phrase(&["mv", "-", "expand"], &["mv-expand"]),
        phrase(&["mv", "-", "apply"], &["mv-apply"]),
        phrase(&["project", "-", "away"], &["project-away"]),
        phrase(&["project", "-", "keep"], &["project-keep"]),
        phrase(&["project", "-", "rename"], &["project-rename"]),
        phrase(&["project", "-", "reorder"], &["project-reorder"]),
        phrase(&["parse", "-", "where"], &["parse-where"]),
        phrase(&["parse", "-", "kv"], &["parse-kv"]),
        phrase(&["sample", "-", "distinct"], &["sample-distinct"]),
        phrase(&["make", "-", "series"], &["make-series"]),
        phrase(&["datetime", "("], &["datetime literal"]),
        phrase(&["int", "("], &["int literal"]),
        phrase(&["long", "("], &["long literal"]),
        phrase(&["real", "("], &["real literal"]),
        phrase(&["double", "("], &["real literal"]),
        phrase(&["bool", "("], &["bool"]),
        phrase(&["timespan", "("], &["timespan literal"]),
        phrase(&["dynamic", "("], &["dynamic literal"]),
        phrase(&["union"], &["union"]),
    ],
    plain: &[
        "by",
        "on",
        "asc",
        "desc",
        "nulls",
        "first",
        "last",
        "with",
        "to",
        "typeof",
        "step",
        "from",
        "kind",
        "of",
        "string",
        "long",
        "int",
        "real",
        "double",
        "datetime",
        "timespan",
        "dynamic",
        "bool",
        "guid",
        "decimal",
        "hint",
        "declare",
        "with_match_id",
        "with_source",
        "isfuzzy",
        "bagexpansion",
        "itemindex",
    ],
    literals: &["true", "false"],
    literal_row: "bool",
    number: kusto_number,
    no_functions: &["partition"],
    starts: &[
        "let",
        "union",
        "print",
        "range",
        "datatable",
        "search",
        "find",
    ],
    brackets: ("names", "dynamic path"),
    ..COMMON
};

fn kusto_number(text: &str) -> &'static str {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match digits.chars().next() {
        None | Some('x' | 'X') => "long literal",
        Some('.') => "real literal",
        Some(_) => "timespan literal",
    }
}

const ESQL: Language = Language {
    name: "esql",
    signs: Signs {
        quotes: &[
            quote("\"\"\"", "\"\"\"", false, "triple quotes"),
            quote("\"", "\"", true, "string"),
            quote("`", "`", false, "backquotes"),
        ],
        operators: &[
            "::", "==", "=~", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "=",
        ],
        in_words: &['.', '@'],
        ..COMMON.signs
    },
    any_case: true,
    phrases: &[
        ends(&["IS", "NOT", "NULL"], &["IS NOT NULL"]),
        ends(&["IS", "NULL"], &["IS NULL"]),
        phrase(&["NOT", "IN"], &["NOT IN"]),
        phrase(&["NOT", "LIKE", "("], &["NOT LIKE", "LIKE list"]),
        phrase(&["NOT", "RLIKE", "("], &["NOT RLIKE", "RLIKE list"]),
        phrase(&["NOT", "LIKE"], &["NOT LIKE"]),
        phrase(&["NOT", "RLIKE"], &["NOT RLIKE"]),
        phrase(&["LIKE", "("], &["LIKE list"]),
        phrase(&["RLIKE", "("], &["RLIKE list"]),
        phrase(&["INLINE", "STATS"], &["INLINE STATS"]),
        phrase(&["BY"], &["BY"]),
    ],
    plain: &["METADATA", "ASC", "DESC", "NULLS", "FIRST", "LAST", "AS"],
    before_value: &["NOT"],
    literals: &["TRUE", "FALSE", "NULL"],
    name_row: "name",
    number: |text| {
        if text.contains('.') || text.chars().all(|c| c.is_ascii_digit()) {
            "number"
        } else {
            "timespan"
        }
    },
    starts: &["FROM", "ROW", "TS", "SHOW"],
    sources: &["FROM", "TS", "KEEP", "DROP"],
    ..COMMON
};

const EQL: Language = Language {
    name: "eql",
    signs: Signs {
        quotes: &[
            quote("\"\"\"", "\"\"\"", false, "raw string"),
            quote("\"", "\"", true, "string"),
            quote("`", "`", false, "backquotes"),
        ],
        operators: &[
            "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "=", ":",
        ],
        in_words: &['.', '@', '~'],
        ..COMMON.signs
    },
    phrases: &[
        phrase(&["not", "in~"], &["not in~"]),
        phrase(&["not", "in"], &["not in"]),
        ends(&["==", "null"], &["== null"]),
        ends(&["!=", "null"], &["!= null"]),
        phrase(&["!", "["], &["![ ]"]),
        phrase(&["with", "maxspan"], &["maxspan"]),
        phrase(&["with", "runs"], &["runs"]),
        phrase(&["by", "?"], &["by", "?by"]),
        phrase(&["?"], &["?field"]),
        phrase(&["by"], &["by"]),
        phrase(&["until"], &["until"]),
    ],
    before_value: &["not"],
    name_row: "field",
    bar: "pipe",
    starts: &["sequence", "sample", "join"],
    behind_category: "where",
    ..COMMON
};

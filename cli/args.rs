//! Arguments and their help.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// One detection rule, one verdict on every engine.
#[derive(Parser, Debug)]
#[command(name = "verdict", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Load, parse, type and lint rules
    Check(Check),
    /// Compile rules to query languages
    Build(Build),
    /// Prove by execution that every target gives a rule's verdict
    Test(Test),
    /// Run rules over events with the native matcher
    Scan(Scan),
    /// Run a query or rule over events with the harness's engine for its language
    Query(Query),
    /// Show what a rule means, why an event matches or not, or what a code says
    Explain(Explain),
    /// Print the events that the harness makes for a rule, labelled
    Gen(Gen),
    /// Write a page a rule, an index and an ATT&CK matrix, as Markdown
    Docs(Docs),
    /// Show which ATT&CK techniques rules cover: a Navigator layer, a picture
    Coverage(Coverage),
    /// Measure every rule of a corpus and write the status table
    #[command(hide = true)]
    Corpus(Corpus),
    /// Switch on each mistake inside the emitters and see whether the harness notices
    #[cfg(feature = "faults")]
    Faults(Faults),
}

/// How results are printed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people
    Human,
    /// One JSON object a line
    Json,
    /// Annotations of GitHub Actions
    Github,
}

/// How findings and verdicts on rules are printed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// One SARIF 2.1.0 log
    Sarif,
    /// One JUnit XML document
    Junit,
}

/// Which rules, and what their meaning depends on.
#[derive(Args, Debug)]
pub(crate) struct Rules {
    /// Rule files, packs, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Leave the logsource of Sigma rules out of their meaning
    #[arg(long)]
    pub any_source: bool,
    /// The mapping of the events, as `build` writes it
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
}

/// Load, parse, type and lint rules.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub rules: Rules,
    /// Also tell what this target cannot say, or not exactly, such as `kql:defender`; repeatable
    #[arg(long = "target", value_name = "TARGET[:PROFILE]")]
    pub targets: Vec<String>,
    /// Only rules that a change since this git revision concerns
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Exit 1 if a finding has this code; repeatable
    #[arg(long, value_name = "CODE")]
    pub deny: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: ReportFormat,
}

/// Compile rules to query languages.
#[derive(Args, Debug)]
pub(crate) struct Build {
    #[command(flatten)]
    pub rules: Rules,
    /// A target, with its profile: `kql`, `kql:raw`; repeatable. Default: the pack's targets
    #[arg(long = "target", value_name = "TARGET[:PROFILE]")]
    pub targets: Vec<String>,
    /// The folder to write to; `-` prints the query of one rule and one target
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What to write: the query alone
    #[arg(long = "as", value_enum, default_value = "query")]
    pub form: Form,
    /// Exit 1 if a pair has this code; repeatable
    #[arg(long, value_name = "CODE")]
    pub deny: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// What `build` writes.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The query alone
    Query,
}

/// Prove by execution that every target gives a rule's verdict.
#[derive(Args, Debug)]
pub(crate) struct Test {
    #[command(flatten)]
    pub rules: Rules,
    /// A target, with its profile; repeatable. Default: the pack's targets and `raw` of every target
    #[arg(long = "target", value_name = "TARGET[:PROFILE]")]
    pub targets: Vec<String>,
    /// An engine to judge with; repeatable. There is one kind so far: `own`, the harness's independent interpreters
    #[arg(long = "engine", value_name = "ENGINE", default_value = "own")]
    pub engines: Vec<String>,
    /// Mixed into the seed of every rule's random events
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Also count the mistakes in a rule that its events would show, and list those that they would not
    #[arg(long)]
    pub strength: bool,
    /// Exit 1 if the rules' events would show less than this share of the mistakes in them, or if there is none to show; measures strength
    #[arg(long, value_name = "PERCENT")]
    pub strength_floor: Option<f64>,
    /// How many threads; the output does not depend on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Write certificates, which measure strength too, and an HTML report to this folder
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Only rules that a change since this git revision concerns
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Exit 1 if a pair has this code; repeatable
    #[arg(long, value_name = "CODE")]
    pub deny: Vec<String>,
    /// Do not keep new counterexamples beside the pack
    #[arg(long)]
    pub no_keep: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: ReportFormat,
}

/// Run rules over events with the native matcher.
#[derive(Args, Debug)]
#[command(
    override_usage = "verdict scan [OPTIONS] --rules <PATH>... <EVENTS>...",
    after_help = "Example: verdict scan --rules packs events.ndjson\n\nFolders and files that end in .yml, .yaml or .toml are rules, what stands behind them holds events. \
                  Behind `--` everything holds events."
)]
pub(crate) struct Scan {
    /// Rule files, packs, or folders of them; repeatable
    #[arg(long = "rules", required = true, num_args = 1.., value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Leave the logsource of Sigma rules out of their meaning
    #[arg(long)]
    pub any_source: bool,
    /// The mapping of the events, as `build` writes it
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// How many join keys or groups a rule over several events keeps at a time
    #[arg(long, value_name = "N", default_value_t = verdict_targets::native::DEFAULT_KEYS)]
    pub max_keys: usize,
    /// Files of events: NDJSON or JSON, `.zst` too; `-` is standard input
    #[arg(value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
}

/// A language that `query` runs.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Elastic EQL
    Eql,
    /// A Sigma rule
    Sigma,
    /// Kusto KQL
    Kql,
    /// Elastic ES|QL
    Esql,
    /// Splunk SPL
    Spl,
}

/// Run a query or rule over events.
#[derive(Args, Debug)]
#[command(group(clap::ArgGroup::new("text").required(true).args(["query", "query_file"])))]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the flags"
)]
pub(crate) struct Query {
    /// The language of the query
    #[arg(long, value_enum)]
    pub language: Language,
    /// The query itself
    #[arg(long, value_name = "TEXT")]
    pub query: Option<String>,
    /// A file that holds the query
    #[arg(long, value_name = "FILE")]
    pub query_file: Option<PathBuf>,
    /// The mapping of the events, as `build` writes it
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Leave the logsource of a Sigma rule out of its meaning
    #[arg(long)]
    pub any_source: bool,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Files of events: NDJSON or JSON, `.zst` too; `-` is standard input
    #[arg(required = true, value_name = "EVENTS")]
    pub events: Vec<PathBuf>,
}

/// Show what a rule means, why an event matches or not, or what a code says.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A rule file, or a code such as `V0801` or `empty-is-missing`
    #[arg(value_name = "RULE|CODE")]
    pub subject: PathBuf,
    /// A file whose first event is explained, of a rule over several events all of them; `-` is standard input
    #[arg(value_name = "EVENTS")]
    pub event: Option<PathBuf>,
    /// Show these targets' texts instead of profile `raw` of every target, such as `kql:defender`
    #[arg(long = "target", value_name = "TARGET[:PROFILE]")]
    pub targets: Vec<String>,
    /// Leave the logsource of Sigma rules out of their meaning
    #[arg(long)]
    pub any_source: bool,
    /// The mapping of the events, as `build` writes it
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
}

/// Print the events that the harness makes for a rule.
#[derive(Args, Debug)]
pub(crate) struct Gen {
    #[command(flatten)]
    pub rules: Rules,
    /// Mixed into the seed of the random events
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// The most events a rule gets, beside the random ones
    #[arg(long, value_name = "N", default_value_t = 800)]
    pub most: usize,
    /// Only as many as keep a witness of each goal and show each mistake that all of them show
    #[arg(long)]
    pub stored: bool,
}

/// Write a page a rule, an index and an ATT&CK matrix.
#[derive(Args, Debug)]
pub(crate) struct Docs {
    #[command(flatten)]
    pub rules: Rules,
    /// A target, with its profile, that pages show; repeatable. Default: the pack's targets
    #[arg(long = "target", value_name = "TARGET[:PROFILE]")]
    pub targets: Vec<String>,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many threads; the output does not depend on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// Show which ATT&CK techniques rules cover.
#[derive(Args, Debug)]
pub(crate) struct Coverage {
    /// Rule files, packs, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write a layer for MITRE's ATT&CK Navigator to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub layer: Option<PathBuf>,
    /// Write a picture to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// Measure every rule of a corpus.
#[derive(Args, Debug)]
pub(crate) struct Corpus {
    /// The folder that holds `corpora/`, `events/` and `conformance/`
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Write the status table to this file
    #[arg(long, value_name = "FILE")]
    pub status: Option<PathBuf>,
    /// Also run every rule over every real event, by native, oracle and KQL engine
    #[arg(long)]
    pub events: bool,
    /// Also count the mistakes in every rule that its events would show
    #[arg(long)]
    pub strength: bool,
    /// How many threads; the output does not depend on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Only rules whose path holds this text
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
}

/// Switch on each mistake inside the emitters.
#[cfg(feature = "faults")]
#[derive(Args, Debug)]
pub(crate) struct Faults {
    /// Packs, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub packs: Vec<PathBuf>,
    /// Folders of more rules: `rules` in each, and perhaps `schema.json`
    #[arg(long, value_name = "DIR")]
    pub cases: Vec<PathBuf>,
    /// The folder of the corpora, for what the packs do not show
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Only this language
    #[arg(long, value_name = "NAME")]
    pub target: Vec<String>,
    /// Only sites whose name holds this text
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
}

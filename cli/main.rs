//! `verdict`: one rule, one verdict on every engine.
//!
//! The only place with files, the clock and standard output: parse arguments, run a command, map its outcome to an exit code.

mod args;
mod certificate;
mod commands;
mod corpus;
mod counterexamples;
mod denied;
mod events;
mod examination;
mod filter_text;
mod junit;
mod live;
mod output;
mod registry;
mod report;
mod rulebook;
mod sarif;
mod scope;
mod since;
mod sources;
mod stale;

use args::{Arguments, Command};
use clap::Parser;
use output::Exit;
use std::process::ExitCode;

/// A sixth of what a run over a corpus takes is asking for memory and giving it back; this one is quicker at it than most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not mistakes.
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Clean
            };
            let _ = error.print();
            return exit.into();
        }
    };
    let outcome = match &arguments.command {
        Command::Check(options) => commands::check::run(options),
        Command::Build(options) => commands::build::run(options),
        Command::Test(options) => commands::test::run(options),
        Command::Scan(options) => commands::scan::run(options),
        Command::Query(options) => commands::query::run(options),
        Command::Explain(options) => commands::explain::run(options),
        Command::Gen(options) => commands::r#gen::run(options),
        Command::Docs(options) => commands::docs::run(options),
        Command::Coverage(options) => commands::coverage::run(options),
        Command::Corpus(options) => commands::corpus::run(options),
        #[cfg(feature = "faults")]
        Command::Faults(options) => commands::faults::run(options),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.tell();
            failure.exit.into()
        }
    }
}

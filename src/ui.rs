//! Output: everything that a person or a script sees is printed here.
//!
//! Data goes to stdout; prompts, progress, notes and errors go to stderr. Text from either service is untrusted, so
//! everything here takes [`Text`], which is cleaned when it is created.

mod json;
mod observer;
mod progress;
mod prompts;
mod table;
pub mod view;
mod wrapped;

use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicUsize},
};

use console::{Style, Term};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::failure::{Failure, Kind};

pub use crate::text::Text;
pub use progress::Progress;
pub use prompts::stopped;
pub use table::{Align, Table, sparkline};

/// The format of printed data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// Comma-separated values, for lists
    Csv,
}

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where output goes.
#[derive(Clone, Default)]
pub enum Streams {
    /// The process's own stdout and stderr.
    #[default]
    Process,
    /// Both in memory, in the order in which they are written; for the tour.
    Captured(Arc<Mutex<Vec<u8>>>),
}

/// How to print, and if a person may be asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct OutputOptions {
    /// The format of printed data.
    pub format: Format,
    /// Print no notes.
    pub quiet: bool,
    /// How much to print: 1 unchanged items too, 2 HTTP requests, 3 their bodies.
    pub verbosity: u8,
    /// A person may be asked.
    pub may_ask: bool,
    /// When to use color.
    pub color: Color,
    /// `NO_COLOR` is set.
    pub no_color: bool,
}

/// Prints for one invocation, and asks its person.
#[derive(Clone)]
pub struct Ui(Arc<Inner>);

struct Inner {
    options: OutputOptions,
    streams: Streams,
    interactive: bool,
    color_out: bool,
    color_err: bool,
    /// The width of the terminal that stdout goes to.
    width: Option<u16>,
    /// The width of the terminal that stderr goes to.
    width_err: Option<u16>,
    bar: Mutex<Option<ProgressBar>>,
    waiting: AtomicUsize,
    unprinted: Mutex<Option<io::Error>>,
}

impl Ui {
    /// Output to these streams.
    pub fn new(options: OutputOptions, streams: Streams) -> Self {
        let process = matches!(streams, Streams::Process);
        let out_terminal = process && io::stdout().is_terminal();
        let err_terminal = process && io::stderr().is_terminal();
        let color = |terminal: bool| match options.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !options.no_color,
        };
        Self(Arc::new(Inner {
            options,
            interactive: options.may_ask && err_terminal && io::stdin().is_terminal(),
            color_out: color(out_terminal),
            color_err: color(err_terminal),
            width: out_terminal.then(|| Term::stdout().size().1),
            width_err: err_terminal.then(|| Term::stderr().size().1),
            streams,
            bar: Mutex::new(None),
            waiting: AtomicUsize::new(0),
            unprinted: Mutex::new(None),
        }))
    }

    /// The format of printed data.
    pub fn format(&self) -> Format {
        self.0.options.format
    }

    /// How much to print.
    pub fn verbosity(&self) -> u8 {
        self.0.options.verbosity
    }

    /// True if a person is there and may be asked.
    pub fn is_interactive(&self) -> bool {
        self.0.interactive
    }

    /// The exit code of work that ended with `code`. If the work succeeded but its result could not be printed, that
    /// is reported as a failure of its own.
    pub fn exit_code(&self, code: u8) -> u8 {
        let unprinted = self.unprinted().take();
        let Some(error) = unprinted else {
            return code;
        };
        // Whoever closed the pipe knows that there is more.
        if error.kind() != io::ErrorKind::BrokenPipe {
            let failure = Failure::failed(format!("the output could not be written: {error}"));
            self.write_failure(&failure);
        }
        if code == 0 { Kind::Failed.exit_code() } else { code }
    }

    /// Prints data; a newline is added.
    pub fn data(&self, text: impl Into<Text>) {
        self.write_out(&format!("{}\n", text.into()));
    }

    /// Prints halolink's own text without adding a newline: help, scripts.
    pub fn raw(&self, text: &str) {
        self.write_out(&Text::laid_out(text));
    }

    /// Prints one JSON document.
    pub fn json(&self, document: &impl Serialize) {
        self.write(|out| json::write(out, document));
    }

    /// Prints a table in the chosen format: laid out, or as CSV.
    pub fn table(&self, table: &Table) {
        match self.0.options.format {
            Format::Csv => self.write_out(&table.to_csv()),
            Format::Table | Format::Json => {
                self.write_out(&format!("{}\n", table.to_text(self.0.width, self.0.color_out)));
            }
        }
    }

    /// Prints a note for people, unless `--quiet` is given.
    pub fn note(&self, text: impl Into<Text>) {
        if !self.0.options.quiet {
            let text: Text = text.into();
            let text = wrapped::wrapped(&text, self.0.width_err, 0);
            self.write_err(&format!("{text}\n"));
        }
    }

    /// Prints a note that something has succeeded.
    pub fn success(&self, text: impl Into<Text>) {
        if !self.0.options.quiet {
            self.write_err_after("✓", &Style::new().green(), &text.into());
        }
    }

    /// Prints a note if this verbosity was asked for.
    pub fn detail(&self, verbosity: u8, text: impl Into<Text>) {
        if self.0.options.verbosity >= verbosity {
            self.write_err(&format!("{}\n", text.into()));
        }
    }

    /// Prints a warning.
    pub fn warn(&self, text: impl Into<Text>) {
        self.write_err_after("warning:", &Style::new().yellow().bold(), &text.into());
    }

    /// Prints a failure: on stderr for people, and as the JSON document on stdout for programs.
    pub fn failure(&self, failure: &Failure) {
        if self.0.options.format == Format::Json {
            self.json(&serde_json::json!({"error": {
                "kind": failure.kind.name(),
                "message": failure.message,
                "hint": failure.hint,
            }}));
        }
        self.write_failure(failure);
    }

    fn write_failure(&self, failure: &Failure) {
        self.write_err_after("error:", &Style::new().red().bold(), &failure.message);
        if let Some(hint) = &failure.hint {
            // As wide as "error:", so that both texts are aligned. Not wrapped, because people copy from it.
            let word = Style::new()
                .cyan()
                .force_styling(self.0.color_err)
                .apply_to("hint: ");
            self.write_err(&format!("{word} {hint}\n"));
        }
    }

    /// Prints a line on stderr that begins with a colored word.
    fn write_err_after(&self, word: &str, style: &Style, text: &Text) {
        let text = wrapped::wrapped(text, self.0.width_err, word.chars().count() + 1);
        let word = style.clone().force_styling(self.0.color_err).apply_to(word);
        self.write_err(&format!("{word} {text}\n"));
    }

    fn write_out(&self, text: &str) {
        self.write(|out| out.write_all(text.as_bytes()));
    }

    /// Writes to stdout. After an error nothing more is written: a part of the rest would be of no use.
    fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut unprinted = self.unprinted();
        if unprinted.is_some() {
            return;
        }
        let written = match &self.0.streams {
            Streams::Captured(memory) => write(&mut *memory.lock().unwrap_or_else(PoisonError::into_inner)),
            // In large pieces, but without keeping all of it in memory.
            Streams::Process => {
                let mut out = io::BufWriter::new(io::stdout().lock());
                let written = write(&mut out).and_then(|()| out.flush());
                // What could not be written is not tried again.
                let (mut out, _) = out.into_parts();
                written.and_then(|()| out.flush())
            }
        };
        *unprinted = written.err();
    }

    fn unprinted(&self) -> std::sync::MutexGuard<'_, Option<io::Error>> {
        self.0.unprinted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_err(&self, text: &str) {
        match &self.0.streams {
            Streams::Captured(memory) => {
                memory
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend_from_slice(text.as_bytes());
            }
            Streams::Process => {
                let write = || {
                    // If stderr is closed, there is no one to tell.
                    let _ = io::stderr().lock().write_all(text.as_bytes());
                };
                match self.bar().as_ref() {
                    Some(bar) => bar.suspend(write),
                    None => write(),
                }
            }
        }
    }

    fn bar(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.0.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

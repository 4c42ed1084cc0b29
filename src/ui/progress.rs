//! Showing the progress of work that takes a while, to people at a terminal.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Streams, Text, Ui};

/// Progress that is shown until this is dropped. Without a terminal, nothing is shown.
pub struct Progress {
    ui: Ui,
    bar: Option<ProgressBar>,
}

impl Ui {
    /// Begins to show progress of `what`, e.g. "reading licenses".
    pub fn progress(&self, what: impl Into<Text>) -> Progress {
        let visible = !self.0.options.quiet
            && matches!(self.0.streams, Streams::Process)
            && std::io::stderr().is_terminal();
        let bar = visible.then(|| {
            let bar = ProgressBar::new_spinner().with_prefix(String::from(what.into()));
            bar.set_style(style("{spinner} {prefix} {human_pos} {wide_msg}"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        self.bar().clone_from(&bar);
        Progress {
            ui: self.clone(),
            bar,
        }
    }
}

impl Progress {
    /// Shows how much is done, out of how much if that is known.
    pub fn set(&self, done: usize, total: Option<usize>) {
        let Some(bar) = &self.bar else {
            return;
        };
        if let Some(total) = total
            && bar.length() != Some(total as u64)
        {
            bar.set_length(total as u64);
            bar.set_style(style(
                "{spinner} {prefix} {bar:24} {human_pos}/{human_len} {wide_msg}",
            ));
        }
        bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            self.ui.bar().take();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

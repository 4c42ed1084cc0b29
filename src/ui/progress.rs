//! Showing the progress of work that takes a while, to people at a terminal.

use std::{
    fmt::{self, Write},
    io::IsTerminal,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

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
    /// Shows how much is done, out of how much if that is known; then, after a while, also how long the rest takes.
    pub fn set(&self, done: usize, total: Option<usize>) {
        let Some(bar) = &self.bar else {
            return;
        };
        if let Some(total) = total
            && bar.length() != Some(total as u64)
        {
            bar.set_length(total as u64);
            let style = style("{spinner} {prefix} {bar:24} {human_pos}/{human_len}{left} {wide_msg}");
            bar.set_style(
                style.with_key("left", |state: &ProgressState, out: &mut dyn Write| {
                    // A line that cannot be drawn is drawn again soon.
                    let _ = write_left(state, out);
                }),
            );
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

/// How long to wait until the time that is left is more than a guess.
const SOON: Duration = Duration::from_secs(3);

fn write_left(state: &ProgressState, out: &mut dyn Write) -> fmt::Result {
    let total = state.len().unwrap_or_default();
    match left(state.elapsed(), state.pos(), total) {
        Some(left) => write!(out, ", {left}"),
        None => Ok(()),
    }
}

/// How long the rest takes, in words, if it goes on like this; none as long as there is little to go by.
fn left(elapsed: Duration, done: u64, total: u64) -> Option<String> {
    if elapsed < SOON || done == 0 || done >= total {
        return None;
    }
    let seconds = (elapsed.as_secs_f64() * (total - done) as f64 / done as f64).ceil() as u64;
    Some(match seconds {
        0..=90 => format!("about {seconds} s left"),
        91..=5_400 => format!("about {} min left", seconds.div_ceil(60)),
        _ => format!("about {} h left", seconds.div_ceil(3_600)),
    })
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_said_once_there_is_something_to_go_by() {
        let left = |seconds: u64, done, total| left(Duration::from_secs(seconds), done, total);
        assert_eq!(left(2, 1, 1_000), None);
        assert_eq!(left(60, 0, 1_000), None);
        assert_eq!(left(60, 1_000, 1_000), None);
        assert_eq!(left(10, 500, 1_000).as_deref(), Some("about 10 s left"));
        assert_eq!(left(10, 50, 1_000).as_deref(), Some("about 4 min left"));
        assert_eq!(
            left(3, 1, u64::MAX)
                .as_deref()
                .map(|text| text.ends_with(" h left")),
            Some(true)
        );
    }
}

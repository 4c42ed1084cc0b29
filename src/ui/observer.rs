//! Showing what happens in HTTP: waits to everyone, requests only to those who asked for more.

use std::{sync::atomic::Ordering, time::Duration};

use super::{Text, Ui};
use crate::http::{Observer, whole_seconds};

impl Observer for Ui {
    fn exchanged(&self, line: &str) {
        self.detail(2, line);
    }

    fn body(&self, json: &str) {
        self.detail(3, format!("  sends {json}"));
    }

    fn waiting(&self, why: &str, remaining: Duration, first: bool) {
        let seconds = whole_seconds(remaining);
        // To a person, requests that wait at the same time are one wait.
        let alone = !first || self.0.waiting.fetch_add(1, Ordering::Relaxed) == 0;
        if let Some(bar) = self.bar().as_ref() {
            bar.set_message(String::from(Text::from(format!("waiting {seconds} s: {why}"))));
        } else if first && alone {
            self.note(format!("waiting {seconds} s: {why}"));
        }
    }

    fn resumed(&self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        if let Some(bar) = self.bar().as_ref() {
            bar.set_message("");
        }
    }
}

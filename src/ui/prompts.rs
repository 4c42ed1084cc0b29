//! Asking questions. They are only asked if a person is there to answer.
//!
//! Prompts block, so they run on a thread of their own, and the runtime stays free to notice Ctrl-C.

use console::Term;
use dialoguer::{
    Confirm, FuzzySelect, Input, Password, Select,
    theme::{ColorfulTheme, SimpleTheme, Theme},
};
use secrecy::SecretString;

use super::{Text, Ui};
use crate::failure::{Failure, Kind};

/// The number of rows that a picker shows at a time.
const ROWS: usize = 12;

impl Ui {
    /// Asks for yes or no; no is the default.
    ///
    /// # Errors
    /// No one is there, or the person stops the command.
    pub async fn confirm(&self, question: impl Into<Text>) -> anyhow::Result<bool> {
        let question: Text = question.into();
        self.ask(move |theme, term| {
            Confirm::with_theme(theme)
                .with_prompt(String::from(question))
                .default(false)
                .interact_on_opt(term)
                .map(|answer| answer.unwrap_or(false))
        })
        .await
    }

    /// Asks for a line of text that `check` accepts.
    ///
    /// # Errors
    /// No one is there, or the person stops the command.
    pub async fn input(
        &self,
        label: impl Into<Text>,
        default: Option<String>,
        check: impl Fn(&str) -> Result<(), String> + Send + 'static,
    ) -> anyhow::Result<String> {
        let label: Text = label.into();
        self.ask(move |theme, term| {
            let mut input = Input::<String>::with_theme(theme)
                .with_prompt(String::from(label))
                .validate_with(move |text: &String| check(text).map_err(Text::from));
            if let Some(default) = default {
                input = input.default(Text::from(default).into());
            }
            input.interact_text_on(term)
        })
        .await
    }

    /// Asks for a secret, which is not shown while it is typed.
    ///
    /// # Errors
    /// No one is there, or the person stops the command.
    pub async fn password(
        &self,
        label: impl Into<Text>,
        check: impl Fn(&str) -> Result<(), String> + Send + 'static,
    ) -> anyhow::Result<SecretString> {
        let label: Text = label.into();
        self.ask(move |theme, term| {
            Password::with_theme(theme)
                .with_prompt(String::from(label))
                .validate_with(move |text: &String| check(text).map_err(Text::from))
                .interact_on(term)
                .map(SecretString::from)
        })
        .await
    }

    /// Asks for one of a few choices. Returns its index.
    ///
    /// # Errors
    /// No one is there, or the person stops the command.
    pub async fn select<T: Into<Text>>(
        &self,
        label: impl Into<Text>,
        items: Vec<T>,
        default: usize,
    ) -> anyhow::Result<usize> {
        let label: Text = label.into();
        let items: Vec<Text> = items.into_iter().map(Into::into).collect();
        let chosen = self
            .ask(move |theme, term| {
                Select::with_theme(theme)
                    .with_prompt(String::from(label))
                    .items(&items)
                    .default(default)
                    .max_length(ROWS)
                    .interact_on_opt(term)
            })
            .await?;
        chosen.ok_or_else(stopped)
    }

    /// Asks for one of many choices, which typing filters. Returns its index.
    ///
    /// # Errors
    /// No one is there, or the person stops the command.
    pub async fn pick(&self, label: impl Into<Text>, items: Vec<String>) -> anyhow::Result<usize> {
        self.pick_from(label, items, 0).await
    }

    /// Asks for one of many choices, which typing filters, with one of them preselected. Returns its index.
    ///
    /// # Errors
    /// No one is there, or the person stops the command.
    pub async fn pick_from(
        &self,
        label: impl Into<Text>,
        items: Vec<String>,
        first: usize,
    ) -> anyhow::Result<usize> {
        let label: Text = label.into();
        let items: Vec<Text> = items.into_iter().map(Into::into).collect();
        let chosen = self
            .ask(move |theme, term| {
                FuzzySelect::with_theme(theme)
                    .with_prompt(String::from(label))
                    .items(&items)
                    .default(first)
                    .max_length(ROWS)
                    .interact_on_opt(term)
            })
            .await?;
        chosen.ok_or_else(stopped)
    }

    async fn ask<T: Send + 'static>(
        &self,
        prompt: impl FnOnce(&dyn Theme, &Term) -> dialoguer::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        if !self.is_interactive() {
            return Err(Failure::usage("no one is here to answer a question").into());
        }
        let color = self.0.color_err;
        let answer = tokio::task::spawn_blocking(move || {
            let term = Term::stderr();
            if color {
                prompt(&ColorfulTheme::default(), &term)
            } else {
                prompt(&SimpleTheme, &term)
            }
        })
        .await
        .map_err(|error| Failure::failed(format!("the prompt failed: {error}")))?;
        answer.map_err(|error| match error {
            dialoguer::Error::IO(error) if error.kind() == std::io::ErrorKind::Interrupted => stopped(),
            dialoguer::Error::IO(error) => {
                anyhow::Error::from(Failure::failed(format!("cannot ask on this terminal: {error}")))
            }
        })
    }
}

/// The error of a command that a person stopped: nothing was changed.
pub fn stopped() -> anyhow::Error {
    Failure::new(Kind::Interrupted, "stopped; nothing was changed").into()
}

//! The terminal as it was found. A prompt that is broken off by Ctrl-C may have hidden the cursor or
//! switched the echo off, and nobody else puts that right.

use std::io::IsTerminal;

use console::Term;

/// The terminal's settings when the program started.
pub struct Saved {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Saved {
    /// Takes them down.
    pub fn now() -> Self {
        Self {
            #[cfg(unix)]
            settings: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }

    /// Puts them back, and shows the cursor.
    pub fn restore(self) {
        #[cfg(unix)]
        if let Some(settings) = self.settings {
            // A terminal that is gone needs no restoring.
            let _ = rustix::termios::tcsetattr(
                std::io::stdin(),
                rustix::termios::OptionalActions::Now,
                &settings,
            );
        }
        if std::io::stderr().is_terminal() {
            let _ = Term::stderr().show_cursor();
        }
    }
}

//! Restoring the terminal. A prompt that Ctrl-C interrupts may have hidden the cursor or switched off the echo, and
//! nothing else restores them.

use std::io::IsTerminal;

use console::Term;

/// The terminal's settings when the program started.
pub struct Saved {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Saved {
    /// Saves the settings.
    pub fn now() -> Self {
        Self {
            #[cfg(unix)]
            settings: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }

    /// Restores the settings, and shows the cursor.
    pub fn restore(self) {
        #[cfg(unix)]
        if let Some(settings) = self.settings {
            // If the terminal is gone, there is nothing to restore.
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

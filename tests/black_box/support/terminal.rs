//! A terminal with a person at it: what is on the screen, and keys to press.

use std::{
    ffi::OsStr,
    io::{Read, Write},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use assert_cmd::cargo::cargo_bin;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

use super::Stage;

pub const ENTER: &str = "\r";
pub const CTRL_C: &str = "\u{3}";
pub const ESCAPE: &str = "\u{1b}";
pub const UP: &str = "\u{1b}[A";
pub const DOWN: &str = "\u{1b}[B";

/// Rows and columns, unless a test says otherwise.
const SIZE: (u16, u16) = (40, 120);
/// After this long a screen will not come any more.
const LONGEST: Duration = Duration::from_secs(30);

/// halolink in a terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    // Open until the end: the settings are looked at after halolink has ended.
    slave: Option<Box<dyn SlavePty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    received: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    /// The terminal's settings before halolink started.
    before: String,
}

impl Terminal {
    /// Starts halolink in a terminal of its own, with the stage's variables.
    pub fn start(stage: &Stage, arguments: &[&str]) -> Self {
        Self::start_with(stage, arguments, &[])
    }

    /// The same with more variables.
    pub fn start_with(stage: &Stage, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_program(stage, cargo_bin("halolink"), arguments, variables)
    }

    /// Starts another program in the stage's home, with the stage's variables and more.
    #[track_caller]
    #[must_use]
    pub fn start_program(
        stage: &Stage,
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        Self::start_sized(stage, program, arguments, variables, SIZE)
    }

    /// The same in a terminal of so many rows and columns.
    #[track_caller]
    #[must_use]
    pub fn start_sized(
        stage: &Stage,
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        variables: &[(&str, &str)],
        (rows, columns): (u16, u16),
    ) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(stage.home());
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let before = settings(pair.master.as_ref());
        command.env_clear();
        for (name, value) in stage.variables() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let received = Arc::new(Mutex::new(Vec::new()));
        let (shown, kept) = (screen.clone(), received.clone());
        // Ends with the terminal.
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = output.read(&mut bytes) {
                if count == 0 {
                    break;
                }
                kept.lock().expect("the bytes").extend_from_slice(&bytes[..count]);
                shown.lock().expect("the screen").process(&bytes[..count]);
            }
        });
        Self {
            keys: pair.master.take_writer().expect("a writer"),
            master: pair.master,
            slave: Some(pair.slave),
            child,
            screen,
            received,
            reader: Some(reader),
            before,
        }
    }

    /// What is on the screen.
    #[track_caller]
    pub fn text(&self) -> String {
        self.screen.lock().expect("the screen").screen().contents()
    }

    /// Everything that the terminal was given so far.
    #[track_caller]
    pub fn received(&self) -> String {
        String::from_utf8_lossy(&self.received.lock().expect("the bytes")).into_owned()
    }

    /// Everything on the screen, with its colours, once the program has ended and all that it said has arrived.
    pub fn shown_at_the_end(&mut self) -> vt100::Screen {
        // Nobody holds the terminal open any more: what is read ends with what was written.
        self.slave = None;
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ends");
        }
        self.shown()
    }

    /// Everything on the screen now, with its colours.
    pub fn shown(&self) -> vt100::Screen {
        self.screen.lock().expect("the screen").screen().clone()
    }

    /// Waits until this is on the screen.
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.waits_for(&format!("\"{text}\""), |screen| screen.contains(text))
    }

    /// Waits until the screen is so.
    #[track_caller]
    pub fn waits_for(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> &mut Self {
        let end = Instant::now() + LONGEST;
        while !is_so(&self.text()) {
            assert!(
                Instant::now() < end,
                "{what} is not on the screen:\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(10));
        }
        self
    }

    /// Presses keys.
    #[track_caller]
    pub fn types(&mut self, keys: &str) -> &mut Self {
        self.keys
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
        self
    }

    /// Waits for the end; the exit code.
    #[track_caller]
    #[must_use]
    pub fn ends(&mut self) -> u32 {
        let end = Instant::now() + LONGEST;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status.exit_code();
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asserts that the terminal is as it was: cursor shown, echo on, lines edited.
    #[track_caller]
    pub fn is_restored(&mut self) -> &mut Self {
        assert_eq!(
            settings(self.master.as_ref()),
            self.before,
            "the settings are not restored"
        );
        let screen = self.screen.clone();
        self.waits_for("the cursor", move |_| {
            !screen.lock().expect("the screen").screen().hide_cursor()
        })
    }

    /// Whether this text, which is on the screen, is bold.
    #[track_caller]
    pub fn is_bold(&self, text: &str) -> bool {
        let parser = self.screen.lock().expect("the screen");
        let screen = parser.screen();
        let lines: Vec<String> = screen.rows(0, screen.size().1).collect();
        let row = lines
            .iter()
            .position(|line| line.contains(text))
            .expect("it is on the screen");
        // Headers are ASCII: bytes are columns.
        let column = lines[row].find(text).expect("it is in this row");
        screen.cell(row as u16, column as u16).expect("a cell").bold()
    }

    /// The lines below the one with this text, down to an empty one: what a picker offers.
    pub fn offered(&self, prompt: &str) -> Vec<String> {
        self.text()
            .lines()
            .skip_while(|line| !line.contains(prompt))
            .skip(1)
            .take_while(|line| !line.trim().is_empty())
            .map(|line| line.trim_start_matches(['>', '❯', ' ']).trim_end().to_owned())
            .collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // One that failed its test may still run.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal has settings"))
}

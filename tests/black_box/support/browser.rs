//! A real Chromium without a window, which the tests drive over its debugging protocol.
//!
//! It listens on a pair of pipes, so no port is opened and no WebSocket is needed.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take; most take milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page, until it is dropped.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    last_id: u64,
    /// What it told without being asked.
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    pub fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The protocol's pipes are 3 and 4; the shell makes them of those that it was given.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1"#, "sh"])
            .args(["chromium", "--headless=new", "--remote-debugging-pipe"])
            // The tests may run as root in a container, where its sandbox cannot start.
            .args(["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-extensions", "--hide-scrollbars"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("HOME", profile.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self {
            child,
            input,
            messages,
            session: String::new(),
            last_id: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", target);
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Opens a file, and waits until it has loaded.
    pub fn open(&mut self, file: &Path) -> String {
        let url = format!("file://{}", file.display());
        self.events.clear();
        let opened = self.call("Page.navigate", json!({"url": &url}));
        assert_eq!(opened["errorText"], Value::Null, "{url}: is chromium installed?");
        while !self
            .events
            .iter()
            .any(|event| event["method"] == "Page.loadEventFired")
        {
            let event = self.next();
            self.events.push(event);
        }
        url
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub fn value(&mut self, expression: &str) -> Value {
        let result = self.call(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true}),
        );
        assert_eq!(result["exceptionDetails"], Value::Null, "{expression}");
        result["result"]["value"].clone()
    }

    /// Clicks with the mouse in the middle of what a selector finds.
    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const one = document.querySelector({selector:?});
                one.scrollIntoView({{block: 'center', inline: 'center'}});
                const at = one.getBoundingClientRect();
                return [at.x + at.width / 2, at.y + at.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.call(
                "Input.dispatchMouseEvent",
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}),
            );
        }
    }

    /// Types into what has the focus.
    pub fn type_in(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Makes the window this wide, and the system light or dark.
    pub fn show(&mut self, width: u32, scheme: &str) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// A picture (PNG, in base 64) of the whole page.
    pub fn picture(&mut self) -> String {
        let picture = self.call("Page.captureScreenshot", json!({"captureBeyondViewport": true}));
        picture["data"].as_str().unwrap().to_owned()
    }

    /// What it told of this kind since the page was opened.
    pub fn told(&mut self, method: &str) -> Vec<Value> {
        // Whatever is on its way has arrived once an answer has.
        self.value("new Promise(done => setTimeout(done, 100))");
        let told = self.events.iter().filter(|event| event["method"] == method);
        told.map(|event| event["params"].clone()).collect()
    }

    #[track_caller]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut message = serde_json::to_vec(&message).unwrap();
        message.push(0);
        self.input
            .write_all(&message)
            .expect("chromium must be installed");
        loop {
            let answer = self.next();
            if answer["id"] == self.last_id {
                assert_eq!(answer["error"], Value::Null, "{method}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    #[track_caller]
    fn next(&mut self) -> Value {
        self.messages
            .recv_timeout(PATIENCE)
            .expect("chromium must be installed, and answer")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Everything that it started ends with it, and the profile can be deleted.
        self.session.clear();
        let close = b"{\"id\":0,\"method\":\"Browser.close\"}\0";
        if self.input.write_all(close).is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Where pictures are left to be looked at, if `HALOLINK_LOOK` names a directory.
pub fn look_at(name: &str, picture: &str) {
    use base64::{Engine, prelude::BASE64_STANDARD};

    if let Some(directory) = env::var_os("HALOLINK_LOOK") {
        let directory = PathBuf::from(directory);
        fs::create_dir_all(&directory).unwrap();
        let picture = BASE64_STANDARD.decode(picture).unwrap();
        fs::write(directory.join(name), picture).unwrap();
    }
}

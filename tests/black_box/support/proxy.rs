//! Something between halolink and the sandbox that can answer in the sandbox's place, and a place where
//! nobody should come.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

/// Decides on a request by its method and path: an answer in place of the sandbox's, or none.
type Decide = dyn Fn(&str, &str) -> Option<String> + Send + Sync;

/// Changes the sandbox's answer to a request of that method and path.
type Change = dyn Fn(&str, &str, Vec<u8>) -> Vec<u8> + Send + Sync;

/// Listens in front of a service and changes its answers, head and body; the URL to use in its place.
pub fn changing(target: &str, change: impl Fn(&str, String) -> String + Send + Sync + 'static) -> String {
    let target = target.trim_start_matches("http://").to_owned();
    let change: Arc<Change> = Arc::new(
        move |_: &str, path: &str, answer| match String::from_utf8(answer) {
            Ok(text) => change(path, text).into_bytes(),
            Err(error) => error.into_bytes(),
        },
    );
    listen(move |client| pass(client, &target, &|_, _| None, change.as_ref()))
}

/// Listens in front of a service and changes its answers, told the method, the path with its query and the answer in
/// its parts; the URL to use in its place.
pub fn answering(
    target: &str,
    change: impl Fn(&str, &str, Answer) -> Answer + Send + Sync + 'static,
) -> String {
    let target = target.trim_start_matches("http://").to_owned();
    let change: Arc<Change> = Arc::new(move |method: &str, path: &str, answer: Vec<u8>| {
        change(method, path, Answer::read(&answer)).written()
    });
    listen(move |client| pass(client, &target, &|_, _| None, change.as_ref()))
}

/// Listens in front of a service at `target` (`http://host:port`); the URL to use in its place.
pub fn in_front_of(
    target: &str,
    decide: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
) -> String {
    let target = target.trim_start_matches("http://").to_owned();
    let decide: Arc<Decide> = Arc::new(decide);
    listen(move |client| pass(client, &target, decide.as_ref(), &|_, _, answer| answer))
}

/// As [`in_front_of`], over https; the URL has the host name `localhost`.
#[cfg(target_os = "linux")]
pub fn tls_in_front_of(
    target: &str,
    server: &Arc<rustls::ServerConfig>,
    decide: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
) -> String {
    let target = target.trim_start_matches("http://").to_owned();
    let decide: Arc<Decide> = Arc::new(decide);
    let server = server.clone();
    let url = listen(move |mut client| {
        let mut connection = rustls::ServerConnection::new(server.clone()).map_err(std::io::Error::other)?;
        // A client that distrusts the certificate asks nothing.
        while connection.is_handshaking() {
            connection.complete_io(&mut client)?;
        }
        let mut stream = rustls::StreamOwned::new(connection, client);
        pass(&mut stream, &target, decide.as_ref(), &|_, _, answer| answer)?;
        stream.conn.send_close_notify();
        stream.flush()
    });
    url.replace("http://127.0.0.1", "https://localhost")
}

/// Listens, and serves each connection in a thread of its own; the URL to come to.
#[track_caller]
fn listen(serve: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let serve = Arc::new(serve);
    // Left behind at the end of the test process.
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let serve = serve.clone();
            // A client that leaves early is its own affair.
            thread::spawn(move || serve(client));
        }
    });
    url
}

/// One request and its answer; the connection is closed after it.
fn pass(client: impl Read + Write, target: &str, decide: &Decide, change: &Change) -> std::io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let mut head = first.clone();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if let Some(answer) = decide(method, path) {
        reader.get_mut().write_all(answer.as_bytes())?;
        return reader.get_mut().flush();
    }
    let mut server = TcpStream::connect(target)?;
    server.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    server.write_all(&body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    reader.get_mut().write_all(&change(method, path, answer))?;
    reader.get_mut().flush()
}

/// The answer without its length, which a changed body may not have; it ends with the connection.
pub fn without_length(answer: &str) -> String {
    answer
        .split_inclusive("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"))
        .collect()
}

/// An answer without a body.
pub fn answer(status: &str, header: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// A listener that no client should come to.
pub struct Nowhere(TcpListener);

impl Nowhere {
    #[track_caller]
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("nonblocking");
        Self(listener)
    }

    #[track_caller]
    pub fn url(&self) -> String {
        // Another name of this machine, so that it is another host.
        format!(
            "http://localhost:{}",
            self.0.local_addr().expect("an address").port()
        )
    }

    /// Whether anybody connected.
    pub fn was_visited(&self) -> bool {
        self.0.accept().is_ok()
    }
}

/// An answer on its way to the client.
pub struct Answer {
    pub status: String,
    pub content_type: String,
    pub encoding: Option<&'static str>,
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON, in good order.
    pub fn json(text: impl Into<Vec<u8>>) -> Self {
        Self {
            status: "200 OK".to_owned(),
            content_type: "application/json".to_owned(),
            encoding: None,
            body: text.into(),
        }
    }

    /// The same with another status.
    pub fn status(mut self, status: &str) -> Self {
        status.clone_into(&mut self.status);
        self
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("an answer is UTF-8")
    }

    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let (head, body) = bytes.split_at(end.map_or(bytes.len(), |end| end + 4));
        let head = String::from_utf8_lossy(head);
        let (first, fields) = head.split_once("\r\n").unwrap_or((&head, ""));
        let content_type = fields.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-type")
                .then(|| value.to_owned())
        });
        Self {
            status: first.split_once(' ').map_or("", |(_, status)| status).to_owned(),
            content_type: content_type.unwrap_or_default(),
            encoding: None,
            body: body.to_owned(),
        }
    }

    fn written(&self) -> Vec<u8> {
        let encoding = self.encoding.map_or(String::new(), |encoding| {
            format!("Content-Encoding: {encoding}\r\n")
        });
        let mut bytes = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\n{encoding}Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.status,
            self.content_type,
            self.body.len()
        )
        .into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

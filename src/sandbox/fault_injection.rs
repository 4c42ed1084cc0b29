//! Fault injection: the faults that are on, what each does to a request, and how often it did. Where a fault concerns a
//! single list or record (a cap on pages, garbled seats), the code that makes it asks [`Faults::strikes`].

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{
    Fault, Service,
    call::Call,
    reply::{Delivery, Payload, Reply},
};

/// How many requests one [`Fault::RateStorm`] refuses.
const STORM: u32 = 5;

/// Where [`Fault::RedirectElsewhere`] leads: to another host, where nobody answers.
const ELSEWHERE: &str = "http://localhost:1/";

/// The faults that are on and what they have done so far.
pub(super) struct Faults {
    on: HashSet<Fault>,
    /// In a cell, because most callers of `strikes` have only a shared reference.
    struck: RefCell<HashMap<Fault, u64>>,
    done: HashSet<(Fault, String)>,
    asked: HashMap<Service, u32>,
    storm: u32,
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        let on: HashSet<Fault> = faults.into_iter().collect();
        Self {
            storm: if on.contains(&Fault::RateStorm) { STORM } else { 0 },
            on,
            struck: RefCell::default(),
            done: HashSet::new(),
            asked: HashMap::new(),
        }
    }

    /// Whether a fault is on. For callers that do not know yet whether it will change anything.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.on.contains(&fault)
    }

    /// Whether a fault is on, and counts it if so. For callers that change something then.
    pub(super) fn strikes(&self, fault: Fault) -> bool {
        let on = self.has(fault);
        if on {
            *self.struck.borrow_mut().entry(fault).or_default() += 1;
        }
        on
    }

    /// The same for a fault that strikes each thing only once.
    fn strikes_once(&mut self, fault: Fault, thing: String) -> bool {
        self.has(fault) && self.done.insert((fault, thing)) && self.strikes(fault)
    }

    /// How often a fault has changed something since the faults were set.
    pub(super) fn struck(&self, fault: Fault) -> u64 {
        self.struck.borrow().get(&fault).copied().unwrap_or_default()
    }

    /// The faults that are on, in the order of [`Fault::ALL`].
    pub(super) fn on(&self) -> impl Iterator<Item = Fault> {
        Fault::ALL.iter().copied().filter(|fault| self.has(*fault))
    }

    /// A refusal as if by the rate limit; comes before the rate limit itself.
    pub(super) fn storm(&mut self, call: &Call) -> Option<Reply> {
        if self.storm == 0 || call.service != Service::Halo || is_authentication(call) {
            return None;
        }
        self.storm -= 1;
        self.strikes(Fault::RateStorm);
        Some(Reply::text(
            StatusCode::TOO_MANY_REQUESTS,
            "Rate Limit Reached - 300 Requests per rolling 5 minute window",
        ))
    }

    /// The answer of a fault that strikes in place of the work.
    pub(super) fn before(&mut self, call: &Call) -> Option<Reply> {
        if is_discovery(call) && self.strikes(Fault::NoAuthinfo) {
            return Some(Reply::page(StatusCode::NOT_FOUND));
        }
        if self.strikes_once(Fault::DropBefore, name(call)) {
            return Some(Reply::nothing());
        }
        if !is_token(call) {
            let asked = self.asked.entry(call.service).or_default();
            *asked += 1;
            if asked.is_multiple_of(3) && self.strikes(Fault::BadGateway) {
                return Some(Reply::page(StatusCode::BAD_GATEWAY));
            }
        }
        let resource = call.segments.get(1).map_or("", String::as_str);
        if call.method == Method::POST && resource == "softwarelicence" {
            if self.strikes(Fault::WritesDown) {
                return Some(Reply::page(StatusCode::BAD_GATEWAY));
            }
            if self.strikes_once(Fault::WriteLimited, name(call)) {
                return Some(limited("5"));
            }
        }
        if is_note(call) && self.strikes_once(Fault::NoteLostBefore, name(call)) {
            return Some(Reply::nothing());
        }
        if resource == "licencechange" {
            if self.strikes(Fault::ChangesDown) {
                return Some(Reply::page(StatusCode::INTERNAL_SERVER_ERROR));
            }
            if self.strikes(Fault::ChangesLimited) {
                return Some(limited("60"));
            }
        }
        if call.method == Method::GET && !is_discovery(call) && self.strikes(Fault::RedirectElsewhere) {
            return Some(Reply::page(StatusCode::FOUND).with_header(header::LOCATION, ELSEWHERE));
        }
        None
    }

    /// Whether a call is answered now and done later.
    pub(super) fn is_late(&mut self, call: &Call) -> bool {
        creates(call) && self.strikes_once(Fault::LateCreation, name(call))
    }

    /// What the faults make of the answer to work that was done.
    pub(super) fn after(&mut self, call: &Call, mut reply: Reply) -> Reply {
        if reply.is_error() {
            let is_page = matches!(reply.payload, Payload::Html(_));
            return if !is_page && self.strikes(Fault::HtmlErrors) {
                reply.into_page()
            } else {
                self.put_fields(call, reply)
            };
        }
        if let Payload::Json(value) = &mut reply.payload
            && !is_authentication(call)
        {
            if self.has(Fault::ControlsInNames) && call.service == Service::Halo {
                let customers = call.segments.get(1).is_some_and(|part| part == "client");
                if put_controls(value, customers) {
                    self.strikes(Fault::ControlsInNames);
                }
            }
            if let Some(list) = list_of(call)
                && value.is_object()
                && self.strikes(Fault::WrappedRecords)
            {
                *value = json!({ list: [value.take()] });
            }
            if self.has(Fault::StringsForNumbers) && put_strings(value) {
                self.strikes(Fault::StringsForNumbers);
            }
        }
        if call.method == Method::POST {
            if !is_token(call) && self.strikes_once(Fault::BadGatewayAfter, name(call)) {
                return Reply::page(StatusCode::BAD_GATEWAY);
            }
            let is_lost = self.strikes_once(Fault::DropAfter, name(call))
                || (is_note(call) && self.strikes_once(Fault::NoteLostAfter, name(call)));
            if is_lost {
                return reply.delivered(Delivery::Nothing);
            }
        }
        if call.method == Method::GET && matches!(reply.payload, Payload::Json(_)) {
            let page = format!("{} {:?}", name(call), call.query);
            if self.strikes_once(Fault::HalfJson, page.clone()) {
                return reply.delivered(Delivery::HalfJson);
            }
            if self.strikes_once(Fault::HalfBody, page) {
                return reply.delivered(Delivery::HalfBody);
            }
        }
        reply
    }
}

impl Faults {
    /// Words the refusal of a POST as Halo's newer endpoints do.
    fn put_fields(&self, call: &Call, reply: Reply) -> Reply {
        if call.method != Method::POST || call.service != Service::Halo || is_token(call) {
            return reply;
        }
        let Payload::Json(refusal) = &reply.payload else {
            return reply;
        };
        let words = ["Message", "errorMessage"]
            .iter()
            .find_map(|name| refusal[*name].as_str());
        let Some(words) = words.or(refusal.as_str()).map(str::to_owned) else {
            return reply;
        };
        if !self.strikes(Fault::FieldErrors) {
            return reply;
        }
        Reply::json(reply.status, json!({"[0].id": [words]}))
    }
}

/// The name of the list that a single record belongs to.
fn list_of(call: &Call) -> Option<&'static str> {
    if call.method != Method::GET {
        return None;
    }
    match (call.service, call.route().as_slice()) {
        (Service::Halo, ["api", "client", _]) => Some("clients"),
        (Service::Halo, ["api", "softwarelicence", _]) => Some("licences"),
        (Service::Halo, ["api", "tickets", _]) => Some("tickets"),
        (Service::Halo, ["api", "tickettype", _]) => Some("tickettypes"),
        (Service::Halo, ["api", "workflow", _]) => Some("workflows"),
        (Service::Backup, ["api", "users", _]) => Some("users"),
        _ => None,
    }
}

/// A refusal by the rate limit that gives the seconds to wait.
fn limited(seconds: &'static str) -> Reply {
    Reply::text(StatusCode::TOO_MANY_REQUESTS, "Rate Limit Reached").with_header(header::RETRY_AFTER, seconds)
}

/// The service, method and path in one spelling.
fn name(call: &Call) -> String {
    format!("{:?} {} {}", call.service, call.method, call.segments.join("/"))
}

/// Whether a call creates a license or a ticket.
fn creates(call: &Call) -> bool {
    let of_these = matches!(call.route().as_slice(), ["api", "softwarelicence" | "tickets"]);
    let is_new = |record: &Value| record.get("id").is_none_or(Value::is_null);
    of_these
        && call.method == Method::POST
        && call
            .json()
            .is_some_and(|body| body.as_array().is_some_and(|records| records.iter().any(is_new)))
}

/// Whether a call adds notes to tickets.
fn is_note(call: &Call) -> bool {
    call.service == Service::Halo && call.method == Method::POST && call.route() == ["api", "actions"]
}

fn is_token(call: &Call) -> bool {
    call.service == Service::Halo && call.segments == ["auth", "token"]
}

fn is_discovery(call: &Call) -> bool {
    call.service == Service::Halo && call.segments == ["api", "authinfo"]
}

fn is_authentication(call: &Call) -> bool {
    is_token(call) || is_discovery(call)
}

/// Turns every number into a string, and says whether there was one.
fn put_strings(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => {
            *value = Value::String(number.to_string());
            true
        }
        Value::Array(items) => any(items.iter_mut().map(put_strings)),
        Value::Object(fields) => any(fields.values_mut().map(put_strings)),
        _ => false,
    }
}

/// Whether any change was made. Unlike `Iterator::any` it makes all of them.
fn any(changes: impl Iterator<Item = bool>) -> bool {
    changes.fold(false, |any, changed| any | changed)
}

/// Puts a terminal title, a colour and a line break into customers' names, and says whether there was a name. Cleaned,
/// the text is the name again.
fn put_controls(value: &mut Value, customers: bool) -> bool {
    match value {
        Value::Array(items) => any(items.iter_mut().map(|item| put_controls(item, customers))),
        Value::Object(fields) => {
            let mut any = false;
            for (key, value) in fields.iter_mut() {
                match value {
                    Value::String(name) if key == "client_name" || (customers && key == "name") => {
                        *name = format!(
                            "\u{1b}]0;owned\u{7}\u{1b}[31m{}\u{1b}[0m",
                            name.replacen(' ', "\r\n", 1)
                        );
                        any = true;
                    }
                    _ => any |= put_controls(value, customers),
                }
            }
            any
        }
        _ => false,
    }
}

//! The faults that are on, and what each does to a request. Those that concern a single list or record (a cap on pages,
//! garbled seats) are asked for with [`Faults::has`] where that list or record is made.

use std::collections::{HashMap, HashSet};

use axum::http::{Method, StatusCode, header};
use serde_json::Value;

use super::{
    Fault, Service,
    call::Call,
    reply::{Delivery, Payload, Reply},
};

/// Requests refused by one [`Fault::RateStorm`].
const STORM: u32 = 5;

/// Where [`Fault::RedirectElsewhere`] leads: another host than the one asked, with nobody there.
const ELSEWHERE: &str = "http://localhost:1/";

/// The faults that are on and what they have done so far.
pub(super) struct Faults {
    on: HashSet<Fault>,
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
            done: HashSet::new(),
            asked: HashMap::new(),
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.on.contains(&fault)
    }

    /// Whether a fault that strikes each thing once is on and has not struck this one yet.
    fn strikes(&mut self, fault: Fault, thing: String) -> bool {
        self.has(fault) && self.done.insert((fault, thing))
    }

    /// A refusal for no reason of the rate limit's own, asked for before that.
    pub(super) fn storm(&mut self, call: &Call) -> Option<Reply> {
        if self.storm == 0 || call.service != Service::Halo || is_authentication(call) {
            return None;
        }
        self.storm -= 1;
        Some(Reply::text(
            StatusCode::TOO_MANY_REQUESTS,
            "Rate Limit Reached - 300 Requests per rolling 5 minute window",
        ))
    }

    /// What happens instead of the work.
    pub(super) fn before(&mut self, call: &Call) -> Option<Reply> {
        if self.has(Fault::NoAuthinfo) && is_discovery(call) {
            return Some(Reply::page(StatusCode::NOT_FOUND));
        }
        if self.strikes(Fault::DropBefore, name(call)) {
            return Some(Reply::nothing());
        }
        if !is_token(call) {
            let asked = self.asked.entry(call.service).or_default();
            *asked += 1;
            if asked.is_multiple_of(3) && self.has(Fault::BadGateway) {
                return Some(Reply::page(StatusCode::BAD_GATEWAY));
            }
        }
        if self.has(Fault::RedirectElsewhere) && call.method == Method::GET && !is_discovery(call) {
            return Some(Reply::page(StatusCode::FOUND).with_header(header::LOCATION, ELSEWHERE));
        }
        None
    }

    /// What becomes of the answer to work that was done.
    pub(super) fn after(&mut self, call: &Call, mut reply: Reply) -> Reply {
        if reply.is_error() {
            return if self.has(Fault::HtmlErrors) {
                reply.into_page()
            } else {
                reply
            };
        }
        if let Payload::Json(value) = &mut reply.payload
            && !is_authentication(call)
        {
            if self.has(Fault::ControlsInNames) && call.service == Service::Halo {
                let customers = call.segments.get(1).is_some_and(|part| part == "client");
                put_controls(value, customers);
            }
            if self.has(Fault::StringsForNumbers) {
                put_strings(value);
            }
        }
        if call.method == Method::POST {
            if !is_token(call) && self.strikes(Fault::BadGatewayAfter, name(call)) {
                return Reply::page(StatusCode::BAD_GATEWAY);
            }
            if self.strikes(Fault::DropAfter, name(call)) {
                return reply.delivered(Delivery::Nothing);
            }
        }
        if call.method == Method::GET && matches!(reply.payload, Payload::Json(_)) {
            let page = format!("{} {:?}", name(call), call.query);
            if self.strikes(Fault::HalfJson, page.clone()) {
                return reply.delivered(Delivery::HalfJson);
            }
            if self.strikes(Fault::HalfBody, page) {
                return reply.delivered(Delivery::HalfBody);
            }
        }
        reply
    }
}

/// The service, method and path, however the path was spelled.
fn name(call: &Call) -> String {
    format!("{:?} {} {}", call.service, call.method, call.segments.join("/"))
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

/// Turns every number into a string.
fn put_strings(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(put_strings),
        Value::Object(fields) => fields.values_mut().for_each(put_strings),
        _ => {}
    }
}

/// Puts a terminal title, a colour and a line break into customers' names. What is left without them, white space
/// evened out, is the name.
fn put_controls(value: &mut Value, customers: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| put_controls(item, customers)),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                match value {
                    Value::String(name) if key == "client_name" || (customers && key == "name") => {
                        *name = format!(
                            "\u{1b}]0;owned\u{7}\u{1b}[31m{}\u{1b}[0m",
                            name.replacen(' ', "\r\n", 1)
                        );
                    }
                    _ => put_controls(value, customers),
                }
            }
        }
        _ => {}
    }
}

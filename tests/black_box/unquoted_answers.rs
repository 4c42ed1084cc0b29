//! No answer is quoted: not one that is almost JSON, not an error whose body is a list, not a token's.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use serde_json::Value;

use crate::support::{
    Outcome, Stage,
    proxy::{Answer, answering},
};

/// What is done to an answer that carries secrets.
type Mischief = fn(Answer) -> Answer;
/// To which answers, by the beginning of their path, and what; from some moment on.
type Plan = Arc<Mutex<Option<(&'static str, Mischief)>>>;

/// A connected stage whose two services can be made to answer differently. Nothing that follows may tell a secret.
struct Scene {
    stage: Stage,
    plan: Plan,
    tokens: Arc<Mutex<Vec<String>>>,
    /// What `OWN-TOKEN` stands for in an answer.
    own_token: Arc<Mutex<String>>,
}

impl Scene {
    #[track_caller]
    fn new() -> Self {
        let stage = Stage::new();
        let plan = Plan::default();
        let carry_out = |plan: Plan| {
            move |path: &str, answer: Answer| {
                let plan = *plan.lock().expect("a lock");
                match plan {
                    Some((start, fault_injection)) if path.starts_with(start) => fault_injection(answer),
                    _ => answer,
                }
            }
        };
        let backup = stage.sandbox.backup_url();
        let change = carry_out(plan.clone());
        let own_token: Arc<Mutex<String>> = Arc::default();
        let own = own_token.clone();
        let backup = answering(backup.trim_end_matches("/api"), move |_, path, answer| {
            let mut answer = change(path, answer);
            let own = own.lock().expect("a lock");
            if !own.is_empty() {
                answer.body = answer.text().replace("OWN-TOKEN", &own).into_bytes();
            }
            answer
        });
        let tokens: Arc<Mutex<Vec<String>>> = Arc::default();
        let (change, issued) = (carry_out(plan.clone()), tokens.clone());
        let site = answering(&stage.sandbox.site_url(), move |_, path, answer| {
            if path.starts_with("/auth/token") {
                let value: Value = serde_json::from_str(&answer.text()).expect("the sandbox answers JSON");
                let token = value["access_token"].as_str().expect("a token");
                issued.lock().expect("a lock").push(token.to_owned());
            }
            change(path, signing_in_here(path, answer))
        });
        let mut arguments = stage.connect_arguments();
        for argument in &mut arguments {
            if *argument == stage.sandbox.backup_url() {
                *argument = format!("{backup}/api");
            } else if *argument == stage.sandbox.site_url() {
                argument.clone_from(&site);
            }
        }
        stage.run(arguments).expect(0);
        stage.map_these(&[("1788161-14", 21, 17)]);
        Self {
            stage,
            plan,
            tokens,
            own_token,
        }
    }

    #[track_caller]
    fn begin(&self, path: &'static str, fault_injection: Mischief) {
        *self.plan.lock().expect("a lock") = Some((path, fault_injection));
        self.stage.sandbox.forget_received();
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.stage.run(arguments.iter().chain(&["-vvv"]));
        let secrets = self.secrets();
        assert!(secrets.len() > 14, "there are too few secrets to look for");
        for secret in &secrets {
            let shown = outcome.stdout.contains(secret) || outcome.stderr.contains(secret);
            assert!(!shown, "{secret} is shown\n{outcome}");
        }
        for trace in self.stage.traces() {
            let bytes = fs::read(&trace).expect("readable");
            for secret in &secrets {
                let found = bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} is in {}", trace.display());
            }
        }
        outcome
    }

    #[track_caller]
    fn secrets(&self) -> Vec<String> {
        let credentials = self.stage.sandbox.credentials();
        let mut secrets = vec![
            credentials.client_secret.clone(),
            credentials.reseller_token.clone(),
            credentials.access_token.clone(),
        ];
        secrets.extend(self.tokens.lock().expect("a lock").iter().cloned());
        let world = self.stage.world();
        secrets.extend(
            world
                .organizations
                .iter()
                .map(|organization| organization.authentication_token.clone()),
        );
        secrets
    }
}

/// Discovery that does not lead past the one in between.
#[track_caller]
fn signing_in_here(path: &str, answer: Answer) -> Answer {
    if path != "/api/authinfo" {
        return answer;
    }
    let mut info: Value = serde_json::from_str(&answer.text()).expect("the sandbox answers JSON");
    info["auth_url"] = Value::Null;
    Answer::json(info.to_string())
}

#[track_caller]
fn replaced(mut answer: Answer, from: &str, to: &str) -> Answer {
    let text = answer.text();
    assert!(text.contains(from), "{from} is not in the answer");
    answer.body = text.replacen(from, to, 1).into_bytes();
    answer
}

fn with_nan(answer: Answer) -> Answer {
    replaced(answer, "\"seats_used\":", "\"seats_used\":NaN,\"was\":")
}

fn with_a_tab(answer: Answer) -> Answer {
    replaced(answer, "\"organization_name\":\"", "\"organization_name\":\"\t")
}

fn with_a_trailing_comma(answer: Answer) -> Answer {
    replaced(answer, "}", ",}")
}

fn with_text_behind_it(mut answer: Answer) -> Answer {
    answer.body.extend(b"\n<!-- cached by proxy7 -->");
    answer
}

fn in_a_string(answer: Answer) -> Answer {
    let text = Value::String(answer.text());
    Answer::json(text.to_string())
}

fn as_an_error(answer: Answer) -> Answer {
    answer.status("500 Internal Server Error")
}

fn as_a_refusal(answer: Answer) -> Answer {
    answer.status("409 Conflict")
}

fn in_a_message(answer: Answer) -> Answer {
    let message = serde_json::json!({"Message": format!("cannot page {}", answer.text())});
    Answer::json(message.to_string()).status("422 Unprocessable Content")
}

fn as_text(answer: Answer) -> Answer {
    let mut answer = Answer::json(format!("failed: {}", answer.text())).status("400 Bad Request");
    answer.content_type = "text/plain".to_owned();
    answer
}

#[test]
fn an_answer_that_is_almost_json_or_a_list_in_an_error_is_told_and_not_quoted() {
    let cases: [(Mischief, i32, &[&str]); 9] = [
        (
            with_nan,
            1,
            &[
                "answered 200 with application/json, ",
                " bytes",
                "stops being JSON at line 1 column ",
            ],
        ),
        (
            with_a_tab,
            1,
            &["application/json", "stops being JSON at line 1 column "],
        ),
        (
            with_a_trailing_comma,
            1,
            &["application/json", "stops being JSON at line 1 column "],
        ),
        (
            with_text_behind_it,
            1,
            &["application/json", "stops being JSON at line 2 column "],
        ),
        (in_a_string, 1, &["application/json", "JSON of another shape"]),
        (
            as_an_error,
            75,
            &["500: no message (application/json, ", " bytes)"],
        ),
        (as_a_refusal, 1, &["no message (application/json, ", " bytes)"]),
        (in_a_message, 1, &["cannot page"]),
        (as_text, 1, &["no message (text/plain, ", " bytes)"]),
    ];
    // Each waits most of the time.
    std::thread::scope(|scope| {
        for (fault_injection, code, says) in cases {
            scope.spawn(move || {
                let scene = Scene::new();
                let license = scene.stage.world().licenses[&17].clone();
                scene.begin("/api/users", fault_injection);
                for arguments in [&["list", "organizations", "-o", "json"][..], &["list", "errors"]] {
                    let outcome = scene.run(arguments);
                    if arguments[1] == "organizations" {
                        assert_eq!(outcome.code, Some(code), "{outcome}");
                        for text in says {
                            assert!(outcome.stdout.contains(text), "\"{text}\" is not said\n{outcome}");
                        }
                    } else {
                        assert_ne!(outcome.code, Some(0), "{outcome}");
                    }
                }
                scene.run(&["history", "-o", "json"]);
                assert_eq!(scene.stage.world().licenses[&17].count, license.count);
            });
        }
    });
}

#[test]
fn a_sync_that_cannot_read_the_seats_does_nothing_by_halves() {
    for fault_injection in [with_nan as Mischief, as_an_error] {
        let scene = Scene::new();
        scene.begin("/api/users", fault_injection);
        let outcome = scene.run(&["sync-seats", "--yes", "-o", "json"]);
        assert!(matches!(outcome.code, Some(1 | 75)), "{outcome}");
        assert!(!scene.stage.was_written(), "{outcome}");
        let history = scene.run(&["history", "-o", "json"]);
        assert_eq!(history.code, Some(0), "{history}");
        scene.run(&["status", "-o", "json"]);
    }
}

#[test]
fn a_token_answer_that_is_almost_json_shows_no_token() {
    let scene = Scene::new();
    scene.begin("/auth/token", with_a_trailing_comma);
    let outcome = scene.run(&["list", "customers"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    outcome.says([
        "answered 200 with application/json, ",
        "stops being JSON at line 1 column ",
    ]);
}

#[test]
fn words_that_repeat_what_was_sent_are_shown_without_the_secrets() {
    let stage = Stage::new();
    let secret = stage.sandbox.credentials().client_secret.clone();
    let encoded = secret.replace('-', "%2D");
    let site = answering(&stage.sandbox.site_url(), move |_, path, answer| {
        if path.starts_with("/auth/token") {
            let description = format!("cannot parse client_secret={encoded}&scope=all of acme, token=abc");
            let body = serde_json::json!({"error": "invalid_request", "error_description": description});
            return Answer::json(body.to_string()).status("400 Bad Request");
        }
        signing_in_here(path, answer)
    });
    let mut arguments = stage.connect_arguments();
    let site_argument = arguments
        .iter_mut()
        .find(|text| **text == stage.sandbox.site_url());
    *site_argument.expect("the site is given") = site;
    let outcome = stage.run(arguments).expect(3);
    let outcome = outcome
        .says(["invalid_request: cannot parse client_secret=[secret]&scope=all of acme, token=[secret]"]);
    outcome.hides([&secret, "token=abc", &secret.replace('-', "%2D")]);
}

#[test]
fn what_is_wrong_with_a_field_is_told() {
    let stage = Stage::new();
    let site = answering(&stage.sandbox.site_url(), |method, path, answer| {
        if method == "POST" && path.starts_with("/api/SoftwareLicence") {
            let body = r#"{"[0].count": ["The field count must be between 0 and 99."]}"#;
            return Answer::json(body).status("400 Bad Request");
        }
        answer
    });
    let mut arguments = stage.connect_arguments();
    let site_argument = arguments
        .iter_mut()
        .find(|text| **text == stage.sandbox.site_url());
    *site_argument.expect("the site is given") = site;
    stage.run(arguments).expect(0);
    stage.map_these(&[("1788161-14", 21, 17)]);
    let outcome = stage.sync(["--force"]).expect(4);
    assert!(
        outcome
            .stdout
            .contains("[0].count: The field count must be between 0 and 99."),
        "{outcome}"
    );
}

#[test]
fn an_organizations_own_token_is_hidden_where_it_is_used() {
    let scene = Scene::new();
    // What is inside an organization is asked for with its own token, which this refusal repeats.
    scene.begin("/api/accounts", |_| {
        let message = r#"{"error": "who is OWN-TOKEN?"}"#;
        Answer::json(message).status("422 Unprocessable Content")
    });
    let own = {
        let world = scene.stage.world();
        let found = world
            .organizations
            .iter()
            .find(|organization| organization.id == "1788161-14");
        found.expect("it is there").authentication_token.clone()
    };
    *scene.own_token.lock().expect("a lock") = own;
    let outcome = scene.run(&["list", "errors"]);
    assert!(outcome.stderr.contains("who is [secret]?"), "{outcome}");
}

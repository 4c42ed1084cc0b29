//! Lists of SaaS Backup are read to their end, and no further.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{
    Stage,
    proxy::{Answer, answering},
};

/// A partner with so many organizations, whose page of that number is answered by a function of all of them. The
/// numbers of the pages that were asked for.
#[track_caller]
fn partner(
    organizations: usize,
    page: impl Fn(usize, &[Value]) -> Value + Send + Sync + 'static,
) -> (Stage, Vec<String>, Arc<Mutex<Vec<usize>>>) {
    let stage = Stage::new();
    let rows: Vec<Value> = (0..organizations)
        .map(|number| {
            json!({
                "id": format!("55-{number}"),
                "organization_name": format!("Partner's {number}"),
                "authentication_token": format!("own-{number}"),
                "seats_used": number,
            })
        })
        .collect();
    let asked: Arc<Mutex<Vec<usize>>> = Arc::default();
    let pages = asked.clone();
    let backup = stage.sandbox.backup_url();
    let url = answering(backup.trim_end_matches("/api"), move |_, path, answer| {
        let Some(query) = path.strip_prefix("/api/users?") else {
            return answer;
        };
        let number = query.split('&').find_map(|pair| pair.strip_prefix("page="));
        let number: usize = number.expect("a page is asked for").parse().expect("a number");
        pages.lock().expect("a lock").push(number);
        Answer::json(page(number, &rows).to_string())
    });
    let mut arguments = stage.connect_arguments();
    let place = arguments.iter_mut().find(|text| **text == backup);
    *place.expect("the URL is given") = format!("{url}/api");
    (stage, arguments, asked)
}

/// How many organizations are listed, and which pages were asked for.
#[track_caller]
fn listed(
    organizations: usize,
    page: impl Fn(usize, &[Value]) -> Value + Send + Sync + 'static,
) -> (usize, Vec<usize>) {
    let (stage, arguments, asked) = partner(organizations, page);
    stage.run(arguments).expect(0);
    asked.lock().expect("a lock").clear();
    let outcome = stage.run(["list", "organizations", "-o", "json"]).expect(0);
    let mut asked = asked.lock().expect("a lock").clone();
    asked.sort_unstable();
    (outcome.json().as_array().expect("a list").len(), asked)
}

/// The rows of a page of that size.
fn rows(number: usize, size: usize, all: &[Value]) -> Vec<Value> {
    all.iter().skip((number - 1) * size).take(size).cloned().collect()
}

#[test]
fn a_short_page_is_no_end() {
    // A hundred are asked for, and 99 come each time.
    let (organizations, asked) = listed(250, |number, all| json!(rows(number, 99, all)));
    assert_eq!((organizations, asked), (250, vec![1, 2, 3, 4]));

    // One page is short in the middle.
    let (organizations, _) = listed(330, |number, all| match number {
        1 => json!(all[..100]),
        2 => json!(all[100..199]),
        3 => json!(all[199..299]),
        4 => json!(all[299..]),
        _ => json!([]),
    });
    assert_eq!(organizations, 330);
}

#[test]
fn a_list_that_says_itself_that_it_ends_costs_no_request_more() {
    let (organizations, asked) = listed(
        40,
        |number, all| json!({"data": rows(number, 100, all), "pagination": {"current_page": number, "next_page": null}}),
    );
    assert_eq!((organizations, asked), (40, vec![1]));

    // Where it never told of a next page, it does not say that there is none.
    let (organizations, asked) = listed(
        140,
        |number, all| json!({"pagination": {"current_page": number, "per_page": 100}, "data": rows(number, 100, all)}),
    );
    assert_eq!((organizations, asked), (140, vec![1, 2, 3]));

    // Where it did, a page without one is the last.
    let (organizations, asked) = listed(101, |number, all| match number {
        1 => json!({"pagination": {"next_page": 2}, "data": all[..100]}),
        _ => json!({"pagination": {"current_page": number}, "data": rows(number, 100, all)}),
    });
    assert_eq!((organizations, asked), (101, vec![1, 2]));
}

#[test]
fn an_answer_that_ignores_paging_costs_one_request_more() {
    for organizations in [7, 99, 100, 101, 1_000] {
        let (listed, asked) = listed(
            organizations,
            |_, all| json!([{"total": all.len(), "result_set": all}]),
        );
        assert_eq!((listed, asked), (organizations, vec![1, 2]));
    }
}

#[test]
fn a_list_without_an_end_is_given_up() {
    // Each answer repeats all and has something new.
    let (stage, arguments, _) = partner(1, |number, _| {
        let row = |number: usize| json!({"id": format!("55-{number}"), "organization_name": "Endless"});
        json!(
            (number * 30_000..(number + 2) * 30_000)
                .map(row)
                .collect::<Vec<_>>()
        )
    });
    stage.run(arguments).expect(0);
    stage
        .run(["list", "organizations"])
        .expect(1)
        .says(["more than 200,000 rows in one list"]);
}

//! What a sync adds to what customers are billed.

use serde_json::{Value, json};

use crate::support::Stage;

/// A stage whose three licenses are synced, with these prices, costs and billing cycles, one seat behind each.
fn priced(prices: [(f64, f64, &'static str); 3]) -> (Stage, Vec<(String, i64, i64)>) {
    let (stage, mapping) = Stage::synced_with(3);
    for ((_, _, license), (price, cost, cycle)) in mapping.iter().zip(prices) {
        let mut world = stage.world();
        let license = world.licenses.get_mut(license).expect("the license");
        (license.price, license.purchase_price) = (price, cost);
        license.billing_cycle = cycle.into();
    }
    stage.add_seats(&mapping, 3);
    (stage, mapping)
}

fn amounts(document: &Value) -> Vec<Value> {
    let mut amounts: Vec<Value> = document["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| json!([change["license"]["id"], change["amount"], change["margin"]]))
        .collect();
    amounts.sort_by_key(|amount| amount[0].as_i64());
    amounts
}

#[test]
fn each_change_and_the_run_say_what_they_add_to_a_billing_cycle() {
    let (stage, mapping) = priced([
        (4.1, 2.05, "Monthly"),
        (0.1, 0.3, "Monthly"),
        (10.0, 9.99, "Monthly"),
    ]);
    let ids: Vec<i64> = mapping.iter().map(|(_, _, license)| *license).collect();
    let document = stage
        .run(["sync-seats", "--dry-run", "-o", "json"])
        .expect(0)
        .json();
    assert_eq!(
        amounts(&document),
        [
            json!([ids[0], "12.3", "6.15"]),
            json!([ids[1], "0.3", "-0.6"]),
            json!([ids[2], "30", "0.03"])
        ]
    );
    assert_eq!(document["amount"], "42.6");
    assert_eq!(document["amounts"][0]["margin"], "5.58");
    stage
        .run(["sync-seats", "--yes"])
        .expect(0)
        .prints(["+9 seats; +42.60 a month, margin +5.58"]);
    // What a seat cost then stays in the state.
    stage.change_state("DELETE FROM changes WHERE price IS NULL");
    let document = stage.run(["sync-seats", "--yes", "-o", "json"]).expect(0).json();
    assert_eq!(document["amount"], "0");
    assert_eq!(document["amounts"], json!([]));
}

#[test]
fn cycles_are_not_mixed_and_a_missing_price_is_not_a_price_of_nothing() {
    let (stage, mapping) = priced([
        (4.1, 0.0, "Monthly"),
        (40.0, 20.0, "Yearly"),
        (0.0, 1.0, "Yearly"),
    ]);
    let document = stage
        .run(["sync-seats", "--dry-run", "-o", "json"])
        .expect(0)
        .json();
    assert_eq!(document["amount"], Value::Null);
    assert_eq!(
        document["amounts"],
        json!([
            {"billing_cycle": "Monthly", "amount": "12.3", "margin": null, "licenses": 1, "unpriced": 0},
            {"billing_cycle": "Yearly", "amount": "120", "margin": null, "licenses": 2, "unpriced": 1},
        ])
    );
    let unpriced = mapping[2].2;
    let changes = document["changes"].as_array().expect("changes");
    let change = changes
        .iter()
        .find(|change| change["license"]["id"] == unpriced)
        .expect("the license");
    assert_eq!(
        (&change["price"], &change["amount"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(change["cost"], "1");
    stage
        .run(["sync-seats", "--dry-run"])
        .expect(0)
        .prints(["+12.30 a month; +120.00 a year and 1 license without a price"]);
}

#[test]
fn a_change_that_costs_more_than_allowed_is_held_back_until_somebody_agrees() {
    let (stage, mapping) = priced([
        (4.1, 2.0, "Monthly"),
        (40.0, 20.0, "Monthly"),
        (0.0, 0.0, "Monthly"),
    ]);
    let before: Vec<i64> = mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect();
    let document = stage
        .run(["sync-seats", "--yes", "--max-amount", "12.30", "-o", "json"])
        .expect(4)
        .json();
    let held: Vec<&Value> = document["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .filter(|change| change["status"] == "skipped")
        .collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["reason_code"], "change_too_much");
    let reason = held[0]["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("would add 120 to a billing cycle, more than --max-amount 12.30"),
        "{reason}"
    );
    let after: Vec<i64> = mapping
        .iter()
        .map(|(_, _, license)| stage.count(*license))
        .collect();
    assert_eq!(after, [before[0] + 3, before[1], before[2] + 3]);
    stage
        .run(["sync-seats", "--yes", "--max-amount", "12.30", "--force"])
        .expect(0);
    assert_eq!(stage.count(mapping[1].2), before[1] + 3);
    // Taking away is judged like adding; and what is no amount is refused.
    stage.add_seats(&mapping, -3);
    stage
        .run(["sync-seats", "--yes", "--max-amount", "100"])
        .expect(4);
    for amount in ["-1", "much", "NaN", "1e400"] {
        stage
            .run(["sync-seats", "--yes", &format!("--max-amount={amount}")])
            .expect(2);
    }
}

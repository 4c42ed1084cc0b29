//! Planning and finding by name, by themselves: `cargo bench --bench planning`.

use std::{collections::HashMap, hint::black_box};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use halolink::{
    model::{Price, Reference, Rule, SeatMetric},
    plan::{
        limits::Limits,
        names::{Index, Named},
        seats::{Found, Known, Mapped, Source, Synced, plan},
    },
};

const LIMITS: Limits = Limits {
    max_change: 50,
    min_change: 0,
    max_held_back: 20,
    max_amount: None,
};

/// Mapped organizations, their licenses, and the quantities of the last sync.
type World = (Vec<Mapped>, HashMap<i64, Found>, Known);

/// A partner after a month: every twentieth organization has a seat more, one in a hundred is suspended,
/// and every tenth shares the license of the one before it.
fn world(organizations: i64) -> World {
    let seats = |number: i64| 3 + number % 97;
    let license = |number: i64| 17 + number - i64::from(number % 10 == 9);
    let mut synced: HashMap<i64, i64> = HashMap::new();
    for number in 0..organizations {
        *synced.entry(license(number)).or_default() += seats(number);
    }
    let found = synced
        .iter()
        .map(|(license, count)| {
            let found = Found {
                name: format!("NinjaOne SaaS Backup {license}"),
                count: Some(*count),
                customer: Some(license + 4),
                active: true,
                price: Price::default(),
            };
            (*license, found)
        })
        .collect();
    let mapped = (0..organizations)
        .map(|number| Mapped {
            organization: Reference::new(format!("1788161-{number}"), format!("Organization {number} Ltd")),
            customer: Reference::new(license(number) + 4, format!("Customer {number} Ltd")),
            license: Reference::new(license(number), "NinjaOne SaaS Backup"),
            seats_before: Some(seats(number)),
            source: match number {
                number if number % 100 == 50 => Source::Suspended,
                number if number % 20 == 0 => Source::Seats(seats(number) + 1),
                number => Source::Seats(seats(number)),
            },
            metric: SeatMetric::Used,
            rule: Rule::default(),
            highest: None,
        })
        .collect();
    let synced = synced
        .into_iter()
        .map(|(license, count)| {
            (
                license,
                Synced {
                    count,
                    this_month: true,
                    ..Synced::default()
                },
            )
        })
        .collect();
    let known = Known {
        synced,
        ..Known::default()
    };
    (mapped, found, known)
}

fn planning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    for organizations in [1_000, 10_000, 100_000] {
        let (mapped, found, known) = world(organizations);
        let writes = plan(&mapped, &found, &known, LIMITS).to_apply().count();
        assert_eq!(
            writes as i64,
            organizations / 20,
            "the plan is not what is to be measured"
        );
        group.throughput(Throughput::Elements(organizations as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(organizations),
            &organizations,
            |bencher, _| {
                bencher.iter_batched(
                    || (),
                    |()| plan(black_box(&mapped), black_box(&found), &known, LIMITS),
                    // Dropping the plan is not measured.
                    BatchSize::LargeInput,
                );
            },
        );
    }
    group.finish();
}

struct Record(String, String);

impl Named for Record {
    fn ids(&self) -> Vec<String> {
        vec![self.0.clone()]
    }

    fn name(&self) -> &str {
        &self.1
    }
}

fn finding(criterion: &mut Criterion) {
    let records: Vec<Record> = (0..10_000)
        .map(|number| {
            Record(
                format!("1788161-{number}"),
                format!("Organization {number:05} Ltd"),
            )
        })
        .collect();
    let index = Index::new(&records);
    let mut group = criterion.benchmark_group("find in 10,000");
    for (how, text, found) in [
        ("id", "1788161-7777", true),
        ("name", "organization 07777 LTD", true),
        ("prefix", "Organization 07777", true),
        ("nearest", "Organisation 07777 Ltd", false),
    ] {
        assert_eq!(index.find(text).is_ok(), found, "{text}");
        group.bench_function(how, |bencher| {
            bencher.iter(|| index.find(black_box(text)).is_ok())
        });
    }
    group.bench_function("index", |bencher| {
        bencher.iter_with_large_drop(|| Index::new(black_box(&records)));
    });
    group.finish();
}

criterion_group!(benches, planning, finding);
criterion_main!(benches);

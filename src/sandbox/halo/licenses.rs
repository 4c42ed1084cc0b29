//! Software licenses: `/SoftwareLicence`.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::{Value, json};

use super::{
    Call, Instance, LARGEST_PAGE, Reply,
    batch::{self, Sent},
    found, refusal,
};
use crate::sandbox::{Fault, License, World, fault_injection::Faults, paging, world::next_id};

/// Fields that Halo fills in itself.
const DERIVED: &[&str] = &["id", "client_id", "client_name", "site_name", "supplier_name"];

/// What [`Fault::RefuseBatch`], [`Fault::ChokeBatch`] and their like look for in a license's notes.
const POISON: &str = "poison";

pub(super) fn list(instance: &Instance<'_>, call: &Call) -> Reply {
    let world = &*instance.world;
    let inactive = call.flag("includeinactive");
    let client: Option<i64> = call.number("client_id");
    let kind: Option<i64> = call.number("licence_type");
    let tenant = call.text("tenant_id");
    let search = call.text("search");
    let matching = world.licenses.values().filter(|license| {
        (inactive || license.is_active)
            && client.is_none_or(|id| id == license.client_id)
            && kind.is_none_or(|kind| kind == license.kind)
            && tenant.as_ref().is_none_or(|wanted| {
                (license.tenant_id.as_ref()).is_some_and(|tenant| tenant.to_lowercase() == *wanted)
            })
            && search
                .as_ref()
                .is_none_or(|text| license.name.to_lowercase().contains(text))
    });
    paging::List {
        call,
        faults: instance.faults,
        key: "licences",
        largest_page: LARGEST_PAGE,
    }
    .page(matching, |license| row(world, instance.faults, license))
}

pub(super) fn get(instance: &Instance<'_>, id: &str) -> Result<Reply, Reply> {
    found(&instance.world.licenses, id)
        .map(|license| Reply::ok(row(instance.world, instance.faults, license)))
}

/// Creates licenses and updates the fields that were sent. If one record is bad, none is written; some instances do
/// write those before it, as [`Fault::RefusePartial`] does.
pub(super) fn post(instance: &mut Instance<'_>, call: &Call) -> Result<Reply, Reply> {
    let records = batch::records(call)?;
    let mut staged = BTreeMap::new();
    let mut written = Vec::new();
    let mut next = next_id(&instance.world.licenses);
    for sent in &records {
        match stage(instance, &staged, sent) {
            Ok(mut license) => {
                if license.id == 0 {
                    license.id = next;
                    next += 1;
                }
                written.push(license.id);
                staged.insert(license.id, license);
            }
            Err(refusal) => {
                if instance.faults.has(Fault::RefusePartial) || instance.faults.has(Fault::ChokePartial) {
                    write(instance.world, staged);
                }
                return Err(refusal);
            }
        }
    }
    write(instance.world, staged);
    let rows = written
        .iter()
        .filter_map(|id| instance.world.licenses.get(id))
        .map(|license| row(instance.world, instance.faults, license))
        .collect();
    Ok(batch::written(instance.faults, rows))
}

/// A license with a posted record applied to it, after the records before it in the batch. The id is 0 if the license
/// is to be created.
fn stage(instance: &Instance<'_>, staged: &BTreeMap<i64, License>, sent: &Sent) -> Result<License, Reply> {
    check_count(sent)?;
    let client = batch::number(sent, "client_id")?;
    let current = match batch::number(sent, "id")? {
        Some(id) => {
            let license = staged
                .get(&id)
                .or_else(|| instance.world.licenses.get(&id))
                .ok_or_else(|| refusal::result_code(format!("Software licence {id} does not exist")))?;
            if client.is_some_and(|client| client != license.client_id) {
                return Err(refusal::result_code(format!(
                    "Software licence {id} belongs to another client"
                )));
            }
            license.clone()
        }
        None => License {
            client_id: check_new(instance.world, sent, client)?,
            ..License::default()
        },
    };
    let license: License = batch::merged(&current, sent, DERIVED)?;
    let poisoned = [&current, &license]
        .iter()
        .any(|license| license.notes.contains(POISON));
    if poisoned
        && (instance.faults.strikes(Fault::RefuseBatch) || instance.faults.strikes(Fault::RefusePartial))
    {
        return Err(refusal::exception(
            "System.Exception",
            format!(
                "The licence {} cannot be saved: it is managed by an integration",
                license.name
            ),
        ));
    }
    if poisoned
        && (instance.faults.strikes(Fault::ChokeBatch) || instance.faults.strikes(Fault::ChokePartial))
    {
        return Err(refusal::failure(
            "System.NullReferenceException",
            format!(
                "The licence {} cannot be calculated: its invoice line is gone",
                license.name
            ),
        ));
    }
    Ok(license)
}

/// Refuses a quantity that is not an integer, such as `95.0` and `"95"`, or is negative.
fn check_count(sent: &Sent) -> Result<(), Reply> {
    match sent.get("count") {
        None => Ok(()),
        Some(Value::Number(count)) if count.is_i64() || count.is_u64() => {
            match count.as_i64().and_then(|count| i32::try_from(count).ok()) {
                Some(0..) => Ok(()),
                _ => Err(refusal::result_code("The quantity is out of range")),
            }
        }
        Some(_) => Err(batch::conversion("count")),
    }
}

/// Checks that a new license has a name, a customer, a quantity and a type, and gives the customer.
fn check_new(world: &World, sent: &Sent, client: Option<i64>) -> Result<i64, Reply> {
    let missing = |what: &str| refusal::exception("System.Exception", format!("{what} must be entered"));
    if batch::text(sent, "name").is_none() {
        return Err(missing("A name"));
    }
    if !sent.contains_key("count") {
        return Err(missing("A quantity"));
    }
    if batch::number(sent, "type")?.is_none() {
        return Err(missing("A type"));
    }
    let client = client.ok_or_else(|| missing("A client"))?;
    if world.customers.contains_key(&client) {
        Ok(client)
    } else {
        Err(refusal::result_code(format!("Client {client} does not exist")))
    }
}

/// Writes licenses and records what changed.
fn write(world: &mut World, licenses: BTreeMap<i64, License>) {
    let who = world.agent.name.clone();
    for (id, license) in licenses {
        if let Entry::Vacant(new) = world.licenses.entry(id) {
            new.insert(license);
        } else {
            world.change_license(id, &who, |record| *record = license);
        }
    }
}

/// A row as Halo sends it: more fields than anybody needs, and some numbers as strings.
fn row(world: &World, faults: &Faults, license: &License) -> Value {
    let mut row = json!(license);
    row["client_name"] = json!(world.customer_name(license.client_id));
    row["supplier_name"] = json!(
        world
            .suppliers
            .get(&license.supplier_id)
            .map(|supplier| &supplier.name)
    );
    row["site_name"] = json!("Main");
    row["deleted"] = json!(false);
    if license.is_active && faults.strikes(Fault::PendingCancel) {
        row["status"] = json!("PendingCancel");
        row["is_active"] = json!(false);
    }
    row["requested_quantity_date"] = json!("1901-01-01T00:00:00");
    if license.id % 17 == 5 {
        row["count"] = json!(license.count.to_string());
        row["client_id"] = json!(license.client_id.to_string());
    }
    row
}

//! Tickets. Creating one is not idempotent: after an unclear answer, first look for it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Error, Halo, Resource,
    paging::{ListRequest, Record, Until},
};
use crate::{
    lenient,
    model::{FieldValue, NewNote, NewTicket, Ticket, TicketField},
};

#[derive(Deserialize)]
struct Row {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    summary: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    details: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    details_html: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    hasbeenclosed: Option<bool>,
    #[serde(default, deserialize_with = "lenient::integer")]
    client_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    tickettype_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    status_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::integer")]
    merged_into_id: Option<i64>,
}

#[derive(Deserialize)]
struct NoteRow {
    #[serde(default, deserialize_with = "lenient::integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::text")]
    note: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    note_html: Option<String>,
}

impl Record for NoteRow {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Record for Row {
    fn id(&self) -> Option<i64> {
        self.id
    }
}

impl Row {
    fn ticket(self) -> Option<Ticket> {
        Some(Ticket {
            id: self.id?,
            summary: self.summary.unwrap_or_default(),
            details: self
                .details_html
                .or(self.details)
                .filter(|details| !details.trim().is_empty()),
            closed: self.hasbeenclosed,
            customer_id: self.client_id,
            ticket_type: self.tickettype_id,
            status_id: self.status_id,
            merged_into: self
                .merged_into_id
                .filter(|into| *into > 0 && Some(*into) != self.id),
        })
    }
}

impl Halo {
    /// One ticket, or `None` if it was deleted (Halo then answers without an `id`, or 404).
    pub async fn ticket(&self, id: i64) -> Result<Option<Ticket>, Error> {
        let query = [("includedetails", "true")];
        let row: Option<Row> = self.record(Resource::Tickets, id, &query).await?;
        Ok(row.and_then(Row::ticket))
    }

    /// The customer's open tickets: all, or those that Halo's search finds for a text in the summary.
    pub async fn open_tickets(&self, customer: i64, summary: Option<&str>) -> Result<Vec<Ticket>, Error> {
        let id = customer.to_string();
        let mut filter = vec![("client_id", id.as_str()), ("open_only", "true")];
        filter.extend(summary.map(|text| ("search_summary", text)));
        let rows: Vec<Row> = self
            .list(&ListRequest {
                resource: Resource::Tickets,
                filter: &filter,
                until: Until::End,
                progress: &|_, _| (),
            })
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(Row::ticket)
            .filter(|ticket| ticket.customer_id.is_none_or(|id| id == customer))
            .filter(|ticket| ticket.closed != Some(true))
            .collect())
    }

    /// The open tickets, of all customers, whose summaries contain this text.
    pub async fn open_tickets_with(&self, text: &str) -> Result<Vec<Ticket>, Error> {
        let rows: Vec<Row> = self
            .list(&ListRequest {
                resource: Resource::Tickets,
                filter: &[("open_only", "true"), ("search_summary", text)],
                until: Until::End,
                progress: &|_, _| (),
            })
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(Row::ticket)
            .filter(|ticket| ticket.closed != Some(true))
            .collect())
    }

    /// Adds a note to a ticket, hidden from the customer's users, and gives the ticket another status if the note
    /// says so.
    ///
    /// # Errors
    /// [`Error::is_unclear`] means that the note may be there anyway.
    pub async fn add_note(&self, note: &NewNote) -> Result<(), Error> {
        let mut record = Map::new();
        record.insert("ticket_id".into(), json!(note.ticket));
        record.insert("outcome_id".into(), json!(note.outcome));
        record.insert("hiddenfromuser".into(), json!(true));
        record.insert("note_html".into(), json!(note.html));
        if let Some(status) = note.status {
            record.insert("new_status".into(), json!(status));
        }
        let _: Value = self
            .post(Resource::Actions, &Value::Array(vec![Value::Object(record)]))
            .await?;
        Ok(())
    }

    /// The texts of the notes on a ticket.
    pub async fn notes(&self, ticket: i64) -> Result<Vec<String>, Error> {
        let ticket = ticket.to_string();
        let rows: Vec<NoteRow> = self
            .list(&ListRequest {
                resource: Resource::Actions,
                filter: &[("ticket_id", ticket.as_str()), ("includehtmlnote", "true")],
                until: Until::End,
                progress: &|_, _| (),
            })
            .await?;
        let texts = rows.into_iter().map(|row| [row.note_html, row.note]);
        Ok(texts.flatten().flatten().collect())
    }

    /// Opens a ticket for the customer's general user, without running the partner's ticket templates or
    /// validation rules. Gives the ticket's number, if the answer has one.
    ///
    /// # Errors
    /// [`Error::is_unclear`] means that the ticket may exist anyway.
    pub async fn create_ticket(&self, ticket: &NewTicket) -> Result<Option<i64>, Error> {
        let mut record = Map::new();
        record.insert("client_id".into(), json!(ticket.customer));
        record.insert("summary".into(), json!(ticket.summary));
        record.insert("details_html".into(), json!(ticket.details_html));
        for (name, id) in [
            ("tickettype_id", ticket.ticket_type),
            ("sla_id", ticket.sla),
            ("priority_id", ticket.priority),
        ] {
            if let Some(id) = id {
                record.insert(name.into(), json!(id));
            }
        }
        for TicketField { name, value } in &ticket.fields {
            let value = match value {
                FieldValue::Record(record) => json!(record.id),
                FieldValue::Number(number) => json!(number),
                FieldValue::Text(text) => json!(text),
            };
            record.insert(name.clone(), value);
        }
        record.insert("usertype".into(), json!(1));
        record.insert(
            "userlookup".into(),
            json!({"id": -1, "lookupdisplay": "Enter Details Manually"}),
        );
        record.insert("site_id".into(), Value::Null);
        record.insert("donotapplytemplateintheapi".into(), json!(true));
        record.insert("_novalidate".into(), json!(true));
        let answer: Value = self
            .post(Resource::Tickets, &Value::Array(vec![Value::Object(record)]))
            .await?;
        let created = match &answer {
            Value::Array(rows) => rows.last(),
            other => Some(other),
        };
        Ok(created
            .and_then(|row| row.get("id"))
            .and_then(lenient::integer_of))
    }
}

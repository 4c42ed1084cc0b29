//! One request and its answer: rate limit, faults and the record of requests, around the two services.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Request, Response, StatusCode, header},
};

use super::{
    Fault, Service, World, backup,
    call::Call,
    control,
    halo::{self, Instance},
    reply::{Delivery, Dropped, Reply},
    shared::{Controls, Shared},
};

/// What [`Fault::SlowAnswers`] adds to the latency.
const SLOW: Duration = Duration::from_secs(2);

/// How much later the work is done with [`Fault::LateCreation`].
const LATE: Duration = Duration::from_secs(6);

impl Shared {
    fn wait(&self) -> Duration {
        if self.controls().faults.strikes(Fault::SlowAnswers) {
            self.latency + SLOW
        } else {
            self.latency
        }
    }

    /// Does what a call asks for, unless the rate limit or a fault prevents it, and notes the call. Gives the answer,
    /// and whether the work is still to be done later.
    fn exchange(&self, call: &Call) -> (Reply, bool) {
        let world = &mut *self.world();
        let controls = &mut *self.controls();
        let refusal = controls.refusal(call);
        let is_late = refusal.is_none() && controls.faults.is_late(call);
        let reply = match refusal {
            Some(refusal) => refusal,
            None if is_late => Reply::page(StatusCode::GATEWAY_TIMEOUT),
            None => {
                let reply = self.work(world, controls, call);
                controls.faults.after(call, reply)
            }
        };
        let status = (reply.delivery != Delivery::Nothing).then_some(reply.status);
        controls.log.note(call, status);
        (reply, is_late)
    }

    fn work(&self, world: &mut World, controls: &mut Controls, call: &Call) -> Reply {
        match call.service {
            Service::Halo => halo::answer(
                &mut Instance {
                    world,
                    faults: &controls.faults,
                    tokens: &mut controls.tokens,
                    credentials: &self.credentials,
                    site_url: &self.site_url,
                },
                call,
            ),
            Service::Backup => backup::answer(world, &controls.faults, &self.credentials, call),
        }
    }
}

impl Controls {
    /// The refusal of a call by the rate limit or a fault, if there is one.
    fn refusal(&mut self, call: &Call) -> Option<Reply> {
        if let Some(reply) = self.faults.storm(call) {
            return Some(reply);
        }
        if call.service == Service::Halo
            && let Err(refused) = self.rate.admit(Instant::now())
        {
            let reply = Reply::text(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "Rate Limit Reached - {} Requests per rolling 5 minute window",
                    self.rate.limit()
                ),
            );
            return Some(match refused.retry_after {
                Some(seconds) => reply.with_header(header::RETRY_AFTER, seconds.to_string()),
                None => reply,
            });
        }
        self.faults.before(call)
    }
}

/// Answers one request of either service.
pub(super) async fn answer(
    shared: Arc<Shared>,
    service: Service,
    request: Request<Body>,
) -> Result<Response<Body>, Dropped> {
    let call = Call::read(service, request).await.map_err(|_| Dropped)?;
    if let Some(reply) = control::answer(&shared, &call) {
        return reply.into_response();
    }
    let wait = shared.wait();
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let (reply, is_late) = shared.exchange(&call);
    if is_late {
        tokio::spawn(async move {
            tokio::time::sleep(LATE).await;
            // The client has gone.
            let _ = shared.work(&mut shared.world(), &mut shared.controls(), &call);
        });
    }
    reply.into_response()
}

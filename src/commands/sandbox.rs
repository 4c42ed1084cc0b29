//! `sandbox`: serves both services on this machine, or takes the tour of the whole job.

use std::time::Duration;

use serde::Serialize;

use crate::{
    cli,
    context::Context,
    failure::{Completion, Failure},
    invocation::Runner,
    sandbox::{Fault, Options, Sandbox, StartError},
    text::Text,
    tour,
    ui::Format,
};

#[derive(Serialize)]
struct Served<'a> {
    site_url: String,
    backup_url: String,
    tenant: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    reseller_token: &'a str,
    access_token: &'a str,
    organizations: usize,
    faults: Vec<String>,
    broken: Vec<String>,
}

/// Runs `sandbox`.
///
/// # Errors
/// A port is in use, what is to be broken is not there, or the effect of a step of the tour is not found.
pub async fn run(
    context: &Context,
    arguments: cli::Sandbox,
    runner: Runner<'_>,
) -> anyhow::Result<Completion> {
    let faults = arguments
        .fault
        .iter()
        .map(|name| name.parse::<Fault>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::usage(error.to_string()))?;
    let options = Options {
        organizations: arguments.organizations,
        seed: arguments.seed,
        latency: Duration::from_millis(arguments.latency),
        rate_limit: arguments.rate_limit,
        faults,
        broken: arguments.broken,
        halo_port: arguments.halo_port,
        backup_port: arguments.backup_port,
    };
    let organizations = options.organizations;
    let sandbox = Sandbox::start(options).map_err(|error| match error {
        StartError::Unknown(unknown) => Failure::usage(format!("--break: {unknown}")),
        error => Failure::failed(error.to_string()),
    })?;
    if arguments.tour {
        return tour::run(&context.ui, sandbox, runner).await;
    }
    serve(context, &sandbox, organizations).await
}

async fn serve(context: &Context, sandbox: &Sandbox, organizations: usize) -> anyhow::Result<Completion> {
    let credentials = sandbox.credentials();
    let served = Served {
        site_url: sandbox.site_url(),
        backup_url: sandbox.backup_url(),
        tenant: &credentials.tenant,
        client_id: &credentials.client_id,
        client_secret: &credentials.client_secret,
        reseller_token: &credentials.reseller_token,
        access_token: &credentials.access_token,
        organizations,
        faults: sandbox.faults().iter().map(ToString::to_string).collect(),
        broken: sandbox.broken(),
    };
    if context.ui.format() == Format::Json {
        context.ui.json(&served);
    } else {
        context.ui.data(Text::laid_out(&text(&served)));
    }
    context
        .ui
        .note("Serving until Ctrl-C. What it received: GET /sandbox/requests at the site URL");
    context.ui.note(
        "To break backups and heal them meanwhile: PUT and DELETE /sandbox/broken, e.g. [\"Contoso:main-app-token\"]",
    );
    // Only Ctrl-C ends this, and it ends the whole program.
    std::future::pending::<()>().await;
    Ok(Completion::Done)
}

/// The commands to use it with. The secrets in them are made up, so they can be shown.
fn text(served: &Served<'_>) -> String {
    let or_none = |names: &[String]| {
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    let (faults, broken) = (or_none(&served.faults), or_none(&served.broken));
    format!(
        "HaloPSA      {}\nSaaS Backup  {}\ntenant       {}\nfaults       {faults}\nbroken       {broken}\n\n\
         To connect from another terminal:\n\n\
         export HALOLINK_CLIENT_SECRET={}\n\
         export HALOLINK_RESELLER_TOKEN={}\n\
         export HALOLINK_ACCESS_TOKEN={}\n\
         halolink --profile sandbox connect --secret-store none --site-url {} --client-id {} --backup-url {}\n",
        served.site_url,
        served.backup_url,
        served.tenant,
        served.client_secret,
        served.reseller_token,
        served.access_token,
        served.site_url,
        served.client_id,
        served.backup_url
    )
}

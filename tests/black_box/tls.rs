//! https, with certificates of an authority made for the test.
//!
//! Only on Linux, where `SSL_CERT_FILE` names authorities: elsewhere a test would have to change the system's store.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, pem::PemObject},
};

use crate::support::{
    Outcome, Stage,
    proxy::{answer, tls_in_front_of},
};

/// An authority that nobody knows who was not told of it.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    #[track_caller]
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Test authority");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    /// A server with a certificate for this host; by its last day.
    #[track_caller]
    fn server(&self, host: &str, last_year: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a host name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(last_year, 2, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocols")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a server");
        Arc::new(config)
    }
}

/// Both services over https, with a server each like this.
struct Https {
    site: String,
    backup: String,
    requests: Arc<AtomicUsize>,
}

impl Https {
    fn new(stage: &Stage, server: &Arc<ServerConfig>) -> Self {
        let requests = Arc::new(AtomicUsize::new(0));
        let front = |target: &str| {
            let requests = requests.clone();
            tls_in_front_of(target, server, move |_, path| {
                requests.fetch_add(1, Ordering::Relaxed);
                // Tokens are had at the same place, not in plain http.
                (path == "/api/authinfo").then(|| answer("404 Not Found", "X-Nothing: here"))
            })
        };
        let backup = stage.sandbox.backup_url();
        let backup = backup.trim_end_matches("/api");
        Self {
            site: front(&stage.sandbox.site_url()),
            backup: format!("{}/api", front(backup)),
            requests,
        }
    }

    /// `connect`, trusting what is in the file.
    fn connect(&self, stage: &Stage, trusted: Option<&PathBuf>) -> Outcome {
        let arguments: Vec<String> = stage
            .connect_arguments()
            .into_iter()
            .map(|argument| {
                if argument == stage.sandbox.site_url() {
                    self.site.clone()
                } else if argument == stage.sandbox.backup_url() {
                    self.backup.clone()
                } else {
                    argument
                }
            })
            .collect();
        stage.run_with(arguments, b"", |command| trust(command, trusted))
    }
}

fn trust(command: &mut std::process::Command, trusted: Option<&PathBuf>) {
    if let Some(file) = trusted {
        command.env("SSL_CERT_FILE", file);
    }
}

#[test]
fn a_private_authority_is_trusted_where_it_is_named() {
    let stage = Stage::new();
    let authority = Authority::new();
    let trusted = stage.file(authority.certificate.pem().as_bytes());
    let https = Https::new(&stage, &authority.server("localhost", 2090));
    https.connect(&stage, Some(&trusted)).expect(0);
    let asked = https.requests.load(Ordering::Relaxed);
    assert!(asked > 5, "{asked}");
    stage
        .run_with(["list", "organizations"], b"", |command| {
            trust(command, Some(&trusted))
        })
        .expect(0)
        .prints(["1788161-14"]);
    assert!(https.requests.load(Ordering::Relaxed) > asked);
    // And only there.
    let asked = https.requests.load(Ordering::Relaxed);
    for kind in ["organizations", "customers"] {
        stage.run(["list", kind]).expect(1).says([
            "cannot be trusted",
            "an authority that this machine does not know",
        ]);
    }
    assert_eq!(https.requests.load(Ordering::Relaxed), asked);
}

#[test]
fn a_certificate_that_is_not_right_gets_no_secret() {
    let stage = Stage::new();
    let authority = Authority::new();
    let trusted = stage.file(authority.certificate.pem().as_bytes());
    let right = authority.server("localhost", 2090);
    let expired = authority.server("localhost", 2021);
    let anothers = authority.server("acme.halopsa.com", 2090);
    for (server, trusted, reason) in [
        (&right, None, "from an authority that this machine does not know"),
        (&expired, Some(&trusted), "its certificate expired on 2021-02-01"),
        (
            &anothers,
            Some(&trusted),
            "its certificate is for another host: acme.halopsa.com",
        ),
    ] {
        let https = Https::new(&stage, server);
        https.connect(&stage, trusted).expect(1).says([
            "localhost:",
            "cannot be trusted",
            reason,
            "SSL_CERT_FILE",
        ]);
        assert_eq!(https.requests.load(Ordering::Relaxed), 0, "{reason}");
        assert_eq!(stage.sandbox.received(), [], "{reason}");
        assert!(stage.traces().is_empty(), "{reason}");
    }
}

#[test]
fn a_machine_that_trusts_nobody_is_told_what_to_do() {
    let stage = Stage::new();
    let nothing = stage.file(b"no certificate");
    let https = Https::new(&stage, &Authority::new().server("localhost", 2090));
    https
        .connect(&stage, Some(&nothing))
        .expect(1)
        .says(["no certificate authorities", "SSL_CERT_FILE"]);
    assert_eq!(https.requests.load(Ordering::Relaxed), 0);
}

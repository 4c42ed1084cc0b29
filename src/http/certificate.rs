//! Why a server's certificate is not trusted, in plain words.

use std::{error::Error, io};

use jiff::Timestamp;
use rustls::{CertificateError, pki_types::UnixTime};

/// What is wrong with the certificate, if that is what led to the error.
pub fn distrust(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(reason)) = error.downcast_ref() {
            return Some(words(reason));
        }
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            // An I/O error's `source` skips the error that it wraps.
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

fn words(reason: &CertificateError) -> String {
    use CertificateError as E;
    match reason {
        E::UnknownIssuer => {
            "its certificate comes from an authority that this machine does not know".to_owned()
        }
        E::Expired => "its certificate has expired".to_owned(),
        E::ExpiredContext { not_after, .. } => format!("its certificate expired on {}", date(*not_after)),
        E::NotValidYet => "its certificate is not valid yet".to_owned(),
        E::NotValidYetContext { not_before, .. } => format!(
            "its certificate is not valid before {}, which is in the future by this machine's clock",
            date(*not_before)
        ),
        E::NotValidForName => "its certificate is for another host".to_owned(),
        E::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "its certificate names no host".to_owned()
        }
        E::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().map(|name| plain(name)).collect();
            format!("its certificate is for another host: {}", names.join(", "))
        }
        E::Revoked => "its certificate was revoked".to_owned(),
        reason => format!("its certificate cannot be used: {reason}"),
    }
}

/// A name as people write it, taken from `DnsName("acme.halopsa.com")` or `IpAddress(10.0.0.1)`.
fn plain(name: &str) -> &str {
    name.split_once('(')
        .and_then(|(_, name)| name.strip_suffix(')'))
        .map_or(name, |name| name.trim_matches('"'))
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(
        |_| "a day beyond the calendar".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_reason_is_found_wherever_it_is_wrapped() {
        let reason = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let inner = io::Error::other(reason);
        let outer = io::Error::other(inner);
        assert_eq!(
            distrust(&outer).unwrap(),
            "its certificate comes from an authority that this machine does not know"
        );
        assert_eq!(distrust(&io::Error::other("reset")), None);
        assert_eq!(distrust(&io::Error::from(io::ErrorKind::NotFound)), None);
    }

    #[test]
    fn names_of_hosts() {
        assert_eq!(plain("DnsName(\"acme.halopsa.com\")"), "acme.halopsa.com");
        assert_eq!(plain("IpAddress(10.0.0.1)"), "10.0.0.1");
        assert_eq!(plain("acme"), "acme");
    }

    #[test]
    fn days_of_any_time() {
        let day = |seconds| date(UnixTime::since_unix_epoch(Duration::from_secs(seconds)));
        assert_eq!(day(1_580_515_200), "2020-02-01");
        assert_eq!(day(u64::MAX), "a day beyond the calendar");
    }
}

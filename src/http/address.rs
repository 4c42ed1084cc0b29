//! Which addresses secrets may be sent to.

use reqwest::Url;

use super::Error;

/// Whether the URL points at this machine itself.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost") || name.ends_with(".localhost")
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether the URL's host is an IP address or a name that could be in DNS.
pub fn is_host(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let label = |label: &str| {
                !label.is_empty()
                    && label.len() <= 63
                    && label
                        .chars()
                        .all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
            };
            name.len() <= 253 && name.trim_end_matches('.').split('.').all(label)
        }
        Some(_) => true,
        None => false,
    }
}

/// Secrets travel over https only; loopback does not leave the machine.
///
/// # Errors
/// [`Error::Insecure`].
pub fn require_secure(url: &Url) -> Result<(), Error> {
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)) {
        return Ok(());
    }
    Err(Error::Insecure {
        url: format!("{}://{}", url.scheme(), host_of(url)),
    })
}

/// The host, with the port if the URL names one.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_loopback() {
        for good in [
            "https://acme.halopsa.com",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:9",
        ] {
            assert!(require_secure(&good.parse().unwrap()).is_ok(), "{good}");
        }
        for bad in [
            "http://acme.halopsa.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "http://localhost.example.com",
        ] {
            assert!(require_secure(&bad.parse().unwrap()).is_err(), "{bad}");
        }
    }
}

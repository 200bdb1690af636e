//! Where a service is, as a setting names it.

use http::uri::Authority;

/// One service: in this process, or at one or more addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `inproc://chat`
    InProcess(String),
    /// `http://host:port`, or several with commas between; a host may be a name of several addresses.
    Tcp(Vec<HostPort>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostPort {
    pub(super) host: String,
    pub(super) port: u16,
}

/// The address of a service can't be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "{target:?} is no address of a service: {reason}; write http://host:port (several with commas) or inproc://name"
)]
pub struct TargetError {
    target: String,
    reason: &'static str,
}

impl Target {
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        let refused = |reason| TargetError {
            target: text.to_owned(),
            reason,
        };
        if let Some(name) = text.strip_prefix("inproc://") {
            if name.is_empty() || name.contains(['/', ',']) {
                return Err(refused("the name in the process is missing or wrong"));
            }
            return Ok(Self::InProcess(name.to_owned()));
        }
        let hosts: Result<Vec<_>, _> = text
            .split(',')
            .map(|part| host_port(part.trim()).map_err(refused))
            .collect();
        Ok(Self::Tcp(hosts?))
    }
}

fn host_port(text: &str) -> Result<HostPort, &'static str> {
    let authority = match text.split_once("://") {
        Some(("http", authority)) => authority.trim_end_matches('/'),
        Some(_) => return Err("only http:// is spoken between services"),
        None => text,
    };
    let authority: Authority = authority.parse().map_err(|_| "it has no host")?;
    let port = authority.port_u16().ok_or("it has no port")?;
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    if host.is_empty() {
        return Err("it has no host");
    }
    Ok(HostPort { host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_read() {
        let tcp = |host: &str, port| HostPort {
            host: host.to_owned(),
            port,
        };
        for (text, target) in [
            ("inproc://chat", Target::InProcess("chat".to_owned())),
            ("http://chat:7000", Target::Tcp(vec![tcp("chat", 7000)])),
            ("127.0.0.1:0", Target::Tcp(vec![tcp("127.0.0.1", 0)])),
            ("http://[::1]:7000/", Target::Tcp(vec![tcp("::1", 7000)])),
            (
                "http://a:1, http://b:2",
                Target::Tcp(vec![tcp("a", 1), tcp("b", 2)]),
            ),
        ] {
            assert_eq!(Target::parse(text).unwrap(), target, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        for text in [
            "",
            "chat",
            "https://chat:1",
            "http://:1",
            "inproc://",
            "http://a:1,",
        ] {
            let refused = Target::parse(text).unwrap_err().to_string();
            assert!(
                refused.contains("write http://host:port"),
                "{text}: {refused}"
            );
        }
    }
}

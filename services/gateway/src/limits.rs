//! How often one address and one person may ask. The limits hold for this process; several gateways
//! each grant their own.

mod address;
mod per_key;

use std::num::NonZeroU32;

use governor::Quota;
use http::StatusCode;

pub use address::{ClientAddress, TrustedProxies};

use crate::domain::UserId;
use crate::problem::Problem;
use address::Neighbourhood;
use per_key::PerKey;

/// What somebody may save up, in seconds of the steady rate.
const BURST_SECONDS: u32 = 2;

/// Counts the requests of addresses and people.
pub struct Limits {
    requests: Option<PerKey<Neighbourhood>>,
    sign_ins: Option<PerKey<Neighbourhood>>,
    people: Option<PerKey<UserId>>,
}

/// Rates; 0 is none.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Requests of one address, per second.
    pub requests: u32,
    /// Registrations and log-ins from one address, per minute.
    pub sign_ins: u32,
    /// Requests of one person, per second.
    pub person: u32,
}

impl Limits {
    /// With nothing counted yet.
    pub fn new(rates: Rates) -> Self {
        Self {
            requests: per_second(rates.requests).map(PerKey::new),
            sign_ins: NonZeroU32::new(rates.sign_ins)
                .map(|rate| PerKey::new(Quota::per_minute(rate))),
            people: per_second(rates.person).map(PerKey::new),
        }
    }

    /// Counts a request of this address.
    pub fn request(&self, address: ClientAddress) -> Result<(), Problem> {
        check(self.requests.as_ref(), address.neighbourhood())
    }

    /// Counts an attempt of this address to get a session.
    pub fn sign_in(&self, address: ClientAddress) -> Result<(), Problem> {
        check(self.sign_ins.as_ref(), address.neighbourhood())
    }

    /// Counts a request of this person.
    pub fn person(&self, user: UserId) -> Result<(), Problem> {
        check(self.people.as_ref(), user)
    }
}

fn per_second(rate: u32) -> Option<Quota> {
    let rate = NonZeroU32::new(rate)?;
    let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
    Some(Quota::per_second(rate).allow_burst(burst))
}

fn check<K>(limit: Option<&PerKey<K>>, key: K) -> Result<(), Problem>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
{
    let Some(limit) = limit else { return Ok(()) };
    limit.check(key).map_err(|wait| {
        let detail = "too many requests; wait as long as Retry-After says";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(wait)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates {
        requests: 5,
        sign_ins: 2,
        person: 0,
    };

    fn address(text: &str) -> ClientAddress {
        ClientAddress::from(text.parse::<std::net::IpAddr>().unwrap())
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_back() {
        let limits = Limits::new(RATES);
        for _ in 0..2 {
            limits.sign_in(address("192.0.2.1")).unwrap();
        }
        let refused = limits.sign_in(address("192.0.2.1")).unwrap_err();
        assert_eq!(refused.status.as_u16(), 429);
        let wait = refused.retry_after.unwrap().as_secs();
        assert!((25..=30).contains(&wait), "{wait} s");
        limits.sign_in(address("192.0.2.2")).unwrap();
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let limits = Limits::new(RATES);
        for host in 0..10 {
            limits
                .request(address(&format!("2001:db8::{host}")))
                .unwrap();
        }
        limits.request(address("2001:db8::ffff")).unwrap_err();
        limits.request(address("2001:db8:0:1::1")).unwrap();
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        let limits = Limits::new(RATES);
        let user = UserId::new(uuid::Uuid::nil());
        for _ in 0..1_000 {
            limits.person(user).unwrap();
        }
    }
}

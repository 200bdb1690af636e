//! How many WebSockets one address may have open.

use std::collections::HashMap;
use std::sync::Arc;

use http::StatusCode;
use parking_lot::Mutex;

use crate::limits::ClientAddress;
use crate::problem::Problem;

/// Counts the connections of each address.
#[derive(Clone)]
pub(super) struct Places {
    most: u32,
    taken: Arc<Mutex<HashMap<ClientAddress, u32>>>,
}

/// One connection of an address, until it is dropped.
pub(super) struct Place {
    places: Places,
    address: Option<ClientAddress>,
}

impl Places {
    /// `most` per address; 0 is no limit.
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            taken: Arc::default(),
        }
    }

    pub(super) fn take(&self, address: Option<ClientAddress>) -> Result<Place, Problem> {
        let address = address.filter(|_| self.most > 0);
        if let Some(address) = address {
            let mut taken = self.taken.lock();
            let count = taken.entry(address).or_default();
            if *count >= self.most {
                let detail = "this address has too many connections; close one first";
                let status = StatusCode::TOO_MANY_REQUESTS;
                return Err(Problem::new(status, "too_many_connections", detail));
            }
            *count += 1;
        }
        Ok(Place {
            places: self.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.address else {
            return;
        };
        let mut taken = self.places.taken.lock();
        if let Some(count) = taken.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&address);
            }
        }
    }
}

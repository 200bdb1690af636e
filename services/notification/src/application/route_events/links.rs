//! The links to all gateways.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::link::{Job, Link};
use crate::application::Metrics;
use crate::application::directory::{Audience, Target};
use crate::application::ports::{Dial, Registry};
use crate::domain::Address;

/// A link is closed when its gateway was not among those present for so long: by then all its jobs
/// are acknowledged or given up, so closing it loses none that a later lookup handed over.
const UNWANTED: Duration = Duration::from_secs(4);

/// One link per gateway, opened before it is needed and closed when the gateway is gone.
pub struct Links {
    dial: Arc<dyn Dial>,
    registry: Arc<dyn Registry>,
    metrics: Metrics,
    open: Mutex<HashMap<Address, Link>>,
}

impl Links {
    /// Dials with `dial`; tells `registry` about gateways that missed something.
    pub fn new(dial: Arc<dyn Dial>, registry: Arc<dyn Registry>, metrics: Metrics) -> Self {
        Self {
            dial,
            registry,
            metrics,
            open: Mutex::default(),
        }
    }

    /// Hands a job to the gateway's link. Jobs of one gateway keep their order.
    pub(in crate::application) fn send(&self, target: &Target, job: Job) {
        let mut open = self.open.lock();
        self.link(&mut open, target).send(job);
    }

    /// Opens links to those of the audience that have none yet, and closes those that nobody wanted
    /// for a while.
    pub(in crate::application) fn keep(&self, audience: &Audience) {
        let mut open = self.open.lock();
        for target in audience.present() {
            self.link(&mut open, target);
        }
        open.retain(|_, link| link.wanted().elapsed() < UNWANTED);
    }

    /// The gateways to which a stream is open now.
    pub(in crate::application) fn connected(&self) -> Vec<Address> {
        let open = self.open.lock();
        let connected = open.iter().filter(|(_, link)| link.is_connected());
        connected.map(|(address, _)| address.clone()).collect()
    }

    fn link<'a>(&self, open: &'a mut HashMap<Address, Link>, target: &Target) -> &'a Link {
        let link = open.entry(target.address.clone()).or_insert_with(|| {
            Link::open(
                target.address.clone(),
                self.dial.clone(),
                self.registry.clone(),
                self.metrics.clone(),
            )
        });
        link.want(target.incarnation.as_ref());
        link
    }
}

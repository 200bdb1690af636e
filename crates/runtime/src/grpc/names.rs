//! Where names are looked up.

use std::{io, net::SocketAddr};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::net::lookup_host;

use super::target::HostPort;

/// Finds the addresses behind a host.
pub(super) trait Names: Send + Sync {
    /// All of them at this moment.
    fn look_up<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// As the machine is set up: on Kubernetes the cluster's DNS.
pub(super) struct SystemNames;

impl Names for SystemNames {
    fn look_up<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let found = lookup_host((host.host.as_str(), host.port));
        found.map(|found| Ok(found?.collect())).boxed()
    }
}

#[cfg(test)]
pub(super) mod fixture {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use parking_lot::Mutex;

    use super::*;

    /// Knows the same addresses for every name, as a test writes them.
    pub(in crate::grpc) struct Book {
        page: Mutex<Page>,
        looked_up: AtomicUsize,
    }

    #[derive(Clone)]
    enum Page {
        Addresses(Vec<SocketAddr>),
        Lost,
        Hangs,
    }

    impl Book {
        pub(in crate::grpc) fn of(addresses: &[SocketAddr]) -> Arc<Self> {
            Arc::new(Self {
                page: Mutex::new(Page::Addresses(addresses.to_vec())),
                looked_up: AtomicUsize::new(0),
            })
        }

        pub(in crate::grpc) fn write(&self, addresses: &[SocketAddr]) {
            *self.page.lock() = Page::Addresses(addresses.to_vec());
        }

        /// Nothing is found any more.
        pub(in crate::grpc) fn lose(&self) {
            *self.page.lock() = Page::Lost;
        }

        /// Nothing is answered any more.
        pub(in crate::grpc) fn hang(&self) {
            *self.page.lock() = Page::Hangs;
        }

        pub(in crate::grpc) fn looked_up(&self) -> usize {
            self.looked_up.load(Ordering::SeqCst)
        }
    }

    impl Names for Book {
        fn look_up<'a>(&'a self, _: &'a HostPort) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
            self.looked_up.fetch_add(1, Ordering::SeqCst);
            let page = self.page.lock().clone();
            async {
                match page {
                    Page::Addresses(addresses) => Ok(addresses),
                    Page::Lost => Err(io::ErrorKind::NotFound.into()),
                    Page::Hangs => std::future::pending().await,
                }
            }
            .boxed()
        }
    }

    /// Nobody is there.
    pub(in crate::grpc) fn socket(number: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, number], 7000))
    }
}

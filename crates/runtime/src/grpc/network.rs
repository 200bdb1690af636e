//! The place where the services of one Chappe find and trust one another.

use std::{collections::HashMap, io, sync::Arc};

use parking_lot::Mutex;
use tokio::{
    io::{DuplexStream, duplex},
    net::TcpListener,
    sync::mpsc,
};

use super::{
    Client, InternalCredential, ListenError, Listener, TargetError, balancer::Balancer,
    names::SystemNames, target::Target,
};

/// Bytes that one side of a connection inside the process may be ahead of the other.
const IN_PROCESS_BUFFER: usize = 256 * 1024;

/// Connections waiting to be accepted.
const BACKLOG: usize = 64;

/// Holds the credential and the listeners inside this process; clones share both.
#[derive(Clone, Debug)]
pub struct Network {
    credential: InternalCredential,
    in_process: InProcess,
}

impl Network {
    /// Services that share the credential trust one another.
    pub fn new(credential: InternalCredential) -> Self {
        Self {
            credential,
            in_process: InProcess::default(),
        }
    }

    /// A client of the service at `target`: `inproc://chat`, `http://host:port`, several with commas,
    /// or a name with several addresses. Connects with the first call, so order of start does not matter.
    pub fn connect(&self, target: &str) -> Result<Client, TargetError> {
        let parsed = Target::parse(target)?;
        let balancer = Balancer::new(
            target,
            parsed,
            self.in_process.clone(),
            Arc::new(SystemNames),
        );
        Ok(Client::new(balancer, self.credential.header()))
    }

    /// Listens for [`super::serve`]: at `inproc://chat`, or at an address such as `127.0.0.1:7001`,
    /// where port 0 takes a free one.
    pub async fn listen(&self, target: &str) -> Result<Listener, ListenError> {
        let refused = |source| ListenError::new(target, source);
        let parsed = Target::parse(target).map_err(|error| refused(io::Error::other(error)))?;
        let hosts = match parsed {
            Target::InProcess(name) => {
                let incoming = self.in_process.listen(&name).map_err(refused)?;
                return Ok(Listener::in_process(
                    &name,
                    incoming,
                    self.credential.clone(),
                ));
            }
            Target::Tcp(hosts) => hosts,
        };
        let [host] = hosts.as_slice() else {
            return Err(refused(io::Error::other(
                "one address is listened on, not several",
            )));
        };
        let listener = TcpListener::bind((host.host.as_str(), host.port))
            .await
            .map_err(refused)?;
        Listener::tcp(listener, self.credential.clone()).map_err(refused)
    }
}

/// Listeners inside this process, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct InProcess {
    listeners: Arc<Mutex<HashMap<String, mpsc::Sender<DuplexStream>>>>,
}

impl InProcess {
    pub(super) async fn dial(&self, name: &str) -> io::Result<DuplexStream> {
        let listener = self.listeners.lock().get(name).cloned();
        let refused = || io::Error::new(io::ErrorKind::ConnectionRefused, "nobody listens");
        let listener = listener.ok_or_else(refused)?;
        let (ours, theirs) = duplex(IN_PROCESS_BUFFER);
        listener.send(theirs).await.map_err(|_| refused())?;
        Ok(ours)
    }

    fn listen(&self, name: &str) -> io::Result<mpsc::Receiver<DuplexStream>> {
        let mut listeners = self.listeners.lock();
        if listeners.get(name).is_some_and(|other| !other.is_closed()) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let (sender, receiver) = mpsc::channel(BACKLOG);
        listeners.insert(name.to_owned(), sender);
        Ok(receiver)
    }
}

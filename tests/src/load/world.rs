//! The servers under load: started here, or running already.

mod distributed;
mod embedded;
mod server;

use std::{net::SocketAddr, time::Duration};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use self::server::Server;
use super::{
    args::{WorldArgs, WorldKind},
    deadline::within,
    process::Process,
};
use crate::world::stack::Leftovers;

/// Gateways to load, and the processes behind them.
pub(super) struct World {
    pub(super) gateways: Vec<SocketAddr>,
    servers: Vec<Server>,
    running: Vec<Process>,
    /// Dropped after the servers.
    place: Option<Place>,
}

/// Data that goes when the servers are gone.
enum Place {
    Folder(#[expect(dead_code, reason = "removed on drop")] tempfile::TempDir),
    Servers(Leftovers),
}

/// Which cores the servers run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cores {
    /// Any.
    Shared,
    /// The first gateway has core 0 for itself, as far as what is started here goes.
    GatewayAlone,
}

impl World {
    /// Starts the servers that are asked for, and waits until they are ready.
    pub(super) async fn start(
        args: &WorldArgs,
        replicas: usize,
        cores: Cores,
    ) -> anyhow::Result<Self> {
        if !args.url.is_empty() {
            let process = |named: &super::args::NamedPid| Process {
                name: named.name.clone(),
                pid: named.pid,
            };
            return Ok(Self {
                gateways: args.url.clone(),
                servers: Vec::new(),
                running: args.process.iter().map(process).collect(),
                place: None,
            });
        }
        let before = sched_getaffinity(None)?;
        if cores == Cores::GatewayAlone {
            leave_core_0(&before)?;
        }
        let world = match args.world {
            WorldKind::Embedded => embedded::start(cores).await,
            WorldKind::Distributed => {
                distributed::start(args.replicas.unwrap_or(replicas), cores).await
            }
        };
        if world.is_err() {
            sched_setaffinity(None, &before)?;
        }
        world
    }

    /// All server processes.
    pub(super) fn processes(&self) -> Vec<Process> {
        let started = self.servers.iter().map(|server| server.process.clone());
        started.chain(self.running.iter().cloned()).collect()
    }

    /// The processes that hold the connections.
    pub(super) fn gateway_processes(&self) -> Vec<Process> {
        let holds = |process: &Process| {
            process.name.starts_with("gateway") || process.name.starts_with("chappe")
        };
        self.processes().into_iter().filter(holds).collect()
    }

    /// CPU time of each process so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Vec<(Process, Duration)>> {
        let times = self.processes().into_iter().map(|process| {
            let time = process.cpu()?;
            Ok((process, time))
        });
        times.collect()
    }

    /// CPU time of each process since then.
    pub(super) fn cpu_since(
        &self,
        before: &[(Process, Duration)],
    ) -> anyhow::Result<Vec<(Process, Duration)>> {
        let mut used = self.cpu()?;
        for ((_, time), (_, then)) in used.iter_mut().zip(before) {
            *time = time.saturating_sub(*then);
        }
        Ok(used)
    }

    /// Stops the servers in order.
    pub(super) async fn stop(mut self) {
        for server in &self.servers {
            server.terminate();
        }
        for server in &mut self.servers {
            server.ended().await;
        }
        self.servers.clear();
        if let Some(Place::Servers(leftovers)) = self.place.take()
            && let Err(error) = within("the servers are empty", leftovers.remove()).await
        {
            eprintln!("load: {error}");
        }
    }
}

/// Takes this process, and all that it starts from now on, off core 0.
fn leave_core_0(all: &CpuSet) -> anyhow::Result<()> {
    if all.count() < 2 {
        eprintln!("load: there is only one core; the gateway shares it with everybody");
        return Ok(());
    }
    let mut others = *all;
    others.unset(0);
    sched_setaffinity(None, &others)?;
    Ok(())
}

/// So many free ports of 127.0.0.1, all different; somebody else may take one before it is used, which
/// its server reports.
fn free_addresses(count: usize) -> anyhow::Result<Vec<SocketAddr>> {
    let bind = |_| std::net::TcpListener::bind("127.0.0.1:0");
    let held: Vec<std::net::TcpListener> = (0..count).map(bind).collect::<Result<_, _>>()?;
    let addresses = held.iter().map(|listener| Ok(listener.local_addr()?));
    addresses.collect()
}

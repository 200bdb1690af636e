//! Memory of a gateway per idle connection.

use std::time::Duration;

use super::{
    args::{Idle, WorldArgs},
    process::Process,
    report::{Report, count},
    stage::Stage,
    world::Cores,
};

/// Connections before the first measurement: what the server needs once is not counted.
const FIRST: usize = 100;

/// Rooms; everybody is in one of them.
const ROOMS: usize = 5;

/// Time for buffers of the welcome to be given back.
const SETTLE: Duration = Duration::from_secs(3);

pub(super) async fn run(args: &WorldArgs, options: &Idle) -> anyhow::Result<Report> {
    let stage = Stage::set(args, 1, Cores::Shared, options.connections).await?;
    for number in 0..ROOMS.min(stage.people.len()) {
        let members: Vec<_> = stage
            .people
            .iter()
            .skip(number)
            .step_by(ROOMS)
            .cloned()
            .collect();
        stage.open_room(&format!("Idle {number}"), &members).await?;
    }
    let mut people = stage.people.iter().cycle().cloned();

    // They stay: the task that reads keeps its client.
    stage.connect(people.by_ref().take(FIRST)).await?;
    tokio::time::sleep(SETTLE).await;
    let before = resident(&stage)?;
    let clients = stage.connect(people.take(options.connections)).await?;
    tokio::time::sleep(SETTLE).await;
    let after = resident(&stage)?;

    let connections = count(clients.len() as u64);
    let mut report = Report::new(format!(
        "{} idle connections of {} people",
        clients.len(),
        stage.people.len()
    ));
    report.add(
        "gateway memory per connection",
        (after - before) / connections,
        "KB",
    );
    report.add("gateway memory before", before, "KB");
    report.add("gateway memory with all", after, "KB");
    report.add_troubles(&stage.ledger());
    stage.end().await;
    Ok(report)
}

fn resident(stage: &Stage) -> anyhow::Result<f64> {
    let gateways = stage.world.gateway_processes();
    gateways.iter().map(Process::resident_kb).sum()
}

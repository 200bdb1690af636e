//! All clients come back at once, each having missed some messages.

use std::{rc::Rc, time::Instant};

use super::{
    args::{Reconnect, WorldArgs},
    clock,
    people::Person,
    report::Report,
    stage::{Crowd, Stage, filling},
    world::Cores,
};

/// Bytes of a missed message.
const BODY: usize = 200;

pub(super) async fn run(args: &WorldArgs, options: &Reconnect) -> anyhow::Result<Report> {
    let stage = Stage::set(args, 2, Cores::Shared, options.connections).await?;
    let rooms = options.rooms.min(stage.people.len());
    let mut crowds = Vec::with_capacity(rooms);
    for number in 0..rooms {
        let members: Vec<_> = stage
            .people
            .iter()
            .skip(number)
            .step_by(rooms)
            .cloned()
            .collect();
        let room = stage
            .open_room(&format!("Storm {number}"), &members)
            .await?;
        crowds.push(Crowd {
            room,
            clients: Vec::new(),
        });
    }
    // One connection of each room stays and writes what the others miss.
    let logins: Vec<Rc<Person>> = (0..options.connections + rooms)
        .map(|number| stage.people[number % stage.people.len()].clone())
        .collect();
    let clients = stage.connect(logins.iter().cloned()).await?;
    // Who is in which room: as the people were dealt to the rooms.
    for (number, client) in clients.iter().enumerate() {
        let room = number % stage.people.len() % rooms;
        crowds[room].clients.push(client.clone());
    }
    stage.warm_up(&crowds).await?;

    let writers: Vec<_> = crowds
        .iter()
        .map(|crowd| crowd.clients[0].clone())
        .collect();
    let leaving: Vec<usize> = (0..clients.len())
        .filter(|&number| {
            !writers
                .iter()
                .any(|writer| Rc::ptr_eq(writer, &clients[number]))
        })
        .collect();
    let mut positions = Vec::with_capacity(leaving.len());
    for &number in &leaving {
        clients[number].cut();
        positions.push(clients[number].positions.borrow().clone());
    }
    stage.ledger().begin();
    for _ in 0..options.missed {
        for (crowd, writer) in crowds.iter().zip(&writers) {
            let number = stage.ledger().schedule(clock::now(), crowd.clients.len());
            writer.send(number, &crowd.room, &filling(BODY)).await?;
        }
    }
    stage
        .until("the missed messages are acknowledged", || {
            stage.ledger().unacknowledged() == 0
        })
        .await?;

    let cpu = stage.world.cpu()?;
    let began = Instant::now();
    let comeback = leaving
        .iter()
        .zip(positions)
        .map(|(&number, known)| (logins[number].clone(), known));
    let back = stage.connect_from(comeback, usize::MAX).await?;
    let welcomed = began.elapsed();
    let caught_up = stage
        .until("everybody caught up", || stage.ledger().is_complete())
        .await;
    let took = began.elapsed();
    let used = stage.world.cpu_since(&cpu)?;

    let mut report = Report::new(format!(
        "{} clients of {rooms} rooms come back at once, each missed {} messages",
        back.len(),
        options.missed
    ));
    report.add("all welcomed after", welcomed.as_secs_f64(), "s");
    report.add("all caught up after", took.as_secs_f64(), "s");
    report.add_losses(&stage.ledger());
    report.add_troubles(&stage.ledger());
    report.add_cpu(&used, took, 0);
    if let Err(error) = caught_up {
        eprintln!("load: {error}");
    }
    stage.end().await;
    Ok(report)
}

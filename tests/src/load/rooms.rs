//! Many small rooms at a fixed rate.

use super::{
    args::{Rooms, WorldArgs},
    report::Report,
    stage::{Crowd, Stage},
    world::Cores,
};

pub(super) async fn run(args: &WorldArgs, options: &Rooms) -> anyhow::Result<Report> {
    let stage = Stage::set(args, 2, Cores::Shared, usize::MAX).await?;
    let people = stage.people.len();
    let members = |room: usize| {
        // Neighbours meet in a room, so everybody is in as many rooms as everybody else.
        let numbers = (0..options.members.min(people)).map(move |member| (room + member) % people);
        numbers.collect::<Vec<_>>()
    };
    let mut rooms = Vec::with_capacity(options.count);
    for number in 0..options.count {
        let members: Vec<_> = members(number)
            .into_iter()
            .map(|member| stage.people[member].clone())
            .collect();
        rooms.push(stage.open_room(&format!("Room {number}"), &members).await?);
    }
    let clients = stage.connect(stage.people.iter().cloned()).await?;
    let crowds: Vec<Crowd> = rooms
        .into_iter()
        .enumerate()
        .map(|(number, room)| Crowd {
            room,
            clients: members(number)
                .into_iter()
                .map(|member| clients[member].clone())
                .collect(),
        })
        .collect();

    let mut report = Report::new(format!(
        "{} rooms of {} ({:?}), {} messages of {} bytes per second over all",
        options.count, options.members, args.world, options.stream.rate, options.stream.bytes
    ));
    stage.measure(&mut report, &crowds, &options.stream).await?;
    stage.end().await;
    Ok(report)
}

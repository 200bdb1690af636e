//! How many sends are acknowledged per second. Printed, not asserted.

use std::{sync::Arc, time::Duration};

use chat::domain::{RoomId, UserId};
use futures::future::join_all;
use tokio::time::Instant;

use super::world::World;

const SENDERS: usize = 32;
const PERIOD: Duration = Duration::from_secs(5);

/// 32 senders, each with one send under way, into this many rooms.
pub(crate) async fn acknowledged_sends_per_second(world: &Arc<World>, rooms: usize) {
    let mut people = Vec::new();
    for i in 0..SENDERS {
        people.push(world.person(&format!("sender{rooms}.{i}")).await);
    }
    let mut open = Vec::new();
    for _ in 0..rooms {
        open.push(world.group(people[0], &people[1..]).await);
    }
    let open: Arc<[RoomId]> = open.into();
    let began = Instant::now();
    let senders = people.into_iter().enumerate().map(|(i, person)| {
        tokio::spawn(send(
            Arc::clone(world),
            person,
            Arc::clone(&open),
            i * rooms / SENDERS,
        ))
    });
    let mut waits: Vec<_> = join_all(senders)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    let elapsed = began.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!(
        "{rooms} rooms, {SENDERS} senders: {:.0} acknowledged sends/s, p50 {:.1} ms, p99 {:.1} ms",
        f64::from(u32::try_from(waits.len()).unwrap()) / elapsed,
        at(50),
        at(99),
    );
}

async fn send(
    world: Arc<World>,
    person: UserId,
    rooms: Arc<[RoomId]>,
    from: usize,
) -> Vec<Duration> {
    let text = "x".repeat(200);
    let end = Instant::now() + PERIOD;
    let mut waits = Vec::new();
    for i in from.. {
        let began = Instant::now();
        if began >= end {
            break;
        }
        world.say(person, rooms[i % rooms.len()], &text).await;
        waits.push(began.elapsed());
    }
    waits
}

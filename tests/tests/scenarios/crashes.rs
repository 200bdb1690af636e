//! SIGKILL, one process after the other, while people write.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use e2e::{World, eventually};
use futures::future::join_all;
use tokio::time::{MissedTickBehavior, interval};

const SENDERS: usize = 20;
const READERS: usize = 10;
const EACH: usize = 250;
/// Between the sends of one sender, so that people still write when the last process is killed.
const PACE: Duration = Duration::from_millis(150);
const SOON: Duration = Duration::from_mins(2);

pub(crate) async fn nothing_acknowledged_is_lost_when_processes_are_killed(world: &World) {
    let people = world.people("member", SENDERS + READERS).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;
    let written = AtomicUsize::new(0);

    let sending = devices[..SENDERS].iter().map(async |device| {
        let mut acks = Vec::with_capacity(EACH);
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for number in 0..EACH {
            pace.tick().await;
            let body = format!("{} {number}", device.person.username);
            acks.push(device.send(room, &body).await.unwrap());
            written.fetch_add(1, Ordering::Relaxed);
        }
        acks
    });
    let killing = async {
        // The one process of the embedded world is killed three times.
        let victims: Vec<_> = world
            .processes()
            .iter()
            .cycle()
            .take(world.processes().len().max(3))
            .collect();
        let step = SENDERS * EACH / (victims.len() + 1);
        for (round, victim) in victims.into_iter().enumerate() {
            let share = step * (round + 1);
            eventually("people write on", SOON, async || {
                (written.load(Ordering::Relaxed) >= share).then_some(())
            })
            .await;
            victim.kill().await;
            victim.start_again().await.unwrap();
            victim.ready(SOON).await.unwrap();
        }
    };
    let (acks, ()) = tokio::join!(join_all(sending), killing);

    let acks: Vec<_> = acks.into_iter().flatten().collect();
    assert_eq!(acks.len(), SENDERS * EACH);
    let last = acks.iter().map(|ack| ack.seq).max().unwrap();
    let written: HashSet<_> = acks.iter().map(|ack| ack.id).collect();
    for device in &devices {
        device.connected(SOON).await;
        device.reaches(room, last, SOON).await;
        device.assert_faultless();
        let seen = device.look(|seen| seen.message_ids(room));
        assert_eq!(
            seen.len(),
            acks.len(),
            "{} saw a message twice or not at all",
            device.person.username
        );
        assert_eq!(seen.into_iter().collect::<HashSet<_>>(), written);
    }
}

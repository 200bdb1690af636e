//! What connections and feeds need to catch up.

use std::collections::{HashMap, HashSet};

use chat::{
    application::{
        Limit,
        delete_room::DeleteRoom,
        fill_gap::FillGap,
        get_heads::GetHeads,
        get_memberships::GetMemberships,
        leave_room::LeaveRoom,
        resume::{CatchUp, Resume, Resumed},
    },
    domain::{Epoch, RoomEvent, RoomId, Seq, UserId},
};
use futures::future::join_all;
use uuid::Uuid;

use super::world::{World, code, kinds};

async fn resume(world: &World, caller: UserId, positions: &[(RoomId, i64)]) -> Resumed {
    let epoch = Some(world.store.epoch());
    resume_in(world, caller, epoch, positions).await
}

async fn resume_in(
    world: &World,
    caller: UserId,
    epoch: Option<Epoch>,
    positions: &[(RoomId, i64)],
) -> Resumed {
    let positions = positions
        .iter()
        .map(|(room, seq)| (*room, Seq::new(*seq)))
        .collect();
    world
        .ask(Resume {
            caller,
            epoch,
            positions,
        })
        .await
        .unwrap()
}

fn ways(resumed: &Resumed) -> HashMap<RoomId, CatchUp> {
    resumed
        .rooms
        .iter()
        .map(|room| (room.room, room.catch_up))
        .collect()
}

pub(crate) async fn a_newcomer_begins_at_the_heads(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    world.say_many(anna, room, 3).await;
    let resumed = resume(world, bert, &[]).await;
    assert_eq!(resumed.epoch, world.store.epoch());
    assert_eq!(resumed.membership_version.get(), 1);
    assert_eq!(resumed.rooms.len(), 1);
    let only = resumed.rooms[0];
    assert_eq!(
        (only.head.seq.get(), only.head.n.get(), only.read_n.get()),
        (6, 3, 0)
    );
    assert_eq!(only.catch_up, CatchUp::Nothing);
    assert!(resumed.events.is_empty() && resumed.gone.is_empty());
}

pub(crate) async fn missing_events_are_replayed_room_by_room_in_order(world: &World) {
    let anna = world.person("anna").await;
    let mut rooms = Vec::new();
    for _ in 0..3 {
        let room = world.group(anna, &[]).await;
        world.say_many(anna, room, 4).await;
        rooms.push(room);
    }
    let resumed = resume(world, anna, &[(rooms[0], 1), (rooms[1], 6), (rooms[2], 4)]).await;
    let ways = ways(&resumed);
    assert_eq!(
        rooms.iter().map(|room| ways[room]).collect::<Vec<_>>(),
        [CatchUp::Replay, CatchUp::Nothing, CatchUp::Replay]
    );
    let mut by_room: HashMap<_, Vec<_>> = HashMap::new();
    let mut changes = 0;
    for pair in resumed.events.windows(2) {
        changes += usize::from(pair[0].room != pair[1].room);
    }
    for event in &resumed.events {
        by_room
            .entry(event.room)
            .or_default()
            .push(event.seq().get());
    }
    assert_eq!(changes, 1, "room by room");
    assert_eq!(by_room[&rooms[0]], [2, 3, 4, 5, 6]);
    assert_eq!(by_room[&rooms[2]], [5, 6]);
}

pub(crate) async fn too_much_or_another_life_is_fetched_anew(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let sends = (0..500).map(|_| world.ask(world.message(anna, room, "hello")));
    assert!(join_all(sends).await.iter().all(Result::is_ok));

    let way = async |epoch, seq| {
        let resumed = resume_in(world, anna, epoch, &[(room, seq)]).await;
        (ways(&resumed)[&room], resumed.events.len())
    };
    let (same, other) = (Some(world.store.epoch()), Some(Epoch::new(Uuid::max())));
    assert_eq!(way(same, 2).await, (CatchUp::Replay, 500));
    assert_eq!(way(same, 1).await, (CatchUp::Resync, 0));
    assert_eq!(way(same, 503).await, (CatchUp::Resync, 0));
    assert_eq!(way(None, 501).await, (CatchUp::Replay, 1));
    assert_eq!(way(other, 502).await, (CatchUp::Resync, 0));
}

pub(crate) async fn rooms_with_too_many_bytes_are_fetched_anew(world: &World) {
    let anna = world.person("anna").await;
    let mut rooms = Vec::new();
    // 4.8 MB in 300 messages, more than all rooms together may replay; then little.
    let body = "é".repeat(8_000);
    for count in [150, 150, 3] {
        let room = world.group(anna, &[]).await;
        let sends = (0..count).map(|_| world.ask(world.message(anna, room, &body)));
        assert!(join_all(sends).await.iter().all(Result::is_ok));
        rooms.push(room);
    }
    let positions: Vec<_> = rooms.iter().map(|room| (*room, 2)).collect();
    let resumed = resume(world, anna, &positions).await;
    let mut ways: Vec<_> = ways(&resumed).into_iter().collect();
    ways.sort_by_key(|(room, _)| rooms.iter().position(|known| known == room));
    let ways: Vec<_> = ways.into_iter().map(|(_, way)| way).collect();
    assert_eq!(ways, [CatchUp::Replay, CatchUp::Resync, CatchUp::Replay]);
    assert_eq!(resumed.events.len(), 153);
    assert!(resumed.events.iter().all(|event| event.room != rooms[1]));

    // Each of them alone fits.
    let resumed = resume(world, anna, &[(rooms[1], 2)]).await;
    assert_eq!(resumed.events.len(), 150);
}

pub(crate) async fn rooms_left_meanwhile_are_gone(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    let nowhere = RoomId::new(Uuid::max());
    world.ask(LeaveRoom { caller: bert, room }).await.unwrap();
    let resumed = resume(world, bert, &[(room, 2), (nowhere, 7)]).await;
    assert!(resumed.rooms.is_empty() && resumed.events.is_empty());
    assert_eq!(
        resumed.gone.into_iter().collect::<HashSet<_>>(),
        HashSet::from([room, nowhere])
    );
    assert_eq!(resumed.membership_version.get(), 2);
}

pub(crate) async fn what_happened_while_somebody_was_out_is_not_replayed(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.square(anna, "square").await;
    world.join(bert, room).await;
    let before = resume(world, bert, &[]).await.rooms[0].head.seq.get();
    world.ask(LeaveRoom { caller: bert, room }).await.unwrap();
    world.say(anna, room, "he is not to hear this").await;
    world.join(bert, room).await;
    let resumed = resume(world, bert, &[(room, before)]).await;
    assert_eq!(ways(&resumed)[&room], CatchUp::Resync);
    assert!(resumed.events.is_empty());

    let joined = resumed.rooms[0].head.seq.get();
    world.say(anna, room, "but this").await;
    let resumed = resume(world, bert, &[(room, joined)]).await;
    assert_eq!(ways(&resumed)[&room], CatchUp::Replay);
    assert_eq!(resumed.events.len(), 1);
}

pub(crate) async fn heads_and_memberships_are_compared_in_bulk(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let one = world.group(anna, &[bert]).await;
    let two = world.group(anna, &[]).await;
    world.say(anna, one, "hello").await;
    let rooms = vec![one, two, RoomId::new(Uuid::max())];
    let heads = world.ask(GetHeads { rooms }).await.unwrap().heads;
    let heads: HashMap<_, _> = heads.into_iter().collect();
    assert_eq!(
        (heads.len(), heads[&one].seq.get(), heads[&two].seq.get()),
        (2, 4, 2)
    );

    let users = vec![anna, bert, UserId::new(Uuid::max())];
    let people = world.ask(GetMemberships { users }).await.unwrap().people;
    let people: HashMap<_, _> = people.into_iter().map(|p| (p.user, p)).collect();
    assert_eq!((people.len(), people[&anna].version.get()), (2, 2));
    let rooms = |user| {
        people[&user]
            .rooms
            .iter()
            .map(|r| r.room)
            .collect::<Vec<_>>()
    };
    assert_eq!((rooms(anna), rooms(bert)), (vec![one, two], vec![one]));

    let rooms = vec![one; 1_001];
    assert_eq!(code(world.ask(GetHeads { rooms }).await), "invalid");
}

pub(crate) async fn a_gap_is_filled_even_in_a_deleted_room(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    world.say_many(anna, room, 3).await;
    world.ask(DeleteRoom { caller: anna, room }).await.unwrap();
    let limit = Limit::within(2, 200, 500).unwrap();
    let gap = world
        .ask(FillGap {
            room,
            after: Seq::new(3),
            limit,
        })
        .await
        .unwrap();
    assert_eq!(
        gap.events.iter().map(RoomEvent::seq).collect::<Vec<_>>(),
        [Seq::new(4), Seq::new(5)]
    );
    assert_eq!(
        (gap.head.seq, gap.epoch),
        (Seq::new(6), world.store.epoch())
    );
    assert_eq!(kinds(&world.events(room).await)[5], "deleted");
    let heads = world
        .ask(GetHeads { rooms: vec![room] })
        .await
        .unwrap()
        .heads;
    assert_eq!(heads, [(room, gap.head)]);
    let nowhere = FillGap {
        room: RoomId::new(Uuid::max()),
        after: Seq::ZERO,
        limit,
    };
    assert_eq!(code(world.ask(nowhere).await), "not_found");
}

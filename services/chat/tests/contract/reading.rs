//! Read positions and unread counts.

use chat::{
    application::{leave_room::LeaveRoom, mark_read::MarkRead},
    domain::{Count, RoomId, UserId},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use prost::Message as _;
use proto::event::{PersonalEvent, personal_event::Body};

use super::world::World;

async fn mark(world: &World, caller: UserId, room: RoomId, n: i64) -> i64 {
    world
        .ask(MarkRead {
            caller,
            room,
            n: Count::new(n),
        })
        .await
        .unwrap()
        .get()
}

pub(crate) async fn a_read_position_only_moves_forward(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    world.say_many(anna, room, 5).await;
    assert_eq!(mark(world, bert, room, 3).await, 3);
    assert_eq!(mark(world, bert, room, 1).await, 3);
    assert_eq!(world.view(bert, room).await.unread(), 2);
    assert_eq!(mark(world, bert, room, i64::MAX).await, 5);
    assert_eq!(world.view(bert, room).await.unread(), 0);
}

pub(crate) async fn what_was_there_before_the_join_counts_as_read(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.square(anna, "Square").await;
    world.say_many(anna, room, 4).await;
    world.join(bert, room).await;
    assert_eq!(world.view(bert, room).await.unread(), 0);
    world.say(anna, room, "welcome").await;
    assert_eq!(world.view(bert, room).await.unread(), 1);
}

pub(crate) async fn sending_reads_the_room_up_to_the_message(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    world.say_many(anna, room, 3).await;
    world.say(bert, room, "me too").await;
    let mine = world.view(bert, room).await;
    assert_eq!((mine.unread(), mine.my.unwrap().read_n), (0, Count::new(4)));
    assert_eq!(world.view(anna, room).await.unread(), 1);
}

pub(crate) async fn a_moved_position_is_told_once(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    world.say_many(anna, room, 2).await;
    mark(world, bert, room, 2).await;
    mark(world, bert, room, 2).await;
    let told: Vec<_> = world
        .pending()
        .await
        .into_iter()
        .filter(|row| row.event_type == "personal.read")
        .map(|row| (row.key, PersonalEvent::decode(row.payload).unwrap()))
        .collect();
    assert_eq!(told.len(), 1);
    let (key, event) = &told[0];
    assert_eq!(
        (*key, event.user_id.as_str()),
        (bert.uuid(), bert.to_string().as_str())
    );
    let Some(Body::ReadMoved(moved)) = &event.body else {
        panic!("{event:?}")
    };
    assert_eq!(
        (moved.room_id.as_str(), moved.read_n),
        (room.to_string().as_str(), 2)
    );
    assert!(moved.receipt, "a room of two shows receipts");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Say(usize),
    Mark(usize, i64),
    Join(usize),
    Leave(usize),
}

/// What the rules say, without a database.
#[derive(Default)]
struct Model {
    n: i64,
    read: [Option<i64>; 3],
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize).prop_map(Step::Say),
        3 => (0..3_usize, 0..25_i64).prop_map(|(who, n)| Step::Mark(who, n)),
        1 => (1..3_usize).prop_map(Step::Join),
        1 => (1..3_usize).prop_map(Step::Leave),
    ]
}

pub(crate) async fn unread_is_exact_after_any_sequence_of_steps(world: &World) {
    let people = world.people(["anna", "bert", "carl"]).await;
    let runtime = tokio::runtime::Handle::current();
    let mut round = 0;
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config {
            cases: 12,
            failure_persistence: None,
            ..Config::default()
        });
        let steps = std::cell::RefCell::new(&mut round);
        runner
            .run(&vec(step(), 1..40), |plan| {
                **steps.borrow_mut() += 1;
                let title = format!("Square {}", steps.borrow());
                runtime.block_on(follow(world, people, &title, &plan));
                Ok(())
            })
            .unwrap();
    });
}

async fn follow(world: &World, people: [UserId; 3], title: &str, plan: &[Step]) {
    let room = world.square(people[0], title).await;
    let mut model = Model {
        read: [Some(0), None, None],
        ..Model::default()
    };
    for step in plan {
        match *step {
            Step::Say(who) => {
                let sent = world.ask(world.message(people[who], room, "hello")).await;
                assert_eq!(sent.is_ok(), model.read[who].is_some());
                if let Some(read) = &mut model.read[who] {
                    model.n += 1;
                    *read = model.n;
                }
            }
            Step::Mark(who, n) => {
                let marked = world
                    .ask(MarkRead {
                        caller: people[who],
                        room,
                        n: Count::new(n),
                    })
                    .await;
                if let Some(read) = &mut model.read[who] {
                    *read = n.min(model.n).max(*read);
                    assert_eq!(marked.unwrap().get(), *read);
                } else {
                    marked.unwrap_err();
                }
            }
            Step::Join(who) => {
                world.join(people[who], room).await;
                model.read[who].get_or_insert(model.n);
            }
            Step::Leave(who) => {
                let left = world
                    .ask(LeaveRoom {
                        caller: people[who],
                        room,
                    })
                    .await;
                assert_eq!(left.is_ok(), model.read[who].take().is_some());
            }
        }
    }
    for (person, read) in people.into_iter().zip(model.read) {
        let view = world.view(person, room).await;
        assert_eq!(view.my.map(|my| my.read_n.get()), read);
        assert_eq!(view.unread(), read.map_or(0, |read| model.n - read));
    }
}

//! Messages.

use chat::{
    application::{
        Error, Limit,
        get_message::GetMessage,
        leave_room::LeaveRoom,
        post_bridged_message::{BridgedAuthor, PostBridgedMessage},
        read_history::{Anchor, History, ReadHistory},
        send_message::SendMessage,
    },
    domain::{
        Count, DisplayName, MessageId, MessageSource, RoomId, RoomKind, Seq, UserId, UserKind,
        Username, Visibility,
    },
};
use futures::future::join_all;
use uuid::Uuid;

use super::world::{World, assert_dense, code, kinds, outcomes, room};

pub(crate) async fn a_message_has_its_place_in_the_room(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let sent = world.say(anna, room, "e\u{301}\n\"🦀\"\t{}").await;
    assert!(!sent.duplicate);
    let message = sent.message;
    assert_eq!(
        (message.seq, message.n, message.room),
        (Seq::new(3), Count::new(1), room)
    );
    assert_eq!(message.body.as_str(), "é\n\"🦀\"\t{}");
    let stored = world
        .ask(GetMessage {
            caller: anna,
            message: message.id,
        })
        .await
        .unwrap();
    assert_eq!(stored.message, message);
    let events = world.events(room).await;
    assert_eq!(
        events[2].body,
        chat::domain::EventBody::MessageCreated(Box::new(message))
    );
}

pub(crate) async fn a_resent_message_returns_the_first_result(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let first = world.say(anna, room, "hello").await.message;
    let body = "changed".parse().unwrap();
    let again = SendMessage {
        caller: anna,
        room,
        id: first.id,
        body,
        reply_to: None,
    };
    let again = world.ask(again).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.message, first);
    assert_eq!(
        kinds(&world.events(room).await),
        ["created", "joined", "message"]
    );
}

pub(crate) async fn a_resent_message_is_answered_after_leaving(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    let first = world.say(bert, room, "bye").await.message;
    world.ask(LeaveRoom { caller: bert, room }).await.unwrap();
    let again = SendMessage {
        id: first.id,
        ..world.message(bert, room, "bye")
    };
    let again = world.ask(again).await.unwrap();
    assert!(again.duplicate && again.message == first);
    assert_eq!(
        code(world.ask(world.message(bert, room, "one more")).await),
        "not_found"
    );
}

pub(crate) async fn the_same_message_sent_many_times_at_once_is_one_message(world: &World) {
    let anna = world.person("anna").await;
    let rooms = [world.group(anna, &[]).await, world.group(anna, &[]).await];
    let id = MessageId::new(chat::application::ports::Ids::id(&*world.clock));
    let sends = (0..20).map(|i| {
        world.ask(SendMessage {
            id,
            ..world.message(anna, rooms[i % 2], "hello")
        })
    });
    let sent: Vec<_> = join_all(sends)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(sent.iter().filter(|sent| !sent.duplicate).count(), 1);
    assert!(sent.iter().all(|one| one.message == sent[0].message));
}

pub(crate) async fn another_persons_id_is_taken(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    let first = world.say(anna, room, "hello").await.message;
    let stolen = SendMessage {
        id: first.id,
        ..world.message(bert, room, "hello")
    };
    assert_eq!(code(world.ask(stolen).await), "id_taken");
}

pub(crate) async fn one_bad_send_does_not_fail_its_neighbours(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[]).await;
    let nowhere = RoomId::new(Uuid::max());
    let unknown = Some(MessageId::new(Uuid::max()));
    let sends = (0..80).map(|i| {
        world.ask(match i % 8 {
            0 => world.message(bert, room, "outside"),
            1 => world.message(anna, nowhere, "nowhere"),
            2 => SendMessage {
                reply_to: unknown,
                ..world.message(anna, room, "to nothing")
            },
            3 => world.message(UserId::new(Uuid::max()), room, "nobody"),
            _ => world.message(anna, room, "hello"),
        })
    });
    let outcomes = outcomes(join_all(sends).await);
    assert_eq!(
        (outcomes["ok"], outcomes["not_found"], outcomes["invalid"]),
        (40, 30, 10)
    );
    let events = world.events(room).await;
    assert_eq!(events.len(), 42);
    assert_dense(&events);
}

pub(crate) async fn a_reply_answers_a_message_of_the_same_room(world: &World) {
    let anna = world.person("anna").await;
    let [here, there] = [world.group(anna, &[]).await, world.group(anna, &[]).await];
    let question = world.say(anna, here, "who?").await.message.id;
    let reply = SendMessage {
        reply_to: Some(question),
        ..world.message(anna, here, "me")
    };
    let reply = world.ask(reply).await.unwrap().message;
    assert_eq!(reply.reply_to, Some(question));
    let astray = SendMessage {
        reply_to: Some(question),
        ..world.message(anna, there, "me")
    };
    assert_eq!(code(world.ask(astray).await), "invalid");
}

pub(crate) async fn readers_of_a_channel_do_not_write(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let news = room("News", RoomKind::Channel, Visibility::Public);
    let news = world.open(anna, news, &[]).await.room.id;
    world.join(bert, news).await;
    assert_eq!(
        code(world.ask(world.message(bert, news, "hello")).await),
        "forbidden"
    );
    world.say(anna, news, "hello").await;
    assert_eq!(world.view(bert, news).await.unread(), 1);
}

pub(crate) async fn a_bridged_message_needs_no_membership(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let username = Username::bridged("telegram", "7");
    let post = |name: &str, message: u128, room| PostBridgedMessage {
        room,
        id: MessageId::new(Uuid::from_u128(message)),
        author: BridgedAuthor {
            id: UserId::new(Uuid::from_u128(7)),
            username: username.clone(),
            display_name: DisplayName::cleaned(name, &username),
        },
        body: "hello".parse().unwrap(),
        source: MessageSource {
            network: "telegram".to_owned(),
            chat: "-100".to_owned(),
            message_id: message.to_string(),
        },
    };
    let first = world.ask(post("Ivan", 1, room)).await.unwrap().message;
    assert_eq!(first.sender.kind, UserKind::Bridged);
    assert_eq!(first.source.as_ref().unwrap().message_id, "1");
    let again = world.ask(post("Ivan", 1, room)).await.unwrap();
    assert!(again.duplicate && again.message == first);

    world.ask(post("Ivan P.", 2, room)).await.unwrap();
    let seen = world
        .ask(GetMessage {
            caller: anna,
            message: first.id,
        })
        .await
        .unwrap()
        .message;
    assert_eq!(seen.sender.display_name.as_str(), "Ivan P.");
    assert_eq!(seen.source, first.source);
    assert_eq!(world.view(anna, room).await.unread(), 2);
    assert_eq!(world.view(anna, room).await.room.member_count, 1);
    let nowhere = post("Ivan", 3, RoomId::new(Uuid::max()));
    assert!(matches!(world.ask(nowhere).await, Err(Error::NotFound(_))));
}

async fn read(world: &World, caller: UserId, room: RoomId, anchor: Anchor, limit: i32) -> History {
    let limit = Limit::page(limit).unwrap();
    world
        .ask(ReadHistory {
            caller,
            room,
            anchor,
            limit,
        })
        .await
        .unwrap()
}

fn ns(history: &History) -> Vec<i64> {
    history
        .messages
        .iter()
        .map(|message| message.n.get())
        .collect()
}

pub(crate) async fn history_reads_in_every_direction(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    assert!(
        read(world, anna, room, Anchor::Newest, 3)
            .await
            .messages
            .is_empty()
    );
    world.say_many(anna, room, 10).await;
    let page = async |anchor| {
        let history = read(world, anna, room, anchor, 3).await;
        assert_eq!(history.seq, Seq::new(12));
        (ns(&history), history.next.map(Count::get))
    };
    assert_eq!(page(Anchor::Newest).await, (vec![10, 9, 8], Some(8)));
    assert_eq!(
        page(Anchor::Before(Count::new(3))).await,
        (vec![2, 1], None)
    );
    assert_eq!(
        page(Anchor::After(Count::new(4))).await,
        (vec![5, 6, 7], Some(7))
    );
    assert_eq!(
        page(Anchor::After(Count::new(8))).await,
        (vec![9, 10], None)
    );
    assert_eq!(
        page(Anchor::Around(Count::new(5))).await,
        (vec![4, 5, 6], Some(6))
    );
    assert_eq!(
        page(Anchor::Around(Count::new(10))).await,
        (vec![8, 9, 10], None)
    );
    assert_eq!(
        page(Anchor::Around(Count::new(1))).await,
        (vec![1, 2, 3], Some(3))
    );
}

pub(crate) async fn pages_of_history_cover_every_message_once(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let total = 23;
    world.say_many(anna, room, 23).await;
    for limit in [1, 2, 5, 7, 22, 23, 24] {
        let (mut back, mut anchor) = (Vec::new(), Anchor::Newest);
        loop {
            let history = read(world, anna, room, anchor, limit).await;
            back.extend(ns(&history));
            let Some(next) = history.next else { break };
            anchor = Anchor::Before(next);
        }
        back.reverse();
        assert_eq!(back, (1..=total).collect::<Vec<_>>(), "back by {limit}");

        for start in [0, 1, 11, 22, 23] {
            let (mut on, mut after) = (Vec::new(), Count::new(start));
            loop {
                let history = read(world, anna, room, Anchor::After(after), limit).await;
                on.extend(ns(&history));
                let Some(next) = history.next else { break };
                after = next;
            }
            assert_eq!(
                on,
                (start + 1..=total).collect::<Vec<_>>(),
                "on from {start} by {limit}"
            );
        }

        for middle in 1..=total {
            let around = read(world, anna, room, Anchor::Around(Count::new(middle)), limit).await;
            let around = ns(&around);
            assert!(
                around.contains(&middle),
                "around {middle} by {limit}: {around:?}"
            );
            assert_eq!(around.len(), usize::try_from(limit).unwrap().min(23));
            assert!(around.windows(2).all(|pair| pair[1] == pair[0] + 1));
        }
    }
}

pub(crate) async fn a_message_tells_how_many_have_read_it(world: &World) {
    let [anna, bert, carl] = world.people(["anna", "bert", "carl"]).await;
    let room = world.group(anna, &[bert, carl]).await;
    let first = world.say(anna, room, "one").await.message.id;
    let readers = async || {
        world
            .ask(GetMessage {
                caller: anna,
                message: first,
            })
            .await
            .unwrap()
            .read_by
    };
    assert_eq!(readers().await, 0);
    world.say(bert, room, "two").await;
    assert_eq!(readers().await, 1);
    let n = Count::new(1);
    world
        .ask(chat::application::mark_read::MarkRead {
            caller: carl,
            room,
            n,
        })
        .await
        .unwrap();
    assert_eq!(readers().await, 2);
}

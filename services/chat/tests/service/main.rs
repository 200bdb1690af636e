//! The whole service, as its callers and its neighbours on the event log see it.

mod world;

use std::collections::BTreeSet;

use bus::{CloudEvent, Record};
use futures::StreamExt;
use prost::Message;
use proto::{
    chat as v1,
    telegram::{TelegramMessage, TelegramUser},
    topics::{CHAT_EVENTS, TELEGRAM_MESSAGE_TYPE, TELEGRAM_MESSAGES},
};
use time::OffsetDateTime;

use tonic::Code;

use self::world::{Moody, World, bodies, fresh_id, message};

#[tokio::test]
async fn a_message_reaches_the_event_log() {
    let world = World::start().await;
    let anna = world.register("anna").await;
    let room = world.room(&anna, "Tower").await;
    let id = world.send(&anna, &room, "hello").await;

    let events = world.events(|events| !bodies(events).is_empty()).await;
    let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
    assert!(
        (1..).zip(&seqs).all(|(expected, seq)| *seq == expected),
        "{seqs:?}"
    );
    let last = events.last().unwrap();
    assert_eq!((last.room_id.as_str(), last.n), (room.id.as_str(), 1));
    let Some(proto::event::room_event::Body::MessageCreated(created)) = &last.body else {
        panic!("the last event is the message: {last:?}");
    };
    assert_eq!(
        (created.id.as_str(), created.body.as_str()),
        (&*id.to_string(), "hello")
    );
    assert_eq!(created.sender.as_ref().unwrap().username, "anna");

    let record = world.first_record(CHAT_EVENTS).await;
    assert_eq!(record.event.source, "/chappe/chat");
    assert_eq!(record.event.subject.as_deref(), Some(record.key.as_str()));
    world.stop().await;
}

#[tokio::test]
async fn a_resent_message_returns_the_first_result() {
    let mut world = World::start().await;
    let anna = world.register("anna").await;
    let room = world.room(&anna, "Tower").await;
    let request = message(&anna, &room, fresh_id(), "hello");
    let first = world
        .chat
        .send_message(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = world.chat.send_message(request).await.unwrap().into_inner();
    assert!(!first.duplicate);
    assert!(again.duplicate);
    assert_eq!(first.message, again.message);
    world.stop().await;
}

#[tokio::test]
async fn refusals_have_the_protocols_code_and_change_nothing() {
    let mut world = World::start().await;
    let (anna, bert) = (world.register("anna").await, world.register("bert").await);
    let room = world.room(&anna, "Tower").await;
    let id = world.send(&anna, &room, "first").await;

    let unknown = v1::Room {
        id: fresh_id().to_string(),
        ..room.clone()
    };
    let not_a_room = v1::Room {
        id: "lobby".to_owned(),
        ..room.clone()
    };
    for (request, code, reason) in [
        (
            message(&bert, &room, fresh_id(), "hi"),
            Code::NotFound,
            "not_found",
        ),
        (
            message(&anna, &unknown, fresh_id(), "hi"),
            Code::NotFound,
            "not_found",
        ),
        (
            message(&anna, &not_a_room, fresh_id(), "hi"),
            Code::InvalidArgument,
            "invalid",
        ),
        (
            message(&anna, &room, fresh_id(), ""),
            Code::InvalidArgument,
            "invalid",
        ),
        (
            message(&anna, &room, fresh_id(), "a\u{7}"),
            Code::InvalidArgument,
            "invalid",
        ),
        (
            message(&bert, &room, id, "hi"),
            Code::AlreadyExists,
            "id_taken",
        ),
    ] {
        let refused = world.chat.send_message(request.clone()).await.unwrap_err();
        assert_eq!(refused.code(), code, "{request:?}: {refused}");
        assert_eq!(
            runtime::grpc::reason(&refused).as_deref(),
            Some(reason),
            "{request:?}"
        );
    }
    let taken = v1::RegisterRequest {
        username: "ANNA".to_owned(),
        password: "correct horse".to_owned(),
        display_name: None,
    };
    let refused = world.chat.register(taken).await.unwrap_err();
    assert_eq!(
        runtime::grpc::reason(&refused).as_deref(),
        Some("username_taken")
    );

    world.send(&anna, &room, "last").await;
    let events = world.events(|events| bodies(events).len() >= 2).await;
    assert_eq!(bodies(&events), ["first", "last"]);
    world.stop().await;
}

#[tokio::test]
async fn whoever_comes_back_is_sent_what_is_missing_in_parts() {
    let mut world = World::start().await;
    let anna = world.register("anna").await;
    let room = world.room(&anna, "Tower").await;
    for number in 0..450 {
        world.send(&anna, &room, &number.to_string()).await;
    }
    let resume = v1::ResumeRequest {
        caller_id: anna.id.clone(),
        epoch: None,
        positions: [(room.id.clone(), 2), (fresh_id().to_string(), 5)].into(),
    };
    let parts = world.chat.resume(resume).await.unwrap().into_inner();
    let parts: Vec<v1::ResumeResponse> = parts.map(Result::unwrap).collect().await;
    assert!(parts[0].rooms[0].replay);
    assert_eq!(parts[0].gone.len(), 1);
    let sizes: Vec<usize> = parts.iter().map(|part| part.events.len()).collect();
    assert_eq!(sizes, [0, 200, 200, 50]);
    let seqs: Vec<i64> = parts
        .iter()
        .flat_map(|part| &part.events)
        .map(|event| event.seq)
        .collect();
    assert_eq!(seqs, (3..=452).collect::<Vec<_>>());
    world.stop().await;
}

#[tokio::test]
async fn a_failing_log_and_a_killed_relay_leave_no_gap_and_no_disorder() {
    let database = sqlite::Database::temporary().await.unwrap();
    let world = World::over(database, Moody::over).await;
    let anna = world.register("anna").await;
    let rooms = [
        world.room(&anna, "North").await,
        world.room(&anna, "South").await,
    ];
    for number in 0..100 {
        world
            .send(&anna, &rooms[number % 2], &number.to_string())
            .await;
    }
    let database = world.kill().await;

    let world = World::over(database, Moody::over).await;
    for number in 100..120 {
        world
            .send(&anna, &rooms[number % 2], &number.to_string())
            .await;
    }
    let all: BTreeSet<String> = (0..120).map(|number| number.to_string()).collect();
    let events = world
        .events(|events| bodies(events).into_iter().collect::<BTreeSet<_>>() == all)
        .await;
    for room in &rooms {
        let mut last = 0;
        for event in events.iter().filter(|event| event.room_id == room.id) {
            assert!(event.seq <= last + 1, "seq {} came after {last}", event.seq);
            last = last.max(event.seq);
        }
        assert_eq!(last, 62, "opened, joined, and 60 messages");
    }
    world.stop().await;
}

fn heard(room: &v1::Room, message_id: i64, text: &str) -> TelegramMessage {
    TelegramMessage {
        chat_id: -1001,
        message_id,
        room_id: room.id.clone(),
        from: Some(TelegramUser {
            id: 42,
            display_name: "Ignace".to_owned(),
            username: Some("ignace".to_owned()),
        }),
        text: text.to_owned(),
        sent_at: None,
    }
}

fn record(value: Vec<u8>) -> Record {
    let event = CloudEvent {
        id: fresh_id().to_string(),
        source: "/chappe/bot".to_owned(),
        r#type: TELEGRAM_MESSAGE_TYPE.to_owned(),
        subject: None,
        time: OffsetDateTime::UNIX_EPOCH,
        traceparent: None,
    };
    Record::new("-1001", event, value)
}

#[tokio::test]
async fn telegram_messages_appear_once_and_what_cannot_is_put_aside() {
    let world = World::start().await;
    let anna = world.register("anna").await;
    let room = world.room(&anna, "Tower").await;
    let nowhere = v1::Room {
        id: fresh_id().to_string(),
        ..room.clone()
    };
    let records = [
        heard(&room, 1, "first").encode_to_vec(),
        heard(&nowhere, 2, "lost").encode_to_vec(),
        vec![0xff],
        heard(&room, 1, "first").encode_to_vec(),
        heard(&room, 3, "third").encode_to_vec(),
    ];
    world
        .bus
        .ensure_topic(TELEGRAM_MESSAGES, proto::topics::PARTITIONS)
        .await
        .unwrap();
    let answers = world
        .bus
        .publisher()
        .publish(TELEGRAM_MESSAGES, records.into_iter().map(record).collect())
        .await;
    assert!(answers.iter().all(Result::is_ok));

    let events = world
        .events(|events| bodies(events).contains(&"third".to_owned()))
        .await;
    assert_eq!(bodies(&events), ["first", "third"]);
    let Some(proto::event::room_event::Body::MessageCreated(last)) = &events.last().unwrap().body
    else {
        panic!("the last event is a message");
    };
    let sender = last.sender.as_ref().unwrap();
    assert_eq!(sender.display_name, "Ignace");
    assert_eq!(sender.kind(), proto::event::UserKind::Bridged);
    let source = last.source.as_ref().unwrap();
    assert_eq!(
        (source.chat.as_str(), source.message_id.as_str()),
        ("-1001", "3")
    );

    let dead = world
        .first_record(&bus::dead_letter_topic(TELEGRAM_MESSAGES))
        .await;
    let reason = dead
        .headers
        .iter()
        .find(|(name, _)| name == bus::DEAD_LETTER_REASON);
    assert_eq!(reason.unwrap().1, "there is no such room");
    world.stop().await;
}

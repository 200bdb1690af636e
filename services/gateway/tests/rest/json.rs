//! The public JSON: independent clients are written against it.

use insta::assert_json_snapshot;
use proto::chat::{
    GetMessageResponse, Head, ListEventsResponse, ListMembersResponse, ListRoomsResponse, Member,
    OpenDirectRoomResponse, ReadHistoryResponse, SearchUsersResponse, SendMessageResponse, Ticket,
    User,
};
use proto::event::{self, room_event::Body};
use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn a_session_has_the_person_and_the_tokens() {
    let world = World::start().await;
    world.chat.answers("register", session());
    let body = json!({ "username": "ada", "password": "analytical engine" });
    let answer = world.stranger("POST", "/auth/register", Some(body)).await;
    assert_eq!(answer.status, 201);
    assert_json_snapshot!("session", answer.body);
}

#[tokio::test]
async fn a_ticket_has_its_lifetime() {
    let world = World::start().await;
    let ticket = "a ticket".to_owned();
    world.chat.answers(
        "issue_ticket",
        Ticket {
            ticket,
            expires_in: 30,
        },
    );
    let answer = world.ada("POST", "/ws-tickets", None).await;
    assert_eq!(answer.status, 201);
    assert_json_snapshot!("ticket", answer.body);
}

#[tokio::test]
async fn people_of_all_kinds_are_listed() {
    let world = World::start().await;
    let bot = User {
        kind: event::UserKind::Bot.into(),
        ..user(BOB, "Bob")
    };
    let found = SearchUsersResponse {
        users: vec![user(ADA, "Ada"), bot],
        next: Some("more".to_owned()),
    };
    world.chat.answers("search_users", found);
    let answer = world.ada("GET", "/users?query=a", None).await;
    assert_eq!(answer.status, 200);
    assert_json_snapshot!("people", answer.body);
}

#[tokio::test]
async fn my_rooms_come_with_their_last_message() {
    let world = World::start().await;
    let mut mine = room();
    mine.last_message = Some(message());
    let found = ListRoomsResponse {
        rooms: vec![mine],
        next: None,
    };
    world.chat.answers("list_rooms", found);
    let answer = world.ada("GET", "/rooms", None).await;
    assert_eq!(answer.status, 200);
    assert_json_snapshot!("rooms", answer.body);
}

#[tokio::test]
async fn a_direct_room_names_the_other_person() {
    let world = World::start().await;
    let mut direct = room();
    direct.description = Some(event::RoomDescription {
        title: String::new(),
        topic: None,
        kind: event::RoomKind::Direct.into(),
        visibility: event::Visibility::Private.into(),
    });
    direct.peer = Some(user_ref(BOB, "Bob"));
    let opened = |created| OpenDirectRoomResponse {
        room: Some(direct.clone()),
        created,
    };
    let body = || Some(json!({ "user_id": BOB }));

    world.chat.answers("open_direct_room", opened(true));
    let answer = world.ada("POST", "/rooms/direct", body()).await;
    assert_eq!(answer.status, 201);
    assert_json_snapshot!("direct_room", answer.body);
    world.chat.answers("open_direct_room", opened(false));
    let again = world.ada("POST", "/rooms/direct", body()).await;
    assert_eq!((again.status, again.body), (200, answer.body));
}

#[tokio::test]
async fn a_public_room_that_one_has_not_joined_has_no_own_part() {
    let world = World::start().await;
    let mut public = room();
    public.my = None;
    world.chat.answers("get_room", public);
    let answer = world.ada("GET", &format!("/rooms/{ROOM}"), None).await;
    assert_json_snapshot!("public_room", answer.body);
}

#[tokio::test]
async fn members_have_roles_and_read_positions() {
    let world = World::start().await;
    let member = Member {
        user: Some(user_ref(BOB, "Bob")),
        role: event::Role::Reader.into(),
        read_n: 2,
        joined_at: Some(at()),
    };
    let found = ListMembersResponse {
        members: vec![member],
        next: None,
    };
    world.chat.answers("list_members", found);
    let answer = world
        .ada("GET", &format!("/rooms/{ROOM}/members"), None)
        .await;
    assert_json_snapshot!("members", answer.body);
}

#[tokio::test]
async fn a_resent_message_is_answered_with_200_and_the_first_result() {
    let world = World::start().await;
    let sent = |duplicate| SendMessageResponse {
        message: Some(message()),
        duplicate,
    };
    let path = format!("/rooms/{ROOM}/messages");
    let body = || Some(json!({ "id": MESSAGE, "body": "Good morning" }));

    world.chat.answers("send_message", sent(false));
    let first = world.ada("POST", &path, body()).await;
    assert_eq!(first.status, 201);
    assert_json_snapshot!("message", first.body);
    world.chat.answers("send_message", sent(true));
    let second = world.ada("POST", &path, body()).await;
    assert_eq!((second.status, second.body), (200, first.body));
}

#[tokio::test]
async fn a_bridged_message_tells_where_it_was_written() {
    let world = World::start().await;
    let mut bridged = message();
    bridged.reply_to = Some(MESSAGE.to_owned());
    bridged.source = Some(event::MessageSource {
        kind: "telegram".to_owned(),
        chat: "-100123".to_owned(),
        message_id: "42".to_owned(),
    });
    let found = GetMessageResponse {
        message: Some(bridged),
        read_by: 2,
    };
    world.chat.answers("get_message", found);
    let answer = world
        .ada("GET", &format!("/messages/{MESSAGE}"), None)
        .await;
    assert_json_snapshot!("bridged_message", answer.body);
}

#[tokio::test]
async fn history_has_the_seq_of_its_snapshot() {
    let world = World::start().await;
    let found = ReadHistoryResponse {
        messages: vec![message()],
        next: Some(3),
        seq: 9,
    };
    world.chat.answers("read_history", found);
    let path = format!("/rooms/{ROOM}/messages?limit=1");
    assert_json_snapshot!("history", world.ada("GET", &path, None).await.body);
}

#[tokio::test]
async fn events_of_all_types_have_their_data() {
    let world = World::start().await;
    let bodies = [
        Body::RoomCreated(description()),
        Body::MemberJoined(event::MemberJoined {
            user: Some(user_ref(BOB, "Bob")),
            role: event::Role::Member.into(),
        }),
        Body::MemberRoleChanged(event::MemberRoleChanged {
            user_id: BOB.to_owned(),
            role: event::Role::Admin.into(),
        }),
        Body::MessageCreated(message()),
        Body::RoomChanged(description()),
        Body::MemberLeft(event::MemberLeft {
            user_id: BOB.to_owned(),
        }),
        Body::RoomDeleted(event::RoomDeleted {}),
    ];
    let events = (1..).zip(bodies).map(|(seq, body)| event::RoomEvent {
        event_id: format!("01936b2e-7c02-7000-8000-{seq:012}"),
        room_id: ROOM.to_owned(),
        seq,
        n: i64::from(seq > 3),
        epoch: "ours".to_owned(),
        at: Some(at()),
        actor_id: ADA.to_owned(),
        body: Some(body),
    });
    let found = ListEventsResponse {
        events: events.collect(),
        head: Some(Head { seq: 7, n: 1 }),
    };
    world.chat.answers("list_events", found);
    let path = format!("/rooms/{ROOM}/events");
    assert_json_snapshot!("events", world.ada("GET", &path, None).await.body);
}

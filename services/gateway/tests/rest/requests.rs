//! What chat is asked for each call.

use proto::chat::Head;
use proto::chat::{
    DeleteRoomResponse, JoinRoomResponse, LeaveRoomResponse, ListEventsResponse, ListRoomsResponse,
    LogOutResponse, MarkReadResponse, PutMemberResponse, ReadHistoryResponse, RemoveMemberResponse,
};
use serde_json::json;

use crate::world::*;

/// The one call that chat heard since the last look.
fn heard(world: &World, before: usize) -> String {
    let asked = world.chat.asked();
    assert_eq!(asked.len(), before + 1, "{asked:?}");
    let (call, request) = &asked[before];
    format!("{call} {request}")
}

#[tokio::test]
async fn calls_without_an_answer_are_passed_on_in_the_callers_name() {
    let world = World::start().await;
    world.chat.answers("join_room", JoinRoomResponse {});
    world.chat.answers("leave_room", LeaveRoomResponse {});
    world.chat.answers("delete_room", DeleteRoomResponse {});
    world.chat.answers("put_member", PutMemberResponse {});
    world.chat.answers("remove_member", RemoveMemberResponse {});
    world
        .chat
        .answers("mark_read", MarkReadResponse { read_n: 3 });
    let member = format!("/rooms/{ROOM}/members/{BOB}");
    for (i, (method, path, body, call)) in [
        ("POST", format!("/rooms/{ROOM}/join"), None, "join_room"),
        ("POST", format!("/rooms/{ROOM}/leave"), None, "leave_room"),
        ("DELETE", format!("/rooms/{ROOM}"), None, "delete_room"),
        (
            "PUT",
            member.clone(),
            Some(json!({ "role": "admin" })),
            "put_member",
        ),
        ("DELETE", member, None, "remove_member"),
        (
            "PUT",
            format!("/rooms/{ROOM}/read"),
            Some(json!({ "n": 3 })),
            "mark_read",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = world.ada(method, &path, body).await;
        assert_eq!(
            (answer.status, &answer.body),
            (204, &serde_json::Value::Null),
            "{call}"
        );
        let heard = heard(&world, i);
        assert!(heard.starts_with(call), "{heard}");
        assert!(heard.contains(ADA) && heard.contains(ROOM), "{heard}");
    }
}

#[tokio::test]
async fn logging_out_needs_only_the_refresh_token() {
    let world = World::start().await;
    world.chat.answers("log_out", LogOutResponse {});
    let body = Some(json!({ "refresh_token": "a refresh token" }));
    assert_eq!(
        world.stranger("POST", "/auth/logout", body).await.status,
        204
    );
}

#[tokio::test]
async fn absent_fields_stay_and_null_takes_a_topic_away() {
    let world = World::start().await;
    world.chat.answers("update_room", room());
    let path = format!("/rooms/{ROOM}");
    for (i, (body, title, topic)) in [
        (
            json!({ "title": "Masts" }),
            "title: Some(\"Masts\")",
            "topic: None",
        ),
        (json!({ "topic": null }), "title: None", "topic: Some(\"\")"),
        (
            json!({ "topic": "Semaphores" }),
            "title: None",
            "topic: Some(\"Semaphores\")",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(world.ada("PATCH", &path, Some(body)).await.status, 200);
        let heard = heard(&world, i);
        assert!(heard.contains(title) && heard.contains(topic), "{heard}");
    }
}

#[tokio::test]
async fn a_page_follows_with_the_cursor_of_the_one_before() {
    let world = World::start().await;
    let page = ListRoomsResponse {
        rooms: Vec::new(),
        next: Some("page+2&".to_owned()),
    };
    world.chat.answers("list_rooms", page);
    let first = world.ada("GET", "/rooms?limit=2", None).await;
    assert_eq!(first.body["next"], "page+2&");
    assert!(heard(&world, 0).contains("limit: 2, cursor: None"));
    world.ada("GET", "/rooms?cursor=page%2B2%26", None).await;
    assert!(heard(&world, 1).contains("limit: 0, cursor: Some(\"page+2&\")"));
}

#[tokio::test]
async fn history_goes_on_in_the_direction_it_began() {
    let world = World::start().await;
    let page = ReadHistoryResponse {
        messages: vec![message()],
        next: Some(40),
        seq: 90,
    };
    world.chat.answers("read_history", page);
    let path = format!("/rooms/{ROOM}/messages");
    for (i, (query, anchor, following)) in [
        ("", "anchor: None", "Some(Before(40))"),
        ("?before=50", "anchor: Some(Before(50))", "Some(Before(40))"),
        ("?after=30", "anchor: Some(After(30))", "Some(After(40))"),
        ("?around=35", "anchor: Some(Around(35))", "Some(After(40))"),
    ]
    .into_iter()
    .enumerate()
    {
        let first = world.ada("GET", &format!("{path}{query}"), None).await;
        let heard_first = heard(&world, 2 * i);
        assert!(heard_first.contains(anchor), "{heard_first}");
        let cursor = first.body["next"].as_str().unwrap();
        world
            .ada("GET", &format!("{path}?cursor={cursor}"), None)
            .await;
        let heard_next = heard(&world, 2 * i + 1);
        assert!(heard_next.contains(following), "{heard_next}");
    }
}

#[tokio::test]
async fn events_have_a_next_page_while_the_head_is_ahead() {
    let world = World::start().await;
    let event = proto::event::RoomEvent {
        event_id: MESSAGE.to_owned(),
        room_id: ROOM.to_owned(),
        seq: 4,
        n: 1,
        epoch: "ours".to_owned(),
        at: Some(at()),
        actor_id: ADA.to_owned(),
        body: Some(proto::event::room_event::Body::RoomDeleted(
            proto::event::RoomDeleted {},
        )),
    };
    let path = format!("/rooms/{ROOM}/events");
    for (seq, next) in [(4, json!(null)), (5, json!("4"))] {
        let page = ListEventsResponse {
            events: vec![event.clone()],
            head: Some(Head { seq, n: 1 }),
        };
        world.chat.answers("list_events", page);
        let answer = world.ada("GET", &format!("{path}?after=3"), None).await;
        assert_eq!(
            (&answer.body["next"], &answer.body["head"]["seq"]),
            (&next, &json!(seq))
        );
    }
    world.ada("GET", &format!("{path}?cursor=4"), None).await;
    assert!(heard(&world, 2).contains("after: 4"));
}

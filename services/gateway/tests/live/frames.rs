//! Frames that are not of the protocol end the connection with its code.

use serde_json::json;
use uuid::Uuid;

use crate::world::*;

#[tokio::test]
async fn what_is_no_frame_closes_the_connection() {
    let world = World::start().await;
    for text in [
        "",
        "no JSON",
        "[]",
        "{}",
        r#"{"t":"shout"}"#,
        r#"{"t":"read","room":1}"#,
    ] {
        let mut anna = world.live(ANNA).await;
        anna.say_text(text.to_owned()).await;
        assert_eq!(anna.closed().await, 4400, "{text}");
    }
    let mut anna = world.live(ANNA).await;
    anna.say_binary(b"{\"t\":\"pong\"}").await;
    assert_eq!(anna.closed().await, 4400);
    let mut anna = world.live(ANNA).await;
    anna.say(json!({ "t": "hello" })).await;
    assert_eq!(anna.closed().await, 4400, "a second hello");
}

#[tokio::test]
async fn nothing_but_hello_is_accepted_first() {
    let world = World::start().await;
    let room = world.chat.room(&[ANNA]);
    let mut anna = world.client(ANNA).await;
    let send = json!({ "t": "send", "ref": 1, "id": Uuid::nil(), "room": room, "body": "x" });
    anna.say(send).await;
    assert_eq!(anna.closed().await, 4408);
    assert_eq!(world.chat.asked("send_message"), 0);
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_connection() {
    let world = World::start().await;
    let mut anna = world.live(ANNA).await;
    anna.say_text("x".repeat(64 * 1024 + 1)).await;
    assert_eq!(anna.closed().await, 4413);
    let mut anna = world.client(ANNA).await;
    anna.say_text("x".repeat(1024 * 1024 + 1)).await;
    assert_eq!(anna.closed().await, 4413);
}

#[tokio::test]
async fn a_flood_of_frames_closes_the_connection() {
    let world = World::start().await;
    let mut anna = world.live(ANNA).await;
    for _ in 0..2_500 {
        anna.say_text(r#"{"t":"pong"}"#.to_owned()).await;
    }
    assert_eq!(anna.closed().await, 4429);
}

//! The file of all bots: read as a whole, or not at all, and never shown.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::symlink;

use bot::{
    domain::{
        bot::{Bot, Token},
        bridge::Bridges,
    },
    inbound::bots_file::{BotsFile, LARGEST, Refusal},
};
use proto::bots_file::MOST_BOTS;
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "123456:a-token-that-nobody-may-see";
const ROOM: &str = "0191e2a0-0000-7000-8000-000000000001";
const OTHER_ROOM: &str = "0191e2a0-0000-7000-8000-000000000002";

/// A folder with the file, or without it yet.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, contents: impl AsRef<[u8]>) {
        std::fs::write(self.0.path().join("bots.json"), contents).unwrap();
    }

    fn file(&self, own: Option<Bot>) -> BotsFile {
        BotsFile::new(own, Some(self.0.path().join("bots.json")))
    }
}

fn entry(name: &str, bridges: &Value) -> Value {
    json!({"name": name, "token": TOKEN, "delivery": "polling", "bridges": bridges})
}

fn file_of(bots: &[Value]) -> String {
    json!({ "bots": bots }).to_string()
}

/// Why this file is refused. No refusal may show the token.
async fn refusal(contents: impl AsRef<[u8]>) -> Refusal {
    let folder = Folder::new();
    folder.write(contents);
    let refusal = folder.file(None).look().await.unwrap().unwrap_err();
    let shown = format!("{refusal} {refusal:?}");
    assert!(!shown.contains("nobody-may-see"), "{shown}");
    refusal
}

fn names(bots: &[Bot]) -> Vec<String> {
    bots.iter().map(|bot| bot.name.to_string()).collect()
}

#[tokio::test]
async fn the_bots_are_read_and_not_shown() {
    let folder = Folder::new();
    let bridges = json!([{"chat": -100_123, "room": ROOM}]);
    folder.write(file_of(&[
        entry("support", &bridges),
        entry("sales", &json!([])),
    ]));
    let bots = folder.file(None).look().await.unwrap().unwrap();
    assert_eq!(names(&bots), ["support", "sales"]);
    assert_eq!(bots[0].bridges.iter().count(), 1);
    assert!(!format!("{bots:?}").contains("nobody-may-see"));
}

#[tokio::test]
async fn a_file_is_read_when_it_changes_and_a_missing_one_has_no_bots() {
    let folder = Folder::new();
    let mut file = folder.file(None);
    assert_eq!(file.look().await.unwrap().unwrap(), []);
    assert!(file.look().await.is_none());
    folder.write(file_of(&[entry("support", &json!([]))]));
    assert_eq!(file.look().await.unwrap().unwrap().len(), 1);
    // The same contents anew.
    folder.write(file_of(&[entry("support", &json!([]))]));
    assert!(file.look().await.is_none());
    folder.write("{");
    assert!(file.look().await.unwrap().is_err());
    assert!(file.look().await.is_none());
}

#[tokio::test]
async fn a_link_that_is_moved_is_a_change() {
    let folder = Folder::new();
    let path = |name: &str| folder.0.path().join(name);
    for (version, name) in [("v1", "support"), ("v2", "sales")] {
        std::fs::create_dir(path(version)).unwrap();
        std::fs::write(
            path(version).join("bots.json"),
            file_of(&[entry(name, &json!([]))]),
        )
        .unwrap();
    }
    symlink(path("v1"), path("..data")).unwrap();
    symlink("..data/bots.json", path("bots.json")).unwrap();
    let mut file = folder.file(None);
    assert_eq!(names(&file.look().await.unwrap().unwrap()), ["support"]);
    symlink(path("v2"), path("..new")).unwrap();
    std::fs::rename(path("..new"), path("..data")).unwrap();
    assert_eq!(names(&file.look().await.unwrap().unwrap()), ["sales"]);
}

#[tokio::test]
async fn the_bot_of_the_settings_stands_beside_those_of_the_file() {
    let folder = Folder::new();
    let own = || Bot {
        name: "default".parse().unwrap(),
        token: Token::new("7:own".into()),
        bridges: Bridges::default(),
    };
    folder.write(file_of(&[entry("support", &json!([]))]));
    let mut file = folder.file(Some(own()));
    let bots = file.look().await.unwrap().unwrap();
    assert_eq!(names(&bots), ["default", "support"]);
    folder.write(file_of(&[entry("default", &json!([]))]));
    let refused = file.look().await.unwrap().unwrap_err();
    assert_eq!(refused, Refusal::OwnName("default".parse().unwrap()));
}

#[tokio::test]
async fn a_file_that_is_no_json_says_where() {
    let refused = refusal(format!("{{\"bots\": [\n\"{TOKEN}\" nonsense")).await;
    assert!(matches!(refused, Refusal::Form { .. }), "{refused}");
    let refused = refusal("{\"bots\": []\n, ]").await;
    assert!(
        matches!(refused, Refusal::NoJson { line: 2, .. }),
        "{refused}"
    );
    assert!(matches!(refusal("").await, Refusal::NoJson { .. }));
    let two = format!("{} {}", file_of(&[]), file_of(&[]));
    assert!(matches!(refusal(two).await, Refusal::NoJson { .. }));
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_named_and_not_shown() {
    for (broken, at) in [
        (
            json!({"name": "a", "token": [TOKEN], "bridges": []}),
            "bots[0].token",
        ),
        (
            json!({"name": "a", "token": TOKEN, "bridges": TOKEN}),
            "bots[0].bridges",
        ),
        (
            json!({"name": "a", "token": TOKEN, "delivery": TOKEN}),
            "bots[0].delivery",
        ),
        (
            json!({"name": "a", "token": TOKEN, "bridges": [{"chat": TOKEN, "room": ROOM}]}),
            "bots[0].bridges[0].chat",
        ),
    ] {
        match refusal(file_of(&[broken])).await {
            Refusal::Form { path, .. } => assert_eq!(path, at),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn what_is_doubled_or_no_room_is_refused() {
    let none = json!([]);
    let doubled = refusal(file_of(&[entry("a", &none), entry("a", &none)])).await;
    assert_eq!(doubled, Refusal::DoubledName("a".parse().unwrap()));
    let nameless = refusal(file_of(&[entry("", &none)])).await;
    assert!(
        matches!(nameless, Refusal::Name { index: 0, .. }),
        "{nameless}"
    );

    let chat = json!([{"chat": -1, "room": ROOM}, {"chat": -1, "room": OTHER_ROOM}]);
    let room = json!([{"chat": -1, "room": ROOM}, {"chat": -2, "room": ROOM}]);
    for bridges in [chat, room] {
        let shared = refusal(file_of(&[entry("a", &bridges)])).await;
        assert!(matches!(shared, Refusal::SharedEnd { .. }), "{shared}");
    }
    let bad = refusal(file_of(&[entry(
        "a",
        &json!([{"chat": -1, "room": "lobby"}]),
    )]))
    .await;
    assert!(matches!(bad, Refusal::Room { chat: -1, .. }), "{bad}");
}

#[tokio::test]
async fn a_file_has_limits() {
    let mut bots: Vec<_> = (0..MOST_BOTS)
        .map(|number| entry(&format!("bot {number}"), &json!([])))
        .collect();
    let folder = Folder::new();
    folder.write(file_of(&bots));
    let read = folder.file(None).look().await.unwrap().unwrap();
    assert_eq!(read.len(), MOST_BOTS);
    bots.push(entry("one more", &json!([])));
    let many = refusal(file_of(&bots)).await;
    assert_eq!(many, Refusal::TooManyBots(MOST_BOTS + 1));

    let bridges: Vec<_> = (0..=200)
        .map(|number: u32| {
            let room = uuid::Uuid::from_u128(number.into()).to_string();
            json!({"chat": number, "room": room})
        })
        .collect();
    let many = refusal(file_of(&[entry("a", &json!(bridges))])).await;
    assert!(
        matches!(many, Refusal::TooManyBridges { bridges: 201, .. }),
        "{many}"
    );

    let size = usize::try_from(LARGEST).unwrap() + 1;
    assert_eq!(refusal(vec![b' '; size]).await, Refusal::TooLarge);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.path().join("bots.json")).unwrap();
    let refused = folder.file(None).look().await.unwrap();
    assert!(matches!(refused, Err(Refusal::Unreadable(_))));
}

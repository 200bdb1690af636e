//! People and their rooms, made through the public API.

use std::{net::SocketAddr, rc::Rc, time::Duration};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{clock, http::Http};

/// Registrations at a time: each costs the server a password hash on one core.
const AT_A_TIME: usize = 4;

const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// Members named when a room is opened; the others join it one by one.
const NAMED_AT_ONCE: usize = 50;

/// Somebody with a session.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) token: String,
}

/// Registers so many people.
pub(super) async fn register(
    gateways: &[SocketAddr],
    count: usize,
) -> anyhow::Result<Vec<Rc<Person>>> {
    // Names are unique for ever, and the server may have served the tool before.
    let run = clock::message_id().simple().to_string();
    let run = &run[..12];
    stream::iter(0..count)
        .map(|number| {
            let gateway = gateways[number % gateways.len()];
            register_one(gateway, format!("load_{run}_{number}"))
        })
        .buffered(AT_A_TIME)
        .try_collect()
        .await
}

async fn register_one(gateway: SocketAddr, username: String) -> anyhow::Result<Rc<Person>> {
    let mut http = Http::connect(gateway).await?;
    let body = json!({"username": username, "password": "optical telegraph of 1794"});
    let mut attempt = 1;
    let answer = loop {
        let answer = http
            .call("POST", "/api/v1/auth/register", None, Some(&body))
            .await?;
        // A machine that is busy otherwise hashes slowly; what is measured comes later.
        if answer.status != 503 || attempt == ATTEMPTS {
            break answer;
        }
        attempt += 1;
        sleep(PAUSE).await;
    };
    let session = answer.ok().context("registering")?;
    Ok(Rc::new(Person {
        id: text(&session["user"]["id"])?,
        token: text(&session["access_token"])?,
    }))
}

/// Opens a room of the first person in which all are members; answers its id.
pub(super) async fn open_room(
    gateway: SocketAddr,
    title: &str,
    members: &[Rc<Person>],
) -> anyhow::Result<Rc<str>> {
    let (owner, others) = members.split_first().context("a room needs an owner")?;
    let (named, later) = others.split_at(others.len().min(NAMED_AT_ONCE));
    let ids: Vec<&str> = named.iter().map(|person| person.id.as_str()).collect();
    let body = json!({
        "title": title, "kind": "group", "visibility": "private", "member_ids": ids,
    });
    let mut http = Http::connect(gateway).await?;
    let token = Some(owner.token.as_str());
    let answer = http
        .call("POST", "/api/v1/rooms", token, Some(&body))
        .await?;
    let room = text(&answer.ok().context("opening a room")?["id"])?;
    for person in later {
        let path = format!("/api/v1/rooms/{room}/members/{}", person.id);
        let body = json!({"role": "member"});
        let answer = http.call("PUT", &path, token, Some(&body)).await?;
        answer.ok().context("adding a member")?;
    }
    Ok(room.into())
}

fn text(value: &Value) -> anyhow::Result<String> {
    let text = value.as_str().context("answer lacks a field")?;
    Ok(text.to_owned())
}

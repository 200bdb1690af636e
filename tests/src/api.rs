//! The public REST calls, as a client makes them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The REST interface of one Chappe, through all its gateways in turn.
#[derive(Debug)]
pub struct Api {
    http: reqwest::Client,
    bases: Vec<String>,
    turn: AtomicUsize,
}

/// An answer of any status.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The body; null where there was none, or it is no JSON.
    pub body: Value,
}

impl Answer {
    /// The body, where the answer is a success.
    pub fn ok(self) -> Result<Value> {
        ensure!(self.status.is_success(), "{} {}", self.status, self.body);
        Ok(self.body)
    }

    /// The stable code of a refusal; empty where there is none.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// Somebody with an account, signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: Uuid,
    /// Unique among all.
    pub username: String,
    /// For `Authorization`.
    pub access_token: String,
    /// For a new session.
    pub refresh_token: String,
}

/// Everybody's password.
pub const PASSWORD: &str = "the towers of Montmartre";

impl Api {
    /// Speaks to these gateways, `http://host:port`.
    pub fn new(bases: Vec<String>) -> Self {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // A gateway that was killed leaves dead connections behind.
            .pool_max_idle_per_host(0)
            .build()
            .expect("the client has no setting that can be refused");
        Self {
            http,
            bases,
            turn: AtomicUsize::new(0),
        }
    }

    /// One call to the gateway whose turn it is. The error is that of a connection.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Result<Answer> {
        let base = &self.bases[self.turn.fetch_add(1, Ordering::Relaxed) % self.bases.len()];
        let mut request = self.http.request(method, format!("{base}/api/v1{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        Ok(Answer {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        })
    }

    /// A call of a person.
    pub async fn get(&self, person: &Person, path: &str) -> Result<Answer> {
        self.call(Method::GET, path, Some(&person.access_token), None)
            .await
    }

    /// A call of a person.
    pub async fn post(&self, person: &Person, path: &str, body: Value) -> Result<Answer> {
        self.call(Method::POST, path, Some(&person.access_token), Some(body))
            .await
    }

    /// A call of a person.
    pub async fn put(&self, person: &Person, path: &str, body: Value) -> Result<Answer> {
        self.call(Method::PUT, path, Some(&person.access_token), Some(body))
            .await
    }

    /// A call of a person.
    pub async fn delete(&self, person: &Person, path: &str) -> Result<Answer> {
        self.call(Method::DELETE, path, Some(&person.access_token), None)
            .await
    }

    /// A new account.
    pub async fn register(&self, username: &str) -> Result<Person> {
        let body = json!({ "username": username, "password": PASSWORD });
        let answer = self
            .call(Method::POST, "/auth/register", None, Some(body))
            .await?;
        person(
            &answer
                .ok()
                .with_context(|| format!("registering {username}"))?,
        )
    }

    /// A new session of somebody who has an account.
    pub async fn log_in(&self, username: &str) -> Result<Person> {
        let body = json!({ "username": username, "password": PASSWORD });
        let answer = self
            .call(Method::POST, "/auth/login", None, Some(body))
            .await?;
        person(&answer.ok()?)
    }

    /// A private group with these members.
    pub async fn group(&self, owner: &Person, title: &str, members: &[&Person]) -> Result<Uuid> {
        let ids: Vec<_> = members.iter().map(|member| member.id).collect();
        let body =
            json!({ "title": title, "kind": "group", "visibility": "private", "member_ids": ids });
        let room = self.post(owner, "/rooms", body).await?.ok()?;
        id(&room)
    }

    /// Writes a message; the answer is 201, or 200 for the same id again.
    pub async fn send(&self, person: &Person, room: Uuid, id: Uuid, body: &str) -> Result<Answer> {
        self.post(
            person,
            &format!("/rooms/{room}/messages"),
            json!({ "id": id, "body": body }),
        )
        .await
    }

    /// The room's durable events after this position, all pages.
    pub async fn events(&self, person: &Person, room: Uuid, after: i64) -> Result<Vec<Value>> {
        let mut events: Vec<Value> = Vec::new();
        loop {
            let last = events
                .last()
                .map_or(after, |event| event["seq"].as_i64().unwrap_or_default());
            let page = self
                .get(
                    person,
                    &format!("/rooms/{room}/events?after={last}&limit=200"),
                )
                .await?
                .ok()?;
            let items = page["items"].as_array().context("no items")?;
            if items.is_empty() {
                return Ok(events);
            }
            events.extend(items.iter().cloned());
        }
    }
}

fn person(session: &Value) -> Result<Person> {
    let text = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .context("a session without a field")
    };
    Ok(Person {
        id: id(&session["user"])?,
        username: text(&session["user"]["username"])?,
        access_token: text(&session["access_token"])?,
        refresh_token: text(&session["refresh_token"])?,
    })
}

fn id(object: &Value) -> Result<Uuid> {
    Ok(object["id"].as_str().context("no id")?.parse()?)
}

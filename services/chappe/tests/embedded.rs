//! The whole Chappe in this process, as its users meet it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{net::SocketAddr, path::Path, time::Duration};

use chappe::{Chappe, Config};
use clap::Parser;
use reqwest::{Client, StatusCode};
use runtime::{Health, Shutdown};
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::timeout};

const PATIENCE: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    client: Client,
    shutdown: Shutdown,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    async fn start(data: &Path) -> Self {
        let settings = [
            "chappe",
            "--public-listen=127.0.0.1:0",
            "--demo",
            "--data",
            data.to_str().unwrap(),
        ];
        let chappe = Chappe::build(Config::parse_from(settings).chappe);
        let chappe = chappe.await.unwrap();
        let shutdown = Shutdown::new(Duration::from_secs(10));
        let health = Health::new();
        let running = Self {
            address: chappe.address(),
            client: Client::new(),
            shutdown: shutdown.clone(),
            task: tokio::spawn(chappe.run(shutdown, health)),
        };
        running.wait_for_demo(&data.join("demo-password")).await;
        running
    }

    async fn wait_for_demo(&self, password: &Path) {
        let shown = async {
            loop {
                if let Ok(password) = std::fs::read_to_string(password)
                    && let Some(token) = self.log_in("ada", password.trim()).await
                    && self.messages(&token, "Signal hill").await.len() == 4
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, shown).await.expect("the demo is made");
    }

    async fn log_in(&self, username: &str, password: &str) -> Option<String> {
        let body = json!({ "username": username, "password": password });
        let answer = self.client.post(self.url("/auth/login")).json(&body);
        let answer = answer.send().await.ok()?;
        let session: Value = answer.json().await.ok()?;
        Some(session["access_token"].as_str()?.to_owned())
    }

    async fn messages(&self, token: &str, title: &str) -> Vec<Value> {
        let rooms = self.get(token, "/rooms").await;
        let room = rooms["items"].as_array().unwrap().iter();
        let Some(room) = room.clone().find(|room| room["title"] == title) else {
            return Vec::new();
        };
        let id = room["id"].as_str().unwrap();
        let page = self.get(token, &format!("/rooms/{id}/messages")).await;
        page["items"].as_array().unwrap().clone()
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        let answer = self.client.get(self.url(path)).bearer_auth(token).send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        let request = self.client.post(self.url(path)).bearer_auth(token);
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED, "{path}");
        answer.json().await.unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/api/v1{path}", self.address)
    }

    async fn stop(self) {
        self.shutdown.trigger();
        let ended = timeout(PATIENCE, self.task).await;
        ended.expect("it stops by its deadline").unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_what_was_written_and_makes_the_demo_once() {
    let data = tempfile::tempdir().unwrap();
    let password = data.path().join("demo-password");
    let chappe = Running::start(data.path()).await;
    let password = std::fs::read_to_string(password).unwrap();
    let token = chappe.log_in("grace", password.trim()).await.unwrap();
    let room = json!({ "title": "Bugs", "kind": "group", "visibility": "private" });
    let room = chappe.post(&token, "/rooms", room).await;
    let path = format!("/rooms/{}/messages", room["id"].as_str().unwrap());
    let id = "01938f00-0000-7000-8000-00000000abcd";
    let message = json!({ "id": id, "body": "a moth in the relay" });
    chappe.post(&token, &path, message).await;
    chappe.stop().await;

    let chappe = Running::start(data.path()).await;
    let token = chappe.log_in("grace", password.trim()).await.unwrap();
    let messages = chappe.messages(&token, "Bugs").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["body"], "a moth in the relay");
    assert_eq!(chappe.messages(&token, "Signal hill").await.len(), 4);
    chappe.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bridges_without_a_bot_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let settings = [
        "chappe",
        "--public-listen=127.0.0.1:0",
        "--bridge=chat=-1001,room=01938f00-0000-7000-8000-000000000001",
        "--data",
        data.path().to_str().unwrap(),
    ];
    let refused = Chappe::build(Config::parse_from(settings).chappe).await;
    let refused = refused.err().expect("it does not start").to_string();
    assert!(refused.contains("--telegram-token"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_may_be_in_a_file_that_is_not_there_yet() {
    let data = tempfile::tempdir().unwrap();
    let bots = data.path().join("bots.json");
    let settings = [
        "chappe",
        "--public-listen=127.0.0.1:0",
        "--bots",
        bots.to_str().unwrap(),
        "--data",
        data.path().to_str().unwrap(),
    ];
    let chappe = Chappe::build(Config::parse_from(settings).chappe).await;
    let chappe = chappe.unwrap();
    let docs = format!("http://{}/docs", chappe.address());
    let (shutdown, health) = (Shutdown::new(Duration::from_secs(10)), Health::new());
    let running = tokio::spawn(chappe.run(shutdown.clone(), health.clone()));
    let ready = async {
        while reqwest::get(&docs).await.is_err() || !health.is_ready() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, ready).await.expect("it is ready");
    shutdown.trigger();
    let ended = timeout(PATIENCE, running).await;
    ended.expect("it stops by its deadline").unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_begins_when_it_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let new_epoch = || {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_chappe"))
            .env_clear()
            .args(["new-epoch", "--data", data.path().to_str().unwrap()])
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(told).unwrap())
    };
    let (done, told) = new_epoch();
    assert!(!done && told.contains("there is no Chappe in"), "{told}");

    let chappe = Running::start(data.path()).await;
    let (done, told) = new_epoch();
    assert!(!done && told.contains("another Chappe runs on"), "{told}");
    chappe.stop().await;

    let (done, first) = new_epoch();
    assert!(done, "{first}");
    Running::start(data.path()).await.stop().await;
    let (_, second) = new_epoch();
    let words = |told: &str| -> Vec<String> { told.split(' ').map(str::to_owned).collect() };
    let (first, second) = (words(&first), words(&second));
    assert_ne!(first[3], first[6]);
    assert_eq!(second[3], first[6]);
}

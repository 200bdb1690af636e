//! A whole Chappe for tests that are not written in Rust, such as those of the web client:
//! `world embedded`, or `scripts/stack run world distributed`.
//!
//! It says where the gateways are in one line of JSON, then carries out commands of its standard input,
//! one line each, and answers each with a line: `{"ok": …}` or `{"error": …}`. It ends with its input.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use e2e::{Kind, World};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

#[derive(Parser)]
struct Args {
    kind: WorldKind,

    /// Lifetime of access tokens, seconds.
    #[arg(long, default_value = "900")]
    access_token_seconds: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum WorldKind {
    Embedded,
    Distributed,
}

/// A command about processes is about those of a service, or about all.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Command {
    /// SIGKILL.
    Kill {
        #[serde(default)]
        service: String,
    },
    /// SIGTERM, and waits for the end.
    Stop {
        #[serde(default)]
        service: String,
    },
    /// Starts what was stopped or killed as it was, and waits until all is ready.
    Start {
        #[serde(default)]
        service: String,
    },
    /// SIGSTOP: they keep their sockets and do nothing.
    Pause {
        #[serde(default)]
        service: String,
    },
    /// SIGCONT.
    Resume {
        #[serde(default)]
        service: String,
    },
    /// Begins another epoch, as after a restore.
    NewEpoch,
    /// Adds somebody to the room that a Telegram chat meets.
    Invite { user_id: String },
    /// Somebody writes in that chat.
    Telegram { name: String, text: String },
}

// The world's processes end with the thread that started them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("world: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let kind = match args.kind {
        WorldKind::Embedded => Kind::Embedded,
        WorldKind::Distributed => Kind::Distributed,
    };
    let chat = [("--access-token-seconds", args.access_token_seconds.as_str())];
    let mut commands = commands();
    let world = tokio::select! {
        world = World::start_with(kind, &chat) => world?,
        // Nobody waits any more. What was started ends with this thread.
        None = commands.recv() => return Ok(()),
    };
    let gateways: Vec<_> = world
        .gateways_from(0)
        .iter()
        .map(|address| format!("http://{address}"))
        .collect();
    println!(
        "{}",
        json!({ "gateways": gateways, "bridged_room": world.bridge.room })
    );
    while let Some(line) = commands.recv().await {
        let answer = match obey(&world, &line).await {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        println!("{answer}");
    }
    world.end().await;
    Ok(())
}

/// The lines of the standard input. Its thread may wait for ever, and must not hold up the end.
fn commands() -> mpsc::Receiver<String> {
    let (sender, commands) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    commands
}

async fn obey(world: &World, line: &str) -> Result<Value> {
    match serde_json::from_str(line)? {
        Command::Kill { service } => {
            for process in world.of_service(&service) {
                process.kill().await;
            }
        }
        Command::Stop { service } => {
            for process in world.of_service(&service) {
                process.stop().await?;
            }
        }
        Command::Start { service } => start(world, &service).await?,
        Command::Pause { service } => {
            for process in world.of_service(&service) {
                process.pause().await?;
            }
        }
        Command::Resume { service } => {
            for process in world.of_service(&service) {
                process.resume().await?;
            }
        }
        Command::NewEpoch => {
            for process in world.of_service("chat") {
                process.stop().await?;
            }
            world.new_epoch().await?;
            start(world, "chat").await?;
        }
        Command::Invite { user_id } => {
            let path = format!("/rooms/{}/members/{user_id}", world.bridge.room);
            let role = json!({ "role": "member" });
            world
                .api
                .put(&world.bridge.owner, &path, role)
                .await?
                .ok()?;
        }
        Command::Telegram { name, text } => {
            world.telegram.write(world.bridge.chat, 7, &name, &text);
        }
    }
    Ok(Value::Null)
}

async fn start(world: &World, service: &str) -> Result<()> {
    for process in world.of_service(service) {
        process.start_again().await.context("start")?;
    }
    world.ready().await;
    Ok(())
}

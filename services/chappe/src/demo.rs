//! Four people, a public room and a few messages, to try Chappe with.
//!
//! Made through chat's own commands, each of which may be repeated: the next start finds them.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use proto::{
    chat::{
        CreateRoomRequest, JoinRoomRequest, ListPublicRoomsRequest, LogInRequest, RegisterRequest,
        SendMessageRequest, chat_service_client::ChatServiceClient,
    },
    event::{RoomKind, Visibility},
};
use runtime::grpc;
use tonic::Status;

type Chat = ChatServiceClient<grpc::Client>;

const PEOPLE: [(&str, &str); 4] = [
    ("ada", "Ada Lovelace"),
    ("grace", "Grace Hopper"),
    ("alan", "Alan Turing"),
    ("margaret", "Margaret Hamilton"),
];

const TITLE: &str = "Signal hill";

/// Who says what; the ids are fixed, so that saying it again changes nothing.
const MESSAGES: [(usize, &str, &str); 4] = [
    (
        0,
        "01938f00-0000-7000-8000-00000000c001",
        "Every tower passes the message on, and confirms it.",
    ),
    (
        1,
        "01938f00-0000-7000-8000-00000000c002",
        "And if the next one is in the fog?",
    ),
    (
        3,
        "01938f00-0000-7000-8000-00000000c003",
        "Then it is kept, and sent when the fog lifts. Nothing acknowledged is lost.",
    ),
    (
        2,
        "01938f00-0000-7000-8000-00000000c004",
        "Works on my tower.",
    ),
];

/// What the demo is shown with.
pub(crate) struct Demo {
    password: String,
}

impl std::fmt::Display for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = PEOPLE.iter().map(|(name, _)| *name).collect();
        writeln!(f, "people      {}", names.join(", "))?;
        writeln!(f, "password    {}", self.password)?;
        write!(f, "room        {TITLE}")
    }
}

/// Makes what is missing of the demo.
pub(crate) async fn prepare(chat: grpc::Client, data: &Path) -> anyhow::Result<Demo> {
    let password = password(&data.join("demo-password")).context("the demo's password")?;
    let mut chat = ChatServiceClient::new(chat);
    let mut ids = Vec::new();
    for (username, display_name) in PEOPLE {
        let id = person(&mut chat, username, display_name, &password).await;
        ids.push(id.with_context(|| {
            format!("{username} exists with another password; start without --demo")
        })?);
    }
    let room = room(&mut chat, &ids[0]).await.context("the demo's room")?;
    for id in &ids {
        let join = JoinRoomRequest {
            caller_id: id.clone(),
            room_id: room.clone(),
        };
        chat.join_room(join).await.context("the demo's members")?;
    }
    for (person, message, body) in MESSAGES {
        let send = SendMessageRequest {
            caller_id: ids[person].clone(),
            room_id: room.clone(),
            message_id: message.to_owned(),
            body: body.to_owned(),
            reply_to: None,
        };
        chat.send_message(send)
            .await
            .context("the demo's messages")?;
    }
    Ok(Demo { password })
}

/// Made at the first start and kept, readable for the owner only: a fixed one would be a known way in.
fn password(path: &Path) -> std::io::Result<String> {
    match fs::read_to_string(path) {
        Ok(kept) => return Ok(kept.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let fresh = format!("{:016x}", rand::random::<u64>());
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{fresh}")?;
    Ok(fresh)
}

async fn person(
    chat: &mut Chat,
    username: &str,
    display_name: &str,
    password: &str,
) -> Result<String, Status> {
    let register = RegisterRequest {
        username: username.to_owned(),
        password: password.to_owned(),
        display_name: Some(display_name.to_owned()),
    };
    let session = match chat.register(register).await {
        Err(taken) if grpc::reason(&taken).as_deref() == Some("username_taken") => {
            let log_in = LogInRequest {
                username: username.to_owned(),
                password: password.to_owned(),
            };
            chat.log_in(log_in).await?
        }
        registered => registered?,
    };
    let user = session.into_inner().user;
    user.map(|user| user.id)
        .ok_or_else(|| Status::internal("the session has no user"))
}

async fn room(chat: &mut Chat, owner: &str) -> Result<String, Status> {
    let create = CreateRoomRequest {
        caller_id: owner.to_owned(),
        title: TITLE.to_owned(),
        kind: RoomKind::Group.into(),
        visibility: Visibility::Public.into(),
        member_ids: Vec::new(),
    };
    match chat.create_room(create).await {
        Err(taken) if grpc::reason(&taken).as_deref() == Some("title_taken") => {}
        created => return created.map(|room| room.into_inner().id),
    }
    let search = ListPublicRoomsRequest {
        caller_id: owner.to_owned(),
        query: TITLE.to_owned(),
        page: None,
    };
    let rooms = chat.list_public_rooms(search).await?.into_inner().rooms;
    let same_title = |room: &proto::chat::Room| {
        let description = room.description.as_ref();
        description.is_some_and(|description| description.title == TITLE)
    };
    rooms
        .into_iter()
        .find(same_title)
        .map(|room| room.id)
        .ok_or_else(|| Status::not_found(format!("{TITLE} is taken, and yet not found")))
}

//! People and rooms for tests, with a clock that only tests move.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    application::{
        Application, Contexts, Error, Handle, Limit, Page, Request, Service,
        create_room::CreateRoom,
        fill_gap::FillGap,
        get_room::GetRoom,
        join_room::JoinRoom,
        ports::{
            AccessToken, Clock, Ids, Outbox, OutboxRow, PasswordError, Passwords, RoomView, Shard,
            Store, Ticket, Tokens,
        },
        register::Register,
        send_message::{SendMessage, Sent},
    },
    domain::{
        EventBody, FamilyId, MessageId, RoomDescription, RoomEvent, RoomId, RoomKind, Seq, UserId,
        Visibility,
    },
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

pub(crate) const PASSWORD: &str = "correct horse";

/// A service on one store.
pub(crate) struct World {
    pub(crate) service: Arc<Service>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) clock: Arc<TestClock>,
    contexts: Contexts,
}

impl World {
    pub(crate) fn new(store: Arc<dyn Store>, outbox: Arc<dyn Outbox>) -> Self {
        let clock = Arc::new(TestClock::default());
        let service = Application::start(
            Arc::clone(&store),
            Arc::new(PlainPasswords),
            Arc::new(PlainTokens),
        );
        let contexts = Contexts::new(clock.clone(), clock.clone());
        Self {
            service: Arc::new(service),
            store,
            outbox,
            clock,
            contexts,
        }
    }

    pub(crate) async fn ask<R: Request>(&self, request: R) -> Result<R::Answer, Error>
    where
        Service: Handle<R>,
    {
        self.service.handle(&self.contexts.begin(), &request).await
    }

    pub(crate) async fn person(&self, name: &str) -> UserId {
        let register = Register {
            username: name.parse().unwrap(),
            password: PASSWORD.into(),
            display_name: None,
        };
        self.ask(register).await.unwrap().user.id()
    }

    pub(crate) async fn people<const N: usize>(&self, names: [&str; N]) -> [UserId; N] {
        let mut people = Vec::with_capacity(N);
        for name in names {
            people.push(self.person(name).await);
        }
        people.try_into().unwrap()
    }

    /// A private group.
    pub(crate) async fn group(&self, owner: UserId, members: &[UserId]) -> RoomId {
        let room = room("Tower", RoomKind::Group, Visibility::Private);
        self.open(owner, room, members).await.room.id
    }

    /// A public group.
    pub(crate) async fn square(&self, owner: UserId, title: &str) -> RoomId {
        let room = room(title, RoomKind::Group, Visibility::Public);
        self.open(owner, room, &[]).await.room.id
    }

    pub(crate) async fn open(
        &self,
        caller: UserId,
        description: RoomDescription,
        members: &[UserId],
    ) -> RoomView {
        self.ask(CreateRoom {
            caller,
            description,
            members: members.to_vec(),
        })
        .await
        .unwrap()
    }

    pub(crate) async fn join(&self, caller: UserId, room: RoomId) {
        self.ask(JoinRoom { caller, room }).await.unwrap();
    }

    pub(crate) async fn view(&self, caller: UserId, room: RoomId) -> RoomView {
        self.ask(GetRoom { caller, room }).await.unwrap()
    }

    pub(crate) async fn say(&self, caller: UserId, room: RoomId, text: &str) -> Sent {
        self.ask(self.message(caller, room, text)).await.unwrap()
    }

    pub(crate) async fn say_many(&self, caller: UserId, room: RoomId, count: usize) {
        for i in 1..=count {
            self.say(caller, room, &format!("number {i}")).await;
        }
    }

    /// A message that was not sent yet.
    pub(crate) fn message(&self, caller: UserId, room: RoomId, text: &str) -> SendMessage {
        let id = MessageId::new(self.clock.id());
        SendMessage {
            caller,
            room,
            id,
            body: text.parse().unwrap(),
            reply_to: None,
        }
    }

    /// The whole sequence of a room.
    pub(crate) async fn events(&self, room: RoomId) -> Vec<RoomEvent> {
        let mut events: Vec<RoomEvent> = Vec::new();
        loop {
            let after = events.last().map_or(Seq::ZERO, RoomEvent::seq);
            let limit = Limit::within(500, 200, 500).unwrap();
            let gap = self.ask(FillGap { room, after, limit }).await.unwrap();
            events.extend(gap.events);
            if events.last().map_or(Seq::ZERO, RoomEvent::seq) == gap.head.seq {
                return events;
            }
        }
    }

    /// Everything that is still to be published.
    pub(crate) async fn pending(&self) -> Vec<OutboxRow> {
        let shards: Vec<_> = Shard::all().collect();
        self.outbox.pending(&shards, &[], 10_000).await.unwrap()
    }
}

/// The first page of a list.
pub(crate) fn first(limit: i32) -> Page {
    Page {
        limit: Limit::page(limit).unwrap(),
        cursor: None,
    }
}

pub(crate) fn room(title: &str, kind: RoomKind, visibility: Visibility) -> RoomDescription {
    RoomDescription {
        title: title.parse().unwrap(),
        topic: None,
        kind,
        visibility,
    }
}

/// What happened, in a word each.
pub(crate) fn kinds(events: &[RoomEvent]) -> Vec<&'static str> {
    let kind = |event: &RoomEvent| match event.body {
        EventBody::MessageCreated(_) => "message",
        EventBody::MemberJoined { .. } => "joined",
        EventBody::MemberLeft { .. } => "left",
        EventBody::MemberRoleChanged { .. } => "role",
        EventBody::RoomCreated(_) => "created",
        EventBody::RoomChanged(_) => "changed",
        EventBody::RoomDeleted => "deleted",
    };
    events.iter().map(kind).collect()
}

/// That the sequence has no gap and no doublet, and that `n` counts its messages.
pub(crate) fn assert_dense(events: &[RoomEvent]) {
    let mut n = 0;
    for (event, seq) in events.iter().zip(1..) {
        if let EventBody::MessageCreated(message) = &event.body {
            n += 1;
            assert_eq!((message.seq.get(), message.n.get()), (seq, n));
        }
        assert_eq!((event.head.seq.get(), event.head.n.get()), (seq, n));
    }
}

/// How often each code came.
pub(crate) fn outcomes<T>(
    results: impl IntoIterator<Item = Result<T, Error>>,
) -> HashMap<&'static str, usize> {
    let mut outcomes = HashMap::new();
    for result in results {
        let code = result.as_ref().map_or_else(Error::code, |_| "ok");
        *outcomes.entry(code).or_default() += 1;
    }
    outcomes
}

pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

/// A clock that moves a millisecond per look, so that ids rise.
pub(crate) struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_700_000_000_000))
    }
}

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0
            .fetch_add(by.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }

    fn tick(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(self.tick())
    }
}

impl Ids for TestClock {
    fn id(&self) -> Uuid {
        let millis = self.tick().try_into().unwrap();
        Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}

struct PlainPasswords;

#[async_trait]
impl Passwords for PlainPasswords {
    async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        Ok(password.expose_secret().to_owned())
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&str>,
    ) -> Result<bool, PasswordError> {
        Ok(hash == Some(password.expose_secret()))
    }
}

struct PlainTokens;

impl Tokens for PlainTokens {
    fn access_token(&self, user: UserId, _: FamilyId, _: OffsetDateTime, _: Uuid) -> AccessToken {
        AccessToken {
            token: user.to_string().into(),
            expires_in: Duration::from_mins(15),
        }
    }

    fn ticket(&self, user: UserId, _: i64, _: OffsetDateTime, _: Uuid) -> Ticket {
        Ticket {
            ticket: user.to_string().into(),
            expires_in: Duration::from_secs(30),
        }
    }

    fn jwks(&self) -> String {
        String::new()
    }

    fn issuer(&self) -> &'static str {
        "test"
    }
}

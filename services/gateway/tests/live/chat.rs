//! A chat that keeps rooms in memory. What it commits is delivered only when the test says so.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use proto::chat::chat_service_server::ChatService;
use proto::chat::*;
use proto::event::{self, PersonalEvent, RoomEvent, personal_event, room_event};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::world;

type Answered<T> = Result<Response<T>, Status>;

/// Clones share everything.
#[derive(Clone)]
pub struct Chat {
    state: Arc<Mutex<State>>,
    /// Calls that fill gaps wait for a permit each, once the test has taken the free ones.
    pub fills: Arc<Semaphore>,
    /// Snapshots wait likewise.
    pub snapshots: Arc<Semaphore>,
    /// And so does the look at a single room,
    pub looks: Arc<Semaphore>,
    /// and the list of a person's rooms.
    pub lists: Arc<Semaphore>,
}

struct State {
    epoch: String,
    rooms: BTreeMap<Uuid, Room>,
    versions: HashMap<Uuid, i64>,
    asked: Vec<&'static str>,
    next_id: u128,
    unavailable: u32,
}

#[derive(Default)]
struct Room {
    events: Vec<RoomEvent>,
    members: HashMap<Uuid, i64>,
    n: i64,
}

impl Room {
    fn head(&self) -> Head {
        Head {
            seq: i64::try_from(self.events.len()).unwrap(),
            n: self.n,
        }
    }

    fn after(&self, seq: i64) -> Vec<RoomEvent> {
        let after = usize::try_from(seq).unwrap().min(self.events.len());
        self.events[after..].to_vec()
    }
}

impl Default for Chat {
    fn default() -> Self {
        let state = State {
            epoch: "first".to_owned(),
            rooms: BTreeMap::new(),
            versions: HashMap::new(),
            asked: Vec::new(),
            next_id: 1,
            unavailable: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            fills: Arc::new(Semaphore::new(1_000)),
            snapshots: Arc::new(Semaphore::new(1_000)),
            looks: Arc::new(Semaphore::new(1_000)),
            lists: Arc::new(Semaphore::new(1_000)),
        }
    }
}

impl Chat {
    /// A room with these members, whose sequence is at the joins of all of them.
    pub fn room(&self, members: &[Uuid]) -> Uuid {
        let room = self.fresh_id();
        self.state
            .lock()
            .unwrap()
            .rooms
            .insert(room, Room::default());
        for member in members {
            self.join(room, *member);
        }
        room
    }

    pub fn join(&self, room: Uuid, user: Uuid) -> (RoomEvent, PersonalEvent) {
        let body = room_event::Body::MemberJoined(event::MemberJoined {
            user: Some(world::user_ref(user)),
            role: event::Role::Member.into(),
        });
        let event = self.commit(room, user, body);
        let version = self.next_version(user);
        let mut state = self.state.lock().unwrap();
        state.rooms.get_mut(&room).unwrap().members.insert(user, 0);
        let body = personal_event::Body::RoomAdded(event::RoomAdded {
            room_id: room.to_string(),
            seq: event.seq,
            membership_version: version,
        });
        let personal = personal(&state, user, body);
        (event, personal)
    }

    pub fn leave(&self, room: Uuid, user: Uuid) -> (RoomEvent, PersonalEvent) {
        let body = room_event::Body::MemberLeft(event::MemberLeft {
            user_id: user.to_string(),
        });
        let event = self.commit(room, user, body);
        let version = self.next_version(user);
        let mut state = self.state.lock().unwrap();
        state.rooms.get_mut(&room).unwrap().members.remove(&user);
        let body = personal_event::Body::RoomRemoved(event::RoomRemoved {
            room_id: room.to_string(),
            seq: event.seq,
            membership_version: version,
        });
        let personal = personal(&state, user, body);
        (event, personal)
    }

    pub fn write(&self, room: Uuid, sender: Uuid, body: &str) -> RoomEvent {
        let id = self.fresh_id();
        self.write_as(room, sender, id, body)
    }

    fn write_as(&self, room: Uuid, sender: Uuid, id: Uuid, body: &str) -> RoomEvent {
        let head = {
            let mut state = self.state.lock().unwrap();
            let room = state.rooms.get_mut(&room).unwrap();
            room.n += 1;
            room.head()
        };
        let message = event::Message {
            id: id.to_string(),
            room_id: room.to_string(),
            seq: head.seq + 1,
            n: head.n,
            sender: Some(world::user_ref(sender)),
            body: body.to_owned(),
            reply_to: None,
            created_at: Some(world::at()),
            source: None,
        };
        self.commit(room, sender, room_event::Body::MessageCreated(message))
    }

    pub fn read(&self, room: Uuid, user: Uuid, read_n: i64) -> PersonalEvent {
        let body = personal_event::Body::ReadMoved(event::ReadMoved {
            room_id: room.to_string(),
            read_n,
            receipt: true,
        });
        personal(&self.state.lock().unwrap(), user, body)
    }

    /// Another life of the database begins.
    pub fn restore(&self) {
        self.state.lock().unwrap().epoch = String::from("second");
    }

    /// So many calls from now on are not answered.
    pub fn fails(&self, calls: u32) {
        self.state.lock().unwrap().unavailable = calls;
    }

    /// How often this was asked.
    pub fn asked(&self, call: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.asked.iter().filter(|asked| **asked == call).count()
    }

    fn commit(&self, room: Uuid, actor: Uuid, body: room_event::Body) -> RoomEvent {
        let event_id = self.fresh_id().to_string();
        let mut state = self.state.lock().unwrap();
        let epoch = state.epoch.clone();
        let entry = state.rooms.get_mut(&room).unwrap();
        let event = RoomEvent {
            event_id,
            room_id: room.to_string(),
            seq: entry.head().seq + 1,
            n: entry.n,
            epoch,
            at: Some(world::at()),
            actor_id: actor.to_string(),
            body: Some(body),
        };
        entry.events.push(event.clone());
        event
    }

    fn next_version(&self, user: Uuid) -> i64 {
        let mut state = self.state.lock().unwrap();
        let version = state.versions.entry(user).or_default();
        *version += 1;
        *version
    }

    fn fresh_id(&self) -> Uuid {
        let mut state = self.state.lock().unwrap();
        state.next_id += 1;
        Uuid::from_u128(0x0193_6b2e_7c00_7000_8000_0000_0000_0000 + state.next_id)
    }

    fn ask(&self, call: &'static str) -> Result<std::sync::MutexGuard<'_, State>, Status> {
        let mut state = self.state.lock().unwrap();
        state.asked.push(call);
        if state.unavailable > 0 {
            state.unavailable -= 1;
            return Err(Status::unavailable("chat is restarting"));
        }
        Ok(state)
    }
}

fn personal(state: &State, user: Uuid, body: personal_event::Body) -> PersonalEvent {
    PersonalEvent {
        event_id: Uuid::nil().to_string(),
        user_id: user.to_string(),
        epoch: state.epoch.clone(),
        at: Some(world::at()),
        body: Some(body),
    }
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn not_found() -> Status {
    runtime::grpc::status(tonic::Code::NotFound, "not_found", "there is no such room")
}

impl State {
    fn as_member(&self, room: &str, user: &str) -> Result<&Room, Status> {
        let room = self.rooms.get(&id(room)).ok_or_else(not_found)?;
        if room.members.contains_key(&id(user)) {
            Ok(room)
        } else {
            Err(not_found())
        }
    }

    fn memberships(&self, user: &str) -> PersonMemberships {
        let rooms = self.rooms.iter();
        let rooms = rooms.filter(|(_, room)| room.members.contains_key(&id(user)));
        PersonMemberships {
            user_id: user.to_owned(),
            membership_version: self.versions.get(&id(user)).copied().unwrap_or_default(),
            rooms: rooms
                .map(|(room_id, room)| MembershipHead {
                    room_id: room_id.to_string(),
                    head: Some(room.head()),
                })
                .collect(),
        }
    }

    fn resume(&self, request: ResumeRequest) -> Vec<Result<ResumeResponse, Status>> {
        let person = self.memberships(&request.caller_id);
        let mut gone = request.positions.clone();
        let same_life = request.epoch.is_none_or(|epoch| epoch == self.epoch);
        let mut events = Vec::new();
        let mut rooms = Vec::new();
        for membership in person.rooms {
            let room = &self.rooms[&id(&membership.room_id)];
            let head = room.head();
            let position = gone.remove(&membership.room_id);
            let resync = position.is_some_and(|position| {
                !same_life || position > head.seq || head.seq - position > 500
            });
            let replay = !resync && position.is_some_and(|position| position < head.seq);
            if replay {
                events.push(room.after(position.unwrap()));
            }
            rooms.push(ResumeRoom {
                room_id: membership.room_id,
                head: Some(head),
                read_n: 0,
                replay,
                resync,
            });
        }
        let first = ResumeResponse {
            epoch: self.epoch.clone(),
            membership_version: person.membership_version,
            rooms,
            gone: gone.into_keys().collect(),
            events: Vec::new(),
        };
        let following = events.into_iter().map(|events| ResumeResponse {
            events,
            ..ResumeResponse::default()
        });
        std::iter::once(first).chain(following).map(Ok).collect()
    }
}

/// The whole service: what the live side asks for, and calls that it never makes.
macro_rules! service {
    (asked { $($asked:tt)* } silent { $($call:ident($request:ty) -> $answer:ty;)* }) => {
        #[tonic::async_trait]
        impl ChatService for Chat {
            $($asked)*

            $(
                async fn $call(&self, _: Request<$request>) -> Answered<$answer> {
                    Err(Status::unimplemented("not asked by the live side"))
                }
            )*
        }
    };
}

service! {
asked {
    type ResumeStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<ResumeResponse, Status>>>;

    async fn resume(&self, request: Request<ResumeRequest>) -> Answered<Self::ResumeStream> {
        self.snapshots.acquire().await.unwrap().forget();
        let state = self.ask("resume")?;
        let answers = state.resume(request.into_inner());
        Ok(Response::new(tokio_stream::iter(answers)))
    }

    async fn get_keys(&self, _: Request<GetKeysRequest>) -> Answered<Keys> {
        Ok(Response::new(world::keys()))
    }

    async fn get_room(&self, request: Request<GetRoomRequest>) -> Answered<proto::chat::Room> {
        drop(self.ask("get_room")?);
        self.looks.acquire().await.unwrap().forget();
        let state = self.state.lock().unwrap();
        let request = request.into_inner();
        let room = state.as_member(&request.room_id, &request.caller_id)?;
        Ok(Response::new(world::room(&request.room_id, room.head())))
    }

    async fn send_message(
        &self,
        request: Request<SendMessageRequest>,
    ) -> Answered<SendMessageResponse> {
        let request = request.into_inner();
        let sent = {
            let state = self.ask("send_message")?;
            let room = state.as_member(&request.room_id, &request.caller_id)?;
            let messages = room.events.iter().filter_map(|event| match &event.body {
                Some(room_event::Body::MessageCreated(message)) => Some(message),
                _ => None,
            });
            let mut messages = messages;
            messages.find(|message| message.id == request.message_id).cloned()
        };
        let duplicate = sent.is_some();
        let message = sent.unwrap_or_else(|| {
            let (room, caller) = (id(&request.room_id), id(&request.caller_id));
            let event = self.write_as(room, caller, id(&request.message_id), &request.body);
            match event.body {
                Some(room_event::Body::MessageCreated(message)) => message,
                _ => unreachable!("a message was written"),
            }
        });
        Ok(Response::new(SendMessageResponse {
            message: Some(message),
            duplicate,
        }))
    }

    async fn list_events(&self, request: Request<ListEventsRequest>) -> Answered<ListEventsResponse> {
        drop(self.ask("list_events")?);
        self.fills.acquire().await.unwrap().forget();
        let state = self.state.lock().unwrap();
        let request = request.into_inner();
        let room = state.as_member(&request.room_id, &request.caller_id)?;
        let mut events = room.after(request.after);
        events.truncate(usize::try_from(request.limit).unwrap());
        Ok(Response::new(ListEventsResponse {
            events,
            head: Some(room.head()),
        }))
    }

    async fn mark_read(&self, request: Request<MarkReadRequest>) -> Answered<MarkReadResponse> {
        let state = self.ask("mark_read")?;
        let request = request.into_inner();
        state.as_member(&request.room_id, &request.caller_id)?;
        Ok(Response::new(MarkReadResponse { read_n: request.n }))
    }

    async fn fill_gap(&self, request: Request<FillGapRequest>) -> Answered<FillGapResponse> {
        self.fills.acquire().await.unwrap().forget();
        let state = self.ask("fill_gap")?;
        let request = request.into_inner();
        let room = state.rooms.get(&id(&request.room_id)).ok_or_else(not_found)?;
        let mut events = room.after(request.after);
        events.truncate(usize::try_from(request.limit).unwrap());
        Ok(Response::new(FillGapResponse {
            events,
            head: Some(room.head()),
            epoch: state.epoch.clone(),
        }))
    }

    async fn get_heads(&self, request: Request<GetHeadsRequest>) -> Answered<GetHeadsResponse> {
        let state = self.ask("get_heads")?;
        let rooms = request.into_inner().room_ids;
        let heads = rooms.into_iter().filter_map(|room| {
            let head = state.rooms.get(&id(&room))?.head();
            Some((room, head))
        });
        Ok(Response::new(GetHeadsResponse {
            epoch: state.epoch.clone(),
            heads: heads.collect(),
        }))
    }

    async fn get_memberships(
        &self,
        request: Request<GetMembershipsRequest>,
    ) -> Answered<GetMembershipsResponse> {
        drop(self.ask("get_memberships")?);
        self.lists.acquire().await.unwrap().forget();
        let state = self.state.lock().unwrap();
        let users = request.into_inner().user_ids;
        Ok(Response::new(GetMembershipsResponse {
            epoch: state.epoch.clone(),
            people: users.iter().map(|user| state.memberships(user)).collect(),
        }))
    }
}

silent {
        register(RegisterRequest) -> Session;
        log_in(LogInRequest) -> Session;
        refresh(RefreshRequest) -> Session;
        log_out(LogOutRequest) -> LogOutResponse;
        issue_ticket(IssueTicketRequest) -> Ticket;
        get_user(GetUserRequest) -> User;
        update_user(UpdateUserRequest) -> User;
        search_users(SearchUsersRequest) -> SearchUsersResponse;
        create_room(CreateRoomRequest) -> proto::chat::Room;
        open_direct_room(OpenDirectRoomRequest) -> OpenDirectRoomResponse;
        list_rooms(ListRoomsRequest) -> ListRoomsResponse;
        list_public_rooms(ListPublicRoomsRequest) -> ListRoomsResponse;
        update_room(UpdateRoomRequest) -> proto::chat::Room;
        delete_room(DeleteRoomRequest) -> DeleteRoomResponse;
        join_room(JoinRoomRequest) -> JoinRoomResponse;
        leave_room(LeaveRoomRequest) -> LeaveRoomResponse;
        list_members(ListMembersRequest) -> ListMembersResponse;
        put_member(PutMemberRequest) -> PutMemberResponse;
        remove_member(RemoveMemberRequest) -> RemoveMemberResponse;
        get_message(GetMessageRequest) -> GetMessageResponse;
        read_history(ReadHistoryRequest) -> ReadHistoryResponse;
}
}

//! A chat that notes what it is asked and answers what it was told to.

use std::any::Any;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use proto::chat::chat_service_server::ChatService;
use proto::chat::*;
use tonic::{Request, Response, Status};

/// Clones share what they note and answer.
#[derive(Clone, Default)]
pub struct FakeChat {
    asked: Arc<Mutex<Vec<(&'static str, String)>>>,
    answers: Arc<Mutex<HashMap<&'static str, Box<dyn Any + Send>>>>,
}

impl FakeChat {
    /// From now on `call` is answered with this.
    pub fn answers<A: Clone + Send + 'static>(&self, call: &'static str, answer: A) {
        self.program::<A>(call, Ok(answer));
    }

    /// From now on `call`, whose answer would be an `A`, is refused with this.
    pub fn refuses<A: Clone + Send + 'static>(&self, call: &'static str, status: Status) {
        self.program::<A>(call, Err(status));
    }

    /// The calls so far with their requests, fetches of keys left out.
    pub fn asked(&self) -> Vec<(&'static str, String)> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|(call, _)| *call != "get_keys")
            .cloned()
            .collect()
    }

    /// How often its keys were fetched.
    pub fn key_fetches(&self) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(call, _)| *call == "get_keys").count()
    }

    fn program<A: Clone + Send + 'static>(&self, call: &'static str, answer: Result<A, Status>) {
        self.answers.lock().unwrap().insert(call, Box::new(answer));
    }

    fn answer<Q: Debug, A: Clone + 'static>(
        &self,
        call: &'static str,
        request: Request<Q>,
    ) -> Result<Response<A>, Status> {
        let request = format!("{:?}", request.into_inner());
        self.asked.lock().unwrap().push((call, request));
        let answers = self.answers.lock().unwrap();
        let answer = answers
            .get(call)
            .and_then(|answer| answer.downcast_ref::<Result<A, Status>>());
        let answer = answer.unwrap_or_else(|| panic!("the test says nothing about {call}"));
        answer.clone().map(Response::new)
    }
}

macro_rules! chat {
    ($($call:ident($request:ty) -> $answer:ty;)*) => {
        #[tonic::async_trait]
        impl ChatService for FakeChat {
            type ResumeStream = tokio_stream::Empty<Result<ResumeResponse, Status>>;

            async fn resume(&self, _: Request<ResumeRequest>) -> Result<Response<Self::ResumeStream>, Status> {
                Err(Status::unimplemented("nobody comes back here"))
            }

            $(
                async fn $call(&self, request: Request<$request>) -> Result<Response<$answer>, Status> {
                    self.answer(stringify!($call), request)
                }
            )*
        }
    };
}

chat! {
    register(RegisterRequest) -> Session;
    log_in(LogInRequest) -> Session;
    refresh(RefreshRequest) -> Session;
    log_out(LogOutRequest) -> LogOutResponse;
    issue_ticket(IssueTicketRequest) -> Ticket;
    get_keys(GetKeysRequest) -> Keys;
    get_user(GetUserRequest) -> User;
    update_user(UpdateUserRequest) -> User;
    search_users(SearchUsersRequest) -> SearchUsersResponse;
    create_room(CreateRoomRequest) -> Room;
    open_direct_room(OpenDirectRoomRequest) -> OpenDirectRoomResponse;
    get_room(GetRoomRequest) -> Room;
    list_rooms(ListRoomsRequest) -> ListRoomsResponse;
    list_public_rooms(ListPublicRoomsRequest) -> ListRoomsResponse;
    update_room(UpdateRoomRequest) -> Room;
    delete_room(DeleteRoomRequest) -> DeleteRoomResponse;
    join_room(JoinRoomRequest) -> JoinRoomResponse;
    leave_room(LeaveRoomRequest) -> LeaveRoomResponse;
    list_members(ListMembersRequest) -> ListMembersResponse;
    put_member(PutMemberRequest) -> PutMemberResponse;
    remove_member(RemoveMemberRequest) -> RemoveMemberResponse;
    send_message(SendMessageRequest) -> SendMessageResponse;
    get_message(GetMessageRequest) -> GetMessageResponse;
    read_history(ReadHistoryRequest) -> ReadHistoryResponse;
    list_events(ListEventsRequest) -> ListEventsResponse;
    mark_read(MarkReadRequest) -> MarkReadResponse;
    fill_gap(FillGapRequest) -> FillGapResponse;
    get_heads(GetHeadsRequest) -> GetHeadsResponse;
    get_memberships(GetMembershipsRequest) -> GetMembershipsResponse;
}

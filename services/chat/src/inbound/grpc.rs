//! `chappe.chat.v1.ChatService`: each call becomes one command or query. Generated types end here.

mod fields;
mod members;
mod messages;
mod people;
mod positions;
mod rooms;
mod sessions;
mod status;

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use proto::chat::{
    self as v1,
    chat_service_server::{ChatService, ChatServiceServer},
};
use tonic::{Response, Status};

use self::status::{invalid, status};
use crate::{
    application::{
        Contexts, Handle, Request, Service, create_room::CreateRoom, delete_room::DeleteRoom,
        fill_gap::FillGap, get_heads::GetHeads, get_memberships::GetMemberships,
        get_message::GetMessage, get_room::GetRoom, get_user::GetUser, issue_ticket::IssueTicket,
        join_room::JoinRoom, leave_room::LeaveRoom, list_events::ListEvents,
        list_members::ListMembers, list_public_rooms::ListPublicRooms, list_rooms::ListRooms,
        log_in::LogIn, log_out::LogOut, mark_read::MarkRead, open_direct_room::OpenDirectRoom,
        ports::Tokens, put_member::PutMember, read_history::ReadHistory,
        refresh_session::RefreshSession, register::Register, remove_member::RemoveMember,
        resume::Resume, search_people::SearchPeople, send_message::SendMessage,
        update_profile::UpdateProfile, update_room::UpdateRoom,
    },
    domain::{Epoch, Invalid},
    wire,
};

/// Answers calls with the use cases.
#[derive(Clone)]
pub(crate) struct Grpc {
    service: Arc<Service>,
    contexts: Contexts,
    tokens: Arc<dyn Tokens>,
    epoch: Epoch,
}

/// What the generated methods answer.
type Answer<T> = Result<Response<T>, Status>;

impl Grpc {
    /// Calls of this life of the database.
    pub(crate) fn new(
        service: Arc<Service>,
        contexts: Contexts,
        tokens: Arc<dyn Tokens>,
        epoch: Epoch,
    ) -> Self {
        Self {
            service,
            contexts,
            tokens,
            epoch,
        }
    }

    /// The service, to be added to a server's routes.
    pub(crate) fn server(self) -> ChatServiceServer<Self> {
        ChatServiceServer::new(self)
            .max_decoding_message_size(runtime::grpc::MAX_MESSAGE_BYTES)
            .max_encoding_message_size(runtime::grpc::MAX_MESSAGE_BYTES)
    }

    /// Checks the message's values, hands the command to its use case.
    async fn ask<R, M>(&self, message: tonic::Request<M>) -> Result<R::Answer, Status>
    where
        R: Request + TryFrom<M, Error = Invalid>,
        Service: Handle<R>,
    {
        let request = R::try_from(message.into_inner()).map_err(invalid)?;
        let context = self.contexts.begin();
        let answer = self.service.handle(&context, &request).await;
        answer.map_err(|error| status(&error))
    }
}

#[tonic::async_trait]
impl ChatService for Grpc {
    async fn register(&self, request: tonic::Request<v1::RegisterRequest>) -> Answer<v1::Session> {
        let answer = self.ask::<Register, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn log_in(&self, request: tonic::Request<v1::LogInRequest>) -> Answer<v1::Session> {
        let answer = self.ask::<LogIn, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn refresh(&self, request: tonic::Request<v1::RefreshRequest>) -> Answer<v1::Session> {
        let answer = self.ask::<RefreshSession, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn log_out(
        &self,
        request: tonic::Request<v1::LogOutRequest>,
    ) -> Answer<v1::LogOutResponse> {
        self.ask::<LogOut, _>(request).await?;
        Ok(Response::new(v1::LogOutResponse {}))
    }

    async fn issue_ticket(
        &self,
        request: tonic::Request<v1::IssueTicketRequest>,
    ) -> Answer<v1::Ticket> {
        let answer = self.ask::<IssueTicket, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_keys(&self, _: tonic::Request<v1::GetKeysRequest>) -> Answer<v1::Keys> {
        Ok(Response::new(v1::Keys {
            jwks: self.tokens.jwks(),
            issuer: self.tokens.issuer().to_owned(),
        }))
    }

    async fn get_user(&self, request: tonic::Request<v1::GetUserRequest>) -> Answer<v1::User> {
        let answer = self.ask::<GetUser, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn update_user(
        &self,
        request: tonic::Request<v1::UpdateUserRequest>,
    ) -> Answer<v1::User> {
        let answer = self.ask::<UpdateProfile, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn search_users(
        &self,
        request: tonic::Request<v1::SearchUsersRequest>,
    ) -> Answer<v1::SearchUsersResponse> {
        let answer = self.ask::<SearchPeople, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn create_room(
        &self,
        request: tonic::Request<v1::CreateRoomRequest>,
    ) -> Answer<v1::Room> {
        let answer = self.ask::<CreateRoom, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn open_direct_room(
        &self,
        request: tonic::Request<v1::OpenDirectRoomRequest>,
    ) -> Answer<v1::OpenDirectRoomResponse> {
        let answer = self.ask::<OpenDirectRoom, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_room(&self, request: tonic::Request<v1::GetRoomRequest>) -> Answer<v1::Room> {
        let answer = self.ask::<GetRoom, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn list_rooms(
        &self,
        request: tonic::Request<v1::ListRoomsRequest>,
    ) -> Answer<v1::ListRoomsResponse> {
        let answer = self.ask::<ListRooms, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn list_public_rooms(
        &self,
        request: tonic::Request<v1::ListPublicRoomsRequest>,
    ) -> Answer<v1::ListRoomsResponse> {
        let answer = self.ask::<ListPublicRooms, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn update_room(
        &self,
        request: tonic::Request<v1::UpdateRoomRequest>,
    ) -> Answer<v1::Room> {
        let answer = self.ask::<UpdateRoom, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn delete_room(
        &self,
        request: tonic::Request<v1::DeleteRoomRequest>,
    ) -> Answer<v1::DeleteRoomResponse> {
        self.ask::<DeleteRoom, _>(request).await?;
        Ok(Response::new(v1::DeleteRoomResponse {}))
    }

    async fn join_room(
        &self,
        request: tonic::Request<v1::JoinRoomRequest>,
    ) -> Answer<v1::JoinRoomResponse> {
        self.ask::<JoinRoom, _>(request).await?;
        Ok(Response::new(v1::JoinRoomResponse {}))
    }

    async fn leave_room(
        &self,
        request: tonic::Request<v1::LeaveRoomRequest>,
    ) -> Answer<v1::LeaveRoomResponse> {
        self.ask::<LeaveRoom, _>(request).await?;
        Ok(Response::new(v1::LeaveRoomResponse {}))
    }

    async fn list_members(
        &self,
        request: tonic::Request<v1::ListMembersRequest>,
    ) -> Answer<v1::ListMembersResponse> {
        let answer = self.ask::<ListMembers, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn put_member(
        &self,
        request: tonic::Request<v1::PutMemberRequest>,
    ) -> Answer<v1::PutMemberResponse> {
        self.ask::<PutMember, _>(request).await?;
        Ok(Response::new(v1::PutMemberResponse {}))
    }

    async fn remove_member(
        &self,
        request: tonic::Request<v1::RemoveMemberRequest>,
    ) -> Answer<v1::RemoveMemberResponse> {
        self.ask::<RemoveMember, _>(request).await?;
        Ok(Response::new(v1::RemoveMemberResponse {}))
    }

    async fn send_message(
        &self,
        request: tonic::Request<v1::SendMessageRequest>,
    ) -> Answer<v1::SendMessageResponse> {
        let answer = self.ask::<SendMessage, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_message(
        &self,
        request: tonic::Request<v1::GetMessageRequest>,
    ) -> Answer<v1::GetMessageResponse> {
        let answer = self.ask::<GetMessage, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn read_history(
        &self,
        request: tonic::Request<v1::ReadHistoryRequest>,
    ) -> Answer<v1::ReadHistoryResponse> {
        let answer = self.ask::<ReadHistory, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn list_events(
        &self,
        request: tonic::Request<v1::ListEventsRequest>,
    ) -> Answer<v1::ListEventsResponse> {
        let epoch = self.epoch;
        let found = self.ask::<ListEvents, _>(request).await?;
        let events = found.events.iter();
        Ok(Response::new(v1::ListEventsResponse {
            events: events.map(|event| wire::room_event(event, epoch)).collect(),
            head: Some(found.head.into()),
        }))
    }

    async fn mark_read(
        &self,
        request: tonic::Request<v1::MarkReadRequest>,
    ) -> Answer<v1::MarkReadResponse> {
        let answer = self.ask::<MarkRead, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    type ResumeStream = BoxStream<'static, Result<v1::ResumeResponse, Status>>;

    async fn resume(
        &self,
        request: tonic::Request<v1::ResumeRequest>,
    ) -> Answer<Self::ResumeStream> {
        let moment = self.ask::<Resume, _>(request).await?;
        let parts = positions::resumed(moment).map(Ok);
        Ok(Response::new(stream::iter(parts).boxed()))
    }

    async fn fill_gap(
        &self,
        request: tonic::Request<v1::FillGapRequest>,
    ) -> Answer<v1::FillGapResponse> {
        let answer = self.ask::<FillGap, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_heads(
        &self,
        request: tonic::Request<v1::GetHeadsRequest>,
    ) -> Answer<v1::GetHeadsResponse> {
        let answer = self.ask::<GetHeads, _>(request).await?;
        Ok(Response::new(answer.into()))
    }

    async fn get_memberships(
        &self,
        request: tonic::Request<v1::GetMembershipsRequest>,
    ) -> Answer<v1::GetMembershipsResponse> {
        let answer = self.ask::<GetMemberships, _>(request).await?;
        Ok(Response::new(answer.into()))
    }
}

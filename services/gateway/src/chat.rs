//! The way to chat.

use proto::chat::chat_service_client::ChatServiceClient;
use runtime::grpc::{Client, MAX_MESSAGE_BYTES, RouteKey};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::RoomId;

/// Calls to chat; clones share its connections.
#[derive(Clone)]
pub struct Chat(ChatServiceClient<Client>);

impl Chat {
    /// Calls over this channel.
    pub fn new(channel: Client) -> Self {
        Self(ChatServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES))
    }

    /// A client for one call.
    pub fn client(&self) -> ChatServiceClient<Client> {
        self.0.clone()
    }
}

/// The request of a send: all sends into one room go to one replica of chat, which gathers those that
/// come at the same time into one transaction.
pub fn in_room<T>(room: RoomId, request: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(request);
    request
        .extensions_mut()
        .insert(RouteKey(xxh3_64(room.uuid().as_bytes())));
    request
}

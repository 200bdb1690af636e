//! One message.

use super::{Application, Context, Error, Handle, Request, Thing};
use crate::domain::{Message, MessageId, UserId};

/// A message of a room the caller is in, and how many have read it.
#[derive(Debug)]
pub struct GetMessage {
    /// Who asks.
    pub caller: UserId,
    /// Which message.
    pub message: MessageId,
}

/// A message and its readers.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// The message.
    pub message: Message,
    /// How many members other than its sender have read it.
    pub read_by: i64,
}

impl Request for GetMessage {
    type Answer = MessageView;
    const NAME: &'static str = "get_message";
}

impl Handle<GetMessage> for Application {
    async fn handle(&self, _: &Context, request: &GetMessage) -> Result<MessageView, Error> {
        let missing = || Error::NotFound(Thing::Message);
        let mut snapshot = self.store.snapshot().await?;
        let message = snapshot
            .messages(&[request.message])
            .await?
            .pop()
            .ok_or_else(missing)?;
        let my = snapshot.membership(message.room, request.caller).await?;
        my.ok_or_else(missing)?;
        let read_by = snapshot.read_by(message.id).await?;
        Ok(MessageView { message, read_by })
    }
}

//! Writing into a room.

use super::{
    Application, Context, Error, Handle, Request,
    posting::{Author, Submission},
};
use crate::domain::{Body, MessageId, RoomId, UserId};

pub use super::posting::Sent;

/// Writes a message. The same id by the same person again answers the first message, for ever; it
/// also reads the room up to the message.
#[derive(Debug)]
pub struct SendMessage {
    /// Who writes.
    pub caller: UserId,
    /// Where.
    pub room: RoomId,
    /// Made by the client; another person's is answered [`Error::IdTaken`].
    pub id: MessageId,
    /// What.
    pub body: Body,
    /// The message of this room that it answers.
    pub reply_to: Option<MessageId>,
}

impl Request for SendMessage {
    type Answer = Sent;
    const NAME: &'static str = "send_message";
}

impl Handle<SendMessage> for Application {
    async fn handle(&self, context: &Context, request: &SendMessage) -> Result<Sent, Error> {
        let submission = Submission {
            context: context.clone(),
            author: Author::Member(request.caller),
            room: request.room,
            id: request.id,
            body: request.body.clone(),
            reply_to: request.reply_to,
            source: None,
        };
        self.sends.send(submission).await
    }
}

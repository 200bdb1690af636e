//! Writing from beyond a bridge.

use super::{
    Application, Context, Error, Handle, Request,
    posting::{Author, Sent, Submission},
};
use crate::domain::{
    Body, DisplayName, MessageId, MessageSource, RoomId, User, UserId, UserKind, UserRef, Username,
};

/// Writes a message that somebody wrote on another network. The bridge's configuration names the room,
/// so its author needs no membership. The same id again answers the first message.
#[derive(Debug)]
pub struct PostBridgedMessage {
    /// Where.
    pub room: RoomId,
    /// Derived from where it was written, so that it is the same at every delivery.
    pub id: MessageId,
    /// Who wrote it there.
    pub author: BridgedAuthor,
    /// What.
    pub body: Body,
    /// Where it was written.
    pub source: MessageSource,
}

/// Somebody on another network.
#[derive(Clone, Debug)]
pub struct BridgedAuthor {
    /// Derived from who they are there.
    pub id: UserId,
    /// See [`Username::bridged`].
    pub username: Username,
    /// What they are called there at present.
    pub display_name: DisplayName,
}

impl Request for PostBridgedMessage {
    type Answer = Sent;
    const NAME: &'static str = "post_bridged_message";
}

impl Handle<PostBridgedMessage> for Application {
    async fn handle(&self, context: &Context, request: &PostBridgedMessage) -> Result<Sent, Error> {
        self.make_known(context, &request.author).await?;
        let submission = Submission {
            context: context.clone(),
            author: Author::Bridged(request.author.id),
            room: request.room,
            id: request.id,
            body: request.body.clone(),
            reply_to: None,
            source: Some(request.source.clone()),
        };
        self.sends.send(submission).await
    }
}

impl Application {
    /// Adds the author, or their new name; usually they are known as they are.
    async fn make_known(&self, context: &Context, author: &BridgedAuthor) -> Result<(), Error> {
        let reference = UserRef {
            id: author.id,
            username: author.username.clone(),
            display_name: author.display_name.clone(),
            kind: UserKind::Bridged,
        };
        let known = self.store.snapshot().await?.users(&[author.id]).await?;
        if known.first() == Some(&reference) {
            return Ok(());
        }
        let mut transaction = self.store.begin().await?;
        transaction
            .put_bridged(&User {
                reference,
                created_at: context.now,
            })
            .await?;
        Ok(transaction.commit().await?)
    }
}

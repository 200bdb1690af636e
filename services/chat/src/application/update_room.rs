//! What a room says of itself.

use super::{
    Application, Context, Error, Handle, Request, Thing, access::place_in, ports::RoomView,
    room_change::RoomChange,
};
use crate::domain::{EventBody, RoomId, Title, Topic, UserId, may_describe};

/// Changes title or topic of a room.
#[derive(Debug)]
pub struct UpdateRoom {
    /// Who asks: an owner or admin.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// `None` leaves it.
    pub title: Option<Title>,
    /// What becomes of the topic.
    pub topic: TopicChange,
}

/// What becomes of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicChange {
    /// It stays.
    Keep,
    /// The room has none afterwards.
    Remove,
    /// It is this.
    Set(Topic),
}

impl Request for UpdateRoom {
    type Answer = RoomView;
    const NAME: &'static str = "update_room";
}

impl Handle<UpdateRoom> for Application {
    async fn handle(&self, context: &Context, request: &UpdateRoom) -> Result<RoomView, Error> {
        let mut transaction = self.store.begin().await?;
        let mut change = RoomChange::lock(context, &mut *transaction, request.room).await?;
        let my = place_in(&mut *transaction, change.room(), request.caller).await?;
        may_describe(change.room().description.kind, my.role)?;

        let mut description = change.room().description.clone();
        if let Some(title) = &request.title {
            description.title = title.clone();
        }
        match &request.topic {
            TopicChange::Keep => {}
            TopicChange::Remove => description.topic = None,
            TopicChange::Set(topic) => description.topic = Some(topic.clone()),
        }
        let changed = description != change.room().description;
        if changed {
            if let Some(key) = description.unique_title()
                && transaction
                    .room_titled(&key)
                    .await?
                    .is_some_and(|id| id != request.room)
            {
                return Err(Error::TitleTaken);
            }
            transaction
                .describe_room(request.room, &description)
                .await?;
            change.happened(request.caller, EventBody::RoomChanged(description));
            change.record(&mut *transaction).await?;
        }
        let view = transaction.room_view(request.room, request.caller).await?;
        let view = view.ok_or(Error::NotFound(Thing::Room))?;
        if changed {
            transaction.commit().await?;
        }
        Ok(view)
    }
}

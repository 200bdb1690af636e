//! What becomes of sends: pure, so that a whole batch is decided on one set of facts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Context, Error, Thing,
    access::outsider,
    ports::{Changes, Poster, ReadPosition, Traced},
};
use crate::domain::{
    Body, EventBody, Invalid, Message, MessageId, MessageSource, Room, RoomEvent, RoomId, UserId,
    UserRef, may_post,
};

/// Who writes, and why they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    /// By their role in the room.
    Member(UserId),
    /// By the bridge's configuration; not a member.
    Bridged(UserId),
}

impl Author {
    pub(super) const fn id(self) -> UserId {
        match self {
            Self::Member(id) | Self::Bridged(id) => id,
        }
    }
}

/// A message that somebody wants to write.
pub(super) struct Submission {
    pub context: Context,
    pub author: Author,
    pub room: RoomId,
    pub id: MessageId,
    pub body: Body,
    pub reply_to: Option<MessageId>,
    pub source: Option<MessageSource>,
}

/// A message that is in its room.
#[derive(Clone, Debug)]
pub struct Sent {
    /// As everybody sees it.
    pub message: Message,
    /// Whether it was there before: the id was sent again.
    pub duplicate: bool,
}

/// What must be known to decide; the rooms are locked.
#[derive(Default)]
pub(super) struct Facts {
    pub rooms: HashMap<RoomId, Room>,
    /// Messages with the submitted ids, and those that are answered.
    pub messages: HashMap<MessageId, Message>,
    pub posters: HashMap<(RoomId, UserId), Poster>,
}

/// Decides submissions in the order of their arrival: one result each, and what is to be written.
pub(super) fn decide<'a>(
    submissions: impl IntoIterator<Item = &'a Submission>,
    mut facts: Facts,
) -> (Vec<Result<Sent, Error>>, Changes) {
    let mut changes = Changes::default();
    let mut reads = BTreeMap::new();
    let results = submissions
        .into_iter()
        .map(|submission| {
            let sent = facts.judge(submission)?;
            if !sent.duplicate {
                let message = &sent.message;
                changes
                    .events
                    .push(created(submission, &facts.rooms[&message.room], message));
                changes.messages.push(message.clone());
                if let Author::Member(user) = submission.author {
                    reads.insert((message.room, user), message.n);
                }
            }
            Ok(sent)
        })
        .collect();

    let changed: BTreeSet<_> = changes
        .messages
        .iter()
        .map(|message| message.room)
        .collect();
    changes.heads = changed
        .into_iter()
        .map(|room| (room, facts.rooms[&room].head))
        .collect();
    changes.reads = reads
        .into_iter()
        .map(|((room, user), read_n)| ReadPosition { room, user, read_n })
        .collect();
    (results, changes)
}

impl Facts {
    /// A repeated id is answered before anything else is looked at: its sender may have left since.
    fn judge(&mut self, submission: &Submission) -> Result<Sent, Error> {
        if let Some(known) = self.messages.get(&submission.id) {
            return if known.sender.id == submission.author.id() {
                Ok(Sent {
                    message: known.clone(),
                    duplicate: true,
                })
            } else {
                Err(Error::IdTaken)
            };
        }
        let sender = self.admit(submission)?;
        if let Some(answered) = submission.reply_to {
            let here = self
                .messages
                .get(&answered)
                .is_some_and(|m| m.room == submission.room);
            if !here {
                let detail = "is no message of this room";
                return Err(Invalid::new("reply_to", "unknown_message", detail).into());
            }
        }

        let room = self
            .rooms
            .get_mut(&submission.room)
            .ok_or(Error::NotFound(Thing::Room))?;
        room.head.seq = room.head.seq.next();
        room.head.n = room.head.n.next();
        let message = Message {
            id: submission.id,
            room: room.id,
            seq: room.head.seq,
            n: room.head.n,
            sender,
            body: submission.body.clone(),
            reply_to: submission.reply_to,
            created_at: submission.context.now,
            source: submission.source.clone(),
        };
        self.messages.insert(message.id, message.clone());
        Ok(Sent {
            message,
            duplicate: false,
        })
    }

    fn admit(&self, submission: &Submission) -> Result<UserRef, Error> {
        let room = self
            .rooms
            .get(&submission.room)
            .ok_or(Error::NotFound(Thing::Room))?;
        let poster = self.posters.get(&(submission.room, submission.author.id()));
        match submission.author {
            Author::Bridged(_) => poster
                .map(|p| p.user.clone())
                .ok_or(Error::NotFound(Thing::User)),
            Author::Member(_) => {
                let (user, role) = poster
                    .and_then(|p| Some((p.user.clone(), p.role?)))
                    .ok_or_else(|| outsider(room))?;
                may_post(room.description.kind, role)?;
                Ok(user)
            }
        }
    }
}

fn created(submission: &Submission, room: &Room, message: &Message) -> Traced<RoomEvent> {
    Traced {
        event: RoomEvent {
            id: submission.context.event_id(),
            room: room.id,
            head: room.head,
            at: message.created_at,
            actor: message.sender.id,
            body: EventBody::MessageCreated(Box::new(message.clone())),
        },
        traceparent: submission.context.traceparent.clone(),
    }
}

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

    let rooms: BTreeSet<_> = changes
        .messages
        .iter()
        .map(|message| message.room)
        .collect();
    changes.heads = rooms
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;
    use crate::{
        application::{
            Contexts,
            ports::{Clock, Ids},
        },
        domain::{
            DisplayName, Head, Role, RoomDescription, RoomKind, Title, UserKind, Username,
            Visibility,
        },
    };

    struct Still;

    impl Clock for Still {
        fn now(&self) -> OffsetDateTime {
            OffsetDateTime::UNIX_EPOCH
        }
    }

    impl Ids for Still {
        fn id(&self) -> Uuid {
            Uuid::nil()
        }

        fn secret(&self) -> [u8; 32] {
            [0; 32]
        }
    }

    const ROOM: RoomId = RoomId::new(Uuid::from_u128(1));
    const ANNA: UserId = UserId::new(Uuid::from_u128(2));

    fn submission(id: u128, traceparent: &str) -> Submission {
        let mut context = Contexts::new(Arc::new(Still), Arc::new(Still)).begin();
        context.traceparent = Some(traceparent.to_owned());
        Submission {
            context,
            author: Author::Member(ANNA),
            room: ROOM,
            id: MessageId::new(Uuid::from_u128(id)),
            body: "hello".parse().unwrap(),
            reply_to: None,
            source: None,
        }
    }

    fn facts() -> Facts {
        let username: Username = "anna".parse().unwrap();
        let room = Room {
            id: ROOM,
            description: RoomDescription {
                title: Title::none(),
                topic: None,
                kind: RoomKind::Group,
                visibility: Visibility::Private,
            },
            created_at: OffsetDateTime::UNIX_EPOCH,
            head: Head::default(),
            member_count: 1,
        };
        let user = UserRef {
            id: ANNA,
            display_name: DisplayName::from(&username),
            username,
            kind: UserKind::Person,
        };
        let poster = Poster {
            user,
            room: ROOM,
            role: Some(Role::Member),
        };
        Facts {
            rooms: HashMap::from([(ROOM, room)]),
            posters: HashMap::from([((ROOM, ANNA), poster)]),
            ..Facts::default()
        }
    }

    #[test]
    fn each_message_of_a_batch_keeps_its_own_trace() {
        let (results, changes) = decide(&[submission(7, "one"), submission(8, "two")], facts());
        assert!(results.iter().all(Result::is_ok));
        let traces = changes
            .events
            .iter()
            .map(|event| event.traceparent.as_deref());
        assert!(traces.eq([Some("one"), Some("two")]));
    }

    #[test]
    fn a_doublet_within_a_batch_is_answered_with_the_first() {
        let batch = [
            submission(7, "one"),
            submission(7, "two"),
            submission(8, "three"),
        ];
        let (results, changes) = decide(&batch, facts());
        let ns = results.into_iter().map(|sent| {
            let sent = sent.unwrap();
            (sent.message.n.get(), sent.duplicate)
        });
        assert!(ns.eq([(1, false), (1, true), (2, false)]));
        assert_eq!(changes.events.len(), 2);
        assert_eq!(changes.heads[0].1.n.get(), 2);
        assert_eq!(changes.reads.len(), 1);
    }
}

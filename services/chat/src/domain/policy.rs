//! Who may do what, by role and kind of room.
//!
//! Direct rooms are fixed: two people, no title, nobody joins, leaves, is removed or changes role,
//! and they are not deleted.

use super::{Role, Room, RoomKind, Visibility};

/// Why somebody in the room (or in front of a public one) may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A public room that the person has not joined.
    #[error("join the room first")]
    NotAMember,
    /// The role does not allow it.
    #[error("your role in this room does not allow it")]
    Role,
    /// Direct rooms do not change.
    #[error("a direct room has exactly its two people and no description")]
    DirectRoom,
    /// The room would have no owner.
    #[error("the last owner must name another owner first")]
    LastOwner,
}

/// What follows from somebody's leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The others stay.
    OthersRemain,
    /// Nobody is left: the room is deleted, as nobody could ever write in it or manage it.
    RoomEnds,
}

/// Readers never write; in channels only owners and admins do.
pub fn may_post(kind: RoomKind, role: Role) -> Result<(), Refusal> {
    let least = match kind {
        RoomKind::Group | RoomKind::Direct => Role::Member,
        RoomKind::Channel => Role::Admin,
    };
    if role >= least {
        Ok(())
    } else {
        Err(Refusal::Role)
    }
}

/// Owners and admins change title and topic.
pub fn may_describe(kind: RoomKind, role: Role) -> Result<(), Refusal> {
    not_direct(kind)?;
    if role >= Role::Admin {
        Ok(())
    } else {
        Err(Refusal::Role)
    }
}

/// Owners delete a room.
pub fn may_delete(kind: RoomKind, role: Role) -> Result<(), Refusal> {
    not_direct(kind)?;
    if role == Role::Owner {
        Ok(())
    } else {
        Err(Refusal::Role)
    }
}

/// Whether somebody who is not in the room may join it by own decision. `None`: as far as that
/// person may know, the room does not exist.
pub fn may_join(room: &Room) -> Option<Role> {
    (room.description.visibility == Visibility::Public).then(|| room.description.kind.newcomer())
}

/// Adds somebody (`current` is `None`) or changes a role. Owners give and take every role; admins
/// add members and readers and move people between these two. `owners` counts the room's owners.
pub fn may_put(
    kind: RoomKind,
    actor: Role,
    current: Option<Role>,
    wanted: Role,
    owners: i64,
) -> Result<(), Refusal> {
    not_direct(kind)?;
    let highest = current.map_or(wanted, |role| role.max(wanted));
    let allowed = match actor {
        Role::Owner => true,
        Role::Admin => highest <= Role::Member,
        Role::Member | Role::Reader => false,
    };
    if !allowed {
        return Err(Refusal::Role);
    }
    if current == Some(Role::Owner) && wanted != Role::Owner && owners <= 1 {
        return Err(Refusal::LastOwner);
    }
    Ok(())
}

/// Removes somebody else. Owners remove everybody, admins members and readers.
pub fn may_remove(kind: RoomKind, actor: Role, target: Role) -> Result<(), Refusal> {
    not_direct(kind)?;
    let allowed = match actor {
        Role::Owner => true,
        Role::Admin => target <= Role::Member,
        Role::Member | Role::Reader => false,
    };
    if allowed { Ok(()) } else { Err(Refusal::Role) }
}

/// Everybody may leave, but the last owner only as the last member. `owners` and `members` count
/// the room before the leave.
pub fn leaving(kind: RoomKind, role: Role, owners: i64, members: i64) -> Result<Leaving, Refusal> {
    not_direct(kind)?;
    if members <= 1 {
        return Ok(Leaving::RoomEnds);
    }
    if role == Role::Owner && owners <= 1 {
        return Err(Refusal::LastOwner);
    }
    Ok(Leaving::OthersRemain)
}

fn not_direct(kind: RoomKind) -> Result<(), Refusal> {
    if kind == RoomKind::Direct {
        Err(Refusal::DirectRoom)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{Admin, Member, Owner, Reader};

    #[test]
    fn readers_never_post_and_members_not_in_channels() {
        let posts = |kind| [Reader, Member, Admin, Owner].map(|role| may_post(kind, role).is_ok());
        assert_eq!(posts(RoomKind::Group), [false, true, true, true]);
        assert_eq!(posts(RoomKind::Channel), [false, false, true, true]);
    }

    #[test]
    fn admins_neither_make_nor_touch_admins() {
        let put = |current, wanted| may_put(RoomKind::Group, Admin, current, wanted, 1);
        assert_eq!(put(None, Member), Ok(()));
        assert_eq!(put(Some(Member), Reader), Ok(()));
        assert_eq!(put(None, Admin), Err(Refusal::Role));
        assert_eq!(put(Some(Admin), Member), Err(Refusal::Role));
        assert_eq!(put(Some(Owner), Member), Err(Refusal::Role));
        assert_eq!(
            may_remove(RoomKind::Group, Admin, Admin),
            Err(Refusal::Role)
        );
    }

    #[test]
    fn the_last_owner_stays_while_others_remain() {
        let leave = |owners, members| leaving(RoomKind::Group, Owner, owners, members);
        assert_eq!(leave(1, 2), Err(Refusal::LastOwner));
        assert_eq!(leave(2, 2), Ok(Leaving::OthersRemain));
        assert_eq!(leave(1, 1), Ok(Leaving::RoomEnds));
        let demote = may_put(RoomKind::Group, Owner, Some(Owner), Member, 1);
        assert_eq!(demote, Err(Refusal::LastOwner));
    }

    #[test]
    fn direct_rooms_are_fixed() {
        assert_eq!(
            may_put(RoomKind::Direct, Owner, None, Member, 2),
            Err(Refusal::DirectRoom)
        );
        assert_eq!(
            leaving(RoomKind::Direct, Owner, 2, 2),
            Err(Refusal::DirectRoom)
        );
        assert_eq!(
            may_remove(RoomKind::Direct, Owner, Owner),
            Err(Refusal::DirectRoom)
        );
        assert_eq!(
            may_delete(RoomKind::Direct, Owner),
            Err(Refusal::DirectRoom)
        );
        assert_eq!(
            may_describe(RoomKind::Direct, Owner),
            Err(Refusal::DirectRoom)
        );
    }
}

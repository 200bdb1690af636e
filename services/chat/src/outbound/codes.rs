//! Numbers by which the databases know roles and kinds. They are stored: never change one.

use crate::{
    application::ports::StoreError,
    domain::{Role, RoomKind, UserKind, Visibility},
};

macro_rules! codes {
    ($type:ident, $of:ident, $to:ident, { $($variant:ident = $code:literal),+ $(,)? }) => {
        pub(super) fn $to(value: $type) -> i16 {
            match value {
                $($type::$variant => $code),+
            }
        }

        pub(super) fn $of(code: i16) -> Result<$type, StoreError> {
            match code {
                $($code => Ok($type::$variant),)+
                _ => Err(StoreError::Broken(
                    format!("{code} is no {}", stringify!($type)).into(),
                )),
            }
        }
    };
}

codes!(UserKind, user_kind, user_kind_code, { Person = 1, Bot = 2, Bridged = 3 });
codes!(RoomKind, room_kind, room_kind_code, { Group = 1, Channel = 2, Direct = 3 });
codes!(Visibility, visibility, visibility_code, { Private = 1, Public = 2 });
codes!(Role, role, role_code, { Owner = 1, Admin = 2, Member = 3, Reader = 4 });

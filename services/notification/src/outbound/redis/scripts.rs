//! The scripts, each after the functions that all of them share.

use redis::Script;

pub(super) struct Scripts {
    pub(super) register: Script,
    pub(super) change_interest: Script,
    pub(super) beat: Script,
    pub(super) leave: Script,
    pub(super) doubt: Script,
    pub(super) lookup: Script,
    pub(super) settle: Script,
    pub(super) sweep: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        let script = |code| Script::new(&[include_str!("scripts/lease.lua"), code].concat());
        Self {
            register: script(include_str!("scripts/register.lua")),
            change_interest: script(include_str!("scripts/change_interest.lua")),
            beat: script(include_str!("scripts/beat.lua")),
            leave: script(include_str!("scripts/leave.lua")),
            doubt: script(include_str!("scripts/doubt.lua")),
            lookup: script(include_str!("scripts/lookup.lua")),
            settle: script(include_str!("scripts/settle.lua")),
            sweep: script(include_str!("scripts/sweep.lua")),
        }
    }
}

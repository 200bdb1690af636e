//! What Chappe promises, tried on whole worlds.
//!
//! A scenario is a function of a [`World`] and runs in both kinds of world, except where it needs
//! what only one has. The scenarios of one kind share a world and run one after another: each makes its
//! own people and rooms, and leaves every process and server running. After a failed one the world is
//! made anew.

// A client makes its own message ids, and a test fails by panicking.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

mod bad_input;
mod crashes;
mod delivery;
mod draining;
mod membership;
mod outages;
mod resume;
mod slow_reader;
mod telegram;
mod tracing;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use e2e::{Kind, World};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// The longest that a scenario may take.
const LONGEST: Duration = Duration::from_mins(5);

type Body = for<'a> fn(&'a World) -> LocalBoxFuture<'a, ()>;

macro_rules! scenarios {
    ($($module:ident: $($name:ident),+;)+) => {
        &[$($((
            concat!(stringify!($module), "::", stringify!($name)),
            |world| Box::pin($module::$name(world)),
        )),+),+]
    };
}

/// Those of both worlds.
const BOTH: &[(&str, Body)] = scenarios! {
    delivery:
        a_message_reaches_every_member_on_every_gateway,
        concurrent_senders_make_one_order_that_everybody_sees,
        a_resent_message_returns_the_first_result,
        a_read_position_moves_on_all_devices_and_is_shown_to_the_others;
    resume:
        a_client_that_missed_nothing_is_told_nothing,
        a_client_that_missed_events_gets_them_in_order,
        a_client_that_missed_too_much_is_told_to_fetch_the_room,
        a_client_with_another_epoch_starts_anew,
        after_a_restore_clients_start_anew,
        a_client_can_ask_for_events_again;
    membership:
        somebody_removed_sees_nothing_after_it,
        somebody_added_sees_what_follows,
        a_deleted_room_is_gone_for_everybody;
    slow_reader:
        a_slow_reader_is_closed_and_resumes;
    bad_input:
        broken_requests_are_refused_and_change_nothing,
        broken_frames_close_the_connection,
        wrong_requests_in_frames_are_answered,
        a_private_room_does_not_exist_for_strangers,
        foreign_and_used_credentials_are_refused;
    telegram:
        messages_cross_the_bridge_both_ways_without_an_echo,
        telegrams_refusals_are_waited_out,
        nothing_is_doubled_when_the_bot_is_killed,
        nothing_heard_is_lost_or_doubled_when_chat_is_killed;
    draining:
        a_gateway_that_stops_sends_its_clients_away_and_loses_nothing;
    crashes:
        nothing_acknowledged_is_lost_when_processes_are_killed;
};

/// Those that need several processes, or servers to take away.
const DISTRIBUTED: &[(&str, Body)] = scenarios! {
    tracing:
        one_trace_leads_from_the_sender_to_the_recipient,
        a_common_commit_is_linked_with_its_sends;
    outages:
        an_emptied_registry_delays_and_loses_nothing,
        without_the_registry_messages_still_arrive,
        without_the_event_log_messages_are_kept_and_follow,
        without_the_database_sends_fail_clearly_and_succeed_after;
};

fn main() {
    let mut arguments = Arguments::from_args();
    // One world at a time, and its processes must be started by the main thread: they end with it.
    arguments.test_threads = Some(1);
    let host = Arc::new(Mutex::new(Host {
        runtime: Runtime::new().expect("a runtime"),
        world: None,
    }));
    let both = [Kind::Embedded, Kind::Distributed]
        .into_iter()
        .flat_map(|kind| BOTH.iter().map(move |scenario| (kind, scenario)));
    let distributed = DISTRIBUTED
        .iter()
        .map(|scenario| (Kind::Distributed, scenario));
    let trials = both.chain(distributed).map(|(kind, (name, body))| {
        let host = host.clone();
        Trial::test(format!("{}::{name}", kind.name()), move || {
            host.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .run(kind, *body)
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    host.lock().unwrap_or_else(PoisonError::into_inner).end();
    conclusion.exit();
}

/// Keeps the world between scenarios.
struct Host {
    runtime: Runtime,
    world: Option<World>,
}

impl Host {
    fn run(&mut self, kind: Kind, body: Body) -> Result<(), Failed> {
        if self.world.as_ref().is_some_and(|world| world.kind != kind) {
            self.end();
        }
        let world = match self.world.take() {
            Some(world) => world,
            None => self
                .runtime
                .block_on(World::start(kind))
                .map_err(|error| format!("{error:#}"))?,
        };
        let outcome = self.runtime.block_on(async {
            match AssertUnwindSafe(timeout(LONGEST, body(&world)))
                .catch_unwind()
                .await
            {
                Ok(Ok(())) if world.is_whole().await => Ok(()),
                Ok(Ok(())) => Err("it left a process behind that is not ready".into()),
                Ok(Err(_)) => Err(format!("not done within {LONGEST:?}").into()),
                Err(panic) => Err(message(panic.as_ref()).into()),
            }
        });
        self.world = Some(world);
        if outcome.is_err() {
            self.end();
        }
        outcome
    }

    fn end(&mut self) {
        if let Some(world) = self.world.take() {
            self.runtime.block_on(world.end());
        }
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
        .to_owned()
}

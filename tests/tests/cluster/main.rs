//! What Chappe promises on Kubernetes, tried on a real cluster: `make test-cluster`.
//!
//! The scenarios share one installation and run in the order in which they stand here: the first one
//! installs the previous version, one upgrades it, the last one uninstalls. Each leaves an installation
//! behind that is whole. After a failed one what helps is printed and the next one gets a new
//! installation, as does one that runs alone. All is removed at the end, also after a Ctrl-C.

// A test fails by panicking.
#![allow(clippy::unwrap_used)]

mod autoscaling;
mod bad_input;
mod gateways;
mod install;
mod kills;
mod migrations;
mod telegram;
mod updates;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use e2e::cluster::{Charts, Installation, Namespaces, Settings, print_diagnosis};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// The longest that a scenario may take.
const LONGEST: Duration = Duration::from_mins(4);

type Body = for<'a> fn(&'a Stage) -> LocalBoxFuture<'a, ()>;

/// What a scenario finds.
struct Stage {
    installation: Installation,
    /// The charts as they are.
    charts: Charts,
}

/// The charts of which version have to be installed when a scenario begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// The version before.
    Previous,
    /// The present one.
    Current,
}

/// What is installed when a scenario is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    AsItBegan,
    Upgraded,
    Uninstalled,
}

struct Scenario {
    name: &'static str,
    body: Body,
    begins: Begins,
    ends: Ends,
}

macro_rules! scenario {
    ($module:ident::$name:ident, $begins:ident, $ends:ident) => {
        Scenario {
            name: concat!(stringify!($module), "::", stringify!($name)),
            body: |stage| Box::pin($module::$name(stage)),
            begins: Begins::$begins,
            ends: Ends::$ends,
        }
    };
    ($module:ident::$name:ident) => {
        scenario!($module::$name, Current, AsItBegan)
    };
}

#[rustfmt::skip]
const SCENARIOS: &[Scenario] = &[
    scenario!(install::one_command_installs_all_and_helms_test_is_green, Previous, AsItBegan),
    scenario!(install::an_idle_operator_is_small_and_writes_nothing, Previous, AsItBegan),
    scenario!(migrations::an_upgrade_loses_nothing_and_is_finished_by_the_operators_successor, Previous, Upgraded),
    scenario!(updates::every_service_is_replaced_under_load_and_nothing_is_lost),
    scenario!(kills::every_service_is_killed_under_load_and_nothing_is_lost),
    scenario!(autoscaling::notification_follows_its_load_and_nothing_is_lost),
    scenario!(gateways::they_come_with_connections_and_the_emptiest_leaves_first),
    scenario!(gateways::none_leaves_while_the_registry_is_away),
    scenario!(telegram::a_telegram_bot_bridges_a_room_both_ways_until_it_is_deleted),
    scenario!(telegram::a_token_changes_without_a_restart),
    scenario!(bad_input::the_api_server_refuses_what_can_not_be),
    scenario!(bad_input::the_younger_of_two_messengers_for_one_release_stands_back),
    scenario!(bad_input::a_missing_secret_is_told_and_the_system_serves_on),
    scenario!(bad_input::too_few_brokers_are_told_and_the_system_serves_on),
    scenario!(migrations::a_failing_migration_stops_the_rollout_and_the_old_version_serves_on),
    scenario!(migrations::a_binary_that_is_older_than_the_schema_refuses_to_start),
    scenario!(install::uninstalled_it_leaves_nothing_but_data, Current, Uninstalled),
];

fn main() {
    let mut arguments = Arguments::from_args();
    // They share an installation.
    arguments.test_threads = Some(1);
    let host = Arc::new(Mutex::new(Host::new()));
    let trials = SCENARIOS.iter().map(|scenario| {
        let host = host.clone();
        Trial::test(scenario.name, move || {
            host.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .run(scenario)
        })
        // They need a cluster.
        .with_ignored_flag(true)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    host.lock().unwrap_or_else(PoisonError::into_inner).end();
    conclusion.exit();
}

/// Keeps the installation between scenarios.
struct Host {
    runtime: Runtime,
    namespaces: Namespaces,
    stage: Option<(Begins, Stage)>,
}

impl Host {
    fn new() -> Self {
        Self {
            runtime: Runtime::new().expect("a runtime"),
            namespaces: Namespaces::default(),
            stage: None,
        }
    }

    fn run(&mut self, scenario: &Scenario) -> Result<(), Failed> {
        if self
            .stage
            .as_ref()
            .is_none_or(|(version, _)| *version != scenario.begins)
        {
            self.end();
            let stage = self
                .runtime
                .block_on(set(&self.namespaces, scenario.begins));
            self.stage = Some((
                scenario.begins,
                stage.map_err(|error| format!("{error:#}"))?,
            ));
        }
        let (version, stage) = self.stage.take().expect("it was set just now");
        let outcome = self.runtime.block_on(async {
            let playing = AssertUnwindSafe(timeout(LONGEST, (scenario.body)(&stage)));
            let outcome = match playing.catch_unwind().await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(Failed::from(format!("not done within {LONGEST:?}"))),
                Err(panic) => Err(message(panic.as_ref()).into()),
            };
            if outcome.is_err() {
                print_diagnosis(&stage.installation.kubectl).await;
            }
            outcome
        });
        self.stage = match scenario.ends {
            _ if outcome.is_err() => None,
            Ends::Uninstalled => None,
            Ends::Upgraded => Some((Begins::Current, stage)),
            Ends::AsItBegan => Some((version, stage)),
        };
        if self.stage.is_none() {
            self.end();
        }
        outcome
    }

    fn end(&mut self) {
        self.stage = None;
        self.runtime.block_on(self.namespaces.remove_all());
    }
}

async fn set(namespaces: &Namespaces, version: Begins) -> Result<Stage> {
    namespaces.remove_on_signals()?;
    let settings = Settings::from_environment()?;
    let charts = Charts::current().await?;
    let installation = match version {
        Begins::Current => Installation::install(&settings, &charts, namespaces).await?,
        Begins::Previous => {
            Installation::install(&settings, &Charts::previous().await?, namespaces).await?
        }
    };
    Ok(Stage {
        installation,
        charts,
    })
}

/// A measurement, for people who compare runs. Nothing is asserted about it.
fn figure(what: &str, value: impl std::fmt::Display) {
    println!("figure: {what}: {value}");
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
        .to_owned()
}

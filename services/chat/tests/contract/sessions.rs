//! Log-ins and their refresh tokens.

use std::time::Duration;

use chat::application::{
    Session, log_out::LogOut, refresh_session::RefreshSession, register::Register,
};
use futures::future::join_all;
use secrecy::SecretString;

use super::world::{PASSWORD, World, code, outcomes};

async fn anna(world: &World) -> Session {
    let register = Register {
        username: "anna".parse().unwrap(),
        password: PASSWORD.into(),
        display_name: None,
    };
    world.ask(register).await.unwrap()
}

fn refresh(token: &SecretString) -> RefreshSession {
    RefreshSession {
        refresh_token: token.clone(),
    }
}

pub(crate) async fn a_refresh_token_works_once_and_its_reuse_revokes_the_family(world: &World) {
    let first = anna(world).await;
    let second = world.ask(refresh(&first.refresh_token)).await.unwrap();
    let third = world.ask(refresh(&second.refresh_token)).await.unwrap();
    assert_eq!(third.user, first.user);

    assert_eq!(
        code(world.ask(refresh(&first.refresh_token)).await),
        "refresh_reused"
    );
    assert_eq!(
        code(world.ask(refresh(&third.refresh_token)).await),
        "bad_refresh_token"
    );
    assert_eq!(
        code(world.ask(refresh(&"unknown".into())).await),
        "bad_refresh_token"
    );
}

pub(crate) async fn a_refresh_whose_answer_got_lost_is_repeated(world: &World) {
    let first = anna(world).await;
    let lost = world.ask(refresh(&first.refresh_token)).await.unwrap();
    world.clock.advance(Duration::from_secs(20));
    let repeated = world.ask(refresh(&first.refresh_token)).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let next = world.ask(refresh(&repeated.refresh_token)).await.unwrap();

    // Somebody has it after all: one of the two holds a copy.
    assert_eq!(
        code(world.ask(refresh(&lost.refresh_token)).await),
        "refresh_reused"
    );
    assert_eq!(
        code(world.ask(refresh(&next.refresh_token)).await),
        "bad_refresh_token"
    );
}

pub(crate) async fn a_refresh_is_not_repeated_for_ever(world: &World) {
    let first = anna(world).await;
    let second = world.ask(refresh(&first.refresh_token)).await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(
        code(world.ask(refresh(&first.refresh_token)).await),
        "refresh_reused"
    );
    assert_eq!(
        code(world.ask(refresh(&second.refresh_token)).await),
        "bad_refresh_token"
    );
}

pub(crate) async fn of_exchanges_at_the_same_time_one_gives_a_token_that_works(world: &World) {
    let session = anna(world).await;
    let exchanges = (0..8).map(|_| world.ask(refresh(&session.refresh_token)));
    let sessions: Vec<_> = join_all(exchanges)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    world.clock.advance(Duration::from_secs(1));
    let uses = sessions
        .iter()
        .map(|session| world.ask(refresh(&session.refresh_token)));
    let outcomes = outcomes(join_all(uses).await);
    assert!(outcomes.get("ok").is_none_or(|ok| *ok == 1), "{outcomes:?}");
    assert!(outcomes["refresh_reused"] >= 1, "{outcomes:?}");
}

pub(crate) async fn a_logged_out_session_is_over(world: &World) {
    let first = anna(world).await;
    let second = world.ask(refresh(&first.refresh_token)).await.unwrap();
    let log_out = LogOut {
        refresh_token: first.refresh_token,
    };
    world.ask(log_out).await.unwrap();
    assert_eq!(
        code(world.ask(refresh(&second.refresh_token)).await),
        "bad_refresh_token"
    );
    world
        .ask(LogOut {
            refresh_token: "unknown".into(),
        })
        .await
        .unwrap();
}

pub(crate) async fn a_refresh_token_expires(world: &World) {
    let session = anna(world).await;
    world.clock.advance(Duration::from_hours(31 * 24));
    assert_eq!(
        code(world.ask(refresh(&session.refresh_token)).await),
        "bad_refresh_token"
    );
}

pub(crate) async fn an_expired_refresh_token_is_forgotten_and_a_used_one_is_not(world: &World) {
    const DAYS_20: Duration = Duration::from_hours(20 * 24);
    let first = anna(world).await;
    world.clock.advance(DAYS_20);
    let second = world.ask(refresh(&first.refresh_token)).await.unwrap();
    world.clock.advance(DAYS_20);
    let third = world.ask(refresh(&second.refresh_token)).await.unwrap();

    // Nothing is known of the first, not even that it was used: nobody loses a session by it.
    assert_eq!(
        code(world.ask(refresh(&first.refresh_token)).await),
        "bad_refresh_token"
    );
    let fourth = world.ask(refresh(&third.refresh_token)).await.unwrap();
    assert_eq!(
        code(world.ask(refresh(&second.refresh_token)).await),
        "refresh_reused"
    );
    assert_eq!(
        code(world.ask(refresh(&fourth.refresh_token)).await),
        "bad_refresh_token"
    );
}

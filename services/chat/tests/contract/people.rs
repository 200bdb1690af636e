//! People.

use std::time::Duration;

use chat::application::{
    Error, get_message::GetMessage, get_user::GetUser, log_in::LogIn, register::Register,
    search_people::SearchPeople, update_profile::UpdateProfile,
};
use futures::future::join_all;

use super::world::{PASSWORD, World, code, first, outcomes};

fn log_in(username: &str, password: &str) -> LogIn {
    LogIn {
        username: username.to_owned(),
        password: password.into(),
    }
}

pub(crate) async fn a_registered_person_logs_in_and_is_found(world: &World) {
    let anna = world.person("anna").await;
    let session = world.ask(log_in("Anna", PASSWORD)).await.unwrap();
    assert_eq!(session.user.id(), anna);
    let user = world.ask(GetUser { user: anna }).await.unwrap();
    assert_eq!(user, session.user);
    assert_eq!(user.reference.display_name.as_str(), "anna");
}

pub(crate) async fn a_username_is_given_once_even_at_the_same_time(world: &World) {
    let registrations = (0..8).map(|_| {
        world.ask(Register {
            username: "anna".parse().unwrap(),
            password: PASSWORD.into(),
            display_name: None,
        })
    });
    let outcomes = outcomes(join_all(registrations).await);
    assert_eq!((outcomes["ok"], outcomes["username_taken"]), (1, 7));
}

pub(crate) async fn a_weak_password_is_refused(world: &World) {
    let register = Register {
        username: "anna".parse().unwrap(),
        password: "1234567".into(),
        display_name: None,
    };
    assert_eq!(code(world.ask(register).await), "weak_password");
    assert_eq!(
        code(world.ask(log_in("anna", "1234567")).await),
        "bad_credentials"
    );
}

pub(crate) async fn a_wrong_password_and_an_unknown_name_are_answered_alike(world: &World) {
    world.person("anna").await;
    for (name, password) in [
        ("anna", "wrong horse"),
        ("bert", PASSWORD),
        ("no name!", PASSWORD),
    ] {
        let refused = world.ask(log_in(name, password)).await.unwrap_err();
        assert!(matches!(refused, Error::BadCredentials), "{refused}");
    }
}

pub(crate) async fn many_failed_log_ins_are_slowed_down(world: &World) {
    world.person("anna").await;
    for _ in 0..10 {
        assert_eq!(
            code(world.ask(log_in("anna", "wrong horse")).await),
            "bad_credentials"
        );
    }
    let refused = world.ask(log_in("anna", PASSWORD)).await.unwrap_err();
    assert_eq!(refused.code(), "too_many_attempts");
    world.clock.advance(refused.retry_after().unwrap());
    world.ask(log_in("anna", PASSWORD)).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    world.ask(log_in("anna", PASSWORD)).await.unwrap();
}

pub(crate) async fn people_are_found_by_the_beginning_of_either_name(world: &World) {
    let [anna, annabel, bert] = world.people(["anna", "annabel", "bert"]).await;
    world
        .ask(UpdateProfile {
            caller: bert,
            display_name: Some("Ännchen".parse().unwrap()),
        })
        .await
        .unwrap();

    let search = |query: &str| SearchPeople {
        query: query.to_owned(),
        page: first(50),
    };
    let found = async |query| {
        let people = world.ask(search(query)).await.unwrap().items;
        people
            .iter()
            .map(chat::domain::User::id)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("ANN").await, [anna, annabel]);
    assert_eq!(found("ännch").await, [bert]);
    assert_eq!(found("b").await, [bert]);
    assert_eq!(found("").await, [anna, annabel, bert]);
    assert_eq!(found("%").await, []);
    assert_eq!(found("be\0r").await, [bert]);

    let mut page = first(2);
    let one = world
        .ask(SearchPeople {
            query: String::new(),
            page: page.clone(),
        })
        .await
        .unwrap();
    page.cursor = one.next;
    let two = world
        .ask(SearchPeople {
            query: String::new(),
            page,
        })
        .await
        .unwrap();
    assert_eq!((one.items.len(), two.items[0].id()), (2, bert));
    assert!(two.next.is_none());
}

pub(crate) async fn a_new_display_name_shows_in_old_messages(world: &World) {
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    let sent = world.say(anna, room, "hello").await.message;
    let name = Some("Anna B.".parse().unwrap());
    let user = world
        .ask(UpdateProfile {
            caller: anna,
            display_name: name,
        })
        .await
        .unwrap();
    assert_eq!(user.reference.display_name.as_str(), "Anna B.");
    let seen = world
        .ask(GetMessage {
            caller: anna,
            message: sent.id,
        })
        .await
        .unwrap()
        .message;
    assert_eq!(seen.sender, user.reference);
}

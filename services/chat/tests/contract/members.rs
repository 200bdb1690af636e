//! Who is in a room.

use chat::{
    application::{
        get_memberships::GetMemberships, join_room::JoinRoom, leave_room::LeaveRoom,
        list_members::ListMembers, put_member::PutMember, remove_member::RemoveMember,
    },
    domain::{Role, UserId},
};
use futures::future::join_all;
use uuid::Uuid;

use super::world::{World, assert_dense, code, first, kinds};

pub(crate) async fn members_are_listed_in_pages(world: &World) {
    let [caller, bert, carl] = world.people(["anna", "bert", "carl"]).await;
    let room = world.group(caller, &[bert, carl]).await;
    let one = world
        .ask(ListMembers {
            caller,
            room,
            page: first(2),
        })
        .await
        .unwrap();
    let page = chat::application::Page {
        cursor: one.next,
        ..first(2)
    };
    let two = world.ask(ListMembers { caller, room, page }).await.unwrap();
    let members = [one.items, two.items].concat();
    assert_eq!(
        members.iter().map(|m| m.user.id).collect::<Vec<_>>(),
        [caller, bert, carl]
    );
    assert_eq!(members[0].membership.role, Role::Owner);
    assert_eq!(members[2].membership.role, Role::Member);
}

pub(crate) async fn joining_twice_is_joining_once(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.square(anna, "Square").await;
    let joins = (0..6).map(|_| world.ask(JoinRoom { caller: bert, room }));
    for join in join_all(joins).await {
        join.unwrap();
    }
    let events = world.events(room).await;
    assert_eq!(kinds(&events), ["created", "joined", "joined"]);
    assert_eq!(world.view(anna, room).await.room.member_count, 2);
}

pub(crate) async fn roles_are_given_and_taken(world: &World) {
    let [anna, bert, carl] = world.people(["anna", "bert", "carl"]).await;
    let room = world.group(anna, &[]).await;
    let put = |caller, user, role| {
        world.ask(PutMember {
            caller,
            room,
            user,
            role,
        })
    };
    put(anna, bert, Role::Member).await.unwrap();
    put(anna, bert, Role::Member).await.unwrap();
    assert_eq!(code(put(bert, carl, Role::Reader).await), "forbidden");
    put(anna, bert, Role::Admin).await.unwrap();
    put(bert, carl, Role::Reader).await.unwrap();
    assert_eq!(
        code(world.ask(world.message(carl, room, "hello")).await),
        "forbidden"
    );
    assert_eq!(code(put(bert, carl, Role::Owner).await), "forbidden");
    assert_eq!(code(put(anna, anna, Role::Member).await), "last_owner");
    assert_eq!(
        code(put(anna, UserId::new(Uuid::max()), Role::Member).await),
        "not_found"
    );

    let events = world.events(room).await;
    assert_eq!(
        kinds(&events),
        ["created", "joined", "joined", "role", "joined"]
    );
    assert_dense(&events);
}

pub(crate) async fn a_removed_member_is_outside(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    let remove = |caller, user| world.ask(RemoveMember { caller, room, user });
    assert_eq!(code(remove(bert, anna).await), "forbidden");
    remove(anna, bert).await.unwrap();
    assert_eq!(code(remove(anna, bert).await), "not_found");
    assert_eq!(
        code(world.ask(world.message(bert, room, "hello")).await),
        "not_found"
    );
    assert_eq!(kinds(&world.events(room).await)[3..], ["left"]);
    assert_eq!(world.view(anna, room).await.room.member_count, 1);
}

pub(crate) async fn the_last_owner_names_another_before_leaving(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    assert_eq!(
        code(world.ask(LeaveRoom { caller: anna, room }).await),
        "last_owner"
    );
    let owner = PutMember {
        caller: anna,
        room,
        user: bert,
        role: Role::Owner,
    };
    world.ask(owner).await.unwrap();
    world.ask(LeaveRoom { caller: anna, room }).await.unwrap();
    assert_eq!(world.view(bert, room).await.my.unwrap().role, Role::Owner);
}

pub(crate) async fn a_room_ends_with_its_last_member(world: &World) {
    let anna = world.person("anna").await;
    let room = world.square(anna, "Square").await;
    world
        .ask(RemoveMember {
            caller: anna,
            room,
            user: anna,
        })
        .await
        .unwrap();
    let events = world.events(room).await;
    assert_eq!(kinds(&events), ["created", "joined", "left", "deleted"]);
    assert_dense(&events);
    world.square(anna, "Square").await;
}

pub(crate) async fn every_join_and_leave_raises_the_version(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let version = async || {
        let people = world
            .ask(GetMemberships { users: vec![bert] })
            .await
            .unwrap()
            .people;
        (people[0].version.get(), people[0].rooms.len())
    };
    assert_eq!(version().await, (0, 0));
    let room = world.square(anna, "Square").await;
    world.join(bert, room).await;
    world.group(anna, &[bert]).await;
    assert_eq!(version().await, (2, 2));
    world.ask(LeaveRoom { caller: bert, room }).await.unwrap();
    assert_eq!(version().await, (3, 1));
}

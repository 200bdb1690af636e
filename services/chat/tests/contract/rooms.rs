//! Rooms.

use chat::{
    application::{
        Limit,
        create_room::CreateRoom,
        delete_room::DeleteRoom,
        get_message::GetMessage,
        get_room::GetRoom,
        join_room::JoinRoom,
        leave_room::LeaveRoom,
        list_events::ListEvents,
        list_members::ListMembers,
        list_public_rooms::ListPublicRooms,
        list_rooms::ListRooms,
        mark_read::MarkRead,
        open_direct_room::OpenDirectRoom,
        put_member::PutMember,
        read_history::{Anchor, ReadHistory},
        update_room::{TopicChange, UpdateRoom},
    },
    domain::{Count, Role, RoomKind, Seq, UserId, Visibility},
};
use futures::future::join_all;
use uuid::Uuid;

use super::world::{World, assert_dense, code, first, kinds, outcomes, room};

pub(crate) async fn a_new_room_begins_with_its_opening_and_its_members(world: &World) {
    let [anna, bert, carl] = world.people(["anna", "bert", "carl"]).await;
    let description = room("Tower", RoomKind::Channel, Visibility::Private);
    let view = world
        .open(anna, description.clone(), &[bert, carl, bert, anna])
        .await;
    assert_eq!(view.room.description, description);
    assert_eq!(
        (view.room.member_count, view.room.head.seq),
        (3, Seq::new(4))
    );
    assert_eq!(view.my.unwrap().role, Role::Owner);
    assert_eq!(
        world.view(bert, view.room.id).await.my.unwrap().role,
        Role::Reader
    );

    let events = world.events(view.room.id).await;
    assert_eq!(kinds(&events), ["created", "joined", "joined", "joined"]);
    assert_dense(&events);
}

pub(crate) async fn a_room_with_unknown_people_is_not_opened(world: &World) {
    let anna = world.person("anna").await;
    let request = CreateRoom {
        caller: anna,
        description: room("Tower", RoomKind::Group, Visibility::Public),
        members: vec![UserId::new(Uuid::max())],
    };
    assert_eq!(code(world.ask(request).await), "invalid");
    world.square(anna, "Tower").await;
}

pub(crate) async fn public_titles_are_unique_even_at_the_same_time(world: &World) {
    let anna = world.person("anna").await;
    let open = |title: &str, visibility| {
        let description = room(title, RoomKind::Group, visibility);
        world.ask(CreateRoom {
            caller: anna,
            description,
            members: vec![],
        })
    };
    let titles = ["Tower", "TOWER", "tower", " Tower ", "Tower", "tOWER"];
    let rooms = join_all(titles.map(|title| open(title, Visibility::Public))).await;
    let outcomes = outcomes(rooms);
    assert_eq!((outcomes["ok"], outcomes["title_taken"]), (1, 5));
    open("Tower", Visibility::Private).await.unwrap();

    let other = world.square(anna, "Lamp").await;
    let update = UpdateRoom {
        caller: anna,
        room: other,
        title: Some("toWer".parse().unwrap()),
        topic: TopicChange::Keep,
    };
    assert_eq!(code(world.ask(update).await), "title_taken");
}

pub(crate) async fn private_rooms_cannot_be_seen_from_outside(world: &World) {
    let [anna, caller] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[]).await;
    let message = world.say(anna, room, "secret").await.message.id;

    let limit = Limit::page(0).unwrap();
    let (after, anchor, page) = (Seq::ZERO, Anchor::Newest, first(5));
    assert_eq!(code(world.ask(GetRoom { caller, room }).await), "not_found");
    assert_eq!(
        code(world.ask(ListMembers { caller, room, page }).await),
        "not_found"
    );
    let history = ReadHistory {
        caller,
        room,
        anchor,
        limit,
    };
    assert_eq!(code(world.ask(history).await), "not_found");
    let events = ListEvents {
        caller,
        room,
        after,
        limit,
    };
    assert_eq!(code(world.ask(events).await), "not_found");
    assert_eq!(
        code(world.ask(GetMessage { caller, message }).await),
        "not_found"
    );
}

pub(crate) async fn private_rooms_cannot_be_changed_from_outside(world: &World) {
    let [anna, caller] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[]).await;
    let before = world.view(anna, room).await.room;

    let (user, role, n) = (caller, Role::Member, Count::new(1));
    let (title, topic) = (None, TopicChange::Remove);
    let update = UpdateRoom {
        caller,
        room,
        title,
        topic,
    };
    assert_eq!(
        code(world.ask(JoinRoom { caller, room }).await),
        "not_found"
    );
    assert_eq!(
        code(world.ask(LeaveRoom { caller, room }).await),
        "not_found"
    );
    assert_eq!(code(world.ask(update).await), "not_found");
    assert_eq!(
        code(world.ask(DeleteRoom { caller, room }).await),
        "not_found"
    );
    let put = PutMember {
        caller,
        room,
        user,
        role,
    };
    assert_eq!(code(world.ask(put).await), "not_found");
    assert_eq!(
        code(world.ask(MarkRead { caller, room, n }).await),
        "not_found"
    );
    assert_eq!(
        code(world.ask(world.message(caller, room, "hello")).await),
        "not_found"
    );
    assert_eq!(world.view(anna, room).await.room, before);
}

pub(crate) async fn a_public_room_can_be_seen_and_joined(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.square(anna, "Square").await;
    world.say(anna, room, "hello").await;

    let outside = world.view(bert, room).await;
    assert!(outside.my.is_none() && outside.last_message.is_none());
    assert_eq!(outside.unread(), 0);
    assert_eq!(
        code(world.ask(world.message(bert, room, "hello")).await),
        "not_a_member"
    );

    world.join(bert, room).await;
    let inside = world.view(bert, room).await;
    assert_eq!(inside.my.unwrap().role, Role::Member);
    assert_eq!(inside.last_message.unwrap().body.as_str(), "hello");
    assert_eq!(inside.room.member_count, 2);
}

pub(crate) async fn two_people_have_one_direct_room_even_at_the_same_time(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let open = |caller, other| world.ask(OpenDirectRoom { caller, other });
    let rooms = join_all((0..8).map(|i| {
        if i % 2 == 0 {
            open(anna, bert)
        } else {
            open(bert, anna)
        }
    }))
    .await;
    let rooms: Vec<_> = rooms.into_iter().map(Result::unwrap).collect();
    assert_eq!(rooms.iter().filter(|room| room.created).count(), 1);
    let id = rooms[0].view.room.id;
    assert!(rooms.iter().all(|room| room.view.room.id == id));

    let view = open(anna, bert).await.unwrap().view;
    assert_eq!((view.peer.unwrap().id, view.room.member_count), (bert, 2));
    assert_eq!(world.view(bert, id).await.peer.unwrap().id, anna);
    world.say(anna, id, "hello").await;
    assert_eq!(
        code(
            world
                .ask(LeaveRoom {
                    caller: anna,
                    room: id
                })
                .await
        ),
        "direct_room"
    );
    assert_eq!(code(open(anna, anna).await), "invalid");
    assert_eq!(
        code(open(anna, UserId::new(Uuid::max())).await),
        "not_found"
    );
}

pub(crate) async fn a_room_is_described_by_its_admins(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.group(anna, &[bert]).await;
    let update = |caller, topic| UpdateRoom {
        caller,
        room,
        title: Some("Lamp".parse().unwrap()),
        topic,
    };
    let topic = TopicChange::Set("signals".parse().unwrap());
    assert_eq!(
        code(world.ask(update(bert, topic.clone())).await),
        "forbidden"
    );
    let view = world.ask(update(anna, topic.clone())).await.unwrap();
    assert_eq!(view.room.description.title.as_str(), "Lamp");
    assert_eq!(view.room.description.topic.unwrap().as_str(), "signals");

    world.ask(update(anna, topic)).await.unwrap();
    world.ask(update(anna, TopicChange::Remove)).await.unwrap();
    assert_eq!(world.view(bert, room).await.room.description.topic, None);
    let events = world.events(room).await;
    assert_eq!(
        kinds(&events)[3..],
        ["changed", "changed"],
        "no event where nothing changed"
    );
}

pub(crate) async fn a_deleted_room_is_gone_and_its_title_free(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let room = world.square(anna, "Square").await;
    world.join(bert, room).await;
    assert_eq!(
        code(world.ask(DeleteRoom { caller: bert, room }).await),
        "forbidden"
    );
    world.ask(DeleteRoom { caller: anna, room }).await.unwrap();

    assert_eq!(
        code(world.ask(GetRoom { caller: anna, room }).await),
        "not_found"
    );
    assert_eq!(
        code(world.ask(JoinRoom { caller: bert, room }).await),
        "not_found"
    );
    assert_eq!(
        code(world.ask(world.message(anna, room, "hello")).await),
        "not_found"
    );
    assert!(
        world
            .ask(ListRooms {
                caller: bert,
                page: first(5)
            })
            .await
            .unwrap()
            .items
            .is_empty()
    );
    world.square(bert, "SQUARE").await;
    assert_eq!(kinds(&world.events(room).await).last(), Some(&"deleted"));
}

pub(crate) async fn my_rooms_come_in_pages_with_unread_and_last_message(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    let mut rooms = Vec::new();
    for i in 0..5 {
        let room = world.group(anna, &[bert]).await;
        world.say_many(anna, room, i).await;
        rooms.push(room);
    }
    world.group(anna, &[]).await;

    let mut page = first(2);
    let mut seen = Vec::new();
    loop {
        let list = world
            .ask(ListRooms {
                caller: bert,
                page: page.clone(),
            })
            .await
            .unwrap();
        seen.extend(list.items);
        match list.next {
            None => break,
            next => page.cursor = next,
        }
    }
    rooms.reverse();
    assert_eq!(
        seen.iter().map(|view| view.room.id).collect::<Vec<_>>(),
        rooms
    );
    for (view, n) in seen.iter().zip((0..5).rev()) {
        assert_eq!((view.unread(), view.room.head.n), (n, Count::new(n)));
        let last = view
            .last_message
            .as_ref()
            .map(|message| message.body.as_str().to_owned());
        assert_eq!(last, (n > 0).then(|| format!("number {n}")));
    }
}

pub(crate) async fn public_rooms_are_found_by_their_title(world: &World) {
    let [anna, bert] = world.people(["anna", "bert"]).await;
    for title in ["Lamp two", "lamp One", "Tower"] {
        world.square(anna, title).await;
    }
    world.group(anna, &[]).await;
    let find = async |query: &str, page| {
        let query = query.to_owned();
        world
            .ask(ListPublicRooms {
                caller: bert,
                query,
                page,
            })
            .await
            .unwrap()
    };
    let titles = |rooms: &[chat::application::ports::RoomView]| -> Vec<String> {
        rooms
            .iter()
            .map(|view| view.room.description.title.as_str().to_owned())
            .collect()
    };
    assert_eq!(
        titles(&find("LAMP", first(9)).await.items),
        ["lamp One", "Lamp two"]
    );
    let one = find("", first(2)).await;
    let two = find(
        "",
        chat::application::Page {
            cursor: one.next.clone(),
            ..first(2)
        },
    )
    .await;
    assert_eq!(titles(&one.items), ["lamp One", "Lamp two"]);
    assert_eq!(titles(&two.items), ["Tower"]);
    assert!(two.next.is_none());
}

//! Who comes sees what follows; who goes sees nothing more.

use std::time::Duration;

use e2e::World;
use serde_json::json;

const SOON: Duration = Duration::from_secs(15);

pub(crate) async fn somebody_removed_sees_nothing_after_it(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[&ben]).await;
    let other = world.room(&anna, &[&ben]).await;
    let writer = world.device(&anna, 0).await;
    let devices = [world.device(&ben, 0).await, world.device(&ben, 1).await];
    writer.send(room, "before").await.unwrap();

    let removed = world
        .api
        .delete(&anna, &format!("/rooms/{room}/members/{}", ben.id))
        .await
        .unwrap();
    assert_eq!(removed.status, 204);
    for number in 0..20 {
        writer
            .send(room, &format!("secret {number}"))
            .await
            .unwrap();
    }
    // What comes after it in another room shows that nothing more is on its way.
    let end = writer.send(other, "the end").await.unwrap();

    for device in &devices {
        device.reaches(other, end.seq, SOON).await;
        device
            .sees("the removal", SOON, |seen| !seen.is_in(room))
            .await;
        assert_eq!(device.look(|seen| seen.bodies(room).join(" ")), "before");
        let last = device
            .look(|seen| seen.events(room).last().cloned())
            .unwrap();
        assert_eq!(
            (&last["type"], &last["data"]["user_id"]),
            (&json!("member.left"), &json!(ben.id))
        );
        device.assert_faultless();
    }
    let answer = world
        .api
        .get(&ben, &format!("/rooms/{room}/messages"))
        .await
        .unwrap();
    assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"));
    let answer = world
        .api
        .send(&ben, room, uuid::Uuid::now_v7(), "hello?")
        .await
        .unwrap();
    assert_eq!(answer.status, 404);
}

pub(crate) async fn somebody_added_sees_what_follows(world: &World) {
    let [anna, ben] = [world.person("anna").await, world.person("ben").await];
    let room = world.room(&anna, &[]).await;
    let writer = world.device(&anna, 0).await;
    let devices = [world.device(&ben, 0).await, world.device(&ben, 1).await];
    writer.send(room, "before").await.unwrap();

    for round in 0..3 {
        let path = format!("/rooms/{room}/members/{}", ben.id);
        let added = world
            .api
            .put(&anna, &path, json!({ "role": "member" }))
            .await
            .unwrap();
        assert!(added.status.is_success(), "{added:?}");
        for device in &devices {
            device.sees("the room", SOON, |seen| seen.is_in(room)).await;
        }
        let body = format!("round {round}");
        writer.send(room, &body).await.unwrap();
        for device in &devices {
            device
                .sees("what follows", SOON, |seen| {
                    seen.bodies(room).last() == Some(&body.as_str())
                })
                .await;
        }
        let removed = world.api.delete(&anna, &path).await.unwrap();
        assert_eq!(removed.status, 204);
        for device in &devices {
            device
                .sees("the removal", SOON, |seen| !seen.is_in(room))
                .await;
        }
    }
    for device in &devices {
        assert_eq!(
            device.look(|seen| seen.bodies(room).join(", ")),
            "round 0, round 1, round 2"
        );
        device.assert_faultless();
    }
}

pub(crate) async fn a_deleted_room_is_gone_for_everybody(world: &World) {
    let people = world.people("member", 4).await;
    let others: Vec<_> = people[1..].iter().collect();
    let room = world.room(&people[0], &others).await;
    let devices = world.devices(&people).await;

    let deleted = world
        .api
        .delete(&people[0], &format!("/rooms/{room}"))
        .await
        .unwrap();
    assert_eq!(deleted.status, 204);

    for device in &devices {
        device
            .sees("the room go", SOON, |seen| !seen.is_in(room))
            .await;
        device.assert_faultless();
    }
    let answer = world
        .api
        .get(&people[1], &format!("/rooms/{room}"))
        .await
        .unwrap();
    assert_eq!(answer.status, 404);
}

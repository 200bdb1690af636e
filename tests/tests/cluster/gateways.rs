//! The number of gateways follows the number of connections.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::cluster::{Crowd, Forwarded, Installation, MESSENGER};
use e2e::world::stack::Server;
use e2e::{Device, Person, eventually};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{Stage, figure};

const SOON: Duration = Duration::from_mins(1);
/// Connections that one gateway should have here.
const TARGET: usize = 50;
/// Fewer gateways must have been enough for so long before one leaves.
const STABILIZATION: Duration = Duration::from_secs(6);
/// Clients that a leaving gateway sends away per second here.
const RATE: usize = 3;
/// A gateway's public port in its pod.
const PUBLIC: u16 = 8080;

pub(crate) async fn they_come_with_connections_and_the_emptiest_leaves_first(stage: &Stage) {
    let installation = &stage.installation;
    let meeting = Meeting::open(installation).await;
    scale_by_connections(installation).await;
    let old = installation.pods("gateway").await.unwrap();
    assert_eq!(old.len(), 2);

    // 160 on two gateways, and 50 are to be on each.
    let first = meeting.way_to(&old[0]).await;
    let second = meeting.way_to(&old[1]).await;
    let mut at_first = meeting.come(&first, 80).await;
    let mut at_second = meeting.come(&second, 80).await;
    are(installation, 4).await;
    let new: Vec<_> = installation.pods("gateway").await.unwrap();
    let new: Vec<_> = new.into_iter().filter(|pod| !old.contains(pod)).collect();
    let third = meeting.way_to(&new[0]).await;
    let fourth = meeting.way_to(&new[1]).await;
    let at_third = meeting.come(&third, 12).await;
    let at_fourth = meeting.come(&fourth, 6).await;

    // For 98, two are enough.
    at_first.truncate(40);
    at_second.truncate(40);
    let crowd = meeting.crowd(
        [at_first, at_second, at_third, at_fourth]
            .into_iter()
            .flatten(),
    );
    let (emptiest, outcome) = crowd
        .write_during(async {
            let emptiest = leaving(installation).await;
            // Whoever leads the work dies in the middle of it.
            for operator in installation.pods("operator").await.unwrap() {
                installation.kubectl.kill(&operator).await.unwrap();
            }
            are(installation, 2).await;
            emptiest
        })
        .await;

    figure("gateways 4 to 2 by connections", &outcome);
    outcome.assert_whole();
    assert_eq!(emptiest, new[1], "another one left first");
    let left: BTreeSet<_> = installation
        .pods("gateway")
        .await
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(
        left,
        old.into_iter().collect(),
        "others left than the two emptiest"
    );
    let devices: Vec<_> = crowd.devices().collect();
    let (stayed, moved) = devices.split_at(80);
    for device in stayed {
        assert_eq!(
            device.pulse().connections(),
            0,
            "a client of a gateway that stays was disturbed"
        );
    }
    for device in moved {
        assert!(device.pulse().connections() > 0, "a client was left behind");
        assert!(
            !device.pulse().told_to_leave().is_empty(),
            "a client was cut off"
        );
    }
    assert_paced(moved);
    leave_scaling(installation).await;
}

/// Farewells come at the rate that was set: any few of them take as long as they should.
fn assert_paced(moved: &[&Device]) {
    const SLACK: Duration = Duration::from_millis(200);
    let mut told: Vec<_> = moved
        .iter()
        .flat_map(|device| device.pulse().told_to_leave().to_vec())
        .collect();
    told.sort();
    for window in told.windows(RATE + 1) {
        let span = window[RATE] - window[0];
        assert!(
            span + SLACK > Duration::from_secs(1),
            "{} farewells within {span:?}, where {RATE} per second are allowed",
            window.len()
        );
    }
}

pub(crate) async fn none_leaves_while_the_registry_is_away(stage: &Stage) {
    if !Server::Redis.is_ours() {
        eprintln!("not tried: Redis was not started by scripts/stack");
        return;
    }
    let installation = &stage.installation;
    let kubectl = &installation.kubectl;
    let meeting = Meeting::open(installation).await;
    scale_by_connections(installation).await;
    let mut devices = meeting.come_anywhere(120).await;
    are(installation, 3).await;

    Server::Redis.stop().await.unwrap();
    devices.truncate(20);
    let crowd = meeting.crowd(devices);
    let ((), outcome) = crowd
        .write_during(async {
            eventually(
                "the operator does not rely on the registry",
                SOON,
                async || {
                    let told = kubectl.condition(MESSENGER, "ScalingActive").await.ok()??;
                    let away =
                        ["RegistryUnavailable", "RegistryStale"].contains(&told.reason.as_str());
                    (told.status == "False" && away).then_some(())
                },
            )
            .await;
            // Long enough for one to leave, if it might.
            let end = Instant::now() + STABILIZATION * 3;
            while Instant::now() < end {
                assert_eq!(draining(installation).await, None, "one leaves");
                are(installation, 3).await;
                sleep(Duration::from_secs(1)).await;
            }
            Server::Redis.start().await.unwrap();
            let fresh = ("True", "RegistryFresh");
            kubectl
                .turns(MESSENGER, "ScalingActive", fresh, SOON)
                .await
                .unwrap();
            are(installation, 2).await;
        })
        .await;

    figure("a registry that is away for a while", &outcome);
    outcome.assert_whole();
    leave_scaling(installation).await;
}

/// A room, and people who come to it with as many clients as are wanted.
struct Meeting<'a> {
    installation: &'a Installation,
    people: Vec<Person>,
    room: Uuid,
}

impl<'a> Meeting<'a> {
    async fn open(installation: &'a Installation) -> Self {
        let people = installation.people("guest", 10).await;
        let room = installation.room(&people).await;
        Self {
            installation,
            people,
            room,
        }
    }

    async fn way_to(&self, pod: &str) -> Forwarded {
        Forwarded::open(&self.installation.kubectl, pod, PUBLIC)
            .await
            .unwrap()
    }

    /// So many clients at the gateway at the end of this way. Who has to leave comes back by the Service.
    async fn come(&self, way: &Forwarded, count: usize) -> Vec<Device> {
        let gateways = vec![way.address, self.installation.gateway];
        let people = self.people.iter().cycle().take(count);
        join_all(people.map(|person| Device::connect(person, gateways.clone()))).await
    }

    /// So many clients wherever the Service leads them.
    async fn come_anywhere(&self, count: usize) -> Vec<Device> {
        let people = self.people.iter().cycle().take(count);
        join_all(people.map(|person| self.installation.device(person))).await
    }

    fn crowd(&self, devices: impl IntoIterator<Item = Device>) -> Crowd {
        let members = devices.into_iter().map(|device| (device, self.room));
        Crowd::of(members.collect())
    }
}

async fn scale_by_connections(installation: &Installation) {
    set(installation, 4, TARGET, STABILIZATION.as_secs(), RATE).await;
}

/// As the charts' values have it.
async fn leave_scaling(installation: &Installation) {
    set(installation, 10, 10_000, 300, 100).await;
}

async fn set(
    installation: &Installation,
    max: usize,
    target: usize,
    stabilization: u64,
    rate: usize,
) {
    let fields = json!({ "spec": { "gateway": {
        "scaling": {
            "max": max,
            "targetConnectionsPerPod": target,
            "headroomPercent": 0,
            "stabilizationSeconds": stabilization,
        },
        "drain": { "closesPerSecond": rate },
    }}});
    installation
        .kubectl
        .patch(MESSENGER, &fields)
        .await
        .unwrap();
}

/// Waits until there are so many gateways, all of them ready.
async fn are(installation: &Installation, count: usize) {
    let what = format!("there are {count} gateways");
    eventually(&what, SOON, async || {
        let pods = installation.pods("gateway").await.ok()?;
        (pods.len() == count).then_some(())
    })
    .await;
    installation.whole("gateway", &[]).await.unwrap();
}

/// Waits until a gateway is on its way out; its pod.
async fn leaving(installation: &Installation) -> String {
    eventually("a gateway leaves", SOON, async || {
        draining(installation).await
    })
    .await
}

async fn draining(installation: &Installation) -> Option<String> {
    let messenger = installation.kubectl.get(MESSENGER).await.ok()?;
    let pod: &Value = &messenger["status"]["gateway"]["draining"][0]["pod"];
    pod.as_str().map(str::to_owned)
}

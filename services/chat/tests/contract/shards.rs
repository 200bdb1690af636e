//! Several replicas at one outbox.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chat::{
    application::ports::{Outbox, Shard, ShardOwnership, Store},
    outbound::postgres::Postgres,
};
use tokio::time::{sleep, timeout};

use super::World;

const PATIENCE: Duration = Duration::from_secs(10);

async fn claim(owner: &mut dyn ShardOwnership) -> BTreeSet<Shard> {
    let mut claimed = BTreeSet::new();
    for shard in Shard::all() {
        if owner.try_claim(shard).await.unwrap() {
            claimed.insert(shard);
        }
    }
    claimed
}

pub(crate) async fn two_replicas_share_the_shards(one: &dyn Outbox, two: &dyn Outbox) {
    let all: BTreeSet<_> = Shard::all().collect();
    let mut first = one.ownership().await.unwrap();
    assert_eq!(first.replicas().await.unwrap(), 1);
    assert_eq!(claim(&mut *first).await, all);

    let mut second = two.ownership().await.unwrap();
    assert_eq!(second.replicas().await.unwrap(), 2);
    assert!(claim(&mut *second).await.is_empty());
    let shard = Shard::numbered(7).unwrap();
    first.release(shard).await.unwrap();
    assert_eq!(claim(&mut *second).await, BTreeSet::from([shard]));

    drop(first);
    let takeover = async {
        while claim(&mut *second).await != all {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, takeover)
        .await
        .expect("a lost replica's shards are free");
    assert_eq!(second.replicas().await.unwrap(), 1);
}

pub(crate) async fn a_commit_wakes_the_replica_that_relays_its_shard(
    writer: Arc<Postgres>,
    relay: Arc<dyn Outbox>,
) {
    let mut ownership = relay.ownership().await.unwrap();
    claim(&mut *ownership).await;
    let world = World::new(Arc::clone(&writer) as Arc<dyn Store>, writer);
    let anna = world.person("anna").await;
    let woken = async {
        loop {
            timeout(PATIENCE, relay.woken())
                .await
                .expect("the commit of another replica wakes");
            let shards: Vec<_> = Shard::all().collect();
            if !relay.pending(&shards, &[], 10).await.unwrap().is_empty() {
                return;
            }
        }
    };
    tokio::join!(woken, world.group(anna, &[]));
}

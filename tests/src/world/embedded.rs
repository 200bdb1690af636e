//! The one binary on `SQLite`.

use std::sync::atomic::AtomicU32;

use anyhow::Result;

use super::{
    Kind, Neighbours, Process, STARTING, World, bridged, common, flags, free_addresses,
    open_bridge, public,
};
use crate::Api;

pub(super) async fn start(neighbours: Neighbours) -> Result<World> {
    let [address, admin] = free_addresses()?;
    let data = neighbours.data.path().join("data");
    let mut arguments = common(&neighbours, admin);
    arguments.extend(public(address));
    arguments.extend(flags(&[("--data", &data.to_string_lossy())]));
    arguments.extend(neighbours.chat.clone());

    // The bridge names a room, and there is none before Chappe has run once.
    let first = Process::start(
        "first-start".to_owned(),
        "chappe",
        arguments.clone(),
        admin,
        &neighbours.logs,
    )
    .await?;
    first.ready(STARTING).await?;
    let api = Api::new(vec![format!("http://{address}")]);
    let bridge = open_bridge(&api).await?;
    first.stop().await?;

    arguments.extend(bridged(&neighbours, bridge.room));
    let chappe = Process::start(
        "chappe".to_owned(),
        "chappe",
        arguments,
        admin,
        &neighbours.logs,
    )
    .await?;
    chappe.ready(STARTING).await?;
    Ok(World {
        kind: Kind::Embedded,
        api,
        telegram: neighbours.telegram,
        collector: neighbours.collector,
        bridge,
        processes: vec![chappe],
        gateways: vec![address],
        names: AtomicU32::new(1),
        leftovers: None,
        _data: neighbours.data,
    })
}

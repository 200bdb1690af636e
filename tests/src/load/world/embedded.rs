//! The embedded world: one process, one file.

use super::{
    Cores, Place, World, free_addresses,
    server::{Server, Start},
};

pub(super) async fn start(cores: Cores) -> anyhow::Result<World> {
    let folder = tempfile::tempdir()?;
    let addresses = free_addresses(2)?;
    let (public, admin) = (addresses[0], addresses[1]);
    let mut settings = super::distributed::without_limits();
    settings.extend([
        ("DATA", folder.path().display().to_string()),
        ("PUBLIC_LISTEN", public.to_string()),
        ("ACCESS_TOKEN_SECONDS", "86400".into()),
    ]);
    let mut server = Server::start(Start {
        program: "chappe",
        name: "chappe".into(),
        settings,
        admin,
        cores,
    })?;
    server.ready().await?;
    Ok(World {
        gateways: vec![public],
        servers: vec![server],
        running: Vec::new(),
        place: Some(Place::Folder(folder)),
    })
}

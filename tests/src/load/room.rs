//! One room at a fixed rate.

use super::{
    args::{Room, WorldArgs},
    report::Report,
    stage::Stage,
    world::Cores,
};

pub(super) async fn run(args: &WorldArgs, options: &Room) -> anyhow::Result<Report> {
    let stage = Stage::set(args, 2, Cores::Shared, options.members).await?;
    let crowd = stage.crowd(options.members).await?;
    let mut report = Report::new(format!(
        "one room of {} ({:?}), {} messages of {} bytes per second",
        options.members, args.world, options.stream.rate, options.stream.bytes
    ));
    stage
        .measure(&mut report, &[crowd], &options.stream)
        .await?;
    stage.end().await;
    Ok(report)
}

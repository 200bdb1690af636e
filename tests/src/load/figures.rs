//! All figures that Chappe promises, each beside what was measured here.

use super::{
    accept,
    args::{Accept, Idle, Reconnect, Room, Saturation, Stream, Through, WorldArgs, WorldKind},
    idle, reconnect,
    report::{
        Report,
        Wanted::{AtLeast, AtMost},
    },
    room, saturation,
};

/// Prints each report as soon as it is there. One that fails does not keep the others away.
pub(super) async fn run(args: &WorldArgs) -> Vec<Report> {
    let mut reports = Vec::new();
    let mut keep = |report: anyhow::Result<Report>| {
        let report = report.unwrap_or_else(|error| Report::new(format!("failed: {error:#}")));
        println!("{report}");
        reports.push(report);
    };
    keep(idle_memory(args).await);
    keep(cost(args).await);
    keep(full(args).await);
    keep(latency(args, WorldKind::Distributed).await);
    keep(latency(args, WorldKind::Embedded).await);
    keep(storm(args).await);
    keep(accepted(args, Through::Websocket, 1).await);
    keep(accepted(args, Through::Rest, 1).await);
    keep(accepted(args, Through::Websocket, 1000).await);
    keep(accepted(args, Through::Rest, 1000).await);
    reports
}

fn begin(what: &str) {
    eprintln!("load: measuring {what} …");
}

async fn idle_memory(args: &WorldArgs) -> anyhow::Result<Report> {
    begin("idle connections");
    let options = Idle {
        connections: 10_000,
    };
    let mut report = idle::run(&args.with(WorldKind::Distributed, 1), &options).await?;
    report.want("gateway memory per connection", AtMost(8.0));
    Ok(report)
}

async fn cost(args: &WorldArgs) -> anyhow::Result<Report> {
    begin("cost per delivery");
    let options = Room {
        members: 1000,
        stream: Stream {
            rate: 20,
            seconds: 20,
            bytes: 200,
        },
    };
    let mut report = room::run(&args.with(WorldKind::Distributed, 1), &options).await?;
    report.want("CPU of gateway-0 per delivery", AtMost(12.0));
    want_nothing_lost(&mut report);
    Ok(report)
}

async fn full(args: &WorldArgs) -> anyhow::Result<Report> {
    begin("saturation");
    let options = Saturation {
        members: 1000,
        bytes: 200,
        seconds: 6,
    };
    let mut report = saturation::run(&args.with(WorldKind::Distributed, 1), &options).await?;
    report.want(saturation::MOST, AtLeast(300_000.0));
    report.want(
        "scheduled to last delivery at half of it, p99",
        AtMost(100.0),
    );
    Ok(report)
}

async fn latency(args: &WorldArgs, world: WorldKind) -> anyhow::Result<Report> {
    begin("latency");
    let options = Room {
        members: 100,
        stream: Stream {
            rate: 100,
            seconds: 20,
            bytes: 200,
        },
    };
    let mut report = room::run(&args.with(world, 2), &options).await?;
    let (p50, p99) = (
        "accepted to last delivery, p50",
        "accepted to last delivery, p99",
    );
    match world {
        WorldKind::Distributed => {
            report.want(p50, AtMost(8.0));
            report.want(p99, AtMost(30.0));
        }
        WorldKind::Embedded => report.want(p99, AtMost(15.0)),
    }
    want_nothing_lost(&mut report);
    Ok(report)
}

async fn storm(args: &WorldArgs) -> anyhow::Result<Report> {
    begin("reconnecting clients");
    let options = Reconnect {
        connections: 10_000,
        rooms: 100,
        missed: 5,
    };
    let mut report = reconnect::run(&args.with(WorldKind::Distributed, 2), &options).await?;
    report.want("all caught up after", AtMost(20.0));
    want_nothing_lost(&mut report);
    Ok(report)
}

async fn accepted(args: &WorldArgs, through: Through, rooms: usize) -> anyhow::Result<Report> {
    begin("acknowledged messages");
    let options = Accept {
        through,
        senders: 32,
        rooms,
        seconds: 10,
    };
    let mut report = accept::run(&args.with(WorldKind::Distributed, 2), &options).await?;
    report.want("acknowledged per second", AtLeast(3000.0));
    Ok(report)
}

fn want_nothing_lost(report: &mut Report) {
    for name in ["lost", "doubled", "out of order"] {
        report.want(name, AtMost(0.0));
    }
}

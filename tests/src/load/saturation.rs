//! One room at a growing rate until the gateway, alone on one core, is full.

use std::time::Instant;

use super::{
    args::{Saturation, Stream, WorldArgs},
    process::Process,
    report::{Report, count},
    stage::{Crowd, Stage},
    world::Cores,
};

/// Messages per second, step by step.
const RATES: [u32; 12] = [50, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200, 1500];

/// A gateway that uses so much of its core is full.
const FULL: f64 = 0.93;

/// So much longer than its schedule may a step take before it counts as behind.
const BEHIND: f64 = 1.15;

/// What one rate came to.
struct Step {
    rate: u32,
    /// Until everything was delivered.
    seconds: f64,
    deliveries: f64,
    cpu_seconds: f64,
}

impl Step {
    fn per_second(&self) -> f64 {
        self.deliveries / self.seconds
    }

    fn load(&self) -> f64 {
        self.cpu_seconds / self.seconds
    }

    fn cost(&self) -> f64 {
        self.cpu_seconds * 1e6 / self.deliveries
    }
}

pub(super) async fn run(args: &WorldArgs, options: &Saturation) -> anyhow::Result<Report> {
    let stage = Stage::set(args, 1, Cores::GatewayAlone, options.members).await?;
    let mut crowd = [stage.crowd(options.members).await?];
    stage.warm_up(&crowd).await?;

    let mut report = Report::new(format!(
        "one room of {}, growing rate, the gateway alone on core 0",
        options.members
    ));
    let mut best: Option<Step> = None;
    for rate in RATES {
        let step = step(&stage, &crowd, options, rate).await?;
        report.add(
            format!("{rate}/s: deliveries per second"),
            step.per_second(),
            "1/s",
        );
        report.add(
            format!("{rate}/s: gateway's load"),
            step.load() * 100.0,
            "% of a core",
        );
        report.add(format!("{rate}/s: CPU per delivery"), step.cost(), "µs");
        let behind = step.seconds > f64::from(options.seconds) * BEHIND;
        let closed = stage.ledger().closed > 0;
        let full = step.load() >= FULL || behind || closed;
        if best
            .as_ref()
            .is_none_or(|best| step.per_second() > best.per_second())
        {
            best = Some(step);
        }
        if full {
            break;
        }
    }
    let best = best.expect("there is a first rate");
    report.add("most deliveries per second", best.per_second(), "1/s");
    report.add("CPU per delivery at most", best.cost(), "µs");

    if stage.ledger().closed > 0 {
        // Slow readers were closed; everybody comes back for the second part.
        for client in &crowd[0].clients {
            client.cut();
        }
        crowd = [stage.crowd(options.members).await?];
    }
    let half = (best.rate / 2).max(1);
    stage.warm_up(&crowd).await?;
    step(&stage, &crowd, options, half).await?;
    let last = stage.ledger().latencies().last;
    let p99 = count(last.value_at_quantile(0.99)) / 1000.0;
    report.add("scheduled to last delivery at half of it, p99", p99, "ms");
    report.add_troubles(&stage.ledger());
    stage.world.stop().await;
    Ok(report)
}

async fn step(
    stage: &Stage,
    crowd: &[Crowd],
    options: &Saturation,
    rate: u32,
) -> anyhow::Result<Step> {
    stage.ledger().begin();
    let stream = Stream {
        rate,
        seconds: options.seconds,
        bytes: options.bytes,
    };
    let before = gateway_seconds(stage)?;
    let began = Instant::now();
    stage.play(crowd, &stream).await?;
    let _ = stage
        .until("all is delivered", || {
            let ledger = stage.ledger();
            ledger.is_complete() || ledger.closed > 0
        })
        .await;
    Ok(Step {
        rate,
        seconds: began.elapsed().as_secs_f64(),
        deliveries: count(stage.ledger().deliveries),
        cpu_seconds: gateway_seconds(stage)? - before,
    })
}

fn gateway_seconds(stage: &Stage) -> anyhow::Result<f64> {
    let gateways = stage.world.gateway_processes();
    let times = gateways.iter().map(Process::cpu);
    times.map(|time| Ok(time?.as_secs_f64())).sum()
}

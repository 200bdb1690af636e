//! One room at a growing rate until the gateway, alone on one core, is full.

use std::time::{Duration, Instant};

use super::{
    args::{Saturation, Stream, WorldArgs},
    process::Process,
    report::{Report, count},
    stage::{Crowd, Stage},
    world::Cores,
};

/// Messages per second, step by step.
const RATES: [u32; 12] = [50, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200, 1500];

/// The best of the rates that one gateway reached on one core.
pub(super) const MOST: &str = "most deliveries per second";

/// A gateway that uses so much of its core is full.
const FULL: f64 = 0.93;

/// Who needs so long for the rest when a step is over has fallen behind.
const BEHIND: Duration = Duration::from_secs(2);

/// What one rate came to, while it lasted.
struct Step {
    rate: u32,
    seconds: f64,
    deliveries: f64,
    /// The gateway's.
    cpu_seconds: f64,
    /// Until everything was delivered.
    rest: Duration,
}

impl Step {
    fn per_second(&self) -> f64 {
        self.deliveries / self.seconds
    }

    fn load(&self) -> f64 {
        self.cpu_seconds / self.seconds
    }

    /// Microseconds per delivery.
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
        let closed = stage.ledger().closed > 0;
        let full = step.load() >= FULL || step.rest > BEHIND || closed;
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
    report.add(MOST, best.per_second(), "1/s");
    report.add("gateway's load at that", best.load() * 100.0, "% of a core");
    report.add("CPU per delivery at that", best.cost(), "µs");
    // Clients and the other servers share the other cores, and may be full before the gateway is: this is
    // what it would come to with a whole core, and not a rate that was reached.
    report.add(
        "deliveries per CPU second of the gateway",
        1e6 / best.cost(),
        "1/s",
    );

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
    stage.end().await;
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
    let mut step = Step {
        rate,
        seconds: began.elapsed().as_secs_f64(),
        deliveries: count(stage.ledger().deliveries),
        cpu_seconds: gateway_seconds(stage)? - before,
        rest: Duration::ZERO,
    };
    let over = Instant::now();
    // What does not come in time is reported at the end.
    let _ = stage
        .until("all is delivered", || {
            let ledger = stage.ledger();
            ledger.is_complete() || ledger.closed > 0
        })
        .await;
    step.rest = over.elapsed();
    Ok(step)
}

fn gateway_seconds(stage: &Stage) -> anyhow::Result<f64> {
    let gateways = stage.world.gateway_processes();
    let times = gateways.iter().map(Process::cpu);
    times.map(|time| Ok(time?.as_secs_f64())).sum()
}

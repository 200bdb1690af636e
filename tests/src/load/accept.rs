//! Acknowledged messages per second: every sender waits for the acknowledgement before it writes the
//! next one.

use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::bail;
use futures::future::try_join_all;
use hdrhistogram::Histogram;

use super::{
    args::{Accept, Through, WorldArgs},
    clock,
    http::Http,
    people::Person,
    report::{Report, count},
    socket::Client,
    stage::{Stage, filling},
    world::Cores,
};

/// Bytes of a body.
const BODY: usize = 200;

/// Before it counts.
const WARM_UP: Duration = Duration::from_secs(2);

/// When counting begins and when writing ends.
#[derive(Clone, Copy)]
struct Span {
    begin: Instant,
    end: Instant,
}

pub(super) async fn run(args: &WorldArgs, options: &Accept) -> anyhow::Result<Report> {
    let stage = Stage::set(args, 2, Cores::Shared, options.senders).await?;
    let senders: Vec<Rc<Person>> = stage
        .people
        .iter()
        .cycle()
        .take(options.senders)
        .cloned()
        .collect();
    let shares = open_rooms(&stage, &senders, options.rooms).await?;
    let clients = match options.through {
        Through::Websocket => stage.connect(senders.iter().cloned()).await?,
        Through::Rest => Vec::new(),
    };

    let begin = Instant::now() + WARM_UP;
    let span = Span {
        begin,
        end: begin + Duration::from_secs(options.seconds.into()),
    };
    let measuring = async {
        tokio::time::sleep_until(begin.into()).await;
        stage.world.cpu()
    };
    let writing = async {
        match options.through {
            Through::Websocket => {
                let writing = clients
                    .iter()
                    .zip(&shares)
                    .map(|(client, rooms)| write_frames(&stage, client, rooms, span));
                try_join_all(writing).await
            }
            Through::Rest => {
                let gateways = &stage.world.gateways;
                let writing = senders.iter().zip(&shares).enumerate();
                let writing = writing.map(|(number, (person, rooms))| {
                    post(gateways[number % gateways.len()], person, rooms, span)
                });
                try_join_all(writing).await
            }
        }
    };
    let (cpu, times) = tokio::try_join!(measuring, writing)?;
    let used = stage.world.cpu_since(&cpu)?;

    let mut all = Histogram::<u64>::new(3)?;
    for times in times {
        all.add(times)?;
    }
    let mut report = Report::new(format!(
        "{} senders through {:?} into {} rooms ({:?})",
        options.senders, options.through, options.rooms, args.world
    ));
    let took = span.end - span.begin;
    report.add(
        "acknowledged per second",
        count(all.len()) / took.as_secs_f64(),
        "1/s",
    );
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
        let value = count(all.value_at_quantile(quantile)) / 1000.0;
        report.add(format!("acknowledged after, {name}"), value, "ms");
    }
    report.add_troubles(&stage.ledger());
    report.add_cpu(&used, took, 0);
    stage.end().await;
    Ok(report)
}

/// Each sender's rooms: the one that all share, or its own part of many.
async fn open_rooms(
    stage: &Stage,
    senders: &[Rc<Person>],
    rooms: usize,
) -> anyhow::Result<Vec<Vec<Rc<str>>>> {
    if rooms <= 1 {
        let room = stage.open_room("Accept", &stage.people).await?;
        return Ok(senders.iter().map(|_| vec![room.clone()]).collect());
    }
    let mut shares = vec![Vec::new(); senders.len()];
    for number in 0..rooms {
        let sender = number % senders.len();
        let members = std::slice::from_ref(&senders[sender]);
        let room = stage
            .open_room(&format!("Accept {number}"), members)
            .await?;
        shares[sender].push(room);
    }
    Ok(shares)
}

async fn write_frames(
    stage: &Stage,
    client: &Rc<Client>,
    rooms: &[Rc<str>],
    span: Span,
) -> anyhow::Result<Histogram<u64>> {
    let filling = filling(BODY);
    let mut times = Histogram::new(3)?;
    for room in rooms.iter().cycle() {
        let began = Instant::now();
        if began >= span.end {
            break;
        }
        let number = stage.ledger().schedule(clock::now(), 0);
        client.send(number, room, &filling).await?;
        client.answer().await?;
        note(&mut times, began, span);
    }
    Ok(times)
}

async fn post(
    gateway: SocketAddr,
    person: &Person,
    rooms: &[Rc<str>],
    span: Span,
) -> anyhow::Result<Histogram<u64>> {
    let filling = filling(BODY);
    let paths: Vec<String> = rooms
        .iter()
        .map(|room| format!("/api/v1/rooms/{room}/messages"))
        .collect();
    let mut http = Http::connect(gateway).await?;
    let mut times = Histogram::new(3)?;
    for path in paths.iter().cycle() {
        let began = Instant::now();
        if began >= span.end {
            break;
        }
        let body = format!(
            r##"{{"id":"{}","body":"#{filling}"}}"##,
            clock::message_id()
        );
        let (status, answer) = http.ask("POST", path, Some(&person.token), &body).await?;
        if status != 201 {
            bail!("refused with {status}: {}", String::from_utf8_lossy(answer));
        }
        note(&mut times, began, span);
    }
    Ok(times)
}

fn note(times: &mut Histogram<u64>, began: Instant, span: Span) {
    if began >= span.begin {
        *times += u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    }
}

//! What was measured, as a table and as JSON.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{ledger::Ledger, process::Process};

/// The figures of one scenario.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) title: String,
    pub(super) figures: Vec<Figure>,
}

/// One figure.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<Wanted>,
}

/// What Chappe promises.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wanted {
    AtMost(f64),
    AtLeast(f64),
}

impl Wanted {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(bound) => value <= bound,
            Self::AtLeast(bound) => value >= bound,
        }
    }
}

impl Report {
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            figures: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.figures.push(Figure {
            name: name.into(),
            value,
            unit,
            wanted: None,
        });
    }

    /// Sets what is promised for a figure.
    pub(super) fn want(&mut self, name: &str, wanted: Wanted) {
        for figure in self.figures.iter_mut().filter(|figure| figure.name == name) {
            figure.wanted = Some(wanted);
        }
    }

    /// Latencies, losses and doubles.
    pub(super) fn add_ledger(&mut self, ledger: &Ledger) {
        let latencies = ledger.latencies();
        let kinds = [
            ("scheduled to first delivery", &latencies.first),
            ("scheduled to last delivery", &latencies.last),
            ("accepted to last delivery", &latencies.accepted_to_last),
        ];
        for (kind, histogram) in kinds {
            for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
                let value = milliseconds(histogram.value_at_quantile(quantile));
                self.add(format!("{kind}, {name}"), value, "ms");
            }
            self.add(format!("{kind}, max"), milliseconds(histogram.max()), "ms");
        }
        self.add_losses(ledger);
        self.add_troubles(ledger);
    }

    /// What broke the promise: exactly once and in order.
    pub(super) fn add_losses(&mut self, ledger: &Ledger) {
        self.add("lost", count(ledger.missing()), "deliveries");
        self.add("doubled", count(ledger.duplicates), "deliveries");
        self.add("out of order", count(ledger.gaps), "events");
    }

    /// What went wrong besides.
    pub(super) fn add_troubles(&mut self, ledger: &Ledger) {
        self.add(
            "not acknowledged",
            count(ledger.unacknowledged() as u64),
            "messages",
        );
        self.add(
            "closed by the server",
            count(ledger.closed as u64),
            "connections",
        );
        for (what, times) in &ledger.troubles {
            self.add(format!("! {what}"), count(*times), "times");
        }
    }

    /// CPU time of each process.
    pub(super) fn add_cpu(
        &mut self,
        used: &[(Process, Duration)],
        took: Duration,
        deliveries: u64,
    ) {
        for (process, time) in used {
            let share = time.as_secs_f64() / took.as_secs_f64() * 100.0;
            self.add(format!("CPU of {}", process.name), share, "% of a core");
            if deliveries > 0 {
                let each = time.as_secs_f64() * 1e6 / count(deliveries);
                self.add(format!("CPU of {} per delivery", process.name), each, "µs");
            }
        }
    }
}

/// A count as a figure; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
pub(super) fn count(number: u64) -> f64 {
    number as f64
}

fn milliseconds(microseconds: u64) -> f64 {
    count(microseconds) / 1000.0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.title)?;
        let names = self
            .figures
            .iter()
            .map(|figure| figure.name.chars().count());
        let width = names.max().unwrap_or(0);
        for figure in &self.figures {
            let value = match figure.value {
                value if value.fract() == 0.0 || value.abs() >= 1000.0 => format!("{value:.0}"),
                value => format!("{value:.2}"),
            };
            write!(
                f,
                "  {:width$}  {value:>10} {:<12}",
                figure.name, figure.unit
            )?;
            if let Some(wanted) = figure.wanted {
                let (bound, sign) = match wanted {
                    Wanted::AtMost(bound) => (bound, '≤'),
                    Wanted::AtLeast(bound) => (bound, '≥'),
                };
                let mark = if wanted.holds(figure.value) {
                    "✓"
                } else {
                    "✗"
                };
                write!(f, " {mark} wanted {sign} {bound}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

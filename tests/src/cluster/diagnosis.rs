//! What a failed test leaves to look at, before its namespace goes.

use super::Kubectl;
use super::installation::MESSENGER;

/// Prints the state of the installation: resources, what the Messenger says, events, logs' tails.
pub async fn print(kubectl: &Kubectl) {
    const ALL: &str = "pods,deployments,jobs,horizontalpodautoscalers,messengers,telegrambots";
    let looks: &[&[&str]] = &[
        &["get", ALL, "--output=wide"],
        &["describe", MESSENGER],
        &["describe", "telegrambots"],
        // Of a pod that is ready there is nothing to tell.
        &["describe", "pods", "--field-selector=status.phase!=Running"],
        &["get", "events", "--sort-by=.lastTimestamp"],
    ];
    for arguments in looks {
        show(kubectl, arguments, 80).await;
    }
    for pod in kubectl.list("pods", "").await.unwrap_or_default() {
        let pod = super::kubectl::name(&pod);
        show(kubectl, &["logs", pod, "--all-containers", "--tail=30"], 30).await;
        // There is one only where a container was started again.
        if let Ok(before) = kubectl.run(&["logs", pod, "--previous", "--tail=10"]).await {
            eprintln!("--- {pod} before it was started again\n{before}");
        }
    }
}

async fn show(kubectl: &Kubectl, arguments: &[&str], lines: usize) {
    let text = match kubectl.run(arguments).await {
        Ok(text) => text,
        Err(error) => format!("{error:#}"),
    };
    let all: Vec<_> = text.lines().collect();
    let last = &all[all.len().saturating_sub(lines)..];
    eprintln!("--- kubectl {}\n{}", arguments.join(" "), last.join("\n"));
}

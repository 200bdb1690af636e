{{- define "chat.alerts" -}}
{{- $series := include "workload.series" . -}}
- alert: ChappeOutboxStalls
  # Every replica reports the same outbox.
  expr: |
    max(chappe_outbox_oldest_age_seconds{ {{- $series -}} }) > 30
  for: 1m
  labels: {severity: critical}
  annotations:
    summary: Committed messages do not reach the event log
    description: >-
      The oldest has waited for {{ "{{ $value | humanizeDuration }}" }}. Nothing is lost, but nobody sees what is written.
      Is Kafka there, and do its topics have enough replicas in sync?
- alert: ChappeUseCasesFail
  expr: |
    sum by (use_case) (rate(chappe_chat_use_case_failures_total{ {{- $series -}} }[5m]))
      / sum by (use_case) (rate(chappe_chat_use_case_duration_seconds_count{ {{- $series -}} }[5m])) > 0.01
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: chat fails to answer
    description: >-
      {{ "{{ $value | humanizePercentage }} of {{ $labels.use_case }}" }} failed through no fault of the caller. The log of
      chat has the reason, most often the database's.
- alert: ChappeUseCasesSlow
  expr: |
    histogram_quantile(0.99, sum by (le, use_case) (rate(chappe_chat_use_case_duration_seconds_bucket{ {{- $series -}} }[5m]))) > 1
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: chat answers slowly
    description: >-
      1 of 100 {{ "{{ $labels.use_case }}" }} took longer than {{ "{{ $value | humanizeDuration }}" }}. Log-ins take CPU by
      design; for the others look at the database first.
{{- end }}

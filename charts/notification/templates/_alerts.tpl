{{- define "notification.alerts" -}}
{{- $series := include "workload.series" . -}}
- alert: ChappeRegistryNotBelieved
  expr: |
    max(chappe_router_broadcasting{ {{- $series -}} }) == 1
  for: 5m
  labels: {severity: warning}
  annotations:
    summary: Events go to all gateways
    description: >-
      The registry in Redis is away, was emptied, or a gateway does not agree with it. Nothing is lost; every
      gateway gets every event, and gateways are not scaled down meanwhile.
- alert: ChappeDeliveriesGivenUp
  expr: |
    sum(rate(chappe_router_batches_total{ {{- $series -}} ,chappe_outcome="given_up"}[5m]))
      / sum(rate(chappe_router_batches_total{ {{- $series -}} }[5m])) > 0.01
  for: 5m
  labels: {severity: warning}
  annotations:
    summary: Gateways do not acknowledge what routers send
    description: >-
      {{ "{{ $value | humanizePercentage }}" }} of the batches were given up after 2 s. Those gateways fetch what they missed from
      chat, which costs time. Are they short of CPU?
- alert: ChappeRoutingSlow
  expr: |
    histogram_quantile(0.99, sum by (le) (rate(messaging_process_duration_seconds_bucket{ {{- $series -}} }[5m]))) > 1
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: Routing is slow
    description: >-
      1 of 100 batches took longer than {{ "{{ $value | humanizeDuration }}" }} from its receipt until all its gateways had it. Is
      Redis slow, or notification short of CPU? More replicas share the partitions.
{{- end }}

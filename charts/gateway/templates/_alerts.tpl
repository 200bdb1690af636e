{{- define "gateway.alerts" -}}
{{- $series := include "workload.series" . -}}
- alert: ChappeGatewayNearlyFull
  expr: |
    chappe_gateway_connections{ {{- $series -}} } > {{ mulf 0.85 .Values.limits.connections }}
  for: 5m
  labels: {severity: warning}
  annotations:
    summary: A gateway nears its limit of connections
    description: >-
      {{ "{{ $labels.pod }} has {{ $value }}" }} WebSockets and refuses more than {{ .Values.limits.connections | int64 }}. Let
      there be more gateways: raise `gateway.scaling.max`, or `gateway.replicas` where the operator does not scale.
- alert: ChappeDeliverySlow
  expr: |
    histogram_quantile(0.99, sum by (le) (rate(chappe_delivery_duration_seconds_bucket{ {{- $series -}} }[5m]))) > 1
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: Messages arrive late
    description: >-
      1 of 100 events took {{ "{{ $value | humanizeDuration }}" }} or longer from its commit to its readers' queues. Look
      where the time goes in a trace of one message; the outbox, the router and the gateways each have a metric.
- alert: ChappeRequestsFail
  expr: |
    sum(rate(http_server_request_duration_seconds_count{ {{- $series -}} ,http_response_status_code=~"5.."}[5m]))
      / sum(rate(http_server_request_duration_seconds_count{ {{- $series -}} }[5m])) > 0.01
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: Requests fail
    description: >-
      {{ "{{ $value | humanizePercentage }}" }} of the HTTP requests were answered with 5xx. Is chat there, and does it
      reach its database?
- alert: ChappeReadersSlow
  expr: |
    sum(rate(chappe_gateway_slow_readers_total{ {{- $series -}} }[15m]))
      / sum(chappe_gateway_connections{ {{- $series -}} }) > 0.001
  for: 15m
  labels: {severity: info}
  annotations:
    summary: Many clients do not read what they are sent
    description: >-
      More than 1 in 1000 connections a second is closed because its queue is full. They come back and miss
      nothing, but a network or a client is too slow.
- alert: ChappeFeedsReset
  expr: |
    increase(chappe_gateway_feed_resets_total{ {{- $series -}} }[10m]) > 0
  labels: {severity: info}
  annotations:
    summary: The database has a new epoch
    description: >-
      Gateways began all feeds anew, as they do after a restore from a backup. If nobody restored one, look at once
      which database chat is connected to.
{{- end }}

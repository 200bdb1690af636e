{{- define "bot.alerts" -}}
{{- $series := include "workload.series" . -}}
- alert: ChappeBridgeStalls
  expr: |
    sum(rate(messaging_client_sent_messages_total{ {{- $series -}} ,error_type!=""}[5m])) > 0
  for: 10m
  labels: {severity: critical}
  annotations:
    summary: What Telegram says does not reach the event log
    description: >-
      It waits in the bot's tables and is lost to nobody, but the bridged rooms do not see it. Is Kafka there?
{{- end }}

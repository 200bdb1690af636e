{{- define "operator.alerts" -}}
{{- $series := include "workload.series" . -}}
- alert: ChappeReconcileFails
  expr: |
    sum by (kind) (increase(chappe_operator_reconcile_duration_seconds_count{ {{- $series -}} ,outcome!="ok"}[15m])) > 0
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: The operator does not get on
    description: >-
      It fails to bring a {{ "{{ $labels.kind }}" }} in line. Its conditions say why (`kubectl describe`), and the operator's log.
{{- end }}

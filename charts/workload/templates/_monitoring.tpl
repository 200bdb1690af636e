{{/* Needs the custom resources of the Prometheus operator. */}}
{{- define "workload.podMonitor" -}}
{{- with .Values.global.monitoring.podMonitor -}}
{{- if .enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  {{- include "workload.metadata" $ | nindent 2 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "workload.selector" $ | nindent 6 }}
  podMetricsEndpoints:
    - port: admin
      path: /metrics
      interval: {{ .interval }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The alerts that the chart defines in `<chart>.alerts`. */}}
{{- define "workload.prometheusRule" -}}
{{- with .Values.global.monitoring.prometheusRule -}}
{{- if .enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "workload.metadata" $ | nindent 2 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  groups:
    - name: {{ include "workload.fullname" $ }}
      rules:
        - alert: ChappePodDown
          expr: up{ {{- include "workload.series" $ -}} } == 0
          for: 5m
          labels: {severity: warning, component: {{ $.Chart.Name }}}
          annotations:
            summary: A Pod of {{ $.Chart.Name }} can't be scraped
            description: >-
              {{ "{{ $labels.namespace }}/{{ $labels.pod }}" }} has not answered for 5 minutes. Look at the Pod's
              events and its log.
        - alert: ChappeServiceDown
          expr: absent(up{ {{- include "workload.series" $ -}} } == 1)
          for: 3m
          labels: {severity: critical, component: {{ $.Chart.Name }}}
          annotations:
            summary: No replica of {{ $.Chart.Name }} is there
            description: >-
              `kubectl --namespace {{ $.Release.Namespace }} describe deployment {{ include "workload.fullname" $ }}` says what became
              of them.
        {{- include (printf "%s.alerts" $.Chart.Name) $ | nindent 8 }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Selects the series of this chart's Pods: the PodMonitor's namespace and name are their job. */}}
{{- define "workload.series" -}}
job="{{ .Release.Namespace }}/{{ include "workload.fullname" . }}"
{{- end }}

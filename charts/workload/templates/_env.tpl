{{/* The variables of a service's container. */}}
{{- define "workload.env" -}}
{{- $own := include "workload.own" . | fromYaml -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: CHAPPE_ADMIN_LISTEN
  value: 0.0.0.0:{{ $ports.admin }}
{{- range include "workload.secretFiles" . | fromYamlArray }}
{{- if .variable }}
- name: {{ .variable }}
  value: {{ include "workload.secretsFolder" $ }}/{{ .file }}
{{- end }}
{{- end }}
{{- if has "kafka" $own.needs }}
{{- include "workload.kafkaEnv" . | nindent 0 }}
{{- end }}
{{- include "workload.telemetryEnv" . | nindent 0 }}
{{- with concat ($own.env | default list) .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "workload.kafkaEnv" -}}
{{- $kafka := .Values.global.kafka -}}
- name: CHAPPE_BUS_URL
  value: kafka:{{ required "global.kafka.bootstrapServers names the brokers: host:port, several separated by commas" $kafka.bootstrapServers }}
- name: CHAPPE_KAFKA_REPLICATION
  value: {{ $kafka.replication | quote }}
{{- if $kafka.tls.enabled }}
- name: CHAPPE_KAFKA_TLS
  value: "true"
{{- end }}
{{- if $kafka.sasl.enabled }}
- name: CHAPPE_KAFKA_SASL_MECHANISM
  value: {{ $kafka.sasl.mechanism }}
{{- end }}
{{- end }}

{{- define "workload.telemetryEnv" -}}
{{- $telemetry := .Values.global.telemetry -}}
- name: CHAPPE_LOG
  value: {{ $telemetry.log | quote }}
- name: CHAPPE_LOG_FORMAT
  value: {{ $telemetry.logFormat }}
{{- if $telemetry.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ $telemetry.otlpEndpoint }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: >-
    service.namespace=chappe,service.version={{ .Chart.AppVersion }},service.instance.id=$(POD_NAMESPACE).$(POD_NAME),k8s.namespace.name=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME)
- name: CHAPPE_TRACE_RATIO
  value: {{ $telemetry.traceRatio | quote }}
{{- end }}
{{- end }}

{{- define "operator.own" -}}
replicas: {{ .Values.replicas }}
stopSeconds: 10
speaksToKubernetes: true
needs: []
calls: {gateway: "", notification: "", bot: ""}
calledBy: []
env:
  - name: CHAPPE_NAMESPACE
    valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
  - name: CHAPPE_POD_NAME
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
egress:
  # The API server. Its addresses are the cluster's affair: name them in `networkPolicy.apiServer.to`.
  {{- include "workload.egressTo" .Values.networkPolicy.apiServer | nindent 2 }}
  # It makes topics.
  {{- include "workload.egressTo" .Values.global.networkPolicy.kafka | nindent 2 }}
{{- end }}

{{/* Objects of the cluster are named after the namespace too: each may have its own Chappe. */}}
{{- define "operator.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "workload.fullname" .) -}}
{{- end }}

{{- define "operator.releaseName" -}}
{{- printf "%s-release" (include "workload.fullname" .) -}}
{{- end }}

{{/* Not the operator's own labels: its Pods are counted by these. */}}
{{- define "operator.releaseLabels" -}}
app.kubernetes.io/name: operator-release
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: chappe
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Of what helm makes when the release is gone. Annotations come last: more may follow. */}}
{{- define "operator.releaseMetadata" -}}
name: {{ include "operator.releaseName" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "operator.releaseLabels" . | nindent 2 }}
annotations:
  helm.sh/hook: post-delete
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

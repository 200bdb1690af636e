{{/*
Names, labels and images. There is no nameOverride: the services find one another, and the operator
finds them, by names that follow from the release's name alone.
*/}}

{{/* Name of what CHART installs in this release; a release named after the chart lends it its name. */}}
{{- define "workload.nameOf" -}}
{{- $release := .context.Release.Name -}}
{{- if contains .chart $release -}}
{{- $release | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" $release .chart | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "workload.fullname" -}}
{{- include "workload.nameOf" (dict "context" . "chart" .Chart.Name) -}}
{{- end }}

{{/* Where CHART's service answers gRPC. */}}
{{- define "workload.urlOf" -}}
{{- $port := (include "workload.portsOf" . | fromYaml).grpc -}}
{{- printf "http://%s:%v" (include "workload.nameOf" .) $port -}}
{{- end }}

{{/* The headless Service of the gateways, by which routers and the operator find each of them. */}}
{{- define "workload.gatewayEdge" -}}
{{- printf "%s-edge" (include "workload.nameOf" (dict "context" . "chart" "gateway")) -}}
{{- end }}

{{/* The labels by which Pods of CHART are selected. They can't change: a Deployment's selector is fixed. */}}
{{- define "workload.selectorOf" -}}
app.kubernetes.io/name: {{ .chart }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- end }}

{{- define "workload.selector" -}}
{{- include "workload.selectorOf" (dict "context" . "chart" .Chart.Name) -}}
{{- end }}

{{/* Labels of Pods: without the chart's version, so that only what changes a Pod replaces it. */}}
{{- define "workload.podLabels" -}}
{{ include "workload.selector" . }}
app.kubernetes.io/component: {{ .Chart.Name }}
app.kubernetes.io/part-of: chappe
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "workload.labels" -}}
{{ include "workload.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Name, namespace and labels of an object that is named after the chart. */}}
{{- define "workload.metadata" -}}
name: {{ include "workload.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "workload.labels" . | nindent 2 }}
{{- end }}

{{/* What is said of this chart's image comes before what is said of all. */}}
{{- define "workload.image" -}}
{{- $image := .Values.image -}}
{{- $all := .Values.global.image -}}
{{- $name := printf "%s/%s" ($image.registry | default $all.registry) $image.repository -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default $all.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{- define "workload.imagePullPolicy" -}}
{{- .Values.image.pullPolicy | default .Values.global.image.pullPolicy -}}
{{- end }}

{{- define "workload.imagePullSecrets" -}}
{{- with concat .Values.global.image.pullSecrets .Values.image.pullSecrets | uniq -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "workload.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "workload.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

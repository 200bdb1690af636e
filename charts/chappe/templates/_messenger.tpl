{{/* How many gateways the Messenger asks for in the cluster; at first, as many as the values say. */}}
{{- define "chappe.gatewayReplicas" -}}
{{- $replicas := .Subcharts.gateway.Values.replicas -}}
{{- /* Before the CRD is there, a look-up would fail. */ -}}
{{- if .Capabilities.APIVersions.Has "chappe.dev/v1alpha1/Messenger" -}}
{{- $messenger := lookup "chappe.dev/v1alpha1" "Messenger" .Release.Namespace (include "workload.fullname" .) -}}
{{- $replicas = dig "spec" "gateway" "replicas" $replicas $messenger -}}
{{- end -}}
{{- $replicas -}}
{{- end }}

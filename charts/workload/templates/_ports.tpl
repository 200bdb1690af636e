{{/* The container ports of each service. Its Services, addresses and NetworkPolicies follow from them. */}}
{{- define "workload.ports" -}}
gateway: {http: 8080, grpc: 7003, admin: 7903}
chat: {grpc: 7001, admin: 7901}
notification: {grpc: 7002, admin: 7902}
bot: {grpc: 7004, admin: 7904}
operator: {admin: 7905}
{{- end }}

{{- define "workload.portsOf" -}}
{{- get (include "workload.ports" . | fromYaml) .chart | toYaml -}}
{{- end }}

{{/* Ports of the chart's own service. */}}
{{- define "workload.ownPorts" -}}
{{- include "workload.portsOf" (dict "chart" .Chart.Name) -}}
{{- end }}

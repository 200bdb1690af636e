{{- define "notification.own" -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
{{- $gatewayPort := (include "workload.portsOf" (dict "chart" "gateway") | fromYaml).grpc -}}
{{- if not .Values.autoscaling.enabled }}
replicas: {{ .Values.replicas }}
{{- end }}
stopSeconds: 20
needs: [redis, kafka]
calls:
  gateway: {{ .Values.gatewayUrl }}
calledBy: [gateway, operator]
env:
  - name: CHAPPE_LISTEN
    value: 0.0.0.0:{{ $ports.grpc }}
  - name: CHAPPE_GATEWAY_URL
    value: {{ .Values.gatewayUrl | default (printf "http://%s:%v" (include "workload.gatewayEdge" .) $gatewayPort) }}
{{- end }}

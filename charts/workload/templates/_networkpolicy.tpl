{{/*
Who may speak to whom. Ingress and egress are both closed but for what is written here, so the two ends
of a call between services are allowed twice, once on each side.
*/}}
{{- define "workload.networkPolicy" -}}
{{- $own := include "workload.own" . | fromYaml -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
{{- with .Values.global.networkPolicy -}}
{{- if .enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "workload.metadata" $ | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "workload.selector" $ | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- with $own.ingress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $own.calledBy }}
    - from:
        {{- range . }}
        - podSelector:
            matchLabels:
              {{- include "workload.selectorOf" (dict "context" $ "chart" .) | nindent 14 }}
        {{- end }}
      ports:
        - port: {{ $ports.grpc }}
    {{- end }}
    # Metrics, and the readiness that `helm test` asks for. (The kubelet's probes need no rule.)
    - from:
        - podSelector:
            matchLabels:
              {{- include "workload.selectorOf" (dict "context" $ "chart" "chappe") | nindent 14 }}
              app.kubernetes.io/component: test
        {{- with .metricsFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - port: {{ $ports.admin }}
  egress:
    {{- include "workload.egressToNames" $ | nindent 4 }}
    {{- range $chart, $url := $own.calls }}
    {{- if $url }}
    # Outside the release.
    - ports:
        - port: {{ (urlParse $url).host | splitList ":" | last }}
    {{- else }}
    - to:
        - podSelector:
            matchLabels:
              {{- include "workload.selectorOf" (dict "context" $ "chart" $chart) | nindent 14 }}
      ports:
        - port: {{ (include "workload.portsOf" (dict "chart" $chart) | fromYaml).grpc }}
    {{- end }}
    {{- end }}
    {{- range $own.needs }}
    {{- include "workload.egressTo" (get $.Values.global.networkPolicy .) | nindent 4 }}
    {{- end }}
    {{- if $.Values.global.telemetry.otlpEndpoint }}
    {{- include "workload.egressTo" .otlp | nindent 4 }}
    {{- end }}
    {{- with $own.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Where names are resolved. */}}
{{- define "workload.egressToNames" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
  to:
    {{- toYaml .Values.global.networkPolicy.dnsTo | nindent 4 }}
{{- end }}

{{/* A server outside the release: {ports, to}; without `to` it may be anywhere. */}}
{{- define "workload.egressTo" -}}
- ports:
    {{- range .ports }}
    - port: {{ . }}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

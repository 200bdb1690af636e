{{- define "chat.own" -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
{{- if not .Values.autoscaling.enabled }}
replicas: {{ .Values.replicas }}
{{- end }}
stopSeconds: 20
needs: [database, kafka]
calls: {}
calledBy: [gateway, bot]
env:
  - name: CHAPPE_LISTEN
    value: 0.0.0.0:{{ $ports.grpc }}
  # With an operator new Pods wait for its migration; without one, the first of them migrates.
  - name: CHAPPE_MIGRATIONS
    value: {{ .Values.global.operator.enabled | ternary "await" "apply" }}
  - name: CHAPPE_ISSUER
    value: {{ .Values.issuer | default (printf "http://%s.%s" (include "workload.nameOf" (dict "context" . "chart" "gateway")) .Release.Namespace) }}
  - name: CHAPPE_ACCESS_TOKEN_SECONDS
    value: {{ .Values.accessTokenSeconds | int64 | quote }}
{{- with .Values.signingKey }}
{{- if .existingSecret }}
secrets:
  - variable: CHAPPE_SIGNING_KEY_FILE
    file: signing-key.pem
    secret: {{ .existingSecret }}
    key: {{ .key }}
{{- end }}
{{- end }}
{{- end }}

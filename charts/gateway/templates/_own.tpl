{{- define "gateway.own" -}}
{{- $chat := dict "context" . "chart" "chat" -}}
{{- $notification := dict "context" . "chart" "notification" -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
{{- if not (include "gateway.scaledByOperator" .) }}
replicas: {{ .Values.replicas }}
{{- end }}
stopSeconds: {{ .Values.drain.timeoutSeconds }}
needs: []
calls:
  chat: {{ .Values.chatUrl }}
  notification: {{ .Values.notificationUrl }}
calledBy: [notification, operator]
env:
  - name: POD_IP
    valueFrom: {fieldRef: {fieldPath: status.podIP}}
  - name: CHAPPE_PUBLIC_LISTEN
    value: 0.0.0.0:{{ $ports.http }}
  - name: CHAPPE_LISTEN
    value: 0.0.0.0:{{ $ports.grpc }}
  - name: CHAPPE_ADVERTISE
    value: http://$(POD_IP):{{ $ports.grpc }}
  - name: CHAPPE_GATEWAY_ID
    value: $(POD_NAME)
  - name: CHAPPE_CHAT_URL
    value: {{ .Values.chatUrl | default (include "workload.urlOf" $chat) }}
  - name: CHAPPE_NOTIFICATION_URL
    value: {{ .Values.notificationUrl | default (include "workload.urlOf" $notification) }}
  {{- with .Values.allowedOrigins }}
  - name: CHAPPE_ALLOWED_ORIGIN
    value: {{ join "," . | quote }}
  {{- end }}
  {{- with .Values.trustedProxies }}
  - name: CHAPPE_TRUSTED_PROXY
    value: {{ join "," . | quote }}
  {{- end }}
  - name: CHAPPE_HEARTBEAT_SECONDS
    value: {{ .Values.heartbeatSeconds | quote }}
  {{- with .Values.limits }}
  - name: CHAPPE_MAX_CONNECTIONS
    value: {{ .connections | int64 | quote }}
  - name: CHAPPE_ADDRESS_CONNECTIONS
    value: {{ .connectionsPerAddress | int64 | quote }}
  - name: CHAPPE_PERSON_CONNECTIONS
    value: {{ .connectionsPerPerson | int64 | quote }}
  - name: CHAPPE_ADDRESS_RATE
    value: {{ .requestsPerAddress | int64 | quote }}
  - name: CHAPPE_PERSON_RATE
    value: {{ .requestsPerPerson | int64 | quote }}
  - name: CHAPPE_SIGN_IN_RATE
    value: {{ .signInsPerAddress | int64 | quote }}
  {{- end }}
  {{- with .Values.drain }}
  - name: CHAPPE_DRAIN_RATE
    value: {{ .closesPerSecond | int64 | quote }}
  - name: CHAPPE_DRAIN_TIMEOUT_SECONDS
    value: {{ .timeoutSeconds | quote }}
  - name: CHAPPE_RECONNECT_JITTER_SECONDS
    value: {{ .reconnectJitterSeconds | quote }}
  {{- end }}
ingress:
  # People, through whatever stands before the gateway.
  - ports:
      - port: {{ $ports.http }}
    {{- with .Values.networkPolicy.publicFrom }}
    from:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}

{{/* Whether the operator decides how many gateways there are; "" is no. */}}
{{- define "gateway.scaledByOperator" -}}
{{- if and .Values.global.operator.enabled (ne .Values.scaling.mode "None") -}}yes{{- end -}}
{{- end }}

{{- define "bot.own" -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
{{- $chat := dict "context" . "chart" "chat" -}}
replicas: {{ .Values.replicas }}
stopSeconds: 20
needs: [database, kafka]
calls:
  chat: {{ .Values.chatUrl }}
calledBy: [operator]
env:
  - name: CHAPPE_LISTEN
    value: 0.0.0.0:{{ $ports.grpc }}
  - name: CHAPPE_MIGRATIONS
    value: {{ .Values.global.operator.enabled | ternary "await" "apply" }}
  - name: CHAPPE_CHAT_URL
    value: {{ .Values.chatUrl | default (include "workload.urlOf" $chat) }}
  - name: CHAPPE_BOTS
    value: /etc/chappe/bots/bots.json
  {{- with .Values.telegramApiUrl }}
  - name: CHAPPE_TELEGRAM_API_URL
    value: {{ . }}
  {{- end }}
volumes:
  # A folder and not a file of it: only then a changed token arrives in running Pods. The operator writes
  # the Secret with the first TelegramBot; there is none before.
  - name: bots
    secret:
      secretName: {{ include "bot.botsSecret" . }}
      optional: true
      defaultMode: 0440
mounts:
  - name: bots
    mountPath: /etc/chappe/bots
    readOnly: true
egress:
  # Telegram.
  - ports:
      {{- range .Values.networkPolicy.telegram.ports }}
      - port: {{ . }}
      {{- end }}
    {{- with .Values.networkPolicy.telegram.to }}
    to:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}

{{- define "bot.botsSecret" -}}
{{- .Values.botsSecret | default (printf "%s-bots" .Release.Name) -}}
{{- end }}

{{/*
Secrets are mounted as files under /etc/chappe/secrets and named by CHAPPE_…_FILE: a file shows up
neither in `kubectl describe` nor in what a child process or a crash report inherits.
*/}}
{{- define "workload.secretsFolder" -}}/etc/chappe/secrets{{- end }}

{{/* The Secret of WHAT (internal, database, redis, kafka): an existing one, or the umbrella's. */}}
{{- define "workload.secretOf" -}}
{{- $context := .context -}}
{{- if .existing -}}
{{- .existing -}}
{{- else if and $context.Chart.IsRoot (ne $context.Chart.Name "chappe") -}}
{{- fail (printf "the chart %s alone makes no Secrets: name one in %s" $context.Chart.Name .value) -}}
{{- else -}}
{{- printf "%s-%s" (include "workload.nameOf" (dict "context" $context "chart" "chappe")) .what -}}
{{- end -}}
{{- end }}

{{- define "workload.internalSecret" -}}
{{- include "workload.secretOf" (dict "context" . "what" "internal" "existing" .Values.global.internalCredential.existingSecret "value" "global.internalCredential.existingSecret") -}}
{{- end }}

{{- define "workload.databaseSecret" -}}
{{- include "workload.secretOf" (dict "context" . "what" "database" "existing" .Values.global.database.existingSecret "value" "global.database.existingSecret") -}}
{{- end }}

{{- define "workload.redisSecret" -}}
{{- include "workload.secretOf" (dict "context" . "what" "redis" "existing" .Values.global.redis.existingSecret "value" "global.redis.existingSecret") -}}
{{- end }}

{{- define "workload.kafkaSecret" -}}
{{- include "workload.secretOf" (dict "context" . "what" "kafka" "existing" .Values.global.kafka.sasl.existingSecret "value" "global.kafka.sasl.existingSecret") -}}
{{- end }}

{{/* All files of secrets that the chart's service reads: {variable, file, secret, key}. */}}
{{- define "workload.secretFiles" -}}
{{- $own := include "workload.own" . | fromYaml -}}
{{- $global := .Values.global -}}
- variable: CHAPPE_INTERNAL_CREDENTIAL_FILE
  file: internal-credential
  secret: {{ include "workload.internalSecret" . }}
  key: {{ $global.internalCredential.key }}
{{- if has "database" $own.needs }}
- variable: CHAPPE_DATABASE_URL_FILE
  file: database-url
  secret: {{ include "workload.databaseSecret" . }}
  key: {{ $global.database.key }}
{{- if $global.database.caKey }}
- file: database-ca.crt
  secret: {{ include "workload.databaseSecret" . }}
  key: {{ $global.database.caKey }}
{{- end }}
{{- end }}
{{- if has "redis" $own.needs }}
- variable: CHAPPE_REGISTRY_URL_FILE
  file: redis-url
  secret: {{ include "workload.redisSecret" . }}
  key: {{ $global.redis.key }}
{{- end }}
{{- if has "kafka" $own.needs }}
{{- if $global.kafka.sasl.enabled }}
- variable: CHAPPE_KAFKA_USERNAME_FILE
  file: kafka-username
  secret: {{ include "workload.kafkaSecret" . }}
  key: {{ $global.kafka.sasl.usernameKey }}
- variable: CHAPPE_KAFKA_PASSWORD_FILE
  file: kafka-password
  secret: {{ include "workload.kafkaSecret" . }}
  key: {{ $global.kafka.sasl.passwordKey }}
{{- end }}
{{- with $global.kafka.tls }}
{{- if and .enabled .caSecret }}
- variable: CHAPPE_KAFKA_CA
  file: kafka-ca.crt
  secret: {{ .caSecret }}
  key: {{ .caKey }}
{{- end }}
{{- if and .enabled .clientSecret }}
- variable: CHAPPE_KAFKA_CERTIFICATE
  file: kafka-client.crt
  secret: {{ .clientSecret }}
  key: tls.crt
- variable: CHAPPE_KAFKA_KEY
  file: kafka-client.key
  secret: {{ .clientSecret }}
  key: tls.key
{{- end }}
{{- end }}
{{- end }}
{{- with $own.secrets }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
Changes with what the umbrella writes into Secrets for this service, and so replaces its Pods. Secrets
that somebody else makes are somebody else's to roll; the generated credential never changes.
*/}}
{{- define "workload.checksum" -}}
{{- $own := include "workload.own" . | fromYaml -}}
{{- $global := .Values.global -}}
{{- $written := dict -}}
{{- if and (has "database" $own.needs) (not $global.database.existingSecret) -}}
{{- $_ := set $written "database" $global.database.url -}}
{{- end -}}
{{- if and (has "redis" $own.needs) (not $global.redis.existingSecret) -}}
{{- $_ := set $written "redis" $global.redis.url -}}
{{- end -}}
{{- if and (has "kafka" $own.needs) $global.kafka.sasl.enabled (not $global.kafka.sasl.existingSecret) -}}
{{- $_ := set $written "kafka" (list $global.kafka.sasl.username $global.kafka.sasl.password) -}}
{{- end -}}
{{- if $written -}}
checksum/secrets: {{ $written | toJson | sha256sum }}
{{- end -}}
{{- end }}

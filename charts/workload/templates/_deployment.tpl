{{/* The Deployment of a service. */}}
{{- define "workload.deployment" -}}
{{- $own := include "workload.own" . | fromYaml -}}
{{- $ports := include "workload.ownPorts" . | fromYaml -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "workload.metadata" . | nindent 2 }}
spec:
  {{- if hasKey $own "replicas" }}
  replicas: {{ $own.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  # A new Pod serves for so long before an old one is told to go. Terminating Pods are not counted: at 0,
  # all old ones could drain at once.
  minReadySeconds: {{ .Values.minReadySeconds }}
  # Longer than a migration may take: new Pods are not ready until the schema is theirs.
  progressDeadlineSeconds: 900
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "workload.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "workload.podLabels" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- $checksum := include "workload.checksum" . }}
      {{- if or $checksum .Values.podAnnotations }}
      annotations:
        {{- with $checksum }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with .Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "workload.serviceAccountName" . }}
      automountServiceAccountToken: {{ $own.speaksToKubernetes | default false }}
      # Variables for every Service of the namespace would be taken for settings.
      enableServiceLinks: false
      {{- with include "workload.imagePullSecrets" . }}
      {{- . | nindent 6 }}
      {{- end }}
      securityContext:
        {{- include "workload.podSecurityContext" . | nindent 8 }}
      terminationGracePeriodSeconds: {{ include "workload.gracePeriodSeconds" . }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ include "workload.image" . }}
          imagePullPolicy: {{ include "workload.imagePullPolicy" . }}
          {{- with $own.args }}
          args: {{ toJson . }}
          {{- end }}
          ports:
            {{- range $name, $port := $ports }}
            - name: {{ $name }}
              containerPort: {{ $port }}
            {{- end }}
          env:
            {{- include "workload.env" . | nindent 12 }}
          {{- include "workload.probes" . | nindent 10 }}
          {{- if .Values.preStopSeconds }}
          # The Pod serves on until nobody sends it anything new. The kubelet sleeps: there is no shell.
          lifecycle:
            preStop:
              sleep:
                seconds: {{ .Values.preStopSeconds }}
          {{- end }}
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            {{- include "workload.containerSecurityContext" . | nindent 12 }}
          terminationMessagePolicy: FallbackToLogsOnError
          volumeMounts:
            - name: secrets
              mountPath: {{ include "workload.secretsFolder" . }}
              readOnly: true
            {{- with concat ($own.mounts | default list) .Values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: secrets
          projected:
            defaultMode: 0440
            sources:
              {{- range include "workload.secretFiles" . | fromYamlArray }}
              - secret:
                  name: {{ .secret }}
                  items:
                    - {key: {{ .key }}, path: {{ .file }}}
              {{- end }}
        {{- with concat ($own.volumes | default list) .Values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "workload.scheduling" . | trim | nindent 6 }}
{{- end }}

{{/* From the kubelet's first word to SIGKILL. The margin is for telemetry that is sent last. */}}
{{- define "workload.gracePeriodSeconds" -}}
{{- $own := include "workload.own" . | fromYaml -}}
{{- add .Values.preStopSeconds $own.stopSeconds 10 -}}
{{- end }}

{{/* With the container's, what the Pod Security Standard `restricted` asks for. */}}
{{- define "workload.podSecurityContext" -}}
runAsNonRoot: true
{{- if not .Values.global.platformAssignsUser }}
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "workload.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end }}

{{/*
Only /healthz may restart a container. A service that waits for a migration, for Postgres or for Redis
is alive and not ready, and starting it again would help nobody.
*/}}
{{- define "workload.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: admin}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: admin}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /readyz, port: admin}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end }}

{{- define "workload.scheduling" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
topologySpreadConstraints:
  {{- if .Values.topologySpreadConstraints }}
  {{- toYaml .Values.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "workload.selector" $ | nindent 8 }}
    # Each revision is spread by itself: the old Pods of a rollout are about to leave.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
  {{- end }}
{{- end }}

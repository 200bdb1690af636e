{{/* A Service without an address of its own: callers balance over the Pods' addresses. */}}
{{- define "workload.headlessService" -}}
{{- $ports := include "workload.ownPorts" .context | fromYaml -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name | default (include "workload.fullname" .context) }}
  namespace: {{ .context.Release.Namespace }}
  labels:
    {{- include "workload.labels" .context | nindent 4 }}
spec:
  clusterIP: None
  {{- if .publishNotReadyAddresses }}
  publishNotReadyAddresses: true
  {{- end }}
  selector:
    {{- include "workload.selector" .context | nindent 4 }}
  ports:
    - name: grpc
      port: {{ $ports.grpc }}
      targetPort: grpc
      appProtocol: kubernetes.io/h2c
    - name: admin
      port: {{ $ports.admin }}
      targetPort: admin
      appProtocol: http
{{- end }}

{{- define "workload.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "workload.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "workload.labels" . | nindent 4 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
# Pods that speak to the API server ask for their token themselves.
automountServiceAccountToken: false
{{- end -}}
{{- end }}

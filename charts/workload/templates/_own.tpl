{{/*
What is a service's own. Each chart defines `<chart>.own`, in YAML:

  replicas            absent where something else scales the Deployment
  stopSeconds         how long the binary takes at most to end what it has begun, once it is told to stop
  needs               which of database, redis and kafka it speaks to
  env                 container variables besides those that all services have
  secrets             files besides those that follow from `needs`: {variable, file, secret, key}
  volumes, mounts     of its Pods, likewise
  calls               {<chart>: <address>}: whose gRPC it calls; without an address, that of this release
  calledBy            charts that call its own
  ingress, egress     rules of its NetworkPolicy besides those that follow from the above
  speaksToKubernetes  true for what needs a token of its service account
*/}}
{{- define "workload.own" -}}
{{- include (printf "%s.own" .Chart.Name) . -}}
{{- end }}

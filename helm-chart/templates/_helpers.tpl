{{- define "tocsin.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Prefix of all names: short, as evaluators and Alertmanager's members add to it. */}}
{{- define "tocsin.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "tocsin.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "tocsin.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "tocsin.operator.name" -}}{{ include "tocsin.fullname" . }}-operator{{- end }}
{{- define "tocsin.alertmanager.name" -}}{{ include "tocsin.fullname" . }}-alertmanager{{- end }}
{{- define "tocsin.ingest.name" -}}{{ include "tocsin.fullname" . }}-ingest{{- end }}
{{- define "tocsin.victoriametrics.name" -}}{{ include "tocsin.fullname" . }}-victoriametrics{{- end }}

{{/* What a selector matches on: never changes. Called with (list $ "component"). The operator finds pods by name and component, so name is fixed. */}}
{{- define "tocsin.selectorLabels" -}}
app.kubernetes.io/name: tocsin
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels of a pod: nothing that changes from release to release, or each upgrade would replace every pod. */}}
{{- define "tocsin.podLabels" -}}
{{ include "tocsin.selectorLabels" . }}
app.kubernetes.io/part-of: tocsin
{{- with (index . 0).Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of an object. Called with (list $ "component"). */}}
{{- define "tocsin.labels" -}}
{{- $root := index . 0 -}}
{{ include "tocsin.podLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* labels and annotations of an object's metadata. Called with (list $ "component"). */}}
{{- define "tocsin.metadata" -}}
labels:
  {{- include "tocsin.labels" . | nindent 2 }}
{{- with (index . 0).Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* An image's full name: (list ROOT IMAGE). */}}
{{- define "tocsin.image" -}}
{{- $root := index . 0 }}{{ $image := index . 1 -}}
{{ with $root.Values.imageRegistry }}{{ trimSuffix "/" . }}/{{ end }}{{ $image.repository }}:{{ $image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{- define "tocsin.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Where pods may run. Called with the values of a component. */}}
{{- define "tocsin.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The datasources, as JSON {"datasources": [...]}; fails with the way out when there is none. */}}
{{- define "tocsin.datasources" -}}
{{- $datasources := .Values.datasources }}
{{- if not $datasources }}
{{- if not .Values.victoriametrics.enabled }}
{{- fail "\n\nvalues: datasources is empty, so no rule could be evaluated. Name your Prometheus-compatible server:\n\n    --set datasources[0].name=default \\\n    --set datasources[0].url=http://prometheus.monitoring.svc:9090 \\\n    --set datasources[0].language=PromQL\n\nor, to try Tocsin out without one, install the bundled VictoriaMetrics: --set victoriametrics.enabled=true\n" }}
{{- end }}
{{- $url := printf "http://%s.%s.svc:8428" (include "tocsin.victoriametrics.name" .) .Release.Namespace }}
{{- $datasources = list (dict "name" "default" "url" $url "language" "MetricsQL" "remoteWrite" (dict "url" $url)) }}
{{- end }}
{{- dict "datasources" $datasources | toJson }}
{{- end }}

{{/* The operator's configuration file; its fields are those of OperatorConfiguration.java. */}}
{{- define "tocsin.config" -}}
datasources:
  {{- get (include "tocsin.datasources" . | fromJson) "datasources" | toYaml | nindent 2 }}
rules:
  interval: {{ .Values.rules.interval }}
evaluators:
  image: {{ include "tocsin.image" (list . .Values.evaluators.image) }}
  imagePullPolicy: {{ .Values.evaluators.image.pullPolicy }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - {{ .name }}
    {{- end }}
  {{- end }}
  replicas: {{ .Values.evaluators.replicas }}
  slots: {{ .Values.evaluators.slots }}
  slotBytes: {{ int .Values.evaluators.slotBytes }}
  movesAtOnce: {{ int .Values.evaluators.movesAtOnce }}
  catchUpSeconds: {{ int .Values.evaluators.catchUpSeconds }}
  {{- range $key := list "resources" "extraArgs" "nodeSelector" "tolerations" "priorityClassName" "podAnnotations" }}
  {{- with get $.Values.evaluators $key }}
  {{- dict $key . | toYaml | nindent 2 }}
  {{- end }}
  {{- end }}
  podLabels:
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/part-of: tocsin
    {{- with merge (dict) .Values.evaluators.podLabels .Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
alertmanager:
  name: {{ include "tocsin.alertmanager.name" . }}
  service: {{ include "tocsin.alertmanager.name" . }}-members
  members: {{ .Values.alertmanager.members }}
  port: 9093
  configSecret: {{ include "tocsin.alertmanager.name" . }}-config
delivery:
  clusterPolicyNamespaces:
    {{- .Values.delivery.clusterPolicyNamespaces | default (list .Release.Namespace) | toYaml | nindent 4 }}
  {{- with .Values.delivery.defaultContactPoint }}
  defaultContactPoint: {{ . }}
  {{- end }}
observation:
  alertsSeconds: {{ .Values.observation.alertsSeconds }}
  rulesSeconds: {{ .Values.observation.rulesSeconds }}
quotas:
  alertsPerRule: {{ int .Values.quotas.alertsPerRule }}
  {{- with .Values.quotas.default }}
  default:
    {{- include "tocsin.quota" . | trim | nindent 4 }}
  {{- end }}
  {{- with .Values.quotas.namespaces }}
  namespaces:
    {{- range $namespace, $quota := . }}
    {{ $namespace }}:
      {{- include "tocsin.quota" $quota | trim | nindent 6 }}
    {{- end }}
  {{- end }}
{{- if .Values.adopt.prometheusRules }}
adopt:
  selector: {{ .Values.adopt.selector | quote }}
  {{- with .Values.adopt.datasource }}
  datasource: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* One quota; whole numbers stay whole, however large. */}}
{{- define "tocsin.quota" -}}
{{- if not . }}{}{{ end }}
{{- if hasKey . "rules" }}
rules: {{ int .rules }}
{{- end }}
{{- if hasKey . "evaluationsPerSecond" }}
evaluationsPerSecond: {{ .evaluationsPerSecond }}
{{- end }}
{{- end }}

{{/* What the bundled VictoriaMetrics scrapes. */}}
{{- define "tocsin.scrape" -}}
{{- $interval := int .Values.victoriametrics.scrapeIntervalSeconds -}}
global:
  scrape_interval: {{ $interval }}s
  scrape_timeout: {{ min $interval 10 }}s
scrape_configs:
  - job_name: apiserver
    scheme: https
    authorization: {credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token}
    tls_config: {ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt}
    static_configs:
      - targets: [kubernetes.default.svc:443]
    metric_relabel_configs:
      - source_labels: [__name__]
        regex: (apiserver_request(_sli)?_duration_seconds|apiserver_(request_body|response|watch_events|watch_list)_.*|etcd_request_duration_seconds|apiserver_admission_.*)_bucket
        action: drop
  {{- range $job, $path := dict "kubelet" "/metrics" "cadvisor" "/metrics/cadvisor" "probes" "/metrics/probes" }}
  - job_name: {{ $job }}
    scheme: https
    metrics_path: {{ $path }}
    # Values count from when they were asked for, also where the container runtime is behind.
    honor_timestamps: false
    authorization: {credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token}
    # Kubelets usually serve with a certificate of their own making.
    tls_config: {insecure_skip_verify: true}
    kubernetes_sd_configs: [{role: node}]
    relabel_configs:
      - {source_labels: [__meta_kubernetes_node_name], target_label: node}
  {{- end }}
  {{- range $job, $port := dict "operator" "8080" "evaluator" "8880" "alertmanager" "9093" "ingest" "8080" "victoriametrics" "8428" }}
  - job_name: {{ $job }}
    kubernetes_sd_configs:
      - role: pod
        namespaces: {names: [{{ $.Release.Namespace }}]}
        selectors: [{role: pod, label: "app.kubernetes.io/name=tocsin,app.kubernetes.io/component={{ $job }}"}]
    relabel_configs:
      # A pod is a target once per port it declares: keep the one with metrics.
      - {source_labels: [__meta_kubernetes_pod_container_port_number], regex: "{{ $port }}", action: keep}
      - {source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed, action: drop}
      - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
      - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
      - {source_labels: [__meta_kubernetes_pod_label_tocsin_dev_shard], target_label: shard}
  {{- end }}
{{- end }}

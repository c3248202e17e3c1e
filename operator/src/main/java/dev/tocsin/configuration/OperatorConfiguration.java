package dev.tocsin.configuration;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operator's configuration file.
 *
 * @param datasources where expressions are evaluated; at least one, names unique
 * @param rules defaults for AlertRules
 * @param evaluators how the vmalert shards are run
 * @param alertmanager the Alertmanager that the chart installs
 * @param delivery who may write Cluster policies, and who is told when no policy takes an alert
 * @param observation how often the engines are asked
 */
public record OperatorConfiguration(
        @JsonProperty(required = true) List<Datasource> datasources,
        @Nullable RuleDefaults rules,
        @JsonProperty(required = true) Evaluators evaluators,
        @JsonProperty(required = true) Alertmanager alertmanager,
        @Nullable Delivery delivery,
        @Nullable Observation observation) {

    public OperatorConfiguration {
        rules = Objects.requireNonNullElse(rules, new RuleDefaults(null));
        delivery = Objects.requireNonNullElse(delivery, new Delivery(null, null));
        observation = Objects.requireNonNullElse(observation, new Observation(null, null));
        if (datasources == null || datasources.isEmpty()) {
            throw new InvalidConfigurationException("datasources: at least one is needed");
        }
        Set<String> names = new HashSet<>();
        for (Datasource datasource : datasources) {
            if (!names.add(datasource.name())) {
                throw new InvalidConfigurationException(
                        "datasources: the name \"" + datasource.name() + "\" is used twice");
            }
        }
        datasources = List.copyOf(datasources);
    }

    /** The language of a datasource's expressions: it decides who can judge an expression ahead of its evaluation. */
    public enum Language {
        /** VictoriaMetrics: vmalert itself holds this parser. */
        MetricsQL,
        /** Prometheus, Mimir, Thanos: only the datasource knows. */
        PromQL
    }

    /**
     * A place where expressions are evaluated; it has a pool of evaluator shards of its own.
     *
     * @param name as AlertRules name it in spec.datasource
     * @param url base URL of the Prometheus HTTP API
     * @param type prometheus (the only one so far)
     * @param shards number of evaluator shards; default 2
     * @param evalDelay how far in the past expressions are evaluated (vmalert -rule.evalDelay); default 0s: the newest
     *     samples count, at the price of evaluating before late ones have arrived
     * @param auth how the datasource is authenticated to; none by default
     * @param insecureSkipVerify do not verify the datasource's TLS certificate
     */
    public record Datasource(
            @JsonProperty(required = true) String name,
            @JsonProperty(required = true) String url,
            @Nullable String type,
            @Nullable Language language,
            @Nullable Integer shards,
            @Nullable String evalDelay,
            @Nullable Auth auth,
            boolean insecureSkipVerify) {

        public Datasource {
            if (!name.matches("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")) {
                throw new InvalidConfigurationException("datasources: the name \"" + name
                        + "\" must be a DNS label of at most 40 characters (lower-case letters, digits, dashes)");
            }
            type = Objects.requireNonNullElse(type, "prometheus");
            if (!type.equals("prometheus")) {
                throw new InvalidConfigurationException(
                        "datasources[" + name + "].type: \"" + type + "\" is not known; use prometheus");
            }
            language = Objects.requireNonNullElse(language, Language.MetricsQL);
            shards = Objects.requireNonNullElse(shards, 2);
            if (shards < 1 || shards > 1000) {
                throw new InvalidConfigurationException("datasources[" + name + "].shards: must be 1 to 1000");
            }
            evalDelay = Objects.requireNonNullElse(evalDelay, "0s");
        }
    }

    /**
     * Credentials of a datasource, by reference to a Secret in the operator's namespace: the evaluators mount it.
     *
     * @param username user name of HTTP basic authentication, with password
     * @param password key of the Secret that holds the password
     * @param bearerToken key of the Secret that holds a bearer token; not together with username
     */
    public record Auth(
            @Nullable String username,
            @Nullable SecretKey password,
            @Nullable SecretKey bearerToken) {
        public Auth {
            if ((username == null) != (password == null) || (username == null) == (bearerToken == null)) {
                throw new InvalidConfigurationException(
                        "datasources[].auth: set either username and password, or bearerToken");
            }
        }
    }

    /** A key of a Secret in the operator's namespace. */
    public record SecretKey(
            @JsonProperty(required = true) String name,
            @JsonProperty(required = true) String key) {}

    /**
     * Defaults for AlertRules.
     *
     * @param interval evaluation interval of a rule that names none, Prometheus duration; default 30s
     */
    public record RuleDefaults(@Nullable String interval) {
        public RuleDefaults {
            interval = Objects.requireNonNullElse(interval, "30s");
        }
    }

    /**
     * How evaluators are run.
     *
     * @param image the vmalert image
     * @param imagePullSecrets names of Secrets in the operator's namespace that the image is pulled with
     * @param replicas replicas of each shard, each of which runs all rules of the shard; default 2
     * @param slots ConfigMaps that each shard can mount; default 32
     * @param slotBytes how full a slot may get, bytes; default 262144, at most 900000
     * @param resources Kubernetes resource requirements of the vmalert container
     * @param extraArgs further vmalert flags, for example -loggerLevel=WARN
     * @param podLabels further labels of the pods
     * @param podAnnotations further annotations of the pods
     */
    public record Evaluators(
            @JsonProperty(required = true) String image,
            @Nullable String imagePullPolicy,
            @Nullable List<String> imagePullSecrets,
            @Nullable Integer replicas,
            @Nullable Integer slots,
            @Nullable Integer slotBytes,
            @Nullable Map<String, Object> resources,
            @Nullable List<String> extraArgs,
            @Nullable Map<String, String> nodeSelector,
            @Nullable List<Map<String, Object>> tolerations,
            @Nullable String priorityClassName,
            @Nullable Map<String, String> podLabels,
            @Nullable Map<String, String> podAnnotations) {
        public Evaluators {
            imagePullPolicy = Objects.requireNonNullElse(imagePullPolicy, "IfNotPresent");
            imagePullSecrets = Objects.requireNonNullElse(imagePullSecrets, List.of());
            replicas = Objects.requireNonNullElse(replicas, 2);
            slots = Objects.requireNonNullElse(slots, 32);
            slotBytes = Objects.requireNonNullElse(slotBytes, 256 * 1024);
            if (slotBytes < 4096 || slotBytes > 900_000) {
                throw new InvalidConfigurationException("evaluators.slotBytes: must be 4096 to 900000");
            }
            if (slots < 1 || slots > 256) {
                throw new InvalidConfigurationException("evaluators.slots: must be 1 to 256");
            }
            resources = Objects.requireNonNullElse(resources, Map.of());
            extraArgs = Objects.requireNonNullElse(extraArgs, List.of());
            nodeSelector = Objects.requireNonNullElse(nodeSelector, Map.of());
            tolerations = Objects.requireNonNullElse(tolerations, List.of());
            podLabels = Objects.requireNonNullElse(podLabels, Map.of());
            podAnnotations = Objects.requireNonNullElse(podAnnotations, Map.of());
        }
    }

    /**
     * The Alertmanager that the chart installs.
     *
     * @param name name of its StatefulSet, in the operator's namespace
     * @param service name of its headless Service; default: the StatefulSet's name
     * @param members number of members: evaluators send to every one
     * @param port web port; default 9093
     * @param configSecret name of the Secret that the operator writes the configuration to, key alertmanager.yaml
     */
    public record Alertmanager(
            @JsonProperty(required = true) String name,
            @Nullable String service,
            @JsonProperty(required = true) Integer members,
            @Nullable Integer port,
            @JsonProperty(required = true) String configSecret) {
        public Alertmanager {
            service = Objects.requireNonNullElse(service, name);
            port = Objects.requireNonNullElse(port, 9093);
        }
    }

    /**
     * Rules of delivery.
     *
     * @param clusterPolicyNamespaces the namespaces in which NotificationPolicies may have scope Cluster
     * @param defaultContactPoint namespace/name of the ContactPoint that is told what no policy takes
     */
    public record Delivery(
            @Nullable List<String> clusterPolicyNamespaces,
            @Nullable String defaultContactPoint) {
        public Delivery {
            clusterPolicyNamespaces = Objects.requireNonNullElse(clusterPolicyNamespaces, List.of());
            if (defaultContactPoint != null && !defaultContactPoint.matches("[^/]+/[^/]+")) {
                throw new InvalidConfigurationException(
                        "delivery.defaultContactPoint: \"" + defaultContactPoint + "\" must be written namespace/name");
            }
        }
    }

    /**
     * How often engines are asked.
     *
     * @param alertsSeconds seconds between two polls of each replica's active alerts; default 1
     * @param rulesSeconds seconds between two polls of each replica's complete rule list (health, errors); default 15
     */
    public record Observation(
            @Nullable Integer alertsSeconds, @Nullable Integer rulesSeconds) {
        public Observation {
            alertsSeconds = Objects.requireNonNullElse(alertsSeconds, 1);
            rulesSeconds = Objects.requireNonNullElse(rulesSeconds, 15);
        }
    }

    /** The datasource of that name, if there is one. */
    public Optional<Datasource> datasource(String name) {
        return datasources.stream()
                .filter(datasource -> datasource.name().equals(name))
                .findFirst();
    }

    /**
     * Reads a configuration file.
     *
     * @throws InvalidConfigurationException naming the field and the fix
     */
    public static OperatorConfiguration read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new InvalidConfigurationException("the configuration file " + file + " cannot be read: " + e);
        }
    }

    /**
     * Reads a configuration.
     *
     * @param yaml text of the configuration file
     * @throws InvalidConfigurationException naming the field and the fix
     */
    public static OperatorConfiguration parse(String yaml) {
        try {
            return YAMLMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(yaml, OperatorConfiguration.class);
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof InvalidConfigurationException invalid) {
                throw invalid;
            }
            throw new InvalidConfigurationException("the configuration is not valid: " + e.getOriginalMessage());
        }
    }

    /** The configuration as JSON, for logs: it holds no secret, only references. */
    public String toJson() {
        try {
            return JsonMapper.builder().build().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.tocsin.configuration;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tocsin.api.v1alpha1.Syntax;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
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
 * The operator's configuration file. What the file leaves out reaches the constructors as null; they put the default in
 * its place, so that only a field without a default is {@code @Nullable}.
 *
 * @param datasources where expressions are evaluated; at least one, names unique
 * @param rules defaults for AlertRules
 * @param evaluators how the vmalert shards are run
 * @param alertmanager the Alertmanager that the chart installs
 * @param delivery who may write Cluster policies, and who is told when no policy takes an alert
 * @param observation how often the engines are asked
 * @param quotas what each namespace and each rule may have
 * @param adopt which objects of others are run as AlertRules; none by default
 */
public record OperatorConfiguration(
        List<Datasource> datasources,
        RuleDefaults rules,
        Evaluators evaluators,
        Alertmanager alertmanager,
        Delivery delivery,
        Observation observation,
        Quotas quotas,
        @Nullable Adopt adopt) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private static final int MOST_SHARDS = 1000;

    public OperatorConfiguration {
        rules = Objects.requireNonNullElse(rules, new RuleDefaults("30s"));
        delivery = Objects.requireNonNullElse(delivery, new Delivery(List.of(), null));
        observation = Objects.requireNonNullElse(observation, new Observation(1, 15));
        quotas = Objects.requireNonNullElse(quotas, new Quotas(null, Map.of(), Quotas.ALERTS_PER_RULE));
        Checks.that(
                datasources != null && !datasources.isEmpty(),
                "datasources: at least one is needed; name your Prometheus-compatible server");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < datasources.size(); i++) {
            Datasource datasource = Checks.present("datasources[" + i + "]", datasources.get(i));
            Checks.that(
                    names.add(datasource.name()),
                    "datasources[" + i + "].name: \"" + datasource.name()
                            + "\" is the name of another one; choose a different one");
        }
        datasources = List.copyOf(datasources);
        Checks.present("evaluators", evaluators);
        Checks.present("alertmanager", alertmanager);
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
     * @param automaticShards the number follows the load instead; not together with shards
     * @param evalDelay how far in the past expressions are evaluated (vmalert -rule.evalDelay); default 0s: the newest
     *     samples count, at the price of evaluating before late ones have arrived
     * @param auth how the datasource is authenticated to; none by default
     * @param insecureSkipVerify do not verify the datasource's TLS certificate
     * @param remoteWrite where evaluators write the state of their alerts, for the datasource to answer it; nowhere by
     *     default
     */
    public record Datasource(
            String name,
            String url,
            String type,
            Language language,
            Integer shards,
            @Nullable AutomaticShards automaticShards,
            String evalDelay,
            @Nullable Auth auth,
            boolean insecureSkipVerify,
            @Nullable RemoteWrite remoteWrite) {

        public Datasource {
            Checks.matches(
                    "name",
                    name,
                    "[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?",
                    "must be a DNS label of at most 40 characters (lower-case letters, digits, dashes)");
            Checks.url(url, "http://prometheus.monitoring.svc:9090");
            type = Objects.requireNonNullElse(type, "prometheus");
            Checks.matches("type", type, "prometheus", "is not known; use prometheus");
            language = Objects.requireNonNullElse(language, Language.MetricsQL);
            Checks.that(
                    shards == null || automaticShards == null,
                    "automaticShards: cannot be together with shards; remove one of them");
            shards = Objects.requireNonNullElse(shards, 2);
            Checks.between("shards", shards, 1, MOST_SHARDS);
            evalDelay = Objects.requireNonNullElse(evalDelay, "0s");
            Checks.matches("evalDelay", evalDelay, Syntax.DURATION);
            Checks.that(
                    remoteWrite == null || language == Language.MetricsQL,
                    "remoteWrite: needs language MetricsQL, which the state of alerts is read back in; remove it");
        }

        /** The fewest shards. */
        public int minShards() {
            return automaticShards == null ? shards : automaticShards.min();
        }

        /** The most shards. */
        public int maxShards() {
            return automaticShards == null ? shards : automaticShards.max();
        }

        /** Load of a full shard, in evaluations a second. */
        public int fullShard() {
            return automaticShards == null ? 1 : automaticShards.evaluationsPerSecond();
        }
    }

    /**
     * Where evaluators write the state of their alerts: series ALERTS and ALERTS_FOR_STATE. The datasource has to answer
     * what is written.
     *
     * @param url base URL; <code>/api/v1/write</code> is appended
     * @param auth how it is authenticated to; none by default, whatever the datasource's own
     * @param insecureSkipVerify do not verify its TLS certificate
     */
    public record RemoteWrite(String url, @Nullable Auth auth, boolean insecureSkipVerify) {
        public RemoteWrite {
            Checks.url(url, "http://victoriametrics.monitoring.svc:8428");
        }
    }

    /**
     * As many shards as the load of the rules needs, between two bounds.
     *
     * @param min the fewest; default 1
     * @param max the most; default 10
     * @param evaluationsPerSecond load of a full shard, in evaluations a second; default 250
     */
    public record AutomaticShards(Integer min, Integer max, Integer evaluationsPerSecond) {
        public AutomaticShards {
            min = Objects.requireNonNullElse(min, 1);
            max = Objects.requireNonNullElse(max, 10);
            evaluationsPerSecond = Objects.requireNonNullElse(evaluationsPerSecond, 250);
            Checks.between("min", min, 1, MOST_SHARDS);
            Checks.between("max", max, min, MOST_SHARDS);
            Checks.between("evaluationsPerSecond", evaluationsPerSecond, 1, 1_000_000);
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
            Checks.that(
                    (username == null) == (password == null) && (username == null) != (bearerToken == null),
                    ": set either username and password, or bearerToken");
        }

        /** Where the secret part is: the password or the bearer token. */
        public SecretKey secret() {
            return Objects.requireNonNull(password != null ? password : bearerToken);
        }
    }

    /** A key of a Secret in the operator's namespace. */
    public record SecretKey(String name, String key) {
        public SecretKey {
            Checks.matches("name", name, Syntax.DNS_SUBDOMAIN);
            Checks.matches("key", key, Syntax.SECRET_KEY);
        }
    }

    /**
     * Defaults for AlertRules.
     *
     * @param interval evaluation interval of a rule that names none, Prometheus duration; default 30s
     */
    public record RuleDefaults(String interval) {
        public RuleDefaults {
            interval = Objects.requireNonNullElse(interval, "30s");
            Checks.matches("interval", interval, Syntax.INTERVAL);
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
     * @param movesAtOnce how many rules of a datasource may be on their way to another shard at a time; default 200
     * @param catchUpSeconds how long a new replica may take until it shows the alerts of the others, before it counts as
     *     ready all the same; default 600
     * @param resources Kubernetes resource requirements of the vmalert container
     * @param extraArgs further vmalert flags, for example -loggerLevel=WARN
     * @param podLabels further labels of the pods
     * @param podAnnotations further annotations of the pods
     */
    public record Evaluators(
            String image,
            String imagePullPolicy,
            List<String> imagePullSecrets,
            Integer replicas,
            Integer slots,
            Integer slotBytes,
            Integer movesAtOnce,
            Integer catchUpSeconds,
            ResourceRequirements resources,
            List<String> extraArgs,
            Map<String, String> nodeSelector,
            List<Toleration> tolerations,
            @Nullable String priorityClassName,
            Map<String, String> podLabels,
            Map<String, String> podAnnotations) {
        public Evaluators {
            Checks.present("image", image);
            imagePullPolicy = Objects.requireNonNullElse(imagePullPolicy, "IfNotPresent");
            Checks.matches(
                    "imagePullPolicy",
                    imagePullPolicy,
                    "Always|IfNotPresent|Never",
                    "is not known; use Always, IfNotPresent or Never");
            imagePullSecrets = Objects.requireNonNullElse(imagePullSecrets, List.of());
            replicas = Objects.requireNonNullElse(replicas, 2);
            slots = Objects.requireNonNullElse(slots, 32);
            slotBytes = Objects.requireNonNullElse(slotBytes, 256 * 1024);
            Checks.between("replicas", replicas, 1, 100);
            Checks.between("slots", slots, 1, 256);
            Checks.between("slotBytes", slotBytes, 4096, 900_000);
            movesAtOnce = Objects.requireNonNullElse(movesAtOnce, 200);
            Checks.between("movesAtOnce", movesAtOnce, 1, 100_000);
            catchUpSeconds = Objects.requireNonNullElse(catchUpSeconds, 600);
            Checks.between("catchUpSeconds", catchUpSeconds, 0, 86_400);
            extraArgs = Objects.requireNonNullElse(extraArgs, List.of());
            Checks.each("extraArgs", extraArgs, "-.+", "must be a flag of vmalert such as -loggerLevel=WARN");
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
    public record Alertmanager(String name, String service, Integer members, Integer port, String configSecret) {
        public Alertmanager {
            Checks.matches("name", name, Syntax.DNS_LABEL);
            service = Objects.requireNonNullElse(service, name);
            Checks.matches("service", service, Syntax.DNS_LABEL);
            Checks.between("members", Checks.present("members", members), 1, 100);
            port = Objects.requireNonNullElse(port, 9093);
            Checks.between("port", port, 1, 65_535);
            Checks.matches("configSecret", configSecret, Syntax.DNS_SUBDOMAIN);
        }
    }

    /**
     * Rules of delivery.
     *
     * @param clusterPolicyNamespaces the namespaces in which NotificationPolicies may have scope Cluster
     * @param defaultContactPoint namespace/name of the ContactPoint that is told what no policy takes
     */
    public record Delivery(
            List<String> clusterPolicyNamespaces, @Nullable String defaultContactPoint) {
        public Delivery {
            clusterPolicyNamespaces = Objects.requireNonNullElse(clusterPolicyNamespaces, List.of());
            Checks.each("clusterPolicyNamespaces", clusterPolicyNamespaces, Syntax.DNS_LABEL);
            Checks.that(
                    defaultContactPoint == null || defaultContactPoint.matches("[^/]+/[^/]+"),
                    "defaultContactPoint: \"" + defaultContactPoint + "\" must be written namespace/name");
        }
    }

    /**
     * How often engines are asked.
     *
     * @param alertsSeconds seconds between two polls of each replica's active alerts; default 1
     * @param rulesSeconds seconds between two polls of each replica's complete rule list (health, errors); default 15
     */
    public record Observation(Integer alertsSeconds, Integer rulesSeconds) {
        public Observation {
            alertsSeconds = Objects.requireNonNullElse(alertsSeconds, 1);
            rulesSeconds = Objects.requireNonNullElse(rulesSeconds, 15);
            Checks.between("alertsSeconds", alertsSeconds, 1, 3600);
            Checks.between("rulesSeconds", rulesSeconds, 1, 3600);
        }
    }

    /**
     * What the AlertRules of each namespace may have. Above it new ones, and edits that raise the cost, are refused.
     *
     * @param others of each namespace that is not named; no limits by default
     * @param namespaces of these namespaces, in the place of the one for the others
     * @param alertsPerRule how many alerts one rule may have at a time, before its evaluation fails; 0 for any number;
     *     default 10,000. Evaluators hold all alerts in memory, so that without it one rule can end a shard
     */
    public record Quotas(
            @JsonProperty("default") @Nullable Quota others, Map<String, Quota> namespaces, Integer alertsPerRule) {
        private static final Quota NO_LIMITS = new Quota(null, null);
        private static final int ALERTS_PER_RULE = 10_000;

        public Quotas {
            alertsPerRule = Objects.requireNonNullElse(alertsPerRule, ALERTS_PER_RULE);
            Checks.between("alertsPerRule", alertsPerRule, 0, 1_000_000);
            namespaces = Objects.requireNonNullElse(namespaces, Map.of());
            namespaces.forEach((namespace, quota) -> {
                Checks.matches("namespaces", namespace, Syntax.DNS_LABEL);
                Checks.present("namespaces." + namespace, quota);
            });
        }

        /** What that namespace may have. */
        public Quota of(String namespace) {
            return namespaces.getOrDefault(namespace, Objects.requireNonNullElse(others, NO_LIMITS));
        }

        /** Whether any namespace has a limit. */
        public boolean limitAnything() {
            return others != null || !namespaces.isEmpty();
        }
    }

    /**
     * What the AlertRules of one namespace may have; paused ones count for nothing.
     *
     * @param rules how many; without limit by default
     * @param evaluationsPerSecond the sum of 1 / interval in seconds; without limit by default
     */
    public record Quota(@Nullable Integer rules, @Nullable Double evaluationsPerSecond) {
        private static final int MOST = 1_000_000;

        public Quota {
            if (rules != null) {
                Checks.between("rules", rules, 0, MOST);
            }
            Checks.that(
                    evaluationsPerSecond == null || (evaluationsPerSecond >= 0 && evaluationsPerSecond <= MOST),
                    "evaluationsPerSecond: is " + evaluationsPerSecond + "; must be 0 to " + MOST);
        }
    }

    /**
     * PrometheusRule objects that are run as AlertRules.
     *
     * @param selector of their labels, as kubectl takes it, for example release=monitoring; default: all
     * @param datasource for spec.datasource of the AlertRules; default: that of AlertRules
     */
    public record Adopt(String selector, @Nullable String datasource) {
        public Adopt {
            selector = Objects.requireNonNullElse(selector, "");
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
            return Checks.present("the file", YAML.readValue(yaml, OperatorConfiguration.class));
        } catch (JsonProcessingException e) {
            throw new InvalidConfigurationException(ReadErrors.explain(e));
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

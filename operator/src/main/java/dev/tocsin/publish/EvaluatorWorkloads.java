package dev.tocsin.publish;

import dev.tocsin.compile.PromDuration;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Auth;
import dev.tocsin.configuration.OperatorConfiguration.Datasource;
import dev.tocsin.configuration.OperatorConfiguration.Evaluators;
import dev.tocsin.configuration.OperatorConfiguration.RemoteWrite;
import dev.tocsin.configuration.OperatorConfiguration.SecretKey;
import dev.tocsin.place.SlotId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The Kubernetes objects of the evaluators: per shard one Deployment and one PodDisruptionBudget. Pure: configuration
 * in, objects out; the same configuration gives the same objects, so that an operator restart replaces no pod.
 */
public final class EvaluatorWorkloads {
    private static final String COMPONENT = "evaluator";
    private static final String SLOTS_FOLDER = "/etc/tocsin/slots";
    private static final String AUTH = "auth";
    private static final String WRITE_AUTH = "write-auth";
    private static final int USER = 65_534;
    private static final int STARTS_WITHIN_SECONDS = 600;

    private final OperatorConfiguration configuration;
    private final String namespace;
    private final Optional<OwnerReference> owner;

    /**
     * @param namespace the operator's namespace
     * @param owner what the evaluators are deleted with, if anything
     */
    public EvaluatorWorkloads(OperatorConfiguration configuration, String namespace, Optional<OwnerReference> owner) {
        this.configuration = configuration;
        this.namespace = namespace;
        this.owner = owner;
    }

    /**
     * The objects of all shards of all datasources.
     *
     * @param shards how many shards each datasource has
     */
    public List<HasMetadata> of(Map<String, Integer> shards) {
        List<HasMetadata> result = new ArrayList<>();
        for (Datasource datasource : configuration.datasources()) {
            for (int shard = 0; shard < shards.getOrDefault(datasource.name(), 0); shard++) {
                String shardName = new SlotId(datasource.name(), shard, 0).shardName();
                result.add(deployment(datasource, shard, shardName));
                result.add(disruptionBudget(shardName));
            }
        }
        return result;
    }

    private Deployment deployment(Datasource datasource, int shard, String shardName) {
        Evaluators evaluators = configuration.evaluators();
        Map<String, String> podLabels = new TreeMap<>(evaluators.podLabels());
        podLabels.putAll(labels(shardName));
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(ClusterNames.evaluator(shardName))
                .withNamespace(namespace)
                .withLabels(labels(shardName))
                .withOwnerReferences(owner.map(List::of).orElse(List.of()))
                .endMetadata()
                .withNewSpec()
                .withReplicas(evaluators.replicas())
                .withMinReadySeconds(10)
                .withProgressDeadlineSeconds(evaluators.catchUpSeconds() + STARTS_WITHIN_SECONDS)
                .withNewSelector()
                .withMatchLabels(selector(shardName))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(podLabels)
                .withAnnotations(evaluators.podAnnotations())
                .endMetadata()
                .withNewSpec()
                .addNewReadinessGate(ClusterNames.CAUGHT_UP_CONDITION)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withImagePullSecrets(evaluators.imagePullSecrets().stream()
                        .map(LocalObjectReference::new)
                        .toList())
                .withPriorityClassName(evaluators.priorityClassName())
                .withNodeSelector(evaluators.nodeSelector())
                .withTolerations(evaluators.tolerations())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser((long) USER)
                .withRunAsGroup((long) USER)
                .withFsGroup((long) USER)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewTopologySpreadConstraint()
                .withMaxSkew(1)
                .withTopologyKey("kubernetes.io/hostname")
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(selector(shardName))
                .endLabelSelector()
                .endTopologySpreadConstraint()
                .addNewContainer()
                .withName("vmalert")
                .withImage(evaluators.image())
                .withImagePullPolicy(evaluators.imagePullPolicy())
                .withArgs(arguments(datasource))
                .addNewPort()
                .withName("http")
                .withContainerPort(ClusterNames.EVALUATOR_PORT)
                .endPort()
                .withResources(resources(evaluators))
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/health")
                .withPort(new IntOrString("http"))
                .endHttpGet()
                .withPeriodSeconds(5)
                .endReadinessProbe()
                .withNewLivenessProbe()
                .withNewHttpGet()
                .withPath("/health")
                .withPort(new IntOrString("http"))
                .endHttpGet()
                .withPeriodSeconds(10)
                .withFailureThreshold(6)
                .withTimeoutSeconds(5)
                .endLivenessProbe()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withVolumeMounts(mounts(datasource))
                .endContainer()
                .withVolumes(volumes(datasource, shard))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private PodDisruptionBudget disruptionBudget(String shardName) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(ClusterNames.evaluator(shardName))
                .withNamespace(namespace)
                .withLabels(labels(shardName))
                .withOwnerReferences(owner.map(List::of).orElse(List.of()))
                .endMetadata()
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(selector(shardName))
                .endSelector()
                .endSpec()
                .build();
    }

    /** Flags of vmalert 1.150; why validation is off: docs/design. */
    private List<String> arguments(Datasource datasource) {
        List<String> result = new ArrayList<>(List.of(
                "-rule=" + SLOTS_FOLDER + "/*/" + ClusterNames.RULES_KEY,
                "-rule.validateExpressions=false",
                "-rule.validateTemplates=false",
                "-rule.evalDelay=" + goDuration(datasource.evalDelay()),
                "-rule.updateEntriesLimit=3",
                "-rule.resultsLimit=" + configuration.quotas().alertsPerRule(),
                "-disableAlertgroupLabel",
                "-datasource.url=" + datasource.url(),
                "-httpListenAddr=:" + ClusterNames.EVALUATOR_PORT));
        result.addAll(access("-datasource", datasource.insecureSkipVerify(), datasource.auth(), AUTH));
        result.addAll(stateFlags(datasource));
        OperatorConfiguration.Alertmanager alertmanager = configuration.alertmanager();
        for (int member = 0; member < alertmanager.members(); member++) {
            result.add("-notifier.url=http://%s-%d.%s.%s.svc:%d"
                    .formatted(alertmanager.name(), member, alertmanager.service(), namespace, alertmanager.port()));
        }
        result.addAll(configuration.evaluators().extraArgs());
        return result;
    }

    /**
     * The state of alerts is written once a second and by one writer, so that the next evaluation finds it in order. Once
     * at its start vmalert reads back since when alerts are pending, at most an hour ago; a datasource that is away then
     * is logged, and keeps nothing from starting (vmalert 1.150, rule/group.go).
     */
    private static List<String> stateFlags(Datasource datasource) {
        RemoteWrite remoteWrite = datasource.remoteWrite();
        if (remoteWrite == null) {
            return List.of();
        }
        List<String> result = new ArrayList<>(List.of(
                "-remoteWrite.url=" + remoteWrite.url(),
                "-remoteWrite.flushInterval=1s",
                "-remoteWrite.concurrency=1"));
        result.addAll(access("-remoteWrite", remoteWrite.insecureSkipVerify(), remoteWrite.auth(), WRITE_AUTH));
        result.add("-remoteRead.url=" + datasource.url());
        result.addAll(access("-remoteRead", datasource.insecureSkipVerify(), datasource.auth(), AUTH));
        return result;
    }

    private static List<String> access(
            String flag, boolean insecureSkipVerify, @Nullable Auth auth, String secretVolume) {
        List<String> result = new ArrayList<>();
        if (insecureSkipVerify) {
            result.add(flag + ".tlsInsecureSkipVerify");
        }
        if (auth != null && auth.username() != null) {
            result.add(flag + ".basicAuth.username=" + auth.username());
            result.add(flag + ".basicAuth.passwordFile=" + folder(secretVolume) + "/secret");
        } else if (auth != null) {
            result.add(flag + ".bearerTokenFile=" + folder(secretVolume) + "/secret");
        }
        return result;
    }

    private static String folder(String secretVolume) {
        return "/etc/tocsin/" + secretVolume;
    }

    /** The Secrets that a shard mounts, by the name of the volume. */
    private static Map<String, SecretKey> secrets(Datasource datasource) {
        Map<String, SecretKey> result = new LinkedHashMap<>();
        if (datasource.auth() != null) {
            result.put(AUTH, datasource.auth().secret());
        }
        if (datasource.remoteWrite() != null && datasource.remoteWrite().auth() != null) {
            result.put(WRITE_AUTH, datasource.remoteWrite().auth().secret());
        }
        return result;
    }

    /** Flags know Go's durations only, which have neither days nor weeks. */
    private static String goDuration(String prometheus) {
        return PromDuration.parse(prometheus).orElseThrow().toMillis() + "ms";
    }

    /** Every slot that the shard may ever have is mounted from the start, so that a new one restarts nothing. */
    private List<Volume> volumes(Datasource datasource, int shard) {
        List<Volume> result = new ArrayList<>(slots().mapToObj(slot -> new VolumeBuilder()
                        .withName("slot-" + slot)
                        .withNewConfigMap()
                        .withName(ClusterNames.slot(new SlotId(datasource.name(), shard, slot)))
                        .withOptional(true)
                        .endConfigMap()
                        .build())
                .toList());
        secrets(datasource)
                .forEach((volume, secret) -> result.add(new VolumeBuilder()
                        .withName(volume)
                        .withNewSecret()
                        .withSecretName(secret.name())
                        .addNewItem()
                        .withKey(secret.key())
                        .withPath("secret")
                        .endItem()
                        .endSecret()
                        .build()));
        return result;
    }

    private List<VolumeMount> mounts(Datasource datasource) {
        List<VolumeMount> result = new ArrayList<>(slots().mapToObj(slot -> new VolumeMountBuilder()
                        .withName("slot-" + slot)
                        .withMountPath(SLOTS_FOLDER + "/" + slot)
                        .withReadOnly(true)
                        .build())
                .toList());
        secrets(datasource)
                .keySet()
                .forEach(volume -> result.add(new VolumeMountBuilder()
                        .withName(volume)
                        .withMountPath(folder(volume))
                        .withReadOnly(true)
                        .build()));
        return result;
    }

    private IntStream slots() {
        return IntStream.range(0, configuration.evaluators().slots());
    }

    private static ResourceRequirements resources(Evaluators evaluators) {
        if (evaluators.resources() == null) {
            ResourceRequirements defaults = new ResourceRequirements();
            defaults.setRequests(new TreeMap<>(Map.of("cpu", new Quantity("50m"), "memory", new Quantity("64Mi"))));
            return defaults;
        }
        return evaluators.resources();
    }

    private static Map<String, String> labels(String shardName) {
        Map<String, String> result = new TreeMap<>(ClusterNames.labels(COMPONENT));
        result.put(ClusterNames.SHARD_LABEL, shardName);
        return result;
    }

    private static Map<String, String> selector(String shardName) {
        Map<String, String> result = new TreeMap<>(ClusterNames.selector(COMPONENT));
        result.put(ClusterNames.SHARD_LABEL, shardName);
        return result;
    }
}

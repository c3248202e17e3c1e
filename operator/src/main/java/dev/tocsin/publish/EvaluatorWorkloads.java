package dev.tocsin.publish;

import dev.tocsin.compile.PromDuration;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Auth;
import dev.tocsin.configuration.OperatorConfiguration.Datasource;
import dev.tocsin.configuration.OperatorConfiguration.Evaluators;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The Kubernetes objects of the evaluators: per shard one Deployment and one PodDisruptionBudget. Pure: configuration
 * in, objects out; the same configuration gives the same objects, so that an operator restart replaces no pod.
 */
public final class EvaluatorWorkloads {
    private static final String COMPONENT = "evaluator";
    private static final String SLOTS_FOLDER = "/etc/tocsin/slots";
    private static final String AUTH_FOLDER = "/etc/tocsin/auth";
    private static final int USER = 65_534;

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

    /** The objects of all shards of all datasources. */
    public List<HasMetadata> all() {
        List<HasMetadata> result = new ArrayList<>();
        for (Datasource datasource : configuration.datasources()) {
            for (int shard = 0; shard < datasource.shards(); shard++) {
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
                "-disableAlertgroupLabel",
                "-datasource.url=" + datasource.url(),
                "-httpListenAddr=:" + ClusterNames.EVALUATOR_PORT));
        if (datasource.insecureSkipVerify()) {
            result.add("-datasource.tlsInsecureSkipVerify");
        }
        Auth auth = datasource.auth();
        if (auth != null && auth.username() != null) {
            result.add("-datasource.basicAuth.username=" + auth.username());
            result.add("-datasource.basicAuth.passwordFile=" + AUTH_FOLDER + "/secret");
        } else if (auth != null) {
            result.add("-datasource.bearerTokenFile=" + AUTH_FOLDER + "/secret");
        }
        OperatorConfiguration.Alertmanager alertmanager = configuration.alertmanager();
        for (int member = 0; member < alertmanager.members(); member++) {
            result.add("-notifier.url=http://%s-%d.%s.%s.svc:%d"
                    .formatted(alertmanager.name(), member, alertmanager.service(), namespace, alertmanager.port()));
        }
        result.addAll(configuration.evaluators().extraArgs());
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
        Auth auth = datasource.auth();
        if (auth != null) {
            OperatorConfiguration.SecretKey secret = auth.secret();
            result.add(new VolumeBuilder()
                    .withName("auth")
                    .withNewSecret()
                    .withSecretName(secret.name())
                    .addNewItem()
                    .withKey(secret.key())
                    .withPath("secret")
                    .endItem()
                    .endSecret()
                    .build());
        }
        return result;
    }

    private List<VolumeMount> mounts(Datasource datasource) {
        List<VolumeMount> result = new ArrayList<>(slots().mapToObj(slot -> new VolumeMountBuilder()
                        .withName("slot-" + slot)
                        .withMountPath(SLOTS_FOLDER + "/" + slot)
                        .withReadOnly(true)
                        .build())
                .toList());
        if (datasource.auth() != null) {
            result.add(new VolumeMountBuilder()
                    .withName("auth")
                    .withMountPath(AUTH_FOLDER)
                    .withReadOnly(true)
                    .build());
        }
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

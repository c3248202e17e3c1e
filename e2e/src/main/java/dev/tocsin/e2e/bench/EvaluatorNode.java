package dev.tocsin.e2e.bench;

import dev.tocsin.publish.ClusterNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for controller manager and kubelet: makes the pods of the evaluators' Deployments, runs the real vmalert
 * with their arguments, each replica at a loopback address of its own, and brings ConfigMaps into files when a pod is
 * touched, at once; a real kubelet takes some tenths of a second for that. One Alertmanager runs beside them.
 */
final class EvaluatorNode implements AutoCloseable {
    private static final String ALERTMANAGER = "alertmanager";
    private static final String NOTHING_YET = "route: {receiver: none}\nreceivers: [{name: none}]\n";
    private static final long STILL_TOUCHED_NANOS = 2_000_000_000L;

    private final KubernetesClient client;
    private final String namespace;
    private final Path folder;
    private final String network = "127.%d.%d."
            .formatted(
                    ThreadLocalRandom.current().nextInt(64, 250),
                    ThreadLocalRandom.current().nextInt(1, 250));
    private final AtomicInteger addresses = new AtomicInteger(1);
    private final String alertmanagerAddress;
    private final Engine alertmanager;
    private final Map<String, EvaluatorPod> pods = new ConcurrentHashMap<>();
    private final Map<String, ConfigMap> slots = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    /** One replica: its process, what is mounted, and in which version. */
    private static final class EvaluatorPod {
        final List<Volume> volumes;
        final Path mounts;
        final Map<String, String> versions = new HashMap<>();
        volatile long touchedNanos = System.nanoTime() - STILL_TOUCHED_NANOS;
        volatile @Nullable Engine process;

        EvaluatorPod(List<Volume> volumes, Path mounts) {
            this.volumes = volumes;
            this.mounts = mounts;
        }
    }

    EvaluatorNode(KubernetesClient client, String namespace, Path folder) throws IOException, InterruptedException {
        this.client = client;
        this.namespace = namespace;
        this.folder = folder;
        Files.createDirectories(folder);
        String ip = network + addresses.getAndIncrement();
        this.alertmanagerAddress = ip + ":9093";
        this.alertmanager = startAlertmanager(ip);
        informers.add(client.configMaps()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector("rules"))
                .inform(handler(this::slotChanged, this::slotGone)));
        informers.add(client.secrets()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector(ALERTMANAGER))
                .inform(handler(this::configurationChanged, secret -> {})));
        informers.add(client.pods()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector("evaluator"))
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Pod pod) {}

                    @Override
                    public void onUpdate(Pod before, Pod now) {
                        if (!Objects.equals(touch(before), touch(now))) {
                            touched(now.getMetadata().getName());
                        }
                    }

                    @Override
                    public void onDelete(Pod pod, boolean unknown) {}
                }));
        informers.add(client.apps()
                .deployments()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector("evaluator"))
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Deployment deployment) {
                        for (int i = 0; i < deployment.getSpec().getReplicas(); i++) {
                            int replica = i;
                            Thread.ofVirtual().start(() -> run(deployment, replica));
                        }
                    }

                    @Override
                    public void onUpdate(Deployment before, Deployment now) {}

                    @Override
                    public void onDelete(Deployment deployment, boolean unknown) {
                        for (int i = 0; i < deployment.getSpec().getReplicas(); i++) {
                            kill(podName(deployment, i));
                        }
                    }
                }));
    }

    private static <T extends HasMetadata> ResourceEventHandler<T> handler(
            java.util.function.Consumer<T> changed, java.util.function.Consumer<T> gone) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                changed.accept(object);
            }

            @Override
            public void onUpdate(T before, T now) {
                changed.accept(now);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                gone.accept(object);
            }
        };
    }

    // ---- evaluators ----

    /** The replicas that run. */
    Collection<Engine> evaluators() {
        return pods.values().stream()
                .map(pod -> pod.process)
                .filter(Objects::nonNull)
                .toList();
    }

    private void kill(String name) {
        EvaluatorPod pod = pods.remove(name);
        if (pod != null && pod.process != null) {
            Objects.requireNonNull(pod.process).close();
        }
        client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
    }

    private static String podName(Deployment deployment, int replica) {
        return deployment.getMetadata().getName() + "-" + replica;
    }

    private static String touch(Pod pod) {
        return pod.getMetadata().getAnnotations() == null
                ? ""
                : pod.getMetadata().getAnnotations().getOrDefault(ClusterNames.SYNC_ANNOTATION, "");
    }

    private void run(Deployment deployment, int replica) {
        try {
            String name = podName(deployment, replica);
            Pod pod = client.resource(new PodBuilder()
                            .withMetadata(deployment.getSpec().getTemplate().getMetadata())
                            .editMetadata()
                            .withName(name)
                            .withNamespace(namespace)
                            .endMetadata()
                            .withSpec(deployment.getSpec().getTemplate().getSpec())
                            .build())
                    .create();
            EvaluatorPod evaluator = new EvaluatorPod(pod.getSpec().getVolumes(), folder.resolve(name));
            pods.put(name, evaluator);
            mount(evaluator);
            String ip = network + addresses.getAndIncrement();
            String address = ip + ":" + ClusterNames.EVALUATOR_PORT;
            evaluator.process = Engine.start(
                            name,
                            folder.resolve(name + ".log"),
                            "http://" + address,
                            Engine.command("vmalert", flags(deployment, evaluator.mounts, address)),
                            Map.of())
                    .awaitAnswer("/health");
            setRunning(name, ip, "vmalert");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> flags(Deployment deployment, Path mounts, String address) {
        List<String> result = new ArrayList<>();
        for (String flag : deployment
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getArgs()) {
            if (flag.startsWith("-rule=")) {
                result.add("-rule=" + mounts + "/*/rules.yaml");
            } else if (flag.startsWith("-httpListenAddr=")) {
                result.add("-httpListenAddr=" + address);
            } else if (flag.startsWith("-notifier.url=")) {
                result.add("-notifier.url=http://" + alertmanagerAddress);
            } else {
                result.add(flag);
            }
        }
        return result;
    }

    private void setRunning(String pod, String ip, String container) {
        client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .editStatus(found -> new PodBuilder(found)
                        .editOrNewStatus()
                        .withPhase("Running")
                        .withPodIP(ip)
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName(container)
                                .withImage(container)
                                .withImageID(container)
                                .withReady(true)
                                .withRestartCount(0)
                                .withNewState()
                                .withNewRunning()
                                .endRunning()
                                .endState()
                                .build())
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    // ---- files ----

    private void touched(String name) {
        EvaluatorPod pod = pods.get(name);
        if (pod != null) {
            pod.touchedNanos = System.nanoTime();
            mount(pod);
        }
    }

    /** The watch may tell of the touch before it tells of the ConfigMap that was written before. */
    private void slotChanged(ConfigMap slot) {
        slots.put(slot.getMetadata().getName(), slot);
        pods.values().stream()
                .filter(pod -> System.nanoTime() - pod.touchedNanos < STILL_TOUCHED_NANOS)
                .forEach(this::mount);
    }

    private void slotGone(ConfigMap slot) {
        slots.remove(slot.getMetadata().getName());
    }

    /** Like the kubelet: each mounted ConfigMap as a folder, each key as a file, replaced in one step. */
    private void mount(EvaluatorPod pod) {
        synchronized (pod) {
            for (Volume volume : pod.volumes) {
                ConfigMap slot = volume.getConfigMap() == null
                        ? null
                        : slots.get(volume.getConfigMap().getName());
                if (slot == null) {
                    continue;
                }
                String version = slot.getMetadata().getResourceVersion();
                if (version.equals(pod.versions.put(volume.getName(), version))) {
                    continue;
                }
                Path target = pod.mounts.resolve(volume.getName().substring("slot-".length()));
                slot.getData().forEach((file, content) -> replace(target.resolve(file), content));
            }
        }
    }

    private static void replace(Path file, String content) {
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Path temporary = file.resolveSibling("." + file.getFileName());
            Files.writeString(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- Alertmanager ----

    private Engine startAlertmanager(String ip) throws IOException, InterruptedException {
        replace(alertmanagerFile(), NOTHING_YET);
        Engine result = Engine.start(
                        ALERTMANAGER,
                        folder.resolve("alertmanager.log"),
                        "http://" + alertmanagerAddress,
                        Engine.command(
                                ALERTMANAGER,
                                List.of(
                                        "--config.file=" + alertmanagerFile(),
                                        "--storage.path=" + folder.resolve("alertmanager-data"),
                                        "--web.listen-address=" + alertmanagerAddress,
                                        "--cluster.listen-address=",
                                        "--enable-feature=receiver-name-in-metrics")),
                        Map.of())
                .awaitAnswer("/-/ready");
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(ALERTMANAGER + "-0")
                        .withNamespace(namespace)
                        .withLabels(ClusterNames.selector(ALERTMANAGER))
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName(ALERTMANAGER)
                        .withImage(ALERTMANAGER)
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        setRunning(ALERTMANAGER + "-0", ip, ALERTMANAGER);
        return result;
    }

    private Path alertmanagerFile() {
        return folder.resolve("alertmanager.yaml");
    }

    private void configurationChanged(Secret secret) {
        String yaml = secret.getData() == null ? null : secret.getData().get("alertmanager.yaml");
        if (yaml != null) {
            replace(alertmanagerFile(), new String(Base64.getDecoder().decode(yaml), StandardCharsets.UTF_8));
        }
    }

    /** The Alertmanager that the evaluators send to. */
    Engine alertmanager() {
        return alertmanager;
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
        evaluators().forEach(Engine::close);
        alertmanager.close();
    }
}

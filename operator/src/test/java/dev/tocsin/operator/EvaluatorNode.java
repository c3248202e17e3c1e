package dev.tocsin.operator;

import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.LocalEvaluator;
import dev.tocsin.engines.SlowDatasource;
import dev.tocsin.publish.ClusterNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does for evaluators what controller manager and kubelet do in a cluster, where a test has an API server only: makes
 * the pods of a Deployment, writes their ConfigMaps to files when the pod is touched, and runs the real vmalert with the
 * Deployment's arguments, each replica at a loopback address of its own.
 */
final class EvaluatorNode implements AutoCloseable {
    private static final AtomicInteger ADDRESSES = new AtomicInteger(1);

    private final KubernetesClient client;
    private final String namespace;
    private final String notifierUrl;
    private final Path folder;
    private final Map<String, EngineProcess> processes = new ConcurrentHashMap<>();
    private final Map<String, Deployment> deployments = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    EvaluatorNode(KubernetesClient client, String namespace, String notifierUrl, Path folder) {
        this.client = client;
        this.namespace = namespace;
        this.notifierUrl = notifierUrl;
        this.folder = folder;
        informers.add(client.apps()
                .deployments()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector("evaluator"))
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Deployment deployment) {
                        deployments.put(deployment.getMetadata().getName(), deployment);
                        for (int i = 0; i < deployment.getSpec().getReplicas(); i++) {
                            run(deployment, i);
                        }
                    }

                    @Override
                    public void onUpdate(Deployment before, Deployment now) {
                        deployments.put(now.getMetadata().getName(), now);
                    }

                    @Override
                    public void onDelete(Deployment deployment, boolean unknown) {
                        deployments.remove(deployment.getMetadata().getName());
                        for (int i = 0; i < deployment.getSpec().getReplicas(); i++) {
                            kill(podName(deployment, i));
                        }
                    }
                }));
        informers.add(client.pods()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector("evaluator"))
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Pod pod) {}

                    @Override
                    public void onUpdate(Pod before, Pod now) {
                        if (!Objects.equals(touch(before), touch(now))) {
                            mount(now);
                        }
                    }

                    @Override
                    public void onDelete(Pod pod, boolean unknown) {}
                }));
    }

    /** Kills one replica and its pod. */
    void kill(String pod) {
        EngineProcess process = processes.remove(pod);
        if (process != null) {
            process.close();
        }
        client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
    }

    /** Kills a replica as a crash would, and lets the Deployment's next pod take its place. */
    void replace(String deployment, int replica) {
        Deployment owner = deployments.get(deployment);
        kill(podName(owner, replica));
        run(owner, replica);
    }

    List<String> pods() {
        return processes.keySet().stream().sorted().toList();
    }

    EngineProcess process(String pod) {
        return Objects.requireNonNull(processes.get(pod));
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
        String name = podName(deployment, replica);
        String ip = "127.77.0." + ADDRESSES.getAndIncrement();
        Pod pod = client.resource(new PodBuilder()
                        .withMetadata(deployment.getSpec().getTemplate().getMetadata())
                        .editMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withSpec(deployment.getSpec().getTemplate().getSpec())
                        .build())
                .create();
        mount(pod);
        String address = ip + ":" + ClusterNames.EVALUATOR_PORT;
        List<String> arguments = LocalEvaluator.flags(
                deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getArgs(),
                mounts(name) + "/*/rules.yaml",
                address,
                notifierUrl);
        arguments.add("-datasource.headers=" + SlowDatasource.WHO + ": " + name);
        processes.put(
                name, EngineProcess.start("vmalert", address, "/health", folder.resolve(name + ".log"), arguments));
        reportRunning(client, namespace, name, "vmalert", ip);
    }

    /** As the kubelet reports a pod of one container. */
    static void reportRunning(KubernetesClient client, String namespace, String pod, String container, String ip) {
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
                        .endStatus()
                        .build());
    }

    private Path mounts(String pod) {
        return folder.resolve(pod);
    }

    /** Like the kubelet: each mounted ConfigMap as a folder, each key as a file, replaced in one step. */
    private void mount(Pod pod) {
        try {
            for (Volume volume : pod.getSpec().getVolumes()) {
                if (volume.getConfigMap() == null) {
                    continue;
                }
                Path target = mounts(pod.getMetadata().getName())
                        .resolve(volume.getName().substring("slot-".length()));
                Files.createDirectories(target);
                ConfigMap configMap = client.configMaps()
                        .inNamespace(namespace)
                        .withName(volume.getConfigMap().getName())
                        .get();
                if (configMap == null) {
                    continue;
                }
                for (Map.Entry<String, String> file : configMap.getData().entrySet()) {
                    Path temporary = target.resolve("." + file.getKey());
                    Files.writeString(temporary, file.getValue());
                    Files.move(temporary, target.resolve(file.getKey()), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
        processes.values().forEach(EngineProcess::close);
    }
}

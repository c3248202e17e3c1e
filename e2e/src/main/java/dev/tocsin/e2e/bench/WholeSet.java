package dev.tocsin.e2e.bench;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A peer, run as a program of its own: compiles the whole set on every change, as the operators that write one set of
 * rule files do, for one vmalert with one big file. A rule is a ConfigMap that holds its vmalert group; what is compiled
 * goes into as few ConfigMaps as hold it, and to the file. It has no debounce and no kubelet to wait for, and it checks,
 * proves and reports nothing beside the load itself: it is the least that such an operator does.
 */
final class WholeSet {
    /** Label of the ConfigMaps that are rules. */
    static final String RULE_LABEL = "tocsin.dev/bench-rule";

    private static final int CONFIG_MAP_BYTES = 900_000;

    private final KubernetesClient client;
    private final Path file;
    private final String vmalert;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, ConfigMap> rules = new TreeMap<>();
    private long newestVersion;
    private long loadedVersion;
    private int loadedRules;
    private int reloads;
    private boolean dirty;

    private WholeSet(KubernetesClient client, Path file, String vmalert) {
        this.client = client;
        this.file = file;
        this.vmalert = vmalert;
    }

    /** Arguments: the rule file, the URL of vmalert, the port at which it tells how far it is. */
    public static void main(String[] arguments) throws Exception {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            WholeSet peer = new WholeSet(client, Path.of(arguments[0]), arguments[1]);
            HttpServer server = HttpServer.create(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])), 0);
            server.createContext("/", exchange -> {
                byte[] answer = peer.progress().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
            peer.run();
        }
    }

    private synchronized String progress() {
        return loadedVersion + " " + loadedRules + " " + reloads;
    }

    private void run() throws IOException, InterruptedException {
        try (SharedIndexInformer<ConfigMap> informer = client.configMaps()
                .inNamespace(Rig.PEER)
                .withLabel(RULE_LABEL)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(ConfigMap rule) {
                        changed(rule, false);
                    }

                    @Override
                    public void onUpdate(ConfigMap before, ConfigMap now) {
                        changed(now, false);
                    }

                    @Override
                    public void onDelete(ConfigMap rule, boolean unknown) {
                        changed(rule, true);
                    }
                })) {
            while (informer.isRunning()) {
                publish();
            }
        }
    }

    private synchronized void changed(ConfigMap rule, boolean gone) {
        if (gone) {
            rules.remove(rule.getMetadata().getName());
        } else {
            rules.put(rule.getMetadata().getName(), rule);
        }
        newestVersion =
                Math.max(newestVersion, Long.parseLong(rule.getMetadata().getResourceVersion()));
        dirty = true;
        notifyAll();
    }

    private void publish() throws IOException, InterruptedException {
        List<String> groups;
        long version;
        synchronized (this) {
            while (!dirty) {
                wait();
            }
            dirty = false;
            version = newestVersion;
            groups = rules.values().stream().map(WholeSet::group).toList();
        }
        String revision = "revision-" + version;
        String whole = "groups:\n- {\"name\":\"" + revision + "\",\"rules\":[]}\n" + String.join("", groups);
        writeConfigMaps(whole);
        Path temporary = file.resolveSibling(".rules");
        Files.writeString(temporary, whole);
        Files.move(temporary, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        do {
            get("/-/reload");
            Thread.sleep(20);
        } while (!get("/api/v1/rules?rule_group%5B%5D=" + revision).contains(revision));
        synchronized (this) {
            loadedVersion = version;
            loadedRules = groups.size();
            reloads++;
        }
    }

    private static String group(ConfigMap rule) {
        return "- " + Objects.requireNonNull(rule.getData()).get("group") + "\n";
    }

    private void writeConfigMaps(String whole) {
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < whole.length(); from += CONFIG_MAP_BYTES) {
            parts.add(whole.substring(from, Math.min(whole.length(), from + CONFIG_MAP_BYTES)));
        }
        for (int i = 0; i < parts.size(); i++) {
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("whole-" + i)
                            .withNamespace(Rig.PEER)
                            .endMetadata()
                            .withData(Map.of("rules.yaml", parts.get(i)))
                            .build())
                    .forceConflicts()
                    .serverSideApply();
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(vmalert + path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}

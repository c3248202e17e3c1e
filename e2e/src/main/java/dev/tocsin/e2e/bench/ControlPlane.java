package dev.tocsin.e2e.bench;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real etcd and a real kube-apiserver with Tocsin's CRDs. etcd does not wait for the disk, as this measures no disks.
 * The operator comes as a service account, so that the API server's priority and fairness treats it as it does in a
 * cluster.
 */
final class ControlPlane implements AutoCloseable {
    private static final String OPERATOR_TOKEN = "operator";
    private static final String BENCH_TOKEN = "bench";
    private static final Pattern WRITING = Pattern.compile(",verb=\"(APPLY|PATCH|POST|PUT)\"");

    private final Path folder;
    private final Engine etcd;
    private final Engine apiServer;
    private final String url;
    private final KubernetesClient client;

    private ControlPlane(Path folder, Engine etcd, Engine apiServer, String url) {
        this.folder = folder;
        this.etcd = etcd;
        this.apiServer = apiServer;
        this.url = url;
        this.client = newClient();
    }

    /** Starts both and installs the CRDs. */
    static ControlPlane start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        String etcdUrl = "http://127.0.0.1:" + Engine.freePort();
        String peerUrl = "http://127.0.0.1:" + Engine.freePort();
        Engine etcd = Engine.start(
                        "etcd",
                        folder.resolve("etcd.log"),
                        etcdUrl,
                        Engine.command(
                                "etcd",
                                List.of(
                                        "--data-dir=" + folder.resolve("etcd"),
                                        "--listen-client-urls=" + etcdUrl,
                                        "--advertise-client-urls=" + etcdUrl,
                                        "--listen-peer-urls=" + peerUrl,
                                        "--initial-advertise-peer-urls=" + peerUrl,
                                        "--initial-cluster=default=" + peerUrl,
                                        "--log-level=warn",
                                        "--unsafe-no-fsync",
                                        "--quota-backend-bytes=8589934592")),
                        Map.of())
                .awaitAnswer("/health");
        int port = Engine.freePort();
        String url = "https://127.0.0.1:" + port;
        Path key = writeServiceAccountKey(folder);
        Path tokens = Files.writeString(folder.resolve("tokens.csv"), """
            operator,system:serviceaccount:%s:tocsin,operator,"system:serviceaccounts"
            bench,bench,bench,"system:masters"
            """.formatted(Rig.SYSTEM));
        Engine apiServer = Engine.start(
                "kube-apiserver",
                folder.resolve("kube-apiserver.log"),
                url,
                Engine.command(
                        "kube-apiserver",
                        List.of(
                                "--etcd-servers=" + etcdUrl,
                                "--bind-address=127.0.0.1",
                                "--endpoint-reconciler-type=none",
                                "--secure-port=" + port,
                                "--cert-dir=" + folder.resolve("certificates"),
                                "--service-account-issuer=https://bench",
                                "--service-account-key-file=" + key,
                                "--service-account-signing-key-file=" + key,
                                "--token-auth-file=" + tokens,
                                "--authorization-mode=AlwaysAllow",
                                "--disable-admission-plugins=ServiceAccount",
                                "--service-cluster-ip-range=10.96.0.0/24",
                                "--allow-privileged")),
                Map.of());
        ControlPlane result = new ControlPlane(folder, etcd, apiServer, url);
        result.installCrds();
        return result;
    }

    private static Path writeServiceAccountKey(Path folder) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(pair.getPrivate().getEncoded());
            return Files.writeString(
                    folder.resolve("service-accounts.pem"),
                    "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has RSA", e);
        }
    }

    private void installCrds() throws IOException, InterruptedException {
        Wait.until("the API server answers", Duration.ofSeconds(90), Duration.ofMillis(50), () -> {
            apiServer.mustRun();
            try {
                return "ok".equals(client.raw("/readyz"));
            } catch (RuntimeException e) {
                return false;
            }
        });
        try (Stream<Path> files = Files.list(Repository.root().resolve("crds/generated"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".yaml")).toList()) {
                CustomResourceDefinition crd =
                        Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
                client.resource(crd).serverSideApply();
                client.resource(crd).waitUntilCondition(ControlPlane::isEstablished, 30, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    void namespace(String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    /** The benchmark's own client. */
    KubernetesClient client() {
        return client;
    }

    private KubernetesClient newClient() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(url)
                        .withTrustCerts(true)
                        .withOauthToken(BENCH_TOKEN)
                        .withMaxConcurrentRequests(256)
                        .withMaxConcurrentRequestsPerHost(256)
                        .build())
                .build();
    }

    /** A kubeconfig for a program that comes as a service account. */
    Path kubeconfig() throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
            apiVersion: v1
            kind: Config
            current-context: bench
            clusters: [{name: bench, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
            users: [{name: bench, user: {token: %s}}]
            contexts: [{name: bench, context: {cluster: bench, user: bench}}]
            """.formatted(url, OPERATOR_TOKEN));
    }

    /** Seconds of CPU of etcd and the API server so far. */
    double cpuSeconds() throws IOException {
        return etcd.cpuSeconds() + apiServer.cpuSeconds();
    }

    /** What etcd holds, MiB, former revisions that are not compacted yet included. */
    double storedMiB() throws IOException, InterruptedException {
        return etcd.metric("etcd_mvcc_db_total_size_in_use_in_bytes") / (1 << 20);
    }

    /**
     * Requests that have written something, as the API server has counted them, successful or not.
     *
     * @param resource for example events
     * @param subresource for example status; empty for none
     */
    double writes(String resource, String subresource) {
        return client.raw("/metrics")
                .lines()
                .filter(line -> line.startsWith("apiserver_request_total{")
                        && line.contains(",resource=\"" + resource + "\"")
                        && line.contains(",subresource=\"" + subresource + "\"")
                        && WRITING.matcher(line).find())
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Requests that have written the status of an AlertRule. */
    double statusWrites() {
        return writes("alertrules", "status");
    }

    @Override
    public void close() {
        client.close();
        apiServer.close();
        etcd.close();
    }
}

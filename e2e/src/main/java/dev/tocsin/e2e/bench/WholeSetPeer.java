package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs the peer {@link WholeSet} with an unsharded vmalert of its own beside the operator, on the same API server. */
final class WholeSetPeer implements AutoCloseable {
    static final String NAME = "whole set recompiled, one vmalert with one file";
    private static final String PATH = "/api/v1/namespaces/" + Rig.PEER + "/configmaps";

    private final Rig rig;
    private final Engine vmalert;
    private final Engine program;

    private WholeSetPeer(Rig rig, Engine vmalert, Engine program) {
        this.rig = rig;
        this.vmalert = vmalert;
        this.program = program;
    }

    /** How far it has come: newest resource version and number of the rules that are loaded, reloads so far. */
    private record Progress(long version, int rules, int reloads) {}

    static WholeSetPeer start(Rig rig) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(rig.folder().resolve("peer"));
        Path file = Files.writeString(folder.resolve("rules.yaml"), "groups: []\n");
        Engine vmalert =
                unshardedVmalert(rig, folder, file, rig.node().alertmanager().url());
        int port = Engine.freePort();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Engine program = Engine.start(
                        "whole-set",
                        folder.resolve("whole-set.log"),
                        "http://127.0.0.1:" + port,
                        List.of(
                                java,
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WholeSet.class.getName(),
                                file.toString(),
                                vmalert.url(),
                                Integer.toString(port)),
                        Map.of("KUBECONFIG", rig.controlPlane().kubeconfig().toString()))
                .awaitAnswer("/");
        return new WholeSetPeer(rig, vmalert, program);
    }

    /** vmalert as it comes, with all rules in one file. */
    static Engine unshardedVmalert(Rig rig, Path folder, Path file, String notifier)
            throws IOException, InterruptedException {
        String address = "127.0.0.1:" + Engine.freePort();
        return Engine.start(
                        "unsharded-vmalert",
                        folder.resolve("vmalert.log"),
                        "http://" + address,
                        Engine.command(
                                "vmalert",
                                List.of(
                                        "-rule=" + file,
                                        "-httpListenAddr=" + address,
                                        "-rule.evalDelay=0s",
                                        "-datasource.url="
                                                + rig.victoriaMetrics().url(),
                                        "-notifier.url=" + notifier)),
                        Map.of())
                .awaitAnswer("/health");
    }

    private static String configMap(int number, String expression) {
        ObjectNode configMap = Json.object("v1", "ConfigMap", Rig.PEER, Rules.name(number));
        configMap.withObject("/metadata/labels").put(WholeSet.RULE_LABEL, "yes");
        configMap.putObject("data").put("group", Rules.group(number, expression, "60s"));
        return configMap.toString();
    }

    /** Creates the rules of these numbers; the time from the first create until the last is loaded. */
    Duration create(int from, int to) throws InterruptedException {
        long began = System.nanoTime();
        Rules.create(rig.client(), PATH, from, to, i -> configMap(i, Rules.quietExpression(i)));
        Wait.until(
                "the peer has loaded " + to + " rules",
                Duration.ofMinutes(3),
                Duration.ofMillis(20),
                () -> progress().rules() >= to);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Deletes all of its rules. */
    void deleteAll() throws InterruptedException {
        rig.client().raw(PATH + "?labelSelector=" + WholeSet.RULE_LABEL, "DELETE", null);
        Wait.until(
                "the peer has no rules",
                Duration.ofMinutes(1),
                Duration.ofMillis(100),
                () -> progress().rules() == 0);
    }

    /** Edits one rule; the time until it is loaded. */
    Duration edit(int number, int round) throws InterruptedException {
        long began = System.nanoTime();
        String answer = rig.client()
                .raw(PATH + "/" + Rules.name(number), "PUT", configMap(number, "vector(0) > " + (number + round)));
        long version =
                Json.read(answer).path("metadata").path("resourceVersion").asLong();
        Wait.until(
                "the peer has loaded an edit",
                Duration.ofMinutes(1),
                Duration.ofMillis(10),
                () -> progress().version() >= version);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    int reloads() throws IOException, InterruptedException {
        return progress().reloads();
    }

    /** Seconds of CPU of the program so far, that of vmalert and of the API server not included. */
    double cpuSeconds() throws IOException {
        return program.cpuSeconds();
    }

    private Progress progress() throws IOException, InterruptedException {
        String[] words = program.get("/").split(" ", -1);
        return new Progress(Long.parseLong(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }

    @Override
    public void close() {
        program.close();
        vmalert.close();
    }
}

package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.ContactPoint;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any one pod of the system is deleted, while rules of every shard fire and others begin to. */
class DisturbanceTest extends ClusterTest {
    private static final int RULES = 4;

    private final Team team = team("disturbance");
    private final Set<String> statesOfSteady = ConcurrentHashMap.newKeySet();
    private @Nullable SharedIndexInformer<AlertRule> watch;
    private int disturbances;

    @BeforeAll
    void rulesFireInEveryShard() {
        tocsin.awaitWhole();
        team.delivers();
        apply("steady", holds("steady"));
        samples.set(team, "steady", 1);
        awaitAll("steady", "fires", rule -> Status.is(rule, AlertRuleState.Firing));
        awaitNotified("steady");
        assertThat(names("steady").map(this::shard).collect(Collectors.toSet())).isEqualTo(tocsin.shards());
        watch = client.resources(AlertRule.class).inNamespace(team.namespace()).inform(new StatesOfSteady());
    }

    @AfterAll
    void stopWatching() {
        if (watch != null) {
            watch.close();
        }
    }

    /** Every pod of the system; of a shard the oldest one, as often as it has replicas. */
    Stream<Named<Supplier<Pod>>> everyPod() {
        List<Named<Supplier<Pod>>> operators = List.of(
                Named.of("operator, the one that leads", () -> tocsin.leader().orElseThrow()),
                Named.of("operator, one that stands by", tocsin::standby));
        Stream<Named<Supplier<Pod>>> evaluators = tocsin.pods("evaluator").stream()
                .map(Installation::shard)
                .sorted()
                .map(shard -> Named.of(
                        "evaluator of " + shard,
                        () -> tocsin.pods("evaluator").stream()
                                .filter(pod -> Installation.shard(pod).equals(shard))
                                .findFirst()
                                .orElseThrow()));
        Stream<Named<Supplier<Pod>>> members = tocsin.pods("alertmanager").stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .map(name -> Named.of(
                        name,
                        () -> tocsin.pods("alertmanager").stream()
                                .filter(pod -> pod.getMetadata().getName().equals(name))
                                .findFirst()
                                .orElseThrow()));
        return Stream.of(operators.stream(), evaluators, members).flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource("everyPod")
    void anyOnePodMayGoWithoutAnAlertBeingLostOrResolvedUntruly(Supplier<Pod> chosen) {
        String during = "during-" + disturbances++;
        samples.set(team, during, 0);
        apply(during, holds(during));
        awaitAll(during, "is evaluated", rule -> Status.is(rule, "Evaluating", "True"));
        assertThat(names(during).map(this::shard).collect(Collectors.toSet())).isEqualTo(tocsin.shards());
        Pod pod = chosen.get();

        client.resource(pod).delete();
        samples.set(team, during, 1);

        long began = System.nanoTime();
        awaitNotified(during);
        long notified = System.nanoTime();
        convergesByItself(pod);
        awaitAll(during, "fires", rule -> Status.is(rule, AlertRuleState.Firing));
        assertThat(receiver.alerts(team.path()))
                .as("every rule's metric still holds")
                .noneMatch(alert -> alert.is("resolved"));
        assertThat(statesOfSteady).as("states of the rules that fire").containsExactly("Firing");
        System.out.printf(
                "%s deleted: alerts of just then were delivered after %d ms, all was well after %d ms%n",
                pod.getMetadata().getName(), (notified - began) / 1_000_000, (System.nanoTime() - began) / 1_000_000);
    }

    /** Every pod runs again, and edits reach all of them. */
    private void convergesByItself(Pod gone) {
        within(60, "the pod is gone").until(() -> {
            Pod found = client.resource(gone).get();
            return found == null
                    || !found.getMetadata().getUid().equals(gone.getMetadata().getUid());
        });
        tocsin.awaitWhole();
        apply("probe", "expr: vector(0) > " + disturbances);
        team.contactPoint(
                "probe", "receivers: [{webhook: {url: {value: \"%s\"}}}]".formatted(receiver.url("/" + disturbances)));
        awaitAll("probe", "is ready", rule -> Status.is(rule, "Ready", "True"));
        team.awaitReady(ContactPoint.class, "probe");
    }

    /** As many rules of a name as are needed to have one in every shard. */
    private static Stream<String> names(String name) {
        return IntStream.range(0, RULES).mapToObj(i -> name + "-" + i);
    }

    private void apply(String name, String spec) {
        names(name).forEach(one -> team.rule(one, spec));
    }

    private void awaitAll(String name, String what, Predicate<AlertRule> wanted) {
        names(name).forEach(one -> team.await(AlertRule.class, one, what, wanted));
    }

    private void awaitNotified(String name) {
        names(name).forEach(one -> team.awaitNotified(40, one, "firing"));
    }

    private String shard(String rule) {
        return team.resource(AlertRule.class, rule)
                .get()
                .getStatus()
                .evaluator()
                .shard();
    }

    private String holds(String series) {
        return "expr: '%s > 0'".formatted(Samples.series(team, series));
    }

    /** Keeps every state that the status of one of the steady rules has, be it for a moment. */
    private final class StatesOfSteady implements ResourceEventHandler<AlertRule> {
        @Override
        public void onAdd(AlertRule rule) {
            if (rule.getMetadata().getName().startsWith("steady")) {
                statesOfSteady.add(String.valueOf(Status.state(rule)));
            }
        }

        @Override
        public void onUpdate(AlertRule before, AlertRule rule) {
            onAdd(rule);
        }

        @Override
        public void onDelete(AlertRule rule, boolean unknown) {
            onAdd(rule);
        }
    }
}

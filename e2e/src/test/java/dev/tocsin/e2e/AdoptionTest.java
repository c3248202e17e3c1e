package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many PrometheusRules, as charts bring them along, run as AlertRules that belong to them. */
class AdoptionTest extends ClusterTest {
    private static final int OBJECTS = 500;
    private static final int EDITED = 50;
    private static final int DELETED = 50;
    private static final int CONCURRENT_REQUESTS = 8;

    private final Team team = team("adoption");

    @Test
    void fiveHundredPrometheusRulesAreEvaluatedAndToldAndFollowEditsAndDeletions() throws Exception {
        team.delivers();
        samples.set(team, "load", 1);
        each(0, OBJECTS, i -> apply(i, 10));

        within(120, "each runs")
                .untilAsserted(() -> assertThat(team.rules())
                        .hasSize(OBJECTS)
                        .allMatch(rule -> Status.is(rule, "Loaded", "True") && Status.is(rule, "Ready", "True"))
                        .allMatch(rule -> Status.is(rule, AlertRuleState.Inactive)));

        each(0, EDITED, i -> apply(i, 0));
        each(OBJECTS - DELETED, OBJECTS, i -> object(i, 10).delete());

        within(60, "the edited ones fire, the deleted ones are gone, the others are as they were")
                .untilAsserted(() -> {
                    List<AlertRule> rules = team.rules();
                    assertThat(rules).hasSize(OBJECTS - DELETED);
                    assertThat(rules)
                            .filteredOn(rule -> rule.getSpec().expr().endsWith("> 0"))
                            .hasSize(EDITED)
                            .allMatch(rule -> Status.is(rule, AlertRuleState.Firing));
                    assertThat(rules)
                            .filteredOn(rule -> rule.getSpec().expr().endsWith("> 10"))
                            .allMatch(rule -> Status.is(rule, AlertRuleState.Inactive));
                });
        within(30, "the receiver is told of each of them")
                .untilAsserted(() -> assertThat(receiver.alerts(team.path()).stream()
                                .map(alert -> alert.labels().get("alertname"))
                                .distinct())
                        .hasSize(EDITED));
    }

    private void apply(int i, int limit) {
        object(i, limit).fieldManager("e2e").forceConflicts().serverSideApply();
    }

    private Resource<GenericKubernetesResource> object(int i, int limit) {
        return client.resource(Serialization.unmarshal(
                """
                        apiVersion: monitoring.coreos.com/v1
                        kind: PrometheusRule
                        metadata: {name: chart-%d, namespace: %s, labels: {tocsin.dev/e2e: "true"}}
                        spec:
                          groups:
                          - name: chart
                            rules:
                            - {alert: Load%d, expr: '%s > %d'}
                        """.formatted(i, team.namespace(), i, Samples.series(team, "load"), limit),
                GenericKubernetesResource.class));
    }

    private static void each(int from, int to, IntConsumer action) throws InterruptedException, ExecutionException {
        try (ExecutorService requests = Executors.newFixedThreadPool(CONCURRENT_REQUESTS)) {
            List<Future<?>> all = IntStream.range(from, to)
                    .<Future<?>>mapToObj(i -> requests.submit(() -> action.accept(i)))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        }
    }
}

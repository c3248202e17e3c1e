package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bundled VictoriaMetrics keeps its data in its pod, and a new pod begins without any. */
class DatasourceRestartTest extends ClusterTest {
    private final Team team = team("datasource");

    @Test
    void aNewDatasourceThatHasToScrapeFirstResolvesNothing() {
        tocsin.awaitWhole();
        team.delivers();
        team.rule("point", "expr: 'count(up{job=\"alertmanager\"}) > 0'");
        team.rule("rate", "expr: 'sum(rate(vm_http_requests_all_total{job=\"victoriametrics\"}[2m])) > 0'");
        team.rule("api-server", "expr: 'count(up{job=\"apiserver\"}) > 0'");
        for (String rule : new String[] {"point", "rate", "api-server"}) {
            team.awaitNotified(90, rule, "firing");
        }
        Map<String, Integer> told = receiver.counts(team.path());
        assertThat(told).hasSize(3);
        Pod pod = tocsin.pods("victoriametrics").getFirst();

        client.resource(pod).delete();

        within(60, "the evaluators have no datasource")
                .until(() -> team.rules().stream().allMatch(rule -> Status.is(rule, "Evaluating", "False")));
        within(120, "the rules are evaluated again")
                .until(() -> team.rules().stream()
                        .allMatch(rule ->
                                Status.is(rule, "Evaluating", "True") && Status.is(rule, AlertRuleState.Firing)));
        within(Duration.ofSeconds(60), "nothing is told anew, and nothing as resolved")
                .during(Duration.ofSeconds(40))
                .until(() -> receiver.counts(team.path()).equals(told));
        assertThat(tocsin.pods("victoriametrics").getFirst().getMetadata().getUid())
                .isNotEqualTo(pod.getMetadata().getUid());
        for (String rule : new String[] {"point", "rate", "api-server"}) {
            assertThat(team.resource(AlertRule.class, rule).get())
                    .matches(one -> Status.is(one, AlertRuleState.Firing));
        }
    }
}

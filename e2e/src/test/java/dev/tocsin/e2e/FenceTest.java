package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One team writes whatever might get hold of another team's alerts, keep them back, or pass as that team. */
class FenceTest extends ClusterTest {
    private final Team victim = team("victim");
    private final Team intruder = team("intruder");

    @BeforeAll
    void bothDeliver() {
        victim.delivers();
        intruder.delivers();
    }

    @Test
    void nothingOfOneNamespaceReachesOrIsKeptBackByAnother() {
        intruder.policy("a-catches", Team.everything("receiver") + matchers("=", victim.namespace()));
        intruder.policy("a-catches-all", Team.everything("receiver") + matchers("=~", ".*"));
        intruder.policy(
                "a-inhibits",
                Team.everything("receiver") + matchers("=", "nobody") + """
                inhibitRules:
                - source: [{label: tocsin_rule, op: "=", value: inhibits}]
                  target: [{label: tocsin_namespace, op: "=", value: %1$s}]
                - source: [{label: tocsin_rule, op: "=", value: inhibits}]
                  target: [{label: tocsin_rule, op: "!=", value: inhibits}, {label: alertname, op: "=~", value: held.*}]
                """.formatted(victim.namespace()));
        intruder.policy("a-borrows", Team.everything(victim.namespace() + "/receiver"));
        intruder.policy("a-cluster", "scope: Cluster\n" + Team.everything("receiver"));
        for (String accepted : new String[] {"a-catches", "a-catches-all", "a-inhibits"}) {
            intruder.awaitReady(NotificationPolicy.class, accepted);
        }
        refused("a-borrows", "RefNotPermitted", victim.namespace() + "/receiver");
        refused("a-cluster", "NotPermitted", intruder.namespace());
        // The series says that it is the victim's.
        intruder.rule("passes-as", """
                expr: >-
                  label_replace(label_replace(vector(1), "tocsin_namespace", "%s", "", ""), "tocsin_rule", "first", "", "")
                """.formatted(victim.namespace()));
        intruder.rule("inhibits", "expr: vector(1)");
        intruder.awaitNotified(30, "inhibits", "firing");
        intruder.awaitNotified(30, "passes-as", "firing");

        victim.rule("held-back", "expr: vector(1)\nlabels: {severity: page}");

        victim.awaitNotified(30, "held-back", "firing");
        // What is sent after it has been sent: nothing of the victim's can still be on its way to the intruder.
        intruder.rule("last", "expr: vector(1)");
        intruder.awaitNotified(30, "last", "firing");
        assertThat(receiver.alerts(intruder.path()))
                .isNotEmpty()
                .allMatch(alert -> intruder.namespace().equals(alert.labels().get("tocsin_namespace")));
        assertThat(receiver.alerts(victim.path()))
                .isNotEmpty()
                .allMatch(alert -> victim.namespace().equals(alert.labels().get("tocsin_namespace")));
        within(10, "the policy that catches has no alerts")
                .until(() -> intruder.resource(NotificationPolicy.class, "a-catches")
                                        .get()
                                        .getStatus()
                                        .alerts()
                                == 0
                        && intruder.resource(NotificationPolicy.class, "a-catches-all")
                                        .get()
                                        .getStatus()
                                        .alerts()
                                == 3);
        assertThat(victim.awaitReady(AlertRule.class, "held-back").getStatus().contactPoints())
                .containsExactly(victim.namespace() + "/receiver");
    }

    @Test
    void aContactPointThatAllowsANamespaceIsOpenToItsPolicies() {
        intruder.policy("b-asks", Team.everything(victim.namespace() + "/asked") + matchers("=", "nobody"));
        refused("b-asks", "RefNotFound", victim.namespace() + "/asked");
        String spec = "receivers: [{webhook: {url: {value: \"%s\"}}}]\n".formatted(receiver.url(victim.path()));
        victim.contactPoint("asked", spec);
        refused("b-asks", "RefNotPermitted", victim.namespace() + "/asked");

        victim.contactPoint("asked", spec + "allowFrom: {namespaces: [%s]}".formatted(intruder.namespace()));

        intruder.awaitReady(NotificationPolicy.class, "b-asks");
        victim.awaitReady(ContactPoint.class, "asked");
    }

    @Test
    void aRuleCannotGiveItsAlertsTheLabelsOfAnotherNamespace() {
        assertThatThrownBy(() -> intruder.rule(
                        "forged", "expr: vector(1)\nlabels: {tocsin_namespace: %s}".formatted(victim.namespace())))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("names that begin with tocsin_");
    }

    /** Goes into the root route, at the end of the spec that {@link Team#everything} begins. */
    private static String matchers(String operator, String namespace) {
        return "  matchers: [{label: tocsin_namespace, op: \"%s\", value: \"%s\"}]%n".formatted(operator, namespace);
    }

    private void refused(String policy, String reason, String named) {
        NotificationPolicy refused = intruder.await(
                NotificationPolicy.class,
                policy,
                "is refused as " + reason,
                found -> Status.is(found, "Accepted", "False", reason));
        assertThat(Status.message(refused, "Accepted")).contains(named);
    }
}

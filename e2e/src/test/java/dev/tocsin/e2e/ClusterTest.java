package dev.tocsin.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A test on a cluster on which Tocsin is installed (e2e/e2e-test): it writes objects as their users do, in namespaces of
 * its own, and looks at what users and receivers see. The cluster is that of KUBECONFIG.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class ClusterTest {
    /** What rules.interval of the installation is; the tests' rules have none of their own. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final String NAMESPACE = System.getenv().getOrDefault("TOCSIN_NAMESPACE", "tocsin-e2e");
    private static final String RELEASE = System.getenv().getOrDefault("TOCSIN_RELEASE", "tocsin-e2e");

    final KubernetesClient client = new KubernetesClientBuilder().build();
    final Installation tocsin = new Installation(client, NAMESPACE, RELEASE);
    final Samples samples = new Samples(client, NAMESPACE, RELEASE + "-victoriametrics");
    final Receiver receiver = new Receiver(client, NAMESPACE);
    private final List<Team> teams = new ArrayList<>();

    /** A new namespace, gone after the class. */
    Team team(String name) {
        Team team = new Team(client, name, receiver);
        teams.add(team);
        return team;
    }

    @AfterAll
    void leaveNothing() {
        teams.forEach(Team::close);
        samples.close();
        client.close();
    }

    /** Waits; that the API server or a pod cannot be reached just now is no failure. */
    static ConditionFactory within(Duration time, String what) {
        return await(what)
                .atMost(time)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(KubernetesClientException.class);
    }

    static ConditionFactory within(int seconds, String what) {
        return within(Duration.ofSeconds(seconds), what);
    }
}

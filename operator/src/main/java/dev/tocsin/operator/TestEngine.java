package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.TestRoute;
import dev.tocsin.observe.AlertmanagerState;
import dev.tocsin.observe.SendCounters;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.publish.AlertmanagerControl;
import dev.tocsin.publish.PublishedConfiguration;
import dev.tocsin.publish.Replica;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Test notifications by way of the API server and the Alertmanager members. */
record TestEngine(
        KubernetesClient client,
        AlertmanagerControl control,
        AlertmanagerState state,
        PublishedConfiguration configuration)
        implements TestRun.Engine {
    private static final Logger LOG = LoggerFactory.getLogger(TestEngine.class);

    @Override
    public boolean isRecorded(ObjectKey key, String uid, TestStatus status) {
        try {
            ContactPoint object = client.resources(ContactPoint.class)
                    .inNamespace(key.namespace())
                    .withName(key.name())
                    .get();
            return object != null
                    && uid.equals(object.getMetadata().getUid())
                    && object.getStatus() != null
                    && status.equals(object.getStatus().test());
        } catch (KubernetesClientException e) {
            LOG.debug("the status of {} cannot be read: {}", key, e.toString());
            return false;
        }
    }

    @Override
    public void send(Replica member, String alert) throws IOException, InterruptedException {
        control.send(member, alert);
    }

    @Override
    public Map<Sender, SendCounters> counters(Replica member) throws IOException, InterruptedException {
        return state.sendCounters(member);
    }

    @Override
    public Set<Hold> holds(Replica member, String id) throws IOException, InterruptedException {
        return state.alerts(member).stream()
                .filter(alert -> TestRoute.isTest(alert.labels())
                        && id.equals(alert.labels().get(TestRoute.ID_LABEL)))
                .flatMap(alert -> alert.holds().stream())
                .collect(Collectors.toSet());
    }

    @Override
    public long latestSequence() {
        return configuration.latestSequence();
    }
}

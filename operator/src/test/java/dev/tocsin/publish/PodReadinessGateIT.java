package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.Engines;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gate on a real API server, with no more rights than the manifests give. */
@Tag("integration")
class PodReadinessGateIT {
    private static final String SYSTEM = "tocsin-system";

    @Test
    void theGateIsOpenedWithTheOperatorsRightsBesideWhatTheKubeletSays() throws IOException {
        try (ApiServer apiServer = ApiServer.start()) {
            apiServer.namespace(SYSTEM);
            KubernetesClient admin = apiServer.client();
            try (InputStream rights =
                    Files.newInputStream(Engines.repositoryRoot().resolve("manifests/base/operator-rbac.yaml"))) {
                admin.load(rights).items().stream()
                        .filter(object -> object.getKind().startsWith("Role"))
                        .forEach(object -> admin.resource(object).create());
            }
            Pod pod = admin.resource(new PodBuilder()
                            .withNewMetadata()
                            .withName("evaluator")
                            .withNamespace(SYSTEM)
                            .endMetadata()
                            .withNewSpec()
                            .addNewReadinessGate(ClusterNames.CAUGHT_UP_CONDITION)
                            .addNewContainer()
                            .withName("vmalert")
                            .withImage("vmalert")
                            .endContainer()
                            .endSpec()
                            .build())
                    .create();
            admin.pods()
                    .inNamespace(SYSTEM)
                    .withName("evaluator")
                    .editStatus(found -> new PodBuilder(found)
                            .editStatus()
                            .addNewCondition()
                            .withType("Initialized")
                            .withStatus("True")
                            .endCondition()
                            .endStatus()
                            .build());
            Replica replica =
                    new Replica("default-0", "evaluator", pod.getMetadata().getUid(), "http://replica");
            Replica former = new Replica("default-0", "evaluator", "uid-of-a-former-pod", "http://replica");
            try (KubernetesClient operator = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(admin.getConfiguration())
                            .withImpersonateUsername("system:serviceaccount:tocsin-system:tocsin-operator")
                            .build())
                    .build()) {
                PodReadinessGate gate = new PodReadinessGate(operator, SYSTEM, Clock.systemUTC());
                assertThat(gate.isOpen(replica)).isFalse();
                assertThatThrownBy(() -> gate.open(former)).isInstanceOf(KubernetesClientException.class);
                assertThat(gate.isOpen(replica)).as("it is another pod's").isFalse();

                gate.open(replica);

                assertThat(gate.isOpen(replica)).isTrue();
                assertThat(gate.isOpen(former)).isFalse();
            }
            assertThat(admin.pods()
                            .inNamespace(SYSTEM)
                            .withName("evaluator")
                            .get()
                            .getStatus()
                            .getConditions())
                    .extracting(PodCondition::getType)
                    .contains("Initialized", ClusterNames.CAUGHT_UP_CONDITION);
        }
    }
}

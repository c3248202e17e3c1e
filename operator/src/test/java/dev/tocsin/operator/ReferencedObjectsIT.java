package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.compile.delivery.ReferencedValues.Lookup;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.engines.ApiServer;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class ReferencedObjectsIT {
    private static final ValueRef REF = new ValueRef(ValueRef.Kind.Secret, "shop", "hook", "url");

    @Test
    void aSecretThatMayNotBeReadNamesTheCommandsAndIsThereOnceTheyAreRun() throws Exception {
        try (ApiServer apiServer = ApiServer.start()) {
            apiServer.namespace("shop");
            apiServer
                    .client()
                    .resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName("hook")
                            .withNamespace("shop")
                            .endMetadata()
                            .withStringData(Map.of("url", "http://a/"))
                            .build())
                    .create();
            AtomicInteger changes = new AtomicInteger();
            try (KubernetesClient operator = new KubernetesClientBuilder()
                            .withConfig(new ConfigBuilder(apiServer.client().getConfiguration())
                                    .withImpersonateUsername("system:serviceaccount:tocsin-system:tocsin-operator")
                                    .build())
                            .build();
                    ReferencedObjects references =
                            new ReferencedObjects(operator, Duration.ofMillis(200), changes::incrementAndGet).start()) {
                references.referTo(List.of(REF));
                assertThat(references.lookup(REF))
                        .isEqualTo(
                                new Lookup.Unreadable(
                                        "the operator is not allowed to get it; allow it: kubectl -n shop create role tocsin-references --verb=get --resource=secrets,configmaps"
                                                + " && kubectl -n shop create rolebinding tocsin-references --role=tocsin-references --serviceaccount=tocsin-system:tocsin-operator"));

                allow(apiServer.client());

                await("the Secret is read").until(() -> references.lookup(REF).equals(new Lookup.Found("http://a/")));
                assertThat(changes).hasPositiveValue();
            }
        }
    }

    /** What the commands make. */
    private static void allow(KubernetesClient admin) {
        admin.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName("tocsin-references")
                        .withNamespace("shop")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("secrets", "configmaps")
                        .withVerbs("get")
                        .endRule()
                        .build())
                .create();
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("tocsin-references")
                        .withNamespace("shop")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "tocsin-references")
                        .addNewSubject("", "ServiceAccount", "tocsin-operator", "tocsin-system")
                        .build())
                .create();
    }
}

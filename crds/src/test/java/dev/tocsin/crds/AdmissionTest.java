package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a real API server takes and refuses, and what it says. It takes the CRDs themselves only when their rules are
 * cheap enough.
 */
@Tag("integration")
class AdmissionTest {
    private static final Path KUBECTL = Cases.REPOSITORY.resolve("target/tools/bin/kubectl");

    private static ApiServerWithCrds server;
    private static KubernetesClient client;

    @BeforeAll
    static void startApiServer() {
        server = ApiServerWithCrds.start(Cases.REPOSITORY);
        client = server.newClient();
    }

    @AfterAll
    static void stopApiServer() {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> takesValidObjects() {
        return Cases.valid()
                .map(valid -> DynamicTest.dynamicTest(
                        valid.name(),
                        () -> assertThatCode(() -> create(valid.yaml())).doesNotThrowAnyException()));
    }

    @TestFactory
    Stream<DynamicTest> refusesInvalidObjectsAndSaysTheFix() {
        return Cases.invalid()
                .map(invalid -> DynamicTest.dynamicTest(invalid.name(), () -> {
                    assertThat(invalid.expected())
                            .as("lines that begin with # expect:")
                            .isNotEmpty();

                    KubernetesClientException refusal =
                            catchThrowableOfType(KubernetesClientException.class, () -> create(invalid.yaml()));

                    assertThat(refusal).as("refused").isNotNull();
                    assertThat(refusal.getMessage()).contains(invalid.expected());
                }));
    }

    @TestFactory
    Stream<DynamicTest> takesTheSamples() {
        return Cases.documents(Cases.REPOSITORY.resolve("manifests/samples"))
                .map(sample -> DynamicTest.dynamicTest(
                        sample.file(),
                        () -> assertThatCode(() -> create(sample.yaml())).doesNotThrowAnyException()));
    }

    @TestFactory
    Stream<DynamicTest> takesTheExamplesOfTheDocuments() {
        return Stream.of("README.md", "docs/user-guide.md", "docs/operations.md")
                .flatMap(file -> Cases.examples(Cases.REPOSITORY.resolve(file)))
                .map(example -> DynamicTest.dynamicTest(
                        example.file(),
                        () -> assertThatCode(() -> create(example.yaml())).doesNotThrowAnyException()));
    }

    private static void create(String yaml) {
        GenericKubernetesResource resource = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        resource.getMetadata().setNamespace(null);
        resource.getMetadata().setGenerateName(resource.getMetadata().getName() + "-");
        resource.getMetadata().setName(null);
        GenericKubernetesResource created = client.resource(resource)
                .inNamespace("default")
                .fieldValidation(Validation.STRICT)
                .create();
        Object status = resource.getAdditionalProperties().get("status");
        if (status != null) {
            created.setAdditionalProperty("status", status);
            client.resource(created).updateStatus();
        }
    }

    @Test
    void aFreshObjectIsNotYetObserved() {
        GenericKubernetesResource rule = Serialization.unmarshal("""
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: fresh}
            spec: {expr: up == 0}
            """, GenericKubernetesResource.class);

        GenericKubernetesResource created =
                client.resource(rule).inNamespace("default").create();

        assertThat(created.getAdditionalProperties().get("status")).isEqualTo(Map.of("observedGeneration", -1));
    }

    @Test
    void theKindsAreFoundByShortNameAndCategory() throws Exception {
        assertThat(kubectl("api-resources", "--categories=tocsin", "--no-headers", "-o", "wide"))
                .contains("alertrules", "contactpoints", "notificationpolicies")
                .containsPattern("alertrules +ar ")
                .containsPattern("contactpoints +cp ")
                .containsPattern("notificationpolicies +npol ");
    }

    /** Without --server-side the whole object goes into an annotation, which has a limit. */
    @Test
    void anyKubectlCanApplyTheCrds() throws Exception {
        assertThat(kubectl(
                        "apply",
                        "-f",
                        Cases.REPOSITORY.resolve("crds/generated").toString()))
                .contains("alertrules.tocsin.dev configured")
                .contains("contactpoints.tocsin.dev configured")
                .contains("notificationpolicies.tocsin.dev configured");
    }

    @Test
    void explainReadsLikeDocumentation() throws Exception {
        assertThat(kubectl("explain", "alertrule.spec"))
                .contains("The alert: what is evaluated, how often, and what is said when it holds.")
                .contains("How long expr or condition must hold before the alert fires");
    }

    private static String kubectl(String... arguments) throws Exception {
        Path kubeconfig = Files.createTempFile("kubeconfig", ".yaml");
        Files.writeString(kubeconfig, server.kubeconfig());
        ProcessBuilder command = new ProcessBuilder(Stream.concat(Stream.of(KUBECTL.toString()), Stream.of(arguments))
                .toList());
        command.environment().put("KUBECONFIG", kubeconfig.toString());
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Files.delete(kubeconfig);
        return output;
    }
}

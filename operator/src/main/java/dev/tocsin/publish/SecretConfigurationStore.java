package dev.tocsin.publish;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the configuration in a Secret of the operator's namespace, since it holds the values of others' Secrets. Server-
 * side apply takes the keys over from whoever made the Secret, and creates it when there is none.
 */
public final class SecretConfigurationStore implements ConfigurationStore {
    /** Key of the file that Alertmanager loads. */
    public static final String YAML_KEY = "alertmanager.yaml";

    private static final String LIVE_KEY = "live.json.gz";
    private static final String COMPONENT = "alertmanager";

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final Optional<OwnerReference> owner;

    /**
     * @param namespace the operator's namespace
     * @param name of the Secret
     * @param owner what the Secret is deleted with, if anything
     */
    public SecretConfigurationStore(
            KubernetesClient client, String namespace, String name, Optional<OwnerReference> owner) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.owner = owner;
    }

    @Override
    public Optional<Content> read() {
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        if (secret == null || secret.getData() == null) {
            return Optional.empty();
        }
        Map<String, String> data = secret.getData();
        return Optional.of(new Content(
                new String(decoded(data.get(YAML_KEY)), StandardCharsets.UTF_8), decoded(data.get(LIVE_KEY))));
    }

    @Override
    public void write(Content content) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(ClusterNames.labels(COMPONENT))
                .withOwnerReferences(owner.map(List::of).orElse(List.of()))
                .endMetadata()
                .withType("Opaque")
                .withData(Map.of(
                        YAML_KEY,
                        encoded(content.yaml().getBytes(StandardCharsets.UTF_8)),
                        LIVE_KEY,
                        encoded(content.live())))
                .build();
        client.secrets()
                .inNamespace(namespace)
                .resource(secret)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(FieldManagers.PUBLISHER)
                        .withForce(true)
                        .build());
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decoded(@Nullable String text) {
        return text == null ? new byte[0] : Base64.getDecoder().decode(text);
    }
}

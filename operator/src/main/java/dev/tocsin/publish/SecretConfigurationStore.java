package dev.tocsin.publish;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configuration in a Secret of the operator's namespace, since it holds the values of others' Secrets, and the
 * fragments in a second one, which no pod mounts. Server-side apply takes the keys over from whoever made a Secret, and
 * creates it when there is none.
 *
 * <p>A text that fits is kept as it is, so that people can read it and Alertmanager can load it from where it is mounted;
 * a longer one is kept compressed, and unpacked in each member's pod (operator/image/unpack).
 */
public final class SecretConfigurationStore implements ConfigurationStore {
    /** Key of the file that Alertmanager loads. */
    public static final String YAML_KEY = "alertmanager.yaml";

    private static final Logger LOG = LoggerFactory.getLogger(SecretConfigurationStore.class);

    private static final String COMPRESSED_KEY = YAML_KEY + ".gz";
    private static final String LIVE_KEY = "live.json.gz";
    private static final String LIVE_SUFFIX = "-live";
    private static final String COMPONENT = "alertmanager";

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final Optional<OwnerReference> owner;

    /**
     * @param namespace the operator's namespace
     * @param name of the Secret; the fragments' is called the same with -live
     * @param owner what the Secrets are deleted with, if anything
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
        Map<String, String> file = data(name);
        Map<String, String> fragments = data(name + LIVE_SUFFIX);
        if (file.isEmpty() && fragments.isEmpty()) {
            return Optional.empty();
        }
        // The version before this one kept both in the first Secret.
        String live = fragments.getOrDefault(LIVE_KEY, file.get(LIVE_KEY));
        return Optional.of(new Content(yaml(file), decoded(live)));
    }

    private Map<String, String> data(String secretName) {
        Secret secret =
                client.secrets().inNamespace(namespace).withName(secretName).get();
        return secret == null || secret.getData() == null ? Map.of() : secret.getData();
    }

    private static String yaml(Map<String, String> file) {
        byte[] text = decoded(file.get(YAML_KEY));
        if (file.containsKey(COMPRESSED_KEY)) {
            try {
                text = Gzip.plain(decoded(file.get(COMPRESSED_KEY)));
            } catch (IOException e) {
                LOG.warn("the kept configuration is damaged: {}", e.getMessage());
                return "";
            }
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * The fragments first: an operator that starts after only that was written makes the same configuration of them
     * again.
     */
    @Override
    public void write(Content content) {
        apply(name + LIVE_SUFFIX, LIVE_KEY, content.live());
        byte[] text = content.text();
        if (text.length <= Content.SECRET_CAPACITY) {
            apply(name, YAML_KEY, text);
        } else {
            apply(name, COMPRESSED_KEY, Gzip.compressed(text));
        }
    }

    /** Makes this the only key that is ours. */
    private void apply(String secretName, String key, byte[] value) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName(secretName)
                .withNamespace(namespace)
                .withLabels(ClusterNames.labels(COMPONENT))
                .withOwnerReferences(owner.map(List::of).orElse(List.of()))
                .endMetadata()
                .withType("Opaque")
                .withData(Map.of(key, Base64.getEncoder().encodeToString(value)))
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

    private static byte[] decoded(@Nullable String text) {
        return text == null ? new byte[0] : Base64.getDecoder().decode(text);
    }
}

package dev.tocsin.command;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Objects;
import java.util.function.Function;

/** Asks the cluster of the user's KUBECONFIG, and says in one sentence why it cannot be asked. */
final class Kubeconfig {
    private static final int REQUEST_TIMEOUT_MS = 10_000;

    private Kubeconfig() {}

    /**
     * What the cluster answers.
     *
     * @param files how the user names files instead, for example -f
     * @throws BadInput when the cluster does not answer, or refuses
     */
    static <T> T ask(String files, Function<KubernetesClient, T> question) {
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config()).build()) {
            try {
                return question.apply(client);
            } catch (KubernetesClientException e) {
                throw new BadInput("The cluster at " + client.getMasterUrl() + " cannot be asked: " + reason(e)
                        + "; set KUBECONFIG, or name files" + files + ".");
            }
        }
    }

    private static Config config() {
        try {
            return new ConfigBuilder(Config.autoConfigure(null))
                    .withRequestTimeout(REQUEST_TIMEOUT_MS)
                    .withConnectionTimeout(REQUEST_TIMEOUT_MS)
                    .withRequestRetryBackoffLimit(0)
                    .build();
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw new BadInput("The kubeconfig cannot be used: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** The API server's own word where it has said one, else the cause. */
    static String reason(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(Objects.requireNonNullElse(cause.getMessage(), cause.toString()));
    }
}

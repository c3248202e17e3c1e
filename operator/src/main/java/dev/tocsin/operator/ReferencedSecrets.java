package dev.tocsin.operator;

import dev.tocsin.compile.delivery.SecretRef;
import dev.tocsin.compile.delivery.SecretValues;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Secrets that ContactPoints refer to, read one by one: the operator may get a Secret but neither list nor watch
 * them, so that it never holds one that nobody referred to. They are read again every few seconds, at a bounded rate.
 */
public final class ReferencedSecrets implements SecretValues, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReferencedSecrets.class);
    private static final int CONCURRENT_READS = 16;
    private static final int READS_PER_SECOND = 50;
    private static final int FORBIDDEN = 403;

    private final KubernetesClient client;
    private final Duration period;
    private final Runnable onChange;
    private final Map<Name, State> states = new ConcurrentHashMap<>();
    private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore permits = new Semaphore(CONCURRENT_READS);
    private final Thread thread = Thread.ofVirtual().name("secrets").unstarted(this::run);

    private record Name(String namespace, String name) {}

    private sealed interface State {
        record Present(Map<String, String> data) implements State {}

        record Absent() implements State {}

        record Unreadable(String why) implements State {}
    }

    /**
     * @param period between two reads of a Secret, longer when there are very many
     * @param onChange called when a Secret differs from what it was
     */
    public ReferencedSecrets(KubernetesClient client, Duration period, Runnable onChange) {
        this.client = client;
        this.period = period;
        this.onChange = onChange;
    }

    /** Begins to read again and again; returns at once. */
    public ReferencedSecrets start() {
        thread.start();
        return this;
    }

    /** Reads those that are not known yet, and forgets those that nobody refers to. */
    public void referTo(Collection<SecretRef> refs) throws InterruptedException {
        Set<Name> names = ConcurrentHashMap.newKeySet();
        refs.forEach(ref -> names.add(new Name(ref.namespace(), ref.name())));
        states.keySet().retainAll(names);
        names.removeAll(states.keySet());
        List<Callable<Boolean>> unknown = new ArrayList<>();
        names.forEach(name -> unknown.add(() -> read(name)));
        reads.invokeAll(unknown);
    }

    @Override
    public Lookup lookup(SecretRef ref) {
        State state = states.get(new Name(ref.namespace(), ref.name()));
        return switch (state) {
            case null -> new Lookup.Unreadable("it has not been read yet");
            case State.Absent() -> new Lookup.NoSecret();
            case State.Unreadable(String why) -> new Lookup.Unreadable(why);
            case State.Present(Map<String, String> data) ->
                Optional.ofNullable(data.get(ref.key()))
                        .map(ReferencedSecrets::text)
                        .orElse(new Lookup.NoKey());
        };
    }

    private static Lookup text(String base64) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
                    .toString();
            return new Lookup.Found(withoutLineEnd(text));
        } catch (CharacterCodingException e) {
            return new Lookup.NotText();
        }
    }

    private static String withoutLineEnd(String text) {
        boolean isOneLine = text.indexOf('\n') == text.length() - 1;
        return isOneLine ? text.replace("\r\n", "").replace("\n", "") : text;
    }

    /** Whether the Secret has changed. */
    private boolean read(Name name) throws InterruptedException {
        permits.acquire();
        try {
            State now = ask(name);
            State before = states.put(name, now);
            return before != null && !Objects.equals(before, now);
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "Secret {}/{} cannot be read, what was known stays: {}",
                    name.namespace(),
                    name.name(),
                    e.getMessage());
            states.putIfAbsent(name, new State.Unreadable("the Kubernetes API answers " + e.getCode()));
            return false;
        } finally {
            permits.release();
        }
    }

    private State ask(Name name) {
        try {
            Secret secret = client.secrets()
                    .inNamespace(name.namespace())
                    .withName(name.name())
                    .get();
            if (secret == null) {
                return new State.Absent();
            }
            return new State.Present(secret.getData() == null ? Map.of() : Map.copyOf(secret.getData()));
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN) {
                return new State.Unreadable("the operator's service account is not allowed to get it; allow it with a"
                        + " Role or ClusterRole that has verb get on secrets");
            }
            throw e;
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(period);
                for (Name name : List.copyOf(states.keySet())) {
                    if (read(name)) {
                        onChange.run();
                    }
                    Thread.sleep(Duration.ofSeconds(1).dividedBy(READS_PER_SECOND));
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("secrets are no longer read");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        reads.shutdownNow();
    }
}

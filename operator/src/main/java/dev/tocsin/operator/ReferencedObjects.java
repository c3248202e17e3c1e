package dev.tocsin.operator;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.compile.delivery.ReferencedValues;
import dev.tocsin.compile.delivery.ValueRef;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Secrets and ConfigMaps that ContactPoints refer to, read one by one: the operator may get one but neither list
 * nor watch them, so that it never holds one that nobody referred to. They are read again every few seconds, at a
 * bounded rate.
 */
public final class ReferencedObjects implements ReferencedValues, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReferencedObjects.class);
    private static final int CONCURRENT_READS = 16;
    private static final int READS_PER_SECOND = 50;
    private static final int FORBIDDEN = 403;
    private static final Pattern SERVICE_ACCOUNT =
            Pattern.compile("User \\\\?\"system:serviceaccount:([a-z0-9.-]+:[a-z0-9.-]+)\\\\?\"");

    private final KubernetesClient client;
    private final Duration period;
    private final Runnable onChange;
    private final Map<Name, State> states = new ConcurrentHashMap<>();
    private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore permits = new Semaphore(CONCURRENT_READS);
    private final Thread thread = Thread.ofVirtual().name("references").unstarted(this::run);

    private record Name(ValueRef.Kind kind, String namespace, String name) {
        static Name of(ValueRef ref) {
            return new Name(ref.kind(), ref.namespace(), ref.name());
        }
    }

    private sealed interface State {
        /**
         * It is there.
         *
         * @param data of a Secret in Base64, of a ConfigMap as it is
         */
        record Present(Map<String, String> data) implements State {}

        record Absent() implements State {}

        record Unreadable(String why) implements State {}
    }

    /**
     * @param period between two reads of an object, longer when there are very many
     * @param onChange called when an object differs from what it was
     */
    public ReferencedObjects(KubernetesClient client, Duration period, Runnable onChange) {
        this.client = client;
        this.period = period;
        this.onChange = onChange;
    }

    /** Begins to read again and again; returns at once. */
    public ReferencedObjects start() {
        thread.start();
        return this;
    }

    /** Reads those that are not known yet, and forgets those that nobody refers to. */
    public void referTo(Collection<ValueRef> refs) throws InterruptedException {
        Set<Name> names = ConcurrentHashMap.newKeySet();
        refs.forEach(ref -> names.add(Name.of(ref)));
        states.keySet().retainAll(names);
        names.removeAll(states.keySet());
        List<Callable<Boolean>> unknown = new ArrayList<>();
        names.forEach(name -> unknown.add(() -> read(name)));
        reads.invokeAll(unknown);
    }

    @Override
    public Lookup lookup(ValueRef ref) {
        State state = states.get(Name.of(ref));
        return switch (state) {
            case null -> new Lookup.Unreadable("it has not been read yet");
            case State.Absent() -> new Lookup.NoObject();
            case State.Unreadable(String why) -> new Lookup.Unreadable(why);
            case State.Present(Map<String, String> data) ->
                Optional.ofNullable(data.get(ref.key()))
                        .map(value -> ref.kind() == ValueRef.Kind.Secret
                                ? text(value)
                                : new Lookup.Found(withoutLineEnd(value)))
                        .orElse(new Lookup.NoKey());
        };
    }

    private static Lookup text(String base64) {
        Lookup value = Lookup.text(Base64.getDecoder().decode(base64));
        return value instanceof Lookup.Found(String text) ? new Lookup.Found(withoutLineEnd(text)) : value;
    }

    private static String withoutLineEnd(String text) {
        boolean isOneLine = text.indexOf('\n') == text.length() - 1;
        return isOneLine ? text.replace("\r\n", "").replace("\n", "") : text;
    }

    /** Whether it has changed. */
    private boolean read(Name name) throws InterruptedException {
        permits.acquire();
        try {
            State now = ask(name);
            State before = states.put(name, now);
            return before != null && !Objects.equals(before, now);
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "{} {}/{} cannot be read, what was known stays: {}",
                    name.kind(),
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
            Map<String, String> data = switch (name.kind()) {
                case Secret ->
                    dataOf(
                            client.secrets()
                                    .inNamespace(name.namespace())
                                    .withName(name.name())
                                    .get(),
                            Secret::getData);
                case ConfigMap ->
                    dataOf(
                            client.configMaps()
                                    .inNamespace(name.namespace())
                                    .withName(name.name())
                                    .get(),
                            ConfigMap::getData);
            };
            return data == null ? new State.Absent() : new State.Present(data);
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN) {
                return new State.Unreadable(forbidden(name.namespace(), String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }

    /** @param refusal the API server's words, which name the user: User "system:serviceaccount:namespace:name" */
    private static String forbidden(String namespace, String refusal) {
        Matcher account = SERVICE_ACCOUNT.matcher(refusal);
        String kubectl = "kubectl -n " + namespace + " create ";
        return "the operator is not allowed to get it; allow it: " + kubectl
                + "role tocsin-references --verb=get --resource=secrets,configmaps && " + kubectl
                + "rolebinding tocsin-references --role=tocsin-references --serviceaccount="
                + (account.find() ? account.group(1) : "<namespace>:<the operator's service account>");
    }

    /** Null when there is no such object. */
    private static <T> @Nullable Map<String, String> dataOf(
            @Nullable T object, Function<T, @Nullable Map<String, String>> data) {
        if (object == null) {
            return null;
        }
        Map<String, String> found = data.apply(object);
        return found == null ? Map.of() : Map.copyOf(found);
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
            LOG.debug("references are no longer read");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        reads.shutdownNow();
    }
}

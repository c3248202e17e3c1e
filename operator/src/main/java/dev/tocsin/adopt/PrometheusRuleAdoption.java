package dev.tocsin.adopt;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.configuration.OperatorConfiguration.Adopt;
import dev.tocsin.importing.Report;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps for every PrometheusRule that a label selector finds the AlertRules that it is run as: makes them, changes them
 * with it, puts back what somebody else has edited, and deletes them with it.
 *
 * <p>One thread does all work, so that no two decisions about an object meet; an object waits at most once, whatever
 * happens to it meanwhile. What fails is tried again.
 */
public final class PrometheusRuleAdoption implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusRuleAdoption.class);
    private static final String GROUP_VERSION = "monitoring.coreos.com/v1";
    private static final String KIND = "PrometheusRule";
    private static final ResourceDefinitionContext PROMETHEUS_RULES = new ResourceDefinitionContext.Builder()
            .withGroup("monitoring.coreos.com")
            .withVersion("v1")
            .withKind(KIND)
            .withPlural("prometheusrules")
            .withNamespaced(true)
            .build();
    private static final String BY_OWNER = "owner";
    private static final Duration CRD_POLL = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final Adopt configuration;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("adoption").factory());
    private final Map<ObjectKey, Boolean> waiting = new ConcurrentHashMap<>();
    private final Map<ObjectKey, String> told = new HashMap<>();
    private volatile @Nullable SharedIndexInformer<GenericKubernetesResource> prometheusRules;
    private volatile @Nullable SharedIndexInformer<AlertRule> alertRules;

    public PrometheusRuleAdoption(KubernetesClient client, Adopt configuration, MeterRegistry metrics) {
        this.client = client;
        this.configuration = configuration;
        Gauge.builder("tocsin.adopted.rules", this, PrometheusRuleAdoption::size)
                .description("AlertRules that belong to PrometheusRules")
                .register(metrics);
    }

    /** Begins as soon as the cluster has the kind; returns at once. */
    public PrometheusRuleAdoption start() {
        worker.execute(this::begin);
        return this;
    }

    @Override
    public void close() {
        worker.shutdownNow();
        for (SharedIndexInformer<?> informer : informers()) {
            informer.close();
        }
    }

    private List<SharedIndexInformer<?>> informers() {
        List<SharedIndexInformer<?>> informers = new ArrayList<>();
        Optional.<SharedIndexInformer<?>>ofNullable(prometheusRules).ifPresent(informers::add);
        Optional.<SharedIndexInformer<?>>ofNullable(alertRules).ifPresent(informers::add);
        return informers;
    }

    private double size() {
        SharedIndexInformer<AlertRule> informer = alertRules;
        return informer == null ? 0 : informer.getStore().list().size();
    }

    private void begin() {
        try {
            if (!client.supports(GROUP_VERSION, KIND)) {
                LOG.debug("the cluster has no PrometheusRules yet");
                later(this::begin, CRD_POLL);
                return;
            }
            watch();
        } catch (RuntimeException e) {
            LOG.warn("PrometheusRules cannot be watched yet: {}", e.getMessage());
            close(prometheusRules);
            close(alertRules);
            later(this::begin, RETRY);
        }
    }

    private static void close(@Nullable SharedIndexInformer<?> informer) {
        if (informer != null) {
            informer.close();
        }
    }

    /** Events are taken up once both caches are full: before that an AlertRule could seem to belong to nothing. */
    private void watch() {
        SharedIndexInformer<GenericKubernetesResource> sources = client.genericKubernetesResources(PROMETHEUS_RULES)
                .inAnyNamespace()
                .withLabelSelector(configuration.selector())
                .runnableInformer(0);
        SharedIndexInformer<AlertRule> rules = client.resources(AlertRule.class)
                .inAnyNamespace()
                .withLabels(AdoptedRules.LABELS)
                .runnableInformer(0);
        rules.addIndexers(Map.of(BY_OWNER, rule -> List.of(ownerKey(rule).toString())));
        prometheusRules = sources;
        alertRules = rules;
        sources.run();
        rules.run();
        sources.addEventHandler(handler(PrometheusRuleAdoption::key));
        rules.addEventHandler(handler(PrometheusRuleAdoption::ownerKey));
        LOG.info("PrometheusRules are run as AlertRules");
    }

    private interface KeyOf<T> {
        ObjectKey of(T object);
    }

    private <T extends HasMetadata> ResourceEventHandler<T> handler(KeyOf<T> key) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                soon(key.of(object), Duration.ZERO);
            }

            @Override
            public void onUpdate(T before, T now) {
                soon(key.of(now), Duration.ZERO);
            }

            @Override
            public void onDelete(T object, boolean finalStateUnknown) {
                soon(key.of(object), Duration.ZERO);
            }
        };
    }

    private void soon(ObjectKey key, Duration delay) {
        if (waiting.putIfAbsent(key, true) == null) {
            later(() -> settle(key), delay);
        }
    }

    /** What is run catches what can go wrong. After the end nothing is run any more. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void later(Runnable task, Duration delay) {
        try {
            worker.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("adoption has ended");
        }
    }

    private void settle(ObjectKey key) {
        waiting.remove(key);
        try {
            reconcile(key);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                LOG.warn("PrometheusRule {} is tried again: {}", key, e.getMessage());
            }
            soon(key, RETRY);
        } catch (RuntimeException e) {
            LOG.error("PrometheusRule {} is left as it is", key, e);
        }
    }

    private void reconcile(ObjectKey key) {
        GenericKubernetesResource source =
                Objects.requireNonNull(prometheusRules).getStore().getByKey(key.namespace() + "/" + key.name());
        boolean isGone = source == null || source.getMetadata().getDeletionTimestamp() != null;
        Map<String, AlertRule> wanted = new HashMap<>();
        if (source != null && !isGone) {
            AdoptedRules adopted = AdoptedRules.of(source, configuration.datasource());
            adopted.rules().forEach(rule -> wanted.put(rule.getMetadata().getName(), rule));
            tellOfRest(key, source, adopted.left());
        } else {
            told.remove(key);
        }
        for (AlertRule existing : belongingTo(key)) {
            AlertRule rule = wanted.remove(existing.getMetadata().getName());
            if (rule == null || !sameOwner(rule, existing)) {
                client.resource(existing).delete();
                if (rule != null) {
                    wanted.put(rule.getMetadata().getName(), rule);
                }
            } else if (!Objects.equals(rule.getSpec(), existing.getSpec())) {
                AlertRule edited = client.resource(existing).item();
                rule.getMetadata().setResourceVersion(edited.getMetadata().getResourceVersion());
                rule.getMetadata().setAnnotations(edited.getMetadata().getAnnotations());
                client.resource(rule).update();
            }
        }
        wanted.values().forEach(this::create);
    }

    /** AlertRules that say of themselves that they belong to the PrometheusRule of that name, whether it is there or not. */
    private List<AlertRule> belongingTo(ObjectKey key) {
        return Objects.requireNonNull(alertRules).getIndexer().byIndex(BY_OWNER, key.toString());
    }

    /** A name is made of a hash: an AlertRule that has it already is somebody else's, and stays. */
    private void create(AlertRule rule) {
        try {
            client.resource(rule).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            LOG.debug("AlertRule {} is there already", key(rule));
        }
    }

    private void tellOfRest(ObjectKey key, GenericKubernetesResource source, List<Report.Left> left) {
        String generation =
                source.getMetadata().getUid() + "/" + source.getMetadata().getGeneration();
        if (!left.isEmpty() && !generation.equals(told.put(key, generation))) {
            left.forEach(item -> LOG.warn("PrometheusRule {} {}: {}: {}", key, item.at(), item.what(), item.reason()));
        }
    }

    private static boolean sameOwner(AlertRule wanted, AlertRule existing) {
        return owner(wanted).map(OwnerReference::getUid).equals(owner(existing).map(OwnerReference::getUid));
    }

    private static Optional<OwnerReference> owner(AlertRule rule) {
        return rule.getMetadata().getOwnerReferences().stream()
                .filter(owner -> owner.getKind().equals(KIND))
                .findFirst();
    }

    /** The PrometheusRule that an AlertRule says it belongs to; the AlertRule's own key when it says nothing. */
    private static ObjectKey ownerKey(AlertRule rule) {
        return owner(rule)
                .map(owner -> new ObjectKey(rule.getMetadata().getNamespace(), owner.getName()))
                .orElseGet(() -> key(rule));
    }

    private static ObjectKey key(HasMetadata object) {
        return new ObjectKey(
                object.getMetadata().getNamespace(), object.getMetadata().getName());
    }
}

package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.observe.AlertmanagerState;
import dev.tocsin.observe.DeliveryObserver;
import dev.tocsin.observe.DeliveryPicture;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import dev.tocsin.publish.AlertmanagerControl;
import dev.tocsin.publish.AlertmanagerMembers;
import dev.tocsin.publish.AlertmanagerMembers.Rollout;
import dev.tocsin.publish.AnnotationPodTouch;
import dev.tocsin.publish.ClusterNames;
import dev.tocsin.publish.ConfigurationStore;
import dev.tocsin.publish.LiveFragments;
import dev.tocsin.publish.PodTouch;
import dev.tocsin.publish.PublishedConfiguration;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.ReplicaWatch;
import dev.tocsin.publish.SecretConfigurationStore;
import dev.tocsin.status.Conditions;
import dev.tocsin.status.DeliveryConditions;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.Amtool;
import dev.tocsin.vet.ConfigurationVetter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries ContactPoints and NotificationPolicies to Alertmanager and what it says of them back into their status, on one
 * thread.
 *
 * <p>The first change after a pause is published at once; further ones wait until {@link Timing#spacing} has passed
 * since, so that a storm of edits costs few reloads.
 */
public final class DeliveryLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);

    private static final String COMPONENT = "alertmanager";

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration LONGEST_TRIAL = Duration.ofSeconds(15);

    private static final Duration STATUS_PAUSE = Duration.ofMillis(100);

    private final KubernetesClient client;
    private final OperatorConfiguration configuration;
    private final ConfigurationVetter vetter;
    private final ConfigurationStore store;
    private final Timing timing;
    private final PublishedConfiguration published = new PublishedConfiguration();
    private final AlertmanagerMembers members;
    private final DeliveryObserver observer;
    private final ReferencedObjects references;
    private final Clock clock;
    private final Counter publications;
    private final Thread thread = Thread.ofVirtual().name("delivery").unstarted(this::run);

    // What comes in, from any thread.
    private final Map<ObjectKey, Optional<ContactPoint>> incomingContactPoints = new LinkedHashMap<>();
    private final Map<ObjectKey, Optional<NotificationPolicy>> incomingPolicies = new LinkedHashMap<>();
    private boolean inputChanged;
    private boolean factsChanged;

    // Confined to the loop's thread.
    private final Map<ObjectKey, ContactPoint> contactPoints = new HashMap<>();
    private final Map<ObjectKey, NotificationPolicy> policies = new HashMap<>();
    private final LiveVersions<ContactPointFragment> liveContactPoints = new LiveVersions<>();
    private final LiveVersions<PolicyFragment> livePolicies = new LiveVersions<>();
    private final FailingTexts failingTexts = new FailingTexts();
    private final TextTrial textTrial;
    private final TestNotifications tests;
    private final DeliveryReporter reporter;
    private @Nullable DeliveryPlan plan;
    private long planSequence;
    private LiveFragments proven = LiveFragments.NONE;
    private Set<ContactPointFragment> contactPointsAtStart = Set.of();
    private Set<PolicyFragment> policiesAtStart = Set.of();
    private ConfigurationStore.@Nullable Content kept;
    private volatile long textBytes;
    private volatile double filled;
    private volatile long withDefaultTexts;
    private final Fullness fullness = new Fullness();
    private @Nullable Function<ReplicaWatch.Listener, ReplicaWatch> watch;
    private @Nullable ReplicaWatch watching;
    private @Nullable NamespaceLabels namespaces;

    /**
     * How often things are done.
     *
     * @param spacing between two publications
     * @param fileArrives how long the kubelet usually needs to bring a changed Secret into a pod
     * @param references between two reads of a referenced Secret or ConfigMap
     * @param counters between two polls of Alertmanager's counters
     * @param counts between two counts of the alerts of each policy
     * @param keeping between two looks at whether what was published is still there
     */
    public record Timing(
            Duration spacing,
            Duration fileArrives,
            Duration references,
            Duration counters,
            Duration counts,
            Duration keeping) {

        /** What suits a cluster: at most 15 publications a minute. */
        public static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(4),
                Duration.ofMillis(700),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20));
    }

    /**
     * @param http for Alertmanager's API; give it a short connect timeout
     * @param touch makes the kubelet sync a member's files
     * @param listener told of the routes and of where alerts go, whenever that changes
     */
    public DeliveryLoop(
            KubernetesClient client,
            OperatorConfiguration configuration,
            ConfigurationVetter vetter,
            ConfigurationStore store,
            PodTouch touch,
            HttpClient http,
            StatusWriter statusWriter,
            RouteListener listener,
            MeterRegistry metrics,
            Clock clock,
            Timing timing) {
        this.client = client;
        this.configuration = configuration;
        this.vetter = vetter;
        this.store = store;
        this.timing = timing;
        this.clock = clock;
        AlertmanagerControl control = new AlertmanagerControl(http);
        AlertmanagerState state = new AlertmanagerState(http);
        this.tests =
                new TestNotifications(new TestEngine(client, control, state, published), clock, this::factsChanged);
        this.reporter = new DeliveryReporter(statusWriter, listener, timing.counts(), tests, clock);
        this.members = new AlertmanagerMembers(
                configuration.alertmanager().members(),
                published,
                control,
                touch,
                timing.fileArrives(),
                this::factsChanged);
        this.observer = new DeliveryObserver(
                members::replicas,
                state,
                Duration.ofSeconds(Objects.requireNonNull(
                        Objects.requireNonNull(configuration.observation()).alertsSeconds())),
                timing.counters(),
                clock,
                new DeliveryObserver.Listener() {
                    @Override
                    public void changed() {
                        factsChanged();
                    }

                    @Override
                    public void fading(List<Alert> alerts) {
                        listener.fading(alerts);
                    }
                });
        this.textTrial = new TextTrial(vetter, observer::templateData);
        this.references = new ReferencedObjects(client, timing.references(), this::inputChanged);
        this.publications = Counter.builder("tocsin.delivery.publications")
                .description("Times that a changed Alertmanager configuration was published")
                .register(metrics);
        Gauge.builder("tocsin.delivery.configuration.bytes", this, loop -> loop.textBytes)
                .description("Size of the file that Alertmanager loads")
                .register(metrics);
        Gauge.builder("tocsin.delivery.configuration.filled.ratio", this, loop -> loop.filled)
                .description("Share of the room for Alertmanager's configuration that is used, 1 at most")
                .register(metrics);
        Gauge.builder("tocsin.delivery.fallback.texts", this, loop -> loop.withDefaultTexts)
                .description("ContactPoints whose own texts fail on alerts, so that default texts are sent")
                .register(metrics);
        Gauge.builder("tocsin.delivery.members.loaded", members, AlertmanagerMembers::upToDate)
                .description("Alertmanager members that are proven to work with what is published")
                .register(metrics);
    }

    /** Begins, once this operator leads; returns at once. */
    public DeliveryLoop start() {
        namespaces = new NamespaceLabels(client, this::inputChanged);
        if (watch != null) {
            watching = watch.apply(members);
        }
        thread.start();
        return this;
    }

    @Override
    public void close() {
        thread.interrupt();
        if (watching != null) {
            watching.close();
        }
        if (namespaces != null) {
            namespaces.close();
        }
        tests.close();
        observer.close();
        references.close();
        members.close();
    }

    /**
     * A loop for the Alertmanager of the operator's namespace, whose members it finds by their labels.
     *
     * @param namespace the operator's namespace
     * @param owner what the published Secret is deleted with, if anything
     * @param amtool the binary, of Alertmanager's version
     * @param http for Alertmanager's API; give it a short connect timeout
     * @param listener told of the routes and of where alerts go, whenever that changes
     */
    public static DeliveryLoop inCluster(
            KubernetesClient client,
            String namespace,
            Optional<OwnerReference> owner,
            OperatorConfiguration configuration,
            Path amtool,
            HttpClient http,
            StatusWriter statusWriter,
            RouteListener listener,
            MeterRegistry metrics,
            Clock clock) {
        OperatorConfiguration.Alertmanager alertmanager = configuration.alertmanager();
        DeliveryLoop loop = new DeliveryLoop(
                client,
                configuration,
                new Amtool(amtool),
                new SecretConfigurationStore(client, namespace, alertmanager.configSecret(), owner),
                new AnnotationPodTouch(client, namespace),
                http,
                statusWriter,
                listener,
                metrics,
                clock,
                Timing.DEFAULT);
        loop.watch = replicas -> new ReplicaWatch(
                client,
                namespace,
                ClusterNames.selector(COMPONENT),
                pod -> COMPONENT,
                Objects.requireNonNull(alertmanager.port()),
                replicas);
        return loop;
    }

    /** Takes the Alertmanager members as they come and go. */
    public ReplicaWatch.Listener members() {
        return members;
    }

    /** The Alertmanagers that run now; safe for several threads. */
    public List<Replica> alertmanagers() {
        return members.replicas();
    }

    // ---- what comes in ----

    /** An object is there, or has changed. */
    public synchronized void changed(ContactPoint object) {
        incomingContactPoints.put(key(object), Optional.of(object));
        notifyAll();
    }

    /** An object is there, or has changed. */
    public synchronized void changed(NotificationPolicy object) {
        incomingPolicies.put(key(object), Optional.of(object));
        notifyAll();
    }

    /** An object is gone. */
    public synchronized void deleted(ContactPoint object) {
        incomingContactPoints.put(key(object), Optional.empty());
        notifyAll();
    }

    /** An object is gone. */
    public synchronized void deleted(NotificationPolicy object) {
        incomingPolicies.put(key(object), Optional.empty());
        notifyAll();
    }

    /** Something that objects refer to has changed: a Secret, a ConfigMap, a namespace's labels. */
    private synchronized void inputChanged() {
        inputChanged = true;
        notifyAll();
    }

    private synchronized void factsChanged() {
        factsChanged = true;
        notifyAll();
    }

    // ---- the loop ----

    private void run() {
        try {
            DeliveryPlanner planner = begin();
            boolean due = true;
            long notBefore = System.nanoTime();
            long nextLook = System.nanoTime() + timing.keeping().toNanos();
            while (true) {
                due |= take(
                        due ? notBefore : System.nanoTime() + timing.counts().toNanos());
                if (System.nanoTime() - nextLook >= 0) {
                    due |= isDamaged();
                    nextLook = System.nanoTime() + timing.keeping().toNanos();
                }
                boolean refused = isRefused();
                if (refused || (due && System.nanoTime() - notBefore >= 0)) {
                    due = !publish(planner, refused);
                    notBefore = System.nanoTime() + (due ? PAUSE_AFTER_FAILURE : timing.spacing()).toNanos();
                }
                if (plan != null) {
                    tests.follow(plan, contactPoints, members.rollout(), members.replicas());
                    reporter.report(
                            plan,
                            new DeliveryReporter.Current(contactPoints, policies),
                            new DeliveryReporter.Live(liveContactPoints, livePolicies),
                            members.rollout(),
                            observer.picture(),
                            fullness.of(100 * filled));
                    due |= fallBack(planner, plan);
                }
                Thread.sleep(STATUS_PAUSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("delivery loop stops");
        }
    }

    /**
     * Reads what there is before anything is published: a configuration made of a part of the objects would silence the
     * others.
     */
    private DeliveryPlanner begin() throws InterruptedException {
        while (true) {
            try {
                client.resources(ContactPoint.class).inAnyNamespace().list().getItems().stream()
                        .forEach(object -> contactPoints.put(key(object), object));
                client.resources(NotificationPolicy.class).inAnyNamespace().list().getItems().stream()
                        .forEach(object -> policies.put(key(object), object));
                Optional<ConfigurationStore.Content> content = store.read();
                content.filter(found -> !found.yaml().isEmpty()).ifPresent(found -> published.published(found.yaml()));
                kept = content.orElse(null);
                references.start();
                observer.start();
                LiveFragments fragments = content.map(DeliveryLoop::fragments).orElse(LiveFragments.NONE);
                proven = fragments;
                contactPointsAtStart = Set.copyOf(fragments.contactPoints());
                policiesAtStart = Set.copyOf(fragments.policies());
                return planner(fragments);
            } catch (RuntimeException e) {
                LOG.warn("delivery cannot begin yet: {}", e.toString());
                Thread.sleep(PAUSE_AFTER_FAILURE);
            }
        }
    }

    private static LiveFragments fragments(ConfigurationStore.Content content) {
        try {
            return LiveFragments.read(content.live());
        } catch (IllegalArgumentException e) {
            LOG.error("last good versions are lost, refused objects have none now: {}", e.getMessage());
            return LiveFragments.NONE;
        }
    }

    private DeliveryPlanner planner(LiveFragments lastGood) {
        OperatorConfiguration.Delivery delivery = Objects.requireNonNull(configuration.delivery());
        return new DeliveryPlanner(
                vetter,
                references,
                Set.copyOf(Objects.requireNonNull(delivery.clusterPolicyNamespaces())),
                Optional.ofNullable(delivery.defaultContactPoint()).map(ObjectKey::parse),
                namespaces == null ? Map::of : namespaces,
                lastGood);
    }

    /**
     * Waits for news until that time, and takes them over.
     *
     * @return whether the configuration may have to change
     */
    private synchronized boolean take(long untilNanos) throws InterruptedException {
        while (!inputChanged && !factsChanged && incomingContactPoints.isEmpty() && incomingPolicies.isEmpty()) {
            long left = untilNanos - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        boolean changed = inputChanged;
        changed |= takeOver(incomingContactPoints, contactPoints);
        changed |= takeOver(incomingPolicies, policies);
        inputChanged = false;
        factsChanged = false;
        return changed;
    }

    private static <T extends HasMetadata> boolean takeOver(
            Map<ObjectKey, Optional<T>> incoming, Map<ObjectKey, T> objects) {
        boolean changed = false;
        for (Map.Entry<ObjectKey, Optional<T>> entry : incoming.entrySet()) {
            T before = objects.get(entry.getKey());
            T now = entry.getValue().orElse(null);
            if (before != null && now != null && isOlder(now, before)) {
                continue;
            }
            if (now == null) {
                objects.remove(entry.getKey());
            } else {
                objects.put(entry.getKey(), now);
            }
            changed |= now == null ? before != null : before == null || !isSameVersion(before, now);
        }
        incoming.clear();
        return changed;
    }

    /** A watch may lag behind the list that was read at the start. */
    private static boolean isOlder(HasMetadata one, HasMetadata other) {
        Long generation = one.getMetadata().getGeneration();
        Long otherGeneration = other.getMetadata().getGeneration();
        return Objects.equals(one.getMetadata().getUid(), other.getMetadata().getUid())
                && generation != null
                && otherGeneration != null
                && generation < otherGeneration;
    }

    private static boolean isSameVersion(HasMetadata before, HasMetadata now) {
        return isSameGeneration(before, now) && isSameRequest(before, now);
    }

    /** A request for a test leaves the generation as it is. */
    private static boolean isSameRequest(HasMetadata before, HasMetadata now) {
        return !(before instanceof ContactPoint one)
                || !(now instanceof ContactPoint other)
                || TestNotifications.request(one).equals(TestNotifications.request(other));
    }

    private static boolean isSameGeneration(HasMetadata before, HasMetadata now) {
        return Objects.equals(before.getMetadata().getUid(), now.getMetadata().getUid())
                && Objects.equals(
                        before.getMetadata().getGeneration(), now.getMetadata().getGeneration());
    }

    // ---- publish ----

    /** Whether a member refuses what amtool had taken; takes note of what members have taken. */
    private boolean isRefused() {
        DeliveryPlan current = plan;
        Rollout rollout = members.rollout();
        if (current == null) {
            return false;
        }
        if (rollout.loadedBy(planSequence) > 0) {
            proven = current.lastGood();
            return false;
        }
        return rollout.refusal()
                .filter(refusal -> refusal.sequence() == planSequence)
                .isPresent();
    }

    /** Whether there is something to publish: default texts in the place of some that fail. */
    private boolean fallBack(DeliveryPlanner planner, DeliveryPlan current) throws InterruptedException {
        String now = Conditions.timestamp(clock.instant());
        DeliveryPicture picture = observer.picture();
        Map<ContactPointFragment, Set<String>> suspects =
                failingTexts.newlySeen(current, liveContactPoints, members.rollout(), picture);
        boolean changed = false;
        for (Map.Entry<ContactPointFragment, Set<String>> failing :
                textTrial.failing(suspects, picture.health()).entrySet()) {
            Map<String, String> since = new HashMap<>();
            failing.getValue().forEach(kind -> since.put(kind, now));
            changed |= planner.fallBack(failing.getKey(), since);
        }
        return changed;
    }

    /** Whether it is done; if not, it is tried again. */
    private boolean publish(DeliveryPlanner planner, boolean byTrial) throws InterruptedException {
        try {
            DeliveryPlan next = byTrial ? planByTrial(planner) : planner.plan(contactPoints, policies);
            planSequence = publish(next.content());
            filled = next.filled();
            planner.isPublished(next);
            tests.published(next.configuration().tests(), planSequence);
            liveContactPoints.follow(next.contactPoints(), planSequence, this::wasLoadedBefore);
            livePolicies.follow(next.policies(), planSequence, this::wasLoadedBefore);
            next.defaultMissing()
                    .ifPresent(key -> LOG.warn(
                            "the default contact point {} is missing or refused: alerts that no policy takes reach"
                                    + " nobody",
                            key));
            withDefaultTexts = next.contactPoints().values().stream()
                    .filter(outcome -> outcome.live() != null
                            && !outcome.live().defaultTexts().isEmpty())
                    .count();
            plan = next;
            reporter.routesAre(new Routing(next.configuration()));
            return true;
        } catch (UncheckedIOException e) {
            LOG.error("the configuration cannot be vetted, it is tried again: {}", e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.warn("the configuration cannot be published, it is tried again: {}", e.toString());
            return false;
        }
    }

    /**
     * An engine of our own is tried first: that is quicker, and no member ever works with a part of the objects only for
     * the sake of a trial. Where it takes what members refuse, they have to be tried themselves.
     */
    private DeliveryPlan planByTrial(DeliveryPlanner planner) throws InterruptedException {
        DeliveryPlan refused = Objects.requireNonNull(plan);
        DeliveryPlan next = planner.planByTrial(contactPoints, policies, proven, vetter::objectionAtStart);
        return next.content().yaml().equals(refused.content().yaml())
                ? planner.planByTrial(contactPoints, policies, proven, this::objectionOfMembers)
                : next;
    }

    /** Whether someone has deleted or edited what is kept; then it counts as kept no more. */
    private boolean isDamaged() {
        ConfigurationStore.Content expected = kept;
        if (expected == null) {
            return false;
        }
        try {
            if (store.read().filter(this::isKept).isPresent()) {
                return false;
            }
        } catch (RuntimeException e) {
            LOG.warn("what is published for Alertmanager cannot be read: {}", e.toString());
            return false;
        }
        LOG.warn(
                "the Secret with Alertmanager's configuration was deleted or edited by someone else, it is written again");
        kept = null;
        return true;
    }

    /** Writes what is kept if it differs, and returns its sequence. */
    private long publish(ConfigurationStore.Content content) {
        if (!isKept(content)) {
            store.write(content);
            kept = content;
            publications.increment();
        }
        textBytes = content.yaml().length();
        return published.published(content.yaml()).sequence();
    }

    /** Publishes a candidate and waits for the first member's word; no word counts as consent. */
    private Optional<String> objectionOfMembers(String yaml) throws InterruptedException {
        ConfigurationStore.Content before = kept;
        long sequence = publish(new ConfigurationStore.Content(yaml, before == null ? new byte[0] : before.live()));
        long deadline = System.nanoTime() + LONGEST_TRIAL.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Rollout rollout = members.rollout();
            Optional<AlertmanagerMembers.Refusal> refusal =
                    rollout.refusal().filter(found -> found.sequence() == sequence);
            if (refusal.isPresent()) {
                return refusal.map(AlertmanagerMembers.Refusal::reason);
            }
            if (rollout.loadedBy(sequence) > 0) {
                return Optional.empty();
            }
            Thread.sleep(STATUS_PAUSE);
        }
        return Optional.empty();
    }

    private boolean isKept(ConfigurationStore.Content content) {
        ConfigurationStore.Content before = kept;
        return before != null && before.isSame(content);
    }

    /**
     * Whether this was proven before the operator started: it is the version that was kept, and the object says that
     * it is loaded. A restart must not make every object say for a moment that it is not.
     */
    private boolean wasLoadedBefore(ContactPointFragment fragment) {
        ContactPoint object = contactPoints.get(fragment.key());
        if (object == null) {
            return false;
        }
        ContactPointStatus status = object.getStatus();
        return status != null
                && plan == null
                && contactPointsAtStart.contains(fragment)
                && Objects.equals(
                        status.observedGeneration(), object.getMetadata().getGeneration())
                && DeliveryConditions.saysLoaded(status.conditions());
    }

    private boolean wasLoadedBefore(PolicyFragment fragment) {
        NotificationPolicy object = policies.get(fragment.key());
        if (object == null) {
            return false;
        }
        NotificationPolicyStatus status = object.getStatus();
        return status != null
                && plan == null
                && policiesAtStart.contains(fragment)
                && Objects.equals(
                        status.observedGeneration(), object.getMetadata().getGeneration())
                && DeliveryConditions.saysLoaded(status.conditions());
    }

    private static ObjectKey key(HasMetadata object) {
        return new ObjectKey(
                object.getMetadata().getNamespace(), object.getMetadata().getName());
    }
}
